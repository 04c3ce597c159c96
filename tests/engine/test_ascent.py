"""Graphs walked at once, prices found without a linear program, and rosters that they lead to."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from patrolplan.engine import ascent, budgets, pricers, sheaf
from patrolplan.engine.ascent import Ascent
from patrolplan.engine.budgets import BudgetPricer
from patrolplan.engine.conductor import solve
from patrolplan.engine.incumbent import Incumbent, is_feasible
from patrolplan.engine.linking import SCALE, Linking
from patrolplan.engine.pricing import Order
from patrolplan.engine.schedules import ScheduleGraph
from patrolplan.engine.search import Settings
from patrolplan.engine.sheaf import bound_together
from patrolplan.engine.subproblem import Effort, StopSignal
from patrolplan.engine.sweeps import ascend, sweep
from patrolplan.engine.work import Watch
from tests.engine.enumeration import tiny
from tests.engine.test_budgets import HALF, away, year

EFFORT = Effort(20.0, deterministic=True)
BATCHES = [range(start, start + 20) for start in range(0, 60, 20)]


def climbed(linking: Linking, seconds: float = 20.0) -> Ascent:
    """Prices after some counted work."""
    found = Ascent(linking)
    found.run(seconds, Watch(deterministic=True), StopSignal())
    return found


@pytest.mark.parametrize("together", [1, 30, 1_000_000])
@pytest.mark.parametrize("batch", BATCHES[:2], ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_graphs_walked_at_once_come_to_the_same_as_one_by_one(
    batch: range, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheaf, "TOGETHER", together)
    for number in batch:
        case, rng = tiny(f"sheaf-{number}", people=(2, 3)), random.Random(number)
        level, variables = case.formulation.levels[-1], case.formulation.variables
        weights = {one: rng.randint(0, 5) for one in case.formulation.levels}
        graphs = [ScheduleGraph(case.formulation, case.formulation.model_of(person), level) for person in case.people]
        questions = []
        for _ in case.people:
            drawn = [rng.randint(-9000, 9000) * (rng.random() < 0.7) for _ in range(variables.first_own_key)]
            questions.append((np.array(drawn, dtype=np.int64), weights))
        sheaves = bound_together(graphs)
        assert sum(len(one.graphs) for one in sheaves) == len(graphs)
        at = 0
        for one in sheaves:
            for path in one.walk(questions[at : at + len(one.graphs)]):
                walk = graphs[at].walk(*questions[at])
                assert path.cost == walk.cost
                assert frozenset(path.held.tolist()) == walk.schedule
                assert path.charges.tolist() == walk.charges.sum(axis=0).tolist()
                at += 1


@pytest.mark.parametrize("has_budgets", [True, False])
@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_the_bound_is_never_above_the_best_roster(
    batch: range, has_budgets: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "LONG_ROW", 0)
    monkeypatch.setattr(ascent, "MOST_STEPS", 60)
    if has_budgets:
        monkeypatch.setattr(pricers, "LONG", -1)
        monkeypatch.setattr(pricers, "MOST_REMEMBERED", 0)
    tight = compared = counted = 0
    for number in batch:
        case = tiny(f"ascent-{number}", people=(2, 3), days=(2, 4), rules=("hours", "duties", "weekends"))
        levels = case.formulation.levels
        level = max([level for level in levels if level <= 1 + number % 2], default=levels[0])
        place = levels.index(level)
        within = [costs[place] for costs, _ in case.priced() if not any(costs[:place])]
        if not within:
            continue
        linking = Linking(case.formulation, level)
        found = climbed(linking)
        counted += any(isinstance(pricer, BudgetPricer) and pricer.budgets for pricer in found.pricers)
        fixed = Incumbent(case.formulation).fixed_cost(level)
        assert fixed + found.bound <= min(within), (number, case.facts)
        compared += 1
        tight += fixed + found.bound >= 0.9 * min(within)
    assert compared >= 0.4 * len(batch)
    assert tight >= 0.5 * compared
    assert counted >= 0.2 * compared if has_budgets else not counted


def test_what_a_path_uses_up_is_counted_as_one_by_one() -> None:
    formulation = year({"A": None}, 182, HALF)
    one = BudgetPricer(formulation, formulation.classes[0], 1)
    rng = np.random.default_rng(3)
    shadows = rng.integers(-3000, 3000, len(one.budgets))
    order = Order(rng.integers(-9000, 0, formulation.variables.first_own_key), {1: SCALE}, frozenset())
    (whole,) = bound_together([one.graph])
    (path,) = whole.walk([one.question(order.prices, order.weights, shadows)])
    track = one.track(order, shadows)
    assert path.cost == track.walk.cost
    assert one.used_on(path).tolist() == track.used[-1].tolist()
    assert len(one.budgets) == 4 and track.used[-1].all()


def test_prices_of_half_a_year_promise_nearly_what_a_roster_reaches() -> None:
    people = {"A": away("2024-03-04..2024-03-17"), "B": away("2024-06-01"), "C": None, "D": away("2024-05-01")}
    linking = Linking(year(people, 182, HALF), 1)
    roster = Incumbent(linking.formulation)
    bound = sweep(linking, roster, EFFORT, StopSignal())
    for person, held in enumerate(roster.held):
        assert is_feasible(linking.formulation, linking.formulation.model_of(person), held)
    open_at_least = 3 * 182 - 4 * 117
    assert bound >= 0.97 * 60 * 100 * open_at_least, "more than people's hours leave open"
    assert bound <= roster.costs[0] <= 1.15 * bound


def test_an_ascent_goes_on_from_prices_that_are_known() -> None:
    people = {"A": away("2024-03-04..2024-03-17"), "B": away("2024-06-01"), "C": None, "D": away("2024-05-01")}
    linking = Linking(year(people, 182, HALF), 1)
    begun = climbed(linking, 0.3)
    linking.lead = begun.lead
    assert climbed(linking, 1e-9).bound == begun.bound, "a single look, at the same prices"
    bound = ascend(linking, replace(EFFORT, seconds=2.0), StopSignal())
    assert bound > begun.bound > 0
    assert climbed(linking, 1e-9).bound == bound, "the better prices are kept"


def test_half_a_year_is_solved_with_a_bound_of_its_own() -> None:
    people = {"A": away("2024-03-04..2024-03-17"), "B": away("2024-06-01"), "C": None, "D": away("2024-05-01")}
    problem = year(people, 182, HALF).problem
    outcome = solve(problem, Settings(time_limit=12.0, deterministic=True))
    (level, *_) = outcome.proof.levels
    assert level.level == 1
    assert 0.97 * level.cost <= level.bound <= level.cost


def test_whole_prices_stay_within_what_a_unit_costs() -> None:
    found = Ascent(Linking(year({"A": None}, 120, HALF[1:]), 1))
    found._most = np.where(found._most > 0, 6000 / 7, 0.0)
    found._prices = found._within(np.full_like(found._prices, 1e9))
    assert (found.lead.whole.rows <= found._most * SCALE).all() and found.lead.whole.rows.any()


def test_people_who_are_alike_are_walked_once() -> None:
    formulation = year({"A": None, "B": None, "C": away("2024-06-01")}, 150, HALF[1:])
    linking = Linking(formulation, 1)
    assert len(linking.groups) == 2
    found = climbed(linking, 1.0)
    roster = Incumbent(formulation)
    assert not found.dive(roster, EFFORT, 5.0, lambda: False, StopSignal())
    assert all(roster.held)


def test_a_dive_that_is_late_gives_everybody_something_and_one_that_is_stopped_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    formulation = year({"A": None, "B": away("2024-06-01")}, 150, HALF[1:])
    roster, late, stopped = Incumbent(formulation), Ascent(Linking(formulation, 1)), StopSignal()
    monkeypatch.setattr(Ascent, "_look", lambda self, people, held: pytest.fail("there is no time to lead prices on"))
    assert not late.dive(roster, EFFORT, 5.0, lambda: True, StopSignal())
    assert all(is_feasible(formulation, formulation.model_of(one), held) for one, held in enumerate(roster.held))
    stopped.set()
    assert late.dive(Incumbent(formulation), EFFORT, 5.0, lambda: False, stopped) == {0, 1}
