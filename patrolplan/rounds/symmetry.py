"""Which checkpoints are alike: the same seen from each of them, so that walks need not tell them apart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from patrolplan.rounds.lane import Floats, Ints, Lane

MOST_SYMMETRIES = 200
"""Symmetries are listed up to so many."""
_PATIENCE = 20_000
"""Most steps of one search for a symmetry; beyond it checkpoints are taken to be different."""


def alike(lane: Lane) -> list[list[int]]:
    """Classes of checkpoints that a symmetry of the lane maps to each other, closed hours left aside."""
    signs = _signs(lane)
    classes: list[list[int]] = []
    for place in range(lane.size):
        for known in classes:
            if signs[known[0]] == signs[place] and _Search(lane, signs).maps(known[0], place):
                known.append(place)
                break
        else:
            classes.append([place])
    return classes


def symmetries(lane: Lane) -> Ints:
    """All symmetries of a lane, one a row: which checkpoint each one is mapped to; the first maps each to itself.

    Closed hours are left aside. Beyond `MOST_SYMMETRIES` of them there is only the first.
    """
    signs = _signs(lane)
    found = _Search(lane, signs).all(MOST_SYMMETRIES)
    identity = np.arange(lane.size)
    if found is None:
        return identity[None]
    rest = [one for one in found if (one != identity).any()]
    return np.array([identity, *rest])


def evened(values: Floats, classes: list[list[int]]) -> Floats:
    """Rows replaced by the mean of their class."""
    result = values.copy()
    for members in classes:
        result[members] = values[members].mean(axis=0)
    return result


def _signs(lane: Lane) -> list[tuple[object, ...]]:
    """What a symmetry keeps of each checkpoint."""
    inner = lane.steps[: lane.size]
    return [
        (
            *np.sort(inner[place]).tolist(),
            *np.sort(inner[:, place]).tolist(),
            int(lane.steps[lane.start, place]),
            int(lane.dwell[place]),
            int(lane.promise[place]),
            int(lane.attack[place]),
            float(lane.weight[place]),
        )
        for place in range(lane.size)
    ]


class _Search:
    """Looks for a symmetry that maps one checkpoint to another, by trying images one after the other."""

    def __init__(self, lane: Lane, signs: list[tuple[object, ...]]) -> None:
        self._steps: Ints = lane.steps[: lane.size]
        self._signs = signs
        self._left = _PATIENCE

    def maps(self, one: int, other: int) -> bool:
        """Whether there is one."""
        order = [one, *(place for place in np.argsort(self._steps[one], kind="stable").tolist() if place != one)]
        return self._extend(order, [other])

    def all(self, most: int) -> list[Ints] | None:
        """All of them; None if there are more than so many, or too many ways to look for them."""
        found: list[Ints] = []
        order = list(range(len(self._steps)))
        if not self._collect(order, [], found, most):
            return None
        return found

    def _collect(self, order: list[int], images: list[int], found: list[Ints], most: int) -> bool:
        if len(images) == len(order):
            found.append(np.array(images))
            return len(found) <= most
        self._left -= 1
        return self._left >= 0 and all(
            self._collect(order, [*images, image], found, most) for image in self._images(order, images)
        )

    def _images(self, order: list[int], images: list[int]) -> Iterator[int]:
        """Where the next place may be mapped to."""
        place, before = order[len(images)], order[: len(images)]
        for image in range(len(order)):
            if image in images or self._signs[image] != self._signs[place]:
                continue
            there = (self._steps[before, place] == self._steps[images, image]).all()
            back = (self._steps[place, before] == self._steps[image, images]).all()
            if there and back:
                yield image

    def _extend(self, order: list[int], images: list[int]) -> bool:
        if len(images) == len(order):
            return True
        self._left -= 1
        if self._left < 0:
            return False
        return any(self._extend(order, [*images, image]) for image in self._images(order, images))
