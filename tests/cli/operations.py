"""Operations and rosters for the tests of the command line."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
MINIMAL = ROOT / "examples" / "minimal.yaml"
KPU = ROOT / "examples" / "kpu-kalteng" / "ops.yaml"

HEAD = "person,name,site,post,shift,start,end,duty,kind\n"

TWO_SITES = """\
patrolplan: 1
operation:
  name: Two sites
  timezone: Asia/Pontianak
  from: 2025-03-03 07:00
  until: 2025-03-10 07:00
shifts:
  day:   {start: "07:00", end: "19:00"}
  night: {start: "19:00", end: "07:00", night: true}
qualifications:
  armed: {title: carries a firearm}
sites:
  harbour:
    posts:
      gate:
        needs:
          - {staff: 1, qualified: {armed: 1}}
          - {between: "09:00-17:00", staff: 2}
  depot:
    posts:
      door:
        requires: [armed]
        needs: [{staff: 1}]
personnel: people.csv
absences:
  - {person: P03, dates: 2025-03-05, reason: leave}
rules:
  - rest: 11h
  - hours: {max: 48h per week}
  - shift_streak: {shift: night, max: 3}
"""

PEOPLE = "id,name,qualifications\n" + "".join(
    f"P{number:02d},Contoh {number},{'armed' if number <= 9 else ''}\n" for number in range(1, 13)
)

Row = dict[str, str]


def write_two_sites(folder: Path, *changes: tuple[str, str], people: str = PEOPLE) -> Path:
    """The operation of two sites with some of its text replaced."""
    text = TWO_SITES
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "ops.yaml").write_text(text, encoding="utf-8")
    (folder / "people.csv").write_text(people, encoding="utf-8")
    return folder / "ops.yaml"


def line_of(path: Path, words: str) -> int:
    """The line of a file on which some words first stand."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def read_rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(path: Path, rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, HEAD.strip().split(","), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


@dataclass(frozen=True)
class Served:
    """A row of a roster with its times; nothing of patrolplan is used to read it."""

    row: Row
    start: dt.datetime
    end: dt.datetime

    @property
    def hours(self) -> float:
        return (self.end - self.start).total_seconds() / 3600


def served(rows: Iterable[Row]) -> dict[str, list[Served]]:
    """The duties (not standby) of every person in order of time."""
    found: dict[str, list[Served]] = {}
    for row in rows:
        if row["kind"] == "duty":
            one = Served(row, dt.datetime.fromisoformat(row["start"]), dt.datetime.fromisoformat(row["end"]))
            found.setdefault(row["person"], []).append(one)
    return {person: sorted(duties, key=lambda one: one.start) for person, duties in found.items()}


def rests(duties: Sequence[Served]) -> Iterator[tuple[Served, Served, float]]:
    """Every two consecutive duties with the hours between them."""
    for earlier, later in pairwise(duties):
        yield earlier, later, (later.start - earlier.end).total_seconds() / 3600


def longest_nights(duties: Sequence[Served]) -> int:
    """The most night duties on consecutive dates."""
    dates = sorted({one.start.date().toordinal() for one in duties if one.row["shift"] == "night"})
    longest = run = 0
    for index, date in enumerate(dates):
        run = run + 1 if index and date == dates[index - 1] + 1 else 1
        longest = max(longest, run)
    return longest


def hours_by_week(duties: Iterable[Served]) -> dict[tuple[int, int], float]:
    """Hours of duty by ISO year and week of the date on which they start."""
    found: dict[tuple[int, int], float] = {}
    for one in duties:
        week = one.start.isocalendar()[:2]
        found[week] = found.get(week, 0.0) + one.hours
    return found
