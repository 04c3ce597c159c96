"""Gaps that somebody closes by taking over from somebody else."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from patrolplan.engine.closing import close_gaps
from patrolplan.engine.formulation import Formulation, Schedule
from patrolplan.engine.incumbent import Incumbent, is_feasible
from patrolplan.engine.subproblem import Effort, StopSignal
from patrolplan.engine.trial import Trial
from tests.engine.enumeration import some_roster, tiny
from tests.tiny import tiny_problem

BATCHES = [range(start, start + 20) for start in range(0, 120, 20)]
DAY = {"D": "07:00-19:00"}
HOURS = 12 * 60
EFFORT = Effort(10.0, deterministic=True)
ALWAYS = [{"one_duty": {}}, {"cover": {}}, {"eligibility": {}}]


def roster(problem_facts: Mapping[str, Any], held: Mapping[str, Sequence[tuple[int, str]]]) -> Incumbent:
    """Somebody's work in a problem: by person, day from 0 and post."""
    needs = [{"shift": "D", "cost": 1, **need} for need in problem_facts["needs"]]
    problem = tiny_problem(**{**problem_facts, "shifts": DAY, "needs": needs})
    incumbent = Incumbent(Formulation(problem))
    keys = {(slot.day - problem.first_day, problem.posts[slot.post].key): key for key, slot in enumerate(problem.slots)}
    changes: dict[int, Schedule] = {
        problem.person_index[name]: frozenset(keys[one] for one in duties) for name, duties in held.items()
    }
    incumbent.apply(changes)
    return incumbent


def closed(incumbent: Incumbent) -> bool:
    close_gaps(incumbent, EFFORT, StopSignal())
    return incumbent.costs[incumbent.formulation.levels.index(1)] == 0


def test_somebody_moves_so_that_somebody_else_can_serve() -> None:
    facts = {
        "people": {"A": {"not_at": ["t"]}, "B": {}},
        "days": 1,
        "posts": ["s/p", "t/q"],
        "needs": [{"staff": 1, "at": "s/p"}, {"staff": 1, "at": "t/q"}],
        "rules": ALWAYS,
    }
    assert closed(roster(facts, {"B": [(0, "s/p")]}))


def test_somebody_gives_up_another_day() -> None:
    facts = {
        "people": {"A": {"absences": [{"dates": "2024-11-05"}]}, "B": {}},
        "days": 2,
        "needs": [{"staff": 1}],
        "rules": [*ALWAYS, {"availability": {}}, {"duties": {"max": "1 per operation"}}],
    }
    assert closed(roster(facts, {"B": [(0, "s/p")]}))


def test_somebody_gives_up_two_duties_for_one_that_nobody_else_can_serve() -> None:
    facts = {
        "people": {"A": {"qualifications": ["armed"]}, "B": {}, "C": {}},
        "days": 3,
        "needs": [{"staff": 1}, {"qualified": {"armed": 1}, "dates": "2024-11-05", "cost": 10}],
        "rules": [*ALWAYS, {"rest": "36h"}],
    }
    incumbent = roster(facts, {"A": [(0, "s/p"), (2, "s/p")], "B": [(1, "s/p")]})
    assert closed(incumbent)
    assert len(incumbent.held[0]) == 1


def test_one_too_many_goes_if_another_takes_over_what_only_he_could() -> None:
    people = {
        "A": {"qualifications": ["armed"]},
        "B": {"qualifications": ["driver"]},
        "C": {"qualifications": ["radio"]},
        "D": {"qualifications": ["armed", "driver"]},
    }
    needs = [
        {"staff": 2, "at": "s/p", "cost": 10},
        {"surplus": 2, "at": "s/p"},
        *({"qualified": {name: 1}, "at": "s/p", "cost": 10} for name in ("armed", "driver", "radio")),
        {"staff": 1, "at": "s/q", "cost": 10},
        {"surplus": 1, "at": "s/q"},
    ]
    facts = {"people": people, "days": 1, "posts": ["s/p", "s/q"], "needs": needs, "rules": ALWAYS}
    incumbent = roster(facts, {"A": [(0, "s/p")], "B": [(0, "s/p")], "C": [(0, "s/p")], "D": [(0, "s/q")]})
    assert incumbent.costs == (HOURS,)
    assert closed(incumbent)


def test_what_nobody_can_close_stays_open_and_nothing_is_lost() -> None:
    facts = {"people": ["A"], "days": 2, "needs": [{"staff": 2}], "rules": ALWAYS}
    incumbent = roster(facts, {})
    assert not closed(incumbent)
    assert incumbent.costs == (2 * HOURS,)


def test_nothing_is_done_once_the_search_is_to_end() -> None:
    facts = {"people": ["A"], "days": 1, "needs": [{"staff": 1}], "rules": ALWAYS}
    incumbent, stop = roster(facts, {}), StopSignal()
    stop.set()
    close_gaps(incumbent, EFFORT, stop)
    assert incumbent.costs == (HOURS,)


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_no_hard_rule_is_broken_and_no_first_level_becomes_dearer(batch: range) -> None:
    for number in batch:
        case, rng = tiny(f"closing-{number}"), random.Random(number)
        incumbent = some_roster(rng, case)
        levels = sum(level <= 1 for level in case.formulation.levels)
        before = incumbent.costs
        close_gaps(incumbent, EFFORT, StopSignal())
        assert incumbent.costs[:levels] <= before[:levels], case.facts
        for person in case.people:
            assert incumbent.held[person] in case.allowed[person], case.facts
        again = Incumbent(case.formulation)
        again.apply(dict(enumerate(incumbent.held)))
        assert (again.costs, again.activity) == (incumbent.costs, incumbent.activity), case.facts


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_a_trial_says_of_small_changes_what_a_look_at_the_whole_schedule_says(batch: range) -> None:
    seen = set()
    for number in batch:
        case, rng = tiny(f"trial-{number}"), random.Random(number)
        for person in case.people:
            one = case.formulation.model_of(person)
            trial = Trial(case.formulation, one, rng.choice(case.allowed[person]))
            for turn, slots in one.slots.items():
                here = [key for key in slots if key in trial.held]
                for key in [None, *(key for key in slots if key not in trial.held)]:
                    for removed in {tuple(here), tuple(sorted(trial.held)[:2]), tuple(sorted(trial.held))}:
                        if key is not None and not set(here) <= set(removed):
                            continue
                        wanted = is_feasible(case.formulation, one, trial.schedule(key, removed))
                        assert trial.is_feasible(key, removed) == wanted, (turn, case.facts)
                        seen.add(wanted)
    assert seen == {True, False}
