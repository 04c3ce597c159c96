"""Whole rosters from the linear program over schedules: quickly by fixing schedules, thoroughly by branching on duties.

Branching asks of one person and one duty whether they go together, yes first, and prices anew for what is decided
(branch and price, Barnhart et al. 1998); a program that costs more than is wanted ends a branch.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence

from patrolplan.engine.columns import Columns, Decision
from patrolplan.engine.formulation import Schedule
from patrolplan.engine.linking import SCALE
from patrolplan.engine.master import Point

SURE_SCHEDULE = 0.95
"""A schedule that is taken in so large a part is fixed in a plunge."""
SURE = 0.9
"""A duty that is held in so large a part is decided together with others in a dive."""
LEAST_AT_ONCE, MOST_AT_ONCE = 0.004, 0.2
"""Part of the unsure duties that is looked at in one step of a dive."""
TURNS = 0.7, 1.3
"""Least and most by which that part changes from step to step."""
AHEAD, RECENT = 1.5, 0.3
"""Most that it is above an even pace; weight of the last step in how fast what is unsure shrinks."""
HASTE = 3
"""With fewer steps left than this, everything that is looked at is decided."""
FEWEST_ROUNDS, ROUNDS, MOST_ROUNDS = 2, 12, 24
"""Most rounds of pricing after each decision: where time is short, where it is not, and where it seems too dear."""
RISE, TRIES = 0.002, 3
"""A step that makes the program dearer by more than a share is taken back in part, so many times."""
EASY, HURRY = 0.25, 2
"""Share of the time in which this is always done; later while no more is unsure than a power of the time left."""
SLOWER = 0.6
"""What is looked at in one step shrinks by this much where something has been taken back."""
LATER = 2.0
"""How many times as quick steps are later, when less is left to decide."""
USUAL_AT_ONCE = 0.05
"""Part of the unsure duties of which a step of a dive is expected to dispose."""
SMALL = 2e-4
"""A round that gains no more than this share ends the pricing of a decision."""
WHOLE = 1 - 1e-6

Sway = Callable[[int, int], float]
"""Changes how sure a duty looks, by group and key."""
Support = list[list[tuple[float, int]]]
"""For each group, the columns that the program takes in part: value and number, the largest first."""


def plunge(columns: Columns, is_late: Callable[[], bool], at_once: int = 1000) -> dict[int, Schedule] | None:
    """A roster by fixing whole schedules, the surest first, and pricing for those who are left.

    Worse than a dive, but it takes few rounds: for when each of them takes long. To be called with every person a
    group of their own.

    Parameters
    ----------
    at_once
        Of so many people left, one more is fixed in each step even if less sure.

    Returns
    -------
    dict
        Person to schedule, in haste where the time is over; None if the search is stopped.
    """
    master = columns.master
    left = set(range(len(master.groups)))
    try:
        while left:
            point = columns.optimum()
            if point is None or columns.stop.is_set:
                return None
            support = _support(columns, point)
            order = sorted(left, key=lambda group: (-support[group][0][0], group))
            sure = [group for group in order if support[group][0][0] >= SURE_SCHEDULE]
            late = is_late()
            for group in order if late else sure or order[: 1 + len(left) // at_once]:
                left.discard(group)
                for number in master.of_group(group):
                    master.shut(number, number != support[group][0][1])
            _price(columns, float("inf"), is_late, sorted(left))
        return _plan(columns, support)
    finally:
        master.allow_all()


class Dive:
    """A roster by deciding on many sure duties at once, and pricing anew after each step.

    A duty that a person's schedules in the linear program nearly all hold is one that the person should hold; a
    schedule as a whole hardly ever is that sure (diving, Sadykov et al. 2019). Where a step makes the program dearer,
    its less sure half is taken back, and at last a single duty is decided the other way. To be called with every
    person a group of their own.

    Parameters
    ----------
    columns
        The program.
    progress
        Share of the time that is used up, 1 or more if it is over.
    aim
        The most that the roster may cost, in sixtieths; a program that costs more ends the dive. None: whatever it
        costs, and in haste where the time is over.
    sway
        Added to how sure a duty is.

    Attributes
    ----------
    cost
        Of the program at its last step, in sixtieths: of the roster, unless that was made in haste.
    """

    def __init__(
        self,
        columns: Columns,
        progress: Callable[[], float],
        aim: float | None = None,
        sway: Sway = lambda group, key: 0.0,
    ) -> None:
        self.columns = columns
        self.progress = progress
        self.aim = aim
        self.sway = sway
        self.cost = math.inf
        self._held: dict[int, frozenset[int]] = defaultdict(frozenset)
        self._barred: dict[int, frozenset[int]] = defaultdict(frozenset)
        self._new: list[tuple[int, int]] = []
        self._part = MOST_AT_ONCE
        self._before = 0
        self._shrinks = 0.0
        self._first = 0

    def run(self) -> dict[int, Schedule] | None:
        """Person to schedule; None if that leads nowhere or the search is stopped."""
        columns, rounds, priced, before = self.columns, ROUNDS, self.columns.pricings, self.progress()
        is_easy = True
        try:
            while True:
                point = self._settled(rounds, self.cost, is_easy)
                if point is None or columns.stop.is_set:
                    return None
                if self.aim is not None and point.cost > self.aim + 1e-6:
                    return None
                support = _support(columns, point)
                unsure = self._unsure(support)
                now, self.cost = self.progress(), point.cost
                if not unsure or (now >= 1 and self.aim is None):
                    return _plan(columns, support)
                if now >= 1:
                    return None
                self._first = self._first or len(unsure)
                is_easy = now < EASY or len(unsure) <= self._first * (1 - now) ** HURRY
                steps = LATER * (1 - now) / max(1e-9, now - before)
                self._pace(len(unsure), steps)
                if not self._decide(support, unsure, steps):
                    return None
                each = steps * max(1, columns.pricings - priced) * USUAL_AT_ONCE / math.log1p(len(unsure))
                rounds = int(min(ROUNDS, max(FEWEST_ROUNDS, each)))
                priced, before = columns.pricings, now
        finally:
            columns.decide_nothing()

    def _settled(self, rounds: int, before: float, is_easy: bool) -> Point | None:
        """Price what is decided; if there is time for it, what makes the program too dear is taken back."""
        most = before * (1 + RISE) if self.aim is None else min(before * (1 + RISE), self.aim + 1e-6)
        point = self._priced(rounds)
        for _ in range(TRIES if is_easy else 0):
            if point is not None and point.cost > most:
                point = self._priced(MOST_ROUNDS)
            if point is None or point.cost <= most or self.progress() >= 1 or not self._take_back():
                return point
            point = self._priced(rounds)
        return point

    def _priced(self, rounds: int) -> Point | None:
        return _price(self.columns, float("inf"), lambda: self.progress() >= 1, rounds=rounds)

    def _take_back(self) -> bool:
        """Take back the less sure half of the last step, or decide its only duty the other way; whether it had any."""
        if not self._new:
            return False
        back, self._new = self._new[len(self._new) // 2 :], self._new[: len(self._new) // 2]
        for group, key in back:
            self._held[group] -= {key}
            if not self._new:
                self._barred[group] |= {key}
        for group in {group for group, _ in back}:
            self._keep_to(group)
        self._part *= SLOWER
        return True

    def _keep_to(self, group: int) -> None:
        self.columns.decide(group, Decision(self._held[group], self._barred[group]))

    def _unsure(self, support: Support) -> list[tuple[float, int, int]]:
        """How sure each duty is that is not whole, with its group and key; the surest first."""
        found = []
        for group, taken in enumerate(support):
            if len(taken) > 1:
                found += [
                    (value, group, key)
                    for key, value in _shares(self.columns, taken)
                    if value < WHOLE and key not in self._held[group]
                ]
        swayed = [(value + self.sway(group, key), value, group, key) for value, group, key in found]
        return [one[1:] for one in sorted(swayed, reverse=True)]

    def _pace(self, unsure: int, steps: float) -> None:
        """Look at so many duties at once that a number of steps may do, as they went so far."""
        even = 1 - unsure ** (-1 / max(1.0, steps))
        if self._before:
            shrink = math.log(max(1.01, self._before / unsure))
            self._shrinks = RECENT * shrink + (1 - RECENT) * (self._shrinks or shrink)
            needed = math.log1p(unsure) / self._shrinks
            least, most = TURNS
            self._part *= min(most, max(least, needed / max(1.0, steps)))
        else:
            self._part = even
        self._part = min(MOST_AT_ONCE, AHEAD * even, max(LEAST_AT_ONCE, self._part))
        self._before = unsure

    def _decide(self, support: Support, unsure: Sequence[tuple[float, int, int]], steps: float) -> bool:
        """Decide on the surest duties; whether everybody has a schedule."""
        hasty = self.aim is None and steps < HASTE
        most = max(1, int((0.5 if hasty else self._part) * len(unsure)))
        self._new = []
        for number, (value, group, key) in enumerate(unsure[:most]):
            wanted = self._held[group] | {key}
            if (value >= SURE or hasty or number < max(1, most // 4)) and self._go_together(support[group], wanted):
                self._held[group] = wanted
                self._new.append((group, key))
        touched = {group for group, _ in self._new}
        for group in touched:
            self._keep_to(group)
        return all(self._supplied(group) for group in touched)

    def _go_together(self, taken: Sequence[tuple[float, int]], keys: frozenset[int]) -> bool:
        """Whether some schedule that the program takes in holds all of some keys."""
        return any(keys <= self.columns.master.columns[number].schedule for _, number in taken)

    def _supplied(self, group: int) -> bool:
        """Whether a group has a schedule that is not shut out."""
        return any(self.columns.master.is_open(number) for number in self.columns.master.of_group(group))


class Branching:
    """Depth-first search for a roster within an aim.

    Parameters
    ----------
    columns
        The program, with every person a group of their own.
    aim
        The most that the roster may cost, in sixtieths.
    is_late
        Whether the time is over.
    noise
        Added to how sure a duty is when one is chosen to be decided.
    """

    def __init__(
        self, columns: Columns, aim: float, is_late: Callable[[], bool], noise: Callable[[], float] = lambda: 0.0
    ) -> None:
        self.columns = columns
        self.aim = aim
        self.is_late = is_late
        self.noise = noise
        self._decisions: list[tuple[int, int, bool]] = []

    def run(self) -> dict[int, Schedule] | None:
        """Person to schedule; None if nothing within the aim was found."""
        columns = self.columns
        try:
            while not columns.stop.is_set and not self.is_late():
                point = self._settle()
                if point is None:
                    if not self._turn_back():
                        return None
                    continue
                support = _support(columns, point)
                choice = self._choose(support)
                if choice is None:
                    return _plan(columns, support)
                self._decisions.append((*choice, True))
                self._apply([choice[0]])
            return None
        finally:
            columns.decide_nothing()

    def _settle(self) -> Point | None:
        """Solve and price what is decided; None if that cannot lead to the aim."""
        if not self._supplied():
            return None
        point = _price(self.columns, self.aim, self.is_late)
        return point if point is not None and point.cost <= self.aim + 1e-6 else None

    def _choose(self, support: Support) -> tuple[int, int] | None:
        """Group and key to be decided next: the surest that is not whole; None if all is."""
        best: tuple[float, int, int] | None = None
        for group, taken in enumerate(support):
            for key, value in _shares(self.columns, taken) if len(taken) > 1 else ():
                if value < WHOLE:
                    one = (value + self.noise(), -group, -key)
                    best = one if best is None else max(best, one)
        return None if best is None else (-best[1], -best[2])

    def _turn_back(self) -> bool:
        """Take the last yes for a no; whether there was one."""
        touched = set()
        while self._decisions:
            group, key, held = self._decisions.pop()
            touched.add(group)
            if held:
                self._decisions.append((group, key, False))
                self._apply(sorted(touched))
                return True
        return False

    def _decided(self, wanted: int) -> Decision:
        """What is decided of a group."""
        mine = [(key, held) for group, key, held in self._decisions if group == wanted]
        return Decision(frozenset(key for key, held in mine if held), frozenset(key for key, held in mine if not held))

    def _apply(self, groups: Sequence[int]) -> None:
        """Let pricing and program keep to what is decided of some groups."""
        for group in groups:
            self.columns.decide(group, self._decided(group))

    def _supplied(self) -> bool:
        """Whether every group has a schedule that keeps to what is decided; one is made where none is left."""
        master, columns = self.columns.master, self.columns
        for group, decision in columns.decisions.items():
            if any(master.is_open(number) for number in master.of_group(group)):
                continue
            answers = columns.price(columns.last_prices, [group]) if columns.last_prices is not None else None
            if answers is None or not decision.allows(schedule := answers[group].schedules[-1]):
                return False
            if not master.add(group, schedule):
                return False
        return True


def _support(columns: Columns, point: Point) -> Support:
    """Columns of each group that a point takes in part, the most first."""
    found: Support = [[] for _ in columns.master.groups]
    for number, value in enumerate(point.values):
        if value > 1e-6:
            found[columns.master.columns[number].group].append((value, number))
    return [sorted(one, key=lambda pair: (-pair[0], pair[1])) for one in found]


def _shares(columns: Columns, taken: Sequence[tuple[float, int]]) -> list[tuple[int, float]]:
    """What part of a group's schedules that a point takes in holds each key, in order of the keys."""
    share: dict[int, float] = defaultdict(float)
    for value, number in taken:
        for key in columns.master.columns[number].schedule:
            share[key] += value
    return sorted(share.items())


def _price(
    columns: Columns,
    aim: float,
    is_late: Callable[[], bool],
    groups: Sequence[int] | None = None,
    rounds: int = ROUNDS,
) -> Point | None:
    """Solve and price until nothing more is gained worth the while, or it is late; the last point.

    A program that costs more than is wanted is priced to its end, since only then it is known to be hopeless.
    """
    master = columns.master
    point = columns.optimum()
    for turn in range(rounds):
        if point is None or is_late() or (groups is not None and not groups):
            return point
        prices = master.whole(point.rows, point.levels)
        answers = columns.price(prices, groups)
        if answers is None:
            return None
        if groups is None and columns.bound_of(prices, answers) > aim * SCALE:
            return None
        if not columns.take_in(answers, point):
            return point
        before = point.cost
        point = columns.optimum()
        settled = turn >= 1 and point is not None and before - point.cost <= SMALL * max(1.0, before)
        if settled and point is not None and point.cost <= aim:
            return point
    return point


def _plan(columns: Columns, support: Support) -> dict[int, Schedule]:
    """The surest schedule of every person."""
    master = columns.master
    return {
        group.people[0]: master.columns[taken[0][1]].schedule
        for group, taken in zip(master.groups, support, strict=True)
        if taken
    }
