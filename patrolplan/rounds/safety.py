"""Whether a walk can still keep every promise: the look-ahead behind each step.

A step is safe if a fixed tour that keeps all promises can be entered after it in time for everything that is due (or,
where all promises are the same, the order in which checkpoints are due can be walked and then repeated). From a safe
state the next stop of that tour is safe again, so a walk of safe steps never runs into a dead end.
"""

from __future__ import annotations

import numpy as np

from patrolplan.rounds.endings import Endings
from patrolplan.rounds.lane import AT_EASE, NEVER, Bools, Clock, Ints, Lane
from patrolplan.rounds.tours import Tour, delay, entries, limits

_ENTRIES = 32
"""Most places in tours where they may be entered, beyond those of the best tour."""
_URGENT = 12
"""Most visits to what is due first before a tour is entered."""
_LAPS = 3
"""Rounds before the end of a duty from which on its end is looked at."""
_FAR = 16_000
"""Slots beyond which it does not matter how far away something is due; two of them fit into 16 bits."""


class Safety:
    """Judges states of one lane.

    Parameters
    ----------
    tours
        From `safe_tours`; at least one.
    kept
        The lane whose promises the tours keep, if they are tighter than those of the clock's own.
    """

    def __init__(self, clock: Clock, tours: list[Tour], kept: Lane | None = None) -> None:
        lane = clock.lane
        self._clock, self._steps, self._size = clock, lane.steps, lane.size
        self._first, self._reach = entries(lane, tours, _ENTRIES)
        self._endings: Endings | None = None
        if clock.latest.size:
            self._endings = Endings(clock, *_entered(tours, len(self._first)))
        self._small = np.minimum(self._reach.T, _FAR).astype(np.int16)[:, None]
        self._limit = int(limits(kept or lane, clock.shifts).min())
        self._span = max(1, int(max(tour.length for tour in tours)))
        self._by_order = lane.even and not clock.due_table.size
        self._resets = max(1, clock.shifts.most_resets(int(lane.promise.max())) if len(clock.shifts.begins) > 1 else 1)
        self._delay = delay(lane, clock.shifts)

    def safe(self, places: Ints, slots: Ints, due: Ints, duty: int, thorough: bool = True) -> Bools:
        """Whether all promises can be kept from states on.

        Parameters
        ----------
        places
            Where teams are, shape (k,): checkpoints, or ``lane.start`` where a duty begins.
        slots
            Since when, shape (k,).
        due
            Latest next departures, shape (k, n).
        duty
            Index of the duty that runs.
        thorough
            False to be content with the quick look where there is one; it calls fewer states safe.
        """
        shifts = self._clock.shifts
        ends = shifts.ends[duty]
        again = shifts.begins[duty + 1] if duty + 1 < len(shifts.begins) else NEVER
        good = np.zeros(len(places), np.bool_)
        order, due = due, self._clock.pressing(due)
        if self._by_order:
            good = self._in_order(places, slots, order, due, ends, again)
            near = np.flatnonzero(slots + _LAPS * self._span > ends) if self._clock.order.size else ()
            if len(near):
                good[near] = self._ends_in_order(places[near], slots[near], due[near], ends)
            if not thorough:
                return good
        for enter in (self._enter, self._urgent_then_enter):
            rest = np.flatnonzero(~good)
            if rest.size:
                good[rest] = enter(places[rest], slots[rest], due[rest], ends, again)
        return good

    def _in_order(self, places: Ints, slots: Ints, by: Ints, due: Ints, ends: int, again: int) -> Bools:
        """Whether everything can be visited in the order in which it is due, and then again and again so."""
        count, size = due.shape
        rows, steps = np.arange(count), self._steps.ravel()
        key = np.minimum(by, NEVER) * 2
        inside = places < size
        key[rows[inside], places[inside]] += 1
        bits = size.bit_length()
        order = np.sort((key << bits) + np.arange(size), axis=1).T & ((1 << bits) - 1)
        by_then = due.ravel().take(rows * size + order)
        legs = steps.take(np.concatenate([places[None], order[:-1]]) * size + order)
        length = legs[1:].sum(axis=0) + steps.take(order[-1] * size + order[0])
        legs[0, order[0] == places] = 0
        clock, good = slots, np.ones(count, np.bool_)
        for stop, leg, latest in zip(order, legs, by_then, strict=True):
            clock = self._later(clock, leg, stop, ends, again)
            good &= clock <= latest
        return np.asarray(good & (length <= self._limit))

    def _ends_in_order(self, at: Ints, clock: Ints, due: Ints, ends: int) -> Bools:
        """Whether visits in the order in which they are due lead to a good end of the only duty."""
        rows, due = np.arange(len(at)), due.copy()
        good = np.ones(len(at), np.bool_)
        for _ in range((_LAPS + 1) * self._size):
            stop = due.argmin(axis=1)
            going = good & (due[rows, stop] < AT_EASE)
            if not going.any():
                return np.asarray((due == AT_EASE).all(axis=1) & good)
            after = clock + self._steps[at, stop]
            good &= ~going | ((after <= due[rows, stop]) & (after <= ends))
            clock, at = np.where(going, after, clock), np.where(going, stop, at)
            due[rows[going], stop[going]] = self._clock.due(stop[going], clock[going])
            due[going] = self._clock.pressing(due[going])
        return np.zeros(len(at), np.bool_)

    def _later(self, clock: Ints, leg: Ints, stop: Ints, ends: int, again: int) -> Ints:
        """When stops are left; after the end of the duty the next one sets out from the start."""
        after: Ints = clock + leg
        if after.max(initial=0) > ends:
            crossed = (after > ends) & (clock <= ends)
            after = np.where(crossed, again + self._steps[self._size, stop], after)
        return after

    def _enter(self, places: Ints, slots: Ints, due: Ints, ends: int, again: int) -> Bools:
        """Whether some tour can be entered somewhere in time for everything."""
        leg = np.where(places[:, None] == self._first[None], 0, self._steps[places][:, self._first])
        if self._endings is not None:
            in_time = self._all_in_time(slots, leg, due)
            return np.asarray((in_time & self._endings.good(ends - slots[:, None] - leg, due)).any(axis=1))
        good = np.asarray(self._all_in_time(slots, leg, due).any(axis=1))
        late = np.flatnonzero(slots + leg.max(axis=1) + int(self._reach.max()) > ends)
        if late.size:
            clock = slots[late, None, None] + leg[late, :, None] + self._reach[None]
            clock = self._delayed(clock, ends, again)
            good[late] = np.asarray((clock <= due[late, None]).all(axis=2)).any(axis=1)
        return good

    def _all_in_time(self, slots: Ints, leg: Ints, due: Ints) -> Bools:
        """Which entries are in time for everything where no duty ends meanwhile; in small numbers, for speed."""
        room = np.clip(due - slots[:, None], -1, _FAR).astype(np.int16)
        spare = room[:, :1] - self._small[0]
        for place in range(1, self._size):
            np.minimum(spare, room[:, place : place + 1] - self._small[place], out=spare)
        return np.asarray(spare >= np.minimum(leg, _FAR))

    def _delayed(self, clock: Ints, ends: int, again: int) -> Ints:
        """Departures of tours where those after the end of the duty wait for the next team from the start."""
        after = clock > ends
        order = np.where(after, clock, NEVER)
        stop = order.argmin(axis=2)
        first = order.min(axis=2)
        shift = np.where(first < NEVER, again + self._steps[self._size][stop] - first, 0)
        shift = np.maximum(shift, 0) + np.where(first < NEVER, (self._resets - 1) * self._delay, 0)
        later: Ints = np.where(after, clock + shift[..., None], clock)
        return later

    def _urgent_then_enter(self, places: Ints, slots: Ints, due: Ints, ends: int, again: int) -> Bools:
        """Whether a tour can be entered in time after visits to what is due first, one or some."""
        good = np.zeros(len(places), np.bool_)
        left, at, clock, due = np.arange(len(places)), places, slots, due.copy()
        for _ in range(_URGENT):
            stop = due.argmin(axis=1)
            rows = np.arange(len(left))
            clock = clock + np.where(stop == at, NEVER, self._steps[at, stop])
            may = (clock <= due[rows, stop]) & (clock <= ends) & self._open(stop, clock)
            left, at, clock, due = left[may], stop[may], clock[may], due[may]
            if not left.size:
                break
            due[np.arange(len(left)), at] = self._clock.due(at, clock)
            due = self._clock.pressing(due)
            found = self._enter(at, clock, due, ends, again)
            good[left[found]] = True
            left, at, clock, due = left[~found], at[~found], clock[~found], due[~found]
        return good

    def _open(self, stops: Ints, clock: Ints) -> Bools:
        if not self._clock.open_table.size:
            return np.ones(len(stops), np.bool_)
        may: Bools = np.array(self._clock.is_open(stops, clock), dtype=np.bool_)
        return may


def _entered(tours: list[Tour], most: int) -> tuple[list[Tour], list[int]]:
    """The tours that are entered, and how many stops of each."""
    counts: list[int] = []
    for tour in tours:
        left = most - sum(counts)
        if left > 0:
            counts.append(min(left, len(tour.stops)))
    return tours[: len(counts)], counts
