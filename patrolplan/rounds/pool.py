"""A pool of finished walks, any of which may follow any other, and how often each is taken.

Every walk leaves each checkpoint first within half of its promise, and last within the other half before the end. So
walks are drawn whole, one after the other, exactly as the linear program weighs them: what a watcher learns from fresh
draws is what the program says. New walks are priced against the watcher's own mixture, round by round. A walk and its
images under the symmetries of the ground are one column of the program; which image is walked is drawn, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from patrolplan.rounds.lane import NEVER, Clock, Floats, Ints, Lane, Shifts, make_clock
from patrolplan.rounds.mixture import FREE, Program, detections, gains, is_rare, results, softly
from patrolplan.rounds.safety import Safety
from patrolplan.rounds.seams import Seam, middle_seam
from patrolplan.rounds.symmetry import evened, symmetries
from patrolplan.rounds.tally import span_sums
from patrolplan.rounds.tours import Tour, make_tour, safe_tours
from patrolplan.rounds.walks import LONG_AGO, Prices, Singles, Visits, Walker

MOST_SHARE = 1 / 200
"""No walk is taken more often, so that the sheets of a month are all different and give nothing of the pool away."""
_PATIENT = 0.5
"""How much of the watcher's last mixture stays in the next one that is priced."""
_SHARP = 0.5
"""How much the program's own dual counts in it."""
_STEPS = 3
"""Most programs between two rounds of new walks."""
_SOON = 0.1
"""Chance of a visit in each slot when it is guessed what a gap will be worth."""
_TURNS = 4
"""Images that walks may end in, in one round."""
_IDLE = 3
"""Rounds after which more walks grow side by side, or it is over, if they gained hardly anything together."""
_WORTHWHILE = 0.004
"""What they must gain, as a share."""
_WIDER = 4
"""Most walks that grow side by side in the end, as a multiple of those in the beginning."""
_KEPT = 1_000
"""Walks that are kept while the pool grows, those that are taken apart."""
_NUMBERS = 12_000_000
"""Most sums that are kept of all walks together."""


@dataclass(frozen=True)
class PoolEffort:
    """How hard to look.

    Attributes
    ----------
    rounds
        Rounds of new walks.
    walks
        New walks in each.
    width
        Walks that grow side by side for each.
    sharpness
        How much the best price counts, in units of noise.
    """

    rounds: int = 20
    walks: int = 128
    width: int = 8
    sharpness: float = 60.0


@dataclass(frozen=True, eq=False)
class Pool:
    """Walks of one duty, and how often each is taken.

    Attributes
    ----------
    visits
        Slots count from the beginning of the duty.
    shares
        Sum to one.
    images
        Symmetries, one a row: the image of each checkpoint.
    turns
        By walk, the image in which the walk after it begins, seen from its own; -1 where any may follow.
    value
        What the watcher is left.
    rounds
        Rounds of new walks that were tried.
    """

    visits: Visits
    shares: Floats
    images: Ints
    turns: Ints
    value: float
    rounds: int

    def deal(
        self, count: int, rng: np.random.Generator, frames: list[Ints] | None = None
    ) -> Iterator[tuple[Ints, Ints]]:
        """Stops and departures of so many duties; none comes twice as long as there are enough walks.

        A systematic sample: each walk comes as often as its share says, and at most once in as many duties as the
        largest share allows.

        Parameters
        ----------
        frames
            The image in which the next duty begins, in a list that is kept up to date; empty before the first. Pools
            that take turns share it.
        """
        frames = [] if frames is None else frames
        most = max(1, int(1 / float(self.shares.max()) + 1e-9))
        while count > 0:
            part = min(count, most)
            order = rng.permutation(len(self.shares))
            ends = np.cumsum(self.shares[order])
            marks = (np.arange(part) + rng.random()) / part * ends[-1]
            chosen = order[np.minimum(np.searchsorted(ends, marks, side="right"), len(order) - 1)]
            for one in rng.permutation(chosen):
                held = self.visits.stops[one] >= 0
                image = self.images[int(rng.integers(len(self.images)))]
                if self.turns[one] >= 0:
                    image = frames[0] if frames else image
                    frames[:] = [image[self.images[self.turns[one]]]]
                yield image[self.visits.stops[one][held]], self.visits.slots[one][held]
            count -= part


