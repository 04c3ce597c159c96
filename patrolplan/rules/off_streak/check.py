"""Whether runs of days off are neither too long nor too short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.off_streak.spec import OffStreak
from patrolplan.rules.streaks import BadStreak, could_work, first_known_day, streak_finding
from patrolplan.rules.verdict import is_past
from patrolplan.units import date_runs

REASON = later("too few days off in a row")


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per streak of days off that is too long or too short (PP212)."""
    spec = cast(OffStreak, rule.spec)
    seen = [duty for duty in duties if not duty.on_call and rule.binds(duty.start)]
    worked = {duty.day for duty in seen}
    known_from = first_known_day(problem)
    streaks = date_runs(day for day in range(known_from, problem.last_day + 1) if day not in worked)
    finding = partial(streak_finding, problem, rule, "PP212", person, _("{days} off in a row"))
    if spec.max:
        for first, last in streaks:
            excess = _excess(problem, rule, person, spec.max, first, last)
            if excess:
                yield finding(BadStreak(first, last, excess), _("at most"), spec.max)
    if spec.min:
        past = {duty.day for duty in seen if is_past(problem, duty)}
        for first, last in streaks:
            missing = spec.min - (last - first + 1)
            if missing > 0 and first > known_from and last < problem.last_day and last + 1 not in past:
                yield finding(BadStreak(first, last, missing), _("at least"), spec.min)


def _excess(problem: Problem, rule: Rule, person: int, most: int, first: int, last: int) -> int:
    """Excess dates of the operation, without those before which nothing but days off was possible."""
    excess = range(max(first + most, problem.first_day), last + 1)
    if not excess:
        return 0
    possible = [day for day in range(excess[0] - most, last + 1) if could_work(problem, rule, person, day)]
    return sum(any(day - most <= one <= day for one in possible) for day in excess)
