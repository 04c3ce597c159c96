"""Whether enough rest lies between duties."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.rest.spec import Rest
from patrolplan.rules.verdict import is_past, shift_name, violation
from patrolplan.units import duration_text

REASON = later("on rest")


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per pair of consecutive duties with too little rest between them (PP204)."""
    spec = cast(Rest, rule.spec)
    worked = sorted((duty for duty in duties if not duty.on_call), key=lambda duty: (duty.start, duty.end))
    for earlier, duty in pairwise(worked):
        if is_past(problem, duty) or not (rule.binds(earlier.start) or rule.binds(duty.start)):
            continue
        if _is_double(problem, person, earlier, duty):
            continue
        required = spec.required_after(shift_name(problem, earlier.shift))
        if duty.start - earlier.end < required:
            yield _finding(problem, rule, person, earlier, duty, required)


def _is_double(problem: Problem, person: int, earlier: Duty, duty: Duty) -> bool:
    """Whether two duties that touch are short enough together to be one, for a person who may work doubles."""
    return earlier.end == duty.start and duty.end - earlier.start <= problem.people[person].double


def _finding(problem: Problem, rule: Rule, person: int, earlier: Duty, duty: Duty, required: int) -> Finding:
    rest = duty.start - earlier.end
    ended = problem.zone.moment_text(earlier.end)
    need = _("{required} are required").format(required=duration_text(required))
    if rest < 0:
        message = _("no rest: starts {rest} before the duty that ended {ended}; {need}").format(
            rest=duration_text(-rest), ended=ended, need=need
        )
    else:
        message = _("only {rest} of rest since the duty that ended {ended}; {need}").format(
            rest=duration_text(rest), ended=ended, need=need
        )
    return violation(
        problem,
        rule,
        "PP204",
        message,
        amount=required - rest,
        person=person,
        duty=duty,
        actual=rest / 60,
        required=required / 60,
        unit="h",
    )