@dataclass(eq=False)
class _Sums:
    """What each walk gives a watcher, as in `Tally`, by walk; and how it begins and ends.

    Attributes
    ----------
    reached, caught
        Shape (walks, n, ages).
    first, last
        Shape (walks, n): slots from the beginning to the first departure, and from the last one to the end; -1 where
        closed hours lie between. Last ones by the checkpoint as it is seen from the walk that follows.
    turns
        As in `Pool`.
    """

    reached: Floats
    caught: Floats
    first: Ints
    last: Ints
    turns: Ints

    def some(self, kept: Ints) -> _Sums:
        """Those of some walks."""
        return _Sums(self.reached[kept], self.caught[kept], self.first[kept], self.last[kept], self.turns[kept])

    def __add__(self, other: _Sums) -> _Sums:
        return _Sums(
            np.concatenate([self.reached, other.reached]),
            np.concatenate([self.caught, other.caught]),
            np.concatenate([self.first, other.first]),
            np.concatenate([self.last, other.last]),
            np.concatenate([self.turns, other.turns]),
        )


def pool_clock(
    lane: Lane, length: int, closed: tuple[tuple[tuple[int, int], ...], ...], seam: Seam | None = None
) -> Clock:
    """The clock of one duty whose walks may follow each other in any order.

    Parameters
    ----------
    closed
        By checkpoint; slots count from the beginning of the duty.
    seam
        What each walk keeps at its ends; half of each promise if not given.
    """
    seam = seam or middle_seam(lane)
    shifts = Shifts((0,), (length,), closed)
    return make_clock(lane, shifts, seam.first, seam.latest, seam.order, bool(seam.order.size))


def make_safety(clock: Clock) -> Safety | None:
    """The look-ahead of a pool's walks; None if no walk is known that keeps the promises and its ends."""
    lane = clock.lane
    if (np.minimum(clock.first, clock.latest) < 1).any():
        return None
    if clock.order.size:
        kept, tours = None, ordered_tours(lane, clock)
    else:
        kept = Lane(lane.steps, lane.dwell, np.minimum(clock.first, clock.latest), lane.attack, lane.weight)
        tours = safe_tours(kept, clock.shifts)
    if not tours:
        return None
    safety = Safety(clock, tours, kept)
    begin = np.array([lane.start]), np.array([0]), clock.first_due()[None]
    return safety if safety.safe(*begin, 0)[0] else None


def ordered_tours(lane: Lane, clock: Clock) -> list[Tour]:
    """Tours that keep all promises, in front the one in the order in which walks end."""
    tours = safe_tours(lane, clock.shifts)
    stops = np.argsort(-(clock.order + (clock.first.max() - clock.first) / 4096), kind="stable").tolist()
    own = make_tour(lane, stops)
    if (own.gaps(lane.size) <= lane.promise - lane.dwell).all():
        tours = [own, *tours]
    return tours


def make_pool(
    clock: Clock,
    effort: PoolEffort,
    rng: np.random.Generator,
    go_on: Callable[[], bool] = lambda: True,
    turned: bool = False,
) -> Pool | None:
    """Walks for one duty and their shares; None if there are none that may follow each other in any order.

    Parameters
    ----------
    clock
        From `pool_clock`.
    go_on
        Asked before each further round of walks.
    turned
        Whether the tour at the end of a walk may be another image than that at its beginning. Only where one kind of
        team walks the ground, and nothing is closed.
    """
    safety = make_safety(clock)
    if safety is None:
        return None
    return _Growing(clock, safety, effort, rng, turned and bool(clock.order.size)).pool(go_on)


