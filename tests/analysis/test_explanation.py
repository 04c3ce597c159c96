from __future__ import annotations

from patrolplan.analysis.explanation import FREE, asked_for, who_could_not
from patrolplan.audit import audit, may_take
from patrolplan.problem import Problem
from tests.tiny import tiny_problem, tiny_roster


def reasons(problem: Problem, lines: dict[str, str], code: str = "PP101") -> dict[str, int]:
    roster = tiny_roster(problem, lines)
    gap = next(one for one in audit(problem, roster).findings if one.code == code)
    return {one.phrase: one.people for one in who_could_not(problem, roster, gap, may_take)}


def test_everybody_has_a_reason() -> None:
    sick = {"absences": [{"dates": "2024-11-05", "reason": "sick"}]}
    problem = tiny_problem(
        {"A": None, "B": None, "C": sick, "D": None, "E": None, "F": None},
        2,
        posts=["s/p", "s/q"],
        needs=[{"staff": 2, "dates": "2024-11-05", "between": "07:00-19:00"}],
        rules=[{"rest": "11h"}],
        always=True,
    )
    found = reasons(problem, {"A": ". D", "B": "N .", "C": ". .", "D": ". D@s/q", "E": ". N", "F": ". d"})
    assert found == {"on rest": 2, "sick": 1, "on duty elsewhere": 1, FREE: 1}


def test_somebody_who_could() -> None:
    problem = tiny_problem(["A", "B"], 1, needs=[{"staff": 1, "between": "07:00-19:00"}], always=True)
    assert reasons(problem, {"A": ".", "B": "."}) == {FREE: 2}


def test_a_gap_of_a_qualification() -> None:
    problem = tiny_problem(
        {"A": None, "B": {"qualifications": ["armed"]}, "C": {"qualifications": ["armed"]}},
        2,
        needs=[{"qualified": {"armed": 2}, "between": "07:00-19:00"}],
        rules=[{"rest": "24h"}],
        always=True,
    )
    roster = tiny_roster(problem, {"A": "D.", "B": "D.", "C": "N."})
    gaps = [one for one in audit(problem, roster).findings if one.code == "PP102"]
    gap = min(gaps, key=lambda one: one.start or 0)
    assert asked_for(problem, gap) == "armed"
    assert {one.phrase: one.people for one in who_could_not(problem, roster, gap, may_take)} == {
        "not armed": 1,
        "on rest": 1,
    }


def test_a_gap_of_command() -> None:
    problem = tiny_problem(
        {"A": {"rank": "Bripka"}, "B": {"rank": "Ipda"}},
        1,
        ranks=["Bripka", "Ipda"],
        needs=[{"staff": 1}],
        rules=[{"command": {"rank": "Ipda"}}],
        always=True,
    )
    assert reasons(problem, {"A": "D", "B": "."}, "PP103") == {"not Ipda or above": 1, FREE: 1}


def test_a_gap_outside_the_planned_window() -> None:
    problem = tiny_problem(["A"], 3, needs=[{"staff": 1}], always=True, window="2024-11-06")
    roster = tiny_roster(problem, {})
    gap = audit(problem, roster).findings[0]
    found = who_could_not(problem, roster, gap, may_take)
    assert [one.phrase for one in found] == [FREE]
