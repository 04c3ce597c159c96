from __future__ import annotations

import pytest

from patrolplan.analysis.fairness import loads, worst_first
from patrolplan.audit import audit
from tests.tiny import tiny_problem, tiny_roster


def test_loads_count_duties_and_not_standby_or_history() -> None:
    problem = tiny_problem(["A", "B"], 7, history={"A": "NN"})
    one, other = loads(problem, tiny_roster(problem, {"A": "DN...Nn", "B": "......."}))
    assert (one.minutes, one.duties, one.nights, one.weekends, one.standby) == (36 * 60, 3, 2, 1, 1)
    assert one.hours_per_week == pytest.approx(36.0)
    assert (other.duties, other.hours_per_week) == (0, 0.0)


def test_absence_shortens_the_week() -> None:
    absent = {"absences": [{"from": "2024-11-04 07:00", "until": "2024-11-07 19:00"}]}
    problem = tiny_problem({"A": absent}, 7)
    (load,) = loads(problem, tiny_roster(problem, {"A": "....D.."}))
    assert load.hours_per_week == pytest.approx(24.0)


def test_distances_cost_what_the_audit_says() -> None:
    rules = [{"fairness": {"of": ["hours", "nights", "weekends"], "weight": 2}}]
    problem = tiny_problem(
        ["A", "B", "C"], 7, needs=[{"staff": 1}], rules=rules, always=True, history={"A": "DN", "B": "N."}
    )
    roster = tiny_roster(problem, {"A": "DDD....", "B": "...NNNN", "C": "NNN...."})
    found = loads(problem, roster)
    noted = audit(problem, roster).findings
    for load in found:
        mine = [one for one in noted if one.code == "PP302" and one.person == problem.people[load.person].id]
        assert load.cost == sum(one.cost for one in mine)
    assert [load.cost for load in worst_first(found)] == sorted((load.cost for load in found), reverse=True)


def test_shares_at_a_post_stand_beside_the_general_ones() -> None:
    rules = [
        {"fairness": {"of": ["nights", "holidays"], "weight": 2}},
        {"fairness": {"of": ["nights"], "at": ["s/p"], "weight": 3}},
    ]
    problem = tiny_problem(
        {"A": {}, "B": {}, "C": {"not_at": ["s"]}},
        4,
        posts=["s/p", "t/q"],
        needs=[{"at": "s/p", "staff": 1}, {"at": "t/q", "staff": 1}],
        rules=rules,
        always=True,
        holidays={"2024-11-05": "Contoh"},
    )
    roster = tiny_roster(problem, {"A": "N@s/p N@s/p N@s/p .", "B": "D@s/p D@s/p . N@s/p", "C": "N@t/q N@t/q . ."})
    found = loads(problem, roster)
    assert [load.holidays for load in found] == [1, 1, 1]
    assert [list(load.shares) for load in found] == [["nights", "holidays", "nights at s/p"]] * 2 + [
        ["nights", "holidays"]
    ]
    assert [(load.served("nights at s/p"), load.shares["nights at s/p"].fair) for load in found[:2]] == [(3, 2), (1, 2)]
    noted = audit(problem, roster).findings
    for load in found:
        mine = [one for one in noted if one.code == "PP302" and one.person == problem.people[load.person].id]
        assert load.cost == sum(one.cost for one in mine)
