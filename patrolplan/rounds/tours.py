"""Fixed tours: short cycles, schedules that visit some places more often, and the split of places among teams.

A fixed tour is useless against somebody who watches. It is what every drawn walk can fall back on, so that no promise
is ever broken, and what the drawn walks are compared with.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from patrolplan.rounds.lane import Bools, Ints, Lane, Shifts

MOST_TURNS = 8
"""Most sub-rounds of one schedule."""


@dataclass(frozen=True, eq=False)
class Tour:
    """A schedule that repeats: stops in order, and how many slots each leg takes.

    Attributes
    ----------
    stops
        Checkpoints, some perhaps several times.
    legs
        Slots from leaving the stop before (of the first: the last stop) until leaving this one.
    """

    stops: Ints
    legs: Ints

    @property
    def length(self) -> int:
        """Slots of one repetition."""
        return int(self.legs.sum())

    def gaps(self, size: int) -> Ints:
        """Longest gap at each of so many checkpoints; endless for those that it leaves out."""
        times = np.cumsum(self.legs)
        worst = np.full(size, 1 << 40)
        for place in range(size):
            own = times[self.stops == place]
            if own.size:
                worst[place] = np.diff(np.append(own, own[0] + self.length)).max()
        return worst

    def reach(self, size: int) -> Ints:
        """Shape (stops, size): slots from leaving each stop until first leaving each checkpoint; 0 for its own."""
        count = len(self.stops)
        found = np.full((count, size), -1)
        for first in range(count):
            clock = 0
            for step in range(count):
                stop = (first + step) % count
                if step:
                    clock += int(self.legs[stop])
                if found[first, self.stops[stop]] < 0:
                    found[first, self.stops[stop]] = clock
        return found


def limits(lane: Lane, shifts: Shifts) -> Ints:
    """Longest gaps of a tour that keeps every promise, whatever the clock shows.

    A change of duty may delay a tour by the way from the start point to the next stop, and a visit that cannot be
    finished before a duty ends does not count.
    """
    slack = np.zeros(lane.size, np.int64)
    late = delay(lane, shifts)
    if late:
        slack += np.array([late * shifts.most_resets(int(promise)) for promise in lane.promise])
    return lane.promise - slack - lane.dwell


def delay(lane: Lane, shifts: Shifts) -> int:
    """Slots by which a change of duty may delay a tour: what lies between two duties, and the way from the start."""
    return max(0, shifts.lost + int(lane.steps[lane.start].max()) - 1)


def make_tour(lane: Lane, stops: list[int]) -> Tour:
    """A schedule of stops with its legs."""
    before = [stops[-1], *stops[:-1]]
    return Tour(np.array(stops), lane.steps[before, stops])


def short_cycle(lane: Lane) -> list[int]:
    """A short cycle through all checkpoints: nearest neighbours, then exchanges until none helps."""
    if lane.size <= 2:
        return list(range(lane.size))
    inner = lane.steps[: lane.size]
    firsts = range(0, lane.size, max(1, lane.size // 4))
    return min((_improved(inner, _nearest(inner, first)) for first in firsts), key=lambda one: _lengths(inner, one))


def _lengths(inner: Ints, orders: list[int] | Ints) -> Ints:
    """Lengths of cycles, along the last axis."""
    stops = np.asarray(orders)
    total: Ints = inner[stops, np.roll(stops, -1, axis=-1)].sum(axis=-1)
    return total


def _nearest(inner: Ints, first: int) -> list[int]:
    order = [first]
    left = set(range(len(inner))) - {first}
    while left:
        order.append(min(left, key=lambda place: (inner[order[-1], place], place)))
        left.remove(order[-1])
    return order


def _improved(inner: Ints, order: list[int]) -> list[int]:
    """The best of all reversals and moves of up to three stops, as long as it shortens the cycle."""
    best = np.array(order)
    cost = _lengths(inner, best)
    while True:
        others = best[_exchanges(len(order))]
        prices = _lengths(inner, others)
        chosen = int(prices.argmin())
        if prices[chosen] >= cost:
            return [int(one) for one in best]
        best, cost = others[chosen], prices[chosen]


@lru_cache(maxsize=64)
def _exchanges(count: int) -> Ints:
    """Orders of positions, shape (exchanges, count), that differ from 0, 1, 2 ... by a reversal or a moved piece."""
    found = [list(range(count))]
    for first in range(count):
        rolled = [*range(first, count), *range(first)]
        for size in range(1, min(4, count - 1)):
            piece, rest = rolled[:size], rolled[size:]
            for at in range(1, len(rest)):
                found.append(rest[:at] + piece + rest[at:])
                if size > 1:
                    found.append(rest[:at] + piece[::-1] + rest[at:])
        found += [rolled[:last][::-1] + rolled[last:] for last in range(2, count)]
    return np.array(found)


def safe_tours(lane: Lane, shifts: Shifts) -> list[Tour]:
    """Schedules that keep every promise for ever, the best first; empty if none was found."""
    most = limits(lane, shifts)
    if (most < 1).any():
        return []
    cycle = short_cycle(lane)
    found: list[tuple[float, Tour]] = []
    for turns in (1, 2, 4, MOST_TURNS):
        for ratio in (1.0, 1.5):
            for stops in (_schedule(lane, cycle, most, turns, ratio), _schedule(lane, cycle[::-1], most, turns, ratio)):
                tour = make_tour(lane, stops)
                load = float((tour.gaps(lane.size) / most).max())
                if load <= 1:
                    found.append((load, tour))
        if lane.even and turns == 1:
            break
    found.sort(key=lambda one: one[0])
    return [tour for _, tour in found]


def _schedule(lane: Lane, cycle: list[int], most: Ints, turns: int, ratio: float) -> list[int]:
    """So many sub-rounds in the order of a cycle; places with long promises are in every second, fourth ... of them."""
    base = float(most.min()) * ratio
    every = np.array([min(turns, 1 << int(np.log2(max(1.0, limit / base)))) for limit in most])
    loads = np.zeros(turns)
    rounds: list[set[int]] = [set() for _ in range(turns)]
    for place in sorted(range(lane.size), key=lambda one: (every[one], cycle.index(one))):
        offsets = range(int(every[place]))
        offset = min(offsets, key=lambda one: (loads[one :: every[place]].max(), one))
        loads[offset :: every[place]] += lane.cheapest[place]
        for turn in range(offset, turns, int(every[place])):
            rounds[turn].add(place)
    stops = [place for turn in rounds for place in cycle if place in turn]
    if lane.size > 1:
        stops = [place for index, place in enumerate(stops) if place != stops[index - 1]]
    return stops


def split(lane: Lane, teams: int, shifts: Shifts) -> list[list[int]] | None:
    """Checkpoints for each of several teams, so that each keeps its promises alone; None if no split was found.

    One cycle through all is cut into arcs: the team time that an arc asks for is the sum of its steps over its
    promises. Each beginning of the first arc is tried, the most even first.
    """
    if teams <= 1 or lane.size <= 1:
        return [list(range(lane.size))] if safe_tours(lane, shifts) else None
    cycle = short_cycle(lane)
    most = np.maximum(1, limits(lane, shifts))
    tries = []
    for first in range(lane.size):
        order = cycle[first:] + cycle[:first]
        arcs = _arcs(lane, order, most, min(teams, lane.size))
        tries.append((max(_load(lane, arc, most) for arc in arcs), arcs))
    tries.sort(key=lambda one: one[0])
    for load, arcs in tries:
        if load > 2:
            break
        if all(safe_tours(lane.part(arc), shifts) for arc in arcs):
            return [sorted(arc) for arc in arcs]
    return None


def _load(lane: Lane, arc: list[int], most: Ints) -> float:
    """Length of the arc closed to a cycle over its tightest limit, and its share of a team's time."""
    if len(arc) == 1:
        return float(max(1, lane.dwell[arc[0]]) / most[arc[0]])
    legs = lane.steps[[arc[-1], *arc[:-1]], arc]
    return float((legs / most[arc]).sum())


