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


def test_the_mix_at_a_place_decides_before_the_team() -> None:
    people = {"A": {"team": "one"}, "B": {"team": "one"}, "C": {"qualifications": ["experienced"]}}
    rules = [*ALWAYS, {"mix": {"of": "experienced", "share": "50%", "weight": 1}}]
    draft = draft_of(people=people, days=1, shifts={"D": "07:00-19:00"}, needs=[{"staff": 2}], rules=rules)
    assert len(draft.keys[2]) == 1 and sum(map(len, draft.keys)) == 2
