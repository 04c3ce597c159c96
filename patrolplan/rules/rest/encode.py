"""Rest between duties, for the solver."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from patrolplan.model.person_model import Linear, PersonModel, Stint
from patrolplan.problem import Problem, Rule
from patrolplan.rules.rest.spec import Rest

Missing = Callable[[Stint, Stint], int]
"""Minutes of rest that are missing between two stints, the earlier one first."""


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """Two stints with too little time between them exclude each other, or cost what is missing."""
    spec = cast(Rest, rule.spec)
    double = problem.people[model.person].double

    def missing(earlier: Stint, later: Stint) -> int:
        if not (rule.binds(earlier.start) or rule.binds(later.start)):
            return 0
        if later.start == earlier.end and (later.end - later.start) + (earlier.end - earlier.start) <= double:
            return 0
        name = None if earlier.shift is None else problem.shifts[earlier.shift].name
        return max(0, spec.required_after(name) - (later.start - earlier.end))

    reach = max(spec.min, max(spec.after.values(), default=0))
    if rule.weight is None:
        _forbid(rule, model, missing, reach, simple=not double)
    else:
        _price(rule, model, missing, reach)


def _forbid(rule: Rule, model: PersonModel, missing: Missing, reach: int, *, simple: bool) -> None:
    """Exclude every pair, but a pair between which other duties may lie that are all rested only without these.

    Without given duties, a time in which the rule binds, or doubles (`simple`) no pair can have such duties between.
    """
    stints = model.stints
    if simple and rule.during is None and all(stint.key is not None for stint in stints):
        model.exclude(rule, stints, lambda earlier, later: missing(earlier, later) > 0, reach)
        return
    position = {stint: index for index, stint in enumerate(stints)}

    def rested(earlier: Stint, later: Stint) -> bool:
        return not missing(earlier, later) or _are_given(earlier, later)

    def passable(earlier: Stint, later: Stint) -> bool:
        return any(
            rested(earlier, stint) and (rested(stint, later) or passable(stint, later))
            for stint in stints[position[earlier] + 1 : position[later]]
        )

    model.exclude(
        rule, stints, lambda earlier, later: missing(earlier, later) > 0 and not passable(earlier, later), reach
    )

    def avoidable(earlier: Stint, later: Stint) -> int:
        return missing(earlier, later) if passable(earlier, later) and not _are_given(earlier, later) else 0

    _price(rule, model, avoidable, reach)


def _are_given(earlier: Stint, later: Stint) -> bool:
    return earlier.key is None and later.key is None


def _price(rule: Rule, model: PersonModel, missing: Missing, reach: int) -> None:
    """Bind each pair of neighbours in time; a duty between them makes them no neighbours."""
    stints = model.stints
    longest = max((stint.end - stint.start for stint in stints), default=0)
    for position, later in enumerate(stints):
        for index in range(position - 1, -1, -1):
            earlier = stints[index]
            if later.start - earlier.start >= longest + reach:
                break
            short = missing(earlier, later)
            if short:
                pair = Linear()
                pair.add(earlier.key)
                pair.add(later.key)
                for stint in stints[index + 1 : position]:
                    pair.add(stint.key, -1)
                model.bind(rule, pair, upper=1, unit=short)
