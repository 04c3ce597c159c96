"""Whether runs of working days are neither too long nor too short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from patrolplan.findings import Finding
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.streaks import BadStreak, too_long, too_short
from patrolplan.rules.verdict import count_text, date_span, dates_text, violation
from patrolplan.rules.work_streak.spec import WorkStreak
from patrolplan.units import COST_SCALE

REASON = "too many days in a row"


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per streak of working days that is too long or too short (PP207)."""
    spec = cast(WorkStreak, rule.spec)
    worked = {duty.day for duty in duties if not duty.on_call and rule.binds(duty.start)}
    if spec.max:
        for streak in too_long(problem, worked, spec.max):
            yield _finding(problem, rule, person, streak, spec.max, "at most")
    if spec.min:
        for streak in too_short(problem, rule, person, worked, spec.min):
            yield _finding(problem, rule, person, streak, spec.min, "at least")


def _finding(problem: Problem, rule: Rule, person: int, streak: BadStreak, limit: int, bound: str) -> Finding:
    return violation(
        problem,
        rule,
        "PP207",
        f"{count_text(streak.length, 'day')} of duty in a row, {dates_text(problem, streak.first, streak.last)}; "
        f"{bound} {limit}",
        amount=COST_SCALE * streak.days,
        person=person,
        span=date_span(problem, streak.first, streak.last),
        actual=streak.length,
        required=limit,
        unit="days",
    )
