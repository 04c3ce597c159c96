"""Consecutive days of the same shift, for the solver."""

from __future__ import annotations

from typing import cast

from patrolplan.model.person_model import PersonModel
from patrolplan.model.streaks import bind_streaks
from patrolplan.problem import Problem, Rule
from patrolplan.rules.shift_streak.spec import ShiftStreak


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """Streaks of dates on which a duty of one of the shifts starts."""
    spec = cast(ShiftStreak, rule.spec)
    shifts = {problem.shift_index[name] for name in spec.shift}
    stints = [stint for stint in model.stints if stint.shift in shifts and rule.binds(stint.start)]
    bind_streaks(model, rule, model.on_days(stints), spec.min, spec.max)
