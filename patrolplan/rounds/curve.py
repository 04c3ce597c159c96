"""The curve of promise against unpredictability: a short search for promises that are longer or shorter.

It needs nothing of the sheets, so that another process can look for it at the same time.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from patrolplan.problem import Ground
from patrolplan.rounds.bound import least_value
from patrolplan.rounds.lane import Clock, Lane, Shifts
from patrolplan.rounds.pool import PoolEffort, make_pool, pool_clock
from patrolplan.rounds.safety import Safety
from patrolplan.rounds.seams import seams
from patrolplan.rounds.sheets import is_near, random_of
from patrolplan.rounds.tours import safe_tours, split
from patrolplan.rounds.training import Effort, train

FACTORS = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
"""Parts of the promise for which the curve is drawn."""
PRESENT = frozenset({1.0})
OTHERS = frozenset(FACTORS) - PRESENT
"""The promise itself, which fresh draws measure better, and all others."""
_ROUGH = Effort(ways=10, copies=8, width=32)
_ROUGH_POOL = PoolEffort(rounds=6, walks=128, width=8)
"""How hard other promises are looked at."""

Values = Sequence[float | None]
"""For each of `FACTORS` what a watcher is left; None if it was not looked at."""
NOT_KEPT = math.inf
"""Where no way is found in which the teams keep the promise."""


@dataclass(frozen=True)
class Point:
    """A promise on the curve.

    Attributes
    ----------
    minutes
        The promise (the tightest, where there are several).
    bound
        The surest detection of a watcher that is not ruled out.
    reached
        What is reached: on fresh draws for the promise itself, by a rough search for others. Never less than for a
        tighter promise, whose rounds keep this one, too. None if no rounds are known that keep the promise.
    looked_at
        False if there was no time to look for such rounds.
    """

    minutes: int
    bound: float
    reached: float | None
    looked_at: bool = True


@dataclass(frozen=True)
class Task:
    """What the search needs.

    Attributes
    ----------
    lane
        Of the whole ground.
    seed, number
        Of the drawing.
    until
        When to end, on the computer's clock; None for no limit.
    factors
        Those of `FACTORS` to be looked at.
    """

    lane: Lane
    teams: int
    shifts: Shifts
    seed: int
    number: int
    until: float | None = None
    factors: frozenset[float] = OTHERS


def going_until(until: float | None) -> Callable[[], bool]:
    """Whether a search may go on, with a time limit on the computer's clock, which other processes share; or None."""
    return lambda: until is None or time.time() < until


def sketch(task: Task) -> Values:
    """Look for the curve."""
    go_on = going_until(task.until)
    return [
        _value(task, index, factor, go_on) if factor in task.factors else None for index, factor in enumerate(FACTORS)
    ]


def points(ground: Ground, lane: Lane, teams: int, values: Values, measured: float | None) -> Iterator[Point]:
    """The curve; what was measured for the present promise is a point of it.

    Parameters
    ----------
    values
        See `sketch`.
    """
    tightest = min(point.promise for point in ground.checkpoints)
    top = float(lane.weight.max())
    best: float | None = None
    for factor, value in zip(FACTORS, values, strict=True):
        reached = best
        if factor == 1 and measured is not None:
            reached = measured
        elif value is not None and value != NOT_KEPT:
            rough = 1 - value / top
            reached = max(best or 0.0, rough if factor > 1 or measured is None else min(rough, measured))
        best = reached
        bound = 1 - least_value(_with_promise(lane, factor), teams) / top
        yield Point(round(tightest * factor), bound, reached, reached is not None or value is not None)


def _with_promise(lane: Lane, factor: float) -> Lane:
    """The same with promises that are longer or shorter by a factor."""
    promise = np.maximum(1, np.round(lane.promise * factor)).astype(np.int64)
    return Lane(lane.steps, lane.dwell, promise, lane.attack, lane.weight)


def _value(task: Task, index: int, factor: float, go_on: Callable[[], bool]) -> float | None:
    """What a short search leaves a watcher, by pools or by ways of walking, whichever leaves less."""
    lane = _with_promise(task.lane, factor)
    parts = split(lane, task.teams, task.shifts)
    if parts is None:
        return NOT_KEPT
    if not go_on():
        return None
    shifts = Shifts(task.shifts.begins, task.shifts.ends)
    length = max(end - begin for begin, end in zip(shifts.begins, shifts.ends, strict=True))
    value, tried = 0.0, seams(lane, parts)
    for team, part in enumerate(parts):
        own = lane.part(part)
        least = float(lane.weight.max())
        for number, seam in tried:
            if not is_near(own, least):
                rng = random_of(task.seed, task.number, 8, index, team, number)
                pool = make_pool(pool_clock(own, length, (), seam.part(part)), _ROUGH_POOL, rng, go_on, True)
                least = least if pool is None else min(least, pool.value)
        if least == lane.weight.max():  # no pool
            plain = Clock(own, shifts)
            safety = Safety(plain, safe_tours(own, shifts))
            rng = random_of(task.seed, task.number, 5, index, team)
            least = min(least, train(plain, safety, _ROUGH, rng, go_on).game.value)
        value = max(value, least)
    return value
