"""What somebody may hold within a few turns: the cheapest against every schedule that there is."""

from __future__ import annotations

import random

import numpy as np
import pytest

from patrolplan.engine.formulation import Formulation, Schedule
from patrolplan.engine.incumbent import is_feasible, personal_costs
from patrolplan.engine.pricing import Order
from patrolplan.engine.subproblem import StopSignal
from patrolplan.engine.windows import WindowPricer, confine, kept_outside
from tests.engine.enumeration import tiny
from tests.engine.test_bounds import EFFORT
from tests.tiny import tiny_problem

BATCHES = [range(start, start + 25) for start in range(0, 100, 25)]
ARCS = 100_000


def cost_of(formulation: Formulation, person: int, schedule: Schedule, order: Order) -> int:
    own = personal_costs(formulation, formulation.model_of(person), schedule)
    keys = sum(int(order.prices[key]) for key in formulation.expand(schedule))
    return keys + sum(weight * own.get(level, 0) for level, weight in order.weights.items())


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_the_cheapest_in_a_window_is_the_cheapest_of_all_that_agree_outside(batch: range) -> None:
    compared = 0
    for number in batch:
        case, rng = tiny(f"schedules-{number}"), random.Random(number)
        formulation = case.formulation
        turn_count, level = len(formulation.variables.turns), formulation.levels[-1]
        for person in case.people:
            one, held = formulation.model_of(person), rng.choice(case.allowed[person])
            first = rng.randrange(turn_count)
            turns = frozenset(range(first, rng.randint(first + 1, turn_count)))
            prices = np.array(
                [rng.randint(-90, 90) for _ in range(formulation.variables.first_own_key)], dtype=np.int64
            )
            order = Order(prices, {one_level: rng.randint(0, 2) for one_level in formulation.levels}, held)
            answer = WindowPricer(formulation, one, held, turns, None, level, ARCS).cheapest(
                order, EFFORT, StopSignal()
            )
            outside = kept_outside(formulation, held, turns)
            alike = [other for other in case.allowed[person] if kept_outside(formulation, other, turns) == outside]
            best = min(cost_of(formulation, person, other, order) for other in alike)
            assert answer.schedules[-1] in alike, (number, case.facts)
            assert answer.bound == best == cost_of(formulation, person, answer.schedules[-1], order), (
                number,
                case.facts,
            )
            assert answer.own is not None
            own = personal_costs(formulation, one, answer.schedules[-1])
            assert {level: cost for level, cost in answer.own.items() if cost} == {
                level: cost for level, cost in own.items() if cost
            }
            compared += len(alike) > 1
    assert compared > 5


def test_rows_that_a_window_cannot_break_are_left_out() -> None:
    formulation = Formulation(tiny_problem(days=40, needs=[{"staff": 1}], rules=[{"duties": {"max": 20}}]))
    one = formulation.classes[0]
    idle = confine(formulation, one, frozenset(), range(10, 14))
    assert not [row for row in idle.rows if len(row.keys) > 1]
    busy = frozenset(formulation.variables.slots_of_turn[turn][0] for turn in range(18))
    tight = [row for row in confine(formulation, one, busy, range(30, 34)).rows if len(row.keys) > 1]
    assert [row.upper for row in tight] == [2]


def test_only_what_is_offered_may_be_held() -> None:
    formulation = Formulation(tiny_problem(days=3, posts=["s/p", "s/q"], needs=[{"staff": 1}], rules=[]))
    offered = {slots[1] for slots in formulation.variables.slots_of_turn}
    prices = np.full(formulation.variables.first_own_key, -1, dtype=np.int64)
    pricer = WindowPricer(formulation, formulation.classes[0], frozenset(), {0, 1}, offered, 1, ARCS)
    found = pricer.cheapest(Order(prices, {}, frozenset()), EFFORT, StopSignal()).schedules[-1]
    assert found == {formulation.variables.slots_of_turn[turn][1] for turn in (0, 1)}


def test_windows_that_are_searched_at_once_share_what_a_long_rule_leaves_open() -> None:
    formulation = Formulation(tiny_problem(days=60, needs=[{"staff": 1}], rules=[{"duties": {"max": 25}}]))
    one, slots = formulation.classes[0], formulation.variables.slots_of_turn
    held = frozenset(slots[turn][0] for turn in range(20, 40))
    prices = np.full(formulation.variables.first_own_key, -1, dtype=np.int64)
    order = Order(prices, {}, held)
    windows = [frozenset(range(10)), frozenset(range(50, 60))]
    found = [
        WindowPricer(formulation, one, held, turns, None, 1, ARCS, (place, 2))
        .cheapest(order, EFFORT, StopSignal())
        .schedules[-1]
        for place, turns in enumerate(windows)
    ]
    assert [len(schedule - held) for schedule in found] == [3, 2]
    both = found[0] | found[1]
    assert len(both) == 25 and is_feasible(formulation, one, both)
    alone = WindowPricer(formulation, one, held, windows[0], None, 1, ARCS).cheapest(order, EFFORT, StopSignal())
    assert len(alone.schedules[-1]) == 25
