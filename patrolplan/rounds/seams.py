"""Where one duty hands over to the next: by when each checkpoint is visited first, and since when it may be last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from patrolplan.rounds.lane import Ints, Lane, Shifts
from patrolplan.rounds.tours import Tour, safe_tours

_ROOM = 1.25
"""Halves of promises must be so many times as long as a tour to be worth a try beside its own order."""


@dataclass(frozen=True, eq=False)
class Seam:
    """What walks keep at both ends so that any may follow any other; all in slots, shape (n,).

    Attributes
    ----------
    first
        After the beginning, by which each checkpoint is left first.
    latest
        Before the end, after which each is left once more. Both together are no more than the promise.
    order
        Before the end, by which the last visits are made at the latest where they are made in the order of a tour;
        empty if there is no order.
    """

    first: Ints
    latest: Ints
    order: Ints

    def part(self, members: list[int]) -> Seam:
        """The same for some of the checkpoints."""
        return Seam(self.first[members], self.latest[members], self.order[members] if self.order.size else self.order)


def middle_seam(lane: Lane, slack: int = 0) -> Seam:
    """Half of each promise for either end, as `slack` slots may lie between two duties."""
    first = (lane.promise - slack) // 2
    return Seam(first, lane.promise - slack - first, np.zeros(0, np.int64))


def tour_seam(lane: Lane, tour: Tour, slack: int = 0) -> Seam | None:
    """Each promise divided in the order of a tour that is cut where most room is left; None if it cannot be cut.

    What a tour that ends and begins anew at the cut does not need of a promise is halved between both ends.
    """
    best: tuple[int, Seam] | None = None
    for cut in range(len(tour.stops)):
        stops, legs = np.roll(tour.stops, -cut), np.roll(tour.legs, -cut)
        begun = np.cumsum([int(lane.steps[lane.start, stops[0]]), *legs[1:].tolist()])
        left = int(begun[-1]) - begun
        first, last = np.full(lane.size, 1 << 30), np.full(lane.size, 1 << 30)
        for stop, early, late in zip(stops, begun, left, strict=True):
            first[stop], last[stop] = min(first[stop], early), min(last[stop], late)
        spare = lane.promise - slack - first - last
        least = int(spare.min())
        if least >= 0 and (best is None or least > best[0]):
            own = spare // 2
            best = least, Seam(first + own, lane.promise - slack - first - own, np.maximum(0, last - own))
    return None if best is None else best[1]


def ground_seam(lane: Lane, parts: list[list[int]], slack: int = 0) -> Seam | None:
    """Promises divided in the order of a tour of each team; the same for every number of teams that follows.

    Parameters
    ----------
    parts
        The checkpoints of each team, where there are fewest.
    """
    found = [np.zeros(lane.size, np.int64) for _ in range(3)]
    for part in parts:
        own = lane.part(part)
        options = (tour_seam(own, tour, slack) for tour in safe_tours(own, Shifts((0,), (1,))))
        seam = next((one for one in options if one is not None), None)
        if seam is None:
            return None
        for whole, values in zip(found, (seam.first, seam.latest, seam.order), strict=True):
            whole[part] = values
    return Seam(*found)


def seams(lane: Lane, parts: list[list[int]], slack: int = 0) -> list[tuple[int, Seam]]:
    """Ways to divide promises, in the order in which they should be tried, each with a number of its own.

    Halves keep the symmetries of a ground, but where they hardly leave more than a tour, walks have no choice.

    Parameters
    ----------
    parts
        As for `ground_seam`.
    """
    halves, ordered = middle_seam(lane, slack), ground_seam(lane, parts, slack)
    if ordered is None:
        return [(0, halves)]
    return [(0, halves), (1, ordered)] if halves_have_room(lane, parts, slack) else [(1, ordered)]


def halves_have_room(lane: Lane, parts: list[list[int]], slack: int = 0) -> bool:
    """Whether half of each promise leaves every team so much more than a tour that its walks have a choice."""
    halves = middle_seam(lane, slack)
    shortest = np.minimum(halves.first, halves.latest)
    return all(
        shortest[part].min() >= _ROOM * min(tour.length for tour in safe_tours(lane.part(part), Shifts((0,), (1,))))
        for part in parts
    )
