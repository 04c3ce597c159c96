"""Availability for the solver: turns in an absence are not offered."""

from __future__ import annotations

from patrolplan.model.person_model import PersonModel
from patrolplan.problem import Problem, Rule


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """Take away every turn that touches an absence."""
    absences = problem.people[model.person].absences
    if not absences:
        return
    for index, turn in enumerate(model.variables.turns):
        for absence in absences:
            ends = turn.start + 1 if absence.starts_only else turn.end
            if absence.start < ends and turn.start < absence.end:
                model.forbid_turn(index)
                break
