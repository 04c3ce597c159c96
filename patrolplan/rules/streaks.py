"""Unbroken runs of dates, as the checks of both streak rules judge them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from patrolplan.problem import Absence, Problem, Rule, Slot
from patrolplan.units import date_runs, overlap


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
    known_from = min((duty.day for duty in problem.history), default=problem.first_day)
    for first, last in date_runs(day for day in dates if day <= problem.last_day):
        missing = fewest - (last - first + 1)
        if missing <= 0 or first == known_from or not problem.first_day - 1 <= last < problem.last_day:
            continue
        if last >= problem.first_day or _could_start(problem, rule, person, shifts):
            yield BadStreak(first, last, missing)


def _could_start(problem: Problem, rule: Rule, person: int, shifts: Collection[str]) -> bool:
    """Whether a person could hold any duty on the first date that the rule sees."""
    return any(
        slot.day == problem.first_day
        and rule.binds(slot.start)
        and (not shifts or problem.shifts[slot.shift].name in shifts)
        and problem.may_stand(person, slot.post, slot.day, slot.end)
        and not any(_forbids(absence, slot) for absence in problem.people[person].absences)
        for slot in problem.slots
    )


def _forbids(absence: Absence, slot: Slot) -> bool:
    if absence.starts_only:
        return absence.start <= slot.start < absence.end
    return overlap((slot.start, slot.end), (absence.start, absence.end)) > 0
