"""Bounds against the cheapest of all rosters."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from patrolplan.engine.bundles import bundled, counted_bound
from patrolplan.engine.formulation import Formulation
from patrolplan.engine.greedy import first_roster
from patrolplan.engine.incumbent import Costs, Incumbent, personal_costs
from patrolplan.engine.linking import Linking
from patrolplan.engine.relaxation import least_alone, link_bound, may_cost_alone
from patrolplan.engine.subproblem import Effort, StopSignal, whole_bound
from tests.engine.enumeration import Tiny, some_roster, tiny
from tests.tiny import tiny_problem

EFFORT = Effort(10.0, deterministic=True)
BATCHES = [range(start, start + 10) for start in range(0, 100, 10)]


def inner_cost(incumbent: Incumbent, level: int, turns: frozenset[int]) -> int:
    """What linking rows with variables, all of them inside some turns, cost on a level."""
    formulation = incumbent.formulation
    return sum(
        cost
        for unit, cost in enumerate(incumbent.unit_costs)
        if formulation.unit_level(unit) == level
        and formulation.turns_of_unit(unit)
        and turns.issuperset(formulation.turns_of_unit(unit))
    )


def fixed_cost(incumbent: Incumbent, level: int) -> int:
    """What linking rows without variables cost on a level."""
    formulation = incumbent.formulation
    return sum(
        cost
        for unit, cost in enumerate(incumbent.unit_costs)
        if formulation.unit_level(unit) == level and not formulation.turns_of_unit(unit)
    )


def personal_bound(formulation: Formulation, level: int) -> int:
    """What everybody's own rules cost at least on a level."""
    return sum(
        len(one.people) * least_alone(formulation, one, level, EFFORT, StopSignal())
        for one in formulation.classes
        if may_cost_alone(one, level)
    )


def no_dearer_before(case: Tiny, level: int, limit: Costs) -> Iterator[tuple[Costs, Incumbent]]:
    """Rosters whose earlier levels cost no more than given."""
    position = case.formulation.levels.index(level)
    for costs, incumbent in case.priced():
        if all(cost <= most for cost, most in zip(costs[:position], limit, strict=False)):
            yield costs, incumbent


def parts(rng: random.Random, turns: int) -> list[frozenset[int]]:
    """All turns, cut into disjoint sets."""
    marks = [rng.randrange(3) for _ in range(turns)]
    found = [frozenset(turn for turn, mark in enumerate(marks) if mark == number) for number in range(3)]
    return [part for part in found if part]


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_no_bound_is_above_the_cheapest_roster(batch: range) -> None:
    for number in batch:
        case, rng = tiny(f"bound-{number}"), random.Random(number)
        base = some_roster(rng, case)
        turns = range(len(case.formulation.variables.turns))
        cut = parts(rng, len(turns))
        for position, level in enumerate(case.formulation.levels):
            known = list(no_dearer_before(case, level, base.costs))
            best = min(costs[position] for costs, _ in known)
            alone = personal_bound(case.formulation, level)
            fixed = fixed_cost(base, level)
            whole = link_bound(base, turns, level, EFFORT)
            pieces = [link_bound(base, part, level, EFFORT) for part in cut]
            assert fixed + alone + whole <= best, (number, level, case.facts)
            assert fixed + alone + sum(pieces) <= best, (number, level, case.facts)


