"""One person's rows."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from typing import Any

import pytest

from patrolplan.engine.formulation import Formulation
from patrolplan.model.person_model import Linear, PersonModel, Row
from patrolplan.model.variables import Variables
from patrolplan.problem import Problem, Rule
from tests.tiny import tiny_problem

OVERLAPPING = {"D": "07:00-19:00", "M": "10:00-16:00", "N": "19:00-07:00 night"}


def model_of(problem: Problem) -> PersonModel:
    return PersonModel(problem, Variables(problem), 0)


def rule_of(**value: Any) -> tuple[Problem, Rule]:
    problem = tiny_problem(days=3, rules=[{"rest": {"min": "11h", **value}}])
    return problem, problem.rules[0]


def expression(constant: int, **terms: int) -> Linear:
    return Linear({int(name[1:]): coefficient for name, coefficient in terms.items()}, constant)


@pytest.mark.parametrize(
    ("constant", "terms", "bounds", "expected"),
    [
        (0, {"k0": 1, "k1": 1}, {"upper": 1}, (None, 1)),
        (1, {"k0": 1, "k1": 1}, {"upper": 1}, (None, 0)),
        (3, {"k0": 1, "k1": 1}, {"upper": 1}, (None, 0)),
        (3, {"k0": 1, "k1": -1}, {"upper": 1}, (None, -1)),
        (0, {"k0": 1, "k1": 1}, {"upper": 2}, None),
        (0, {"k0": 1, "k1": -1}, {"upper": 1}, None),
        (0, {"k0": 1, "k1": 1}, {"lower": 1}, (1, None)),
        (1, {"k0": 1, "k1": 1}, {"lower": 1}, None),
        (1, {"k0": 1, "k1": 1}, {"lower": 4}, (3, None)),
        (2, {}, {"upper": 1}, None),
        (0, {"k0": 0}, {"lower": 1}, (1, None)),
    ],
)
def test_what_is_known_moves_the_bounds(
    constant: int, terms: dict[str, int], bounds: dict[str, int], expected: tuple[int | None, int | None] | None
) -> None:
    problem, rule = rule_of()
    model = model_of(problem)
    model.bind(rule, expression(constant, **terms), **bounds)
    assert [(row.lower, row.upper) for row in model.rows] == ([] if expected is None else [expected])


def test_weight_level_and_unit_make_the_price() -> None:
    problem, rule = rule_of(weight=3, level=4)
    model = model_of(problem)
    model.bind(rule, expression(0, k0=1, k1=1), upper=1)
    model.bind(rule, expression(0, k0=600), upper=30, unit=1)
    model.bind(replace(rule, weight=None), expression(0, k0=1, k1=1), upper=1)
    assert [(row.price, row.level, row.rule) for row in model.rows] == [
        (180, 4, rule.id),
        (3, 4, rule.id),
        (None, 4, rule.id),
    ]
    assert model.rows[1].violation(600) == 570


def test_the_distance_from_a_number_costs_on_both_sides() -> None:
    problem, rule = rule_of(weight=2)
    model = model_of(problem)
    model.bind_to(rule, expression(10, k0=30, k1=30), 40)
    (row,) = model.rows
    assert [row.violation(activity) for activity in (0, 30, 60)] == [30, 0, 30]


def test_a_row_is_broken_by_so_many_units() -> None:
    row = Row((1, 2), (1, 1), 2, 3, None, 2, "one")
    assert [row.violation(activity) for activity in range(6)] == [2, 1, 0, 0, 1, 2]


@pytest.mark.parametrize("number", range(40))
def test_cliques_exclude_exactly_the_pairs_that_conflict(number: int) -> None:
    rng = random.Random(f"cliques-{number}")
    shifts = {f"{letter}": f"{rng.randint(0, 23):02}:00-{rng.randint(0, 23):02}:00" for letter in "DEN"}
    history = {"A": rng.choice([". .", "D .", ". N", "E N"])}
    problem = tiny_problem(days=2, shifts=shifts, history=history, rules=[{"rest": "11h"}])
    reach = rng.choice([0, 300, 660, 1500])
    model = model_of(problem)
    stints = model.stints
    pairs = {
        (position, index)
        for index in range(len(stints))
        for position in range(index)
        if stints[position].end + reach > stints[index].start and rng.random() < 0.6
    }
    where = {(stint.key, stint.start, stint.end): index for index, stint in enumerate(stints)}

    def conflict(earlier: Any, later: Any) -> bool:
        first, second = (where[one.key, one.start, one.end] for one in (earlier, later))
        return (first, second) in pairs or (second, first) in pairs

    model.exclude(problem.rules[0], stints, conflict, reach)
    open_ones = [index for index, stint in enumerate(stints) if stint.key is not None]
    for held in itertools.product([0, 1], repeat=len(open_ones)):
        present = {index for index, yes in zip(open_ones, held, strict=True) if yes}
        keys = {stints[index].key for index in present}
        present |= {index for index, stint in enumerate(stints) if stint.key is None}
        expected = not any(
            first in present and second in present and not (stints[first].key is None and stints[second].key is None)
            for first, second in pairs
        )
        kept = all(
            not row.violation(sum(one for key, one in zip(row.keys, row.coefficients, strict=True) if key in keys))
            for row in model.rows
        )
        assert kept == expected
    cliques = [set(row.keys) for row in model.rows if row.upper == 1]
    assert not any(first <= second for first, second in itertools.pairwise(cliques))


def test_duties_of_a_date_that_all_conflict_share_one_row() -> None:
    problem = tiny_problem(days=2, shifts=OVERLAPPING, rules=[{"rest": "1h"}])
    model = model_of(problem)
    model.exclude(problem.rules[0], model.stints, lambda earlier, later: earlier.day == later.day, 600)
    assert [set(row.keys) for row in model.rows] == [
        {stint.key for stint in model.stints if stint.day == day} for day in (problem.first_day, problem.first_day + 1)
    ]


def test_duties_that_may_not_follow_the_same_ones_share_a_row() -> None:
    rules: list[dict[str, Any]] = [{"one_duty": {}}, {"succession": {"forbid": {"N": ["D", "M"], "M": ["D"]}}}]
    problem = tiny_problem(days=2, shifts=OVERLAPPING, rules=rules)
    one = Formulation(problem).model_of(0)
    names = {
        stint.key: (stint.day - problem.first_day, problem.shifts[stint.shift].name)
        for stint in model_of(problem).stints
        if stint.key is not None and stint.shift is not None
    }
    found = [
        sorted(names[key] for key in row.keys) for row in one.rows if row.upper == 1 and row.rule == problem.rules[1].id
    ]
    assert sorted(found) == [[(0, "M"), (0, "N"), (1, "D")], [(0, "N"), (1, "M")]]


def test_a_date_is_worked_once_however_many_duties_start_on_it() -> None:
    problem = tiny_problem(days=2, shifts=OVERLAPPING, history={"A": "D ."}, rules=[{"rest": "11h"}])
    model = model_of(problem)
    days = model.on_days(model.stints)
    first = days[problem.first_day]
    (key,) = first.terms
    assert model.any_of[key] == tuple(model.variables.turn_key(turn) for turn in range(3))
    assert days[problem.first_day - 2].constant == 1
    assert model.on_days(model.stints)[problem.first_day].terms == first.terms
    model.one_a_day = True
    assert len(model.on_days(model.stints)[problem.first_day].terms) == 3


def test_what_is_taken_away_is_gone() -> None:
    problem = tiny_problem(days=1, posts=["s/p", "s/q"])
    model = model_of(problem)
    model.open_standby(1)
    assert len(model.stints) == 2
    first, second = model.slots(0)
    model.forbid_slot(first)
    assert list(model.slots(0)) == [second]
    assert [post for post, _ in model.posts(model.stints[0])] == [problem.slots[second].post]
    model.forbid_turn(1)
    assert len(model.stints) == 1
    assert not model.has_standby(1) and not model.standbys


def test_one_variable_has_one_number_for_everybody() -> None:
    problem = tiny_problem(days=2, posts=["s/p", "s/q"], window="2024-11-05..2024-11-05", shifts=OVERLAPPING)
    variables = Variables(problem)
    assert {turn.day for turn in variables.turns} == {problem.first_day + 1}
    assert [turn.start for turn in variables.turns] == sorted(turn.start for turn in variables.turns)
    for turn in range(len(variables.turns)):
        keys = [*variables.slots_of_turn[turn], variables.turn_key(turn), variables.standby_key(turn)]
        assert {variables.turn_of(key) for key in keys} == {turn}
        assert [variables.is_slot(key) for key in keys] == [True, True, False, False]
        assert [variables.is_standby(key) for key in keys] == [False, False, False, True]
        assert max(keys) < variables.size


def test_only_people_whom_no_personal_rule_tells_apart_share_a_model() -> None:
    people = {
        "A": {"rank": "Ipda"},
        "B": {"team": "red"},
        "C": {"share": 0.5},
        "D": {"absences": [{"dates": "2024-11-05"}]},
        "E": {"qualifications": ["armed"]},
        "F": {"qualifications": ["radio"]},
        "G": {},
        "H": {},
        "I": {"not_at": ["s"]},
    }
    problem = tiny_problem(
        people,
        days=2,
        ranks=["Ipda"],
        posts={"s/p": {"requires": ["armed"]}, "t/q": {}},
        history={"G": "D ."},
        rules=[{"rest": {"min": "11h", "for": {"people": ["A", "B", "C", "D", "E", "F", "G", "I"]}}}],
        always=True,
    )
    formulation = Formulation(problem)
    alike = {"".join(problem.people[person].id for person in one.people) for one in formulation.classes}
    assert alike == {"ABF", "C", "D", "E", "G", "H", "I"}
