"""Whether no shift follows one that it may not follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.succession.spec import Succession
from patrolplan.rules.verdict import is_past, violation
from patrolplan.units import COST_SCALE, clock_text

REASON = later("a forbidden succession of shifts")


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per pair of consecutive duties in a forbidden succession (PP209)."""
    spec = cast(Succession, rule.spec)
    worked = sorted((duty for duty in duties if not duty.on_call), key=lambda duty: (duty.start, duty.end))
    for earlier, duty in pairwise(worked):
        if is_past(problem, duty) or not rule.binds(duty.start) or not _follows(spec, earlier, duty):
            continue
        message = _objection(problem, spec, earlier, duty)
        if message:
            yield violation(problem, rule, "PP209", message, amount=COST_SCALE, person=person, duty=duty)


def _follows(spec: Succession, earlier: Duty, duty: Duty) -> bool:
    """Whether the later duty is near enough to be judged by the earlier."""
    if spec.within is None:
        return duty.day == earlier.day + 1
    return duty.start - earlier.end < spec.within


def _objection(problem: Problem, spec: Succession, earlier: Duty, duty: Duty) -> str:
    if earlier.shift is None or duty.shift is None:
        return ""
    before, after = problem.shifts[earlier.shift], problem.shifts[duty.shift]
    ended = problem.zone.moment_text(earlier.end)
    if after.name in spec.forbid.get(before.name, ()):
        return _("{name} may not follow the {other} that ended {ended}").format(
            name=after.name, other=before.name, ended=ended
        )
    if spec.direction == "forward" and after.start < before.start:
        return _(
            "{name} starts at {start}, earlier than the {other} that ended {ended} ({start2}); start "
            "times may only move forward"
        ).format(
            name=after.name,
            start=clock_text(after.start),
            other=before.name,
            ended=ended,
            start2=clock_text(before.start),
        )
    return ""
