"""Prices of linking rows and budgets over a long time, found without a linear program, and a roster they lead to.

At any prices each person's cheapest schedule gives a bound (Lagrangian relaxation, Geoffrion 1974). What all these hold
too little or too much says where prices have to rise and fall; every price moves at a pace of its own (Adam, Kingma and
Ba 2015). A walk over all people's graphs takes some hundredths of a second even over a year, so that hundreds of prices
can be tried while column generation has not finished its first rounds.

A roster is made by giving schedules to one person after the other, the prices led on by what is left to the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from patrolplan.engine.budgets import BudgetPricer
from patrolplan.engine.formulation import Schedule
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.linking import OVER_BUDGET, SCALE, Floats, Lead, Linking, Numbers, Prices
from patrolplan.engine.pricing import GraphPricer, Order
from patrolplan.engine.sheaf import Path, Sheaf, bound_together
from patrolplan.engine.subproblem import Effort, StopSignal
from patrolplan.engine.work import Watch

MOST_STEPS, MORE_STEPS = 400, 1_000
"""Prices that are tried, at most: from nothing, and from prices that are known."""
PACE, KNOWN_PACE, END_PACE = 0.2, 0.02, 0.001
"""First change of a price from nothing, the same from known ones, and the last one, as shares of what it can be."""
MOMENTUM, MEMORY = 0.9, 0.99
"""Shares of former directions and of their squares that are kept with each step."""
DIVE_PACE, DIVE_STEPS, DIVE_MOMENTUM, DIVE_MEMORY = 0.03, 4, 0.7, 0.95
"""Change of a price, and steps, before each schedule that is given out, and what is kept then."""
REGATHER = 2.0
"""How many times as many graphs may lie side by side as are needed."""
TOLERANCE = 0.1
"""Schedules that are given out need not be quite the cheapest."""


class Ascent:
    """The Lagrangian dual of one level, ascended.

    Parameters
    ----------
    linking
        Its rows; all its pricers are graphs. If prices lead it, they are begun with.

    Attributes
    ----------
    bound
        What any roster costs at least that costs nothing on earlier levels, in sixtieths above what it costs in any
        case.
    """

    def __init__(self, linking: Linking) -> None:
        self.linking = linking
        self.bound = 0
        self.pricers = [_graph_of(linking, group.kind) for group in linking.groups]
        plain = np.zeros(len(linking.below), dtype=np.bool_)
        plain[[number for unit in linking.units.values() if unit.is_plain for number in unit.rows]] = True
        below, above = linking.unit_costs()
        self._least, self._most = -above * plain, below * plain
        self._lower = np.where(linking.below > 0, linking.lower, -np.inf)
        self._upper = np.where(linking.above > 0, linking.upper, np.inf)
        self._weights = linking.weights()
        span = self._most - self._least
        usual = float(np.median(span[span > 0])) if (span > 0).any() else 0.0
        ends = np.cumsum([len(span), *(len(pricer.budgets) for pricer in self.pricers)])
        self._cuts = [slice(one, other) for one, other in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]
        self._span = np.concatenate([span, np.full(int(ends[-1]) - len(span), usual)])
        self._prices = np.zeros(int(ends[-1]))
        self._is_known = linking.lead is not None
        if linking.lead is not None:
            self._prices = np.concatenate([linking.lead.rows, *linking.lead.budgets])
        self._best = self._prices
        self._walked: list[tuple[int, ...]] = []
        self._sheaves: list[Sheaf] = []
        self._pace = 0.0

    def run(self, until: float, watch: Watch, stop: StopSignal) -> None:
        """Try prices until a time on a watch, in seconds."""
        self._gather(dict.fromkeys(range(len(self.pricers)), 1))
        began, climber = watch.seconds, _Climber(self._prices, MOMENTUM, MEMORY)
        everyone = {group.number: len(group.people) for group in self.linking.groups}
        nothing = np.zeros(len(self._least))
        first, most = (KNOWN_PACE, MORE_STEPS) if self._is_known else (PACE, MOST_STEPS)
        for step in range(most):
            done = max(step / most, (watch.seconds - began) / max(1e-9, until - began))
            if stop.is_set or done >= 1:
                break
            bound, direction = self._look(everyone, nothing)
            if bound > self.bound or not step:
                self.bound, self._best = max(0, bound), self._prices
            self._pace = (watch.seconds - began) / (step + 1)
            pace = first * (END_PACE / first) ** done
            self._prices = self._within(self._prices + pace * self._span * climber.climb(direction))
        self._prices = self._best

    @property
    def lead(self) -> Lead:
        """The prices."""
        rows = self._prices[: len(self._least)].copy()
        levels = {level: -float(OVER_BUDGET) for level in self.linking.steps if level != self.linking.level}
        return Lead(
            rows, levels, Prices(_whole(rows), self._weights), budgets=[self._prices[cut].copy() for cut in self._cuts]
        )

    def _within(self, prices: Floats) -> Floats:
        rows = len(self._least)
        prices[:rows] = np.clip(prices[:rows], self._least, self._most)
        return prices

    # -- the dual ------------------------------------------------------------------------------------------------

    def _look(self, people: Mapping[int, int], held: Floats) -> tuple[int, Floats]:
        """The bound at the present prices, in sixtieths, and what is missing or too much, as prices are ordered.

        The bound is a whole multiple of what all costs are multiples of.

        Parameters
        ----------
        people
            How many of each group are to get a schedule.
        held
            Activity of others, by linking row.
        """
        linking = self.linking
        rows = _whole(self._prices[: len(held)])
        total = int(rows @ np.where(rows > 0, linking.lower, linking.upper))
        activity, direction = held.copy(), np.zeros(len(self._prices))
        for group, path, shadows in self._paths(people, rows):
            count = people[group]
            value, excess = self.pricers[group].judge(path, shadows, self._weights)
            total += count * value
            direction[self._cuts[group]] = excess
            for row, amount in linking.activity(group, frozenset(path.held.tolist())).items():
                activity[row] += count * amount
        kept = np.clip(activity, self._lower, self._upper)
        direction[: len(held)] = np.where(rows > 0, linking.lower, np.where(rows < 0, linking.upper, kept)) - activity
        step = linking.step
        return -(-total // (SCALE * step)) * step, direction

    def _paths(self, people: Mapping[int, int], rows: Numbers) -> Iterator[tuple[int, Path, Numbers]]:
        """The cheapest path of each group at some prices of linking rows, with the prices of its budgets."""
        self._gather(people)
        linking, prices = self.linking, Prices(rows, {})
        for sheaf, groups in zip(self._sheaves, self._walked, strict=True):
            if people.keys().isdisjoint(groups):
                continue
            shadows = [self._shadows(group) for group in groups]
            questions = [
                self.pricers[group].question(linking.key_prices(group, prices), self._weights, mine)
                for group, mine in zip(groups, shadows, strict=True)
            ]
            for group, path, mine in zip(groups, sheaf.walk(questions), shadows, strict=True):
                if group in people:
                    yield group, path, mine

    def _gather(self, people: Mapping[int, int]) -> None:
        """Lay the graphs of some groups side by side, unless not many more of them lie so already."""
        lying = {group for groups in self._walked for group in groups}
        if not (lying >= people.keys() and len(lying) < REGATHER * len(people)):
            groups = iter(people)
            self._sheaves = bound_together(self.pricers[group].graph for group in people)
            self._walked = [tuple(islice(groups, len(sheaf.graphs))) for sheaf in self._sheaves]

    def _shadows(self, group: int) -> Numbers:
        """Whole prices of a group's budgets."""
        return _whole(self._prices[self._cuts[group]])

    # -- a roster ------------------------------------------------------------------------------------------------

    def dive(
        self, incumbent: Incumbent, effort: Effort, limit: float, is_late: Callable[[], bool], stop: StopSignal
    ) -> set[int]:
        """Give everybody a schedule, the prices led on by what is left to the others; who has none.

        Parameters
        ----------
        incumbent
            Nobody holds anything yet.
        limit
            Time for leading prices on, about, in seconds.
        is_late
            Whether there is no time for that any more; schedules are given out all the same, since whoever has none
            would have to be given one by more laborious means.
        """
        linking, climber = self.linking, _Climber(self._prices, DIVE_MOMENTUM, DIVE_MEMORY)
        order = np.random.default_rng(effort.seed).permutation(len(incumbent.held)).tolist()
        missing = set(order)
        steps = min(DIVE_STEPS, int(2 * limit / (len(order) * self._pace + 1e-9)))
        for place, person in enumerate(order):
            if stop.is_set:
                break
            left = _count(linking, order[place:])
            for _ in range(0 if is_late() else steps):
                _, direction = self._look(left, np.array(incumbent.activity, dtype=np.float64))
                self._prices = self._within(self._prices + DIVE_PACE * self._span * climber.climb(direction))
            found = self._price(person, incumbent, effort, stop)
            if found:
                incumbent.apply({person: found[-1]})
                missing.discard(person)
        return missing

    def _price(self, person: int, incumbent: Incumbent, effort: Effort, stop: StopSignal) -> Sequence[Schedule]:
        """Schedules of somebody at the present prices; what nobody needs any more has none."""
        linking, group = self.linking, self.linking.group_of[person]
        now = np.array(incumbent.activity)
        rows = self._prices[: len(now)]
        worth = np.where(now < linking.lower, np.maximum(rows, 0), 0)
        worth = worth + np.where(now >= linking.upper, self._least, np.minimum(rows, 0))
        keys = linking.key_prices(group, Prices(_whole(worth), {}))
        order = Order(keys, self._weights, incumbent.held[person], TOLERANCE, self._shadows(group))
        return self.pricers[group].cheapest(order, effort, stop).schedules


