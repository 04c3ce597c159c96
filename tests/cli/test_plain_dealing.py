"""What a command says of itself is true: nothing is left out, counted twice or written over in silence."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from patrolplan.plan import publishing
from tests.cli.conftest import Run

GATES = """\
patrolplan: 1
operation:
  name: Two gates
  timezone: Europe/Berlin
  from: 2025-03-28 07:00
  until: 2025-04-01 07:00
shifts:
  day:   {start: "07:00", end: "19:00"}
  night: {start: "19:00", end: "07:00", night: true}
qualifications: {armed: {}}
sites:
  north: {posts: {gate: {needs: [{staff: 1, qualified: {armed: 1}}]}}}
  south: {posts: {gate: {needs: [{staff: 1}]}}}
personnel: people.csv
rules:
  - rest: 11h
"""
PEOPLE = "id;name;qualifications\nP01;Anna;armed\nP02;Ben;armed\nP03;Cem;\nP04;Dora;\nP05;Eve;\n"
HOLDERS = {("north", "day"): "P01", ("north", "night"): "P02", ("south", "day"): "P03", ("south", "night"): "P04"}
FIRST, LAST = 28, 31


def rows(*without: str) -> str:
    """The roster as rows, without the duties that start so."""
    text = "person,site,post,shift,start,end,duty\n"
    for day in range(FIRST, LAST + 1):
        for (site, shift), person in HOLDERS.items():
            start, end = ("07:00", "19:00") if shift == "day" else ("19:00", "07:00")
            closes = f"2025-03-{day:02}" if shift == "day" else f"2025-03-{day + 1:02}" if day < LAST else "2025-04-01"
            name = f"{person}/2025-03-{day:02}/{shift}"
            if name not in without:
                text += f"{person},{site},gate,{shift},2025-03-{day:02} {start},{closes} {end},{name}\n"
    return text


def write(folder: Path, roster: str, more: str = "", month: str = "") -> None:
    text = GATES + more
    if month:
        text = text.replace("2025-03-28", f"2025-{month}-24").replace("2025-04-01", f"2025-{month}-28")
    (folder / "ops.yaml").write_text(text, encoding="utf-8")
    (folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "roster.csv").write_text(roster, encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("replan", "ops.yaml", "roster.csv", "--swap", "south/gate@2025-03-29:night=P05"), "made from"),
        (("export", "ops.yaml", "roster.csv"), "made from"),
        (("export", "ops.yaml", "roster.csv", "--to", "html"), "would hold html"),
        (("export", "ops.yaml", "roster.csv", "--to", "html", "--paper", "card"), "would hold html"),
    ],
)
def test_no_command_writes_over_the_list_of_people(
    folder: Path, run: Run, command: tuple[str, ...], words: str
) -> None:
    write(folder, rows())
    assert words in run(*command, "-o", "people.csv").refused()
    assert (folder / "people.csv").read_text(encoding="utf-8") == PEOPLE


def test_explain_takes_the_id_of_a_duty(folder: Path, run: Run) -> None:
    write(folder, rows())
    ran = run("explain", "ops.yaml", "roster.csv", "--person", "P05", "--duty", "P02/2025-03-29/night")
    assert ran.code == 0
    assert "Eve (P05) is not on north/gate Sat 29 Mar 19:00-07:00" in ran.out


def test_explain_counts_people_as_check_does(folder: Path, run: Run) -> None:
    """A night of one hour less is open, and asks for an armed person: two needs, one person, 11 hours."""
    write(folder, rows("P02/2025-03-29/night"))
    checked = run("check", "ops.yaml", "roster.csv").out
    assert "1 of 16 needed person-shifts open (11 person-hours)" in checked
    explained = run("explain", "ops.yaml", "roster.csv", "--no-remedies").out
    assert "2 gaps, 2 person-shifts (22 person-hours)" in explained
    assert "as check counts people: 1 person-shift open (11 person-hours)" in " ".join(explained.split())
    data = run("explain", "ops.yaml", "roster.csv", "--no-remedies", "--format", "json").data
    assert (data["open_person_shifts"], data["open_hours"]) == (1, 11.0)
    closed = {(data["gaps"][one["gap"]]["code"], one["person"]): one["closed_hours"] for one in data["avoidable"]}
    assert closed[("PP101", "P02")] == closed[("PP102", "P02")] == closed[("PP101", "P05")] == 11.0
    assert ("PP102", "P05") not in closed


def test_accepted_gaps_are_not_called_met(folder: Path, run: Run) -> None:
    accepted = "accept:\n  - {finding: PP101, by: Lead, until: 2025-04-01}\n"
    write(folder, rows("P04/2025-03-29/night"), accepted)
    ran = run("explain", "ops.yaml", "roster.csv")
    assert (ran.code, ran.out.strip()) == (0, "roster.csv: no gaps but those that are accepted")
    repaired = run("replan", "ops.yaml", "roster.csv", "--max-changes", "0", "-o", "new.csv", "--time-limit", "2s")
    assert repaired.code == 0
    assert "no gap is open but those that are accepted" in repaired.out


def test_check_says_why_an_acceptance_does_not_hold(folder: Path, run: Run) -> None:
    accepted = "accept:\n  - {finding: PP101, at: south, longest: 6h, by: Lead, until: 2025-04-01}\n"
    write(folder, rows("P04/2025-03-29/night"), accepted)
    ran = run("check", "ops.yaml", "roster.csv")
    assert ran.code == 1
    assert "accepted by Lead, but only up to 6 h, and it lasts 11 h" in ran.out


def test_version_that_somebody_else_published_meanwhile_is_not_passed_over(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, rows())
    (folder / "other.csv").write_text(rows("P04/2025-03-29/night"), encoding="utf-8")
    whole = publishing.write_roster
    until = (dt.date(2025, 4, 1).toordinal(), None)

    def slow(*arguments: Any) -> str:
        monkeypatch.setattr(publishing, "write_roster", whole)
        publishing.publish(folder / "ops.yaml", folder / "other.csv", until=until, by="Somebody else")
        return whole(*arguments)

    monkeypatch.setattr(publishing, "write_roster", slow)
    told = run("publish", "ops.yaml", "roster.csv", "--until", "2025-04-01", "--by", "Lead").refused()
    assert "somebody else published in the meantime" in told
    assert len(publishing.history(folder / "ops.yaml")) == 1


def test_whoever_accepts_has_a_name(folder: Path, run: Run) -> None:
    write(folder, rows(), 'accept:\n  - {finding: PP101, by: "", until: 2025-04-01}\n')
    assert "ops.yaml:18" in run("check", "ops.yaml", "roster.csv").refused()


@pytest.mark.parametrize(
    "command",
    [
        ("explain", "ops.yaml", "roster.csv", "--no-remedies"),
        ("explain", "ops.yaml", "roster.csv", "--person", "P05", "--duty", "north/gate@2025-10-24:day"),
        ("diff", "ops.yaml", "roster.csv", "roster.csv"),
        ("replan", "ops.yaml", "roster.csv", "--substitutes", "north/gate@2025-10-24:day"),
        ("replan", "ops.yaml", "roster.csv", "-o", "new.csv", "--time-limit", "2s"),
    ],
)
def test_roster_of_another_month_is_remarked(folder: Path, run: Run, command: tuple[str, ...]) -> None:
    write(folder, rows(), month="10")
    told = " ".join(run(*command).err.split())
    assert "roster.csv 16 of 16 duties outside the operation's dates (2025-10-24 to 2025-10-27)" in told


@pytest.mark.parametrize(
    "question",
    [
        ("replan", "ops.yaml", "roster.csv", "--substitutes", "north/gate@2025-03-29:night"),
        ("replan", "ops.yaml", "roster.csv", "--swap", "south/gate@2025-03-29:night=P05", "-o", "new.csv"),
        ("explain", "ops.yaml", "roster.csv", "--person", "P05", "--duty", "north/gate@2025-03-29:night"),
    ],
)
def test_rows_left_out_of_an_answer_are_named(folder: Path, run: Run, question: tuple[str, ...]) -> None:
    write(folder, rows() + "P99,south,gate,day,2025-03-29 07:00,2025-03-29 19:00,\n")
    told = " ".join(run(*question).err.split())
    assert 'roster.csv:18 nobody has the service number "P99": the row is left out.' in told


def test_duties_frozen_in_spite_of_an_absence_are_named(folder: Path, run: Run) -> None:
    write(folder, rows())
    asked = ("--absent", "P02=2025-03-29..2025-03-31", "--freeze-until", "2025-03-31", "--time-limit", "2s")
    told = " ".join(run("replan", "ops.yaml", "roster.csv", *asked, "-o", "new.csv").err.split())
    assert "P02 is absent, but keeps 3 duties that start before Mon 31 Mar 07:00: Fri 28 Mar 19:00-07:00, " in told


def test_absence_of_a_name_with_an_equals_sign(folder: Path, run: Run) -> None:
    write(folder, rows())
    (folder / "people.csv").write_text(PEOPLE.replace("Eve", "=Eve"), encoding="utf-8")
    ran = run("replan", "ops.yaml", "roster.csv", "--absent", "=Eve=2025-03-29", "-o", "new.csv", "--time-limit", "2s")
    assert ran.code == 0


def test_cover_without_gaps_of_number_names_the_gap_of_kind(folder: Path, run: Run) -> None:
    write(folder, rows().replace("P02,north,gate,night,2025-03-29", "P05,north,gate,night,2025-03-29"))
    published = run("publish", "ops.yaml", "roster.csv", "--until", "2025-04-01", "--by", "Lead")
    assert "enough people, but not of every kind asked for" in published.out
    away = ("--absent", "P02=2025-03-29", "-o", "new.csv", "--time-limit", "2s")
    repaired = run("replan", "ops.yaml", "roster.csv", *away)
    assert repaired.code == 1
    assert "0 person-shifts open" not in repaired.out
    assert "enough people, but not of every kind asked for" in " ".join(repaired.out.split())


def test_one_change_beyond_the_limit_is_one_duty(folder: Path, run: Run) -> None:
    write(folder, rows())
    limit = ("--absent", "P04=2025-03-29", "--freeze-until", "2025-03-29 12:00", "--max-changes", "0")
    ran = run("replan", "ops.yaml", "roster.csv", *limit, "--time-limit", "2s", "-o", "new.csv")
    assert "1 duty changes although at most 0 were to: it cannot stay" in " ".join(ran.out.split())


def test_check_of_nothing_says_so(folder: Path, run: Run) -> None:
    write(folder, rows())
    ran = run("check", "ops.yaml", "roster.csv", "--from", "2026-03-29")
    assert "nothing is checked: the operation ends 2025-04-01, before 2026-03-29" in " ".join(ran.err.split())
    assert run("check", "ops.yaml", "roster.csv", "--from", "2025-03-29").err == ""


def test_window_outside_the_operation_does_not_blame_the_file(folder: Path, run: Run) -> None:
    write(folder, rows())
    told = run("replan", "ops.yaml", "roster.csv", "--freeze-until", "2025-06-01").refused()
    assert "the planned window lies outside the operation" in told
    assert "not a valid operation" not in told


def test_pins_of_a_roster_are_named_by_their_rows(folder: Path, run: Run) -> None:
    write(folder, rows(), "  - rest: {id: longer, min: 13h}\n  - pins: {from: roster.csv, where: all}\n")
    ran = run("explain", "ops.yaml")
    assert ran.code == 1
    lines = roster_lines(ran.out, "Anna (P01) is on duty")
    assert len(lines) == 2 and lines[1] - lines[0] == len(HOLDERS)


def roster_lines(text: str, words: str) -> list[int]:
    """The rows of the roster that are named behind some words."""
    return [int(row) for row in re.findall(re.escape(words) + r"[^)]*\)\s+\(roster\.csv:(\d+)\)", text)]


def test_no_rule_is_said_to_allow_less_than_no_rest(folder: Path, run: Run) -> None:
    write(folder, rows(), "  - pins: {from: roster.csv, where: all}\n")
    ran = run("explain", "ops.yaml", "roster.csv", "--person", "P03", "--duty", "north/gate@2025-03-29:day")
    told = " ".join(ran.out.split())
    assert "allows -" not in told
    assert "somebody else takes south/gate Sat 29 Mar 07:00-19:00, the pin at roster.csv:8 is changed" in told


def test_solving_again_names_the_roster(folder: Path, run: Run) -> None:
    write(folder, rows("P02/2025-03-29/night"))
    told = " ".join(run("explain", "ops.yaml", "roster.csv", "--time-limit", "5s").out.split())
    assert "patrolplan solve ops.yaml --start roster.csv" in told


def test_indonesian_rows_of_facts_do_not_run_together(folder: Path, run: Run) -> None:
    write(folder, rows())
    found = run("replan", "ops.yaml", "roster.csv", "--substitutes", "north/gate@2025-03-29:night", "--language", "id")
    assert "Sebagai ganti  Ben (P02)" in found.out
    assert "on rest" not in found.out
    staffed = run("staffing", "ops.yaml", "--time-limit", "2s", "--language", "id")
    assert "168 jam" in staffed.out and "168 h" not in staffed.out
