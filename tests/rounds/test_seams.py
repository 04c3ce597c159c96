"""Where duties change: walks of a pool may follow each other in any order, also where promises are tight or differ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patrolplan.rounds.bound import least_value
from patrolplan.rounds.endings import Endings
from patrolplan.rounds.lane import AT_EASE, Lane, Shifts
from patrolplan.rounds.mixture import best_mixture
from patrolplan.rounds.pool import Pool, PoolEffort, foreseen, make_pool, pool_clock
from patrolplan.rounds.seams import Seam, ground_seam, middle_seam, seams, tour_seam
from patrolplan.rounds.tally import Tally
from patrolplan.rounds.tours import make_tour, split
from patrolplan.rounds.watcher import Watched, chance, idleness, no_evidence, observe
from tests.rounds.lanes import lane, ring
from tests.rounds.test_walks import grounds

SMALL = PoolEffort(rounds=1, walks=8, width=3)


def everywhere(size: int) -> list[list[int]]:
    """One slot from everywhere to everywhere."""
    return [[0 if a == b else 1 for a in range(size)] for b in range(size)]


def test_a_promise_is_divided_in_the_order_of_the_tour() -> None:
    """Four places on a ring, 4 slots around, a promise of 6: two slots are left, one for either end."""
    ground = lane(everywhere(4), 6, 2)
    seam = tour_seam(ground, make_tour(ground, [2, 0, 3, 1]))
    assert seam is not None
    assert seam.first.tolist() == [3, 5, 2, 4]
    assert (seam.first + seam.latest).tolist() == [6] * 4
    assert seam.order.tolist() == [1, 0, 2, 0]
    assert tour_seam(lane(everywhere(4), 3, 1), make_tour(ground, [0, 1, 2, 3])) is None


def test_the_way_from_the_start_counts_where_a_tour_is_cut() -> None:
    near = lane(everywhere(4), 6, 2)
    far = Lane(np.vstack([near.steps[:4], np.full((1, 4), 4)]), near.dwell, near.promise, near.attack, near.weight)
    assert tour_seam(far, make_tour(far, [0, 1, 2, 3])) is None
    longer = Lane(far.steps, far.dwell, far.promise + 2, far.attack, far.weight)
    seam = tour_seam(longer, make_tour(longer, [0, 1, 2, 3]))
    assert seam is not None and (seam.first >= 4).all() and (seam.first + seam.latest == 8).all()


def test_places_that_a_tour_visits_often_have_their_own_share() -> None:
    ground = lane(everywhere(5), [4, 9, 12, 12, 12], 1)
    seam = ground_seam(ground, [[0, 1, 2, 3, 4]])
    assert seam is not None
    assert (seam.first + seam.latest == ground.promise).all() and (seam.first >= 1).all() and (seam.latest >= 0).all()


def test_a_slot_between_duties_is_taken_off_the_promise() -> None:
    ground = lane(everywhere(4), 7, 2)
    seam = ground_seam(ground, [[0, 1], [2, 3]], slack=1)
    assert seam is not None and (seam.first + seam.latest == 6).all()
    assert (middle_seam(ground, 1).first + middle_seam(ground, 1).latest == 6).all()


def test_an_end_is_good_where_the_tour_may_be_cut() -> None:
    """A tour of 4 with a promise of 4 leaves no room: after 8 slots it ends where it began, after 7 it does not."""
    ground = lane(everywhere(4), 4, 1)
    tour = make_tour(ground, [0, 1, 2, 3])
    seam = Seam(np.array([1, 2, 3, 4]), np.array([3, 2, 1, 0]), np.array([3, 2, 1, 0]))
    endings = Endings(pool_clock(ground, 12, (), seam), [tour], [4])
    due = np.full((1, 4), 10)
    assert endings.good(np.full((1, 4), 8), due)[0].tolist() == [False, False, False, True]
    assert endings.good(np.full((1, 4), 7), due)[0].tolist() == [True, False, False, False]
    assert endings.good(np.array([[1, 1, 1, 1]]), np.array([[AT_EASE, AT_EASE, 10, 10]]))[0].tolist() == [
        False,
        False,
        True,
        False,
    ]
    assert endings.good(np.full((1, 4), -1), due)[0].tolist() == [False] * 4


def test_room_in_the_promise_moves_the_end() -> None:
    ground = lane(everywhere(4), 5, 1)
    tour = make_tour(ground, [0, 1, 2, 3])
    seam = Seam(np.array([1, 2, 3, 4]), np.array([3, 2, 1, 0]), np.array([3, 2, 1, 0]))
    endings = Endings(pool_clock(ground, 40, (), seam), [tour], [4])
    assert endings.good(np.full((1, 4), 30), np.full((1, 4), 40)).all()
    assert not endings.good(np.full((1, 4), 5), np.full((1, 4), 40)).all()


def dealt_in_a_row(pool: Pool, length: int, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    hand = list(pool.deal(count, np.random.default_rng(seed)))
    slots = [slots + length * index for index, (_, slots) in enumerate(hand)]
    return np.concatenate([stops for stops, _ in hand]), np.concatenate(slots)


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(grounds(), st.integers(0, 100))
def test_dealt_walks_keep_every_promise_over_all_changes(ground: tuple[Lane, Shifts, int], seed: int) -> None:
    whole, duties, teams = ground
    parts = split(whole, teams, duties)
    if parts is None:
        return
    length = duties.ends[0]
    for seam in (middle_seam(whole), ground_seam(whole, parts)):
        for part in parts if seam is not None else []:
            own = whole.part(part)
            pool = make_pool(pool_clock(own, length, (), seam.part(part)), SMALL, np.random.default_rng(seed))
            if pool is None:
                continue
            stops, slots = dealt_in_a_row(pool, length, 8, seed)
            assert (slots <= 8 * length).all()
            for place in range(own.size):
                arrivals = slots[stops == place] - int(own.dwell[place])
                assert idleness(arrivals, [(0, 8 * length)]).worst <= own.promise[place]


def surest(ground: Lane, pool: Pool, length: int) -> float:
    """The watcher's result on fresh duties."""
    left = 0.0
    drawn = [dealt_in_a_row(pool, length, 60, seed) for seed in range(20)]
    for place in range(ground.size):
        watched = Watched(int(ground.promise[place]), int(ground.attack[place]))
        evidence = no_evidence(watched, 1)
        for stops, slots in drawn:
            own = slots[stops == place].astype(float)
            assert idleness(own, [(0, 60 * length)]).worst <= watched.promise
            observe(evidence, watched, own, 60 * length)
        odds = chance(evidence)
        assert odds is not None
        left = max(left, float(ground.weight[place]) * (1 - odds.watcher))
    return left


