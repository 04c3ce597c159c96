"""Whether weekends are worked neither too often nor by halves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.fields import CountRate
from patrolplan.rules.periods import Breach, Served, above, before_text, counted_before, period_text
from patrolplan.rules.verdict import count_text, date_span, dates_text, is_past, violation
from patrolplan.rules.weekends.spec import Weekends
from patrolplan.units import COST_SCALE, WEEK_DAYS, date_runs, weekday

REASON = later("at the limit of weekends")

Weekend = tuple[int, int]
"""First and last date."""


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per period with too many worked weekends, and one per weekend worked in part (PP213)."""
    spec = cast(Weekends, rule.spec)
    seen = [duty for duty in duties if not duty.on_call and rule.binds(duty.start) and duty.day <= problem.last_day]
    worked = {duty.day for duty in seen}
    past = {duty.day for duty in seen if is_past(problem, duty)}
    weekends = [one for one in _weekends(problem, worked) if _any_of(one, worked)]
    if spec.max:
        served = [Served(_counts_on(problem, one), 1, _any_of(one, past)) for one in weekends]
        served += counted_before(problem, rule, spec.max.period, problem.people[person].counted.weekends)
        for breach in above(problem, spec.max.period, spec.max.count, served):
            yield _too_many(problem, rule, person, breach, spec.max)
    if spec.complete:
        for weekend in weekends:
            if _is_judged(problem, rule, weekend):
                yield from _in_part(problem, rule, person, weekend, worked)


def _weekends(problem: Problem, worked: Collection[int]) -> list[Weekend]:
    """Every weekend that one of the dates may lie in, whole even where the operation cuts it."""
    if not worked:
        return []
    around = range(min(worked) - WEEK_DAYS, max(worked) + WEEK_DAYS + 1)
    return date_runs(day for day in around if weekday(day) in problem.weekend)


def _any_of(weekend: Weekend, days: Collection[int]) -> bool:
    return any(day in days for day in range(weekend[0], weekend[1] + 1))


def _counts_on(problem: Problem, weekend: Weekend) -> int:
    """The date whose period a weekend counts in: its first in the operation, or its first if none is."""
    first, last = weekend
    return max(first, problem.first_day) if last >= problem.first_day else first


def _is_judged(problem: Problem, rule: Rule, weekend: Weekend) -> bool:
    """Whether a weekend lies wholly in the operation, and in the time in which the rule binds."""
    first, last = weekend
    return (
        problem.first_day <= first
        and last <= problem.last_day
        and all(rule.binds(problem.zone.instant(day, problem.day_starts)) for day in range(first, last + 1))
    )


def _too_many(problem: Problem, rule: Rule, person: int, breach: Breach, limit: CountRate) -> Finding:
    before = before_text(str(breach.before)) if breach.before else ""
    return violation(
        problem,
        rule,
        "PP213",
        _("{weekends} in {dates}{before}; at most {count} {period}").format(
            weekends=count_text(breach.total, "worked weekend"),
            dates=dates_text(problem, breach.first, breach.last),
            before=before,
            count=limit.count,
            period=period_text(limit.period),
        ),
        amount=COST_SCALE * breach.amount,
        person=person,
        span=date_span(problem, breach.first, breach.last),
        actual=breach.total,
        required=limit.count,
        unit="weekends",
    )


def _in_part(problem: Problem, rule: Rule, person: int, weekend: Weekend, worked: Collection[int]) -> Iterator[Finding]:
    first, last = weekend
    dates = last - first + 1
    present = sum(day in worked for day in range(first, last + 1))
    if present == dates:
        return
    yield violation(
        problem,
        rule,
        "PP213",
        _("on duty on {present} of {dates} dates of the weekend {weekend}; all or none").format(
            present=present, dates=dates, weekend=dates_text(problem, first, last)
        ),
        amount=COST_SCALE * (dates - present),
        person=person,
        span=date_span(problem, first, last),
        actual=present,
        required=dates,
        unit="dates",
    )
