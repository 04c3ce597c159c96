"""Two dates of the example: a quiet one with meals, and one of the plenary with many people and none to spare."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from patrolplan.audit import Audit, audit
from patrolplan.plan.loading import load_operation, load_roster
from patrolplan.postings.outcome import Outcome
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.units import parse_date
from tests.postings.scenes import settled

ROOT = Path(__file__).parents[2]
ROSTER = Path(__file__).with_name("kpu-two-days.csv")
"""What `solve` made of the example, on these dates."""
GAPS = ("PP101", "PP102", "PP103")

Scene = tuple[Problem, Roster, Outcome]


@pytest.fixture(scope="module", params=["secure", "improved"])
def scene(request: pytest.FixtureRequest) -> Scene:
    """The example with its postings: as they are when the time is over at once, and after one step of improving."""
    problem = load_operation(ROOT / "examples" / "kpu-kalteng" / "ops-relief.yaml").problem
    whole = load_roster(problem, ROSTER).roster
    at_once = request.param == "secure"
    if at_once:
        return problem, whole, settled(problem, whole, spent_out=lambda spent: True)
    return problem, whole, settled(problem, whole, steps=1, spent_out=lambda spent: spent > 0.2)


def test_every_shift_of_the_example_is_settled(scene: Scene) -> None:
    _, _, outcome = scene
    assert (outcome.turns, outcome.left, outcome.unmet) == (16, 0, ())
    assert outcome.optimal


def test_no_post_is_held_for_more_than_four_hours_and_meals_are_in_their_windows(scene: Scene) -> None:
    problem, _, outcome = scene
    bound = {post for post, facts in enumerate(problem.posts) if facts.relief is not None}
    assert {problem.posts[post].relief.most for post in bound} == {240}  # type: ignore[union-attr]
    meals = 0
    for duty in outcome.roster.duties:
        assert all(one.end - one.start <= 240 for one in duty.stretches if one.post in bound)
        holes = [(one.end, two.start) for one, two in pairwise(duty.stretches) if one.end < two.start]
        for start, end in holes:
            clock = (problem.zone.local(start)[1], problem.zone.local(end)[1])
            assert end - start >= 30
            assert 630 <= clock[0] < clock[1] <= 930 or clock[0] >= 1350 or clock[1] <= 210
            meals += 1
    assert meals == sum(
        duty.day == parse_date("2024-11-08")
        and duty.post is not None
        and problem.posts[duty.post].kind != "command"
        and problem.sites[problem.posts[duty.post].site].name not in ("mobile", "command-post")
        for duty in outcome.roster.duties
    )


def test_no_minute_is_covered_worse(scene: Scene) -> None:
    problem, roster, outcome = scene
    before, after = audit(problem, roster), audit(problem, outcome.roster)

    def missing(judged: Audit) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float)
        for one in judged.findings:
            if one.code in GAPS:
                found[one.code] += ((one.required or 0) - (one.actual or 0)) * ((one.end or 0) - (one.start or 0))
        return found

    assert all(now <= missing(before)[code] for code, now in missing(after).items())
    codes = Counter(one.code for one in after.findings)
    assert not codes["PP108"] and not codes["PP109"]


def test_duties_begin_and_end_as_before_where_they_did(scene: Scene) -> None:
    _, roster, outcome = scene
    assert [(one.person, one.start, one.end, one.post) for one in outcome.roster.duties] == [
        (one.person, one.start, one.end, one.post) for one in roster.duties
    ]
