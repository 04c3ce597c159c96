"""Rules over a long time as budgets with a price, and rosters over half a year and a year."""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np
import pytest

from patrolplan.audit import audit
from patrolplan.engine import budgets, pricers
from patrolplan.engine.budgets import BudgetPricer, set_apart
from patrolplan.engine.formulation import Formulation
from patrolplan.engine.greedy import first_roster
from patrolplan.engine.incumbent import is_feasible, personal_costs, row_activities
from patrolplan.engine.linking import SCALE, Linking
from patrolplan.engine.nearest import Contradiction, nearest_schedule
from patrolplan.engine.neighbourhoods import SWEPT, Neighbourhoods
from patrolplan.engine.pricers import make_pricer
from patrolplan.engine.pricing import GraphPricer, Numbers, Order
from patrolplan.engine.subproblem import Effort, StopSignal
from patrolplan.engine.sweeps import sweep_again
from tests.engine.enumeration import Tiny, tiny
from tests.tiny import tiny_problem

EFFORT = Effort(20.0, deterministic=True)
BATCHES = [range(start, start + 20) for start in range(0, 80, 20)]
SHIFTS = {"A": "07:00-15:00", "P": "15:00-23:00", "N": "23:00-07:00 night"}
TIGHT: list[dict[str, object]] = [
    {"hours": {"min": "1848h", "max": "1864h"}},
    {"weekends": {"max": 26}},
    {"duties": {"shifts": ["A"], "max": 60}},
    {"duties": {"shifts": ["P"], "max": 140}},
    {"duties": {"shifts": ["N"], "min": 40, "max": 45}},
    {"work_streak": {"min": 2, "max": 5}},
    {"off_streak": {"min": 2}},
    {"rest": "11h"},
]
HALF: list[dict[str, object]] = [
    {"hours": {"min": "920h", "max": "936h"}},
    {"weekends": {"max": 13}},
    {"duties": {"shifts": ["A"], "max": 50}},
    {"duties": {"shifts": ["N"], "min": 20, "max": 46}},
    *TIGHT[5:],
]


def year(people: Mapping[str, object], days: int = 364, rules: list[dict[str, object]] | None = None) -> Formulation:
    """A year of one post with three shifts."""
    return Formulation(
        tiny_problem(
            people=people,  # type: ignore[arg-type]
            days=days,
            first="2024-01-01",
            zone="UTC",
            shifts=SHIFTS,
            needs=[{"staff": 1, "cost": 100, "level": 1, "shift": shift} for shift in SHIFTS],
            rules=TIGHT if rules is None else rules,
            always=True,
        )
    )


def away(*days: str) -> dict[str, object]:
    return {"absences": [{"dates": one} for one in days]}


def _price(case: Tiny, person: int, schedule: frozenset[int], prices: Numbers, weights: Mapping[int, int]) -> int:
    own = personal_costs(case.formulation, case.formulation.model_of(person), schedule)
    keys = case.formulation.expand(schedule)
    return sum(int(prices[key]) for key in keys) + sum(weights.get(level, 0) * cost for level, cost in own.items())


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_budgets_never_promise_too_little_nor_break_a_rule(batch: range, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "LONG_ROW", 0)
    asked = found = exact = with_budgets = 0
    for number in batch:
        case, rng = tiny(f"budgets-{number}", days=(2, 4)), random.Random(number)
        variables, level = case.formulation.variables, case.formulation.levels[-1]
        weights = {one: rng.randint(0, 5) for one in case.formulation.levels}
        drawn = [rng.randint(-9000, 9000) * (rng.random() < 0.6) for _ in range(variables.first_own_key)]
        for person in case.people:
            counted = {*range(variables.size), *case.formulation.derived_keys(person)}
            prices = np.array([price if key in counted else 0 for key, price in enumerate(drawn)], dtype=np.int64)
            pricer = BudgetPricer(case.formulation, case.formulation.model_of(person), level)
            with_budgets += bool(pricer.budgets)
            answer = pricer.cheapest(Order(prices, weights, frozenset()), EFFORT, StopSignal())
            cheapest = min(_price(case, person, schedule, prices, weights) for schedule in case.allowed[person])
            assert answer.bound <= cheapest, (number, person, case.facts)
            followed = GraphPricer(case.formulation, case.formulation.model_of(person), level)
            assert followed.cheapest(Order(prices, weights, frozenset()), EFFORT, StopSignal()).bound == cheapest
            costs = [_price(case, person, schedule, prices, weights) for schedule in answer.schedules]
            assert all(schedule in case.allowed[person] for schedule in answer.schedules), (number, case.facts)
            assert costs == sorted(costs, reverse=True)
            asked += 1
            found += bool(costs)
            exact += bool(costs) and costs[-1] == cheapest
    assert with_budgets > 0.5 * asked
    assert found >= 0.9 * asked
    assert exact >= 0.7 * asked


