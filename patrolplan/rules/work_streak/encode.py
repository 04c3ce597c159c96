"""Consecutive days of duty, for the solver."""

from __future__ import annotations

from typing import cast

from patrolplan.model.person_model import PersonModel
from patrolplan.model.streaks import bind_streaks
from patrolplan.problem import Problem, Rule
from patrolplan.rules.work_streak.spec import WorkStreak


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """Streaks of dates on which any duty starts."""
    spec = cast(WorkStreak, rule.spec)
    worked = model.on_days([stint for stint in model.stints if rule.binds(stint.start)])
    bind_streaks(model, rule, worked, spec.min, spec.max)
