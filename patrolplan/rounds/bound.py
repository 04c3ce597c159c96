"""What no way of walking can beat, and how many teams a promise takes at least.

Why. Let S(a) be the chance that a gap at a checkpoint lasts longer than a, G its promise, m the length of an attack. If
a watcher is caught with chance v at least, whatever the age at which he strikes, then S(a + m) <= (1 - v) S(a) for
every age a, and S(G) = 0. With S(a) <= 1 for a < m it follows by induction that S(a) <= (1 - v)^floor(a / m). The mean
gap is the sum of S(a) over the slots a < G, so it is at most M(v) = sum_{a < G} (1 - v)^floor(a / m). Each visit takes
at least the c slots that the way from the nearest other checkpoint takes, dwell included. In the long run checkpoint i
is visited once per mean gap, so all visits together take the share sum_i c_i / (mean gap)_i of the teams' time, which
is at most the number of teams K:

    sum_i c_i / M_i(v_i) <= sum_i c_i / (mean gap)_i <= K.

The watcher's result L = max_i w_i (1 - v_i) gives v_i >= 1 - L / w_i, and M falls as v grows. So no way of walking has
an L for which sum_i c_i / M_i(max(0, 1 - L / w_i)) > K; bisection finds the least L that is left. It holds for the long
run: ends of duty add terms of the order of one gap over a duty.
"""

from __future__ import annotations

import numpy as np

from patrolplan.rounds.lane import Lane


def longest_mean_gap(promise: int, attack: int, detection: float) -> float:
    """The longest mean gap, in slots, with which a watcher is caught with such a chance: M(v) above."""
    ages = np.arange(promise)
    return float(((1.0 - detection) ** (ages // max(1, attack))).sum())


def team_time(lane: Lane, value: float) -> float:
    """Teams' time that it takes at least to leave the watcher no more than a value."""
    detection = np.maximum(0.0, 1 - value / lane.weight)
    means = [
        longest_mean_gap(int(g), int(m), float(v)) for g, m, v in zip(lane.promise, lane.attack, detection, strict=True)
    ]
    return float((lane.cheapest / np.array(means)).sum())


def least_value(lane: Lane, teams: int) -> float:
    """The least result that so many teams could leave a watcher; the largest weight if the promise takes more."""
    low, high = 0.0, float(lane.weight.max())
    if team_time(lane, low) <= teams:
        return 0.0
    for _ in range(60):
        middle = (low + high) / 2
        if team_time(lane, middle) <= teams:
            high = middle
        else:
            low = middle
    return high


def least_teams(lane: Lane) -> int:
    """No fewer teams keep the promises: each visit takes time, and none may come later than promised."""
    return max(1, int(np.ceil(float((lane.cheapest / lane.promise).sum()) - 1e-9)))


def promise_curve(lane: Lane, teams: int, promises: list[int]) -> list[tuple[int, float]]:
    """For promises in slots, the same everywhere, the best detection that is not ruled out."""
    curve = []
    for promise in promises:
        other = Lane(lane.steps, lane.dwell, np.full(lane.size, promise), lane.attack, lane.weight)
        value = least_value(other, teams)
        curve.append((promise, 1 - value / float(lane.weight.max())))
    return curve
