"""Walks drawn at random: many are grown side by side, step by step, and only safe steps are taken.

Each way of walking has a *price list*: what a visit is worth that ends a gap of so many slots. Walks that earn more
survive more often (sequential importance sampling with selection, as in a particle filter); noise keeps every draw
different.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from patrolplan.rounds.lane import AT_EASE, SELF, Bools, Clock, Ints
from patrolplan.rounds.safety import Safety

Singles = npt.NDArray[np.float32]

LONG_AGO = -(1 << 30)
"""When a checkpoint was left that nobody has visited yet."""
_NOISE = 1 << 18
_LENGTHS = 6
"""So many lengths of legs are told apart when it is counted what passes while a team is on its way."""
_RELUCTANT = 2.0
"""What it takes to linger, in units of noise."""


@dataclass(frozen=True, eq=False)
class Prices:
    """A way of walking.

    Attributes
    ----------
    gain
        Shape (n, longest promise + 1): what a visit is worth, by the gap that it ends. One unit is about as much as
        noise.
    slot
        What a slot of the team's time costs.
    ahead
        Shape as `gain`, or empty: what a visit is likely to be worth once a gap has lasted so long. It is counted as
        soon as time passes, so that walks that will pay for it are known early; in the end it makes no difference.
    """

    gain: Singles
    slot: float = 0.0
    ahead: Singles = field(default_factory=lambda: np.zeros((0, 0), np.float32))


@dataclass(eq=False)
class Teams:
    """Where independent copies of one team are, all in the same duty; c copies.

    Attributes
    ----------
    last
        Shape (c, n): when each checkpoint was left last, `LONG_AGO` if never.
    due
        Shape (c, n): latest next departures.
    """

    duty: int
    place: Ints
    slot: Ints
    last: Ints
    due: Ints


@dataclass(frozen=True, eq=False)
class Visits:
    """Walks through one duty: stops and departures, shape (c, most visits), and how many there are, shape (c,)."""

    stops: Ints
    slots: Ints
    counts: Ints


def beginning(clock: Clock, copies: int) -> Teams:
    """Copies of a team at the beginning of its first duty."""
    lane = clock.lane
    return Teams(
        0,
        np.full(copies, lane.start),
        np.full(copies, clock.shifts.begins[0]),
        np.full((copies, lane.size), LONG_AGO),
        np.tile(clock.first_due(), (copies, 1)),
    )


class Walker:
    """Draws walks of one lane.

    Parameters
    ----------
    width
        How many walks grow side by side for each that is drawn.
    may_fail
        Whether copies that run into a dead end are left out, instead of raising `DeadEnd`.
    """

    def __init__(
        self, clock: Clock, safety: Safety, width: int, rng: np.random.Generator, may_fail: bool = False
    ) -> None:
        self.clock, self.width, self.rng, self.may_fail = clock, width, rng, may_fail
        self._safety, self._lane = safety, clock.lane
        self.legs = _grid(self._lane.steps)
        self._noise = rng.gumbel(size=_NOISE).astype(np.float32)

    def ending(self, clock: Clock, safety: Safety) -> Walker:
        """A walker of the same kind whose duty ends otherwise."""
        other = copy(self)
        other.clock, other._safety = clock, safety
        return other

    def begin(self, copies: int) -> Teams:
        """Copies of the team at the beginning of its first duty."""
        return beginning(self.clock, copies)

    def walk(self, teams: Teams, prices: list[Prices]) -> tuple[Visits, Teams]:
        """One duty of every copy, each with its own prices.

        Returns
        -------
        tuple
            The visits, and the copies at the beginning of the next duty (of the same one if it is the last).
        """
        herd = _Herd(self, teams, prices)
        while not herd.done:
            herd.grow()
        return herd.drawn()

    def noise(self, shape: tuple[int, ...]) -> Singles:
        """Gumbel noise from a long strip that was drawn once, read from a random place."""
        count = int(np.prod(shape))
        if count > _NOISE // 2:
            return self.rng.gumbel(size=shape).astype(np.float32)
        first = int(self.rng.integers(_NOISE - count))
        return self._noise[first : first + count].reshape(shape)


class _Herd:
    """The walks of one duty while they grow: shape (copies, width)."""

    def __init__(self, walker: Walker, teams: Teams, prices: list[Prices]) -> None:
        self.walker, self.teams = walker, teams
        self.clock, self.safety = walker.clock, walker._safety
        self.lane = lane = walker.clock.lane
        copies, size, width = len(teams.place), lane.size, walker.width
        shape = (copies, width)
        self.place = np.broadcast_to(teams.place[:, None], shape).copy()
        self.slot = np.broadcast_to(teams.slot[:, None], shape).copy()
        self.last = np.broadcast_to(teams.last[:, None], (*shape, size)).copy()
        self.due = np.broadcast_to(teams.due[:, None], (*shape, size)).copy()
        self.score = np.zeros(shape, np.float32)
        self.alive = np.zeros(shape, np.bool_)
        self.alive[:, 0] = True
        self.home = np.zeros(shape, np.bool_)
        self.end = walker.clock.shifts.ends[teams.duty]
        self.rows = np.arange(copies)[:, None]
        self.gain = np.stack([one.gain for one in prices]).ravel()
        self.longest = prices[0].gain.shape[1] - 1
        self.cost = np.array([one.slot for one in prices], np.float32)[:, None, None]
        self.offsets = (self.rows[:, :, None] * size + np.arange(size)) * (self.longest + 1)
        self.ahead = np.stack([one.ahead for one in prices]).ravel()
        self.legs, self.leg_index = walker.legs
        self.history: list[tuple[Ints, Ints, Ints]] = []
        self.wait = self.lane.size + 1
        self.later = self.lane.size + (2 if self.clock.open_table.size else 1)
        self.choices = self.later + (self.lane.size if self.clock.linger else 0)

    @property
    def done(self) -> bool:
        """Whether no walk goes on."""
        return bool((self.home | ~self.alive).all())

    def grow(self) -> None:
        """One more stop for every walk."""
        copies, width, _ = self.last.shape
        leg = self._legs()
        after = self.slot[:, :, None] + leg
        worth = self._worth(after, leg)
        rank = worth + self.walker.noise(worth.shape)
        flat = rank.reshape(copies, -1)
        count = min(2 * width, flat.shape[1])
        chosen = np.argpartition(-flat, count - 1, axis=1)[:, :count]
        chosen = np.take_along_axis(chosen, np.argsort(-np.take_along_axis(flat, chosen, 1), axis=1), 1)
        good = self._judged(chosen, np.isfinite(np.take_along_axis(flat, chosen, 1)), after)
        lost: Bools = np.logical_not(good.any(axis=1)) & self.alive.any(axis=1)
        if lost.any():
            chosen, good = self._rescued(chosen, good, flat, after, lost)
        keep = np.argsort(~good, axis=1, kind="stable")[:, :width]
        self._take(np.take_along_axis(chosen, keep, 1), np.take_along_axis(good, keep, 1), after, worth)

    def _legs(self) -> Ints:
        """Slots to each next stop, shape (copies, width, n); the same again where all others are closed."""
        leg: Ints = self.lane.steps[self.place]
        if not self.clock.open_table.size:
            return leg
        size = self.lane.size
        others = (leg < SELF) & self.clock.is_open(np.arange(size), self.slot[:, :, None] + leg)
        row, column = np.nonzero(~others.any(axis=2) & (self.place < size))
        at = self.place[row, column]
        leg[row, column, at] = np.maximum(1, self.lane.dwell[at])
        return leg

    def _worth(self, after: Ints, leg: Ints) -> Singles:
        """What each choice is worth, shape (copies, width, n + 1 or n + 2), -inf if not allowed.

        After the stops comes to go home, and where there are closed hours, to wait for a slot if nothing is open.
        """
        copies, width, size = self.last.shape
        gap = np.minimum(after - self.last, self.longest)
        earned = np.take(self.gain, np.where(gap < 0, 0, gap) + self.offsets)
        going = (self.alive & ~self.home)[:, :, None]
        earned = self._foreseen(earned, gap)
        allowed = (after <= np.minimum(self.due, self.end)) & going
        if self.clock.open_table.size:
            allowed &= self.clock.is_open(np.arange(size), after)
        worth = np.full((copies, width, self.choices), -np.inf, np.float32)
        before = self.score[:, :, None]
        worth[:, :, :size] = np.where(allowed, earned - self.cost * leg + before, -np.inf)
        if self.clock.linger:
            worth[:, :, self.later :] = self._worth_later(after + 1, leg + 1, going)
        left = self.end - self.slot
        closing = self.alive & ~self.home & (left < leg.max(axis=2))
        worth[:, :, size] = np.where(closing, before[:, :, 0] - self.cost[:, :, 0] * left, -np.inf)
        worth[:, :, size] = np.where(self.alive & self.home, before[:, :, 0], worth[:, :, size])
        if self.later > self.wait:
            idle = going[:, :, 0] & ~allowed.any(axis=2) & (self.slot < self.end)
            worth[:, :, self.wait] = np.where(idle, before[:, :, 0] - self.cost[:, :, 0], -np.inf)
        return worth

    def _foreseen(self, earned: Singles, gap: Ints) -> Singles:
        """What visits earn, and how much more or less all gaps are likely to be worth after them."""
        if not self.ahead.size:
            return earned
        age = np.maximum(self.slot[:, :, None] - self.last, 0)
        own = np.take(self.ahead, np.maximum(gap, 0) + self.offsets)
        begun = np.take(self.ahead, self.offsets)
        now = np.take(self.ahead, np.minimum(age, self.longest) + self.offsets).sum(axis=2)
        then = [
            np.take(self.ahead, np.minimum(age + leg, self.longest) + self.offsets).sum(axis=2) - now
            for leg in self.legs
        ]
        passed = np.take_along_axis(np.stack(then, axis=2), self.leg_index[self.place], axis=2)
        return np.asarray(earned + passed + begun - own, np.float32)

    def _worth_later(self, after: Ints, leg: Ints, going: Bools) -> Singles:
        """What it is worth to come a slot later than could be."""
        gap = np.minimum(after - self.last, self.longest)
        earned = np.take(self.gain, np.where(gap < 0, 0, gap) + self.offsets)
        earned = self._foreseen(earned, gap)
        allowed = (after <= np.minimum(self.due, self.end)) & going
        if self.clock.open_table.size:
            allowed &= self.clock.is_open(np.arange(self.lane.size), after)
        worth = earned - self.cost * leg + self.score[:, :, None] - _RELUCTANT
        return np.where(allowed, worth, -np.inf).astype(np.float32)

    def _judged(self, chosen: Ints, possible: Bools, after: Ints, thorough: bool = False) -> Bools:
        """Which of the chosen steps are safe, shape as `chosen`."""
        size = self.lane.size
        good = np.zeros(chosen.shape, np.bool_)
        row, column = np.nonzero(possible)
        pick = chosen[row, column]
        parent, stop = pick // self.choices, pick % self.choices
        stop, late = self._stops(stop)
        was_home = self.home[row, parent]
        good[row[was_home], column[was_home]] = True
        ends = (stop == size) & ~was_home
        if ends.any():
            good[row[ends], column[ends]] = self._may_end(self.due[row[ends], parent[ends]])
        waits = stop == self.wait
        if waits.any():
            at = row[waits], parent[waits]
            good[row[waits], column[waits]] = self.safety.safe(
                self.place[at], self.slot[at] + 1, self.due[at], self.teams.duty, thorough
            )
        goes = stop < size
        row, column, parent, stop, late = row[goes], column[goes], parent[goes], stop[goes], late[goes]
        if row.size:
            clock = after[row, parent, stop] + late
            due = self.due[row, parent]
            due[np.arange(len(row)), stop] = self.clock.due(stop, clock)
            good[row, column] = self.safety.safe(stop, clock, due, self.teams.duty, thorough)
        return good

    def _stops(self, choice: Ints) -> tuple[Ints, Ints]:
        """Choices without whether one lingers before them, and how many slots one does."""
        late = choice >= self.later
        return np.where(late, choice - self.later, choice), late.astype(np.int64)

    def _may_end(self, due: Ints) -> Bools:
        """Whether the next team can keep the promises if this one goes home now."""
        begins = self.clock.shifts.begins
        following = self.teams.duty + 1
        if following == len(begins):
            return np.asarray((self.clock.pressing(due) == AT_EASE).all(axis=1))
        count = len(due)
        start = np.full(count, self.lane.start)
        return self.safety.safe(start, np.full(count, begins[following]), due, following)

    def _rescued(self, chosen: Ints, good: Bools, flat: Singles, after: Ints, lost: Bools) -> tuple[Ints, Bools]:
        """Judge every step of the copies of which no preferred step is safe."""
        everything = np.argsort(-flat, axis=1)
        possible = np.isfinite(np.take_along_axis(flat, everything, 1)) & lost[:, None]
        judged = self._judged(everything, possible, after, thorough=True)
        best = np.argsort(~judged, axis=1, kind="stable")[:, : chosen.shape[1]]
        chosen = np.where(lost[:, None], np.take_along_axis(everything, best, 1), chosen)
        good = np.where(lost[:, None], np.take_along_axis(judged, best, 1), good)
        stuck = ~good.any(axis=1)
        if stuck.any() and not self.walker.may_fail:
            raise DeadEnd(self.teams.duty, int(self.slot[stuck].min()))
        return chosen, good

    def _take(self, pick: Ints, good: Bools, after: Ints, worth: Singles) -> None:
        """Go on with the picked steps."""
        size = self.lane.size
        parent, stop = pick // self.choices, pick % self.choices
        stop, late = self._stops(stop)
        rows = self.rows
        score = np.where(good, worth.reshape(len(rows), -1)[rows, pick], -np.inf)
        top = score.max(axis=1, keepdims=True)
        self.score = np.where(good, score - np.where(np.isfinite(top), top, 0.0), -np.inf).astype(np.float32)
        goes = (stop < size) & good
        safe_stop = np.where(goes, stop, 0)
        clock = np.where(goes, after[rows, parent, safe_stop] + late, self.slot[rows, parent])
        clock = np.where((stop == self.wait) & good, clock + 1, clock)
        self.last, self.due = self.last[rows, parent], self.due[rows, parent]
        row, column = np.nonzero(goes)
        at = stop[row, column]
        self.last[row, column, at] = clock[row, column]
        self.due[row, column, at] = self.clock.due(at, clock[row, column])
        self.place = np.where(goes, stop, self.place[rows, parent])
        self.slot = clock
        self.home = (self.home[rows, parent] | (stop == size)) & good
        self.alive = good
        self.history.append((parent, np.where(goes, stop, -1), clock))

    def drawn(self) -> tuple[Visits, Teams]:
        """One walk of each copy, any of those that are left, and the teams that follow it."""
        left = np.flatnonzero(self.alive.any(axis=1))
        copies = len(self.rows)
        ticket = np.where(self.alive, self.walker.rng.random(self.alive.shape), -1.0).argmax(axis=1)
        every = np.arange(copies)
        last, due = self.last[every, ticket], self.due[every, ticket]
        stops, slots = [], []
        for parent, stop, clock in reversed(self.history):
            stops.append(stop[every, ticket])
            slots.append(clock[every, ticket])
            ticket = parent[every, ticket]
        table, times = np.array(stops)[::-1].T[left], np.array(slots)[::-1].T[left]
        last, due, copies = last[left], due[left], len(left)
        counts = (table >= 0).sum(axis=1)
        shifts = self.clock.shifts
        following = min(self.teams.duty + 1, len(shifts.begins) - 1)
        place, slot = np.full(copies, self.lane.start), np.full(copies, shifts.begins[following])
        return Visits(table, times, counts), Teams(following, place, slot, last, due)


class DeadEnd(Exception):
    """No safe step is left: the look-ahead was wrong about a promise.

    Attributes
    ----------
    duty, slot
        Where it happened.
    """

    def __init__(self, duty: int, slot: int) -> None:
        self.duty, self.slot = duty, slot
        super().__init__(f"no safe step in duty {duty} at slot {slot}")


def _grid(steps: Ints) -> tuple[list[int], Ints]:
    """Some lengths of legs, and for each leg the one that comes nearest, shape as `steps`."""
    lengths = np.unique(steps[steps < SELF])
    if not len(lengths):
        lengths = np.ones(1, np.int64)
    if len(lengths) > _LENGTHS:
        lengths = lengths[np.linspace(0, len(lengths) - 1, _LENGTHS).astype(np.int64)]
    nearest = np.abs(steps[:, :, None] - lengths).argmin(axis=2)
    return [int(one) for one in lengths], nearest
