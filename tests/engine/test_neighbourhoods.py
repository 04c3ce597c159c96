"""Which regions are freed: people who can still gain, what passes between them, and kinds by the time they take."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from patrolplan.engine.formulation import Formulation
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.neighbourhoods import SHORTEST, WOVEN, Neighbourhoods, Region
from patrolplan.plan.loading import load_operation
from tests.tiny import tiny_problem

COMPANY = Path(__file__).parents[2] / "examples/company/ops.yaml"
DRAWS = 400


def test_who_costs_no_more_than_must_be_is_freed_less_often() -> None:
    people = [f"P{number}" for number in range(12)]
    rules: list[dict[str, Any]] = [{"duties": {"max": 0, "weight": 1}}, {"one_duty": {}}, {"cover": {}}]
    formulation = Formulation(tiny_problem(people, 4, shifts={"D": "07:00-19:00"}, rules=rules))
    roster = Incumbent(formulation)
    slot = formulation.model_of(0).slots[0][0]
    roster.apply({person: frozenset({slot}) for person in range(4)})
    level = max(formulation.levels)
    assert [roster.personal_cost(person, level) > 0 for person in range(5)] == [True] * 4 + [False]
    neighbourhoods = Neighbourhoods(formulation, 0)
    neighbourhoods.least = [roster.personal_cost(person, level) if person < 2 else 0 for person in range(12)]
    freed = Counter(one for _ in range(DRAWS) for one in neighbourhoods._sample(roster, level, 1))
    with_least, beyond_least = freed[0] + freed[1], freed[2] + freed[3]
    assert beyond_least > 2 * with_least > 0


@pytest.mark.parametrize("size", [600, 3000])
def test_people_exchange_what_they_hold_within_the_freed_turns_and_more_people_over_fewer(size: int) -> None:
    formulation = Formulation(load_operation(COMPANY).problem)
    roster = Incumbent(formulation)
    for person in range(len(roster.held)):
        slots = list(formulation.model_of(person).slots.values())
        roster.apply({person: frozenset(slots[(person + step) % len(slots)][0] for step in range(0, len(slots), 5))})
    neighbourhoods, level = Neighbourhoods(formulation, 0), formulation.levels[-1]
    turn_of, turns = formulation.variables.turn_of, len(formulation.variables.turns)
    crowds: dict[bool, list[int]] = {True: [], False: []}
    for _ in range(60):
        region = neighbourhoods._exchange(roster, level, size)
        assert list(region.turns) == list(range(region.turns[0], region.turns[-1] + 1))
        assert SHORTEST <= len(region.turns) <= turns
        held = {key for person in region.people for key in roster.held[person] if turn_of(key) in region.turns}
        assert region.offered is not None
        assert set(region.offered) == set(region.people)
        assert all(keys == held for keys in region.offered.values())
        crowds[len(region.turns) > turns // 2].append(len(region.people))
    assert min(map(len, crowds.values())) >= 10
    assert sum(crowds[True]) / len(crowds[True]) < sum(crowds[False]) / len(crowds[False])


def test_kinds_that_gain_alike_for_their_time_have_the_same_time() -> None:
    formulation = Formulation(tiny_problem([f"P{number}" for number in range(6)], 6))
    neighbourhoods, roster = Neighbourhoods(formulation, 0), Incumbent(formulation)
    level = formulation.levels[-1]
    spent: dict[str, float] = defaultdict(float)
    for _ in range(4000):
        region = neighbourhoods.next(roster, level)
        pace = 2.0 if region.kind == "turns" else 0.1
        spent[region.kind] += pace
        neighbourhoods.learn(region, solved=True, gain=60.0 * pace, spent=pace, limit=4.0)
    assert spent["turns"] < 2 * spent["mixed"]


def test_one_early_gain_of_a_slow_kind_does_not_keep_quick_ones_out() -> None:
    formulation = Formulation(tiny_problem(["A", "B"], 4, rules=[{"one_duty": {}}, {"cover": {}}]))
    neighbourhoods, roster = Neighbourhoods(formulation, 0), Incumbent(formulation)
    drawn: Counter[str] = Counter()
    for name, kind in neighbourhoods.kinds.items():
        kind.spent = 2.0 if name in WOVEN else 0.1
        kind.choose = lambda incumbent, level, size, name=name: Region(name, (0,), (0,))  # type: ignore[misc]
    neighbourhoods.kinds["woven turns"].credit = 10.0
    for _ in range(2000):
        drawn[neighbourhoods.next(roster, formulation.levels[-1]).kind] += 1
    slow = 2.0 * drawn["woven turns"]
    quick = 0.1 * sum(count for name, count in drawn.items() if name not in WOVEN)
    assert 0.2 * slow < quick < slow
