"""Whether runs of working days are neither too long nor too short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.streaks import streak_finding, too_long, too_short
from patrolplan.rules.work_streak.spec import WorkStreak

REASON = later("too many days in a row")


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per streak of working days that is too long or too short (PP207)."""
    spec = cast(WorkStreak, rule.spec)
    worked = {duty.day for duty in duties if not duty.on_call and rule.binds(duty.start)}
    finding = partial(streak_finding, problem, rule, "PP207", person, _("{days} of duty in a row"))
    if spec.max:
        for streak in too_long(problem, worked, spec.max):
            yield finding(streak, _("at most"), spec.max)
    if spec.min:
        for streak in too_short(problem, rule, person, worked, spec.min):
            yield finding(streak, _("at least"), spec.min)
