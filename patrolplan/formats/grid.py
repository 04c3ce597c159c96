"""The roster as a wide table for a spreadsheet: one row per person, one column per date."""

from __future__ import annotations

import csv
import io
from collections import defaultdict

from patrolplan.problem import Problem
from patrolplan.roster import Duty, Roster
from patrolplan.units import date_text


def write_grid(problem: Problem, roster: Roster) -> str:
    """People by dates as CSV text with LF line ends.

    Columns are ``person,name,rank,team``, one column per date of the operation (headed by the ISO date), ``hours`` and
    ``nights``. A cell holds the duties that start on the date: shift and post, as in ``day kpu-province/gate``;
    standby as ``(night)``; training as ``training day kpu-province/gate``. Several are joined with `` + ``, and a
    change of post inside a duty is written with `` > ``. Hours are those of duties and training, not of standby;
    nights are duties in shifts marked ``night``.
    """
    days = _days(problem, roster)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("person", "name", "rank", "team", *(date_text(day) for day in days), "hours", "nights"))
    for person, who in enumerate(problem.people):
        served = [duty for duty in roster.of(person) if not duty.on_call]
        by_day: dict[int, list[Duty]] = defaultdict(list)
        for duty in roster.of(person):
            by_day[duty.day].append(duty)
        writer.writerow(
            (
                who.id,
                who.name,
                problem.ranks[who.rank] if who.rank is not None else "",
                who.team,
                *(" + ".join(_cell(problem, duty) for duty in by_day[day]) for day in days),
                f"{sum(duty.end - duty.start for duty in served) / 60:g}",
                sum(duty.shift is not None and problem.shifts[duty.shift].night for duty in served),
            )
        )
    return text.getvalue()


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
