"""Branch and bound over alternatives: with few rows it comes to the same as with all of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product

import pytest

from patrolplan.engine.alternatives import _Cases
from patrolplan.engine.relaxation import Alternative, Relaxation
from patrolplan.engine.subproblem import Effort
from tests.engine.enumeration import some_roster
from tests.engine.test_linking import BATCHES, linked

EFFORT = Effort(1e4, deterministic=True)
NEVER = 10**15


def every_way(whole: Relaxation) -> Iterator[frozenset[Alternative]]:
    """All ways to choose, as what is shut out."""
    every = [[(unit, number) for number in range(len(columns))] for unit, columns in whole.choices.items()]
    for chosen in product(*every):
        yield frozenset(one for choice in every for one in choice if one not in chosen)


def one_by_one(cases: _Cases) -> int:
    """Least cost of all ways to choose, each with all rows."""
    found = [cases.whole.least(shut, EFFORT) for shut in every_way(cases.whole)]
    return min(one for one in found if one is not None)


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_few_rows_prove_as_much_as_all_of_them(batch: range) -> None:
    for number in batch:
        case, rng = linked(number), random.Random(number)
        base, formulation = some_roster(rng, case), case.formulation
        turns = frozenset(range(len(formulation.variables.turns)))
        for level in formulation.levels:
            choosing = [
                unit
                for unit in range(len(formulation.units))
                if formulation.unit_level(unit) == level and formulation.alternatives(unit)
            ][:4]
            worth = {turn: rng.randint(-3, 3) for turn in turns}
            for cases in (_Cases(base, turns, level, choosing, {}), _Cases(base, turns, level, (), {}, worth)):
                if 0 < len(cases.whole.choices) <= 5:
                    assert cases.least(NEVER, EFFORT) == one_by_one(cases), (number, level, case.facts)
