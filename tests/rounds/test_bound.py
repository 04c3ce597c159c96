"""The bound against small cases solved exactly, and the values of blind intruders that are known."""

from __future__ import annotations

import numpy as np
import pytest

from patrolplan.rounds.bound import least_teams, least_value, longest_mean_gap
from patrolplan.rounds.exact import blind_value, watcher_optimum
from tests.rounds.lanes import lane, ring


@pytest.mark.parametrize(("promise", "printed"), [(12, 0.382), (16, 0.456), (24, 0.491)])
def test_the_bound_of_the_ring_of_eight(promise: int, printed: float) -> None:
    assert 1 - least_value(ring(8, 2, promise, 4), 1) == pytest.approx(printed, abs=5e-4)


def test_the_longest_mean_gap_by_hand() -> None:
    assert longest_mean_gap(5, 2, 0.5) == 1 + 1 + 0.5 + 0.5 + 0.25
    assert longest_mean_gap(5, 2, 0.0) == 5
    assert longest_mean_gap(5, 2, 1.0) == 2


@pytest.mark.parametrize(("size", "promise", "attack"), [(2, 4, 1), (3, 4, 1), (3, 5, 2), (4, 5, 2)])
def test_no_exact_optimum_beats_the_bound(size: int, promise: int, attack: int) -> None:
    complete = ring(size, size, promise, attack)
    exact = watcher_optimum(complete.steps[:size], promise, attack, 1e-3)
    bound = 1 - least_value(complete, 1)
    assert exact <= bound + 1e-3


def test_the_bound_is_reached_where_nothing_hinders_it() -> None:
    """Two checkpoints, one slot apart: the team stands at one or goes to the other, so gaps are 2 slots."""
    pair = ring(2, 1, 4, 1)
    assert watcher_optimum(pair.steps[:2], 4, 1, 1e-3) == pytest.approx(0.0, abs=2e-3)
    assert watcher_optimum(pair.steps[:2], 4, 2, 1e-3) == pytest.approx(1.0, abs=2e-3)


def test_least_teams_counts_the_time_of_visits() -> None:
    assert least_teams(lane([[0, 3], [3, 0]], 6, 1)) == 1
    assert least_teams(lane([[0, 3], [3, 0]], 5, 1)) == 2


def cycle(size: int) -> np.ndarray:
    one = np.arange(size)
    apart = np.abs(one[:, None] - one[None])
    return np.minimum(apart, size - apart) == 1


def test_blind_values_that_are_known() -> None:
    complete = ~np.eye(5, dtype=bool)
    star = np.zeros((4, 4), bool)
    star[0, 1:] = star[1:, 0] = True
    sides = np.zeros((5, 5), bool)
    sides[:2, 2:] = sides[2:, :2] = True
    assert blind_value(cycle(5), 3) == pytest.approx(3 / 5)
    assert blind_value(cycle(6), 4) == pytest.approx(4 / 6)
    assert blind_value(complete, 3) == pytest.approx(3 / 5)
    assert blind_value(star, 4) == pytest.approx(4 / (2 * 3))
    assert blind_value(sides, 4) == pytest.approx(4 / (2 * 3))