@pytest.mark.parametrize("batch", BATCHES[:5], ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_the_bound_of_some_turns_is_below_what_they_cost_at_least(batch: range) -> None:
    for number in batch:
        case, rng = tiny(f"bound-{number}"), random.Random(number)
        base = some_roster(rng, case)
        for part in parts(rng, len(case.formulation.variables.turns)):
            for level in case.formulation.levels:
                least = min(inner_cost(one, level, part) for _, one in no_dearer_before(case, level, base.costs))
                assert 0 <= link_bound(base, part, level, EFFORT) <= least, (number, level, case.facts)


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_people_alone_cost_exactly_as_little_as_they_can(batch: range) -> None:
    for number in batch:
        case = tiny(f"bound-{number}")
        for level in case.formulation.levels:
            least = sum(
                min(
                    personal_costs(case.formulation, case.formulation.model_of(person), schedule).get(level, 0)
                    for schedule in case.allowed[person]
                )
                for person in case.people
            )
            assert personal_bound(case.formulation, level) == least, (number, level, case.facts)


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_no_bound_by_counts_is_above_the_cheapest_roster(batch: range) -> None:
    for number in batch:
        case, rng = tiny(f"bound-{number}"), random.Random(number)
        base = some_roster(rng, case)
        for position, level in enumerate(case.formulation.levels):
            best = min(costs[position] for costs, _ in no_dearer_before(case, level, base.costs))
            bound = counted_bound(Linking(case.formulation, level), base, EFFORT, StopSignal())
            assert fixed_cost(base, level) + bound <= best, (number, level, case.facts)


def test_shares_between_whole_numbers_cost_more_together_than_each_alone() -> None:
    people = [*"ABCDE"]
    rules = [{"one_duty": {}}, {"cover": {}}, {"fairness": {"of": ["nights"], "weight": 5}}]
    needs = [{"staff": 2, "shift": "D"}, {"staff": 1, "shift": "N"}]
    formulation = Formulation(tiny_problem(people, 7, needs=needs, rules=rules))
    base = first_roster(formulation, EFFORT, StopSignal())
    assert not base.costs[0]
    linking = Linking(formulation, 3)
    assert len(bundled(formulation, formulation.links.rows, 3)) < len(formulation.links.rows) / 3
    # Seven nights for five people, 1.4 each: two of them have two, 0.6 too many, and three one, 0.4 too few.
    assert personal_bound(formulation, 3) == 5 * 5 * 24
    assert counted_bound(linking, base, EFFORT, StopSignal()) == 5 * (2 * 36 + 3 * 24)


def test_a_bound_a_hair_above_a_whole_number_is_that_number() -> None:
    assert whole_bound(106.00000000000003) == 106
    assert whole_bound(105.99999999999997) == 106
    assert whole_bound(105.4) == 106
    assert whole_bound(-3.0) == 0


def test_a_bound_sees_pins_to_posts_where_two_duties_a_day_are_allowed() -> None:
    pins = {"entries": [{"person": "A", "date": "2024-11-04", "post": "s/q", "on": False}], "weight": 1}
    rules = [{"one_duty": {"per_day": 2}}, {"pins": pins}, {"duties": {"min": 8, "weight": 1}}]
    formulation = Formulation(tiny_problem(days=3, posts=["s/p", "s/q"], rules=rules))
    assert personal_bound(formulation, 2) == 2 * 60


def test_a_minimum_may_be_kept_outside_the_turns() -> None:
    rules = [{"duties": {"min": 1}}, {"one_duty": {}}, {"cover": {}}]
    problem = tiny_problem(["A", "B"], 3, shifts={"D": "07:00-19:00"}, needs=[{"at_most": 0, "cost": 1}], rules=rules)
    base = Incumbent(Formulation(problem))
    assert link_bound(base, [0], 1, EFFORT) == 0
    assert link_bound(base, [0, 1, 2], 1, EFFORT) == 2 * 12 * 60


def test_bounds_are_worth_something() -> None:
    reached = total = 0
    for number in range(60):
        case = tiny(f"bound-{number}")
        best, incumbent = min(((costs, one.copy()) for costs, one in case.priced()), key=lambda pair: pair[0])
        for position, level in enumerate(case.formulation.levels):
            if not best[position]:
                continue
            total += 1
            bound = fixed_cost(incumbent, level) + personal_bound(case.formulation, level)
            bound += link_bound(incumbent, range(len(case.formulation.variables.turns)), level, EFFORT)
            reached += bound == best[position]
    assert total >= 40
    assert reached >= 0.6 * total
