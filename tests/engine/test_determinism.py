"""The same input and seed give the same roster, byte for byte."""

from __future__ import annotations

import itertools
import random

import pytest

from patrolplan.engine import level as level_search
from patrolplan.engine.conductor import Settings, solve
from patrolplan.engine.progress import Budget
from patrolplan.formats.roster_csv import write_roster
from patrolplan.problem import Problem
from tests.parity.operations import Facts, mixed
from tests.tiny import tiny_problem


def guarded(people: int = 10, days: int = 6) -> Facts:
    """A small guard force with more ways to cover its posts than anybody could list."""
    return {
        "people": {
            f"P{number:02}": {
                "team": "red" if number % 2 else "blue",
                "qualifications": ["armed"] if number < 4 else [],
            }
            for number in range(people)
        },
        "days": days,
        "posts": ["s/p", "s/q"],
        "needs": [{"staff": 1}, {"staff": 1, "at": "s/q"}, {"qualified": {"armed": 1}}, {"ideal": 3, "at": "s"}],
        "rules": [
            {"rest": "11h"},
            {"hours": {"max": "36h per week"}},
            {"work_streak": {"min": 2, "weight": 1}},
            {"teams": {"weight": 2}},
            {"fairness": {"of": ["hours", "nights"], "weight": 1}},
            {"reserve": {"count": 1, "weight": 5}},
        ],
        "always": True,
    }


def text(problem: Problem, settings: Settings) -> str:
    outcome = solve(problem, settings)
    proof = [(level.level, level.cost, level.bound) for level in outcome.proof.levels]
    written = "" if outcome.roster is None else write_roster(problem, outcome.roster)
    return f"{outcome.proof.status} {proof} {outcome.proof.reasons}\n{written}"


@pytest.mark.parametrize("number", range(12))
def test_tiny_operations_come_out_alike(number: int) -> None:
    facts = mixed(random.Random(f"twice-{number}"))
    settings = Settings(time_limit=2.0, workers=1, seed=number, deterministic=True)
    assert text(tiny_problem(**facts), settings) == text(tiny_problem(**facts), settings)


@pytest.mark.parametrize("exact_size", [0, 6000])
def test_a_guard_force_comes_out_alike(exact_size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(level_search, "EXACT_SIZE", exact_size)
    settings = Settings(time_limit=0.8, workers=2, seed=7, deterministic=True)
    once = text(tiny_problem(**guarded()), settings)
    assert once == text(tiny_problem(**guarded()), settings)
    assert once.count("\n") > 20


def test_the_clock_on_the_wall_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(level_search, "EXACT_SIZE", 0)
    settings = Settings(time_limit=0.4, seed=7, deterministic=True)
    once = text(tiny_problem(**guarded()), settings)
    hours = itertools.count(0, 3600)
    monkeypatch.setattr(Budget, "seconds", property(lambda self: float(next(hours))))
    assert once == text(tiny_problem(**guarded()), settings)


def test_another_seed_may_find_another_roster_of_the_same_cost() -> None:
    facts = guarded(people=6, days=2)
    settings = [Settings(time_limit=2.0, workers=1, seed=seed, deterministic=True) for seed in range(3)]
    proofs = {text(tiny_problem(**facts), one).splitlines()[0] for one in settings}
    assert len(proofs) == 1
