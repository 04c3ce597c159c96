"""A first roster over half a year or more: one person after the other gets the schedule that helps most.

At first a place is worth what it is in the Lagrangian dual, led on by what is left to those who are still to come. Then
everybody in turn is given what is cheapest between the schedules of all others, again and again while that still helps.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from patrolplan.engine.ascent import TOLERANCE, Ascent
from patrolplan.engine.executors import threads
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.linking import SCALE, Floats, Linking, Numbers, Prices
from patrolplan.engine.nearest import Contradiction
from patrolplan.engine.pricing import Order, Pricer, SolverPricer
from patrolplan.engine.subproblem import Answer, Effort, StopSignal
from patrolplan.engine.work import Watch

MOST_SWEEPS = 6
"""Times that everybody's schedule is looked at again."""
WORTHWHILE = 0.03
"""Least share of the cost that a time round has to save for another one."""
GRAPH_SHARE, SAMPLE, HOPELESS = 0.85, 4, 1.2
"""Share of the time in which all pricers have to be ready; from so many on it is judged whether they can be, and they
cannot if they would take so many times as long."""
LEADING_SHARE = 0.25
"""Share of the time for prices to begin with, and again for leading them on while schedules are given out; neither is
longer than it took to make the pricers."""


def can_sweep(linking: Linking, effort: Effort, stop: StopSignal, workers: int) -> bool:
    """Whether everybody's schedules can be priced in time; makes the pricers.

    Raises
    ------
    Contradiction
        If somebody has no schedule at all.
    """
    watch, limit = Watch(effort.deterministic), GRAPH_SHARE * effort.seconds
    kinds = range(len(linking.formulation.classes))
    made: list[int] = []

    def make(kind: int) -> Pricer | None:
        used = watch.seconds
        hopeless = len(made) >= SAMPLE and used / len(made) * len(kinds) > HOPELESS * limit
        if stop.is_set or used > limit or hopeless:
            return None
        try:
            pricer = linking.prepared(kind)
        except ArithmeticError:
            raise Contradiction(linking.formulation.classes[kind].people[0]) from None
        made.append(kind)
        return pricer

    if workers == 1:  # here, where the work is counted
        pricers = [make(kind) for kind in kinds]
    else:
        with threads(workers) as executor:
            pricers = list(executor.map(make, kinds))
    return not any(one is None or isinstance(one, SolverPricer) for one in pricers)


def sweep(linking: Linking, incumbent: Incumbent, effort: Effort, stop: StopSignal, making: float = math.inf) -> int:
    """Give everybody a schedule, as far as one is found.

    Parameters
    ----------
    incumbent
        Nobody holds anything yet.
    making
        Time that making the pricers took.

    Returns
    -------
    int
        What any roster costs at least, see `Ascent.bound`. The prices that say so are left in `Linking.lead`.
    """
    people = range(len(incumbent.held))
    sweeper = _Sweeper(linking, incumbent, effort, stop, missing=people)
    ascent, limit = Ascent(linking), min(LEADING_SHARE * effort.seconds, making)
    ascent.run(limit, sweeper.watch, stop)
    linking.lead = ascent.lead
    sweeper.missing = ascent.dive(incumbent, effort, limit, sweeper.is_over, stop)
    cost = incumbent.costs
    for _ in range(MOST_SWEEPS):
        for person in people:
            sweeper.improve(person)
        place = sweeper.place
        if sweeper.is_over() or cost[place] - incumbent.costs[place] < WORTHWHILE * cost[place]:
            break
        cost = incumbent.costs
    return ascent.bound


def ascend(linking: Linking, effort: Effort, stop: StopSignal) -> int:
    """Raise the bound from the prices in `Linking.lead`, which are replaced by better ones; see `Ascent.bound`."""
    ascent = Ascent(linking)
    ascent.run(effort.seconds, Watch(effort.deterministic), stop)
    linking.lead = ascent.lead
    return ascent.bound


def sweep_again(linking: Linking, base: Incumbent, people: Sequence[int], effort: Effort, stop: StopSignal) -> Answer:
    """Give each of some people the best schedule between those of all others, once."""
    watch, roster = Watch(effort.deterministic), base.copy()
    sweeper = _Sweeper(linking, roster, effort, stop, missing=())
    for person in people:
        sweeper.improve(person)
    changes = {person: roster.held[person] for person in people if roster.held[person] != base.held[person]}
    return Answer(changes or None, False, 0, watch.seconds)


class _Sweeper:
    """Prices and gives out schedules.

    Attributes
    ----------
    missing
        Who has no schedule yet.
    place
        Of the linking's level in the costs of a roster.
    """

    def __init__(
        self, linking: Linking, incumbent: Incumbent, effort: Effort, stop: StopSignal, missing: Iterable[int]
    ) -> None:
        self.linking = linking
        self.incumbent = incumbent
        self.effort = effort
        self.stop = stop
        self.missing = set(missing)
        self.place = incumbent.formulation.levels.index(linking.level)
        self.watch = Watch(effort.deterministic)
        self._below, self._above = linking.unit_costs()

    def is_over(self) -> bool:
        """Whether there is no time left."""
        return self.stop.is_set or self.watch.seconds > self.effort.seconds

    def improve(self, person: int) -> None:
        """Give somebody the best schedule there is between those of all others, unless the present one is as good."""
        if self.is_over():
            return
        incumbent = self.incumbent
        held, cost = incumbent.held[person], incumbent.costs
        incumbent.apply({person: frozenset()})
        worth = np.where(self._needs() > 0, self._below, -self._burden())
        best = held
        for schedule in self._priced(person, worth):
            incumbent.apply({person: schedule})
            if incumbent.costs < cost or person in self.missing:
                best, cost = schedule, incumbent.costs
                self.missing.discard(person)
        incumbent.apply({person: best})

    def _priced(self, person: int, worth: Floats) -> Sequence[frozenset[int]]:
        """Cheap schedules of somebody, given what one more in each linking row is worth."""
        linking, group = self.linking, self.linking.group_of[person]
        prices = Prices(np.rint(worth * SCALE).astype(np.int64), {})
        order = Order(linking.key_prices(group, prices), linking.weights(), self.incumbent.held[person], TOLERANCE)
        pricer = linking.pricer(linking.formulation.class_of[person])
        return pricer.cheapest(order, self.effort, self.stop).schedules

    def _needs(self) -> Numbers:
        """Units of activity that are missing in each linking row."""
        missing: Numbers = (self.linking.lower - np.array(self.incumbent.activity)) * (self._below > 0)
        return np.maximum(0, missing)

    def _burden(self) -> Floats:
        """What one more in each linking row costs."""
        full = np.array(self.incumbent.activity) >= self.linking.upper
        return np.where(full, self._above, 0.0)
