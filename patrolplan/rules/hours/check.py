"""Whether hours of duty keep within their limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from patrolplan.findings import Finding
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.fields import HoursRate
from patrolplan.rules.hours.spec import Hours
from patrolplan.rules.periods import Breach, Served, above, below, period_text
from patrolplan.rules.verdict import date_span, dates_text, is_past, violation
from patrolplan.units import duration_text

REASON = "at the hours limit"


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per period with too many or too few hours (PP205)."""
    spec = cast(Hours, rule.spec)
    served = [
        Served(duty.day, _minutes(duty, spec.standby), is_past(problem, duty))
        for duty in duties
        if rule.binds(duty.start)
    ]
    if spec.max:
        for breach in above(problem, spec.max.period, spec.max.minutes, served):
            yield _finding(problem, rule, person, breach, spec.max, "at most")
    if spec.min:
        for breach in below(problem, rule, spec.min.period, spec.min.minutes, served):
            yield _finding(problem, rule, person, breach, spec.min, "at least")


def _minutes(duty: Duty, standby_percent: int) -> int:
    length = duty.end - duty.start
    return length * standby_percent // 100 if duty.on_call else length


def _finding(problem: Problem, rule: Rule, person: int, breach: Breach, limit: HoursRate, bound: str) -> Finding:
    return violation(
        problem,
        rule,
        "PP205",
        f"{duration_text(breach.total)} of duty in {dates_text(problem, breach.first, breach.last)}; "
        f"{bound} {duration_text(limit.minutes)} {period_text(limit.period)}",
        amount=breach.amount,
        person=person,
        span=date_span(problem, breach.first, breach.last),
        actual=breach.total / 60,
        required=limit.minutes / 60,
        unit="h",
    )
