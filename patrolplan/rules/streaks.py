"""Unbroken runs of dates, as the checks of both streak rules judge them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from patrolplan.problem import Problem
from patrolplan.units import date_runs


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


def too_short(problem: Problem, dates: Iterable[int], fewest: int) -> Iterator[BadStreak]:
    """Streaks of fewer than so many dates, without those of which an end is not known or lies in the past."""
    known_from = min((duty.day for duty in problem.history), default=problem.first_day)
    for first, last in date_runs(day for day in dates if day <= problem.last_day):
        missing = fewest - (last - first + 1)
        if missing > 0 and first != known_from and problem.first_day - 1 <= last < problem.last_day:
            yield BadStreak(first, last, missing)
