"""Branch and bound over alternatives: with few rows it comes to the same as with all of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from patrolplan.engine.alternatives import _Cases
from patrolplan.engine.formulation import Formulation
from patrolplan.engine.greedy import first_roster
from patrolplan.engine.relaxation import Alternative, Relaxation
from patrolplan.engine.subproblem import Effort, StopSignal
from tests.engine.enumeration import some_roster
from tests.engine.test_linking import BATCHES, linked
from tests.tiny import tiny_problem

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
                    least, chosen = cases.least(NEVER, EFFORT), cases.chosen()
                    assert least == one_by_one(cases), (number, level, case.facts)
                    assert set(chosen) == set(cases.whole.choices)
                    every = {
                        (unit, one) for unit, columns in cases.whole.choices.items() for one in range(len(columns))
                    }
                    assert cases.whole.least(frozenset(every - set(chosen.items())), EFFORT) == least


def test_a_branch_and_bound_is_done_with_few_rows_that_tell_few_people_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    skills = ["armed", "driver", "medic", "dog", "radio", "boat"]
    people = {
        name: {"team": "red" if number < 4 else "blue", "qualifications": [skills[number % 6]]}
        for number, name in enumerate("ABCDEFGH")
    }
    needs: list[dict[str, Any]] = [{"staff": 5, "shift": "D"}, {"staff": 3, "shift": "N"}]
    needs += [{"qualified": {skill: 1}} for skill in skills[:2]]
    rules: list[dict[str, Any]] = [{"one_duty": {}}, {"cover": {}}, {"teams": {"weight": 5, "level": 2}}]
    formulation = Formulation(tiny_problem(people, 1, needs=needs, rules=rules))
    base = first_roster(formulation, EFFORT, StopSignal())
    turns = frozenset(range(len(formulation.variables.turns)))
    units = [unit for unit in range(len(formulation.units)) if formulation.alternatives(unit)]
    cases = _Cases(base, turns, 2, units, {})
    columns: list[int] = []
    whole, cheapest = cases.whole, cases._cheapest

    def cheapest_of(part: Relaxation, *rest: Any) -> Any:
        columns.append(len(part.program.upper))
        return cheapest(part, *rest)

    monkeypatch.setattr(cases, "_cheapest", cheapest_of)
    assert cases.least(NEVER, EFFORT) == one_by_one(cases) == 5 * 60
    assert max(columns) < 0.7 * len(whole.program.upper)
