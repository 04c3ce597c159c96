"""The verifier on sheets written by hand."""

from __future__ import annotations

import numpy as np
import pytest

from patrolplan.rounds.watcher import Watched, chance, idleness, no_evidence, observe


def seen(arrivals: list[float], end: float, promise: int = 60, attack: int = 20, least: int = 1) -> object:
    one = Watched(promise, attack)
    evidence = no_evidence(one, 5)
    observe(evidence, one, np.array(arrivals, float), end)
    return chance(evidence, least)


def test_idleness_counts_both_ends_and_leaves_out_what_is_closed() -> None:
    found = idleness([10, 30], [(0, 40)])
    assert (found.worst, found.average) == (20, (100 + 400 + 100) / 2 / 40)
    assert idleness([10, 30], [(0, 100)]).worst == 70
    assert idleness([10, 30], [(0, 100)], [(35, 90)]).worst == 20
    assert idleness([], [(0, 50), (80, 90)]).worst == 50


def test_a_fixed_tour_scores_nothing_against_a_watcher() -> None:
    found = seen(list(range(0, 4000, 40)), 4000)
    assert found is not None
    assert found.watcher == 0 and found.age == 0
    assert found.blind == pytest.approx(20 / 40, abs=0.01)


def test_gaps_by_hand() -> None:
    """Gaps of 10, 30 and 30 minutes: at age 0 one of three ends within 20 minutes, at age 10 both that are left."""
    found = seen([0, 10, 40, 70], 100)
    assert found is not None
    assert (found.watcher, found.age, found.at_risk) == (pytest.approx(1 / 4), 0, 4)


def test_the_end_cuts_attacks_off_and_not_only_their_failures() -> None:
    """Attacks that would last beyond the end count neither way; one that ended unseen before it counts."""
    assert seen([0.0], 19) is None
    found = seen([0.0], 24)
    assert found is not None
    assert (found.watcher, found.at_risk) == (0.0, 1)


def test_rare_ages_do_not_count() -> None:
    assert seen([0, 10, 40, 70], 100, least=5) is None
