"""Column generation: a linear program over schedules that pricing problems find; its bound, and rosters from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from patrolplan.engine import work
from patrolplan.engine.formulation import Schedule
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.linking import Lead, Linking, Numbers, Prices
from patrolplan.engine.master import Master, Point
from patrolplan.engine.pricing import Order, Priced, Pricer, price_each
from patrolplan.engine.subproblem import Effort, StopSignal

SMOOTHING = 0.5
"""Share of the best bound's prices in those that are tried next (Wentges 1997)."""
TOLERANCE = 0.1
"""How far from the cheapest schedule pricing may stop at first."""
GAINS = 1e-4
"""Least saving, in sixtieths, for which a column is taken in."""
SEED_ROOM = 0.002
"""Reduced cost up to which schedules are handed on, as a share of the program's cost."""
FORBIDDEN = 2**42
"""Price of what may not be held, and minus that of what must: more than any schedule can cost otherwise."""


Kept = tuple[int, Lead | None, list[int] | None, Point | None]
"""Bound, lead, cheapest schedules and point of a program."""
Ask = Callable[[int, list[Order], Effort], Future[list[Priced]]]
"""Has pricing problems of a class solved: the class, the questions, and how hard to try."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a group has to hold in branching, and what it may not hold."""

    held: frozenset[int] = frozenset()
    barred: frozenset[int] = frozenset()

    def allows(self, schedule: Schedule) -> bool:
        """Whether a schedule keeps to it."""
        return self.held <= schedule and self.barred.isdisjoint(schedule)


