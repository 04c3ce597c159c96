from __future__ import annotations

import random

import pytest

from patrolplan.engine.alternatives import most_worth
from patrolplan.engine.bundles import counted_bound
from patrolplan.engine.formulation import Formulation
from patrolplan.engine.greedy import first_roster
from patrolplan.engine.hardening import Proved, capped, hardened
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.linking import Linking
from patrolplan.engine.relaxation import link_bound
from patrolplan.engine.subproblem import Effort, StopSignal
from tests.engine.enumeration import Tiny, some_roster
from tests.engine.test_bounds import BATCHES, fixed_cost, no_dearer_before, parts
from tests.engine.test_linking import linked
from tests.tiny import tiny_problem

EFFORT = Effort(10.0, deterministic=True)


def proved_of(base: Incumbent, cut: list[frozenset[int]]) -> Proved:
    """What linking rows within disjoint sets of turns cost at least, as a search finds it."""
    return {
        level: [(turns, link_bound(base, turns, level, EFFORT)) for turns in cut] for level in base.formulation.levels
    }


def cheapest_before(case: Tiny, level: int) -> Incumbent:
    """A roster whose earlier levels cost as little as they can."""
    place = case.formulation.levels.index(level)
    return min(case.priced(), key=lambda one: one[0][:place])[1].copy()


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_duties_are_worth_no_more_than_is_said(batch: range) -> None:
    for number in batch:
        case, rng = linked(number), random.Random(number)
        base = some_roster(rng, case)
        for level in case.formulation.levels:
            turns = rng.choice(parts(rng, len(case.formulation.variables.turns)))
            worth = {turn: rng.randint(-3, 3) for turn in turns}
            most = max(
                sum(one * incumbent.duties_by_turn()[turn] for turn, one in worth.items())
                for _, incumbent in no_dearer_before(case, level, base.costs)
            )
            assert most_worth(base, turns, level, worth, {}, EFFORT) >= most, (number, level, case.facts)


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_no_bound_that_knows_of_earlier_levels_is_above_the_cheapest_roster(batch: range) -> None:
    for number in batch:
        case, rng = linked(number), random.Random(number)
        cut = parts(rng, len(case.formulation.variables.turns))
        for position, level in enumerate(case.formulation.levels):
            base = cheapest_before(case, level)
            best = min(costs[position] for costs, _ in no_dearer_before(case, level, base.costs))
            linking, proved = Linking(case.formulation, level), proved_of(base, cut)
            bound = counted_bound(linking, base, EFFORT, StopSignal(), proved)
            assert fixed_cost(base, level) + bound <= best, (number, level, case.facts)


def short_of_people(needs: list[dict[str, object]]) -> Incumbent:
    """Two people, one night each, and then a date that needs more than they can do."""
    rules = [{"one_duty": {}}, {"cover": {}}, {"fairness": {"of": ["hours"], "weight": 5}}]
    early = "2024-11-04..2024-11-05"
    first = [{"staff": 1, "shift": "N"}, {"at_most": 1, "shift": "N"}, {"at_most": 0, "shift": "D"}]
    first = [{**need, "dates": early} for need in first]
    problem = tiny_problem("AB", 3, needs=[*first, *needs], rules=rules)
    return first_roster(Formulation(problem), EFFORT, StopSignal())


def bounds(base: Incumbent) -> tuple[int, int]:
    """Bounds of fairness without and with what is known of cover."""
    turns = range(len(base.formulation.variables.turns))
    proved = proved_of(base, [frozenset(turns[:4]), frozenset(turns[4:])])
    linking = Linking(base.formulation, 3)
    known = [counted_bound(linking, base, EFFORT, StopSignal(), one) for one in ({}, proved)]
    return known[0], known[1]


def test_a_gap_that_cannot_be_elsewhere_is_not_traded() -> None:
    base = short_of_people([{"staff": 4, "shift": "N", "dates": "2024-11-06"}])
    # Six duties are wanted, three of each; who serves every night has them. But nobody is to join one who is enough.
    assert bounds(base) == (0, 2 * 12 * 5 * 60)


def test_people_are_not_on_duty_day_and_night_where_there_are_too_few() -> None:
    base = short_of_people([{"staff": 2, "shift": shift, "dates": "2024-11-06"} for shift in "DN"])
    # Counts alone do not see that nobody serves two shifts of a date.
    assert bounds(base) == (0, 2 * 12 * 5 * 60)


def test_only_what_costs_nothing_in_any_roster_as_good_is_hardened() -> None:
    base = short_of_people([{"staff": 4, "shift": "N", "dates": "2024-11-06"}])
    formulation, turns = base.formulation, range(len(base.formulation.variables.turns))
    proved = proved_of(base, [frozenset(turns[:4]), frozenset(turns[4:])])
    rows, crowded = hardened(base, 3, proved)
    assert crowded == [frozenset(turns[4:])]
    where = [tuple(formulation.turns_of_unit(formulation.unit_of[number])) for number in range(len(rows))]
    assert {turns: row.level for turns, row in zip(where, rows, strict=True)} == {
        **dict.fromkeys([(0,), (1,), (2,), (3,)], 3),
        (5,): 1,
    }
    less = {1: [(turns, bound - 60 if bound else 0) for turns, bound in proved[1]]}
    assert hardened(base, 3, less) == (formulation.links.rows, [])  # what is not proved may be anywhere


def test_a_cap_is_a_row_of_its_own() -> None:
    base = short_of_people([{"staff": 4, "shift": "N", "dates": "2024-11-06"}])
    formulation = capped(base.formulation, 3, {4: 1, 5: 2}, 3)
    assert len(formulation.links.rows) == len(base.formulation.links.rows) + 1
    roster = Incumbent(formulation)
    roster.apply(dict(enumerate(base.held)))
    assert base.duties_by_turn()[4:] == [0, 2]
    assert roster.activity[-1] == 4 and roster.unit_costs[-1] > 0
