"""Whether a tour, once entered, can end a duty so that the next one can take over: tables by the time that is left.

A walk of a pool has to leave each checkpoint for the last time no more than so many slots before the end (`latest` of a
`Clock`). Whoever walks a tour reaches the end somewhere in it; where the promises leave room, he may also come later to
its first stop, once in each repetition, until the end falls where it may.
"""

from __future__ import annotations

import numpy as np

from patrolplan.rounds.lane import AT_EASE, Bools, Clock, Ints
from patrolplan.rounds.tours import Tour

_NONE = 1 << 30
_LATER = 12
"""Most slots that are lost in a repetition to reach the end at the right time."""


class Endings:
    """The tables of some tours, for the only duty of a clock.

    Parameters
    ----------
    counts
        How many stops of each tour may be entered, from its first on.
    """

    def __init__(self, clock: Clock, tours: list[Tour], counts: list[int]) -> None:
        self._end = clock.shifts.end
        latest = needed_at_end(clock)
        reaches = [_Table(clock, tour, latest) for tour in tours[: len(counts)]]
        self._may = np.concatenate([one.may[:count] for one, count in zip(reaches, counts, strict=True)])
        self._near = max(one.near for one in reaches)
        own = np.zeros((len(self._may), self._near, clock.lane.size), np.bool_)
        row = 0
        for one, count in zip(reaches, counts, strict=True):
            own[row : row + count, : one.near] = one.own[:count]
            row += count
        self._own = own
        self._rows = np.arange(len(self._may))

    def good(self, left: Ints, due: Ints) -> Bools:
        """Whether entries lead to a good end.

        Parameters
        ----------
        left
            Shape (k, entries): slots from leaving the first stop until the end.
        due
            Shape (k, n): `AT_EASE` for whatever needs no further visit before the end.
        """
        found = (left >= 0) & self._may[self._rows, np.clip(left, 0, self._may.shape[1] - 1)]
        row, entry = np.nonzero(found & (left < self._near))
        if row.size:
            own = self._own[entry, left[row, entry]]
            found[row, entry] = ~(own & (due[row] < AT_EASE)).any(axis=1)
        return np.asarray(found)


def needed_at_end(clock: Clock) -> Ints:
    """Slots before the end after which each checkpoint is left once more; endless where it need not be, as closed."""
    latest = clock.latest.copy()
    for place, spans in enumerate(clock.shifts.closed):
        if spans and clock.runs_out(place):
            latest[place] = _NONE
    return latest


class _Table:
    """One tour.

    Attributes
    ----------
    may
        Shape (stops, end + 1): whether the end falls well, by the stop that is left and the slots until the end.
    own
        Shape (stops, near, n): which checkpoints the tour does not reach before the end, so that they must need no
        further visit; from `near` slots on there are none.
    """

    def __init__(self, clock: Clock, tour: Tour, latest: Ints) -> None:
        size, end, count = clock.lane.size, clock.shifts.end, len(tour.stops)
        length = tour.length
        room = int((clock.lane.promise - clock.lane.dwell - tour.gaps(size)).min())
        away = np.concatenate([[0], np.cumsum(tour.legs[1:])])
        self.near = min(length, end + 1)
        whole = self._whole(tour, away, latest, min(max(0, room), _LATER), end)
        self.may = np.zeros((count, end + 1), np.bool_)
        self.own = np.zeros((count, self.near, size), np.bool_)
        slots = np.arange(self.near)
        for first in range(count):
            age = self._ages(tour, away, first, slots, size)
            self.own[first] = age >= _NONE
            self.may[first, : self.near] = ((age >= _NONE) | (age <= latest)).all(axis=1)
            since = np.arange(self.near, end + 1) - (length - int(away[first]))
            self.may[first, self.near :] = whole[0, since]

    def _ages(self, tour: Tour, away: Ints, first: int, slots: Ints, size: int) -> Ints:
        """How long ago each checkpoint was left since a stop was, shape (slots, n), by the slots after that."""
        ages = np.full((len(slots), size), _NONE)
        when = (away - away[first]) % tour.length
        for stop, slot in zip(tour.stops, when, strict=True):
            seen = slots >= slot
            ages[seen, stop] = np.minimum(ages[seen, stop], slots[seen] - slot)
        return ages

    def _whole(self, tour: Tour, away: Ints, latest: Ints, room: int, end: int) -> Bools:
        """Whether all ends well, shape (room + 1, end + 1), by how late the first stop was left, and what is left.

        Everything has been visited in the repetition before.
        """
        length, size = tour.length, len(latest)
        before = np.full(size, _NONE)
        for stop, slot in zip(tour.stops, away, strict=True):
            before[stop] = min(int(before[stop]), length - int(slot)) if slot else before[stop]
        slots = np.arange(min(end, length + room) + 1)
        ages = self._ages(tour, away, 0, slots, size)
        good = np.zeros((room + 1, end + 1), np.bool_)
        for later in range(room + 1):
            carried = np.where(ages >= _NONE, slots[:, None] + np.minimum(before, length) + later, ages)
            good[later, : len(slots)] = (carried <= latest).all(axis=1)
        again = np.zeros(end + 1, np.bool_)
        for left in range(end + 1):
            for later in range(room + 1):
                if left >= length + later and good[later, left - length - later]:
                    again[left] = True
                    break
            good[:, left] |= again[left]
        return good
