"""Consecutive days off, for the solver."""

from __future__ import annotations

from typing import cast

from patrolplan.model.person_model import Linear, PersonModel
from patrolplan.problem import Problem, Rule
from patrolplan.rules.off_streak.spec import OffStreak
from patrolplan.units import COST_SCALE


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """Too long: no duty on so many dates in a row. Too short: on, so many times off, on."""
    spec = cast(OffStreak, rule.spec)
    worked = model.on_days([stint for stint in model.stints if rule.binds(stint.start)])
    if spec.max is not None:
        _bind_longest(problem, rule, model, worked, spec.max)
    if spec.min is not None:
        _bind_shortest(problem, rule, model, worked, spec.min)


def _bind_longest(problem: Problem, rule: Rule, model: PersonModel, worked: dict[int, Linear], longest: int) -> None:
    known = min((duty.day for duty in problem.history), default=problem.first_day)
    for last in range(problem.first_day, problem.last_day + 1):
        if last - longest < known:
            continue
        total = Linear()
        for day in range(last - longest, last + 1):
            total.include(worked.get(day, Linear()))
        if total.terms:
            model.bind(rule, total, lower=1)


def _bind_shortest(problem: Problem, rule: Rule, model: PersonModel, worked: dict[int, Linear], shortest: int) -> None:
    nothing = Linear()
    for length in range(1, shortest):
        for again in range(problem.first_day, problem.last_day + 1):
            pattern = Linear()
            pattern.include(worked.get(again, nothing))
            pattern.include(worked.get(again - length - 1, nothing))
            for day in range(again - length, again):
                pattern.include(worked.get(day, nothing), -1)
            model.bind(rule, pattern, upper=1, unit=COST_SCALE * (shortest - length))
