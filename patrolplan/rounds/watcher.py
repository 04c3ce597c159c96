"""The independent verifier: what finished sheets promise, and what they give away.

It sees visits on the clock and nothing of how they were made: idleness by checkpoint, and the chances of somebody who
watches one checkpoint, or who strikes blindly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from patrolplan.rounds.lane import Floats, Ints
from patrolplan.units import Span, subtract_spans

LEAST_AT_RISK = 500
"""An age counts for the watcher only with so many gaps at risk."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is promised at a checkpoint, in minutes.

    Attributes
    ----------
    attack
        How long an intruder needs.
    """

    promise: int
    attack: int
    weight: float = 1.0


@dataclass(frozen=True)
class Idleness:
    """Minutes without a visit at one checkpoint, within the time that is patrolled and that it is open.

    Attributes
    ----------
    worst
        Longest time between two arrivals, or between an arrival and the beginning or end of that time.
    average
        Mean age of the last visit over that time.
    """

    worst: float
    average: float


def idleness(arrivals: Sequence[float], patrolled: Iterable[Span], closed: Iterable[Span] = ()) -> Idleness:
    """Idleness from arrivals at one checkpoint.

    Parameters
    ----------
    arrivals
        Minutes, in order.
    patrolled, closed
        Spans of minutes.
    """
    worst, area, total = 0.0, 0.0, 0.0
    times = np.asarray(arrivals, float)
    for start, end in subtract_spans(patrolled, closed):
        inside = times[(times >= start) & (times <= end)]
        gaps = np.diff(np.concatenate(([start], inside, [end])))
        worst = max(worst, float(gaps.max()))
        area += float((gaps**2).sum()) / 2
        total += end - start
    return Idleness(worst, area / total if total else 0.0)


@dataclass(eq=False)
class Evidence:
    """Gaps seen at one checkpoint, by age in steps of so many minutes.

    Attributes
    ----------
    at_risk
        Gaps that had lasted longer than the age, with time left for a whole attack.
    caught
        Those of them in which a visit came during the attack.
    covered
        Minutes of attacks begun at any time that a visit would have met.
    minutes
        Minutes at which an attack could begin and end in time.
    """

    step: int
    at_risk: Ints
    caught: Ints
    covered: float = 0.0
    minutes: float = 0.0


def no_evidence(one: Watched, step: int) -> Evidence:
    """Nothing seen yet."""
    ages = max(1, one.promise // step)
    return Evidence(step, np.zeros(ages, np.int64), np.zeros(ages, np.int64))


def observe(evidence: Evidence, one: Watched, arrivals: Floats, end: float) -> None:
    """Add what is seen in one unbroken stretch of patrols until its end.

    Parameters
    ----------
    arrivals
        Minutes, in order; ages run from the first one on.
    """
    if not len(arrivals):
        return
    gaps = np.diff(np.append(arrivals, np.inf))
    room = end - one.attack - arrivals
    age = evidence.step * np.arange(len(evidence.at_risk))[:, None]
    counted = (gaps > age) & (room >= age)
    evidence.at_risk += counted.sum(axis=1)
    evidence.caught += (counted & (gaps <= age + one.attack)).sum(axis=1)
    last = end - one.attack
    starts = np.clip(arrivals - one.attack, arrivals[0], last)
    reached = np.maximum(
        np.concatenate(([arrivals[0]], np.maximum.accumulate(np.minimum(arrivals, last))[:-1])), starts
    )
    evidence.covered += float(np.maximum(0.0, np.minimum(arrivals, last) - reached).sum())
    evidence.minutes += max(0.0, float(last - arrivals[0]))


@dataclass(frozen=True)
class Chance:
    """How surely an intruder at one checkpoint is caught.

    Attributes
    ----------
    watcher, error
        Least over all ages, with the standard error at that age; 1 if there is no age at which he could hope.
    age
        Minutes since the last visit at which he should strike.
    at_risk
        Gaps on which this rests.
    blind
        For an attack at any time.
    """

    watcher: float
    error: float
    age: int
    at_risk: int
    blind: float


def chance(evidence: Evidence, least_at_risk: int = LEAST_AT_RISK) -> Chance | None:
    """The chances, or None if no age was seen often enough."""
    enough = np.flatnonzero(evidence.at_risk >= least_at_risk)
    if not enough.size:
        return None
    shares = evidence.caught[enough] / evidence.at_risk[enough]
    worst = int(shares.argmin())
    count, share = int(evidence.at_risk[enough[worst]]), float(shares[worst])
    error = float(np.sqrt(max(share * (1 - share), 0.0) / count))
    blind = evidence.covered / evidence.minutes if evidence.minutes else 1.0
    return Chance(share, error, int(enough[worst]) * evidence.step, count, blind)
