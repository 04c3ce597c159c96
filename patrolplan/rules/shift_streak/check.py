"""Whether runs of days in the same shift are neither too long nor too short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.shift_streak.spec import ShiftStreak
from patrolplan.rules.streaks import streak_finding, too_long, too_short
from patrolplan.rules.verdict import shift_name

REASON = later("too many days in a row in this shift")


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per streak of days in the shift that is too long or too short (PP208)."""
    spec = cast(ShiftStreak, rule.spec)
    worked = {
        duty.day
        for duty in duties
        if not duty.on_call and rule.binds(duty.start) and shift_name(problem, duty.shift) in spec.shift
    }
    words = _("{days} of {shift} in a row").replace("{shift}", _(" or ").join(spec.shift))
    finding = partial(streak_finding, problem, rule, "PP208", person, words)
    if spec.max:
        for streak in too_long(problem, worked, spec.max):
            yield finding(streak, _("at most"), spec.max)
    if spec.min:
        for streak in too_short(problem, rule, person, worked, spec.min, spec.shift):
            yield finding(streak, _("at least"), spec.min)
