"""Facts of one date of duty, worded for a group chat."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from patrolplan.analysis.cover import Cover, OpenPart, phases_of
from patrolplan.formats.daysheet import DaySheet, PostLine, SiteSheet, TurnSheet
from patrolplan.formats.names import call, one_line
from patrolplan.language import _, date_words, plural
from patrolplan.problem import Problem
from patrolplan.roster import Duty, Roster, Stretch
from patrolplan.units import Span, clock_text

Turn = tuple[int | None, Span]
"""A shift with its time on a date; the shift is None for duties that name none."""


def day_sheets(
    problem: Problem, roster: Roster, days: Sequence[int], sites: Sequence[int] | None = None
) -> list[DaySheet]:
    """A sheet for each date.

    Parameters
    ----------
    sites
        Indices of the sites that are shown; None for all, and for those who are on call.
    """
    cover = Cover(problem, roster)
    return [_day(problem, roster, cover, day, sites) for day in days]


def _day(problem: Problem, roster: Roster, cover: Cover, day: int, sites: Sequence[int] | None) -> DaySheet:
    duties = [duty for duty in roster.duties if duty.day == day]
    shown = range(len(problem.sites)) if sites is None else sites
    found = (_site(problem, duties, cover, day, site) for site in shown)
    remarks = [one_line(name) for name in (*phases_of(problem, day), problem.holidays.get(day, "")) if name]
    on_call = [duty for duty in duties if duty.on_call and sites is None]
    return DaySheet(
        one_line(problem.name),
        date_words(dt.date.fromordinal(day), "EEEE d MMMM y"),
        ", ".join(remarks),
        tuple(site for site in found if site.turns),
        tuple(_called(problem, duty) for duty in on_call),
    )


def _called(problem: Problem, duty: Duty) -> str:
    shift = "" if duty.shift is None else f" ({one_line(problem.shifts[duty.shift].name)})"
    return call(problem.people[duty.person]) + shift


def _site(problem: Problem, duties: Sequence[Duty], cover: Cover, day: int, site: int) -> SiteSheet:
    standing: dict[Turn, dict[int, list[tuple[Duty, Stretch]]]] = defaultdict(lambda: defaultdict(list))
    for duty in duties:
        for part in duty.stretches:
            if part.post is not None and problem.posts[part.post].site == site and not duty.on_call:
                standing[_turn(problem, duty)][part.post].append((duty, part))
    missing: dict[Turn, dict[int, list[OpenPart]]] = defaultdict(dict)
    for post in problem.sites[site].posts:
        for shift in problem.posts[post].shifts:
            parts = cover.open_parts(post, shift, day)
            if parts:
                missing[shift, problem.shift_span(shift, day)][post] = parts
    turns = sorted({*standing, *missing}, key=lambda turn: (turn[1], -1 if turn[0] is None else turn[0]))
    return SiteSheet(
        one_line(problem.sites[site].title),
        tuple(_turn_sheet(problem, turn, standing.get(turn, {}), missing.get(turn, {})) for turn in turns),
    )


def _turn(problem: Problem, duty: Duty) -> Turn:
    span = (duty.start, duty.end) if duty.shift is None else problem.shift_span(duty.shift, duty.day)
    return duty.shift, span


def _turn_sheet(
    problem: Problem,
    turn: Turn,
    standing: dict[int, list[tuple[Duty, Stretch]]],
    missing: dict[int, list[OpenPart]],
) -> TurnSheet:
    shift, span = turn
    posts = tuple(
        PostLine(
            one_line(problem.posts[post].title),
            tuple(_person(problem, duty, part, span) for duty, part in standing.get(post, ())),
            tuple(_open(problem, part) for part in missing.get(post, ())),
        )
        for post in sorted({*standing, *missing})
    )
    return TurnSheet(
        "" if shift is None else one_line(problem.shifts[shift].name),
        _clocks(problem, span),
        shift is not None and problem.shifts[shift].night,
        posts,
    )


def _person(problem: Problem, duty: Duty, part: Stretch, span: Span) -> str:
    """The name, with the time where it is not the whole shift."""
    words = call(problem.people[duty.person])
    if (part.start, part.end) != span:
        words += f" {_clocks(problem, (part.start, part.end))}"
    return f"{words} ({_('training')})" if duty.kind == "training" else words


def _open(problem: Problem, part: OpenPart) -> str:
    words = plural("{n} OPEN", "{n} OPEN", part.people)
    return " ".join((words, *(_clocks(problem, span) for span in part.spans)))


def _clocks(problem: Problem, span: Span) -> str:
    return "-".join(clock_text(problem.zone.local(instant)[1]) for instant in span)
