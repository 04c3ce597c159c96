"""Needs counted once, and what one person may serve."""

from __future__ import annotations

import random

import pytest

from patrolplan.analysis.headcount import Kind, head_count, kinds, limit, minutes_in, present_share
from patrolplan.analysis.phantoms import present, with_phantoms, without
from patrolplan.audit import audit
from patrolplan.engine.capacity import Capacity
from patrolplan.engine.cover import least_gaps
from patrolplan.plan.explaining import open_gaps
from patrolplan.plan.supply import Supply
from patrolplan.problem import Problem
from patrolplan.proof import Status
from tests.tiny import tiny_problem


def counts(problem: Problem, kind: Kind | None = None) -> list[tuple[int, int]]:
    """Hours since the start, and people, of each step."""
    return [((start - problem.start) // 60, count) for start, _, count in head_count(problem, kind or Kind())]


def test_nested_needs_are_counted_once() -> None:
    needs = [
        {"staff": 2, "at": "s/p"},
        {"staff": 1, "at": "s/q"},
        {"staff": 4, "at": "s", "between": "07:00-19:00"},
        {"qualified": {"armed": 1}, "at": "s/p"},
    ]
    problem = tiny_problem(days=1, posts=["s/p", "s/q"], needs=needs)
    assert counts(problem) == [(0, 4), (12, 3)]
    assert counts(problem, Kind("armed")) == [(0, 1)]


def test_overlapping_needs_never_ask_for_anybody_twice() -> None:
    groups = {"g": ["s", "t"], "h": ["t", "u"]}
    needs = [{"staff": 3, "at": "g"}, {"staff": 3, "at": "h"}]
    problem = tiny_problem(days=1, posts=["s/p", "t/p", "u/p"], groups=groups, needs=needs)
    assert counts(problem) == [(0, 3)]


def test_what_a_post_requires_is_asked_for() -> None:
    posts = {"s/p": {"requires": ["radio"]}, "s/q": None}
    needs = [{"staff": 2, "at": "s/p"}, {"qualified": {"radio": 1}, "at": "s/q"}, {"rank": {"Ipda": 1}, "at": "s/q"}]
    problem = tiny_problem(days=1, posts=posts, ranks=["Bripka", "Ipda"], needs=needs)
    assert [one.label for one in kinds(problem)] == ["", "radio", "Ipda"]
    assert counts(problem, Kind("radio")) == [(0, 3)]
    assert counts(problem, Kind(rank="Ipda")) == [(0, 1)]


def test_time_without_a_shift_is_left_out() -> None:
    problem = tiny_problem(days=2, shifts={"D": "07:00-19:00"}, needs=[{"staff": 1}])
    assert counts(problem) == [(0, 1), (24, 1)]
    assert minutes_in(head_count(problem, Kind()), (problem.start, problem.end)) == 24 * 60


@pytest.mark.parametrize(
    ("rules", "hours"),
    [
        ([{"hours": {"max": "40h per week"}}], 40),
        ([{"hours": {"max": "80h per 14 days"}}], 40),
        ([{"hours": {"max": "8h per day"}}], 56),
        ([{"rest": "24h"}], 56),
        ([{"rest": "12h"}, {"hours": {"max": "60h per week"}}], 60),
        ([{"rest": {"min": "12h", "after": {"N": "36h"}}}], 84),
        ([{"hours": {"max": "40h per week", "weight": 1}}], 168),
        ([], 168),
    ],
)
def test_what_one_person_may_serve_a_week(rules: list[dict[str, object]], hours: float) -> None:
    problem = tiny_problem(days=14, rules=rules)
    assert limit(problem, 0, (problem.start, problem.end)).minutes == pytest.approx(hours * 60)


def test_limits_of_parts_of_the_time_are_averaged() -> None:
    during = {"dates": "2024-11-04..2024-11-10"}
    rules = [{"hours": {"max": "42h per week", "during": during}}, {"hours": {"max": "84h per week"}}]
    problem = tiny_problem(days=14, rules=rules)
    found = limit(problem, 0, (problem.start, problem.end))
    assert found.minutes == pytest.approx(63 * 60) and found.rules == ("hours-1", "hours-2")


def test_who_is_there() -> None:
    leave = {"absences": [{"dates": "2024-11-04..2024-11-05"}]}
    problem = tiny_problem({"A": leave, "B": None}, 2)
    assert present(problem, (problem.start, problem.start + 720)) == [1]
    assert present(problem, (problem.start, problem.end)) == [0, 1]
    assert present_share(problem) < 1.0 == present_share(tiny_problem(["A"], 2))
    assert present(without(problem, frozenset({1})), (problem.start, problem.end)) == [0]


def test_phantoms_are_bound_like_the_one_they_are_like() -> None:
    rules = [{"rest": "11h"}, {"hours": {"max": "12h per day", "for": {"people": ["A"]}}}]
    problem = tiny_problem(["A", "B"], 2, rules=rules, history={"A": "D"})
    more = with_phantoms(problem, 1, 3)
    assert [who.id for who in more.people] == ["A", "NEW-1", "NEW-2", "NEW-3"]
    assert [sorted(rule.people) for rule in more.rules] == [[0, 1, 2, 3], [0]]
    assert [duty.person for duty in more.history] == [0]
    alone = with_phantoms(problem, 0, 2, alone=True)
    assert (len(alone.people), len(alone.rules), alone.history) == (2, 2, ())


# -- what one person can serve, and bounds -----------------------------------------------------------------------------


def test_the_most_that_one_person_can_serve() -> None:
    rules = [{"rest": "24h"}, {"hours": {"max": "48h per week"}}]
    sick = {"absences": [{"dates": "2024-11-06"}]}
    problem = tiny_problem({"A": None, "B": sick}, 7, rules=rules, always=True)
    capacity = Capacity(problem)
    start = problem.start
    assert capacity.most(0, (start, start + 36 * 60)) == 12 * 60
    assert capacity.most(0, (start, start + 48 * 60)) == 24 * 60
    assert capacity.most(0, (problem.start, problem.end)) == 48 * 60
    assert capacity.most(0, (start + 6 * 60, start + 12 * 60)) == 6 * 60
    assert capacity.most(1, (start + 48 * 60, start + 60 * 60)) == 0
    assert 0 < capacity.at_least(0, (problem.start, problem.end)) <= 48 * 60


def random_operation(seed: int) -> Problem:
    rng = random.Random(seed)
    people = {
        name: {
            "qualifications": ["armed"] if rng.random() < 0.5 else [],
            "absences": [{"dates": f"2024-11-0{rng.randint(4, 7)}"}] if rng.random() < 0.3 else [],
        }
        for name in "ABCD"[: rng.randint(1, 4)]
    }
    needs = [{"staff": rng.randint(1, 2), "at": "s/p"}, {"qualified": {"armed": 1}, "at": "s/p"}]
    needs += [{"staff": 1, "at": "s/q", "between": rng.choice(["07:00-19:00", "09:00-21:00"])}]
    rules = [{"rest": rng.choice(["11h", "24h", "36h"])}, {"hours": {"max": rng.choice(["24h", "36h"]) + " per week"}}]
    return tiny_problem(people, 4, posts=["s/p", "s/q"], needs=needs, rules=rules, always=True)


@pytest.mark.parametrize("seed", range(8))
def test_no_roster_beats_what_is_counted(seed: int) -> None:
    """Person-minutes that are short by counting stay open in the best roster."""
    problem = random_operation(seed)
    supply = Supply(problem, Capacity(problem))
    outcome = least_gaps(problem, 20.0)
    assert outcome.roster is not None
    gaps = open_gaps(problem, audit(problem, outcome.roster))
    for kind in supply.kinds:
        code = "PP101" if not kind.label else "PP102"
        left = sum(gap.person_minutes for gap in gaps if gap.code == code)
        short = max(supply.needed(kind, window) - supply.most(kind, window) for window in supply.windows)
        assert short <= left


@pytest.mark.parametrize("seed", range(8))
def test_fewer_people_than_counted_leave_a_gap(seed: int) -> None:
    """With one person less than the bound, the search proves that something stays open."""
    problem = random_operation(seed)
    problem = tiny_problem(
        {"X": {"qualifications": ["armed"]}}, 4, posts=["s/p", "s/q"], needs=[
            {"staff": window.count, "at": problem.posts[next(iter(one.posts))].key}
            for one in problem.demands if one.kind == "staff" for window in one.windows[:1]
        ], rules=[{"rest": "24h"}, {"hours": {"max": "36h per week"}}], always=True,
    )  # fmt: skip
    supply = Supply(problem, Capacity(problem))
    least = max(
        -(-supply.needed(Kind(), window) // most)
        for window in supply.windows
        if (most := supply.capacity.most(0, window))
    )
    fewer = least_gaps(with_phantoms(problem, 0, least - 1, alone=True), 20.0)
    assert fewer.proof.levels[0].cost > 0
    enough = least_gaps(with_phantoms(problem, 0, least + 2, alone=True), 20.0)
    assert enough.proof.status is Status.OPTIMAL and enough.proof.levels[0].cost == 0
