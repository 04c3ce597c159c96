"""Whether every run of days has a long rest in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.verdict import count_text, is_past, violation
from patrolplan.rules.weekly_rest.spec import WeeklyRest
from patrolplan.units import COST_SCALE, DAY_MINUTES, Span, duration_text, subtract_spans

REASON = later("without a long rest in the week")


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per run of days without a free stretch that is long enough (PP215)."""
    spec = cast(WeeklyRest, rule.spec)
    seen = [duty for duty in duties if not duty.on_call and rule.binds(duty.start)]
    past = [duty for duty in seen if is_past(problem, duty)]
    for run in _runs(problem, spec.days):
        longest = _longest_rest(run, seen)
        if longest < spec.min <= _longest_rest(run, past):
            yield _finding(problem, rule, person, run, longest)


def _runs(problem: Problem, days: int) -> Iterator[Span]:
    """Runs of so many times 24 hours from the beginning of each date, wholly in the operation."""
    for day in range(problem.first_day, problem.last_day + 1):
        start = problem.zone.instant(day, problem.day_starts)
        end = start + days * DAY_MINUTES
        if problem.start <= start and end <= problem.end:
            yield start, end


def _longest_rest(run: Span, duties: Iterable[Duty]) -> int:
    """Minutes of the longest stretch of a run that no duty touches."""
    free = subtract_spans([run], [(duty.start, duty.end) for duty in duties])
    return max((end - start for start, end in free), default=0)


def _finding(problem: Problem, rule: Rule, person: int, run: Span, longest: int) -> Finding:
    spec = cast(WeeklyRest, rule.spec)
    rest = _("only {longest} of unbroken rest").format(longest=duration_text(longest)) if longest else _("no rest")
    return violation(
        problem,
        rule,
        "PP215",
        _("{rest} in the {days} from {run}; {min} are required").format(
            rest=rest,
            days=count_text(spec.days, "day"),
            run=problem.zone.moment_text(run[0]),
            min=duration_text(spec.min),
        ),
        amount=COST_SCALE,
        person=person,
        span=run,
        actual=longest / 60,
        required=spec.min / 60,
        unit="h",
    )
