"""A long rest in every week, for the solver."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from patrolplan.model.person_model import Linear, PersonModel, Stint
from patrolplan.problem import Problem, Rule
from patrolplan.rules.weekly_rest.spec import WeeklyRest
from patrolplan.units import DAY_MINUTES


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """For each run of days: not every stretch that could be free is broken by a duty."""
    spec = cast(WeeklyRest, rule.spec)
    stints = [stint for stint in model.stints if rule.binds(stint.start)]
    for day in range(problem.first_day, problem.last_day + 1):
        start = problem.zone.instant(day, problem.day_starts)
        end = start + spec.days * DAY_MINUTES
        if start >= problem.start and end <= problem.end:
            touching = [stint for stint in stints if stint.start < end and stint.end > start]
            _bind(rule, model, touching, start, end, spec.min)


def _bind(rule: Rule, model: PersonModel, stints: Sequence[Stint], start: int, end: int, rest: int) -> None:
    openings = sorted({start, *(stint.end for stint in stints)})
    broken, possible = Linear(), 0
    for opens in openings:
        if opens + rest > end:
            continue
        inside = [stint for stint in stints if stint.start < opens + rest and stint.end > opens]
        if any(stint.key is None for stint in inside):
            continue
        if not inside:
            return
        possible += 1
        keys = {stint.key for stint in inside if stint.key is not None}
        broken.add(keys.pop() if len(keys) == 1 else model.derive(keys))
    if possible:
        model.bind(rule, broken, upper=possible - 1)