def test_rows_over_the_same_terms_are_one_budget_in_their_own_unit() -> None:
    formulation = year({"A": None})
    one = formulation.classes[0]
    relaxed, found = set_apart(formulation, one, 1)
    bounds = sorted((budget.least, budget.most) for budget in found)
    assert bounds == [(0, 26), (0, 60), (0, 140), (40, 45), (231, 233)]
    assert not {row.rule for row in relaxed.rows} & {"hours-1", "duties-1", "duties-2", "duties-3"}
    hours = next(budget for budget in found if budget.most == 233)
    assert hours.unit == 480 and set(hours.terms.values()) == {1}


def test_a_priced_budget_costs_what_lies_outside_it_and_is_cheapest_at_a_corner() -> None:
    wished: list[dict[str, object]] = [{"hours": {"min": "80h", "max": "160h", "weight": 2, "level": 1}}]
    formulation = year({"A": None}, 120, wished)
    _, (budget,) = set_apart(formulation, formulation.classes[0], 1)
    assert (budget.least, budget.most) == (0, 360)
    inside, below, above = (budget.cost(used, {1: 1}) for used in (15, 5, 25))
    assert inside == 0 and below == above > 0
    assert budget.lowest(0, {1: 1}, 300) == (0, 20)
    assert budget.lowest(0, {1: 1}, 15) == (0, 15)
    assert budget.lowest(below, {1: 0}, 0)[1] == 360


def test_a_year_with_tight_totals_of_several_kinds_has_a_schedule_at_once() -> None:
    formulation = year({"A": away("2024-02-05..2024-02-18", "2024-07-01..2024-07-21")})
    one = formulation.classes[0]
    found = nearest_schedule(formulation, one, frozenset(), EFFORT, StopSignal(), 0)
    assert is_feasible(formulation, one, found)
    activity = row_activities(formulation, one, found)
    duties = sum(formulation.variables.is_slot(key) for key in found)
    assert 231 <= duties <= 233
    nights = next(number for number, row in enumerate(one.rows) if row.lower == 40)
    assert 40 <= activity[nights] <= 45


def test_a_first_roster_of_half_a_year_keeps_all_rules_and_puts_people_where_they_are_needed() -> None:
    people = {"A": away("2024-03-04..2024-03-17"), "B": away("2024-06-01"), "C": None, "D": away("2024-05-01")}
    formulation = year(people, 182, HALF)
    incumbent = first_roster(formulation, EFFORT, StopSignal())
    for person, held in enumerate(incumbent.held):
        assert is_feasible(formulation, formulation.model_of(person), held)
    report = audit(formulation.problem, incumbent.roster())
    assert not report.has_hard
    served = sum(map(len, incumbent.held))
    assert 4 * 115 <= served <= 4 * 117
    assert report.open_shifts <= 3 * 182 - served + 20, "hardly anybody stands where nobody is needed"


def test_the_same_prices_bring_the_same_schedules() -> None:
    formulation = year({"A": None, "B": away("2024-06-03..2024-06-16")}, 182, HALF)
    first, again = (first_roster(formulation, EFFORT, StopSignal()).held for _ in range(2))
    assert first == again