def _arcs(lane: Lane, order: list[int], most: Ints, teams: int) -> list[list[int]]:
    """Cut an order into as many arcs as there are teams, the greatest load as small as can be (dynamic programme)."""
    size = len(order)
    loads = {(a, b): _load(lane, order[a:b], most) for a in range(size) for b in range(a + 1, size + 1)}
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for _ in range(teams):
        row: dict[int, tuple[float, int]] = {}
        for end in range(1, size + 1):
            options = [(max(cost, loads[cut, end]), cut) for cut, (cost, _) in best[-1].items() if cut < end]
            if options:
                row[end] = min(options)
        best.append(row)
    arcs, end = [], size
    for team in range(teams, 0, -1):
        cut = best[team][end][1]
        arcs.append(order[cut:end])
        end = cut
    return arcs[::-1]


def teams_needed(lane: Lane, shifts: Shifts, most: int = 64) -> int | None:
    """The fewest teams for which a split was found; None if even one team at each checkpoint is not enough."""
    for teams in range(1, min(most, lane.size) + 1):
        if split(lane, teams, shifts) is not None:
            return teams
    return None


def entries(lane: Lane, tours: list[Tour], most: int = 96) -> tuple[Ints, Ints]:
    """Where tours may be entered.

    Returns
    -------
    tuple
        First stop of each entry, shape (entries,), and slots from there to each checkpoint, shape (entries, n).
    """
    firsts, reaches = [], []
    for tour in tours:
        firsts.append(tour.stops)
        reaches.append(tour.reach(lane.size))
    first, reach = np.concatenate(firsts), np.concatenate(reaches)
    if len(first) > most:
        keep: Bools = np.zeros(len(first), np.bool_)
        keep[: max(most, len(tours[0].stops))] = True
        first, reach = first[keep], reach[keep]
    return first, reach
