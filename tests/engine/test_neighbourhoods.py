"""Which regions are freed: people who can still gain, what passes between them, and kinds by the time they take."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from patrolplan.engine.formulation import Formulation
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.neighbourhoods import LEAST_SPENT, SHIFTS, SHORTEST, TEAMS, WOVEN, Neighbourhoods, Region
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
        spent[region.kind] += pace + LEAST_SPENT
        neighbourhoods.learn(region, solved=True, gain=60.0 * (pace + LEAST_SPENT), spent=pace, limit=4.0)
    assert spent["turns"] < 2 * spent["mixed"]


def test_one_early_gain_of_a_slow_kind_does_not_keep_quick_ones_out() -> None:
    formulation = Formulation(tiny_problem(["A", "B"], 4, rules=[{"one_duty": {}}, {"cover": {}}]))
    neighbourhoods, roster = Neighbourhoods(formulation, 0), Incumbent(formulation)
    drawn: Counter[str] = Counter()
    for name, kind in neighbourhoods.kinds.items():
        kind.spent = 2.0 if name in WOVEN else 0.1
        kind.choose = lambda incumbent, level, size, name=name: Region(name, (0,), (0,))  # type: ignore[misc]
    neighbourhoods.kinds["woven turns"].credit = 10.0
    for number in range(400):
        region = neighbourhoods.next(roster, formulation.levels[-1])
        is_slow = region.kind in WOVEN
        if number >= 40:
            drawn[region.kind] += 1
        neighbourhoods.learn(region, solved=True, gain=0.0 if is_slow else 0.1, spent=2.0 if is_slow else 0.1, limit=4)
    slow = 2.0 * sum(count for name, count in drawn.items() if name in WOVEN)
    quick = 0.1 * sum(count for name, count in drawn.items() if name not in WOVEN)
    assert 0 < slow < quick


def test_what_gains_most_for_its_time_has_most_of_it_and_nothing_is_given_up() -> None:
    formulation = Formulation(tiny_problem([f"P{number}" for number in range(6)], 6))
    neighbourhoods, roster = Neighbourhoods(formulation, 0), Incumbent(formulation)
    level = formulation.levels[-1]
    drawn: Counter[str] = Counter()
    for _ in range(3000):
        region = neighbourhoods.next(roster, level)
        drawn[region.kind] += 1
        gain = {"mixed": 6.0, "turns": 2.0}.get(region.kind, 0.0)
        neighbourhoods.learn(region, solved=True, gain=gain, spent=0.1, limit=4.0)
    assert drawn["mixed"] > 5 * drawn["turns"]
    assert drawn["turns"] > 2 * drawn["people"] > 0


def test_everybody_takes_part_once_in_an_exchange_of_turns() -> None:
    formulation = Formulation(load_operation(COMPANY).problem)
    neighbourhoods, roster = Neighbourhoods(formulation, 0), Incumbent(formulation)
    regions = neighbourhoods.exchanges(roster, formulation.levels[-1])
    assert sorted(person for region in regions for person in region.people) == list(range(len(roster.held)))
    assert all(region.kind == SHIFTS and region.turns == neighbourhoods.all_turns for region in regions)
    assert not neighbourhoods.exchanges(roster, formulation.levels[0])


def test_turns_are_exchanged_where_they_cost_and_there_are_posts_to_deal_out() -> None:
    formulation = Formulation(load_operation(COMPANY).problem)
    neighbourhoods, roster = Neighbourhoods(formulation, 0), Incumbent(formulation)
    kinds = {level: {neighbourhoods.next(roster, level).kind for _ in range(DRAWS)} for level in formulation.levels}
    personal = {row.level for one in formulation.classes for row in one.rows if row.price}
    personal |= {chain.level for one in formulation.classes for chain in one.chains if chain.price}
    assert {level for level, drawn in kinds.items() if SHIFTS in drawn} == personal != set(formulation.levels)


def test_teams_change_places_only_where_nothing_else_helps_and_they_are_apart() -> None:
    rules: list[dict[str, Any]] = [{"one_duty": {}}, {"teams": {"weight": 1}}, {"cover": {"level": 2}}]
    people = {name: {"team": name[0]} for name in ("A1", "A2", "B1", "B2")}
    formulation = Formulation(tiny_problem(people, 2, needs=[{"staff": 2}], rules=rules))
    neighbourhoods, roster = Neighbourhoods(formulation, 0), Incumbent(formulation)
    first, later = neighbourhoods.loyalty.level, neighbourhoods.loyalty.level + 1
    day, night = (formulation.variables.slots_of_turn[turn][0] for turn in (0, 1))
    together = {0: frozenset({day}), 1: frozenset({day}), 2: frozenset({night}), 3: frozenset({night})}
    apart = {0: frozenset({day}), 1: frozenset({night})}

    def may(level: int) -> bool:
        return any(neighbourhoods.next(roster, level).kind == TEAMS for _ in range(DRAWS))

    roster.apply(together)
    assert not may(first)
    assert not may(later)
    neighbourhoods.may_swap_teams = True
    assert not may(first)
    assert may(later)
    roster.apply(apart)
    assert may(first)
    neighbourhoods.settled = frozenset(neighbourhoods.all_turns)
    assert not may(first)
