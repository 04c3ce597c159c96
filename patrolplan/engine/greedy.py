"""A first roster in seconds: turn by turn, the scarcest need first, the least needed and least used people first.

It decides by the rows alone. People whose own rows cannot be kept one turn at a time (shortest streaks, fewest hours,
pins) are repaired afterwards, each by a small model of that one person. Over half a year or more nearly everybody would
have to be; there it is made person by person instead, see `sweep`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from patrolplan.engine import work
from patrolplan.engine.closing import close_gaps
from patrolplan.engine.draft import Draft
from patrolplan.engine.executors import threads
from patrolplan.engine.formulation import Formulation, Schedule
from patrolplan.engine.incumbent import Incumbent, is_feasible
from patrolplan.engine.linking import Linking
from patrolplan.engine.nearest import nearest_schedule
from patrolplan.engine.pricers import is_long
from patrolplan.engine.subproblem import Effort, StopSignal
from patrolplan.engine.sweeps import can_sweep, sweep

LAST_LEVEL = 1
"""Rules of later levels do not decide who serves where schedules are made person by person."""
SECOND_DRAFT = 5.0
"""Longest time of a draft by the strength of teams after which one by their fair shares is tried, too, if as much time
is left."""
PATTERNS = 3
"""Schedules of others that are tried for somebody for whom none was found in time."""


def first_roster(
    formulation: Formulation,
    effort: Effort,
    stop: StopSignal,
    workers: int = 1,
    linking: Callable[[int], Linking] | None = None,
    patience: Effort | None = None,
    prove: Callable[[int, int], None] = lambda level, bound: None,
) -> Incumbent:
    """A roster that keeps every hard personal rule.

    Parameters
    ----------
    linking
        Gives the linking rows up to a level, with pricers that others use, too.
    patience
        Effort of all that is done person by person where the time is long; default that of one person's part.
    prove
        Told of a level and a bound of it, if one comes with the roster.

    Raises
    ------
    Contradiction
        If somebody's hard rules leave no schedule at all.
    """
    incumbent = Incumbent(formulation)
    level = max([level for level in formulation.levels if level <= LAST_LEVEL], default=formulation.levels[0])
    if any(is_long(formulation, one) for one in formulation.classes):
        links = Linking(formulation, level) if linking is None else linking(level)
        patience, watch = patience or effort, work.Watch(effort.deterministic)
        if can_sweep(links, patience, stop, workers):
            making = watch.seconds
            bound = sweep(links, incumbent, replace(patience, seconds=patience.seconds - making), stop, making)
            prove(level, incumbent.fixed_cost(level) + bound)
            incumbent.apply(_repaired(formulation, dict(enumerate(incumbent.held)), effort, stop, workers))
            return incumbent
    watch = work.Watch(effort.deterministic)
    roster, has_shared = _drafted(formulation, effort, stop, workers, shares=False)
    took = watch.seconds
    left = replace(effort, seconds=effort.seconds - took)
    if has_shared and took <= min(SECOND_DRAFT, left.seconds) and not stop.is_set:
        with suppress(TimeoutError):
            other, _ = _drafted(formulation, left, stop, workers, shares=True)
            roster = min(roster, other, key=lambda one: one.costs)
    return roster


def _drafted(
    formulation: Formulation, effort: Effort, stop: StopSignal, workers: int, *, shares: bool
) -> tuple[Incumbent, bool]:
    """A roster turn by turn, and whether fair shares of teams make a difference."""
    incumbent = Incumbent(formulation)
    draft = Draft(formulation, incumbent, shares=shares)
    for turn in range(len(formulation.variables.turns)):
        draft.fill(turn)
    for turn in range(len(formulation.variables.turns)):
        draft.call(turn)
    wished = {person: frozenset(keys) for person, keys in enumerate(draft.keys)}
    incumbent.apply(
        {person: keys for person, keys in _repaired(formulation, wished, effort, stop, workers).items() if keys}
    )
    close_gaps(incumbent, effort, stop)
    return incumbent, draft.has_shared


def _repaired(
    formulation: Formulation, wished: Mapping[int, Schedule], effort: Effort, stop: StopSignal, workers: int
) -> dict[int, Schedule]:
    """Wished schedules, those that break a hard rule replaced by near ones that do not."""

    def repair(person: int, wish: Schedule) -> Schedule | None:
        one = formulation.model_of(person)
        if is_feasible(formulation, one, wish):
            return wish
        try:
            return nearest_schedule(formulation, one, wish, effort, stop, person)
        except TimeoutError:
            return None

    with threads(workers) as executor:
        tried = dict(
            zip(wished, work.collected(executor.map(work.weighed(repair), wished, wished.values())), strict=True)
        )
    found = {person: schedule for person, schedule in tried.items() if schedule is not None}
    missing = [person for person in tried if person not in found]
    if missing and effort.seconds <= 0:
        raise TimeoutError
    for person in missing:
        found[person] = _like_others(formulation, person, found, repair)
    return found


def _like_others(
    formulation: Formulation,
    person: int,
    found: Mapping[int, Schedule],
    repair: Callable[[int, Schedule], Schedule | None],
) -> Schedule:
    """A schedule near to one that somebody else was given, of those of which most can be taken over.

    Raises
    ------
    TimeoutError
        If there was no time to find one this way either.
    """
    offered = formulation.offered(person)
    patterns = sorted((held & offered for held in found.values()), key=len, reverse=True)
    for pattern in patterns[:PATTERNS]:
        schedule = repair(person, pattern)
        if schedule is not None:
            return schedule
    raise TimeoutError
