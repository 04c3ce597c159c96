"""The edges of an operation and of the calendar: first and last night, midnight, leap day, year's end, 24 h."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

FILE = """\
patrolplan: 1
operation: {{name: Edges, timezone: {zone}, from: {start}, until: {end}}}
shifts:
  day:   {{start: "07:00", end: "19:00"}}
  night: {{start: "19:00", end: "07:00", night: true}}
  whole: {{start: "08:00", end: "08:00"}}
sites:
  office:
    posts:
      gate: {{shifts: {shifts}, needs: [{{staff: 1}}]}}
personnel:
  people: [{people}]
{more}
rules:
{rules}
"""


def write(folder: Path, start: str, end: str, *rules: str, people: int = 6, **more: str) -> Path:
    names = ", ".join(f"{{id: P{number}}}" for number in range(1, people + 1))
    settings = {"zone": "Asia/Pontianak", "shifts": "[day, night]", "more": "", **more}
    lines = "\n".join(f"  - {rule}" for rule in rules or ("rest: 11h",))
    path = folder / "ops.yaml"
    path.write_text(FILE.format(start=start, end=end, people=names, rules=lines, **settings), encoding="utf-8")
    return path


def roster(folder: Path, *duties: str, name: str = "r.csv") -> Path:
    """Duties as ``P1 night 2024-11-07 19:00 2024-11-08 07:00``."""
    rows = ["person,site,post,shift,start,end"]
    for duty in duties:
        who, shift, day, start, other, end = duty.split()
        rows.append(f"{who},office,gate,{shift},{day} {start},{other} {end}")
    path = folder / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def solved(run: Run, path: Path) -> list[dict[str, str]]:
    ran = run("solve", path, "-o", "solved.csv", "--deterministic", "--workers", "1", "--quiet")
    assert ran.code == 0, ran.err
    assert run("check", path, "solved.csv").code == 0
    with Path("solved.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def found(run: Run, path: Path, duties: Path, code: str) -> list[dict[str, Any]]:
    return [one for one in run("check", path, duties, "--format", "json").findings if one["code"] == code]


def minutes(rows: list[dict[str, str]]) -> int:
    spans = [(dt.datetime.fromisoformat(row["start"]), dt.datetime.fromisoformat(row["end"])) for row in rows]
    return sum(int((end - start).total_seconds()) // 60 for start, end in spans)


# -- first and last night --------------------------------------------------------------------------------------------


def test_the_last_night_runs_to_the_end_of_the_operation(run: Run, folder: Path) -> None:
    rows = solved(run, write(folder, "2024-11-07 07:00", "2024-11-09 07:00"))
    assert max(row["end"] for row in rows) == "2024-11-09T07:00+07:00"
    assert minutes(rows) == 2 * 1440


def test_a_night_that_outlasts_the_operation_is_planned_and_not_asked_beyond_it(run: Run, folder: Path) -> None:
    path = write(folder, "2024-11-07 07:00", "2024-11-09 00:00")
    rows = solved(run, path)
    assert max(row["end"] for row in rows) == "2024-11-09T07:00+07:00"
    short = roster(folder, *_full_days(path, last_end="2024-11-09 00:00"))
    assert not found(run, path, short, "PP101")
    shorter = roster(folder, *_full_days(path, last_end="2024-11-08 23:59"))
    assert [(one["from"], one["until"]) for one in found(run, path, shorter, "PP101")] == [
        ("2024-11-08T23:59+07:00", "2024-11-09T00:00+07:00")
    ]


def _full_days(_: Path, last_end: str) -> list[str]:
    return [
        "P1 day 2024-11-07 07:00 2024-11-07 19:00",
        "P2 night 2024-11-07 19:00 2024-11-08 07:00",
        "P3 day 2024-11-08 07:00 2024-11-08 19:00",
        f"P4 night 2024-11-08 19:00 {last_end}",
    ]


def test_the_night_before_the_first_day_binds_rest_and_covers_the_morning(run: Run, folder: Path) -> None:
    before = roster(folder, "P1 night 2024-11-06 19:00 2024-11-07 07:00", name="before.csv")
    path = write(folder, "2024-11-07 00:00", "2024-11-08 07:00", more="history: before.csv", people=3)
    rows = solved(run, path)
    assert not [row for row in rows if row["person"] == "P1" and row["shift"] == "day"]
    assert minutes(rows) == 1440
    late = roster(folder, "P1 night 2024-11-06 19:00 2024-11-07 06:30", name="before.csv")
    assert late == before
    duties = roster(folder, "P2 day 2024-11-07 07:00 2024-11-07 19:00", "P3 night 2024-11-07 19:00 2024-11-08 07:00")
    assert [(one["from"], one["until"]) for one in found(run, path, duties, "PP101")] == [
        ("2024-11-07T06:30+07:00", "2024-11-07T07:00+07:00")
    ]


@pytest.mark.parametrize(("ends", "breaks"), [("19:59", 0), ("20:01", 1)])
def test_rest_after_the_history_is_judged_at_the_first_duty(run: Run, folder: Path, ends: str, breaks: int) -> None:
    roster(folder, f"P1 day 2024-11-06 07:00 2024-11-06 {ends}", name="before.csv")
    path = write(folder, "2024-11-07 07:00", "2024-11-07 19:00", "rest: 11h", more="history: before.csv")
    duties = roster(folder, "P1 day 2024-11-07 07:00 2024-11-07 19:00")
    assert len(found(run, path, duties, "PP204")) == breaks


# -- shifts of 24 h --------------------------------------------------------------------------------------------------


def test_shifts_of_a_whole_day_follow_each_other_without_a_gap(run: Run, folder: Path) -> None:
    path = write(folder, "2024-11-07 08:00", "2024-11-14 08:00", "rest: 48h", shifts="[whole]", people=3)
    rows = solved(run, path)
    assert len(rows) == 7 and minutes(rows) == 7 * 1440
    turns = [row["person"] for row in sorted(rows, key=lambda row: row["start"])]
    assert all(one == other for one, other in zip(turns, turns[3:], strict=False))


def test_a_shift_that_ends_at_midnight_belongs_to_its_date_and_touches_the_next(run: Run, folder: Path) -> None:
    path = write(folder, "2024-11-07 00:00", "2024-11-09 00:00", "rest: 8h", "work_streak: {max: 1}")
    text = path.read_text(encoding="utf-8")
    text = text.replace('day:   {start: "07:00", end: "19:00"}', 'day:   {start: "08:00", end: "16:00"}')
    text = text.replace('night: {start: "19:00", end: "07:00", night: true}', 'night: {start: "00:00", end: "08:00"}')
    text = text.replace('whole: {start: "08:00", end: "08:00"}', 'late: {start: "16:00", end: "24:00"}')
    path.write_text(text.replace("[day, night]", "[day, night, late]"), encoding="utf-8")
    rows = solved(run, path)
    assert minutes(rows) == 2 * 1440
    streak = roster(folder, "P1 late 2024-11-07 16:00 2024-11-08 00:00", "P1 night 2024-11-08 00:00 2024-11-08 08:00")
    assert len(found(run, path, streak, "PP207")) == 1
    assert [one["actual"] for one in found(run, path, streak, "PP204")] == [0]


# -- leap day and year's end -----------------------------------------------------------------------------------------


def test_the_leap_day_is_a_day_like_any_other(run: Run, folder: Path) -> None:
    path = write(folder, "2028-02-28 07:00", "2028-03-02 07:00", "rest: 11h", "work_streak: {max: 2}")
    rows = solved(run, path)
    assert {row["start"][:10] for row in rows} == {"2028-02-28", "2028-02-29", "2028-03-01"}
    assert minutes(rows) == 3 * 1440
    three = roster(folder, *(f"P1 day {day} 07:00 {day} 19:00" for day in ("2028-02-28", "2028-02-29", "2028-03-01")))
    assert [one["actual"] for one in found(run, path, three, "PP207")] == [3]


def test_a_month_ends_on_the_leap_day(run: Run, folder: Path) -> None:
    path = write(folder, "2028-02-28 07:00", "2028-03-02 07:00", "duties: {max: 1 per month}", "rest: 11h")
    duties = roster(folder, "P1 night 2028-02-29 19:00 2028-03-01 07:00", "P1 night 2028-03-01 19:00 2028-03-02 07:00")
    assert not found(run, path, duties, "PP206")
    more = roster(folder, "P1 day 2028-02-28 07:00 2028-02-28 19:00", "P1 night 2028-02-29 19:00 2028-03-01 07:00")
    assert [one["actual"] for one in found(run, path, more, "PP206")] == [2]


def test_year_and_week_end_where_the_calendar_says(run: Run, folder: Path) -> None:
    rules = ["rest: 11h", "duties: {id: month, max: 1 per month}", "duties: {id: week, max: 2 per week}"]
    path = write(folder, "2026-12-28 07:00", "2027-01-04 07:00", *rules, people=16)
    rows = solved(run, path)
    assert minutes(rows) == 7 * 1440
    by_month: dict[tuple[str, str], int] = {}
    for row in rows:
        key = row["person"], row["start"][:7]
        by_month[key] = by_month.get(key, 0) + 1
    assert max(by_month.values()) == 1
    duties = roster(
        folder,
        "P1 night 2026-12-31 19:00 2027-01-01 07:00",
        "P1 night 2027-01-01 19:00 2027-01-02 07:00",
        "P1 night 2027-01-03 19:00 2027-01-04 07:00",
    )
    assert sorted((one["rule"], one["actual"]) for one in found(run, path, duties, "PP206")) == [
        ("month", 2),
        ("week", 3),
    ]
