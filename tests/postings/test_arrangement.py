"""The model and the count of a finished plan mean the same, and parts of a turn fit what is around them."""

from __future__ import annotations

from itertools import combinations

import pytest

from patrolplan.audit import complete
from patrolplan.postings.arrangement import MISSED, Effort, TurnModel, arrange
from patrolplan.postings.plans import RESTING, Plan, as_rostered, worth
from patrolplan.postings.turns import Standing, Turn, build_turn, turns_by_key
from patrolplan.problem import Problem
from tests.postings.scenes import guarded


def scene(number: int) -> tuple[Problem, Turn]:
    """One turn with everything in it that is aimed at."""
    posts = {
        "s/gate": {"need": 1, "relief": 180, "unloved": 1},
        "s/lobby": {"need": 1, "relief": 240, "unloved": 2},
        "s/yard": {"need": 2 if number % 2 else 1, "kind": "patrol"},
    }
    people = {letter: {"qualifications": ["armed"] if letter in "AC" else []} for letter in "ABCD"}
    problem, roster = guarded(
        people,
        posts,
        {"A": "D@s/gate", "B": "D@s/lobby", "C": "D@s/yard", "D": "D@s/yard"},
        shifts={"D": "07:00-13:00"},
        breaks=[("meal", 60, "09:00-12:00")] if number < 3 else [],
        walks={(0, 1): 2, (0, 2): 7},
        needs=[
            {"qualified": {"armed": 1}, "at": "s/gate"},
            {"at_most": 1, "at": "s/gate"},
            {"ideal": 2, "at": "s/yard"},
        ],
        rules=[
            {"mix": {"of": "armed", "at": "s", "share": "60%", "weight": 3}},
            {"mix": {"of": "armed", "at": "s/yard", "min": 1, "weight": 2}},
            {"teams": {"apart": [["C", "D"]], "weight": 5}},
        ],
    )
    standing = Standing(complete(problem, roster).duties)
    ((key, duties),) = turns_by_key(problem, roster).items()
    return problem, build_turn(problem, standing, key, duties)


@pytest.mark.parametrize("number", range(4))
def test_the_model_costs_what_the_plan_is_worth(number: int) -> None:
    problem, turn = scene(number)
    shares = {1: 3, 2: 1}
    everybody = frozenset(range(len(turn.members)))
    model = TurnModel(problem, turn, as_rostered(problem, turn), everybody)
    model.aim_at_all(shares)
    answer = model.solve(30.0, number, None)
    assert answer is not None and answer.optimal
    value = worth(problem, turn, answer.plan, shares)
    assert answer.cost == value.short * MISSED**2 + value.missed * MISSED + value.comfort
    found = arrange(problem, turn, Effort(steps=8, seed=1), shares)
    assert found.worth >= value, "nothing is better than the best"
    assert (found.worth.short, found.worth.missed) == (value.short, value.missed)


@pytest.mark.parametrize("free", list(combinations(range(4), 2)))
def test_a_part_of_a_turn_is_never_better_than_it_is(free: tuple[int, int]) -> None:
    """What the model of two people gains is gained in the whole turn."""
    problem, turn = scene(1)
    start = as_rostered(problem, turn)
    model = TurnModel(problem, turn, start, frozenset(free))
    model.aim_at_all({})
    answer = model.solve(10.0, 0, None)
    assert answer is not None and answer.optimal
    before, after = worth(problem, turn, start, {}), worth(problem, turn, answer.plan, {})
    assert after <= before
    again = TurnModel(problem, turn, answer.plan, frozenset(free))
    again.aim_at_all({})
    same = again.solve(10.0, 0, None)
    assert same is not None and worth(problem, turn, same.plan, {}) == after


def test_a_ring_of_single_posts_costs_and_a_spare_person_breaks_it() -> None:
    posts = {"s/a": {"need": 1, "relief": 60}, "s/b": {"need": 1, "relief": 60}, "s/c": {"kind": "standby"}}
    lines = {"A": "D@s/a", "B": "D@s/b", "C": "D@s/c"}
    problem, roster = guarded("ABC", posts, lines, shifts={"D": "07:00-09:00"})
    ((key, duties),) = turns_by_key(problem, roster).items()
    turn = build_turn(problem, Standing(complete(problem, roster).duties), key, duties)
    start = as_rostered(problem, turn)
    swap = Plan(((0, 1), (1, 0), (2, 2)), start.rests)
    chain = Plan(((0, 2), (1, 0), (2, 1)), start.rests)
    assert worth(problem, turn, swap, {}).comfort >= worth(problem, turn, chain, {}).comfort + 300
    assert arrange(problem, turn, Effort()).worth.missed == 0


def test_who_stood_by_in_the_roster_stands_by_in_the_plan() -> None:
    problem, roster = guarded("AB", {"s/p": {"need": 1, "relief": 240}}, {})
    from tests.tiny import tiny_roster

    rows = [
        {"person": "A", "shift": "D", "start": "2024-11-04 07:00", "end": "2024-11-04 11:00", "duty": "a"},
        {"person": "A", "shift": "D", "start": "2024-11-04 15:00", "end": "2024-11-04 19:00", "duty": "a"},
        {"person": "B", "shift": "D", "start": "2024-11-04 07:00", "end": "2024-11-04 19:00", "duty": "b"},
    ]
    roster = tiny_roster(problem, {}, rows)
    ((key, duties),) = turns_by_key(problem, roster).items()
    turn = build_turn(problem, Standing(roster.duties), key, duties)
    places = as_rostered(problem, turn).places[0]
    assert {place for place, (start, _) in zip(places, turn.slots, strict=True) if start in range(*_noon(turn))} == {
        RESTING
    }
    assert places[0] == places[-1] == 0


def _noon(turn: Turn) -> tuple[int, int]:
    return turn.edges[0] + 240, turn.edges[0] + 480
