"""Column generation: a linear program over schedules that pricing problems find; its bound, and rosters from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import Executor

from patrolplan.engine.formulation import Schedule
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.master import SCALE, Master, Point, Prices, blend
from patrolplan.engine.pricing import Order, Priced
from patrolplan.engine.subproblem import Effort, StopSignal
from patrolplan.engine.tasks import price_class, share

SMOOTHING = 0.5
"""Share of the best bound's prices in those that are tried next (Wentges 1997)."""
SURE = 0.95
"""A schedule that is taken this often is fixed in a dive."""
DIVE_ROUNDS = 3
"""Rounds of pricing after each fixing."""
TOLERANCE = 0.1
"""How far from the cheapest schedule pricing may stop at first."""
GAINS = 1e-4
"""Least saving, in sixtieths, for which a column is taken in."""


class Columns:
    """Column generation for one level, round by round.

    Parameters
    ----------
    executor
        Runs the pricing problems.
    effort
        Gives the effort of the next pricing call.
    """

    def __init__(
        self,
        incumbent: Incumbent,
        level: int,
        executor: Executor,
        effort: Callable[[], Effort],
        stop: StopSignal,
    ) -> None:
        self.master = Master(incumbent, level)
        self.level = level
        self.executor = executor
        self.effort = effort
        self.stop = stop
        self.facts = share(incumbent.formulation, stop)
        self.best: tuple[dict[int, float], dict[int, float]] | None = None
        self.bound = 0
        self.point: Point | None = None
        self.smoothing = 0.0
        self.tolerance = TOLERANCE
        self.rounds = 0
        self.is_complete = False
        self.spent = 0.0
        self._alike = [
            [other.number for other in self.master.groups if other.kind == group.kind and other is not group]
            for group in self.master.groups
        ]
        self.hints: list[Schedule] = [incumbent.held[group.people[0]] for group in self.master.groups]

    def step(self, seconds: float | None) -> bool:
        """One round: solve the program, price, take in what saves; whether there was anything new."""
        master = self.master
        self.point = master.optimum(seconds) or self.point
        point = self.point
        if point is None:
            return False
        self.rounds += 1
        rows, levels = point.rows, point.levels
        if self.best is not None and self.smoothing:
            rows = blend(self.best[0], rows, self.smoothing)
            levels = blend(self.best[1], levels, self.smoothing)
        prices = master.whole(rows, levels)
        answers = self._price(prices)
        if answers is None:
            return False
        bound = master.constant(prices) + sum(
            answers[group.number].bound * len(group.people) for group in master.groups
        )
        if bound > self.bound:
            self.bound = bound
            self.best = rows, levels
        added = self._take_in(answers, point)
        if added:
            self.smoothing = min(0.8, max(SMOOTHING, self.smoothing + 0.05))
            return True
        if self.smoothing or self.tolerance:
            self.smoothing = self.tolerance = 0.0
            return True
        self.is_complete = True
        return False

    def probe(self, calls: int = 4) -> float:
        """Effort that a round will take, judged by a few pricing calls."""
        groups = self.master.groups
        some = [group.number for group in groups[:: max(1, len(groups) // calls)]][:calls]
        point = self.master.optimum(None)
        if point is None:
            return 0.0
        before = self.spent
        self._price(self.master.whole(point.rows, point.levels), some)
        return (self.spent - before) / len(some) * len(groups)

    @property
    def proved(self) -> int:
        """The bound in sixtieths, rounded up to what costs can add up to."""
        step = self.master.prices_of_level
        sixtieths = -(-self.bound // SCALE)
        return max(0, -(-sixtieths // step) * step)

    def dive(self, seconds: float | None, is_late: Callable[[float], bool]) -> dict[int, Schedule] | None:
        """A roster from the program: schedules are fixed, the surest first, and new ones found for those who are left.

        Parameters
        ----------
        seconds
            Limit for each linear program, or None.
        is_late
            Whether the time is too far gone, asked with the share of people who are fixed; no new schedules then.

        Returns
        -------
        dict
            Person to schedule, or None if there was no time for all.
        """
        master = self.master
        left = [len(group.people) for group in master.groups]
        taken: dict[int, int] = {}
        while any(left) and not self.stop.is_set:
            point = master.optimum(seconds)
            if point is None:
                break
            self._fix(point, taken, left)
            if not any(left):
                break
            open_groups = [group.number for group in master.groups if left[group.number]]
            share = 1 - sum(left) / sum(len(group.people) for group in master.groups)
            for _ in range(0 if is_late(share) else DIVE_ROUNDS):
                point = master.optimum(seconds)
                if point is None:
                    break
                answers = self._price(master.whole(point.rows, point.levels), open_groups)
                if answers is None or not self._take_in(answers, point):
                    break
        for column in taken:
            master.bound_below(column, 0)
        chosen = [column for column, count in taken.items() for _ in range(count)]
        return master.assignment(chosen) if chosen else None

    def _fix(self, point: Point, taken: dict[int, int], left: list[int]) -> None:
        """Fix what is nearly whole, or else the surest schedule."""
        master = self.master
        rest = [(value - taken.get(column, 0), column) for column, value in enumerate(point.values)]
        order = sorted(((value, column) for value, column in rest if value > 1e-6), key=lambda one: (-one[0], one[1]))
        fixed = False
        for value, column in order:
            if fixed and value < SURE:
                break
            group = master.columns[column].group
            times = min(left[group], max(1, int(value + 1 - SURE)))
            if times:
                taken[column] = taken.get(column, 0) + times
                left[group] -= times
                master.bound_below(column, taken[column])
                fixed = True

    def _offer(self, group: int, schedule: Schedule, point: Point) -> bool:
        """Take a schedule in as a column of a group, if it is new there and saves something."""
        saves = self.master.reduced_cost(self.master.column(group, schedule), point) < -GAINS
        return saves and self.master.add(group, schedule)

    def promising(self) -> dict[int, frozenset[int]]:
        """For each person, everything that stands in a schedule that the linear program takes in part."""
        found: dict[int, set[int]] = defaultdict(set)
        if self.point is not None:
            for column, value in zip(self.master.columns, self.point.values, strict=False):
                if value > 1e-6:
                    found[column.group] |= column.schedule
        return {person: frozenset(found[group.number]) for group in self.master.groups for person in group.people}

    def combine(self, effort: Effort, incumbent: Incumbent) -> dict[int, Schedule] | None:
        """The best roster out of the schedules that there are, as far as the effort allows."""
        return self.master.best_combination(effort, incumbent, self.stop)

    def _price(self, prices: Prices, chosen: Iterable[int] | None = None) -> dict[int, Priced] | None:
        """Pricing answers by group, of some groups or all."""
        master = self.master
        by_class: dict[int, list[int]] = defaultdict(list)
        for number in range(len(master.groups)) if chosen is None else chosen:
            by_class[master.groups[number].kind].append(number)
        tasks = []
        for kind, groups in by_class.items():
            orders = [
                Order(master.key_prices(group, prices), prices.levels, self.hints[group], self.tolerance)
                for group in groups
            ]
            task = self.executor.submit(price_class, self.facts.token, kind, self.level, orders, self.effort())
            tasks.append((groups, task))
        found: dict[int, Priced] = {}
        for groups, future in tasks:
            for group, answer in zip(groups, future.result(), strict=True):
                found[group] = answer
                self.spent += answer.spent
                if answer.schedules:
                    self.hints[group] = answer.schedules[-1]
        return None if self.stop.is_set else found

    def _take_in(self, answers: dict[int, Priced], point: Point) -> int:
        added = 0
        for group, answer in answers.items():
            for schedule in answer.schedules:
                added += self._offer(group, schedule, point)
            for other in self._alike[group] if answer.schedules else ():
                added += self._offer(other, answer.schedules[-1], point)
        return added
