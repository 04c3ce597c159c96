"""Whether the number of duties keeps within its limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.duties.spec import Duties
from patrolplan.rules.fields import CountRate
from patrolplan.rules.periods import Breach, Served, above, before_text, below, counted_before, period_text
from patrolplan.rules.verdict import (
    count_text,
    date_span,
    dates_text,
    is_past,
    posts_named,
    shift_name,
    violation,
)
from patrolplan.units import COST_SCALE

REASON = later("at the limit of duties")


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per period with too many or too few duties of the named kind (PP206)."""
    spec = cast(Duties, rule.spec)
    posts = posts_named(problem, spec.at)
    served = [
        Served(duty.day, 1, is_past(problem, duty))
        for duty in duties
        if not duty.on_call
        and rule.binds(duty.start)
        and (not spec.shifts or shift_name(problem, duty.shift) in spec.shifts)
        and (not spec.at or duty.post in posts)
    ]
    earlier = 0 if spec.shifts or spec.at else problem.people[person].counted.duties
    if spec.max:
        known = [*served, *counted_before(problem, rule, spec.max.period, earlier)]
        for breach in above(problem, spec.max.period, spec.max.count, known):
            yield _finding(problem, rule, person, breach, spec.max, _("at most"))
    if spec.min:
        known = [*served, *counted_before(problem, rule, spec.min.period, earlier)]
        for breach in below(problem, rule, spec.min.period, spec.min.count, known):
            yield _finding(problem, rule, person, breach, spec.min, _("at least"))


def _finding(problem: Problem, rule: Rule, person: int, breach: Breach, limit: CountRate, bound: str) -> Finding:
    spec = cast(Duties, rule.spec)
    kind = f" ({', '.join((*spec.shifts, *spec.at))})" if spec.shifts or spec.at else ""
    before = before_text(str(breach.before)) if breach.before else ""
    return violation(
        problem,
        rule,
        "PP206",
        _("{duties}{kind} in {dates}{before}; {bound} {count} {period}").format(
            duties=count_text(breach.total, "duty", "duties"),
            kind=kind,
            dates=dates_text(problem, breach.first, breach.last),
            before=before,
            bound=bound,
            count=limit.count,
            period=period_text(limit.period),
        ),
        amount=COST_SCALE * breach.amount,
        person=person,
        span=date_span(problem, breach.first, breach.last),
        actual=breach.total,
        required=limit.count,
        unit="duties",
    )
