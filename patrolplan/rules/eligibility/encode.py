"""Eligibility for the solver: posts that a person may not hold are not offered."""

from __future__ import annotations

from functools import lru_cache

from patrolplan.model.person_model import PersonModel
from patrolplan.model.variables import Variables
from patrolplan.problem import Problem, Rule, Slot

Facts = tuple[frozenset[int], frozenset[int], frozenset[tuple[str, int]]]
"""What decides where somebody may stand: ``trained_for``, ``not_at``, and required qualifications with last dates."""


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """Take away every slot at a post that the person may not hold."""
    who = problem.people[model.person]
    required = {name for post in problem.posts for name in post.requires}
    held = frozenset((name, last) for name, last in who.qualifications.items() if name in required)
    model.keep_slots(_allowed(model.variables, (who.trained_for, who.not_at, held)))


@lru_cache(maxsize=256)
def _allowed(variables: Variables, facts: Facts) -> list[list[int]]:
    """Slots by turn that people with the same facts may hold."""
    may = lru_cache(maxsize=None)(lambda post, last: _may_stand(variables.problem, facts, post, last))
    slots, problem = variables.problem.slots, variables.problem

    def allows(slot: Slot) -> bool:
        if slot.learners is not None:
            return problem.posts[slot.post].site not in facts[1]
        return bool(may(slot.post, problem.last_date(slot.end)))

    return [[key for key in keys if allows(slots[key])] for keys in variables.slots_of_turn]


def _may_stand(problem: Problem, facts: Facts, post: int, last: int) -> bool:
    """Whether people with these facts may stand at a post until the end of a date."""
    trained_for, not_at, held = facts
    where, until = problem.posts[post], dict(held)
    if where.site in not_at or (trained_for and where.site not in trained_for):
        return False
    return all(name in until and last <= until[name] for name in where.requires)
