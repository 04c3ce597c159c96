"""Pools of whole walks: any may follow any other, none comes twice soon, and fresh draws show what was weighed."""

from __future__ import annotations

import numpy as np
import pytest

from patrolplan.rounds import pool as pool_search
from patrolplan.rounds.dealing import dealt, kinds, make_pools
from patrolplan.rounds.lane import Lane, Shifts, make_clock
from patrolplan.rounds.pool import Pool, PoolEffort, make_pool, pool_clock
from patrolplan.rounds.seams import middle_seam
from patrolplan.rounds.symmetry import symmetries
from patrolplan.rounds.watcher import Watched, chance, idleness, no_evidence, observe
from tests.rounds.lanes import lane, ring

DUTY = 96
MODERATE = PoolEffort(rounds=9, walks=160, width=12)


@pytest.fixture(scope="module")
def ring_pool() -> Pool:
    """The ring of eight with a promise of 120 and attacks of 20 minutes."""
    pool = make_pool(pool_clock(ring(8, 2, 24, 4), DUTY, ()), MODERATE, np.random.default_rng(5))
    assert pool is not None
    return pool


def months(pool: Pool, length: int, count: int, months_: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(months_):
        hand = list(pool.deal(count, rng))
        slots = [slots + length * index for index, (_, slots) in enumerate(hand)]
        found.append((np.concatenate([stops for stops, _ in hand]), np.concatenate(slots)))
    return found


def surest(ground: Lane, drawn: list[tuple[np.ndarray, np.ndarray]], end: int) -> list[float]:
    """How surely a watcher is caught at each checkpoint; promises are looked at, too."""
    found = []
    for place in range(ground.size):
        watched = Watched(int(ground.promise[place]), int(ground.attack[place]))
        evidence = no_evidence(watched, 1)
        for stops, slots in drawn:
            own = slots[stops == place].astype(float)
            assert idleness(own, [(0, end)]).worst <= watched.promise
            observe(evidence, watched, own, end)
        odds = chance(evidence)
        assert odds is not None
        found.append(odds.watcher)
    return found


def test_fresh_draws_show_what_the_program_weighed(ring_pool: Pool) -> None:
    """More than 0.337, which ways of walking reach after a whole search."""
    ground = ring(8, 2, 24, 4)
    found = surest(ground, months(ring_pool, DUTY, 90, 40, 1), 90 * DUTY)
    assert min(found) > 0.36
    assert min(found) == pytest.approx(1 - ring_pool.value, abs=0.025)


def test_no_two_duties_of_a_month_are_alike(ring_pool: Pool) -> None:
    for seed in range(3):
        hand = [(*stops, *slots) for stops, slots in ring_pool.deal(93, np.random.default_rng(seed))]
        assert len(set(hand)) == 93
    assert ring_pool.shares.max() <= 1 / 199
    held = ring_pool.visits.stops >= 0
    walks = zip(ring_pool.visits.stops, ring_pool.visits.slots, held, strict=True)
    assert len({(*stops[here], *slots[here]) for stops, slots, here in walks}) == len(held)
    assert len(list(ring_pool.deal(1000, np.random.default_rng(0)))) == 1000


def test_no_walk_comes_again_after_others_have_walked_in_between() -> None:
    """Two stretches of fifty duties, as before and after one with another number of teams."""
    ground = lane([[0, 1, 2, 3], [1, 0, 1, 2], [2, 1, 0, 1], [3, 2, 1, 0]], [20, 24, 28, 30], 4)
    pool = make_pool(pool_clock(ground, 60, ()), PoolEffort(rounds=6, walks=80, width=4), np.random.default_rng(1))
    assert pool is not None and pool.shares.max() <= 1 / 100
    clock = make_clock(ground, Shifts(tuple(range(0, 3000, 60)), tuple(range(60, 3060, 60))))
    for seed in range(5):
        hand = list(dealt({(60, ()): pool}, [clock, clock], np.random.default_rng(seed)))
        begins = 2 * list(clock.shifts.begins)
        assert all((slots >= begin).all() for (_, slots), begin in zip(hand, begins, strict=True))
        walks = {(*stops, *(slots - begin)) for (stops, slots), begin in zip(hand, begins, strict=True)}
        assert len(hand) == len(walks) == 100


def test_each_walk_comes_as_often_as_its_share_says() -> None:
    """A ground without symmetry, so that a walk shows which of the pool it is."""
    ground = lane([[0, 1, 2, 3], [1, 0, 1, 2], [2, 1, 0, 1], [3, 2, 1, 0]], [20, 24, 28, 30], 4)
    pool = make_pool(pool_clock(ground, 60, ()), PoolEffort(rounds=2, walks=40, width=4), np.random.default_rng(1))
    assert pool is not None
    rng = np.random.default_rng(2)
    known: dict[tuple[int, ...], list[int]] = {}
    for index in range(len(pool.shares)):
        held = pool.visits.stops[index] >= 0
        known.setdefault((*pool.visits.stops[index][held], *pool.visits.slots[index][held]), []).append(index)
    seen = dict.fromkeys(known, 0)
    for _ in range(400):
        for stops, slots in pool.deal(20, rng):
            seen[(*stops, *slots)] += 1
    for walk, members in known.items():
        assert seen[walk] / 8000 == pytest.approx(pool.shares[members].sum(), abs=0.006)


def test_an_uneven_ground_gives_a_watcher_little() -> None:
    """Promises from 100 to 160 minutes and weights from 1 to 2, all one slot apart."""
    even = lane([[0 if a == b else 1 for a in range(6)] for b in range(6)], [20, 24, 24, 28, 28, 32], 4)
    ground = Lane(even.steps, even.dwell, even.promise, even.attack, np.array([2.0, 1.0, 1.0, 1.5, 1.0, 1.0]))
    pool = make_pool(pool_clock(ground, DUTY, ()), PoolEffort(rounds=6, walks=128, width=8), np.random.default_rng(3))
    assert pool is not None
    found = surest(ground, months(pool, DUTY, 60, 30, 1), 60 * DUTY)
    assert min(found) > 0.2
    result = max(weight * (1 - one) for weight, one in zip(ground.weight, found, strict=True))
    assert result == pytest.approx(pool.value, abs=0.08)
    assert found[0] > min(found[1:]) + 0.1


def test_closed_hours_have_pools_of_their_own_and_keep_their_promises() -> None:
    """Checkpoint 1 is closed in the second duty from slot 30 until the third one has begun."""
    ground = ring(5, 1, 24, 4)
    closed = ((), ((DUTY + 30, 2 * DUTY + 10),), (), (), ())
    shifts = Shifts((0, DUTY, 2 * DUTY), (DUTY, 2 * DUTY, 3 * DUTY), closed)
    clock = make_clock(ground, shifts)
    small = PoolEffort(rounds=4, walks=48, width=4)
    tried: dict[str, int] = {}

    def rng(number: int) -> np.random.Generator:
        return np.random.default_rng(number)

    pools = make_pools(ground, kinds(clock), small, middle_seam(ground), rng, lambda: True, tried, None, "p")
    assert pools is not None and len(pools) == 3 and len(tried) == 3
    again = make_pools(ground, kinds(clock), small, middle_seam(ground), rng, lambda: True, {}, tried, "p")
    assert again is not None
    for seed in range(20):
        hand = list(dealt(pools, [clock], np.random.default_rng(seed)))
        repeated = list(dealt(again, [clock], np.random.default_rng(seed)))
        assert [(a.tolist(), b.tolist()) for a, b in hand] == [(a.tolist(), b.tolist()) for a, b in repeated]
        stops, slots = (np.concatenate(one) for one in zip(*hand, strict=True))
        for place in range(5):
            own = slots[stops == place]
            assert idleness(own, [(0, 3 * DUTY)], closed[place]).worst <= 24
            assert not [slot for slot in own if any(a < slot < b for a, b in closed[place])]


def test_no_pool_where_half_the_promise_is_too_tight() -> None:
    assert make_pool(pool_clock(ring(8, 2, 12, 4), DUTY, ()), MODERATE, np.random.default_rng(0)) is None
    assert make_pool(pool_clock(ring(8, 2, 24, 4), 10, ()), MODERATE, np.random.default_rng(0)) is not None
    assert make_pool(pool_clock(ring(8, 2, 24, 4), 5, ()), MODERATE, np.random.default_rng(0)) is None


def test_the_ring_has_sixteen_symmetries() -> None:
    ground = ring(8, 2, 24, 4)
    found = symmetries(ground)
    assert len({tuple(row) for row in found.tolist()}) == 16
    for row in found:
        assert (ground.steps[:8][np.ix_(row, row)] == ground.steps[:8]).all()
    assert symmetries(lane([[0, 1, 2], [1, 0, 1], [3, 1, 0]], 9, 1)).tolist() == [[0, 1, 2]]


def test_a_pool_without_a_walk_when_time_is_over_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_search._Growing, "_grow", lambda self, prices: None)
    clock = pool_clock(ring(8, 2, 20, 4), 96, ())
    assert make_pool(clock, PoolEffort(), np.random.default_rng(0), lambda: False) is None
