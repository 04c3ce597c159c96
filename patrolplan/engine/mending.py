"""Making a roster that is good on one level as good as another one on other levels.

A roster that is drawn from the linear program of a level leaves a few gaps that earlier levels would not have. Each is
closed by freeing everybody over some days around it; what the later level costs decides between ways to close it.
Schedules that are priced on a level hold nothing that only later levels ask for: standby that still fits is put back.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from patrolplan.engine.formulation import Schedule
from patrolplan.engine.incumbent import Incumbent, is_feasible, personal_costs
from patrolplan.engine.subproblem import Effort, StopSignal, Subproblem, Ties
from patrolplan.engine.work import Watch

MARGINS = (1, 2, 4)
"""Days around a gap that are free, in one attempt after the other."""
SIZE = 4_000
"""Most yes/no variables that are free at once."""
SECONDS = 3.0
"""Longest time for one attempt."""


def mend(
    roster: Incumbent,
    model: Incumbent,
    level: int,
    effort: Effort,
    stop: StopSignal,
) -> float:
    """Make a roster cost no more than another one on all levels before a level, as far as linking rows are the cause.

    Parameters
    ----------
    roster
        Is changed.
    model
        What earlier levels may cost.
    effort
        Limits of the whole.

    Returns
    -------
    float
        Effort used, in the unit of the limit.
    """
    watch = Watch(effort.deterministic)
    for position, earlier in enumerate(roster.formulation.levels):
        for margin in MARGINS if earlier < level else ():
            seen: set[int] = set()
            while roster.costs[position] > model.costs[position] and not stop.is_set and watch.seconds < effort.seconds:
                units = [unit for unit in _costly(roster, earlier) if unit not in seen]
                if not units:
                    break
                seen.add(units[0])
                _free(roster, units[0], margin, earlier, level, effort, stop)
    return watch.seconds


def with_standby(base: Incumbent, changes: Mapping[int, Schedule], level: int) -> dict[int, Schedule]:
    """New schedules together with what standby of the old ones fits, and costs their people nothing up to a level."""
    formulation = base.formulation
    is_standby = formulation.variables.is_standby
    found = {}
    for person, schedule in changes.items():
        one, kept = formulation.model_of(person), schedule
        lost = sorted(key for key in base.held[person] - schedule if is_standby(key))
        usual = personal_costs(formulation, one, kept) if lost else {}
        for key in lost:
            tried = kept | {key}
            costs = personal_costs(formulation, one, tried)
            dearer = any(cost > usual.get(each, 0) for each, cost in costs.items() if each <= level)
            if not dearer and is_feasible(formulation, one, tried):
                kept = tried
        found[person] = kept
    return found


def _costly(roster: Incumbent, level: int) -> list[int]:
    """Units of linking rows that cost something on a level, the dearest first."""
    formulation = roster.formulation
    found = [
        (-cost, unit)
        for unit, cost in enumerate(roster.unit_costs)
        if cost and formulation.unit_level(unit) == level and formulation.turns_of_unit(unit)
    ]
    return [unit for _, unit in sorted(found)]


def _free(
    roster: Incumbent, unit: int, margin: int, earlier: int, level: int, effort: Effort, stop: StopSignal
) -> None:
    """Free the days around a unit, and take over what is found."""
    formulation = roster.formulation
    turns = formulation.variables.turns
    days = {turns[turn].day for turn in formulation.turns_of_unit(unit)}
    if len(days) > 2 * max(MARGINS):
        days = {min(days), max(days)}
    near = [turn for turn, one in enumerate(turns) if any(abs(one.day - day) <= margin for day in days)]
    part = Subproblem(roster, _people(roster, unit, near, effort.seed), near, earlier, Ties.LATER, last=level)
    limit = min(SECONDS, effort.seconds)
    answer = part.solve(Effort(limit, 1, effort.seed, effort.deterministic, True), stop)
    if answer.changes is not None:
        roster.apply(answer.changes)


def _people(roster: Incumbent, unit: int, turns: Sequence[int], seed: int) -> list[int]:
    """Who is free over some turns: everybody, or as many as fit, those first who may serve where the cost is."""
    formulation = roster.formulation
    there = formulation.turns_of_unit(unit)
    first: list[int] = []
    others: list[int] = []
    load: dict[int, int] = {}
    for one in formulation.classes:
        able = any(one.slots.get(turn) for turn in there)
        (first if able else others).extend(one.people)
        load |= dict.fromkeys(one.people, sum(len(one.slots.get(turn, ())) for turn in turns))
    rng = random.Random(seed + unit)
    rng.shuffle(first)
    rng.shuffle(others)
    chosen, size = [], 0
    for person in (*first, *others):
        size += load[person]
        if size > SIZE:
            break
        chosen.append(person)
    return chosen
