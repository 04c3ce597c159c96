"""Operations with many rules at once, through the whole way: rows, roster, file, audit."""

from __future__ import annotations

import random

import pytest

from patrolplan.audit import audit
from patrolplan.engine.formulation import Formulation, Schedule
from patrolplan.engine.incumbent import Incumbent, is_feasible
from patrolplan.findings import Severity
from patrolplan.formats.roster_csv import read_roster, write_roster
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.tables import parse_table
from tests.parity.operations import Facts, mixed
from tests.tiny import tiny_problem

OPERATIONS_AT_ONCE = 20
ROSTERS = 12


def operation(number: int) -> tuple[Facts, Problem, random.Random]:
    rng = random.Random(f"mixed-{number}")
    facts = mixed(rng)
    return facts, tiny_problem(**facts), rng


def offered(formulation: Formulation, person: int) -> list[int]:
    one = formulation.model_of(person)
    calls = [formulation.variables.standby_key(turn) for turn in sorted(one.standby)]
    return [key for turn in sorted(one.slots) for key in one.slots[turn]] + calls


def wild(rng: random.Random, formulation: Formulation, person: int) -> Schedule:
    """Anything that is offered, at most one slot at a turn."""
    variables = formulation.variables
    keys = offered(formulation, person)
    chosen = rng.sample(keys, rng.randint(0, min(len(keys), 4)))
    by_turn = {(variables.turn_of(key), variables.is_standby(key)): key for key in chosen}
    return frozenset(by_turn.values())


def tame(rng: random.Random, formulation: Formulation, person: int) -> Schedule:
    """As much of what is offered as the person's hard rules allow, in random order."""
    one, variables = formulation.model_of(person), formulation.variables
    keys = offered(formulation, person)
    held: Schedule = frozenset()
    for key in rng.sample(keys, rng.randint(0, len(keys))):
        if variables.is_slot(key) and any(other in variables.slots_of_turn[variables.turn_of(key)] for other in held):
            continue
        if is_feasible(formulation, one, held | {key}):
            held |= {key}
    return held


def read_back(problem: Problem, roster: Roster) -> Roster:
    written = read_roster(problem, parse_table(write_roster(problem, roster), "roster.csv"))
    assert not written.findings
    return written.roster


def broken(problem: Problem, roster: Roster, *, personal: bool) -> set[str]:
    """People (or nobody in particular) on whom hard rules, of single people or linking ones, are broken."""
    hard = [one for one in audit(problem, roster).findings if one.severity is Severity.HARD]
    return {one.person for one in hard if one.code.startswith("PP2") == personal}


def batches(count: int) -> list[range]:
    return [range(start, start + OPERATIONS_AT_ONCE) for start in range(0, count, OPERATIONS_AT_ONCE)]


@pytest.mark.parametrize("batch", batches(200), ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_search_and_audit_price_alike(batch: range) -> None:
    for number in batch:
        facts, problem, rng = operation(number)
        formulation = Formulation(problem)
        incumbent = Incumbent(formulation)
        for _ in range(ROSTERS):
            incumbent.apply({person: tame(rng, formulation, person) for person in range(len(problem.people))})
            judged = audit(problem, read_back(problem, incumbent.roster()))
            costs = dict(zip(formulation.levels, incumbent.costs, strict=True))
            hard_links = costs.pop(0, 0)
            expected = {level: cost for level, cost in judged.costs.items() if cost}
            assert {level: cost for level, cost in costs.items() if cost} == expected, (number, facts)
            assert bool(hard_links) == bool(broken(problem, judged.roster, personal=False)), (number, facts)


@pytest.mark.parametrize("batch", batches(200), ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_search_and_audit_refuse_the_same_people(batch: range) -> None:
    for number in batch:
        facts, problem, rng = operation(number)
        formulation = Formulation(problem)
        incumbent = Incumbent(formulation)
        for _ in range(ROSTERS):
            incumbent.apply({person: wild(rng, formulation, person) for person in range(len(problem.people))})
            refused = {
                problem.people[person].id
                for person, schedule in enumerate(incumbent.held)
                if not is_feasible(formulation, formulation.model_of(person), schedule)
            }
            assert broken(problem, incumbent.roster(), personal=True) == refused, (number, facts)


@pytest.mark.parametrize("batch", batches(100), ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_costs_kept_up_to_date_are_those_of_a_fresh_start(batch: range) -> None:
    for number in batch:
        _, problem, rng = operation(number)
        formulation = Formulation(problem)
        incumbent = Incumbent(formulation)
        for _ in range(ROSTERS):
            person = rng.randrange(len(problem.people))
            incumbent.apply({person: tame(rng, formulation, person)})
        fresh = Incumbent(formulation)
        fresh.apply(dict(enumerate(incumbent.held)))
        assert (incumbent.costs, incumbent.activity, incumbent.unit_costs) == (
            fresh.costs,
            fresh.activity,
            fresh.unit_costs,
        )
        assert incumbent.copy().costs == fresh.costs
