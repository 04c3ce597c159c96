"""Drawn walks: promises are kept whatever the ground, or refused; and a watcher learns little."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patrolplan.rounds.lane import Lane, Shifts, make_clock
from patrolplan.rounds.mixture import watcher_value
from patrolplan.rounds.safety import Safety
from patrolplan.rounds.symmetry import alike
from patrolplan.rounds.tally import tally
from patrolplan.rounds.tours import delay, limits, make_tour, safe_tours, short_cycle, split, teams_needed
from patrolplan.rounds.training import Course, Effort, train
from patrolplan.rounds.walks import Prices, Walker
from patrolplan.rounds.watcher import idleness
from tests.rounds.lanes import lane, ring, shifts


def arrivals(lane_: Lane, duties: Shifts, width: int, seed: int, sharp: float = 5.0) -> list[list[int]]:
    """Departures by checkpoint of one team through all duties, walking by random prices."""
    rng = np.random.default_rng(seed)
    clock = make_clock(lane_, duties)
    walker = Walker(clock, Safety(clock, safe_tours(lane_, duties)), width, rng)
    course = Course(walker, 1)
    found: list[list[int]] = [[] for _ in range(lane_.size)]
    for _ in duties.begins:
        gain = sharp * rng.normal(size=(lane_.size, int(lane_.promise.max()) + 1)).astype(np.float32)
        _, visits = course.run([Prices(gain)])
        for stop, slot in zip(visits.stops[0], visits.slots[0], strict=True):
            if stop >= 0:
                found[stop].append(int(slot))
    return found


@st.composite
def grounds(draw: st.DrawFn) -> tuple[Lane, Shifts, int]:
    """Random grounds: 5 to 40 checkpoints on a plane, ways that differ there and back, promises even or not."""
    size = draw(st.sampled_from([5, 6, 8, 12, 20, 40]))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    points = rng.uniform(0, draw(st.sampled_from([1.0, 3.0])), (size, 2))
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    inner = np.maximum(1, np.ceil(apart + rng.uniform(0, 0.6, (size, size)))).astype(np.int64)
    for middle in range(size):
        inner = np.minimum(inner, inner[:, [middle]] + inner[[middle]])
    np.fill_diagonal(inner, 1 << 20)
    start = draw(st.sampled_from([np.ones(size, np.int64), np.maximum(1, inner.min(axis=0)) + 1]))
    length = int(
        make_tour(
            Lane(np.vstack([inner, start[None]]), *[np.ones(size, np.int64)] * 3, np.ones(size)), list(range(size))
        ).length
    )
    even = draw(st.booleans())
    base = max(3, int(length * draw(st.sampled_from([0.3, 0.7, 1.1, 1.6]))))
    promise = np.full(size, base) if even else base * rng.integers(1, 4, size)
    dwell = np.full(size, draw(st.sampled_from([0, 1])))
    attack = np.maximum(1, promise // 3)
    whole = Lane(np.vstack([inner, start[None]]), dwell, promise, attack, rng.uniform(0.5, 3.0, size))
    duty, lost = draw(st.sampled_from([37, 96, 144])), draw(st.sampled_from([0, 0, 1]))
    begins = tuple((duty + lost) * number for number in range(3))
    return whole, Shifts(begins, tuple(begin + duty for begin in begins)), draw(st.integers(1, 4))


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(grounds(), st.integers(0, 100))
def test_promises_are_kept_or_the_number_of_teams_is_named(ground: tuple[Lane, Shifts, int], seed: int) -> None:
    whole, duties, teams = ground
    parts = split(whole, teams, duties)
    if parts is None:
        needed = teams_needed(whole, duties)
        assert needed is None or needed > teams
        return
    assert sorted(place for part in parts for place in part) == list(range(whole.size))
    for part in parts:
        own = whole.part(part)
        for place, slots in enumerate(arrivals(own, duties, 6, seed)):
            times = [slot - int(own.dwell[place]) for slot in slots]
            assert idleness(times, [(0, duties.end)]).worst <= own.promise[place]


def test_walks_step_as_the_ground_allows() -> None:
    ground = ring(8, 2, 12, 4)
    duties = shifts(96, 2)
    rng = np.random.default_rng(3)
    clock = make_clock(ground, duties)
    course = Course(Walker(clock, Safety(clock, safe_tours(ground, duties)), 8, rng), 3)
    _, visits = course.run([Prices(np.zeros((8, 13), np.float32))] * 3)
    for copy in range(3):
        held = visits.stops[copy] >= 0
        stops, slots = visits.stops[copy][held], visits.slots[copy][held]
        assert (np.diff(slots) == ground.steps[stops[:-1], stops[1:]]).all()
        assert slots[-1] <= 96
    assert len({tuple(one) for one in visits.stops.tolist()}) == 3


def test_closed_hours_are_kept_and_the_promise_begins_anew() -> None:
    ground = ring(5, 1, 12, 3)
    closed = ((), ((20, 50), (80, 100)), (), (), ())
    duties = Shifts((0, 60), (60, 130), closed)
    visited = arrivals(ground, duties, 8, 1)[1]
    assert visited and not [slot for slot in visited if 20 < slot < 50 or 80 < slot < 100]
    assert idleness(visited, [(0, 130)], closed[1]).worst <= 12


def test_a_start_point_costs_a_promise_its_way() -> None:
    """A cycle of 4 slots, and 3 slots from the guardhouse to anywhere: a promise of 5 is lost at a change of duty."""
    near = lane([[0, 1, 2, 1], [1, 0, 1, 2], [2, 1, 0, 1], [1, 2, 1, 0]], 5, 1)
    far = Lane(np.vstack([near.steps[:4], np.full((1, 4), 3)]), near.dwell, near.promise, near.attack, near.weight)
    assert split(near, 1, shifts(20, 3)) is not None
    assert split(far, 1, shifts(20, 3)) is None
    assert (limits(far, shifts(20, 3)) == 3).all()


def test_uneven_promises_get_a_schedule_that_keeps_them() -> None:
    ground = lane([[0 if a == b else 1 for a in range(5)] for b in range(5)], [3, 12, 12, 12, 12], 1)
    (tour, *_) = safe_tours(ground, shifts(60, 2))
    assert (tour.gaps(5) <= ground.promise).all()
    assert sum(tour.stops == 0) > 1


def test_short_cycle_finds_the_ring() -> None:
    ground = ring(8, 1, 20, 1)
    assert make_tour(ground, short_cycle(ground)).length == 8


def test_alike_checkpoints() -> None:
    assert alike(ring(8, 2, 12, 4)) == [list(range(8))]
    path = lane([[0, 1, 2], [1, 0, 1], [2, 1, 0]], 9, 1)
    assert alike(path) == [[0, 2], [1]]


@pytest.mark.parametrize(("promise", "least"), [(12, 0.30), (24, 0.30)])
def test_a_little_training_beats_chance_on_the_ring_of_eight(promise: int, least: float) -> None:
    """Uniform choice among what is feasible reaches 0.143 and 0.213; far more is reached in a second."""
    ground, duties = ring(8, 2, promise, 4), shifts(96, 4)
    clock = make_clock(ground, duties)
    safety = Safety(clock, safe_tours(ground, duties))
    rng = np.random.default_rng(7)
    trained = train(clock, safety, Effort(ways=10, copies=6, width=48), rng)
    assert 1 - trained.game.value > least
    course = Course(Walker(clock, safety, 48, rng), 24)
    total = None
    for _ in range(3):
        before, visits = course.run(trained.style.draw(24, rng))
        sums = tally(clock, before, visits, 96)
        total = sums if total is None else total + sums
    assert total is not None
    assert 1 - watcher_value(ground, total) > least - 0.12


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("all_at_once", [False, True])
def test_teams_wait_where_everything_else_is_closed(size: int, all_at_once: bool) -> None:
    """One open checkpoint is seen again and again while the others are closed; with none open a team waits."""
    spans = ((20, 50), (80, 100))
    ground = ring(size, 1, 8, 2)
    closed = tuple(spans if all_at_once or place or size == 1 else () for place in range(size))
    duties = Shifts((0, 60), (60, 130), closed)
    for place, visited in enumerate(arrivals(ground, duties, 4, 1)):
        shut = closed[place]
        assert visited and not [slot for slot in visited for opens, closes in shut if opens < slot < closes]
        assert idleness([slot - int(ground.dwell[place]) for slot in visited], [(0, 130)], shut).worst <= 8


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(grounds(), st.data())
def test_promises_are_kept_around_closed_hours(ground: tuple[Lane, Shifts, int], data: st.DataObject) -> None:
    whole, duties, teams = ground
    edges = st.lists(st.integers(0, duties.end), min_size=0, max_size=4, unique=True).map(sorted)
    closed = []
    for _place in range(whole.size):
        marks = data.draw(edges)
        closed.append(tuple(zip(marks[::2], marks[1::2], strict=False)))
    shut = Shifts(duties.begins, duties.ends, tuple(closed))
    for part in split(whole, teams, shut) or []:
        own = whole.part(part)
        own_shut = Shifts(duties.begins, duties.ends, tuple(closed[place] for place in part))
        for place, slots in enumerate(arrivals(own, own_shut, 4, 7)):
            dwell, spans = int(own.dwell[place]), own_shut.closed[place]
            times = [slot - dwell for slot in slots]
            assert not [slot for slot in slots for opens, closes in spans if opens < slot < closes + dwell]
            assert idleness(times, [(0, duties.end)], spans).worst <= own.promise[place]


def test_a_change_of_duty_off_the_grid_delays_a_tour() -> None:
    """Ways of one to three slots, a slot lost at the third change: whoever is due every 5 slots cannot wait for it."""
    steps = [[0, 1, 2], [1, 0, 1], [3, 2, 0]]
    ground = lane(steps, [5, 12, 5], 1)
    on_grid = Shifts((0, 24, 42, 60), (24, 42, 60, 84))
    off_grid = Shifts((0, 24, 42, 61), (24, 42, 60, 84))
    assert (delay(ground, on_grid), delay(ground, off_grid)) == (0, 1)
    assert (limits(ground, off_grid) == [4, 11, 4]).all()
    assert safe_tours(ground, on_grid) and not safe_tours(ground, off_grid)
