"""Operations on which an encoding and a check once differed, and how that was settled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from patrolplan.engine.formulation import Formulation
from patrolplan.engine.incumbent import Incumbent
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


def costs(*, together: bool = False, **facts: Any) -> dict[frozenset[str], int]:
    """What the first person's schedules cost, as both sides see it; `together` with rules that tie people together."""
    problem = tiny_problem(**facts)
    sides = Sides(problem)
    judged = [one for one in (sides.together() if together else sides.alone()) if 0 in one.plan]
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


def test_a_pin_off_that_a_held_duty_breaks_forbids_no_other_duty_of_the_date() -> None:
    facts: dict[str, Any] = {"days": 2, "day_starts": "12:00", "window": "2024-11-05..2024-11-05"}
    pins = {"entries": [{"person": "A", "date": "2024-11-05", "on": False}]}
    assert admitted(**facts, held={"A": ". D"}, rules=[{"pins": pins}]) == {frozenset(), frozenset({"1N"})}
    priced = costs(**facts, held={"A": ". D"}, rules=[{"pins": {**pins, "weight": 1}}])
    assert priced == {frozenset(): 0, frozenset({"1N"}): 0}


def test_somebody_in_charge_is_priced_beyond_the_planned_dates_as_far_as_planned_duties_last() -> None:
    priced = costs(
        people={"A": {"rank": "Ipda"}},
        ranks=["Ipda"],
        days=2,
        window="2024-11-04..2024-11-04",
        shifts={"D": "07:00-19:00", "N": "18:00-08:00"},
        rules=[{"command": {"rank": "Ipda", "weight": 1}}],
        together=True,
    )
    assert priced == {
        frozenset(): 25 * 60,
        frozenset({"0D"}): 13 * 60,
        frozenset({"0N"}): 11 * 60,
        frozenset({"0D", "0N"}): 0,
    }


def test_only_missing_staff_is_open_time() -> None:
    needs = [{"staff": 2, "shift": "D"}, {"ideal": 3, "shift": "D"}, {"qualified": {"armed": 1}, "shift": "D"}]
    incumbent = Incumbent(Formulation(tiny_problem(days=1, needs=needs, rules=[{"cover": {}}])))
    assert incumbent.open_minutes() == 2 * 12 * 60


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


def test_two_duties_a_date_are_one_date_of_a_streak() -> None:
    rules = [{"one_duty": {"per_day": 2}}, {"work_streak": {"max": 1, "weight": 1}}]
    priced = costs(days=2, rules=rules)
    assert priced[frozenset({"0D", "0N"})] == 0
    assert priced[frozenset({"0D", "0N", "1N"})] == priced[frozenset({"0D", "1N"})] == 60


def test_a_published_duty_of_other_hours_binds_only_where_its_slot_does() -> None:
    problem = tiny_problem(
        days=1,
        day_starts="07:00",
        shifts={"E": "06:00-14:00"},
        published={"A": "E"},
        rules=[{"stability": {"weight": 1, "during": {"dates": "2024-11-04"}}}],
    )
    late = tuple(replace(duty, start=duty.start + 60) for duty in problem.published)
    judged = list(Sides(replace(problem, published=late)).alone())
    assert all(one.agrees and not one.encoding.costs for one in judged)


def test_held_duties_between_which_rest_is_short_ask_for_no_duty_between_them() -> None:
    problem = tiny_problem(
        days=3,
        shifts={"D": "07:00-19:00", "M": "10:00-16:00"},
        window="2024-11-05..2024-11-05",
        held={"A": "D . D"},
        rules=[{"rest": {"min": "11h", "after": {"D": "60h"}, "during": {"dates": "2024-11-06"}}}],
    )
    assert {_words(problem, one.plan[0]) for one in Sides(problem).alone() if one.encoding.admitted} >= {frozenset()}


def test_who_is_held_at_a_post_from_before_the_window_can_teach_and_other_learners_do_not_count() -> None:
    problem = tiny_problem(
        people=["A", "B", "C"],
        days=2,
        shifts=DAY_ONLY,
        window="2024-11-05..2024-11-05",
        held={"A": ". D", "C": ". +D"},
        rules=[{"induction": {"duties": 1, "weight": 1, "for": {"people": ["B"]}}}],
    )
    early = tuple(replace(duty, start=duty.start - 30) for duty in problem.held)
    judged = list(Sides(replace(problem, held=early)).together())
    assert all(one.agrees for one in judged)
    assert {one.plan[1]: one.encoding.costs for one in judged if not one.plan[0] and not one.plan[2]} == {
        frozenset(): {},
        frozenset({0}): {2: 60},
        frozenset({1}): {},
    }


