"""Unbroken runs of dates, as the checks of all streak rules judge them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from patrolplan.findings import Finding
from patrolplan.problem import Absence, Problem, Rule, Slot
from patrolplan.rules.verdict import count_text, date_span, dates_text, violation
from patrolplan.units import COST_SCALE, date_runs, overlap


@dataclass(frozen=True, slots=True)
class BadStreak:
    """A run of dates, first and last included, that is `days` too long (or too short)."""

    first: int
    last: int
    days: int

    @property
    def length(self) -> int:
        """Number of dates."""
        return self.last - self.first + 1


def too_long(problem: Problem, dates: Iterable[int], most: int) -> Iterator[BadStreak]:
    """Streaks of more than so many dates; only excess dates inside the operation count."""
    for first, last in date_runs(day for day in dates if day <= problem.last_day):
        excess = last - max(first + most, problem.first_day) + 1
        if excess > 0:
            yield BadStreak(first, last, excess)


def too_short(
    problem: Problem, rule: Rule, person: int, dates: Iterable[int], fewest: int, shifts: Collection[str] = ()
) -> Iterator[BadStreak]:
    """Streaks of fewer than so many dates, without those of which an end is not known or lies in the past.

    A streak that ended with the history is nobody's fault if it could not go on.

    Parameters
    ----------
    shifts
        The shifts that make up the streak; empty for all.
    """
    known_from = first_known_day(problem)
    for first, last in date_runs(day for day in dates if day <= problem.last_day):
        missing = fewest - (last - first + 1)
        if missing <= 0 or first == known_from or not problem.first_day - 1 <= last < problem.last_day:
            continue
        if last >= problem.first_day or could_work(problem, rule, person, problem.first_day, shifts):
            yield BadStreak(first, last, missing)


def streak_finding(
    problem: Problem, rule: Rule, code: str, person: int, words: str, streak: BadStreak, bound: str, limit: int
) -> Finding:
    """The finding of a streak outside a limit, such as ``4 days of duty in a row, ...; at most 3``.

    Parameters
    ----------
    words
        What the streak is, in the language spoken, with ``{days}`` for its length.
    bound
        ``at most`` or ``at least``, in the language spoken.
    """
    days, dates = count_text(streak.length, "day"), dates_text(problem, streak.first, streak.last)
    return violation(
        problem,
        rule,
        code,
        f"{words.replace('{days}', days)}, {dates}; {bound} {limit}",
        amount=COST_SCALE * streak.days,
        person=person,
        span=date_span(problem, streak.first, streak.last),
        actual=streak.length,
        required=limit,
        unit="days",
    )


def first_known_day(problem: Problem) -> int:
    """The date from which on it is known who was on duty: that of the earliest duty in anybody's history."""
    return min((duty.day for duty in problem.history), default=problem.first_day)


def could_work(
    problem: Problem,
    rule: Rule,
    person: int,
    day: int,
    shifts: Collection[str] = (),
    posts: Collection[int] = (),
    *,
    counting: bool = False,
) -> bool:
    """Whether a person could hold any duty that the rule sees on a date, in some shifts and at some posts or in any.

    Parameters
    ----------
    counting
        Whether training is no such duty.
    """
    first, end = (bisect_left(problem.slots, date, key=lambda slot: slot.day) for date in (day, day + 1))
    return any(
        rule.binds(slot.start)
        and (not shifts or problem.shifts[slot.shift].name in shifts)
        and (not posts or slot.post in posts)
        and not (counting and slot.training)
        and _may_hold(problem, person, slot)
        and not any(_forbids(absence, slot) for absence in problem.people[person].absences)
        for slot in problem.slots[first:end]
    )


def _may_hold(problem: Problem, person: int, slot: Slot) -> bool:
    if slot.learners is None:
        return problem.may_stand(person, slot.post, slot.day, slot.end)
    return person in slot.learners and problem.posts[slot.post].site not in problem.people[person].not_at


def _forbids(absence: Absence, slot: Slot) -> bool:
    if absence.starts_only:
        return absence.start <= slot.start < absence.end
    return overlap((slot.start, slot.end), (absence.start, absence.end)) > 0
