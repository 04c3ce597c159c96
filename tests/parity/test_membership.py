"""People who change their team are bound by a rule of one team only while they are in it, by both sides alike."""

from __future__ import annotations

import random

import pytest

from patrolplan.problem import Problem
from patrolplan.rules.specs import SPECS
from tests.parity.operations import KINDS, build, dates, draw
from tests.parity.sides import Sides, size
from tests.tiny import FIRST, tiny_problem

OPERATIONS = 12
MOST = 600
ALONE = [name for name in KINDS if not KINDS[name].together and not SPECS[name].always]


def moved(rule: str, number: int) -> Problem:
    """An operation of a rule that binds one team only, whose people come and go."""
    facts, _ = draw(rule, number)
    rng = random.Random(f"moved-{rule}-{number}")
    for who in facts["people"].values():
        who["team"] = rng.choice(["red", "blue"])
        who["teams"] = {dates(rng, facts): rng.choice(["red", "blue"])}
    for entry in facts["rules"]:
        if rule in entry:
            entry[rule]["for"] = {"teams": "red"}
    return build(facts)


@pytest.mark.parametrize("rule", ALONE)
def test_both_sides_see_a_rule_only_while_its_person_is_in_the_team(rule: str) -> None:
    for number in range(OPERATIONS):
        problem = moved(rule, number)
        if size(problem, together=False) > MOST:
            continue
        wrong = [one for one in Sides(problem).alone() if not one.agrees]
        assert not wrong, (rule, number, problem.people, [one.during for one in problem.rules], wrong[0])


def test_fairness_prices_each_person_only_in_the_time_of_the_team() -> None:
    for number in range(OPERATIONS):
        problem = moved("fairness", number)
        if size(problem, together=True) > MOST:
            continue
        assert all(one.agrees for one in Sides(problem).together()), number


def test_each_person_stands_in_one_instance() -> None:
    people = {"A": {"team": "red"}, "B": {"team": "red", "teams": {FIRST: "blue"}}, "C": {"team": "blue"}}
    problem = tiny_problem(people, rules=[{"hours": {"max": "24h per week", "for": {"teams": "red"}}}])
    first, second = problem.rules
    assert first.id == second.id
    assert (first.people, second.people) == ({0}, {1})
    assert first.during is None
    assert second.during is not None and not second.binds(problem.start)
