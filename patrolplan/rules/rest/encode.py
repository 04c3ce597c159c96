"""Rest between duties, for the solver."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from patrolplan.model.person_model import Linear, PersonModel, Stint
from patrolplan.problem import Problem, Rule
from patrolplan.rules.rest.spec import Rest


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """Two stints with too little time between them exclude each other, or cost what is missing."""
    spec = cast(Rest, rule.spec)

    def missing(earlier: Stint, later: Stint) -> int:
        if not (rule.binds(earlier.start) or rule.binds(later.start)):
            return 0
        name = None if earlier.shift is None else problem.shifts[earlier.shift].name
        return max(0, spec.required_after(name) - (later.start - earlier.end))

    if rule.weight is None:
        reach = max(spec.min, max(spec.after.values(), default=0))
        model.exclude(rule, model.stints, lambda earlier, later: missing(earlier, later) > 0, reach)
    else:
        _price(rule, model, missing)


def _price(rule: Rule, model: PersonModel, missing: Callable[[Stint, Stint], int]) -> None:
    """Price each pair of neighbours in time; a duty between them makes them no neighbours."""
    stints = model.stints
    for position, later in enumerate(stints):
        for index in range(position - 1, -1, -1):
            earlier = stints[index]
            if earlier.key is None and later.key is None:
                continue
            short = missing(earlier, later)
            if short:
                pair = Linear()
                pair.add(earlier.key)
                pair.add(later.key)
                for stint in stints[index + 1 : position]:
                    pair.add(stint.key, -1)
                model.bind(rule, pair, upper=1, unit=short)
