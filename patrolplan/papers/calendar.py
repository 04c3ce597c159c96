"""The roster of the report: everybody's calendar, and who stands at every post."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from patrolplan.analysis.cover import Cover, OpenPart, phases_of
from patrolplan.audit import complete
from patrolplan.formats.report_facts import DateHead, GridDuty, GridRow, PostRow, ShiftKey, SiteTable, Standing
from patrolplan.language import _, date_words, plural
from patrolplan.papers.names import Names, shown
from patrolplan.papers.numbers import clocks, number_words
from patrolplan.problem import Problem
from patrolplan.roster import Duty, Roster, WhoStands, who_stands
from patrolplan.terminal.letters import by_start, shift_letters
from patrolplan.units import clock_text, overlap, weekday


def shift_keys(problem: Problem) -> list[ShiftKey]:
    """Letter, name, clock and colour of every shift."""
    letters = shift_letters([shift.name for shift in problem.shifts])
    counts = {"d": 0, "n": 0}
    found = []
    for letter, shift in zip(letters, problem.shifts, strict=True):
        kind = "n" if shift.night else "d"
        clock = f"{clock_text(shift.start)}-{clock_text(shift.end)}"
        found.append(ShiftKey(letter, shown(shift.name), clock, f"{kind}{counts[kind] % 3}"))
        counts[kind] += 1
    return found


def date_heads(problem: Problem, days: Sequence[int]) -> list[DateHead]:
    """Dates with weekday, phases and holiday, in the language that is spoken."""
    phases = {phase.name: index for index, phase in enumerate(problem.phases)}
    found = []
    for day in days:
        date = dt.date.fromordinal(day)
        found.append(
            DateHead(
                date_words(date, "EEE"),
                str(date.day),
                date_words(date, "MMM"),
                date_words(date, "EEE d MMM"),
                tuple(phases[name] for name in phases_of(problem, day)),
                weekday(day) in problem.weekend,
                shown(problem.holidays.get(day, "")),
            )
        )
    return found


def grid_rows(problem: Problem, roster: Roster, names: Names, days: Sequence[int]) -> list[GridRow]:
    """Everybody's calendar, in the order of the people."""
    by_person: dict[int, list[Duty]] = defaultdict(list)
    for duty in complete(problem, roster).duties:
        if problem.start <= duty.start < problem.end:
            by_person[duty.person].append(duty)
    return [_grid_row(problem, person, by_person[person], names, days) for person in range(len(problem.people))]


def _grid_row(problem: Problem, person: int, duties: Sequence[Duty], names: Names, days: Sequence[int]) -> GridRow:
    by_day: dict[int, list[GridDuty]] = defaultdict(list)
    for duty in sorted(duties, key=lambda one: one.on_call):
        shift, post = (-1 if one is None else one for one in (duty.shift, duty.post))
        by_day[duty.day].append(GridDuty(shift, post, duty.kind))
    served = [duty for duty in duties if not duty.on_call]
    who = problem.people[person]
    number = names.number(person)
    return GridRow(
        names.ranked(person),
        number if number != names.name(person) else "",
        shown(who.team),
        tuple(tuple(by_day[day]) for day in days),
        _away(problem, person, [index for index, day in enumerate(days) if not by_day[day]], days),
        number_words(sum(duty.end - duty.start for duty in served) / 60),
        str(sum(duty.shift is not None and problem.shifts[duty.shift].night for duty in served)),
    )


def _away(problem: Problem, person: int, free: Sequence[int], days: Sequence[int]) -> dict[int, str]:
    """Absences on dates without a duty that last for most of the date: index of the date to reason."""
    spans = [(one.start, one.end, one.reason) for one in problem.people[person].absences]
    if not spans:
        return {}
    found: dict[int, str] = {}
    for index in free:
        start, end = problem.zone.instant(days[index], 0), problem.zone.instant(days[index] + 1, 0)
        for opens, closes, reason in spans:
            if 2 * overlap((start, end), (opens, closes)) > end - start:
                found[index] = shown(reason) or _("absent")
                break
    return found


def site_tables(problem: Problem, roster: Roster, cover: Cover, days: Sequence[int]) -> list[SiteTable]:
    """Who stands at every post of every site in every shift, on every date, and what is open."""
    standing = who_stands(complete(problem, roster).duties)
    found = []
    for site in problem.sites:
        rows = [
            PostRow(post, shift, cells)
            for post in site.posts
            for shift in by_start(problem, range(len(problem.shifts)))
            for cells in [_cells(problem, standing, cover, post, shift, days)]
            if any(cell.people or cell.open for cell in cells)
        ]
        if rows:
            found.append(SiteTable(shown(site.name), shown(site.title), tuple(rows)))
    return found


def _cells(
    problem: Problem,
    standing: WhoStands,
    cover: Cover,
    post: int,
    shift: int,
    days: Sequence[int],
) -> tuple[Standing, ...]:
    serves = shift in problem.posts[post].shifts
    return tuple(
        Standing(
            tuple(standing.get((post, shift, day), ())),
            open_words(problem, cover.open_parts(post, shift, day)) if serves else "",
        )
        for day in days
    )


def open_words(problem: Problem, parts: Sequence[OpenPart]) -> str:
    """What is open at a post in a shift: ``1 open``, or ``1 open 13:00-14:00``; empty for nothing."""
    words = []
    for part in parts:
        times = ", ".join(clocks(problem, span) for span in part.spans)
        people = plural("{n} open", "{n} open", part.people)
        words.append(f"{people} {times}".strip())
    return "; ".join(words)
