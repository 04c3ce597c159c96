"""What one team walks: its checkpoints in slots, the clock of its duties, and fixed tours that keep every promise."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NEVER = 1 << 40
"""A slot that never comes."""
AT_EASE = 1 << 60
"""Later than every slot, also than those after `NEVER`: when what nobody waits for is due."""
SELF = 1 << 20
"""Travel from a checkpoint to itself: not allowed."""


@dataclass(frozen=True, eq=False)
class Lane:
    """Checkpoints that one team visits; n of them, all times in slots.

    Attributes
    ----------
    steps
        Shape (n + 1, n): slots from leaving one checkpoint until leaving another (travel and dwell). The last row is
        the beginning of a duty: at the start point, or anywhere if there is none.
    dwell
        Slots of each visit before it is left, rounded up.
    promise
        Longest gap between two arrivals at each checkpoint.
    attack
        Slots that an intruder needs there, rounded down.
    weight
        What an intrusion costs there.
    """

    steps: Ints
    dwell: Ints
    promise: Ints
    attack: Ints
    weight: Floats

    @property
    def size(self) -> int:
        """How many checkpoints there are."""
        return len(self.promise)

    @property
    def start(self) -> int:
        """The row of `steps` from which a duty begins."""
        return len(self.promise)

    @cached_property
    def cheapest(self) -> Ints:
        """Least team time that a visit takes, by checkpoint: from the nearest other one."""
        inner = self.steps[: self.size]
        least: Ints = inner.min(axis=0) if self.size > 1 else np.maximum(1, inner[0])
        return least

    @cached_property
    def even(self) -> bool:
        """Whether all promises are the same."""
        return bool((self.promise == self.promise[0]).all())

    def part(self, members: list[int]) -> Lane:
        """The lane of some of its checkpoints."""
        rows = np.array([*members, self.size])
        steps = self.steps[rows][:, members]
        if len(members) == 1:
            steps = np.array([[max(1, int(self.dwell[members[0]]))], [steps[1, 0]]])
        return Lane(steps, self.dwell[members], self.promise[members], self.attack[members], self.weight[members])


@dataclass(frozen=True, eq=False)
class Shifts:
    """Duties of one team that follow each other, on the clock of a lane.

    Attributes
    ----------
    begins, ends
        Slots of each duty; the next one begins when the last has ended.
    closed
        Spans of slots, by checkpoint, in which nobody goes there and the promise does not run.
    """

    begins: tuple[int, ...]
    ends: tuple[int, ...]
    closed: tuple[tuple[tuple[int, int], ...], ...] = ()

    @property
    def end(self) -> int:
        """The end of the last duty."""
        return self.ends[-1]

    @property
    def lost(self) -> int:
        """Most slots between the end of a duty and the beginning of the next, as where they change off the grid."""
        return max((begin - end for end, begin in zip(self.ends, self.begins[1:], strict=False)), default=0)

    def most_resets(self, window: int) -> int:
        """How many changes of duty a stretch of so many slots can hold at most."""
        changes = list(self.begins[1:])
        return max((sum(one <= other <= one + window for other in changes) for one in changes), default=0)


@dataclass(frozen=True, eq=False)
class Clock:
    """By when each checkpoint is due again, and when it may be visited.

    Attributes
    ----------
    due_table
        Shape (n, end + 1): latest slot of the next departure after one at a slot. Empty without closed hours.
    open_table
        Shape (n, end + 1): whether a visit may end at a slot. Empty without closed hours.
    first
        Shape (n,): slots after the beginning by which each checkpoint is left first. Empty for its promise.
    latest
        Shape (n,): slots before the end after which each checkpoint is left once more at least. Empty if the promise
        does not run on after the end.
    order
        Shape (n,): slots before the end by which the last visits are best made. Empty if it does not matter.
    linger
        Whether a team may take a slot longer to its next stop.
    """

    lane: Lane
    shifts: Shifts
    due_table: Ints = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    open_table: Bools = field(default_factory=lambda: np.zeros((0, 0), np.bool_))
    first: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    latest: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    order: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    linger: bool = False

    def due(self, places: Ints, slots: Ints) -> Ints:
        """Latest next departure from places that were left at slots."""
        if self.due_table.size:
            known: Ints = self.due_table[places, np.minimum(slots, self.shifts.end)]
            return known
        due: Ints = slots + self.lane.promise[places]
        return due

    def pressing(self, due: Ints) -> Ints:
        """The same, shape (..., n), and `AT_EASE` where no further departure is needed before the last duty ends."""
        pressing: Ints = np.where(due - self.lane.dwell >= self.shifts.end, AT_EASE, due)
        if self.latest.size and not self.due_table.size:
            end, left = self.shifts.end, due - self.lane.promise
            chance = np.minimum(self._last_chance(), end - self.order) if self.order.size else self._last_chance()
            pressing = np.where(left >= end - self.latest, AT_EASE, np.minimum(due, chance))
        return pressing

    def _last_chance(self) -> Ints:
        """Latest departures that are within the last duty and seen to be needed, shape (n,)."""
        chance: Ints = self.shifts.end - 1 + np.minimum(self.lane.dwell, 1)
        return chance

    def first_due(self) -> Ints:
        """Latest first departures, where the promise begins to run with the first duty."""
        begin = self.shifts.begins[0]
        within = self.first if self.first.size else self.lane.promise
        due: Ints = begin + within
        for place, spans in enumerate(self.shifts.closed):
            promise = int(self.lane.promise[place])
            if any(opens <= begin < closes for opens, closes in spans):
                due[place] = due_after(NEVER, begin, spans, promise, 0)
            elif spans:
                begun = begin - promise + int(within[place])
                due[place] = due_after(begun, begin, spans, promise, 0)
            if spans and self.latest.size:
                due[place] = min(int(due[place]), self._before_end(place))
        return due

    def _before_end(self, place: int) -> int:
        """Latest departure from a checkpoint with closed hours for which its promise runs on after the end."""
        return AT_EASE if self.runs_out(place) else int(self._last_chance()[place])

    def runs_out(self, place: int) -> bool:
        """Whether closed hours end the promise of a checkpoint before the end, or begin it so late that it goes on."""
        end = self.shifts.end
        spans = self.shifts.closed[place] if self.shifts.closed else ()
        anew = max((closes for _, closes in spans if closes <= end), default=-NEVER)
        shut = any(opens <= end < closes for opens, closes in spans)
        return shut or anew >= end - int(self.latest[place])

    def until(self, places: Ints, slots: Ints) -> Ints:
        """When the stretch of open and patrolled time ends in which places were left at slots."""
        ends = np.full(len(places), self.shifts.end)
        for place, spans in enumerate(self.shifts.closed):
            here = np.flatnonzero(places == place)
            if spans and here.size:
                opens = np.array([one[0] for one in spans])
                after = np.searchsorted(opens, slots[here])
                ends[here] = np.append(opens, self.shifts.end)[after]
        return ends

    def is_open(self, places: Ints, slots: Ints) -> Bools:
        """Whether visits may end at slots."""
        may: Bools = self.open_table[places, np.minimum(slots, self.shifts.end)]
        return may


def due_after(last: int, now: int, spans: tuple[tuple[int, int], ...], promise: int, dwell: int) -> int:
    """Latest departure after the one at `last` (`NEVER` if the place is closed now); its arrival was `dwell` before.

    A promise ends where closed hours begin, and begins anew where they end.
    """
    begun = last
    for opens, closes in spans:
        if closes <= now:
            continue
        if begun != NEVER and begun - dwell + promise < opens:
            return min(begun + promise, opens)
        begun, dwell = closes, 0
    return begun + promise


def make_clock(
    lane: Lane,
    shifts: Shifts,
    first: Ints | None = None,
    latest: Ints | None = None,
    order: Ints | None = None,
    linger: bool = False,
) -> Clock:
    """The clock of a lane; all but the first two as in `Clock`."""
    none = np.zeros(0, np.int64)
    first, latest, order = (none if one is None else one for one in (first, latest, order))
    if not any(shifts.closed):
        return Clock(lane, shifts, first=first, latest=latest, order=order, linger=linger)
    end = shifts.end
    due = np.empty((lane.size, end + 1), np.int64)
    may = np.ones((lane.size, end + 1), np.bool_)
    for place, spans in enumerate(shifts.closed):
        promise, dwell = int(lane.promise[place]), int(lane.dwell[place])
        for opens, closes in spans:
            may[place, max(0, opens + 1) : closes + dwell] = False
        slots = np.arange(end + 1)
        due[place] = slots + promise
        if not spans:
            continue
        upcoming = np.searchsorted(np.array(spans)[:, 1], slots, side="right")
        for slot in slots[upcoming < len(spans)]:
            ahead = int(upcoming[slot])
            due[place, slot] = due_after(int(slot), int(slot), spans[ahead : ahead + 3], promise, dwell)
    clock = Clock(lane, shifts, due, may, first, latest, order, linger)
    if latest.size:
        _run_on(clock, due)
    return clock


def _run_on(clock: Clock, due: Ints) -> None:
    """Let promises run on after the end, in place: where it is open then, a late enough departure is due."""
    end, slots = clock.shifts.end, np.arange(clock.shifts.end + 1)
    for place in range(clock.lane.size):
        chance = clock._before_end(place)
        if chance < AT_EASE:
            late = slots >= end - int(clock.latest[place])
            due[place] = np.where(late, AT_EASE, np.minimum(due[place], chance))
