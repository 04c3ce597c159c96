"""Repairs: gaps are closed with as few changed duties as can be, and what is said to be proved is true."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from patrolplan.audit import audit
from patrolplan.engine.changes import ChangeRows, climb
from patrolplan.engine.formulation import Formulation
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.repair import Repair, repair
from patrolplan.engine.search import Settings, keys_of
from patrolplan.problem import Absence, Problem
from patrolplan.roster import Roster
from tests.engine.enumeration import Tiny, schedules, some_roster, tiny
from tests.tiny import tiny_problem, tiny_roster

EXACT = Settings(time_limit=20.0, workers=1, deterministic=True)
DAY = {"D": "07:00-19:00"}
ALWAYS: list[dict[str, Any]] = [{"one_duty": {}}, {"cover": {}}, {"eligibility": {}}, {"availability": {}}]
BATCHES = [range(start, start + 12) for start in range(0, 48, 12)]


def away(problem: Problem, person: str, first: int, last: int) -> Problem:
    """The problem with somebody absent from one date of the operation to another."""
    span = [problem.zone.instant(problem.first_day + day, 0) for day in (first, last + 1)]
    people = tuple(
        replace(who, absences=(*who.absences, Absence(*span, "sick"))) if who.id == person else who
        for who in problem.people
    )
    return replace(problem, people=people)


def repaired(problem: Problem, old: Mapping[str, str], **more: Any) -> tuple[Repair, dict[str, str]]:
    """The repair of a roster written by hand, and what everybody holds then, a letter a date."""
    found = repair(problem, tiny_roster(problem, dict(old)), EXACT, heard=problem.start, **more)
    assert not audit(problem, found.roster).has_hard
    lines = {who.id: ["."] * (problem.last_day - problem.first_day + 1) for who in problem.people}
    for duty in found.roster.duties:
        assert duty.shift is not None
        name = problem.shifts[duty.shift].name
        lines[problem.people[duty.person].id][duty.day - problem.first_day] = name.lower() if duty.on_call else name
    return found, {person: "".join(line) for person, line in lines.items()}


def operation(people: Sequence[str] | Mapping[str, Any], *rules: dict[str, Any], **more: Any) -> Problem:
    facts = {"days": 4, "shifts": DAY, "needs": [{"staff": 1, "shift": "D"}], **more}
    return tiny_problem(people=people, rules=[*ALWAYS, *rules], **facts)


def test_a_duty_handed_over_is_one_change_and_proved_the_least() -> None:
    problem = away(operation(["A", "B", "C"]), "A", 1, 2)
    found, lines = repaired(problem, {"A": "DDD.", "B": "...D"})
    assert (found.changes, found.changes_bound, found.falling, found.cover) == (2, 2, 2, 0)
    assert lines["A"] == "D..." and lines["B"][3] == "D"


def test_what_nothing_touches_stays_although_another_roster_would_be_fairer() -> None:
    fair = {"fairness": {"of": ["hours"], "weight": 50}}
    problem = away(operation(["A", "B", "C"], fair), "A", 3, 3)
    found, lines = repaired(problem, {"A": "DDDD"})
    assert found.changes == 1 and lines["A"] == "DDD."


def test_among_equal_repairs_the_fairer_one_is_taken() -> None:
    fair = {"fairness": {"of": ["hours"], "weight": 1}}
    problem = away(operation(["A", "B", "C"], fair), "A", 3, 3)
    _, lines = repaired(problem, {"A": "...D", "B": "DDD."})
    assert lines["C"] == "...D"


def test_a_chain_of_two_is_found_and_counted() -> None:
    people = {"A": {"qualifications": ["armed"]}, "B": {"qualifications": ["armed"]}, "C": {}}
    posts = {"s/gate": {"requires": ["armed"]}, "s/lobby": {}}
    needs = [{"staff": 1, "at": post, "shift": "D"} for post in posts]
    needs = [{**need, "dates": "2024-11-04"} for need in needs]
    problem = away(operation(people, days=2, posts=posts, needs=needs), "A", 0, 0)
    old = tiny_roster(problem, {"A": "D@s/gate .", "B": "D@s/lobby ."})
    found = repair(problem, old, EXACT, heard=problem.start)
    held = {problem.people[duty.person].id: duty.post for duty in found.roster.duties}
    assert held == {"B": 0, "C": 1} and (found.changes, found.cover) == (2, 0)


def test_a_limit_of_changes_leaves_the_smaller_gap_open() -> None:
    needs = [
        {"staff": 1, "shift": "D", "dates": "2024-11-04", "cost": 10},
        {"staff": 1, "shift": "D", "dates": "2024-11-05", "cost": 100},
        {"staff": 1, "shift": "D", "dates": "2024-11-06", "cost": 20},
    ]
    problem = operation(["A"], needs=needs)
    for limit, line in ((0, "...."), (1, ".D.."), (2, ".DD."), (3, "DDD."), (None, "DDD.")):
        found, lines = repaired(problem, {}, most_changes=limit)
        assert lines["A"] == line and found.changes == line.count("D")


def test_a_limit_below_what_falls_away_is_no_excuse_to_break_a_rule() -> None:
    problem = away(operation(["A", "B"]), "A", 0, 1)
    found, lines = repaired(problem, {"A": "DD..", "B": "..DD"}, most_changes=1)
    assert found.changes == found.falling == 2 and lines["A"] == "...."


def test_hard_rules_hold_for_whoever_steps_in() -> None:
    problem = away(operation(["A", "B"], {"work_streak": {"max": 2}}), "A", 0, 3)
    found, lines = repaired(problem, {"A": "..D.", "B": "DD.D"})
    assert found.cover > 0 and found.cover_bound == found.cover and lines["B"] == "DD.D"


def test_a_new_rule_takes_a_duty_that_breaks_it() -> None:
    problem = operation(["A", "B"], {"work_streak": {"max": 2}})
    found, lines = repaired(problem, {"A": "DDDD"})
    assert found.cover == 0 and found.changes == 1 and lines["A"].count("D") == 3


def test_whoever_must_hear_in_time_is_spared_where_another_is_not() -> None:
    people = {"A": {}, "B": {"notice": "48h"}, "C": {}, "D": {"notice": "48h"}}
    needs = [{"staff": 1, "shift": "D", "dates": "2024-11-05"}]
    problem = away(operation(people, needs=needs), "A", 1, 1)
    found, lines = repaired(problem, {"A": ".D.."})
    assert found.late == 0 and lines["C"] == ".D.."
    only_b = away(operation({"A": {}, "B": {"notice": "48h"}}, needs=needs), "A", 1, 1)
    found, lines = repaired(only_b, {"A": ".D.."})
    assert found.late == 1 and lines["B"] == ".D.."


def test_somebody_on_call_is_replaced_and_no_other_standby_moves() -> None:
    problem = away(operation(["A", "B", "C", "E"], {"reserve": {"count": 1}}, days=2), "A", 0, 0)
    found, lines = repaired(problem, {"A": "d.", "B": "D.", "C": ".D", "E": ".d"})
    assert lines["A"] == ".." and lines["B"] == "D." and lines["C"][1] == "D" and lines["E"][1] == "d"
    assert [lines["C"][0], lines["E"][0]].count("d") == 1 and found.changes == 0


def test_people_stuck_in_what_is_frozen_keep_their_duties_and_are_named() -> None:
    many = {"duties": {"id": "many", "min": "3 per operation", "for": {"people": ["A"]}}}
    problem = operation(["A", "B"], many, window="2024-11-06..2024-11-07")
    found = repair(problem, tiny_roster(problem, {"A": "..D."}), EXACT, heard=problem.start)
    ((person, words),) = found.stuck
    assert problem.people[person].id == "A" and "many" in words
    held = [(problem.people[duty.person].id, duty.day - problem.first_day) for duty in found.roster.duties]
    assert held == [("A", 2), ("B", 3)]


def case_of(number: int) -> tuple[Tiny, Problem, Roster]:
    """A tiny operation, somebody who falls ill in it, and a roster from before."""
    case = tiny(f"repair {number}", people=(2, 3), days=(1, 3))
    rng = random.Random(number)
    old = some_roster(rng, case).roster()
    who = rng.choice(case.problem.people).id
    first = rng.randrange(case.problem.last_day - case.problem.first_day + 1)
    return case, away(case.problem, who, first, first + rng.randrange(2)), old


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_no_roster_covers_better_or_as_well_with_fewer_changes(batch: range) -> None:
    judged = 0
    for number in batch:
        _, problem, old = case_of(number)
        climbed, ladder = climb(problem)
        held = keys_of(Formulation(climbed).variables, old)
        formulation = Formulation(climbed, also=ChangeRows(climbed, ladder, held, problem.start).add)
        allowed = tuple(tuple(schedules(formulation, formulation.model_of(one))) for one in range(len(problem.people)))
        if not all(allowed):
            continue
        every = Tiny({}, formulation, allowed)
        found = repair(problem, old, EXACT, heard=problem.start)
        mine = Incumbent(formulation)
        mine.apply(
            {person: frozenset(keys) for person, keys in enumerate(keys_of(formulation.variables, found.roster))}
        )
        first = sum(level <= ladder.changes for level in formulation.levels)
        assert mine.costs[:first] == every.best()[:first], number
        assert not any(
            one.code.startswith("PP2") for one in audit(problem, found.roster).findings if one.severity == "hard"
        )
        assert found.cover_bound <= found.cover and found.changes_bound <= found.changes
        judged += 1
    assert judged >= len(batch) // 2