def test_totals_that_cannot_be_reached_are_a_contradiction_at_once() -> None:
    formulation = year({"A": None, "B": away("2024-01-15..2024-04-21")}, 182, HALF)
    with pytest.raises(Contradiction) as first:
        first_roster(formulation, EFFORT, StopSignal())
    assert first.value.person == 1
    with pytest.raises(Contradiction):
        nearest_schedule(formulation, formulation.model_of(1), frozenset(), EFFORT, StopSignal(), 1)


def test_only_a_long_time_has_budgets() -> None:
    short, long = year({"A": None}, 60, []), year({"A": None}, 150, [])
    assert isinstance(make_pricer(short, short.classes[0], 1), GraphPricer)
    assert isinstance(make_pricer(long, long.classes[0], 1), BudgetPricer)
    assert not pricers.is_long(short, short.classes[0]) and pricers.is_long(long, long.classes[0])


def test_a_column_is_a_schedule_that_keeps_the_budgets() -> None:
    formulation = year({"A": None})
    linking = Linking(formulation, 1)
    prices = np.zeros(formulation.variables.first_own_key, dtype=np.int64)
    prices[: len(formulation.problem.slots)] = -60 * SCALE
    answer = linking.pricer(0).cheapest(Order(prices, {1: SCALE}, frozenset()), EFFORT, StopSignal())
    duties = [sum(map(formulation.variables.is_slot, schedule)) for schedule in answer.schedules]
    assert duties[-1] == 233 and answer.bound <= -233 * 60 * SCALE
    assert answer.bound >= -236 * 60 * SCALE


def test_a_graph_remembers_a_long_time_where_it_fits() -> None:
    formulation = year({"A": None}, 182, [HALF[0], *TIGHT[5:]])
    assert pricers.fullest(formulation) == 0
    assert isinstance(Linking(formulation, 1).pricer(0), GraphPricer)


def test_where_the_fullest_graph_does_not_fit_nobody_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    formulation = year({"A": None, "B": away("2024-06-03..2024-06-16")}, 182, HALF)
    monkeypatch.setattr(pricers, "MOST_REMEMBERED", 2000)
    linking = Linking(formulation, 1)
    assert [type(linking.pricer(kind)) for kind in range(len(formulation.classes))] == [BudgetPricer, BudgetPricer]


def test_sweeping_again_never_makes_a_roster_dearer_and_keeps_all_rules() -> None:
    formulation = year({"A": None, "B": None, "C": away("2024-06-03..2024-06-16")}, 182, HALF)
    linking, roster = Linking(formulation, 1), first_roster(formulation, EFFORT, StopSignal())
    roster.apply({1: first_roster(formulation, EFFORT, StopSignal()).held[0]})
    answer = sweep_again(linking, roster, (2, 0, 1), EFFORT, StopSignal())
    assert answer.changes
    better = roster.copy()
    better.apply(answer.changes)
    assert better.costs < roster.costs
    assert all(is_feasible(formulation, formulation.model_of(one), held) for one, held in enumerate(better.held))


@pytest.mark.parametrize("passes", [(14, 0, 1), (14, 5, 1), (7, 0, 2), (5, 3, 3)])
def test_strips_free_everybody_once_over_the_whole_time(passes: tuple[int, int, int]) -> None:
    formulation = year({"A": None, "B": None}, 182, HALF)
    *strips, swept = Neighbourhoods(formulation, 0).strips([passes])
    assert sorted(turn for one in strips for turn in one.turns) == list(range(len(formulation.variables.turns)))
    assert all(one.people == (0, 1) for one in strips) and swept.kind == SWEPT
    days = [len({formulation.variables.turns[turn].day for turn in one.turns}) for one in strips]
    assert max(days) <= passes[0] * passes[2] and len(strips) <= 182 / (passes[0] * passes[2]) + 2
