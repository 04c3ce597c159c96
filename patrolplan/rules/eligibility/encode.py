"""Eligibility for the solver: posts that a person may not hold are not offered."""

from __future__ import annotations

from patrolplan.model.person_model import PersonModel
from patrolplan.problem import Problem, Rule


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """Take away every slot at a post that the person may not hold."""
    allowed: dict[tuple[int, int], bool] = {}
    for key, slot in enumerate(problem.slots):
        if slot.learners is not None:
            if model.person in slot.learners and problem.posts[slot.post].site in problem.people[model.person].not_at:
                model.forbid_slot(key)
            continue
        question = (slot.post, problem.last_date(slot.end))
        if question not in allowed:
            allowed[question] = problem.may_stand(model.person, slot.post, slot.day, slot.end)
        if not allowed[question]:
            model.forbid_slot(key)
