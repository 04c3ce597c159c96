"""First rosters, and what is said when somebody has no schedule at all."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace

import pytest

from patrolplan.engine import greedy, work
from patrolplan.engine.conductor import Settings, solve
from patrolplan.engine.conflict import conflicting_rules, describe
from patrolplan.engine.formulation import Formulation, make_class
from patrolplan.engine.greedy import first_roster
from patrolplan.engine.nearest import Contradiction, nearest_schedule
from patrolplan.engine.subproblem import Effort, StopSignal
from patrolplan.problem import Rule
from patrolplan.proof import Status
from patrolplan.rules.binding import can_refuse
from tests.engine.enumeration import Tiny, schedules, tiny
from tests.tiny import tiny_problem

EFFORT = Effort(20.0, deterministic=True)
BATCHES = [range(start, start + 20) for start in range(0, 200, 20)]


def stuck(case: Tiny) -> list[int]:
    """People without any schedule."""
    return [person for person in case.people if not case.allowed[person]]


def contradictory(count: int) -> Iterator[Tiny]:
    """Operations in which somebody has no schedule."""
    number = 0
    while count:
        case = tiny(f"stuck-{number}", feasible=False)
        number += 1
        if stuck(case):
            count -= 1
            yield case


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_the_first_roster_keeps_every_hard_rule_or_names_who_cannot(batch: range) -> None:
    for number in batch:
        case = tiny(f"first-{number}", feasible=False)
        try:
            incumbent = first_roster(case.formulation, EFFORT, StopSignal())
        except Contradiction as contradiction:
            assert contradiction.person in stuck(case), case.facts
            continue
        assert not stuck(case), case.facts
        for person in case.people:
            assert incumbent.held[person] in case.allowed[person], case.facts


@pytest.mark.parametrize("batch", BATCHES[:5], ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_the_nearest_schedule_is_the_nearest(batch: range) -> None:
    for number in batch:
        case, rng = tiny(f"first-{number}"), random.Random(number)
        variables = case.formulation.variables
        for person in case.people:
            one = case.formulation.model_of(person)
            keys = [key for slots in one.slots.values() for key in slots]
            keys += [variables.standby_key(turn) for turn in one.standby]
            wished = frozenset(key for key in keys if rng.random() < 0.3)
            found = nearest_schedule(case.formulation, one, wished, EFFORT, StopSignal(), person)
            assert found in case.allowed[person], case.facts
            assert len(found ^ wished) == min(len(other ^ wished) for other in case.allowed[person]), case.facts


def leaves_nothing(case: Tiny, person: int, rules: Sequence[Rule]) -> bool:
    formulation = case.formulation
    tried = [rule for rule in formulation.rules if rule in rules or not can_refuse(rule)]
    one = make_class(case.problem, formulation.variables, tried, [person])
    return next(schedules(formulation, one), None) is None


def test_conflicting_rules_contradict_each_other_and_none_can_be_spared() -> None:
    sizes = set()
    for case in contradictory(40):
        person = stuck(case)[0]
        rules = conflicting_rules(case.formulation, person, EFFORT, StopSignal())
        assert rules and leaves_nothing(case, person, rules), case.facts
        for rule in rules:
            rest = [one for one in rules if one is not rule]
            assert not leaves_nothing(case, person, rest), (rule.id, case.facts)
        assert all(rule.id in describe(case.problem, person, rules) or rule.name == "availability" for rule in rules)
        sizes.add(len(rules))
    assert len(sizes) > 1


def test_whoever_has_no_schedule_makes_the_operation_infeasible() -> None:
    for case in contradictory(15):
        outcome = solve(case.problem, Settings(time_limit=2.0, workers=1, deterministic=True))
        assert outcome.roster is None and outcome.proof.status is Status.INFEASIBLE, case.facts
        who = {case.problem.people[person].id for person in stuck(case)}
        assert any(f"({one})" in outcome.proof.reasons[0] for one in who), outcome.proof.reasons


def test_what_a_rule_that_may_bend_offers_is_no_conflict() -> None:
    facts = {
        "people": {"A": {"absences": [{"dates": "2024-11-06"}]}},
        "days": 3,
        "rules": [
            {"hours": {"min": "30h", "standby": 100}},
            {"rest": "60h"},
            {"reserve": {"count": 1, "weight": 1}},
            {"pins": [{"person": "A", "date": "2024-11-06"}]},
        ],
    }
    formulation = Formulation(tiny_problem(**facts, always=True))
    rules = conflicting_rules(formulation, 0, EFFORT, StopSignal())
    assert {rule.name for rule in rules} == {"availability", "pins"}


def test_a_pin_against_an_absence_is_named_with_both_places() -> None:
    facts = {
        "people": {"A": {"absences": [{"dates": "2024-11-05", "reason": "leave"}]}, "B": {}},
        "rules": [{"pins": [{"person": "A", "date": "2024-11-05", "shift": "D"}]}, {"hours": {"max": "24h"}}],
        "needs": [{"staff": 1}],
    }
    problem = tiny_problem(**facts, always=True)
    outcome = solve(problem, Settings(time_limit=2.0, workers=1, deterministic=True))
    assert outcome.roster is None
    assert outcome.proof.status is Status.INFEASIBLE
    (reason,) = outcome.proof.reasons
    assert reason.startswith("A (A) has no schedule that keeps ")
    assert "absence" in reason and "pins" in reason and "tiny.yaml" in reason
    assert "hours" not in reason and "one_duty" not in reason


def test_who_gets_no_schedule_in_time_gets_one_like_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    formulation = Formulation(
        tiny_problem(
            days=6,
            people=["a", "b"],
            needs=[{"staff": 1}],
            rules=[{"duties": {"min": 3, "max": 3}}],
        )
    )
    asked: list[frozenset[int]] = []

    def slow(*arguments: object) -> frozenset[int]:
        asked.append(arguments[2])  # type: ignore[arg-type]
        if arguments[5] == 1 and len(asked) == 2:
            raise TimeoutError
        return nearest_schedule(*arguments)  # type: ignore[arg-type]

    wished = {0: frozenset[int](), 1: frozenset[int]()}
    monkeypatch.setattr(greedy, "nearest_schedule", slow)
    found = greedy._repaired(formulation, wished, EFFORT, StopSignal(), 1)
    assert len(asked) == 2
    assert len(found[0]) == 3 and found[1] == found[0], "it keeps the rules as it is"


@pytest.mark.parametrize(
    ("first", "second", "has_shared", "took", "limit", "asked", "taken"),
    [
        pytest.param((0, 9), (0, 5), True, 2.0, 60.0, [False, True], (0, 5), id="shares are cheaper"),
        pytest.param((0, 9), (600, 5), True, 2.0, 60.0, [False, True], (0, 9), id="shares leave a gap"),
        pytest.param((0, 9), None, True, 2.0, 60.0, [False, True], (0, 9), id="there is no time for them"),
        pytest.param((0, 9), (0, 5), True, 6.0, 60.0, [False], (0, 9), id="a draft takes long"),
        pytest.param((0, 9), (0, 5), True, 2.0, 3.0, [False], (0, 9), id="too little time is left"),
        pytest.param((0, 9), (0, 5), False, 2.0, 60.0, [False], (0, 9), id="they decide nothing"),
    ],
)
def test_teams_come_by_their_strength_or_by_their_fair_shares_whatever_costs_less(
    monkeypatch: pytest.MonkeyPatch,
    first: tuple[int, ...],
    second: tuple[int, ...] | None,
    has_shared: bool,
    took: float,
    limit: float,
    asked: list[bool],
    taken: tuple[int, ...],
) -> None:
    rules = [{"cover": {}}, {"fairness": {"of": ["hours"], "weight": 1, "level": 2}}]
    formulation = Formulation(tiny_problem(["A", "B"], 2, needs=[{"staff": 1}], rules=rules))
    assert list(formulation.levels) == [1, 2]
    called: list[bool] = []

    def drafted(_: object, effort: Effort, *arguments: object, shares: bool) -> tuple[SimpleNamespace, bool]:
        called.append(shares)
        assert effort.seconds == (limit - took if shares else limit)
        costs = second if shares else first
        if costs is None:
            raise TimeoutError
        return SimpleNamespace(costs=costs), has_shared

    monkeypatch.setattr(greedy, "_drafted", drafted)
    monkeypatch.setattr(work, "Watch", lambda deterministic: SimpleNamespace(seconds=took))
    roster = first_roster(formulation, replace(EFFORT, seconds=limit), StopSignal())
    assert called == asked and roster.costs == taken
