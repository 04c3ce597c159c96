"""Absences that are said on the command line: ``P07=2024-11-27..2024-11-29``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from patrolplan import units
from patrolplan.errors import InputError
from patrolplan.language import _
from patrolplan.plan.naming import person_named
from patrolplan.problem import Absence, Problem
from patrolplan.units import Span

REASON = "absent"


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody who is absent.

    Attributes
    ----------
    text
        As it was said.
    person
        Service number or name.
    first, last
        From the beginning of the first to the end of the last, where they are dates; to the moment, where it is one.
    """

    text: str
    person: str
    first: tuple[int, int | None]
    last: tuple[int, int | None]

    def span(self, problem: Problem) -> Span:
        """In instants; a date runs from midnight to midnight.

        Raises
        ------
        InputError
            If it ends before it starts.
        """
        day, clock = self.first
        start = problem.zone.instant(day, clock or 0)
        day, clock = self.last
        end = problem.zone.instant(day + 1, 0) if clock is None else problem.zone.instant(day, clock)
        if end <= start:
            raise InputError(_('the absence "{text}" ends before it starts.').format(text=self.text))
        return start, end


def parse_away(text: str) -> Away:
    """An absence such as ``P07=2024-11-27..2024-11-29``, ``P07=2024-11-27`` or ``P07=2024-11-27 19:00..2024-11-28``.

    Raises
    ------
    ValueError
        If it is written otherwise.
    """
    person, is_split, dates = text.rpartition("=")
    first, _dots, last = dates.partition("..")
    if not is_split or not person.strip() or not first.strip():
        raise ValueError(_('"{text}" is not an absence; write it like P07=2024-11-27..2024-11-29.').format(text=text))
    start = units.parse_moment(first)
    end = units.parse_moment(last) if last.strip() else (start[0], None)
    if end[0] < start[0]:
        raise ValueError(_('the absence "{text}" ends before it starts.').format(text=text))
    return Away(text.strip(), person.strip(), start, end)


def with_absences(problem: Problem, away: Iterable[Away]) -> Problem:
    """The facts with some more absences.

    Raises
    ------
    InputError
        If somebody is not known, or an absence lies wholly outside the operation.
    """
    found: dict[int, list[Absence]] = {}
    for one in away:
        person, (start, end) = person_named(one.person, problem), one.span(problem)
        if end <= problem.start or start >= problem.end:
            span = problem.zone.span_text(problem.start, problem.end)
            raise InputError(
                _('the absence "{text}" lies outside the operation ({span}).').format(text=one.text, span=span)
            )
        found.setdefault(person, []).append(Absence(start, end, REASON))
    people = tuple(
        replace(who, absences=(*who.absences, *found[index])) if index in found else who
        for index, who in enumerate(problem.people)
    )
    return replace(problem, people=people)
