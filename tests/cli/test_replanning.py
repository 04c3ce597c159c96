"""Repairing a roster, who can step in, and who can swap, as a planner calls it."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ran, Run, Solved
from tests.cli.operations import Row, line_of, read_rows, rests, served, write_rows, write_two_sites

WEEK = """\
patrolplan: 1
operation:
  name: Depot
  timezone: Asia/Jakarta
  from: 2020-03-02 06:00
  until: 2020-03-09 06:00
shifts:
  day:   {start: "06:00", end: "18:00"}
  night: {start: "18:00", end: "06:00", night: true}
sites:
  depot:
    posts:
      gate: {needs: [{staff: 1}]}
      yard: {needs: [{dates: 2020-03-07, shift: day, staff: 1}]}
contracts:
  full: {notice: 48h}
  part: {share: 50%}
personnel:
  - {id: P01, name: Ani, contract: part}
  - {id: P02, name: Budi, contract: part}
  - {id: P03, name: Citra}
  - {id: P04, name: Dewi, contract: part}
  - {id: P05, name: Eko, contract: part}
rules:
  - rest: 11h
  - hours: {max: 48h per week}
  - fairness: {of: hours}
"""
HELD = {
    "day": ("P01", "P01", "P01", "P03", "P03", "P03", "P05"),
    "night": ("P02", "P02", "P02", "P04", "P04", "P04", "P02"),
}


def week(folder: Path, *changes: tuple[str, str]) -> tuple[Path, Path]:
    """An operation of a week with its roster; the yard on Saturday is not served."""
    text = WEEK
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "ops.yaml").write_text(text, encoding="utf-8")
    rows = [row(person, 2 + day, shift) for shift in HELD for day, person in enumerate(HELD[shift])]
    rows.append(row("P05", 7, "day", post="yard"))
    return folder / "ops.yaml", write_rows(folder / "roster.csv", rows)


def row(person: str, day: int, shift: str, post: str = "gate") -> Row:
    start, end = ("06:00", "18:00") if shift == "day" else ("18:00", "06:00")
    last = day + (shift == "night")
    return {
        "person": person,
        "site": "depot",
        "post": post,
        "shift": shift,
        "start": f"2020-03-{day:02d}T{start}",
        "end": f"2020-03-{last:02d}T{end}",
    }


def moves(ran: Ran) -> list[tuple[str, str, str, str]]:
    return [(one["date"], one["shift"], one["from"], one["to"]) for one in ran.data["duties"]]


def test_two_duties_of_somebody_absent_are_handed_over_and_nothing_else(run: Run, folder: Path) -> None:
    operation, roster = week(folder)
    before = roster.read_bytes()
    ran = run(
        "replan", operation, roster, "--absent", "P01=2020-03-03..2020-03-04", "-o", "new.csv", "--format", "json"
    )
    assert ran.code == 0 and ran.data["status"] == "clean" and ran.data["written"] == "new.csv"
    assert [one[:3] for one in moves(ran)] == [("2020-03-03", "day", "P01"), ("2020-03-04", "day", "P01")]
    assert {one[3] for one in moves(ran)} <= {"P04", "P05"}, "P03 would hear of it too late"
    assert (ran.data["changes"], ran.data["least_changes"], ran.data["proved_least"]) == (2, 2, True)
    assert {one["reason"] for one in ran.data["duties"]} == {"absent"}
    assert roster.read_bytes() == before and len(read_rows(folder / "new.csv")) == len(read_rows(roster))
    assert run("check", operation, "new.csv", "--fail-on", "gap").code == 0
    assert run("check", operation, "new.csv", "--require-fresh").code == 0
    beside = (folder / "new.csv.json").read_text(encoding="utf-8")
    assert "P01=2020-03-03..2020-03-04" in beside and '"keep:roster.csv"' in beside


def test_nothing_before_the_frozen_moment_is_touched_and_the_default_is_said(run: Run, folder: Path) -> None:
    operation, roster = week(folder)
    absent = ("--absent", "P01=2020-03-02..2020-03-04")
    ran = run("replan", operation, roster, *absent, "--freeze-until", "2020-03-04", "-o", "n.csv", "--format", "json")
    assert [one[0] for one in moves(ran)] == ["2020-03-04"]
    assert ran.data["frozen_until"] == "2020-03-04T06:00+07:00" and ran.data["frozen_because"] == "as asked"
    text = run("replan", operation, roster, "--absent", "P02=2020-03-04", "-o", "n.csv").out
    assert "before Tue 3 Mar 18:00 is touched (the first absence)" in " ".join(text.split())


def test_a_frozen_duty_in_an_absence_stays_and_is_said(run: Run, folder: Path) -> None:
    operation, roster = week(folder)
    ran = run(
        "replan", operation, roster, "--absent", "P02=2020-03-04", "--freeze-until", "2020-03-04 00:00", "-o", "n.csv"
    )
    assert ran.code == 1 and "Broken hard rules" in ran.out and "PP201" in ran.out


def test_a_rule_that_an_absence_makes_impossible_is_a_finding_and_no_bug(run: Run, folder: Path) -> None:
    served = ("  - fairness: {of: hours}\n", "  - duties: {min: 3 per operation, for: {people: [P01]}}\n")
    operation, roster = week(folder, served)
    ran = run(
        "replan", operation, roster, "--absent", "P01=2020-03-03..2020-03-08", "-o", "new.csv", "--format", "json"
    )
    assert ran.code == 1 and ran.data["status"] == "broken" and ran.data["stuck"][0]["person"] == "P01"
    assert ran.data["cover"]["open_person_shifts"] == 0, "the others step in all the same"


def test_a_hard_rule_between_people_that_cannot_be_kept_is_a_finding_and_no_bug(run: Run, folder: Path) -> None:
    mixed = ("  - fairness: {of: hours}\n", "  - mix: {sex: f, at: depot/gate, min: 1, severity: hard}\n")
    people = ("id: P01, name: Ani,", "id: P01, sex: f, name: Ani,")
    operation, roster = week(folder, mixed, people)
    ran = run("replan", operation, roster, "-o", "new.csv", "--format", "json")
    assert ran.code == 1 and "bug" not in ran.err


def test_whoever_may_not_serve_there_any_more_is_replaced_with_the_rule_as_reason(run: Run, folder: Path) -> None:
    post = ("yard: {needs", "yard: {requires: [armed], needs")
    armed = ("id: P01, name: Ani", "id: P01, qualifications: [armed], name: Ani")
    operation, roster = week(
        folder, post, armed, ("contracts:\n", "qualifications:\n  armed: {title: armed}\ncontracts:\n")
    )
    ran = run("replan", operation, roster, "-o", "new.csv", "--format", "json")
    (one,) = ran.data["duties"]
    assert (one["post"], one["from"], one["to"], one["reason"]) == ("depot/yard", "P05", "P01", "rule")
    assert ran.code == 0 and "armed" in one["detail"]
    assert "P05 may not: " in run("replan", operation, roster, "-o", "new.csv").out


def test_a_new_need_is_filled_and_named_with_its_line(run: Run, folder: Path) -> None:
    operation, roster = week(
        folder, ("dates: 2020-03-07, shift: day, staff: 1", "dates: 2020-03-07, shift: day, staff: 2")
    )
    ran = run("replan", operation, roster, "-o", "new.csv", "--format", "json")
    (one,) = ran.data["duties"]
    assert (one["post"], one["from"], one["reason"]) == ("depot/yard", "", "gap")
    assert one["to"] == "P01" and one["line"] == line_of(operation, "yard:")
    assert ran.data["cover"]["closed_minutes"] == 720 and ran.data["frozen_because"] == "the start of the operation"


def test_a_phase_that_moves_moves_the_people(run: Run, folder: Path) -> None:
    phase = ("shifts:\n", "phases:\n  feast: {from: 2020-03-07, until: 2020-03-08}\nshifts:\n")
    need = ("{dates: 2020-03-07, shift: day, staff: 1}", "{phase: feast, shift: day, staff: 1}")
    operation, roster = week(folder, phase, need)
    assert run("check", operation, roster).code == 0
    moved = operation.read_text(encoding="utf-8").replace(
        "from: 2020-03-07, until: 2020-03-08", "from: 2020-03-05, until: 2020-03-06"
    )
    operation.write_text(moved, encoding="utf-8")
    ran = run("replan", operation, roster, "-o", "new.csv", "--format", "json")
    assert ran.code == 0
    assert [(one["date"], one["post"], one["from"]) for one in ran.data["duties"]] == [("2020-03-05", "depot/yard", "")]


def test_a_limit_of_changes_leaves_a_gap_and_says_so(run: Run, folder: Path) -> None:
    need = ("{dates: 2020-03-07, shift: day, staff: 1}", "{dates: 2020-03-07, shift: day, staff: 3}")
    operation, roster = week(folder, need)
    ran = run("replan", operation, roster, "--max-changes", "1", "-o", "new.csv", "--format", "json")
    assert ran.code == 1 and ran.data["changes"] == 1 and ran.data["within_max_changes"]
    assert ran.data["status"] == "gaps" and ran.data["cover"]["open_person_shifts"] == 1
    ran = run(
        "replan", operation, roster, "--absent", "P01=2020-03-03..2020-03-04", "--max-changes", "1", "-o", "n.csv"
    )
    assert ran.code == 1 and "2 duties change although at most 1 were to" in " ".join(ran.out.split())


def test_changes_at_short_notice_are_avoided_or_listed(run: Run, folder: Path) -> None:
    operation, roster = week(folder, ("hours: {max: 48h", "hours: {max: 60h"))
    absent = ("--absent", "P01=2020-03-03..2020-03-04", "--freeze-until", "2020-03-02 12:00")
    ran = run("replan", operation, roster, *absent, "-o", "new.csv", "--format", "json")
    assert "P03" not in {one[3] for one in moves(ran)} and ran.data["short_notice"] == []
    everyone = operation.read_text(encoding="utf-8").replace("part: {share: 50%}", "part: {share: 50%, notice: 3d}")
    operation.write_text(everyone, encoding="utf-8")
    ran = run("replan", operation, roster, *absent, "-o", "new.csv", "--format", "json")
    late = ran.data["short_notice"]
    assert ran.data["notice_cost"] == len(late) == 2 and all(one["gets"] for one in late)
    assert late[0]["given_hours"] == 18.0 and {one["notice_hours"] for one in late} <= {48.0, 72.0}
    text = run("replan", operation, roster, *absent, "-o", "new.csv").out
    assert "At short notice" in text and "18 h before it starts" in " ".join(text.split())


def test_duties_of_other_hours_and_extra_columns_stay(run: Run, folder: Path) -> None:
    operation, roster = week(folder)
    text = roster.read_text(encoding="utf-8").splitlines()
    lines = [text[0] + ",remark", *(line + f",line {number}" for number, line in enumerate(text[1:], 2))]
    lines = [line.replace("2020-03-06T18:00,,", "2020-03-06T19:00,,") if "03-06T06" in line else line for line in lines]
    roster.write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = run("replan", operation, roster, "--absent", "P01=2020-03-03", "-o", "new.csv", "--format", "json")
    after = (folder / "new.csv").read_text(encoding="utf-8")
    assert ran.data["changes"] == 1 and "2020-03-06T19:00" in after and after.count(",line ") == len(text) - 2


def test_deterministic_repairs_are_the_same_to_the_byte(run: Run, two_sites: Solved, folder: Path) -> None:
    away = ("--absent", "P04=2025-03-05..2025-03-08", "--absent", "P07=2025-03-06", "--absent", "P09=2025-03-05")
    for name in ("one.csv", "two.csv"):
        run("replan", two_sites.operation, two_sites.roster, *away, "-o", name, "--deterministic", "--seed", "3")
    assert (folder / "one.csv").read_bytes() == (folder / "two.csv").read_bytes()


@pytest.mark.parametrize("width", [40, 80, 160])
def test_answers_fit_the_terminal(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    operation, roster = week(folder)
    monkeypatch.setenv("COLUMNS", str(width))
    away = ("--absent", "P01=2020-03-03..2020-03-04", "--freeze-until", "2020-03-02 12:00")
    for question in (
        (*away, "-o", "new.csv"),
        ("--substitutes", "gate@2020-03-05:day"),
        ("--swap", "gate@2020-03-07:night=P03"),
    ):
        said = run("replan", operation, roster, *question).out
        longest = max(said.splitlines(), key=len)
        assert len(longest) <= width, longest


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--absent", "P09=2020-03-03"), 'Did you mean "P05"'),
        (("--absent", "P01"), "write it like P07=2024-11-27..2024-11-29"),
        (("--absent", "P01=2020-03-05..2020-03-03"), "ends before it starts"),
        (("--absent", "P01=2021-03-05"), "outside the operation"),
        (("--freeze-until", "2020-04-01"), "outside the operation"),
        (("--substitutes", "gaet@2020-03-03:day"), 'Did you mean "gate"'),
        (("--substitutes", "gate@2020-03-03:dya"), 'Did you mean "day"'),
        (("--substitutes", "gate@2020-03-03"), "has the shifts day, night"),
        (("--substitutes", "gate"), "depot/gate@2020-03-02:day"),
        (("--substitutes", "gate@2020-04-03:day"), "outside the operation"),
        (("--swap", "gate@2020-03-03:day"), "write it like gate@2024-12-07:night=P12"),
        (("--swap", "gate@2020-03-03:day=P01"), "is already on the duty"),
        (("--swap", "yard@2020-03-03:day=P01"), "nobody holds the duty"),
        (("--swap", "gate@2020-03-03:day=P02", "--substitutes", "x"), "ask one at a time"),
        (("-o", "ops.yaml"), "one of the files that the roster is made from"),
        (("-o", "roster.csv"), "one of the files that the roster is made from"),
        (("-o", "none/new.csv"), "the folder does not exist"),
    ],
)
def test_what_is_asked_wrongly_is_refused_with_a_remedy(
    run: Run, folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    operation, roster = week(folder)
    ran = run("replan", operation, roster, *arguments)
    assert ran.code == 2 and words in " ".join(ran.err.split()), ran.err
    assert sorted(path.name for path in folder.iterdir()) == ["ops.yaml", "roster.csv"]


def substitutes(run: Run, *arguments: object) -> tuple[Ran, dict[str, Any]]:
    ran = run("replan", *arguments, "--format", "json")
    return ran, {one["person"]: one for one in ran.data["candidates"]}


def test_substitutes_are_ranked_with_what_follows(run: Run, folder: Path) -> None:
    operation, roster = week(folder)
    ran, found = substitutes(run, operation, roster, "--substitutes", "gate@2020-03-03:day")
    assert ran.code == 0 and ran.data["leaving"] == ["P01"]
    assert list(found)[:3] == ["P05", "P04", "P03"], "who has served less first, who hears too late last"
    assert found["P05"]["short_notice_hours"] is None and found["P03"]["short_notice_hours"] == 24.0
    three = found["P03"]
    assert (three["rest_before_hours"], three["rest_after_hours"]) == (None, 36.0)
    assert (three["week_hours"], three["total_hours"], three["cost"] < 0) == (48.0, 48.0, True)
    assert three["cover"]["opened_minutes"] == 0 and three["cover"]["closed_minutes"] == 720
    ran, found = substitutes(run, operation, roster, "--substitutes", "gate@2020-03-05:day")
    one = found["P01"]
    assert one["gives_up"] is None
    four = found["P04"]
    assert four["gives_up"]["shift"] == "night" and four["cover"]["opened_minutes"] == 720
    assert ran.data["candidates"].index(four) > ran.data["candidates"].index(one), "who leaves a gap comes later"
    text = run("replan", operation, roster, "--substitutes", "gate@2020-03-03:day").out
    assert "Citra (P03)" in text and "36 h of rest after" in " ".join(text.split())


def test_substitutes_name_why_others_cannot(run: Run, folder: Path) -> None:
    operation, roster = week(
        folder, ("id: P05, name: Eko, contract: part}", "id: P05, name: Eko, contract: part, not_at: [depot]}")
    )
    ran, found = substitutes(
        run, operation, roster, "--substitutes", "P01/2020-03-03/day", "--absent", "P04=2020-03-03"
    )
    reasons = {one["reason"]: one["people"] for one in ran.data["refused"]}
    assert reasons["absent"] == ["P04"] and ["P05"] in reasons.values() and "P05" not in found


def test_a_swap_checks_both_and_writes_only_if_asked(run: Run, folder: Path) -> None:
    operation, roster = week(folder)
    ran = run("replan", operation, roster, "--swap", "gate@2020-03-04:night=P03", "--format", "json")
    assert ran.code == 0 and (ran.data["from"], ran.data["to"]) == ("P02", "P03")
    assert ran.data["returned"]["date"] == "2020-03-05" and ran.data["broken"] == [] and ran.data["written"] is None
    ran = run("replan", operation, roster, "--swap", "gate@2020-03-07:night=P03", "--format", "json")
    assert ran.code == 1 and [one["person"] for one in ran.data["broken"]] == ["P04"], "the giver's rest"
    ran = run("replan", operation, roster, "--swap", "gate@2020-03-04:night=P03", "-o", "new.csv")
    assert ran.code == 0 and "Roster written to new.csv" in ran.out
    assert run("check", operation, "new.csv", "--require-fresh").code == 0
    told = run("diff", operation, roster, "new.csv", "--format", "json").data["duties"]
    assert [(one["from"], one["to"]) for one in told] == [("P02", "P03"), ("P03", "P02")]


def test_two_named_duties_are_exchanged(run: Run, folder: Path) -> None:
    operation, roster = week(folder)
    ran = run("replan", operation, roster, "--swap", "P03/2020-03-06/day=gate@2020-03-08:day", "--format", "json")
    assert ran.code == 0 and (ran.data["from"], ran.data["to"]) == ("P03", "P05")


def test_the_election_guard_with_two_people_away_for_a_week(run: Run, kpu: Solved, folder: Path) -> None:
    people = "88041047", "86040628"
    away = [word for person in people for word in ("--absent", f"{person}=2024-11-26..2024-12-02")]
    ran = run("replan", kpu.operation, kpu.roster, *away, "-o", "new.csv", "--time-limit", "8s", "--format", "json")
    old, new = read_rows(kpu.roster), read_rows(folder / "new.csv")

    def in_absence(rows: list[Row]) -> list[Row]:
        duties = (one for one in rows if one["person"] in people and one["kind"] == "duty")
        return [one for one in duties if one["end"] >= "2024-11-26" and one["start"] < "2024-12-03"]

    lost = in_absence(old)
    closed = ran.data["cover"]["closed_minutes"] // 720  # a short search leaves gaps that the repair closes as well
    assert lost
    assert ran.data["changes"] <= 2 * len(lost) + 4 * closed, "somebody for each duty, and somebody who makes room"
    assert ran.data["status"] == "gaps"
    assert ran.data["cover"]["opened_minutes"] <= ran.data["cover"]["closed_minutes"]
    gone = [one for one in old if one not in new and one["kind"] == "duty"]
    come = [one for one in new if one not in old and one["kind"] == "duty"]
    assert max(len(gone), len(come)) <= ran.data["changes"]
    assert all(one["start"] >= ran.data["frozen_until"][:10] for one in (*gone, *come))
    assert not in_absence(new)
    for person, duties in served(new).items():
        hours = [gap for _, later, gap in rests(duties) if later.start.isoformat() >= "2024-11-24T07:00"]
        assert all(gap >= 11 for gap in hours), person


def test_substitutes_of_the_election_guard_come_at_once(run: Run, kpu: Solved) -> None:
    run("replan", kpu.operation, kpu.roster, "--substitutes", "kpu-province/gate@2024-11-27:day")
    began = time.process_time()
    ran = run("replan", kpu.operation, kpu.roster, "--substitutes", "kpu-province/gate@2024-11-27:day")
    assert "people can step in" in ran.out or "1 person can step in" in ran.out
    assert time.process_time() - began < 2.0


@pytest.mark.parametrize("number", range(8))
def test_no_absence_breaks_a_rule_or_opens_a_gap_that_could_be_closed(
    run: Run, two_sites: Solved, folder: Path, number: int
) -> None:
    rng = random.Random(number)
    first = rng.randint(3, 8)
    last = min(9, first + rng.randint(0, 3))
    people = rng.sample([f"P{one:02d}" for one in range(1, 13)], rng.choice([1, 1, 2, 3]))
    away = [f"{person}=2025-03-{first:02d}..2025-03-{last:02d}" for person in people]
    given = [word for one in away for word in ("--absent", one)]
    ran = run(
        "replan", two_sites.operation, two_sites.roster, *given, "-o", "new.csv", "--deterministic", "--format", "json"
    )
    assert ran.data["cover"]["proved_least"] and ran.data["stuck"] == []
    assert ran.code == (1 if ran.data["cover"]["open_person_shifts"] else 0)
    listed = "".join(f"  - {{person: {one.partition('=')[0]}, dates: {one.partition('=')[2]}}}\n" for one in away)
    absences = ("absences:\n", "absences:\n" + listed)
    operation = write_two_sites(folder, absences)
    since = ran.data["frozen_until"][:16].replace("T", " ")
    assert run("check", operation, "new.csv", "--from", since, "--fail-on", "hard").code == 0
    anew = run(
        "solve",
        operation,
        "--from",
        since,
        "--keep",
        two_sites.roster,
        "-o",
        "anew.csv",
        "--deterministic",
        "--time-limit",
        "5s",
        "--format",
        "json",
    )
    least = anew.data["audit"]["summary"]["open_hours"]
    assert ran.data["audit"]["summary"]["open_hours"] <= least