@pytest.mark.parametrize(
    ("promise", "weights", "most"),
    [
        ([9] * 6, [3.0, 2.0, 1.0, 1.0, 1.0, 1.0], 1.15),
        ([9, 9, 18, 18, 12, 12], [3.0, 2.0, 1.0, 1.0, 1.0, 1.0], 1.0),
    ],
)
def test_tight_promises_leave_a_watcher_little(promise: list[int], weights: list[float], most: float) -> None:
    """Half of these promises is not enough for a tour; the largest weight is 3, and no way leaves less than 0.68."""
    even = lane(everywhere(6), promise, 3)
    ground = Lane(even.steps, even.dwell, even.promise, even.attack, np.array(weights))
    seam = ground_seam(ground, [list(range(6))])
    assert make_pool(pool_clock(ground, 72, ()), SMALL, np.random.default_rng(0)) is None
    assert seam is not None
    effort = PoolEffort(rounds=10, walks=96, width=8)
    pool = make_pool(pool_clock(ground, 72, (), seam), effort, np.random.default_rng(2))
    assert pool is not None
    found = surest(ground, pool, 72)
    assert least_value(ground, 1) - 0.05 < found < most


@pytest.mark.parametrize(("promise", "tried"), [(8, [1]), (16, [1]), (19, [1]), (20, [0, 1]), (24, [0, 1])])
def test_halves_are_tried_where_they_leave_more_than_a_tour(promise: int, tried: list[int]) -> None:
    """A tour of the ring takes eight slots; where nothing keeps the promise in order, halves are all there is."""
    ground, parts = ring(8, 2, promise, 4), [list(range(8))]
    found = seams(ground, parts)
    assert [number for number, _ in found] == tried
    ordered = ground_seam(ground, parts)
    assert ordered is not None and (found[-1][1].first == ordered.first).all()
    assert [number for number, _ in seams(ring(8, 2, 7, 4), parts)] == [0]


def test_a_promise_of_one_and_a_half_tours_has_a_pool() -> None:
    ground = ring(8, 2, 12, 4)
    seam = ground_seam(ground, [list(range(8))])
    assert seam is not None
    pool = make_pool(pool_clock(ground, 96, (), seam), PoolEffort(6, 64, 8), np.random.default_rng(1))
    assert pool is not None and 1 - surest(ground, pool, 96) > 0.15


def test_ages_that_are_hardly_reached_do_not_stop_the_program() -> None:
    """Two ways, each good where the other is bad; that nobody reaches the last age asks nothing of either."""
    ground = lane(everywhere(2), 4, 1)
    reached = np.array([[10.0, 10.0, 0.0], [10.0, 10.0, 0.0]])
    one, other = np.array([[9.0, 9.0, 0.0], [1.0, 1.0, 0.0]]), np.array([[1.0, 1.0, 0.0], [9.0, 9.0, 0.0]])
    game = best_mixture(ground, [Tally(reached, one, 1.0), Tally(reached, other, 1.0)])
    assert game.value == pytest.approx(0.5, abs=1e-3)
    assert game.shares.tolist() == pytest.approx([0.5, 0.5], abs=1e-3)


def test_what_is_foreseen_ends_with_the_promise() -> None:
    ground = lane(everywhere(2), 2, 1)
    gain = np.array([[0, 4, -6], [0, 0, 10]], np.float32)
    ahead = foreseen(ground, gain)
    assert ahead[:, 2].tolist() == [-6, 10]
    assert ahead[0, 1] == pytest.approx(-6) and ahead[0, 0] == pytest.approx(0.9 * -6 + 0.1 * 4)


def test_walks_may_end_in_another_image_of_the_tour() -> None:
    """Every walk is dealt in the image in which the one before it ends, so promises hold and all places are alike."""
    ground = ring(5, 1, 8, 2)
    seam = ground_seam(ground, [list(range(5))])
    assert seam is not None
    clock = pool_clock(ground, 60, (), seam)
    pool = make_pool(clock, PoolEffort(6, 64, 4), np.random.default_rng(4), turned=True)
    assert pool is not None and len(set(pool.turns.tolist())) > 1
    for seed in range(20):
        stops, slots = dealt_in_a_row(pool, 60, 30, seed)
        for place in range(5):
            assert idleness(slots[stops == place], [(0, 30 * 60)]).worst <= 8
    firsts = {next(iter(pool.deal(1, np.random.default_rng(seed))))[0][0] for seed in range(40)}
    assert firsts == set(range(5))