class _Climber:
    """Directions, each entry divided by its usual size."""

    def __init__(self, like: Floats, momentum: float, memory: float) -> None:
        self._steps = 0
        self._momentum, self._memory = momentum, memory
        self._mean, self._square = np.zeros_like(like), np.zeros_like(like)

    def climb(self, direction: Floats) -> Floats:
        """The next step, entries about 1."""
        self._steps += 1
        self._mean = self._momentum * self._mean + (1 - self._momentum) * direction
        self._square = self._memory * self._square + (1 - self._memory) * direction**2
        mean = self._mean / (1 - self._momentum**self._steps)
        size = np.sqrt(self._square / (1 - self._memory**self._steps))
        found: Floats = mean / (size + 1e-9)
        return found


def _whole(prices: Floats) -> Numbers:
    """Whole prices, none larger than it may be."""
    found: Numbers = np.trunc(prices * SCALE).astype(np.int64)
    return found


def _count(linking: Linking, people: Iterable[int]) -> dict[int, int]:
    """How many people of each group."""
    found: dict[int, int] = {}
    for group in sorted(linking.group_of[person] for person in people):
        found[group] = found.get(group, 0) + 1
    return found


def _graph_of(linking: Linking, kind: int) -> GraphPricer | BudgetPricer:
    """The pricer of a class, which is a graph."""
    pricer = linking.pricer(kind)
    assert isinstance(pricer, GraphPricer | BudgetPricer)
    return pricer
