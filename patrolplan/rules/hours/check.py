"""Whether hours of duty keep within their limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.fields import HoursRate
from patrolplan.rules.hours.spec import Hours
from patrolplan.rules.periods import Breach, Served, above, before_text, below, counted_before, period_text
from patrolplan.rules.verdict import date_span, dates_text, is_past, violation
from patrolplan.units import duration_text

REASON = later("at the hours limit")


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per period with too many or too few hours (PP205)."""
    spec = cast(Hours, rule.spec)
    own = problem.people[person].standby
    standby = spec.standby if own is None else own
    served = [
        Served(duty.day, _minutes(duty, standby), is_past(problem, duty)) for duty in duties if rule.binds(duty.start)
    ]
    earlier = problem.people[person].counted.minutes
    if spec.max:
        known = [*served, *counted_before(problem, rule, spec.max.period, earlier)]
        for breach in above(problem, spec.max.period, spec.max.minutes, known):
            yield _finding(problem, rule, person, breach, spec.max, _("at most"))
    if spec.min:
        known = [*served, *counted_before(problem, rule, spec.min.period, earlier)]
        for breach in below(problem, rule, spec.min.period, spec.min.minutes, known):
            yield _finding(problem, rule, person, breach, spec.min, _("at least"))


def _minutes(duty: Duty, standby_percent: int) -> int:
    length = duty.end - duty.start
    return length * standby_percent // 100 if duty.on_call else length


def _finding(problem: Problem, rule: Rule, person: int, breach: Breach, limit: HoursRate, bound: str) -> Finding:
    before = before_text(duration_text(breach.before)) if breach.before else ""
    return violation(
        problem,
        rule,
        "PP205",
        _("{total} of duty in {dates}{before}; {bound} {minutes} {period}").format(
            total=duration_text(breach.total),
            dates=dates_text(problem, breach.first, breach.last),
            before=before,
            bound=bound,
            minutes=duration_text(limit.minutes),
            period=period_text(limit.period),
        ),
        amount=breach.amount,
        person=person,
        span=date_span(problem, breach.first, breach.last),
        actual=breach.total / 60,
        required=limit.minutes / 60,
        unit="h",
    )
