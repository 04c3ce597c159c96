"""Forbidden successions of shifts, for the solver."""

from __future__ import annotations

from typing import cast

from patrolplan.model.person_model import Linear, PersonModel, Stint
from patrolplan.problem import Problem, Rule
from patrolplan.rules.succession.spec import Succession


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """A forbidden pair of neighbours in time is excluded or priced; a duty between them makes them no neighbours."""
    spec = cast(Succession, rule.spec)
    stints = model.stints
    for position, later in enumerate(stints):
        if not rule.binds(later.start):
            continue
        for index in range(position - 1, -1, -1):
            earlier = stints[index]
            if later.day - earlier.day > 1 and (spec.within is None or later.start - earlier.end >= spec.within):
                if later.start - earlier.start > (spec.within or 0) + 3 * 1440:
                    break
                continue
            if _forbidden(problem, spec, earlier, later):
                pair = Linear()
                pair.add(earlier.key)
                pair.add(later.key)
                for stint in stints[index + 1 : position]:
                    pair.add(stint.key, -1)
                model.bind(rule, pair, upper=1)


def _forbidden(problem: Problem, spec: Succession, earlier: Stint, later: Stint) -> bool:
    if earlier.shift is None or later.shift is None:
        return False
    near = later.day == earlier.day + 1 if spec.within is None else later.start - earlier.end < spec.within
    if not near:
        return False
    before, after = problem.shifts[earlier.shift], problem.shifts[later.shift]
    return after.name in spec.forbid.get(before.name, ()) or (
        spec.direction == "forward" and after.start < before.start
    )
