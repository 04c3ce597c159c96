"""What a draft of schedules keeps in mind turn by turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from patrolplan.engine.draft import Draft
from patrolplan.engine.formulation import Formulation
from patrolplan.engine.incumbent import Incumbent, is_feasible
from tests.tiny import tiny_problem

ALWAYS = [{"one_duty": {}}, {"cover": {}}, {"eligibility": {}}]
DEMANDING: Mapping[str, Mapping[str, Any]] = {
    "weekly rest": {
        "people": ["A", "B", "C"],
        "days": 7,
        "rules": [*ALWAYS, {"weekly_rest": {"min": "36h", "days": 3}}],
    },
    "rest": {
        "people": ["A", "B", "C"],
        "days": 7,
        "rules": [*ALWAYS, {"rest": "11h"}, {"duties": {"max": "5 per week"}}],
    },
    "variety": {
        "people": ["A", "B", "C"],
        "days": 6,
        "posts": ["s/p", "s/q"],
        "rules": [*ALWAYS, {"rest": "11h"}, {"variety": {"max": 1, "of": "post", "severity": "hard"}}],
    },
}


def draft_of(**facts: Any) -> Draft:
    formulation = Formulation(tiny_problem(**facts))
    draft = Draft(formulation, Incumbent(formulation))
    for turn in range(len(formulation.variables.turns)):
        draft.fill(turn)
    return draft


@pytest.mark.parametrize("name", DEMANDING)
def test_schedules_are_kept_within_hard_rules_from_the_start(name: str) -> None:
    draft = draft_of(needs=[{"staff": 1}], **DEMANDING[name])
    formulation = draft.formulation
    assert any(draft.keys)
    for person, keys in enumerate(draft.keys):
        assert is_feasible(formulation, formulation.model_of(person), frozenset(keys))


def test_whoever_must_serve_comes_first() -> None:
    rules = [*ALWAYS, {"pins": [{"person": "B", "date": "2024-11-04"}]}]
    draft = draft_of(people=["A", "B"], days=1, shifts={"D": "07:00-19:00"}, needs=[{"staff": 1}], rules=rules)
    assert [len(keys) for keys in draft.keys] == [0, 1]


def test_one_person_who_is_everything_goes_before_three_who_are_one_thing_each() -> None:
    names = ("armed", "driver", "radio")
    people: dict[str, Any] = {one: {"qualifications": [name]} for one, name in zip("ABC", names, strict=True)}
    people["D"] = {"qualifications": list(names)}
    needs = [{"staff": 1}, *({"qualified": {name: 1}} for name in names)]
    draft = draft_of(people=people, days=1, shifts={"D": "07:00-19:00"}, needs=needs, rules=ALWAYS)
    assert [len(keys) for keys in draft.keys] == [0, 0, 0, 1]


def test_who_is_asked_for_least_does_not_serve_all_the_time() -> None:
    armed = {"qualifications": ["armed"]}
    people: dict[str, Any] = {"A": armed, "B": armed, "C": {}}
    needs = [{"staff": 2}, {"qualified": {"armed": 1}}]
    draft = draft_of(people=people, days=6, shifts={"D": "07:00-19:00"}, needs=needs, rules=ALWAYS)
    assert [len(keys) for keys in draft.keys] == [4, 4, 4]


FAIR: Mapping[str, Any] = {"of": ["nights", "weekends"], "weight": 1}


def test_what_is_due_of_a_fair_share_grows_with_the_turns_that_count() -> None:
    rules = [*ALWAYS, {"fairness": {**FAIR, "of": ["nights"]}}]
    draft = draft_of(people=["A", "B"], days=4, needs=[{"staff": 1, "shift": "N"}], rules=rules)
    nights = [turn for turn, one in enumerate(draft.formulation.variables.turns) if one.shift == 1]
    assert len(nights) == 4
    for person, keys in enumerate(draft.keys):
        assert draft.behind(person, nights[2]) == pytest.approx(1.0 - len(keys)), "one of two nights is due"
        assert draft.behind(person, nights[2] - 1) == 0, "a day counts for no share"


def test_teams_take_turns_with_what_counts_for_their_fair_shares() -> None:
    """A team of ten that could do all that is asked for does not have all the nights, nor one of nine all weekends."""
    people = {name: {"team": "red" if name in "ABCDEFGHIJ" else "blue"} for name in "ABCDEFGHIJKLMNOPQRS"}
    rules = [*ALWAYS, {"rest": "11h"}, {"teams": {"weight": 1, "level": 2}}, {"fairness": FAIR}]
    draft = draft_of(people=people, days=14, needs=[{"staff": 10, "shift": "N"}], rules=rules)
    assert draft.has_shared
    turns, turn_of = draft.formulation.variables.turns, draft.formulation.variables.turn_of
    served = [[turns[turn_of(key)].day for key in keys] for keys in draft.keys]
    for team in (served[:10], served[10:]):
        days = [day for one in team for day in one]
        assert len(days) / len(team) == pytest.approx(14 * 10 / 19, abs=1.5)
        assert sum(day % 7 in (5, 6) for day in days) / len(team) == pytest.approx(4 * 10 / 19, abs=1.0)


def test_the_mix_at_a_place_decides_before_the_team() -> None:
    people = {"A": {"team": "one"}, "B": {"team": "one"}, "C": {"qualifications": ["experienced"]}}
    rules = [*ALWAYS, {"mix": {"of": "experienced", "share": "50%", "weight": 1}}]
    draft = draft_of(people=people, days=1, shifts={"D": "07:00-19:00"}, needs=[{"staff": 2}], rules=rules)
    assert len(draft.keys[2]) == 1 and sum(map(len, draft.keys)) == 2


def test_whoever_has_nothing_against_it_comes_before_who_has() -> None:
    wish = {"person": "A", "dates": "2024-11-04", "weight": 1}
    rules = [*ALWAYS, {"requests": {"level": 2, "entries": [wish]}}]
    draft = draft_of(people=["A", "B"], days=1, shifts={"D": "07:00-19:00"}, needs=[{"staff": 1}], rules=rules)
    assert [len(keys) for keys in draft.keys] == [0, 1]
    rules = [*ALWAYS, {"requests": {"level": 3, "entries": [wish]}}]
    draft = draft_of(people=["A", "B"], days=1, shifts={"D": "07:00-19:00"}, needs=[{"staff": 1}], rules=rules)
    assert [len(keys) for keys in draft.keys] == [1, 0], "later levels do not decide"


def test_a_gap_is_left_where_a_wish_on_the_same_level_is_dearer() -> None:
    facts: dict[str, Any] = {"people": ["A"], "days": 1, "shifts": {"D": "07:00-19:00"}, "needs": [{"staff": 1}]}
    wish = {"person": "A", "dates": "2024-11-04", "weight": 1}
    for weight, duties in ((1, 1), (10**6, 0)):
        entries = {"requests": {"level": 1, "weight": weight, "entries": [wish]}}
        draft = draft_of(**facts, rules=[*ALWAYS, entries])
        assert [len(keys) for keys in draft.keys] == [duties], weight


def test_the_team_that_does_not_come_from_a_night_has_the_day() -> None:
    people = {name: {"team": "red" if name in "AB" else "blue"} for name in "ABCD"}
    needs = [
        {"staff": 2, "shift": "D", "dates": "2024-11-04"},
        {"staff": 2, "shift": "N", "dates": "2024-11-04"},
        {"staff": 2, "shift": "D", "dates": "2024-11-05"},
    ]
    rest = {"succession": {"forbid": {"N": "D"}, "within": "36h", "level": 2, "weight": 3, "severity": "soft"}}
    draft = draft_of(people=people, days=2, needs=needs, rules=[*ALWAYS, rest, {"teams": {"weight": 1, "level": 2}}])
    turn_of = draft.formulation.variables.turn_of
    assert [sorted(turn_of(key) for key in keys) for keys in draft.keys] == [[1]] * 2 + [[0, 2]] * 2
