"""A settled plan is given to the people of another turn: to who may, and to who has had less of what is unloved."""

from __future__ import annotations

import pytest

from patrolplan.audit import complete
from patrolplan.postings.arrangement import Effort, arrange, secure
from patrolplan.postings.patterns import KEPT, Pattern, Patterns, kind_of, transferred
from patrolplan.postings.plans import Plan, carried, unloved_half_hours, worth
from patrolplan.postings.turns import Standing, Turn, build_turn, turns_by_key
from patrolplan.problem import Problem
from tests.postings.scenes import guarded

POSTS = {
    "s/gate": {"need": 2, "relief": 240},
    "s/wall": {"need": 1, "relief": 240, "unloved": 2},
    "s/spare": {"kind": "standby"},
}
ARMED = {letter: {"qualifications": ["armed"] if letter in "ACGHJ" else []} for letter in "ABCDEFGHIJ"}
FIRST = {"A": "D@s/gate .", "B": "D@s/gate .", "C": "D@s/wall .", "D": "D@s/spare ."}


def two_turns(second: dict[str, str], **more: object) -> tuple[Problem, Turn, Turn]:
    """The turn of the first date and that of the second one, with other people."""
    lines = {**FIRST, **{who: f". {line}" for who, line in second.items()}}
    problem, roster = guarded(ARMED, POSTS, lines, days=2, needs=[{"qualified": {"armed": 1}, "at": "s/gate"}], **more)
    standing = Standing(complete(problem, roster).duties)
    one, other = (build_turn(problem, standing, key, duties) for key, duties in turns_by_key(problem, roster).items())
    return problem, one, other


def test_a_plan_is_given_to_other_people_and_misses_nothing() -> None:
    second = {"F": "D@s/gate", "G": "D@s/gate", "H": "D@s/wall", "I": "D@s/spare"}
    problem, one, other = two_turns(second, breaks=[("meal", 30, "10:00-14:00")])
    found = arrange(problem, one, Effort())
    assert kind_of(one) == kind_of(other)
    plan = transferred(problem, other, Pattern(one, found.plan), {})
    assert plan is not None
    value = worth(problem, other, plan, {})
    assert (value.short, value.missed) == (0, 0)
    assert sorted(map(str, plan.places)) == sorted(map(str, found.plan.places)), "the same ways"
    assert {start - other.edges[0] for (start,) in plan.rests if start is not None} == {
        start - one.edges[0] for (start,) in found.plan.rests if start is not None
    }


def test_ways_are_chosen_by_qualification() -> None:
    """A of the first date is armed and stays; of the second it is the one whom the roster names last."""
    second = {"F": "D@s/gate", "G": "D@s/gate", "E": "D@s/wall", "I": "D@s/spare"}
    problem, one, other = two_turns(second)
    gate, wall, spare = (one.posts[number] for number in range(3))
    slots = len(one.slots)
    half = slots // 2
    stays, goes = (gate,) * slots, (gate,) * half + (spare,) * (slots - half)
    plan = Plan((stays, goes, (wall,) * slots, (spare,) * half + (gate,) * (slots - half)), ((), (), (), ()))
    given = transferred(problem, other, Pattern(one, plan), {})
    assert given is not None
    names = [problem.people[member.duty.person].id for member in other.members if member.duty is not None]
    assert given.places[names.index("G")] == stays
    assert given.places[names.index("F")] == goes


@pytest.mark.parametrize(
    "second",
    [
        {"F": "D@s/gate", "G": "D@s/wall", "H": "D@s/wall", "I": "D@s/spare"},
        {"F": "D@s/gate", "G": "D@s/gate", "H": "D@s/wall"},
    ],
    ids=["other posts", "fewer people"],
)
def test_a_turn_of_another_kind_takes_no_pattern(second: dict[str, str]) -> None:
    _, one, other = two_turns(second)
    patterns = Patterns()
    patterns.learn(one, Plan((), ()))
    assert patterns.of(one) and not patterns.of(other)


def test_a_way_that_nobody_may_walk_is_not_given() -> None:
    posts = {"s/gate": {}, "s/spare": {"kind": "standby", "requires": ["armed"]}}
    lines = {"A": "D@s/gate .", "B": ". D@s/gate"}
    problem, roster = guarded(ARMED, posts, lines, days=2)
    standing = Standing(complete(problem, roster).duties)
    one, other = (build_turn(problem, standing, *item) for item in turns_by_key(problem, roster).items())
    gate, spare = one.posts
    slots = len(one.slots)
    away = Plan(((gate,) + (spare,) * (slots - 1),), ((),))
    assert transferred(problem, one, Pattern(one, away), {}) is not None
    assert transferred(problem, other, Pattern(one, away), {}) is None


def test_who_has_had_more_of_what_is_unloved_gets_less() -> None:
    second = {"H": "D@s/gate", "G": "D@s/gate", "J": "D@s/wall", "I": "D@s/spare"}
    problem, one, other = two_turns(second)
    gate, wall, spare = one.posts
    slots = len(one.slots)
    half = slots // 2
    plan = Plan(
        (
            (gate,) * slots,
            (gate,) * half + (wall,) * (slots - half),
            (wall,) * half + (gate,) * (slots - half),
            (spare,) * slots,
        ),
        ((), (), (), ()),
    )
    for tired, fresh in (("H", "G"), ("G", "H")):
        shares = {problem.person_index[tired]: 5}
        given = transferred(problem, other, Pattern(one, plan), shares)
        assert given is not None
        names = [problem.people[member.duty.person].id for member in other.members if member.duty is not None]
        assert unloved_half_hours(problem, other, given, names.index(tired)) == 0
        assert unloved_half_hours(problem, other, given, names.index(fresh)) > 0


def test_only_the_last_patterns_of_a_kind_are_remembered() -> None:
    _, one, _ = two_turns({"F": "D@s/gate", "G": "D@s/gate", "H": "D@s/wall", "I": "D@s/spare"})
    patterns = Patterns()
    plans = [Plan((), ((number,),)) for number in range(KEPT + 2)]
    for plan in plans:
        patterns.learn(one, plan)
    assert [pattern.plan for pattern in patterns.of(one)] == plans[: -KEPT - 1 : -1]


def test_a_plan_is_carried_into_finer_slots() -> None:
    second = {"F": "D@s/gate", "G": "D@s/gate", "H": "D@s/wall", "I": "D@s/spare"}
    problem, coarse, _ = two_turns(second)
    _, fine, _ = two_turns(second, step=20)
    assert len(fine.slots) > len(coarse.slots)
    plan = arrange(problem, coarse, Effort()).plan
    again = carried(plan, coarse, fine)
    for row, finer in zip(plan.places, again.places, strict=True):
        at = {minute: row[slot] for slot, span in enumerate(coarse.slots) for minute in range(*span)}
        assert all(finer[slot] == at[minute] for slot, span in enumerate(fine.slots) for minute in range(*span))


def test_a_secure_plan_misses_nothing_and_arranging_makes_it_no_worse() -> None:
    second = {"F": "D@s/gate", "G": "D@s/gate", "H": "D@s/wall", "I": "D@s/spare"}
    problem, one, other = two_turns(second, breaks=[("meal", 30, "10:00-14:00")])
    sure = secure(problem, one, Effort())
    assert sure.proved and (sure.worth.short, sure.worth.missed) == (0, 0)
    better = arrange(problem, one, Effort(), sure=sure)
    assert better.worth <= sure.worth and better.proved
    from_pattern = secure(problem, other, Effort(), [Pattern(one, better.plan)])
    assert from_pattern.proved and from_pattern.spent == 0.0, "no model of the whole turn was needed"
