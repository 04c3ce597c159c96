"""The graph of one person's schedules, and what the prices of a bound say of a roster."""

from __future__ import annotations

import random

import numpy as np
import pytest

from patrolplan.engine import pricers
from patrolplan.engine.columns import Columns
from patrolplan.engine.formulation import Formulation
from patrolplan.engine.guide import Guide, Pool
from patrolplan.engine.layers import TooLarge
from patrolplan.engine.linking import SCALE, Linking, Prices
from patrolplan.engine.master import Column
from patrolplan.engine.pricers import make_pricer
from patrolplan.engine.pricing import GraphPricer, SolverPricer
from patrolplan.engine.schedules import ScheduleGraph
from patrolplan.engine.subproblem import StopSignal
from tests.engine.enumeration import some_roster, tiny
from tests.engine.test_bounds import EFFORT, fixed_cost
from tests.tiny import tiny_problem

BATCHES = [range(start, start + 10) for start in range(0, 60, 10)]


def graph(**facts: object) -> ScheduleGraph:
    formulation = Formulation(tiny_problem(**facts))  # type: ignore[arg-type]
    return ScheduleGraph(formulation, formulation.classes[0], formulation.levels[-1])


def held(graph: ScheduleGraph, prices: dict[int, int], size: int) -> frozenset[int]:
    dense = np.array([prices.get(key, 0) for key in range(size)], dtype=np.int64)
    return graph.cheapest(dense, {})[1]


def test_without_rules_a_date_leaves_nothing_open() -> None:
    free = graph(days=20, needs=[{"staff": 1}], rules=[])
    assert free.nodes == 20


def test_a_longest_streak_needs_a_node_for_each_length() -> None:
    three = graph(days=20, needs=[{"staff": 1}], rules=[{"work_streak": {"max": 3}}])
    five = graph(days=20, needs=[{"staff": 1}], rules=[{"work_streak": {"max": 5}}])
    assert three.nodes <= 4 * 20
    assert three.nodes < five.nodes <= 6 * 20


def test_posts_that_no_rule_tells_apart_are_one_arc_and_the_cheapest_is_taken() -> None:
    facts = {"days": 6, "needs": [{"staff": 1}], "rules": [{"work_streak": {"max": 3}}]}
    one, many = graph(posts=["s/p"], **facts), graph(posts=[f"s/p{number}" for number in range(9)], **facts)
    assert one.arcs == many.arcs
    formulation = Formulation(tiny_problem(posts=[f"s/p{number}" for number in range(9)], **facts))  # type: ignore[arg-type]
    size = formulation.variables.first_own_key
    cheapest = {slots[3]: -5 for slots in formulation.variables.slots_of_turn if len(slots) > 3}
    dear = {slot: 7 for slots in formulation.variables.slots_of_turn for slot in slots if slot not in cheapest}
    assert held(many, cheapest | dear, size) <= set(cheapest)


def test_where_a_graph_would_be_too_large_cp_sat_prices_instead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = tiny("schedules-0")
    one, level = case.formulation.classes[0], case.formulation.levels[-1]
    with pytest.raises(TooLarge):
        ScheduleGraph(case.formulation, one, level, most_arcs=1)
    assert isinstance(make_pricer(case.formulation, one, level), GraphPricer)

    def refuse(*_: object) -> GraphPricer:
        raise TooLarge

    monkeypatch.setattr(pricers, "GraphPricer", refuse)
    assert isinstance(make_pricer(case.formulation, one, level), SolverPricer)


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_the_gap_of_a_roster_is_the_sum_of_what_people_and_rows_lose(batch: range) -> None:
    compared = 0
    for number in batch:
        case, rng = tiny(f"schedules-{number}"), random.Random(number)
        base = some_roster(rng, case)
        level = case.formulation.levels[0]
        linking = Linking(case.formulation, level)
        columns = Columns(linking, base, lambda: EFFORT, StopSignal())
        while columns.step():
            pass
        if (
            columns.lead is None
            or columns.cheapest is None
            or any(unit.alternatives for unit in linking.units.values())
        ):
            continue
        guide = Guide(linking, columns.lead, columns.cheapest)
        lost = sum(guide.people(base)) + sum(guide.units(base).values())
        gap = base.costs[0] - fixed_cost(base, level) - columns.bound / SCALE
        assert lost == pytest.approx(gap, abs=1e-6), (number, case.facts)
        compared += 1
    assert compared


def test_a_pool_hands_out_the_cheapest_and_forgets_the_oldest() -> None:
    case = tiny("schedules-1")
    linking = Linking(case.formulation, case.formulation.levels[-1])
    group = linking.groups[0]
    pool = Pool(linking)
    schedules = case.allowed[group.people[0]]
    columns = [Column(0, schedule, {linking.level: 60 * cost}, {}) for cost, schedule in enumerate(schedules)]
    pool.keep(reversed(columns))
    pool.keep(columns)
    prices = Prices(np.zeros(len(linking.below), dtype=np.int64), {linking.level: SCALE})
    cheapest = pool.cheapest(0, 7, prices, 2)
    assert [column.schedule for column in cheapest] == [column.schedule for column in columns[:2]]
    assert all(column.group == 7 for column in cheapest)
