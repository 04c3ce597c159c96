"""Column generation against all rosters of tiny operations: its bound is never too high, its rosters keep all rules."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from patrolplan.engine import conductor
from patrolplan.engine.columns import Columns
from patrolplan.engine.incumbent import Incumbent, personal_costs
from patrolplan.engine.linking import SCALE, Linking, Numbers
from patrolplan.engine.pricing import GraphPricer, Order, SolverPricer
from patrolplan.engine.subproblem import StopSignal
from tests.engine.enumeration import Tiny, some_roster, tiny
from tests.engine.test_bounds import BATCHES, EFFORT, fixed_cost, no_dearer_before


@pytest.fixture(scope="module")
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as one:
        yield one


def columns(executor: ThreadPoolExecutor, base: Incumbent, level: int) -> Columns:
    return Columns(Linking(base.formulation, level), base, lambda: EFFORT, StopSignal(), executor)


def finish(generation: Columns) -> None:
    for _ in range(200):
        if not generation.step(10.0):
            return
    raise AssertionError("no end of rounds")


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_the_bound_is_never_above_the_best_roster(batch: range, executor: ThreadPoolExecutor) -> None:
    for number in batch:
        case, rng = tiny(f"columns-{number}"), random.Random(number)
        base = some_roster(rng, case)
        for position, level in enumerate(case.formulation.levels):
            best = min(costs[position] for costs, _ in no_dearer_before(case, level, base.costs))
            generation = columns(executor, base, level)
            finish(generation)
            assert generation.is_complete
            assert 0 <= fixed_cost(base, level) + generation.proved <= best, (number, level, case.facts)
            assert generation.point is not None
            assert generation.bound / SCALE <= generation.point.cost + 1e-3, (number, level, case.facts)


@pytest.mark.parametrize("batch", BATCHES[:5], ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_rosters_from_columns_keep_the_rules_and_combining_never_makes_it_dearer(
    batch: range, executor: ThreadPoolExecutor
) -> None:
    for number in batch:
        case, rng = tiny(f"columns-{number}"), random.Random(number)
        base = some_roster(rng, case)
        for position, level in enumerate(case.formulation.levels):
            generation = columns(executor, base, level)
            finish(generation)
            in_time, late = generation.dive(10.0, lambda share: False), generation.dive(10.0, lambda share: True)
            for plan in (in_time, late, generation.combine(EFFORT, base)):
                assert plan is not None
                _assert_allowed(case, plan)
            after = base.copy()
            combined = generation.combine(EFFORT, base)
            assert combined is not None
            after.apply(combined)
            assert after.costs[: position + 1] <= base.costs[: position + 1], (number, level, case.facts)
            assert all(cost <= now for cost, now in zip(after.costs[:position], base.costs, strict=False))


def _assert_allowed(case: Tiny, plan: dict[int, frozenset[int]]) -> None:
    assert set(plan) == set(case.people)
    for person, schedule in plan.items():
        assert schedule in case.allowed[person], case.facts


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_pricing_finds_the_cheapest_schedule(batch: range) -> None:
    for number in batch:
        case, rng = tiny(f"columns-{number}"), random.Random(number)
        variables = case.formulation.variables
        level = rng.choice(list(case.formulation.levels))
        weights = {one: rng.randint(0, 5) for one in case.formulation.levels if one <= level}
        keys = range(variables.first_own_key)
        drawn = [rng.randint(-9000, 9000) * (rng.random() < 0.6) for _ in keys]
        for person in case.people:
            one = case.formulation.model_of(person)
            counted = {*range(variables.size), *case.formulation.derived_keys(person)}
            prices = np.array([price if key in counted else 0 for key, price in enumerate(drawn)], dtype=np.int64)
            cheapest = min(_price(case, person, schedule, prices, weights) for schedule in case.allowed[person])
            for pricer in (GraphPricer(case.formulation, one, level), SolverPricer(case.formulation, one, level)):
                answer = pricer.cheapest(Order(prices, weights, frozenset()), EFFORT, StopSignal())
                assert answer.bound == cheapest, (number, person, case.facts)
                assert answer.schedules[-1] in case.allowed[person]
                assert _price(case, person, answer.schedules[-1], prices, weights) == cheapest


def _price(case: Tiny, person: int, schedule: frozenset[int], prices: Numbers, weights: dict[int, int]) -> int:
    formulation = case.formulation
    own = personal_costs(formulation, formulation.model_of(person), schedule)
    keys = formulation.expand(schedule)
    return sum(int(prices[key]) for key in keys) + sum(weights.get(level, 0) * cost for level, cost in own.items())


@pytest.mark.parametrize("batch", BATCHES[:6], ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_columns_and_neighbourhoods_reach_what_the_whole_model_proves(
    batch: range, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conductor, "EXACT_SIZE", -1)
    monkeypatch.setattr(conductor, "FAR", 2.0)
    monkeypatch.setattr(conductor, "WARM_UP", 0.0)
    for number in batch:
        case = tiny(f"columns-{number}")
        outcome = conductor.solve(case.problem, conductor.Settings(3.0, seed=number, deterministic=True))
        found = [level for level in outcome.proof.levels if level.level]
        best = dict(zip(case.formulation.levels, case.best(), strict=True))
        if best.pop(0, 0):
            assert outcome.roster is None
            continue
        assert {level.level: level.cost for level in found} == best, (number, case.facts)
        assert all(level.bound <= best[level.level] for level in found), (number, case.facts)
