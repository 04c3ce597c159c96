"""The roster as a wide table for a spreadsheet: one row per person, one column per date."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence

from patrolplan.problem import Problem
from patrolplan.roster import Duty, Roster
from patrolplan.units import date_text

PERSON_COLUMNS = ("person", "name", "rank", "team")
"""Headings before the dates."""
SUM_COLUMNS = ("hours", "nights")
"""Headings after the dates."""


def write_grid(problem: Problem, roster: Roster) -> str:
    """People by dates as CSV text with LF line ends.

    Columns are ``person,name,rank,team``, one column per date of the operation (headed by the ISO date), ``hours`` and
    ``nights``. A cell holds the duties that start on the date: shift and post, as in ``day kpu-province/gate``;
    standby as ``(night)``; training as ``training day kpu-province/gate``. Several are joined with `` + ``, and a
    change of post inside a duty is written with `` > ``. Hours are those of duties and training, not of standby;
    nights are duties in shifts marked ``night``.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(grid_table(problem, roster))
    return text.getvalue()


def grid_table(problem: Problem, roster: Roster) -> list[tuple[str, ...]]:
    """The headings and rows of the wide table; see `write_grid`."""
    days = _days(problem, roster)
    head = (*PERSON_COLUMNS, *(date_text(day) for day in days), *SUM_COLUMNS)
    return [head, *(_row(problem, roster, person, days) for person in range(len(problem.people)))]


def _row(problem: Problem, roster: Roster, person: int, days: Sequence[int]) -> tuple[str, ...]:
    who = problem.people[person]
    served = [duty for duty in roster.of(person) if not duty.on_call]
    by_day: dict[int, list[Duty]] = defaultdict(list)
    for duty in roster.of(person):
        by_day[duty.day].append(duty)
    return (
        who.id,
        who.name,
        problem.ranks[who.rank] if who.rank is not None else "",
        who.team,
        *(" + ".join(_cell(problem, duty) for duty in by_day[day]) for day in days),
        f"{sum(duty.end - duty.start for duty in served) / 60:g}",
        str(sum(duty.shift is not None and problem.shifts[duty.shift].night for duty in served)),
    )


def _days(problem: Problem, roster: Roster) -> list[int]:
    """The dates of the operation, and any others on which a duty starts."""
    return sorted({*range(problem.first_day, problem.last_day + 1), *(duty.day for duty in roster.duties)})


def _cell(problem: Problem, duty: Duty) -> str:
    shift = problem.shifts[duty.shift].name if duty.shift is not None else problem.zone.span_text(duty.start, duty.end)
    posts: list[str] = []
    for stretch in duty.stretches:
        key = problem.posts[stretch.post].key if stretch.post is not None else ""
        if key and key not in posts[-1:]:
            posts.append(key)
    words = " ".join(part for part in (shift, " > ".join(posts)) if part)
    if duty.on_call:
        return f"({words})"
    return f"{duty.kind} {words}" if duty.kind != "duty" else words