class Columns:
    """Column generation for one level, round by round.

    Parameters
    ----------
    linking
        The linking rows up to the level.
    incumbent
        The roster to begin with; earlier levels cost no more than here.
    effort
        Gives the effort of the next pricing call.
    ask
        Has a class's pricing problems solved elsewhere; None to solve them here.
    people
        Who is free; default everybody.
    pricers
        For each person the pricing problem; default that of the class.
    lead
        Prices to begin with.
    turns, spent
        When anything changes, and what there is to spend where rows are sums; see `Master`.

    Attributes
    ----------
    rounds, pricings
        How often the program has been solved in `step`, and how often anybody's schedules have been priced.
    decisions
        By group; see `decide`.
    """

    def __init__(
        self,
        linking: Linking,
        incumbent: Incumbent,
        effort: Callable[[], Effort],
        stop: StopSignal,
        ask: Ask | None = None,
        people: Sequence[int] | None = None,
        pricers: Mapping[int, Pricer] | None = None,
        lead: Lead | None = None,
        turns: Sequence[int] | None = None,
        spent: Mapping[int, int] | None = None,
    ) -> None:
        self.linking = linking
        self.master = Master(linking, incumbent, people, turns, spent)
        self.level = linking.level
        self.ask = ask
        self.effort = effort
        self.stop = stop
        self.lead = lead
        self.cheapest: list[int] | None = None
        self.last_prices: Prices | None = None
        self.bound = 0
        self.point: Point | None = None
        self.smoothing = 0.0 if lead is None else 1.0
        self.tolerance = TOLERANCE
        self.rounds = 0
        self.pricings = 0
        self.is_complete = False
        groups = self.master.groups
        self.decisions: dict[int, Decision] = {}
        self._surcharge: dict[int, Numbers] = {}
        self._pricers = {group.number: pricers[group.people[0]] for group in groups} if pricers is not None else None
        by_kind: dict[int, list[int]] = defaultdict(list)
        for group in groups if pricers is None or spent is not None else ():
            by_kind[group.kind].append(group.number)
        self._alike = [[other for other in by_kind[group.kind] if other != group.number] for group in groups]
        usual = effort()
        self._longest, self._is_deterministic = usual.seconds, usual.deterministic
        self.hints: list[Schedule] = [incumbent.held[group.people[0]] for group in groups]

    # -- rounds --------------------------------------------------------------------------------------------------

    def optimum(self, seconds: float | None = None) -> Point | None:
        """Solve the program, within some seconds or the usual effort; None if there was no time for it."""
        return self.master.optimum(self._longest if seconds is None else seconds, self._is_deterministic)

    def step(self, seconds: float | None = None) -> bool:
        """One round: solve the program, price, take in what saves; whether there was anything new.

        Parameters
        ----------
        seconds
            Limit for the program; default the usual effort. If it strikes, nothing is new, yet not complete.
        """
        master = self.master
        point = self.optimum(seconds)
        if point is None:
            return False
        self.point = point
        self.rounds += 1
        rows, levels = point.rows, point.levels
        if self.lead is not None and self.smoothing:
            share = self.smoothing
            rows = share * self.lead.rows + (1 - share) * rows
            levels = {
                level: share * self.lead.levels.get(level, 0.0) + (1 - share) * dual for level, dual in levels.items()
            }
        prices = master.whole(rows, levels, point.tallies)
        answers = self.price(prices)
        if answers is None:
            return False
        bound = self.bound_of(prices, answers)
        if bound > self.bound:
            self.bound = bound
            self.cheapest = [answers[group.number].bound for group in master.groups]
            self.lead = Lead(rows, levels, prices)
        added = self.take_in(answers, point)
        if added:
            self.smoothing = min(0.8, max(SMOOTHING, self.smoothing + 0.05))
            return True
        if self.smoothing or self.tolerance:
            self.smoothing = self.tolerance = 0.0
            return True
        self.is_complete = True
        return False

    def bound_of(self, prices: Prices, answers: Mapping[int, Priced]) -> int:
        """What no roster can cost less than, in parts of a sixtieth, if all groups have been priced."""
        groups = self.master.groups
        return self.master.constant(prices) + sum(answers[one.number].bound * len(one.people) for one in groups)

    @property
    def proved(self) -> int:
        """The bound in sixtieths, rounded up to what costs can add up to."""
        return self.in_sixtieths(self.bound)

    def in_sixtieths(self, bound: int) -> int:
        """A bound in parts of a sixtieth as sixtieths, rounded up to what costs can add up to."""
        step = self.linking.step
        sixtieths = -(-bound // self.master.scale)
        return max(0, -(-sixtieths // step) * step)

    def decide(self, group: int, decision: Decision) -> None:
        """Let the program and pricing keep to what is decided of a group, in place of what was decided before."""
        self.decisions[group] = decision
        surcharge: Numbers = np.zeros(self.linking.formulation.variables.first_own_key, dtype=np.int64)
        surcharge[list(decision.held)] = -FORBIDDEN
        surcharge[list(decision.barred)] = FORBIDDEN
        self._surcharge[group] = surcharge
        for number in self.master.of_group(group):
            self.master.shut(number, not decision.allows(self.master.columns[number].schedule))

    def decide_nothing(self) -> None:
        """Take all decisions back."""
        self.decisions, self._surcharge = {}, {}
        self.master.allow_all()

    def keep(self) -> Kept:
        """What is known of the program as it is now."""
        return self.bound, self.lead, self.cheapest, self.point

    def restore(self, kept: Kept) -> None:
        """Go on from what was known before the program was restricted."""
        self.bound, self.lead, self.cheapest, self.point = kept
        self.is_complete = False
        self.smoothing, self.tolerance = SMOOTHING, TOLERANCE

    def price(self, prices: Prices, chosen: Iterable[int] | None = None) -> dict[int, Priced] | None:
        """Pricing answers by group, of some groups or all; None if the search is stopped."""
        master = self.master
        self.pricings += 1
        self.last_prices = prices
        alike: dict[int, list[int]] = defaultdict(list)
        for number in range(len(master.groups)) if chosen is None else chosen:
            alike[master.groups[number].kind if self._pricers is None else number].append(number)
        tasks: list[tuple[list[int], Callable[[], list[Priced]]]] = []
        for kind, groups in alike.items():
            orders = [self._order(group, prices) for group in groups]
            if self.ask is None:
                pricer = self.linking.pricer(kind) if self._pricers is None else self._pricers[kind]
                tasks.append((groups, partial(price_each, pricer, orders, self.effort(), self.stop)))
            else:
                tasks.append((groups, self.ask(kind, orders, self.effort()).result))
        found: dict[int, Priced] = {}
        for groups, result in tasks:
            for group, answer in zip(groups, result(), strict=True):
                found[group] = replace(answer, bound=answer.bound - self._refund(group))
                if answer.schedules:
                    self.hints[group] = answer.schedules[-1]
        return None if self.stop.is_set else found

    def _order(self, group: int, prices: Prices) -> Order:
        keys = self.master.key_prices(group, prices)
        if group in self._surcharge:
            keys = keys + self._surcharge[group]
        return Order(keys, prices.levels, self.hints[group], self.tolerance)

    def _refund(self, group: int) -> int:
        """What a schedule is charged too little for all that has to be held."""
        extra = self._surcharge.get(group)
        return 0 if extra is None else int(extra[extra < 0].sum())

    def take_in(self, answers: Mapping[int, Priced], point: Point) -> int:
        """Take in the schedules that save something at a point; how many."""
        added = 0
        for group, answer in answers.items():
            for schedule in answer.schedules[:-1]:
                added += self._offer(group, schedule, point)
            for other in (group, *self._alike[group]) if answer.schedules else ():
                added += self._offer(other, answer.schedules[-1], point, answer.own)
        return added

    def _offer(self, group: int, schedule: Schedule, point: Point, own: Mapping[int, int] | None = None) -> bool:
        """Take a schedule in as a column of a group, if it may be held, is new there and saves something."""
        decision = self.decisions.get(group)
        if self.master.knows(group, schedule) or not (decision is None or decision.allows(schedule)):
            return False
        work.charge(work.OFFERING)
        column = self.master.column(group, schedule, own)
        saves = self.master.reduced_cost(column, point) < -GAINS
        return saves and self.master.add_column(column)

    def led(self) -> Lead | None:
        """The prices of the best bound, with the schedules that are nearly worth their price."""
        if self.lead is None:
            return None
        master, point = self.master, self.point
        if point is None:
            return self.lead
        near = SEED_ROOM * max(1.0, point.cost)
        seeds = (
            tuple(
                (column.group, column.schedule)
                for number, column in enumerate(master.columns)
                if point.values[number] > 1e-6 or master.reduced_cost(column, point) < near
            )
            if len(point.values) == len(master.columns)
            else ()
        )
        return replace(self.lead, seeds=seeds)
