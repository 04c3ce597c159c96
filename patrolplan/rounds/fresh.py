"""Odds on fresh draws: walks of one team drawn anew, and judged by the verifier, which sees visits alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from patrolplan.problem import Ground
from patrolplan.rounds.dealing import dealt
from patrolplan.rounds.lane import Clock, Ints
from patrolplan.rounds.safety import Safety
from patrolplan.rounds.tours import safe_tours
from patrolplan.rounds.training import Course
from patrolplan.rounds.walks import Walker
from patrolplan.rounds.watcher import LEAST_AT_RISK, Chance, Watched, chance, no_evidence, observe
from patrolplan.units import Span, subtract_spans

if TYPE_CHECKING:
    from patrolplan.rounds.sheets import Plan

_COPIES = 64
"""Teams that are drawn side by side for the odds."""

History = tuple[int, int, list[Ints]]
"""First and last slot of unbroken patrols, and departures by checkpoint."""


def fresh_odds(
    ground: Ground,
    plan: Plan,
    clock: Clock,
    draws: int,
    width: int,
    rng: np.random.Generator,
    least_at_risk: int = LEAST_AT_RISK,
) -> tuple[list[Chance | None], int]:
    """The odds at each checkpoint of a team on fresh draws, and how many duties were drawn."""
    evidence = [no_evidence(_watched(ground, place), ground.slot) for place in plan.members]
    rounds = max(1, -(-draws // _COPIES))
    for start, end, departures in histories(plan, clock, rounds, width, rng):
        for index, place in enumerate(plan.members):
            closed = [(a * ground.slot, b * ground.slot) for a, b in _closed(clock, index)]
            dwell = ground.checkpoints[place].dwell
            for opens, closes in subtract_spans([(start * ground.slot, end * ground.slot)], closed):
                times = np.asarray(departures[index] * ground.slot - dwell, np.float64)
                inside = times[(times >= opens) & (times <= closes)]
                observe(evidence[index], _watched(ground, place), inside, closes)
    return [chance(one, least_at_risk) for one in evidence], rounds * _COPIES


def watcher_result(ground: Ground, members: tuple[int, ...], odds: list[Chance | None]) -> float:
    """The watcher's best result at some checkpoints: weight times chance to stay unseen."""
    weights = [ground.checkpoints[place].weight for place in members]
    return max(0.0 if one is None else weight * (1 - one.watcher) for weight, one in zip(weights, odds, strict=True))


def _closed(clock: Clock, index: int) -> tuple[Span, ...]:
    return clock.shifts.closed[index] if clock.shifts.closed else ()


def _watched(ground: Ground, place: int) -> Watched:
    point = ground.checkpoints[place]
    return Watched(point.promise, point.attack, point.weight)


def histories(plan: Plan, clock: Clock, rounds: int, width: int, rng: np.random.Generator) -> Iterator[History]:
    """Fresh walks of one team, as many duties as rounds for each of `_COPIES` teams."""
    drawn = _dealt_histories if plan.pools is not None else _walked_histories
    for start, end, stops, slots in drawn(plan, clock, rounds, width, rng):
        yield start, end, [slots[stops == place] for place in range(plan.lane.size)]


def _dealt_histories(
    plan: Plan, clock: Clock, rounds: int, width: int, rng: np.random.Generator
) -> Iterator[tuple[int, int, Ints, Ints]]:
    shifts = clock.shifts
    left = rounds * _COPIES
    while left > 0:
        assert plan.pools is not None
        duties = list(dealt(plan.pools, [clock], rng))[:left]
        left -= len(duties)
        stops, slots = np.concatenate([one for one, _ in duties]), np.concatenate([one for _, one in duties])
        yield shifts.begins[0], shifts.ends[len(duties) - 1], stops, slots


def _walked_histories(
    plan: Plan, clock: Clock, rounds: int, width: int, rng: np.random.Generator
) -> Iterator[tuple[int, int, Ints, Ints]]:
    safety = Safety(clock, list(safe_tours(plan.lane, clock.shifts)))
    course = Course(Walker(clock, safety, width, rng), _COPIES)
    shifts = clock.shifts
    stops: list[list[Ints]] = [[] for _ in range(_COPIES)]
    slots: list[list[Ints]] = [[] for _ in range(_COPIES)]
    assert plan.style is not None
    for step in range(rounds):
        before, visits = course.run(plan.style.draw(_COPIES, rng))
        for copy in range(_COPIES):
            held = visits.stops[copy] >= 0
            stops[copy].append(visits.stops[copy][held])
            slots[copy].append(visits.slots[copy][held])
        if before.duty + 1 == len(shifts.begins) or step + 1 == rounds:
            for copy in range(_COPIES):
                where, when = np.concatenate(stops[copy]), np.concatenate(slots[copy])
                yield shifts.begins[0], shifts.ends[before.duty], where, when
                stops[copy], slots[copy] = [], []
