"""Operations across clock changes: cover, rest and hours are right to the minute, in the plan and in the audit."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.cli.conftest import Run

DAY = dt.timedelta(days=1)
Spell = tuple[str, str, dt.datetime, dt.datetime]
"""Person, shift, start and end."""


@dataclass(frozen=True)
class Change:
    """A night on which the clock changes, and how many minutes a night from 19:00 to 07:00 then has."""

    zone: str
    date: dt.date
    minutes: int

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def at(self, days: int, clock: str) -> dt.datetime:
        """A moment, so many days after the date on which the night begins."""
        return dt.datetime.combine(self.date + days * DAY, dt.time.fromisoformat(clock), self.tz)


CHANGES = [
    Change("Europe/Berlin", dt.date(2026, 3, 28), 660),
    Change("Europe/Berlin", dt.date(2026, 10, 24), 780),
    Change("America/New_York", dt.date(2026, 3, 7), 660),
    Change("America/New_York", dt.date(2026, 10, 31), 780),
    Change("Australia/Lord_Howe", dt.date(2026, 4, 4), 750),
    Change("Australia/Lord_Howe", dt.date(2026, 10, 3), 690),
]
each_change = pytest.mark.parametrize("change", CHANGES, ids=lambda one: f"{one.zone} {one.date}")


def elapsed(start: dt.datetime, end: dt.datetime) -> int:
    """Minutes from one moment to another, as a stopwatch counts them."""
    return int((end.astimezone(dt.UTC) - start.astimezone(dt.UTC)).total_seconds() // 60)


def write_operation(folder: Path, change: Change, *, shifts: str, rules: Iterable[str], people: int = 6) -> Path:
    """One post that one person guards for three days, the changing night in the middle."""
    path = folder / "ops.yaml"
    path.write_text(
        f"""\
patrolplan: 1
operation:
  name: Clock change
  timezone: {change.zone}
  from: {change.date - DAY} 07:00
  until: {change.date + 2 * DAY} 07:00
shifts:
{shifts}
sites:
  office:
    posts:
      gate: {{needs: [{{staff: 1}}]}}
personnel:
  people: [{", ".join(f"{{id: P{number}}}" for number in range(1, people + 1))}]