@pytest.mark.parametrize("teaches", [".", "D"])
def test_who_is_held_as_a_learner_without_a_teacher_is_charged_once(teaches: str) -> None:
    problem = tiny_problem(
        people=["A", "B", "C"],
        days=2,
        shifts=DAY_ONLY,
        window="2024-11-05..2024-11-05",
        held={"A": f". {teaches}", "C": ". +D"},
        rules=[{"induction": {"duties": 1, "weight": 1, "for": {"people": ["B", "C"]}}}],
    )
    early = tuple(replace(duty, start=duty.start - 30) for duty in problem.held)
    assert all(one.agrees for one in Sides(replace(problem, held=early)).together())


def test_a_long_duty_is_found_behind_a_short_one_that_ended_long_ago() -> None:
    succession = {"forbid": {"S": ["K"]}, "within": "80h"}
    allowed = admitted(days=5, shifts={"S": "08:00-08:00", "K": "09:00-10:00"}, rules=[{"succession": succession}])
    assert frozenset({"0S", "4K"}) not in allowed
    assert frozenset({"0S", "3S", "4S"}) in allowed


def test_two_held_duties_of_one_start_are_each_charged_for_what_was_not_shadowed() -> None:
    problem = tiny_problem(
        days=2,
        shifts={"H": "08:00-20:00", "S": "08:00-08:00"},
        window="2024-11-04..2024-11-04",
        held={"A": ". H,S"},
        rules=[{"induction": {"duties": 1, "weight": 1}}],
    )
    assert all(one.agrees for one in Sides(problem).alone())


@pytest.mark.parametrize("armed", [{}, {"qualifications": ["armed"]}])
def test_newcomers_from_before_and_held_ones_together_are_no_longer_only_old(armed: dict[str, Any]) -> None:
    problem = tiny_problem(
        people={"A": {}, "B": {}, "C": armed},
        days=1,
        day_starts="07:00",
        shifts={"E": "06:00-14:00", "D": "07:00-15:00", "S": "08:00-08:00"},
        history={"A": "S"},
        window="2024-11-04",
        held={"B": "E"},
        rules=[{"mix": {"of": "armed", "min": 1, "weight": 1}}],
    )
    assert all(one.agrees for one in Sides(problem).together())


def test_everybody_in_charge_from_before_counts() -> None:
    problem = tiny_problem(
        people={name: {"rank": "Ipda"} for name in "ABC"},
        ranks=["Ipda"],
        days=1,
        shifts={"D": "07:00-19:00", "N": "18:00-08:00"},
        history={"A": "N", "B": "N"},
        rules=[{"one_duty": {}}, {"command": {"rank": "Ipda", "count": 2, "weight": 1}}],
    )
    assert all(one.agrees for one in Sides(problem).together())


def test_who_is_not_in_the_operation_is_apart_from_everybody() -> None:
    problem = tiny_problem(people=["A", "B"], days=1, rules=[{"teams": {"apart": [["A", "B", "gone"]]}}])
    judged = list(Sides(problem).together())
    assert all(one.agrees for one in judged)
    assert not all(one.encoding.admitted for one in judged)


@pytest.mark.parametrize("rule", ["hours", "duties", "weekends"])
def test_a_limit_with_its_own_time_sees_no_number_from_before(rule: str) -> None:
    facts: dict[str, Any] = {
        "people": {"A": {"counted": {"minutes": 1440, "duties": 2, "weekends": 2}}},
        "days": 2,
        "first": "2024-11-09",
    }
    limit = "24h per operation" if rule == "hours" else "1 per operation"
    always = costs(**facts, rules=[{rule: {"max": limit, "weight": 1}}])
    inside = costs(**facts, rules=[{rule: {"max": limit, "weight": 1, "during": {"dates": "2024-11-09..2024-11-10"}}}])
    assert always[frozenset({"0D"})] > inside[frozenset({"0D"})] == 0


def test_training_is_not_the_published_duty() -> None:
    rules = [{"stability": {"weight": 1}}, {"induction": {"duties": 2, "weight": 1}}]
    problem = tiny_problem(days=1, shifts=DAY_ONLY, published={"A": "D"}, rules=rules)
    judged = list(Sides(problem).alone())
    assert len(judged) == 3 and all(one.agrees for one in judged)


def test_a_published_duty_that_began_after_the_planned_dates_asks_for_nothing_in_them() -> None:
    problem = tiny_problem(
        days=3,
        day_starts="07:30",
        shifts=DAY_ONLY,
        window="2024-11-05..2024-11-05",
        published={"A": ". . D"},
        rules=[{"stability": {"weight": 1}}],
    )
    late = tuple(replace(duty, start=duty.start + 60) for duty in problem.published)
    judged = list(Sides(replace(problem, published=late)).alone())
    assert len(judged) == 2 and all(one.agrees for one in judged)
