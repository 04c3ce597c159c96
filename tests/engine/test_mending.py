"""Mending: a roster loses what it costs more than another one on earlier levels, and nothing else goes wrong."""

from __future__ import annotations

import random

import pytest

from patrolplan.engine.formulation import Formulation
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.mending import mend, with_standby
from patrolplan.engine.subproblem import StopSignal
from tests.engine.enumeration import some_roster, tiny
from tests.engine.test_bounds import BATCHES, EFFORT
from tests.tiny import tiny_problem


@pytest.mark.parametrize("batch", BATCHES[:6], ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_a_roster_becomes_as_good_as_another_one_on_the_levels_before(batch: range) -> None:
    worse = reached = 0
    for number in batch:
        case, rng = tiny(f"mending-{number}"), random.Random(number)
        model, roster = some_roster(rng, case), some_roster(rng, case)
        levels = case.formulation.levels
        if len(levels) < 2:
            continue
        before, linked = roster.costs, _linked(roster)
        spent = mend(roster, model, levels[-1], EFFORT, StopSignal())
        for person in case.people:
            assert roster.held[person] in case.allowed[person], (number, case.facts)
        assert roster.costs[:-1] <= before[:-1], (number, case.facts)
        if before[:-1] <= model.costs[:-1] or linked != before[:-1]:
            continue
        worse += 1
        assert spent > 0
        reached += roster.costs[:-1] <= model.costs[:-1]
    assert reached >= 0.9 * worse, (reached, worse)


def _linked(roster: Incumbent) -> tuple[int, ...]:
    """What linking rows cost on every level but the last one."""
    formulation = roster.formulation
    total = dict.fromkeys(formulation.levels, 0)
    for unit, cost in enumerate(roster.unit_costs):
        total[formulation.unit_level(unit)] += cost
    return tuple(total[level] for level in formulation.levels[:-1])


def test_a_roster_that_is_good_enough_is_left_alone() -> None:
    for number in range(20):
        case, rng = tiny(f"mending-{number}"), random.Random(number)
        roster = some_roster(rng, case)
        held = list(roster.held)
        assert mend(roster, roster.copy(), case.formulation.levels[-1], EFFORT, StopSignal()) == 0
        assert roster.held == held


def test_standby_that_fits_a_new_schedule_is_put_back() -> None:
    rules = [{"one_duty": {}}, {"rest": {"min": "11h"}}, {"cover": {}}, {"reserve": {"count": 1, "level": 2}}]
    needs = [{"staff": 1, "shift": "D"}]
    formulation = Formulation(tiny_problem(["A"], 3, needs=needs, rules=rules))
    variables, roster = formulation.variables, Incumbent(formulation)
    days = [turn for turn, one in enumerate(variables.turns) if one.shift == 0]
    calls = frozenset(variables.standby_key(turn) for turn in days)
    roster.apply({0: calls})
    duty = frozenset({variables.slots_of_turn[days[1]][0]})
    free = frozenset(variables.standby_key(turn) for turn in days if turn != days[1])
    assert with_standby(roster, {0: duty}, 1) == {0: duty | free}
    assert with_standby(roster, {0: frozenset()}, 1) == {0: calls}