class _Growing:
    """A pool while it grows."""

    def __init__(
        self, clock: Clock, safety: Safety, effort: PoolEffort, rng: np.random.Generator, turned: bool
    ) -> None:
        self.clock, self.effort, self.rng, self.width = clock, effort, rng, effort.width
        self.lane = lane = clock.lane
        same = any(clock.shifts.closed) or (clock.order.size and not turned)
        self.images = np.arange(lane.size)[None] if same else symmetries(lane)
        self.turned = turned and len(self.images) > 1
        self.walkers = {0: Walker(clock, safety, effort.width, rng, may_fail=True)}
        if self.turned:
            self._turn()
        self.classes = [list(one) for one in sorted({tuple(sorted(set(row))) for row in self.images.T.tolist()})]
        ages = max(1, int((lane.promise - lane.attack).max()) + 1)
        self.program = Program(len(self.classes) * ages)
        self.shares = np.zeros(0)
        self.value = float(lane.weight.max())
        self.sums: _Sums | None = None
        self.drawn: list[Visits] = []
        self.known: set[bytes] = set()
        self.dual = np.zeros((lane.size, ages))
        self.against: Floats | None = None

    def _turn(self) -> None:
        """Walkers for each image in which the duty may end."""
        clock, own = self.clock, self.walkers[0]
        for number, image in enumerate(self.images[1:], 1):
            latest, order = np.empty_like(clock.latest), np.empty_like(clock.order)
            latest[image], order[image] = clock.latest, clock.order
            other = replace(clock, latest=latest, order=order)
            tours = [Tour(image[one.stops], one.legs) for one in ordered_tours(self.lane, clock)]
            safety = Safety(other, tours)
            begin = np.array([self.lane.start]), np.array([0]), other.first_due()[None]
            if safety.safe(*begin, 0)[0]:
                self.walkers[number] = own.ending(other, safety)

    def pool(self, go_on: Callable[[], bool]) -> Pool | None:
        """Rounds of walks and programs, as long as may be; None if no walk was found."""
        rounds, values = 0, [np.inf]
        while rounds < self.effort.rounds and (not rounds or (self.value > 0 and go_on())):
            self._forget()
            self._grow(self._prices())
            rounds += 1
            if not self.shares.size:
                if self.width > self.effort.width:
                    return None
                self.width *= _WIDER
                continue
            self._mix()
            values.append(self.value)
            if len(values) > _IDLE and values[-1] > (1 - _WORTHWHILE) * values[-1 - _IDLE]:
                if self.width >= _WIDER * self.effort.width:
                    break
                self.width, values = 2 * self.width, [self.value]
        if not self.shares.size:
            return None
        used = np.flatnonzero(self.shares > 1e-9)
        shares = self.shares[used]
        turns = np.zeros(0, np.int64) if self.sums is None else self.sums.turns[used]
        return Pool(_chosen(self.drawn, used), shares / shares.sum(), self.images, turns, self.value, rounds)

    def _forget(self) -> None:
        """Leave out walks that were not taken, but the newest, once there are many."""
        count = len(self.shares)
        most = min(_KEPT, _NUMBERS // self.dual.size)
        if self.sums is None or count + self.effort.walks <= most:
            return
        idle = np.flatnonzero(self.shares[: count - 2 * self.effort.walks] <= 1e-9)
        kept = np.setdiff1d(np.arange(count), idle[: max(0, count + self.effort.walks - most)])
        self.drawn, self.shares = [_chosen(self.drawn, kept)], self.shares[kept]
        self.known = set(_names(self.drawn[0]))
        self.sums = self.sums.some(kept)

    def _prices(self) -> Prices:
        """What visits are worth against a watcher who has learned from the pool so far."""
        lane = self.lane
        if self.sums is None:
            return Prices(np.zeros((lane.size, int(lane.promise.max()) + 1), np.float32))
        reached, caught = self._mixed(self.shares)
        fresh = _SHARP * self.dual + (1 - _SHARP) * softly(lane, reached, caught)
        self.against = fresh if self.against is None else _PATIENT * self.against + (1 - _PATIENT) * fresh
        earned = gains(lane, self.value, self.against)
        scale = self.effort.sharpness / max(1e-12, float(np.abs(earned).max()))
        detection = detections(lane, self.value)[:, None]
        rate = float((self.against * (caught - detection * reached)).sum()) / self.clock.shifts.end
        gain = (earned * scale).astype(np.float32)
        return Prices(gain, rate * scale, foreseen(lane, gain))

    def _grow(self, prices: Prices) -> None:
        """New walks, where there are images with some of them as the end."""
        chosen = list(self.walkers)
        if len(chosen) > _TURNS:
            chosen = sorted(self.rng.choice(chosen, _TURNS, replace=False).tolist())
        for number in chosen:
            self._grow_towards(number, prices, self.effort.walks // len(chosen))

    def _grow_towards(self, number: int, prices: Prices, count: int) -> None:
        walker = self.walkers[number]
        walker.width = self.width
        teams = walker.begin(count)
        if self.sums is not None and self.shares.sum() > 0:
            before = self.sums.last[self.rng.choice(len(self.shares), count, p=self.shares)]
            teams.last = np.where(before >= 0, -before, LONG_AGO)
        visits, _ = walker.walk(teams, [prices] * count)
        unknown = self._unknown(visits)
        count = len(unknown)
        if not count:
            return
        visits = _chosen([visits], unknown)
        self.drawn.append(visits)
        fresh = _counted(self.clock, visits)
        if self.turned:
            fresh.last, fresh.turns = fresh.last[:, self.images[number]], np.full(count, number)
        known = self.sums is not None and self.dual.any()
        self.sums = fresh if self.sums is None else self.sums + fresh
        every = len(self.sums.turns)
        self.shares = np.append(self.shares, np.zeros(count)) if known else np.full(every, 1 / every)

    def _unknown(self, visits: Visits) -> Ints:
        """Which walks have not been found before: one that counted twice might be taken twice as often."""
        found = []
        for number, name in enumerate(_names(visits)):
            if name not in self.known:
                self.known.add(name)
                found.append(number)
        return np.array(found, np.int64)

    def _mix(self) -> None:
        """Programs until nothing is gained; what happens where duties change is taken from the last mixture."""
        count = len(self.shares)
        most = max(MOST_SHARE, 1.5 / count)
        self.value = self._value(self.shares)
        for _ in range(_STEPS):
            tried, dual = self.program.solve(self._rows(), most)
            self.dual = self._spread(dual)
            value = self._value(tried)
            gained = self.value - value
            if gained > 0 or self.shares.max() > most + 1e-9:
                self.shares, self.value = tried, value
            if gained <= 1e-4:
                break

    def _rows(self) -> Floats:
        """What each walk gives beyond what is asked, shape (walks, classes x ages)."""
        assert self.sums is not None
        reached, caught = self.sums.reached, self.sums.caught
        first, last = _handed(self.lane, self.sums, self.shares)
        detection = detections(self.lane, self.value)
        rows = np.zeros((len(reached), len(self.classes), reached.shape[2]))
        for row, members in enumerate(self.classes):
            for place in members:
                ends = first[place].at(self.sums.first[:, place]), last[place].at(self.sums.last[:, place])
                rows[:, row] += caught[:, place] + ends[0][1] + ends[1][1]
                rows[:, row] -= detection[place] * (reached[:, place] + ends[0][0] + ends[1][0])
            rows[:, row] /= len(members)
        mixed, _ = self._mixed(self.shares)
        rows /= max(1e-9, float(mixed[:, 0].mean()))
        rows[:, is_rare(mixed)[[one[0] for one in self.classes]]] = FREE
        return np.asarray(rows.reshape(len(rows), -1))

    def _spread(self, dual: Floats) -> Floats:
        """Weights of classes as weights of checkpoints."""
        spread = np.zeros_like(self.dual)
        for row, members in enumerate(self.classes):
            spread[members] = dual.reshape(len(self.classes), -1)[row] / len(members)
        return spread

    def _mixed(self, shares: Floats) -> tuple[Floats, Floats]:
        """Sums of a mixture, over changes of duty, too."""
        assert self.sums is not None
        reached, caught = np.tensordot(shares, self.sums.reached, 1), np.tensordot(shares, self.sums.caught, 1)
        first, _ = _handed(self.lane, self.sums, shares)
        for place in range(self.lane.size):
            ends = first[place].at(self.sums.first[:, place])
            reached[place] += 2 * shares @ ends[0]
            caught[place] += 2 * shares @ ends[1]
        return evened(reached, self.classes), evened(caught, self.classes)

    def _value(self, shares: Floats) -> float:
        return float(results(self.lane, *self._mixed(shares)).max(initial=0.0))


def foreseen(lane: Lane, gain: Singles) -> Singles:
    """What a visit is likely to be worth by the age of the gap, if it comes with the same chance in each slot."""
    ahead = np.empty_like(gain)
    for place, promise in enumerate(lane.promise.tolist()):
        ahead[place, promise:] = gain[place, promise]
        for age in range(promise - 1, -1, -1):
            ahead[place, age] = (1 - _SOON) * ahead[place, age + 1] + _SOON * gain[place, age + 1]
    return ahead


@dataclass(frozen=True, eq=False)
class _Handed:
    """Half of the gap over a change of duty, by how long one end of it lasts, in expectation over the other end."""

    reached: Floats
    caught: Floats

    def at(self, ends: Ints) -> tuple[Floats, Floats]:
        """For each of some ends, shape (k, ages); nothing where there is none (-1)."""
        return self.reached[ends], self.caught[ends]


def _handed(lane: Lane, sums: _Sums, shares: Floats) -> tuple[list[_Handed], list[_Handed]]:
    """For the first and the last gaps of walks, by checkpoint."""
    ages = sums.reached.shape[2]
    both: tuple[list[_Handed], list[_Handed]] = ([], [])
    for place in range(lane.size):
        first, last = sums.first[:, place], sums.last[:, place]
        for found, own, other in ((both[0], first, last), (both[1], last, first)):
            found.append(_expected(own, other, shares, ages, int(lane.attack[place])))
    return both


def _expected(own: Ints, other: Ints, shares: Floats, ages: int, attack: int) -> _Handed:
    longest = int(own.max(initial=0)) + 1
    seen = other >= 0
    chances = np.bincount(other[seen], shares[seen], minlength=1)
    below = np.concatenate([[0.0], np.cumsum(chances)])
    total = below[-1]

    def at_most(rest: Ints) -> Floats:
        found: Floats = below[np.clip(rest + 1, 0, len(chances))]
        return found

    rest = np.arange(ages)[None] - np.arange(longest)[:, None]
    reached = np.zeros((longest + 1, ages))
    caught = np.zeros((longest + 1, ages))
    reached[:longest] = (total - at_most(rest)) / 2
    caught[:longest] = (at_most(rest + attack) - at_most(rest)) / 2
    return _Handed(reached, caught)


def _counted(clock: Clock, visits: Visits) -> _Sums:
    """Sums by walk; gaps within the duty, and those that closed hours cut off."""
    lane, end = clock.lane, clock.shifts.end
    ages = max(1, int((lane.promise - lane.attack).max()) + 1)
    copies, size = len(visits.counts), lane.size
    reached, caught = np.zeros((2, copies * size, ages + 1))
    first, last = np.full((2, copies, size), -1)
    for step in range(visits.stops.shape[1]):
        here = np.flatnonzero(visits.stops[:, step] >= 0)
        stop, slot = visits.stops[here, step], visits.slots[here, step]
        begun = last[here, stop]
        seen = begun >= 0
        first[here[~seen], stop[~seen]] = slot[~seen]
        rows = (here * size + stop)[seen]
        until = _open_until(clock, stop[seen], begun[seen])
        span_sums(reached, caught, rows, slot[seen] - begun[seen], until - begun[seen], lane.attack[stop[seen]])
        last[here, stop] = slot
    row, stop = np.nonzero(last >= 0)
    begun = last[row, stop]
    until = _open_until(clock, stop, begun)
    cut = until <= end
    room = (until - begun)[cut]
    rows = (row * size + stop)[cut]
    span_sums(reached, caught, rows, np.full(len(rows), NEVER), room, lane.attack[stop[cut]])
    shape = (copies, size, ages + 1)
    reached, caught = np.cumsum(reached.reshape(shape), axis=2), np.cumsum(caught.reshape(shape), axis=2)
    tail = np.full((copies, size), -1)
    tail[row[~cut], stop[~cut]] = end - begun[~cut]
    return _Sums(reached[:, :, :ages], caught[:, :, :ages], _begun(clock, first), tail, np.full(copies, -1))


def _begun(clock: Clock, first: Ints) -> Ints:
    """First departures that end a gap from before the duty."""
    found = first.copy()
    for place, spans in enumerate(clock.shifts.closed):
        opens = min((opens for opens, closes in spans if closes > 0), default=NEVER)
        found[:, place] = np.where(first[:, place] > opens, -1, first[:, place])
    return found


def _open_until(clock: Clock, places: Ints, slots: Ints) -> Ints:
    """When the checkpoints close next, also after the end of the duty."""
    until = np.full(len(places), NEVER)
    for place, spans in enumerate(clock.shifts.closed):
        here = np.flatnonzero(places == place)
        if spans and here.size:
            opens = np.array([one[0] for one in spans])
            until[here] = np.append(opens, NEVER)[np.searchsorted(opens, slots[here])]
    return until


def _names(visits: Visits) -> list[bytes]:
    """What tells walks apart."""
    held = [stops >= 0 for stops in visits.stops]
    walks = zip(visits.stops, visits.slots, held, strict=True)
    return [stops[mine].tobytes() + slots[mine].tobytes() for stops, slots, mine in walks]


def _chosen(drawn: list[Visits], used: Ints) -> Visits:
    """Some of all walks."""
    most = max(one.stops.shape[1] for one in drawn)

    def padded(tables: list[Ints], fill: int) -> Ints:
        wide = [np.pad(one, ((0, 0), (0, most - one.shape[1])), constant_values=fill) for one in tables]
        return np.asarray(np.concatenate(wide)[used])

    counts: Ints = np.concatenate([one.counts for one in drawn])[used]
    return Visits(padded([one.stops for one in drawn], -1), padded([one.slots for one in drawn], 0), counts)