rules:
"""
        + "".join(f"  - {rule}\n" for rule in rules),
        encoding="utf-8",
    )
    return path


TWELVE = '  day:   {start: "07:00", end: "19:00"}\n  night: {start: "19:00", end: "07:00", night: true}'
WHOLE = '  whole: {start: "07:00", end: "07:00"}'


def write_roster(folder: Path, *duties: Spell) -> Path:
    """A roster of people, shifts, starts and ends, with offsets as a spreadsheet would not lose them."""
    path = folder / "roster.csv"
    rows = "".join(
        f"{who},,office,gate,{shift},{start.isoformat()},{end.isoformat()},,duty\n" for who, shift, start, end in duties
    )
    path.write_text("person,name,site,post,shift,start,end,duty,kind\n" + rows, encoding="utf-8")
    return path


def around(change: Change, *middle: Spell) -> list[Spell]:
    """A full guard of the three days, with other duties in the changing night."""
    return [
        ("P1", "day", change.at(-1, "07:00"), change.at(-1, "19:00")),
        ("P2", "night", change.at(-1, "19:00"), change.at(0, "07:00")),
        ("P3", "day", change.at(0, "07:00"), change.at(0, "19:00")),
        *middle,
        ("P5", "day", change.at(1, "07:00"), change.at(1, "19:00")),
        ("P6", "night", change.at(1, "19:00"), change.at(2, "07:00")),
    ]


@each_change
def test_the_night_of_the_change_is_planned_as_long_as_it_is(run: Run, folder: Path, change: Change) -> None:
    path = write_operation(folder, change, shifts=TWELVE, rules=["rest: 11h", "hours: {max: 48h per week}"])
    ran = run("solve", path, "-o", "r.csv", "--deterministic", "--workers", "1", "--quiet")
    assert ran.code == 0, ran.err
    with (folder / "r.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    spans = sorted((dt.datetime.fromisoformat(row["start"]), dt.datetime.fromisoformat(row["end"])) for row in rows)
    night = next(span for span in spans if span[0] == change.at(0, "19:00"))
    assert elapsed(*night) == change.minutes
    assert sum(elapsed(*span) for span in spans) == elapsed(change.at(-1, "07:00"), change.at(2, "07:00"))
    assert run("check", path, "r.csv").code == 0


@each_change
def test_a_gap_in_the_hour_of_the_change_is_found_to_the_minute(run: Run, folder: Path, change: Change) -> None:
    path = write_operation(folder, change, shifts=TWELVE, rules=["rest: 1h"])
    leaves = (change.at(0, "19:00").astimezone(dt.UTC) + dt.timedelta(minutes=360 - 7)).astimezone(change.tz)
    comes = (leaves.astimezone(dt.UTC) + dt.timedelta(minutes=123)).astimezone(change.tz)
    night = [
        ("P4", "night", change.at(0, "19:00"), leaves),
        ("P1", "night", comes, change.at(1, "07:00")),
    ]
    ran = run("check", path, write_roster(folder, *around(change, *night)), "--format", "json")
    assert ran.code == 1
    gaps = [one for one in ran.findings if one["code"] == "PP101"]
    assert len(gaps) == 1
    start, end = (dt.datetime.fromisoformat(gaps[0][side]) for side in ("from", "until"))
    assert (elapsed(leaves, start), elapsed(comes, end)) == (0, 0)
    assert elapsed(start, end) == 123


@each_change
@pytest.mark.parametrize("more", [0, 1])
def test_rest_over_the_change_is_elapsed_time(run: Run, folder: Path, change: Change, more: int) -> None:
    rest = elapsed(change.at(0, "19:00"), change.at(1, "07:00"))
    path = write_operation(folder, change, shifts=TWELVE, rules=[f"rest: {rest + more}m"])
    duties = around(change, ("P4", "night", change.at(0, "19:00"), change.at(1, "07:00")))
    duties[4] = ("P3", *duties[4][1:])
    ran = run("check", path, write_roster(folder, *duties), "--format", "json")
    found = [one for one in ran.findings if one["code"] == "PP204"]
    assert [(one["person"], round(one["actual"] * 60)) for one in found] == [("P3", rest)] * more
    assert ran.code == more


@each_change
def test_rest_that_only_the_wall_clock_gives_is_not_planned(run: Run, folder: Path, change: Change) -> None:
    rest = elapsed(change.at(0, "19:00"), change.at(1, "07:00"))
    rules = [f"rest: {rest + 1}m"]
    path = write_operation(folder, change, shifts=TWELVE, rules=rules)
    assert run("solve", path, "-o", "r.csv", "--deterministic", "--workers", "1", "--quiet").code == 0
    with (folder / "r.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    duties = sorted(
        (row["person"], *(dt.datetime.fromisoformat(row[side]) for side in ("start", "end"))) for row in rows
    )
    for (who, _, end), (other, start, _) in pairwise(duties):
        assert who != other or elapsed(end, start) > rest


@each_change
@pytest.mark.parametrize("more", [0, 1])
def test_a_shift_of_a_whole_day_counts_its_hours(run: Run, folder: Path, change: Change, more: int) -> None:
    length = 12 * 60 + change.minutes
    rules = [f"hours: {{max: {length - more}m per day}}", "rest: 24h"]
    path = write_operation(folder, change, shifts=WHOLE, rules=rules)
    duties = [
        (f"P{number}", "whole", change.at(number - 2, "07:00"), change.at(number - 1, "07:00")) for number in (1, 2, 3)
    ]
    ran = run("check", path, write_roster(folder, *duties), "--format", "json")
    assert not [one for one in ran.findings if one["code"] == "PP101"]
    served = {one["person"]: round(one["actual"] * 60) for one in ran.findings if one["code"] == "PP205"}
    assert served.get("P2") == (length if more else None)


@each_change
def test_a_window_of_the_clock_has_the_minutes_of_its_night(run: Run, folder: Path, change: Change) -> None:
    path = write_operation(folder, change, shifts=TWELVE, rules=["rest: 1h"])
    text = path.read_text(encoding="utf-8").replace("{staff: 1}", '{between: "22:00-06:00", staff: 1}')
    path.write_text(text, encoding="utf-8")
    ran = run("check", path, write_roster(folder), "--format", "json")
    gaps = {dt.datetime.fromisoformat(one["from"]): one for one in ran.findings if one["code"] == "PP101"}
    start, end = change.at(0, "22:00"), change.at(1, "06:00")
    assert dt.datetime.fromisoformat(gaps[start]["until"]) == end
    assert round(gaps[start]["cost"] * 60 / 100) == elapsed(start, end) == change.minutes - 240
