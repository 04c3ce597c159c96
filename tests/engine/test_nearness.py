"""Whose posts are the same: of a large force, people are freed who can take over from each other."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from patrolplan.engine import neighbourhoods as module
from patrolplan.engine.formulation import Formulation
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.nearness import FAR, Nearness
from patrolplan.engine.neighbourhoods import SHIFTS, Neighbourhoods
from tests.tiny import tiny_problem

DRAWS = 300
HERE, THERE, BOTH = range(6), range(6, 12), 12


@pytest.fixture
def formulation() -> Formulation:
    """Six people who serve at one site only, six at another one only, and somebody who serves at both."""
    people: dict[str, dict[str, Any] | None] = {f"P{number}": {"not_at": ["t"]} for number in HERE}
    people |= {f"P{number}": {"not_at": ["s"]} for number in THERE}
    people["P12"] = None
    rules: list[dict[str, Any]] = [{"one_duty": {}}, {"cover": {}}, {"duties": {"max": 1, "weight": 1, "level": 2}}]
    posts = ("s/gate", "s/desk", "t/gate", "t/desk")
    return Formulation(tiny_problem(people, 3, shifts={"D": "07:00-19:00"}, posts=posts, rules=rules, always=True))


def test_people_are_as_near_as_their_posts_are_the_same(formulation: Formulation) -> None:
    nearness = Nearness(formulation)
    assert nearness.to(0) == [1.0] * 6 + [FAR] * 6 + [0.5]
    assert nearness.to(BOTH) == [0.5] * 12 + [1.0]


def test_in_a_large_force_people_are_drawn_who_serve_at_the_same_posts(
    formulation: Formulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    roster, level = Incumbent(formulation), max(formulation.levels)

    def apart() -> Counter[bool]:
        """How often people of both sites are freed together, out of so many draws."""
        neighbourhoods = Neighbourhoods(formulation, 0)
        drawn = (set(neighbourhoods._sample(roster, level, 3)) for _ in range(DRAWS))
        return Counter(bool(some & set(HERE) and some & set(THERE)) for some in drawn)

    assert apart()[True] > DRAWS / 2
    monkeypatch.setattr(module, "ANYBODY", 10)
    assert 0 < apart()[True] < DRAWS / 4, "only around whoever serves at both sites"


def test_in_a_large_force_turns_are_exchanged_but_not_by_everybody_at_first(
    formulation: Formulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    roster, level = Incumbent(formulation), max(formulation.levels)
    assert Neighbourhoods(formulation, 0).exchanges(roster, level)
    monkeypatch.setattr(module, "ANYBODY", 10)
    neighbourhoods = Neighbourhoods(formulation, 0)
    assert not neighbourhoods.exchanges(roster, level)
    assert SHIFTS in {neighbourhoods.next(roster, level).kind for _ in range(DRAWS)}
