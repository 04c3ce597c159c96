"""``explain``: the reasons of everybody, remedies that do what they say, one duty, and contradictions."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from patrolplan.audit import audit
from patrolplan.engine.cover import least_gaps
from patrolplan.formats.roster_csv import write_roster
from patrolplan.plan.explaining import open_gaps
from patrolplan.plan.loading import load_operation, load_roster
from tests.cli.conftest import Ran, Run, Solved
from tests.cli.operations import KPU, line_of, read_rows, write_rows

SHORT = """\
patrolplan: 1
operation:
  name: Short
  timezone: Asia/Pontianak
  from: 2024-11-04 07:00
  until: 2024-11-11 07:00
shifts:
  day:   {start: "07:00", end: "19:00"}
  night: {start: "19:00", end: "07:00", night: true}
qualifications: {armed: {}}
sites:
  office:
    posts:
      gate: {needs: [{staff: 1}]}
personnel: people.csv
rules:
  - rest: 11h
  - hours: {max: 48h per week}
"""
PEOPLE = "id,name,qualifications\nP1,Contoh A,armed\nP2,Contoh B,armed\nP3,Contoh C,\n"


def write(folder: Path, text: str = SHORT, people: str = PEOPLE) -> Path:
    (folder / "ops.yaml").write_text(text, encoding="utf-8")
    (folder / "people.csv").write_text(people, encoding="utf-8")
    return folder / "ops.yaml"


def solve(run: Run, operation: Path, roster: str, *more: object) -> Ran:
    limits = ["--deterministic", "--time-limit", "3s", "--quiet", "--format", "json"]
    return run("solve", operation, "-o", roster, *limits, *more)


def explained(run: Run, operation: Path, roster: object, *more: object) -> dict[str, Any]:
    ran = run("explain", operation, roster, "--format", "json", *more)
    assert ran.code == (1 if ran.data["gaps"] else 0), ran.err
    return dict(ran.data)


def gaps_of(run: Run, operation: Path, roster: object) -> float:
    """Person-hours that the audit finds open."""
    return float(run("check", operation, roster, "--format", "json").data["summary"]["open_hours"])


# -- gaps ------------------------------------------------------------------------------------------------------------


def test_everybody_has_a_reason_with_its_numbers(run: Run, folder: Path) -> None:
    operation = write(folder)
    rows = ""
    for day in (4, 5, 6, 7):
        rows += f"P1,,office,gate,day,2024-11-0{day}T07:00+07:00,2024-11-0{day}T19:00+07:00,,duty\n"
        rows += f"P2,,office,gate,night,2024-11-0{day}T19:00+07:00,2024-11-0{day + 1}T07:00+07:00,,duty\n"
    (folder / "r.csv").write_text(f"person,name,site,post,shift,start,end,duty,kind\n{rows}", encoding="utf-8")
    found = explained(run, operation, "r.csv", "--no-remedies")
    (gap,) = found["gaps"]
    assert (gap["post"], gap["short"], gap["person_shifts"]) == ("office/gate", 1, 6)
    line = line_of(operation, "- hours")
    reasons = {one["phrase"]: (one["answer"], one["people"], one["line"]) for one in gap["reasons"]}
    assert reasons == {
        "could take it as things are": ("could", ["P3"], 0),
        "would have 60 h of duty: at most 48 h per week": ("cannot", ["P1"], line),
        "rest: only 0 min since Fri 8 Nov 07:00, of 11 h": ("cannot", ["P2"], line_of(operation, "- rest")),
    }
    assert found["avoidable"][0]["person"] == "P3" and found["avoidable"][0]["closed_hours"] == 12
    text = " ".join(run("explain", operation, "r.csv", "--no-remedies").out.split())
    assert "avoidable: Contoh C (P3) could take office/gate Fri 8 Nov 07:00-19:00" in text
    assert f"(hours, ops.yaml:{line})" in text


def test_without_gaps_it_says_so(two_sites: Solved, run: Run) -> None:
    ran = run("explain", two_sites.operation, two_sites.roster)
    assert (ran.code, "no gaps" in ran.out) == (0, True)
    assert explained(run, two_sites.operation, two_sites.roster)["status"] == "clean"


def test_a_gap_in_a_roster_edited_by_hand_names_who_could_close_it(two_sites: Solved, run: Run, folder: Path) -> None:
    rows = read_rows(two_sites.roster)
    taken = next(row for row in rows if row["post"] == "door")
    write_rows(folder / "edited.csv", [row for row in rows if row is not taken])
    found = explained(run, two_sites.operation, "edited.csv", "--no-remedies")
    names = {one["person"] for one in found["avoidable"]}
    assert taken["person"] in names
    one = next(one for one in found["avoidable"] if one["instead_of"] is None)
    back = {**taken, "person": one["person"], "name": "", "duty": ""}
    write_rows(folder / "mended.csv", [*(row for row in rows if row is not taken), back])
    assert gaps_of(run, two_sites.operation, "mended.csv") == gaps_of(run, two_sites.operation, two_sites.roster)


def test_somebody_who_is_not_needed_where_he_stands_could_move(run: Run, folder: Path) -> None:
    needs = "gate: {needs: [{staff: 1}]}"
    text = SHORT.replace(needs, needs + "\n      lobby: {needs: [{staff: 1}]}").replace("11-11", "11-05")
    operation = write(folder, text)
    head = "person,name,site,post,shift,start,end,duty,kind\n"
    day, night = "2024-11-04T07:00+07:00,2024-11-04T19:00+07:00", "2024-11-04T19:00+07:00,2024-11-05T07:00+07:00"
    (folder / "r.csv").write_text(
        f"{head}P1,,office,lobby,day,{day},,duty\nP2,,office,lobby,day,{day},,duty\nP3,,office,gate,night,{night},,duty\n",
        encoding="utf-8",
    )
    found = explained(run, operation, "r.csv", "--no-remedies")
    moves = {(one["person"], one["instead_of"], one["post"]) for one in found["avoidable"]}
    assert moves == {("P1", "office/lobby", "office/gate"), ("P2", "office/lobby", "office/gate")}


def test_a_time_that_no_shift_serves_is_named(run: Run, folder: Path) -> None:
    operation = write(folder, SHORT.replace('end: "19:00"}', 'end: "18:30"}'))
    solve(run, operation, "r.csv")
    text = run("explain", operation, "r.csv", "--no-remedies").out
    assert "no shift is planned there at that time" in text


# -- remedies --------------------------------------------------------------------------------------------------------


def test_each_remedy_closes_what_it_says_when_it_is_applied(run: Run, folder: Path) -> None:
    operation = write(folder)
    assert solve(run, operation, "r.csv").code == 1
    before = gaps_of(run, operation, "r.csv")
    found = explained(run, operation, "r.csv")
    closed = {one["words"]: one["closed_hours"] for one in found["remedies"]}
    assert closed == {
        "hours: 60 h instead of 48 h during Thu 7 Nov": before,
        "2 more people, of any kind during Thu 7 Nov": before,
        "1 more person, of any kind during Thu 7 Nov": before - 12,
    }
    order = [(one["gaps_left"] > 0, one["duties_beyond_today"]) for one in found["remedies"]]
    assert order == sorted(order)
    for number, remedy in enumerate(found["remedies"]):
        changed = folder / f"changed-{number}.yaml"
        changed.write_text(remedy["edit"], encoding="utf-8")
        assert run("validate", changed).code == 0
        ran = solve(run, changed, f"changed-{number}.csv", "--start", "r.csv")
        assert ran.code == (1 if remedy["gaps_left"] else 0)
        assert gaps_of(run, changed, f"changed-{number}.csv") == before - remedy["closed_hours"]


def test_people_who_are_trained_close_what_it_says(run: Run, folder: Path) -> None:
    operation = write(
        folder, SHORT.replace("[{staff: 1}]", "[{staff: 1, qualified: {armed: 1}}]").replace("48h", "84h")
    )
    people = PEOPLE.replace("Contoh B,armed", "Contoh B,armed:2024-11-06")
    (folder / "people.csv").write_text(people, encoding="utf-8")
    assert solve(run, operation, "r.csv").code == 1
    found = explained(run, operation, "r.csv")
    remedy = next(one for one in found["remedies"] if one["by_hand"])
    assert remedy["gaps_left"] == 0 and len(remedy["by_hand"]) == 1
    (line,) = remedy["by_hand"]
    number = int(line.split("people.csv:")[1].split(":")[0])
    lines = people.splitlines()
    cells = lines[number - 1].split(",")
    lines[number - 1] = ",".join([*cells[:2], "armed"])
    (folder / "people.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert solve(run, operation, "trained.csv").code == 0
    (reason,) = [one for gap in found["gaps"][:1] for one in gap["reasons"] if "qualified" in one["phrase"]]
    assert reason["phrase"] == "not qualified: armed" and "P3" in reason["people"]


def test_what_a_new_search_closes_needs_no_remedy(two_sites: Solved, run: Run, folder: Path) -> None:
    rows = [row for row in read_rows(two_sites.roster) if row["post"] != "door"]
    write_rows(folder / "edited.csv", rows)
    found = explained(run, two_sites.operation, "edited.csv")
    assert found["solving_again"]["gaps_left"] == 0 and found["remedies"] == []


def rostered(operation: Path, roster: Path, start: Path | None = None) -> float:
    """Write a roster with as few gaps as are found, and say how many person-hours stay open."""
    problem = load_operation(operation).problem
    known = None if start is None else load_roster(problem, start).roster
    outcome = least_gaps(problem, 30.0, start=known)
    assert outcome.roster is not None
    roster.write_text(write_roster(problem, outcome.roster), encoding="utf-8")
    return sum(gap.person_minutes for gap in open_gaps(problem, audit(problem, outcome.roster))) / 60


def test_the_short_plenary(run: Run, folder: Path) -> None:
    for path in KPU.parent.iterdir():
        shutil.copy(path, folder)
    operation = folder / "plenary.yaml"
    operation.write_text("patrolplan: 1\nextends: [ops.yaml]\noperation: {from: 2024-12-07 07:00}\n", encoding="utf-8")
    before = rostered(operation, folder / "r.csv")
    assert before >= 52 * 12
    found = explained(run, operation, "r.csv", "--time-limit", "60s")
    reasons = [one for gap in found["gaps"] for one in gap["reasons"] if one["answer"] == "cannot"]
    assert {one["rule"] for one in reasons if one["phrase"].startswith("rest")} == {"rest-later"}
    assert any(one["words"].startswith("rest-later: 12 h instead of 24 h") for one in found["remedies"])
    (short,) = found["shortages"]
    assert short["kind"] == "" and short["needed_hours"] - short["most_hours"] == 52 * 12
    assert max(one["people"] for one in found["remedies"]) >= 26
    for number, remedy in enumerate(found["remedies"]):
        changed = folder / f"changed-{number}.yaml"
        changed.write_text(remedy["edit"], encoding="utf-8")
        left = rostered(changed, folder / "changed.csv", folder / "r.csv")
        assert before - left >= remedy["closed_hours"] > 0, remedy["words"]


# -- one duty --------------------------------------------------------------------------------------------------------


def test_why_somebody_is_not_on_a_duty(run: Run, folder: Path) -> None:
    operation = write(folder)
    head = "person,name,site,post,shift,start,end,duty,kind\n"
    (folder / "r.csv").write_text(
        f"{head}P1,,office,gate,day,2024-11-05T07:00+07:00,2024-11-05T19:00+07:00,,duty\n", encoding="utf-8"
    )
    ran = run(
        "explain", operation, "r.csv", "--person", "Contoh A", "--duty", "gate@2024-11-04:night", "--format", "json"
    )
    assert (ran.code, ran.data["on_duty"], ran.data["possible"]) == (0, False, False)
    (broken,) = ran.data["broken"]
    assert (broken["code"], broken["line"], broken["actual"]) == ("PP204", line_of(operation, "- rest"), 0)
    assert [one["from"] for one in ran.data["closed"]] == ["2024-11-04T07:00+07:00"]
    first = ran.data["ways"][0]
    assert first["enough"] and first["words"] == "somebody else takes office/gate Tue 5 Nov 07:00-19:00"
    assert first["leaves_short"] == [{"where": "office/gate", "short": 1}]
    text = run("explain", operation, "r.csv", "--person", "P1", "--duty", "office/gate@2024-11-04:night").out
    text = " ".join(text.split())
    assert "only 0 min of rest" in text and f"(rest, ops.yaml:{line_of(operation, '- rest')})" in text
    free = run("explain", operation, "r.csv", "--person", "P2", "--duty", "gate@2024-11-04:night")
    assert free.code == 0 and "no hard rule stands against it" in free.out


def test_why_somebody_is_on_a_duty(run: Run, folder: Path) -> None:
    operation = write(folder)
    solve(run, operation, "r.csv")
    row = next(row for row in read_rows(folder / "r.csv") if row["shift"] == "night")
    duty = f"gate@{row['start'][:10]}:night"
    ran = run("explain", operation, "r.csv", "--person", row["person"], "--duty", duty, "--format", "json")
    assert ran.data["on_duty"] and [one["code"] for one in ran.data["opened"]] == ["PP101"]
    text = run("explain", operation, "r.csv", "--person", row["person"], "--duty", duty).out
    assert "is on office/gate" in text and "Without them these would be short" in text


@pytest.mark.parametrize(
    ("person", "duty", "said"),
    [
        ("P11", "gate@2024-11-04:night", 'nobody has the service number or name "P11". Did you mean "P1"?'),
        ("P1", "gat@2024-11-04:night", 'there is no post "gat". Did you mean "gate"?'),
        ("P1", "gate@2024-11-04:nigth", 'there is no shift "nigth". Did you mean "night"?'),
        ("P1", "gate@2024-13-04:night", '"2024-13-04" is not a date of the calendar.'),
        ("P1", "gate@2024-12-04:night", "lies outside the operation (Mon 4 Nov 07:00 to Mon 11 Nov 07:00)"),
        ("P1", "gate", "write it POST@DATE:SHIFT, such as office/gate@2024-11-04:day"),
        ("Contoh", "gate@2024-11-04:night", '"Contoh" may be Contoh A (P1); Contoh B (P2); Contoh C (P3)'),
    ],
)
def test_misspelt_names_are_answered(person: str, duty: str, said: str, run: Run, folder: Path) -> None:
    operation = write(folder)
    (folder / "r.csv").write_text("person,start,end\n", encoding="utf-8")
    err = run("explain", operation, "r.csv", "--person", person, "--duty", duty).refused()
    assert said in " ".join(err.split())


def test_a_post_of_two_sites_needs_its_site(two_sites: Solved, run: Run, folder: Path) -> None:
    text = two_sites.operation.read_text(encoding="utf-8").replace("      door:", "      gate:")
    shutil.copy(two_sites.operation.parent / "people.csv", folder)
    (folder / "ops.yaml").write_text(text, encoding="utf-8")
    (folder / "r.csv").write_text("person,start,end\n", encoding="utf-8")
    err = run("explain", "ops.yaml", "r.csv", "--person", "P01", "--duty", "gate@2025-03-04:day").refused()
    assert '"gate" may be harbour/gate, depot/gate' in err
    assert run("explain", "ops.yaml", "r.csv", "--person", "P01", "--duty", "depot/gate@2025-03-04:day").code == 0


def test_person_and_duty_go_together(run: Run, folder: Path) -> None:
    operation = write(folder)
    (folder / "r.csv").write_text("person,start,end\n", encoding="utf-8")
    assert "--person and --duty go together" in run("explain", operation, "r.csv", "--person", "P1").refused()
    both = ("--person", "P1", "--duty", "gate@2024-11-04:night")
    assert "name it after the operation" in run("explain", operation, *both).refused()


# -- contradictions --------------------------------------------------------------------------------------------------

PINS = """\
  - pins:
      - {person: P1, date: 2024-11-05, shift: night}
      - {person: P2, date: 2024-11-08, shift: night}
      - {person: P1, date: 2024-11-06, shift: day}
