"""Streaks of dates as linear rows."""

from __future__ import annotations

from patrolplan.model.person_model import Linear, PersonModel
from patrolplan.problem import Rule
from patrolplan.units import COST_SCALE


def bind_streaks(
    model: PersonModel, rule: Rule, worked: dict[int, Linear], shortest: int | None, longest: int | None
) -> None:
    """Bind the length of every streak of consecutive dates.

    Parameters
    ----------
    worked
        For each date on which anything is possible or known, a yes or no.
    shortest, longest
        Fewest and most consecutive dates, or None.

    Notes
    -----
    Too long: each date of the operation that ends ``longest + 1`` dates in a row is one excess. Too short: a pattern
    off, ``length`` times on, off, is priced by the missing dates; streaks whose beginning is unknown, or that touch the
    last date, are never too short.
    """
    problem = model.problem
    nothing = Linear()
    if longest is not None:
        for last in range(problem.first_day, problem.last_day + 1):
            total = Linear()
            for day in range(last - longest, last + 1):
                total.include(worked.get(day, nothing))
            model.bind(rule, total, upper=longest)
    if shortest is None:
        return
    unknown = min((duty.day for duty in problem.history), default=problem.first_day)
    for length in range(1, shortest):
        for first in range(problem.first_day - length, problem.last_day - length + 1):
            if first <= unknown:
                continue
            pattern = Linear()
            for day in range(first, first + length):
                pattern.include(worked.get(day, nothing))
            pattern.include(worked.get(first - 1, nothing), -1)
            pattern.include(worked.get(first + length, nothing), -1)
            model.bind(rule, pattern, upper=length - 1, unit=COST_SCALE * (shortest - length))
