"""Limits on what is served in each period, as the checks of hours and duties judge them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.units import Period

_PERIODS = {
    "day": later("per day"),
    "week": later("per week"),
    "month": later("per month"),
    "operation": later("in the operation"),
}


@dataclass(frozen=True, slots=True)
class Served:
    """What one duty counts on the date on which it starts; `past` marks history.

    With `is_number` it is what was served before the operation, known as a number alone.
    """

    day: int
    amount: int
    past: bool
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """A period, its first and last date, whose total lies outside a limit by `amount`.

    `before` of the total was served before the operation and is known as a number alone.
    """

    first: int
    last: int
    total: int
    amount: int
    before: int = 0


def counted_before(problem: Problem, rule: Rule, period: Period, amount: int) -> list[Served]:
    """What was served before the operation and stands in no roster: part of a limit over the whole operation."""
    if not amount or period.kind != "operation" or rule.during is not None:
        return []
    return [Served(problem.first_day, amount, True, is_number=True)]


def above(problem: Problem, period: Period, limit: int, served: Iterable[Served]) -> Iterator[Breach]:
    """Periods with more than the limit; what the history alone has above it is not charged."""
    counted = list(served)
    for first, last in period.groups(problem.first_day, problem.last_day, problem.week_starts):
        inside = [one for one in counted if first <= one.day <= last]
        total = sum(one.amount for one in inside)
        excess = total - max(limit, sum(one.amount for one in inside if one.past))
        if excess > 0:
            yield Breach(first, last, total, excess, _before(inside))


def below(problem: Problem, rule: Rule, period: Period, limit: int, served: Iterable[Served]) -> Iterator[Breach]:
    """Whole periods, on which the rule binds throughout, with less than the limit."""
    counted = list(served)
    for first, last in period.groups(problem.first_day, problem.last_day, problem.week_starts):
        if period.kind != "operation" and not _is_whole(problem, rule, first, last):
            continue
        inside = [one for one in counted if first <= one.day <= last]
        total = sum(one.amount for one in inside)
        if total < limit:
            yield Breach(first, last, total, limit - total, _before(inside))


def _before(served: Iterable[Served]) -> int:
    return sum(one.amount for one in served if one.is_number)


def _is_whole(problem: Problem, rule: Rule, first: int, last: int) -> bool:
    """Whether a period lies inside the operation, and all of its dates inside the time in which the rule binds."""
    if first < problem.first_day or last > problem.last_day:
        return False
    return rule.during is None or all(
        rule.binds(problem.zone.instant(day, problem.day_starts)) for day in range(first, last + 1)
    )


def before_text(amount: str) -> str:
    """How much of a total was served before the operation, to be put behind its dates."""
    return " " + _("({amount} of that before the operation)").format(amount=amount)


def period_text(period: Period) -> str:
    """How a limit's period reads after a number: ``per week``, ``in any 7 days``, ``in the operation``."""
    if period.kind == "rolling":
        return _("in any {days} days").format(days=period.days)
    return _(_PERIODS[period.kind])