"""


def test_pins_of_one_person_that_contradict_a_rule(run: Run, folder: Path) -> None:
    operation = write(folder, SHORT + PINS)
    ran = run("explain", operation, "--format", "json")
    assert (ran.code, ran.data["status"]) == (1, "infeasible")
    (found,) = ran.data["contradictions"]
    assert found["people"] == ["P1"] and found["smallest"]
    lines = {one["line"] for one in found["parts"]}
    assert lines == {line_of(operation, "- rest"), line_of(operation, "11-05"), line_of(operation, "11-06")}
    text = run("explain", operation).out
    assert "No roster keeps every hard rule" in text and "Confirmed" in text


def test_pins_of_two_people_who_are_kept_apart(run: Run, folder: Path) -> None:
    pins = PINS.replace("P1, date: 2024-11-06, shift: day", "P2, date: 2024-11-05, shift: night")
    operation = write(folder, SHORT + pins + "  - teams: {apart: [[P1, P2]], severity: hard}\n")
    ran = run("explain", operation, "--format", "json")
    (found,) = ran.data["contradictions"]
    assert (ran.code, found["people"], found["smallest"]) == (1, [], True)
    lines = {one["line"] for one in found["parts"]}
    assert lines == {
        line_of(operation, "P1, date: 2024-11-05"),
        line_of(operation, "P2, date: 2024-11-05"),
        line_of(operation, "- teams"),
    }


def test_a_pin_on_a_day_of_leave(run: Run, folder: Path) -> None:
    leave = "absences:\n  - {person: P1, dates: 2024-11-05, reason: leave}\n"
    operation = write(folder, SHORT.replace("rules:\n", leave + "rules:\n") + PINS.replace("2024-11-06", "2024-11-09"))
    ran = run("explain", operation, "--format", "json")
    (found,) = ran.data["contradictions"]
    assert [one["line"] for one in found["parts"]] == [
        line_of(operation, "reason: leave"),
        line_of(operation, "P1, date: 2024-11-05, shift"),
    ]


def test_rules_that_can_be_kept(run: Run, folder: Path) -> None:
    ran = run("explain", write(folder))
    assert (ran.code, "do not contradict each other" in " ".join(ran.out.split())) == (0, True)
