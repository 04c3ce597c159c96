"""Rules that tie people together by who is there at all, through every part of the search."""

from __future__ import annotations

import random

import pytest

from patrolplan.engine import level as level_search
from patrolplan.engine.alternatives import choice_bound
from patrolplan.engine.conductor import Settings, solve
from patrolplan.engine.draft import Draft
from patrolplan.engine.formulation import Formulation
from patrolplan.engine.greedy import first_roster
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.relaxation import link_bound
from patrolplan.engine.subproblem import Effort, StopSignal, Subproblem, Ties
from patrolplan.model.variables import Variables
from patrolplan.proof import Status
from tests.engine.enumeration import Tiny, some_roster, tiny
from tests.engine.test_solve import EXACT, assert_honest, hard_cost, soft_costs
from tests.tiny import tiny_problem

RULES = ("mix", "continuity", "teams")
EFFORT = Effort(10.0, deterministic=True)
BATCHES = [range(start, start + 10) for start in range(0, 60, 10)]


def linked(number: int) -> Tiny:
    return tiny(f"linked-{number}", rules=(RULES[number % 3], RULES[number // 3 % 3]))


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_finds_the_best_roster(batch: range) -> None:
    for number in batch:
        case = linked(number)
        outcome, best = solve(case.problem, EXACT), case.best()
        if hard_cost(case, best):
            assert outcome.proof.status is Status.INFEASIBLE, case.facts
            continue
        assert outcome.proof.status is Status.OPTIMAL, case.facts
        assert [(level.level, level.cost) for level in outcome.proof.levels] == soft_costs(case, best), case.facts
        assert_honest(case, outcome)


@pytest.mark.parametrize("batch", BATCHES[:3], ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_neighbourhoods_stay_honest(batch: range, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(level_search, "EXACT_SIZE", 0)
    for number in batch:
        case = linked(number)
        outcome = solve(case.problem, Settings(time_limit=0.2, workers=1, seed=number, deterministic=True))
        if outcome.roster is not None:
            assert_honest(case, outcome)


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_a_free_part_is_made_as_cheap_as_it_can_be_and_no_bound_is_above_it(batch: range) -> None:
    for number in batch:
        case, rng = linked(number), random.Random(number)
        base = some_roster(rng, case)
        turns = range(len(case.formulation.variables.turns))
        people = [person for person in case.people if rng.random() < 0.7] or [0]
        free = [turn for turn in turns if rng.random() < 0.7]
        for position, level in enumerate(case.formulation.levels):
            known = [
                (costs, [incumbent.held[person] for person in case.people])
                for costs, incumbent in case.priced()
                if all(cost <= most for cost, most in zip(costs[:position], base.costs, strict=False))
            ]
            assert link_bound(base, turns, level, EFFORT) <= min(costs[position] for costs, _ in known), case.facts
            reachable = [costs for costs, held in known if _differs_only_in(case, base, held, people, free)]
            subproblem = Subproblem(base, people, free, level, Ties.NONE)
            answer = subproblem.solve(EFFORT, StopSignal())
            assert answer.changes is not None
            after = base.copy()
            after.apply(answer.changes)
            least = min(costs[position] for costs in reachable)
            assert after.costs[position] == least, (number, level, case.facts)
            assert answer.bound + base.costs[position] - subproblem.now == least, (number, level, case.facts)


def _differs_only_in(
    case: Tiny, base: Incumbent, held: list[frozenset[int]], people: list[int], turns: list[int]
) -> bool:
    changed = [(person, key) for person in case.people for key in held[person] ^ base.held[person]]
    return all(person in people and case.formulation.variables.turn_of(key) in turns for person, key in changed)


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_no_bound_around_choices_is_above_the_cheapest_roster(batch: range) -> None:
    for number in batch:
        case, rng = linked(number), random.Random(number)
        base, formulation = some_roster(rng, case), case.formulation
        for position, level in enumerate(formulation.levels):
            known = [
                (costs, list(incumbent.unit_costs))
                for costs, incumbent in case.priced()
                if all(cost <= most for cost, most in zip(costs[:position], base.costs, strict=False))
            ]
            choosing = [
                unit
                for unit in range(len(formulation.units))
                if formulation.unit_level(unit) == level and formulation.alternatives(unit)
            ]
            for unit in choosing:
                turns = formulation.turns_of_unit(unit)
                wide = range(max(0, min(turns) - 1), min(len(formulation.variables.turns), max(turns) + 2))
                bound = choice_bound(base, wide, [unit], level, {}, EFFORT).bound
                assert bound <= min(costs[unit] for _, costs in known), (number, level, case.facts)
            whole = choice_bound(base, range(len(formulation.variables.turns)), choosing, level, {}, EFFORT).bound
            assert whole <= min(sum(costs[unit] for unit in choosing) for _, costs in known), (
                number,
                level,
                case.facts,
            )


def test_a_team_that_has_to_be_split_is_known_to_be_so_and_no_other() -> None:
    people = {name: {"team": "red" if name in "ABC" else "blue", "qualifications": ["armed"]} for name in "ABCDEF"}
    rules = [{"one_duty": {}}, {"cover": {}}, {"teams": {"weight": 5, "level": 2}}]
    for staff, splits in ((3, 0), (4, 1), (5, 1)):
        needs = [{"staff": staff, "shift": "D"}, {"staff": 6 - staff, "shift": "N"}]
        formulation = Formulation(tiny_problem(people, 1, needs=needs, rules=rules))
        base = first_roster(formulation, EFFORT, StopSignal())
        assert base.costs[formulation.levels.index(1)] == 0
        units = [unit for unit in range(len(formulation.units)) if formulation.alternatives(unit)]
        turns = range(len(formulation.variables.turns))
        found = choice_bound(base, turns, units, 2, {}, EFFORT)
        assert found.bound == splits * 5 * 60, staff
        assert set(found.chosen) == set(units) and (splits or len(set(found.chosen.values())) == 2), staff
        assert base.costs[formulation.levels.index(2)] == splits * 5 * 60
        assert link_bound(base, turns, 2, EFFORT) == 0  # in fractions nobody is split


def test_what_earlier_levels_cost_elsewhere_is_not_to_be_spent_here() -> None:
    people = {name: {"team": "red" if name in "AB" else "blue"} for name in "ABCD"}
    needs = [{"staff": 3, "shift": "D", "dates": "2024-11-04"}, {"staff": 1, "shift": "N", "dates": "2024-11-04"}]
    needs.append({"staff": 6, "shift": "D", "dates": "2024-11-05"})
    rules = [{"one_duty": {}}, {"cover": {}}, {"teams": {"weight": 5, "level": 2}}]
    formulation = Formulation(tiny_problem(people, 2, needs=needs, rules=rules))
    base = first_roster(formulation, EFFORT, StopSignal())
    gaps = base.costs[formulation.levels.index(1)]
    assert gaps
    first = [
        turn for turn, one in enumerate(formulation.variables.turns) if one.day == formulation.variables.turns[0].day
    ]
    units = [
        unit
        for unit in range(len(formulation.units))
        if formulation.alternatives(unit) and set(formulation.turns_of_unit(unit)) <= set(first)
    ]
    assert choice_bound(base, first, units, 2, {}, EFFORT).bound == 0
    assert choice_bound(base, first, units, 2, {1: gaps}, EFFORT).bound == 5 * 60


def test_what_is_derived_from_slots_has_one_number_for_everybody() -> None:
    variables = Variables(tiny_problem(days=2))
    assert variables.derive([1]) == 1
    key = variables.derive([2, 0])
    assert key == variables.derive([0, 2, 0]) == variables.size
    assert variables.any_of[key] == (0, 2)
    assert variables.derive([0, 1]) == variables.first_own_key - 1 == variables.size + 1
    assert variables.turns_of(key) == {variables.turn_of(0), variables.turn_of(2)}


def test_somebody_who_serves_twice_counts_once() -> None:
    rules = [{"one_duty": {}}, {"continuity": {"max": "1 per week", "weight": 5}}]
    formulation = Formulation(tiny_problem(["A", "B", "C"], 3, rules=rules))
    slots = formulation.variables.slots_of_turn
    incumbent = Incumbent(formulation)
    costs = []
    for person, turns in ((0, (0, 4)), (1, (1,)), (2, (3, 5)), (1, ()), (0, (0,))):
        incumbent.apply({person: frozenset(slots[turn][0] for turn in turns)})
        costs.append(sum(incumbent.costs) // 60)
    assert costs == [0, 5, 10, 5, 5]


def test_the_bound_knows_that_a_crowded_turn_needs_many_people() -> None:
    rules = [{"one_duty": {}}, {"cover": {}}, {"continuity": {"max": 1, "weight": 5, "level": 2}}]
    problem = tiny_problem([*"ABCD"], 2, needs=[{"staff": 3, "shift": "D"}], rules=rules)
    formulation = Formulation(problem)
    best = first_roster(formulation, EFFORT, StopSignal())
    assert best.costs[formulation.levels.index(1)] == 0
    turns = range(len(formulation.variables.turns))
    assert link_bound(best, turns, 2, EFFORT) == 2 * 5 * 60


def test_the_first_roster_knows_what_it_has_given() -> None:
    for number in range(30):
        formulation = linked(number).formulation
        draft, incumbent = Draft(formulation, Incumbent(formulation)), Incumbent(formulation)
        for turn in range(len(formulation.variables.turns)):
            draft.fill(turn)
            draft.call(turn)
        incumbent.apply({person: frozenset(keys) for person, keys in enumerate(draft.keys)})
        assert draft.links == incumbent.activity, number


def test_the_first_roster_keeps_hard_rules_between_people_if_it_can() -> None:
    people = {"A": {"qualifications": ["experienced"]}, "B": {}, "C": {}, "D": {"qualifications": ["experienced"]}}
    rules = [
        {"one_duty": {}},
        {"cover": {}},
        {"mix": {"of": "experienced", "share": "50%", "severity": "hard"}},
        {"teams": {"apart": [["A", "B"]]}},
        {"continuity": {"max": 3, "severity": "hard"}},
    ]
    problem = tiny_problem(people, 3, shifts={"D": "07:00-19:00"}, needs=[{"staff": 2}], rules=rules)
    formulation = Formulation(problem)
    assert formulation.levels[0] == 0
    assert first_roster(formulation, EFFORT, StopSignal()).costs[0] == 0
