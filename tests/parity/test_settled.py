"""Operations on which an encoding and a check once differed, and how that was settled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from patrolplan.problem import Problem
from patrolplan.roster import given_roster
from tests.parity.sides import Sides
from tests.tiny import tiny_problem


def admitted(**facts: Any) -> set[frozenset[str]]:
    """What the first person may do, as both sides see it: dates and shifts, like ``2D``."""
    problem = tiny_problem(**facts)
    judged = [one for one in Sides(problem).alone() if 0 in one.plan]
    assert all(one.agrees for one in judged)
    return {_words(problem, one.plan[0]) for one in judged if one.encoding.admitted}


def costs(**facts: Any) -> dict[frozenset[str], int]:
    """What the first person's schedules cost, as both sides see it."""
    problem = tiny_problem(**facts)
    judged = [one for one in Sides(problem).alone() if 0 in one.plan]
    assert all(one.agrees for one in judged)
    return {_words(problem, one.plan[0]): sum(one.encoding.costs.values()) for one in judged}


def _words(problem: Problem, keys: frozenset[int]) -> frozenset[str]:
    slots = [problem.slots[key] for key in keys]
    return frozenset(f"{slot.day - problem.first_day}{problem.shifts[slot.shift].name}" for slot in slots)


DAY_ONLY = {"D": "07:00-19:00"}


def test_a_pin_outside_the_operation_asks_for_nothing() -> None:
    pins = [{"person": "A", "date": "2024-11-03"}, {"person": "A", "date": "2024-11-06"}]
    assert len(admitted(days=2, shifts=DAY_ONLY, rules=[{"pins": pins}])) == 4


def test_a_pin_outside_the_planning_window_does_not_bar_the_window() -> None:
    pins = [{"person": "A", "date": "2024-11-06"}]
    assert len(admitted(days=3, shifts=DAY_ONLY, window="2024-11-04..2024-11-05", rules=[{"pins": pins}])) == 4


def test_rest_is_judged_between_neighbours_only() -> None:
    rest = {"min": "11h", "after": {"D": "48h"}, "during": {"dates": "2024-11-06"}}
    allowed = admitted(days=3, rules=[{"rest": rest}])
    assert frozenset({"1D", "2D"}) not in allowed
    assert frozenset({"0D", "1N", "2N"}) in allowed


def test_a_short_rest_in_the_history_does_not_forbid_what_follows_later() -> None:
    allowed = admitted(days=1, history={"A": "N D"}, rules=[{"rest": {"min": "11h", "after": {"N": "36h"}}}])
    assert frozenset({"0D"}) in allowed


def test_short_rest_between_held_duties_costs_until_a_duty_comes_between() -> None:
    priced = costs(
        days=3,
        shifts=DAY_ONLY,
        window="2024-11-05..2024-11-05",
        held={"A": "D . D"},
        rules=[{"rest": {"min": "60h", "weight": 1}}],
    )
    assert priced == {frozenset(): 24 * 60, frozenset({"1D"}): 96 * 60}


def test_a_streak_of_the_history_that_cannot_go_on_is_nobodys_fault() -> None:
    facts: dict[str, Any] = {
        "people": {"A": {"absences": [{"dates": "2024-11-04"}]}, "B": {}},
        "days": 2,
        "shifts": DAY_ONLY,
        "history": {"A": ". D", "B": "D ."},
    }
    streak = {"work_streak": {"min": 2}}
    assert admitted(**facts, rules=[{"availability": {}}, streak]) == {frozenset(), frozenset({"1D"})}
    assert admitted(**{**facts, "people": ["A", "B"]}, rules=[streak]) == {frozenset({"0D"}), frozenset({"0D", "1D"})}
    bending = {"work_streak": {"min": 2, "weight": 1}}
    assert costs(**{**facts, "people": ["A", "B"]}, rules=[bending])[frozenset()] == 60


def test_a_streak_of_the_history_that_the_rule_no_longer_sees_is_nobodys_fault() -> None:
    streak = {"shift": "D", "min": 2, "weight": 1, "during": {"dates": "2024-11-03"}}
    history = {"A": ". D", "B": "D ."}
    priced = costs(people=["A", "B"], days=2, shifts=DAY_ONLY, history=history, rules=[{"shift_streak": streak}])
    assert set(priced.values()) == {0}


def test_travel_is_counted_from_the_duty_before_even_if_given_duties_overlap() -> None:
    allowed = admitted(
        days=2,
        shifts={"H": "08:00-20:00", "S": "08:00-08:00"},
        posts={"s/p": None, "t/q": {"shifts": "H"}},
        window="2024-11-05..2024-11-05",
        held={"A": "S,H@t/q ."},
        rules=[{"one_duty": {"travel": "14h", "per_day": 2}}],
    )
    assert frozenset({"1S"}) in allowed


def test_given_duties_of_one_date_without_a_shift_are_two_duties() -> None:
    problem = tiny_problem(days=1, history={"A": "DN ."})
    blank = tuple(replace(duty, shift=None) for duty in problem.history)
    assert len(given_roster(replace(problem, history=blank)).duties) == 2
