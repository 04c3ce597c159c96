"""Who could take one more duty, and why not."""

from __future__ import annotations

from typing import Any

import pytest

from patrolplan.audit import Candidates, may_take
from patrolplan.problem import Problem, Slot
from patrolplan.rules.checks import REASONS
from tests.tiny import tiny_problem, tiny_roster

TWO_NIGHTS = {"rules": [{"shift_streak": {"shift": "N", "max": 2}}]}
NO_DAY_AFTER_NIGHT = {"rules": [{"succession": {"forbid": {"N": "D"}}}]}


def slot(problem: Problem, day: int, shift: str, post: str = "s/p") -> Slot:
    """The slot of a date (0 is the first) and shift."""
    return next(
        one
        for one in problem.slots
        if (one.day - problem.first_day, one.shift, one.post)
        == (day, problem.shift_index[shift], problem.post_index[post])
    )


def reason(lines: dict[str, str], day: int, shift: str, **facts: Any) -> str:
    """The reason phrase for person A and a slot; empty if A may take it."""
    problem = tiny_problem(**{"always": True, "days": 7, **facts})
    finding = may_take(problem, tiny_roster(problem, lines), 0, slot(problem, day, shift))
    return REASONS[finding.code] if finding else ""


@pytest.mark.parametrize(
    ("expected", "lines", "day", "shift", "facts"),
    [
        ("", {"A": "D......"}, 2, "D", {}),
        ("on rest", {"A": "D......"}, 0, "N", {"rules": [{"one_duty": {"per_day": 2}}, {"rest": "11h"}]}),
        ("on rest", {"A": "..D...."}, 1, "N", {"rules": [{"rest": "11h"}]}),
        ("on duty elsewhere", {"A": "D......"}, 0, "D", {"rules": [{"rest": "11h"}]}),
        ("absent", {"A": "D......"}, 0, "D", {"people": {"A": {"absences": [{"dates": "2024-11-04"}]}}}),
        ("not qualified", {}, 0, "D", {"posts": {"s/p": {"requires": ["armed"]}}}),
        ("at the hours limit", {"A": "DDDD..."}, 5, "D", {"rules": [{"hours": {"max": "48h per week"}}]}),
        ("at the limit of duties", {"A": "N......"}, 3, "N", {"rules": [{"duties": {"max": 1, "shifts": "N"}}]}),
        ("too many days in a row", {"A": "DD.DD.."}, 2, "D", {"rules": [{"work_streak": {"max": 4}}]}),
        ("too many days in a row in this shift", {"A": "NN....."}, 2, "N", TWO_NIGHTS),
        ("a forbidden succession of shifts", {"A": "N......"}, 1, "D", NO_DAY_AFTER_NIGHT),
        ("pinned otherwise", {}, 1, "D", {"rules": [{"pins": [{"person": "A", "date": "2024-11-05", "on": False}]}]}),
    ],
)  # fmt: skip
def test_what_stands_against_a_duty(expected: str, lines: dict[str, str], day: int, shift: str, facts: Any) -> None:
    assert reason(lines, day, shift, **facts) == expected


def test_what_is_broken_already_does_not_stand_against_an_unrelated_duty() -> None:
    assert reason({"A": "ND....."}, 4, "D", rules=[{"rest": "11h"}]) == ""
    assert reason({"A": "ND....."}, 1, "N", rules=[{"one_duty": {"per_day": 2}}, {"rest": "11h"}]) == "on rest"


def test_a_minimum_that_is_missed_by_less_does_not_stand_against_a_duty() -> None:
    assert reason({"A": "D......"}, 2, "D", rules=[{"hours": {"min": "48h per week"}}]) == ""
    assert reason({"A": ".D....."}, 2, "D", rules=[{"work_streak": {"min": 4}}]) == ""
    assert reason({"A": ".D....."}, 4, "D", rules=[{"work_streak": {"min": 4}}]) == REASONS["PP207"]


def test_rules_that_bend_do_not_stand_against_a_duty() -> None:
    assert reason({"A": "N......"}, 1, "D", rules=[{"rest": {"min": "11h", "weight": 5}}]) == ""


def test_history_counts() -> None:
    assert reason({}, 0, "D", rules=[{"rest": "11h"}], history={"A": "N"}) == "on rest"


def test_one_judge_answers_many_questions() -> None:
    problem = tiny_problem("AB", always=True, days=3, rules=[{"rest": "11h"}])
    candidates = Candidates(problem, tiny_roster(problem, {"A": "N..", "B": "..."}))
    answers = {
        (problem.people[person].id, one.day - problem.first_day, problem.shifts[one.shift].name): obstacle.code
        for person in range(2)
        for one in problem.slots
        if (obstacle := candidates.obstacle(person, one))
    }
    assert answers == {("A", 0, "D"): "PP204", ("A", 0, "N"): "PP202", ("A", 1, "D"): "PP204"}


def test_hard_rules_that_tie_people_together_stand_against_a_duty_too() -> None:
    def refused(rule: dict[str, Any], person: str = "B", **more: Any) -> str:
        problem = tiny_problem("AB", always=True, days=2, rules=[rule], **more)
        slot = next(one for one in problem.slots if one.day == problem.first_day)
        found = Candidates(problem, tiny_roster(problem, {"A": "D."})).obstacle(problem.person_index[person], slot)
        return REASONS[found.code] if found else ""

    assert refused({"teams": {"apart": [["A", "B"]]}}) == REASONS["PP306"]
    assert refused({"teams": {"apart": [["A", "B"]], "weight": 5}}) == ""
    assert refused({"continuity": {"max": "1 per week", "severity": "hard"}}) == REASONS["PP304"]
    assert refused({"continuity": {"max": "2 per week", "severity": "hard"}}) == ""
    assert refused({"cost": {"pay": 10, "budget": 239}}) == REASONS["PP305"]
    assert refused({"cost": {"pay": 10, "budget": 240}}) == ""
