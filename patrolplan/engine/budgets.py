"""Schedules over half a year or more: a rule that counts over all of it has a price there instead of a memory.

A graph whose nodes remember the hours, the weekends and the duties of each kind since the first of January is too
large. What such rules count is a *budget* here: the graph knows nothing of it, and a price on each unit of it leads the
cheapest path to using up neither too much nor too little. At any prices the paths give a bound (Lagrangian relaxation,
Handler and Zang 1980), and of paths that use up too much and too little, pieces that meet in a node are put together to
one that keeps every rule.
"""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from patrolplan.engine import work
from patrolplan.engine.formulation import Formulation, PersonClass, Schedule
from patrolplan.engine.option_prices import spread
from patrolplan.engine.pricing import Order, Priced
from patrolplan.engine.schedules import MOST_ARCS, Numbers, ScheduleGraph, Walk
from patrolplan.engine.sheaf import Path
from patrolplan.engine.subproblem import Effort, StopSignal
from patrolplan.model.person_model import Row
from patrolplan.units import COST_SCALE

LONG_ROW = 42
"""Rows that reach over more days than this are budgets."""
STEPS, MORE_STEPS = 15, 40
"""Prices that are tried for one answer, at most: for one that need not be quite the cheapest, and for the cheapest."""
ENOUGH, CLOSER = 0.002, 0.0003
"""How far an answer may then be from the bound, as a share."""
PATIENCE, MORE_PATIENCE = 4, 10
"""Prices in a row that hardly raise the bound, after which any schedule will do; again for both."""
PACE, FASTER, SLOWER = 0.1, 1.5, 0.5
"""First change of a budget's price, as a share of what a duty costs, and its factor while too much is used up again and
again, and once it is too little instead (Rprop, Riedmiller and Braun 1993)."""
NOISE = 0.1, 0.3, 1.0
"""Most by which chance makes a key cheaper if nothing was found without, as a share: alike duties are told apart."""
PAIRED = 6
"""Paths before that are put together with each new one."""
MOST_KEPT = 3
"""Schedules in one answer."""
BEYOND = 2**62
"""What cannot be costs this."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What rows over the same terms ask for.

    Attributes
    ----------
    terms
        Keys with whole coefficients.
    unit
        By which the coefficients of the rows have been divided.
    least, most
        What hard rows leave; of what can be reached if there are none.
    priced
        The priced rows.
    level
        Of the graph, where the person's own derived keys are charged one for each unit; below all others.
    """

    terms: Mapping[int, int]
    unit: int
    least: int
    most: int
    priced: Sequence[Row]
    level: int

    def cost(self, used: int, weights: Mapping[int, int]) -> int:
        """What the priced rows cost at an activity."""
        rows = ((row, weights.get(row.level, 0)) for row in self.priced)
        return sum(row.violation(used * self.unit) * (row.price or 0) * weight for row, weight in rows)

    def lowest(self, price: int, weights: Mapping[int, int], near: int) -> tuple[int, int]:
        """Least of what the rows cost less what is paid at a price, and the activity there, the nearest of several."""
        corners = {self.least, self.most, near}
        for row in self.priced:
            for bound in (row.lower, row.upper):
                if bound is not None:
                    corners.update({bound // self.unit, -(-bound // self.unit)})
        inside = sorted({min(max(used, self.least), self.most) for used in corners})
        value, _, used = min((self.cost(used, weights) - price * used, abs(used - near), used) for used in inside)
        return value, used


def set_apart(formulation: Formulation, one: PersonClass, level: int) -> tuple[PersonClass, list[Budget]]:
    """A class without its rows over a long time, and these as budgets."""
    alike: dict[tuple[tuple[int, ...], tuple[int, ...]], list[Row]] = defaultdict(list)
    rows: list[Row] = []
    for row in one.rows:
        binds = row.price is None or (row.price and row.level <= level)
        forbids = row.price is None and row.upper == 0
        if binds and not forbids and reach(formulation, one, row) > LONG_ROW:
            alike[row.keys, row.coefficients].append(row)
        else:
            rows.append(row)
    budgets = [_budget(same, -1 - number) for number, same in enumerate(alike.values())]
    rows += [
        Row((key,), (1,), None, 0, amount, budget.level, "")
        for budget in budgets
        for key, amount in budget.terms.items()
        if key in one.any_of
    ]
    rows_of: dict[int, list[tuple[int, int]]] = {}
    for number, row in enumerate(rows):
        for key, coefficient in zip(row.keys, row.coefficients, strict=True):
            rows_of.setdefault(key, []).append((number, coefficient))
    return replace(one, rows=rows, rows_of=rows_of), budgets


def reach(formulation: Formulation, one: PersonClass, row: Row) -> int:
    """Days from the first to the last key of a row."""
    turns, turn_of = formulation.variables.turns, formulation.variables.turn_of
    days = [turns[turn_of(part)].day for key in row.keys for part in one.any_of.get(key, (key,))]
    return max(days) - min(days) if days else 0


def _budget(rows: Sequence[Row], level: int) -> Budget:
    keys, coefficients = rows[0].keys, rows[0].coefficients
    unit = math.gcd(*coefficients)
    least = sum(min(0, amount) for amount in coefficients)
    most = sum(max(0, amount) for amount in coefficients)
    for row in rows:
        if row.price is None:
            least = least if row.lower is None else max(least, row.lower)
            most = most if row.upper is None else min(most, row.upper)
    terms = {key: amount // unit for key, amount in zip(keys, coefficients, strict=True)}
    priced = [row for row in rows if row.price is not None]
    return Budget(terms, unit, -(-least // unit), most // unit, priced, level)


@dataclass(frozen=True, slots=True)
class _Track:
    """A path with what it uses up and costs before each node, from the beginning.

    Attributes
    ----------
    used
        Shape (layers + 1, budgets).
    costs
        Without the prices of budgets; shape (layers + 1,).
    """

    walk: Walk
    nodes: Numbers
    used: Numbers
    costs: Numbers


class BudgetPricer:
    """The own rules of a class, those over a long time as budgets.

    Bounds are proved, but there may be no schedule as cheap; now and then none is found at all.

    Raises
    ------
    TooLarge
        If the graph has too many arcs even without the budgets.
    ArithmeticError
        If some budget leaves no schedule at all.
    """

    def __init__(self, formulation: Formulation, one: PersonClass, level: int, most_arcs: int = MOST_ARCS) -> None:
        relaxed, self.budgets = set_apart(formulation, one, level)
        self.graph = ScheduleGraph(formulation, relaxed, level, most_arcs)
        self.least = np.array([budget.least for budget in self.budgets], dtype=np.int64)
        self.most = np.array([budget.most for budget in self.budgets], dtype=np.int64)
        self._variables = formulation.variables
        shared = formulation.variables.first_own_key
        self._keys: list[Numbers] = []
        self._amounts: list[Numbers] = []
        self._terms_of: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, budget in enumerate(self.budgets):
            terms = [(key, amount) for key, amount in budget.terms.items() if key < shared]
            self._keys.append(np.array([key for key, _ in terms], dtype=np.int64))
            self._amounts.append(np.array([amount for _, amount in terms], dtype=np.int64))
            for key, amount in terms:
                self._terms_of[key].append((number, amount))
        places = {level: column for column, level in enumerate(self.graph.levels)}
        self._columns = [(number, places[one.level]) for number, one in enumerate(self.budgets) if one.level in places]
        self._offered = {key for slots in one.slots.values() for key in slots}
        self._offered.update(map(formulation.variables.standby_key, one.standby))
        self._use_first, self._use_budgets, self._use_amounts = self._use_of_keys()
        self._lock = threading.Lock()
        self._last: Numbers = np.zeros(len(self.budgets), dtype=np.int64)
        self._refuse_unreachable()

    def _refuse_unreachable(self) -> None:
        """Find out whether every budget can be kept at least by itself."""
        nothing = Order(np.zeros(self._variables.first_own_key, dtype=np.int64), {}, frozenset())
        for number, budget in enumerate(self.budgets):
            total = sum(abs(amount) for amount in budget.terms.values())
            for side in (1, -1):
                if budget.priced or (budget.least <= 0 if side < 0 else budget.most >= total):
                    continue
                prices = np.zeros(len(self.budgets), dtype=np.int64)
                prices[number] = side
                used = int(self.track(nothing, prices).used[-1, number])
                if used > budget.most if side > 0 else used < budget.least:
                    raise ArithmeticError("a person without any schedule cannot be priced")

    def cheapest(self, order: Order, effort: Effort, stop: StopSignal) -> Priced:
        """A cheap schedule, and the bound; unless the effort is deterministic, it begins at the prices found last."""
        watch = work.Watch(effort.deterministic)
        with self._lock:
            first = np.zeros_like(self._last) if effort.deterministic else self._last
        first = first if order.shadows is None else order.shadows
        search = _Search(self, order, watch, effort.seconds, stop)
        search.run(first)
        with self._lock:
            self._last = search.best
        return Priced(search.bound, tuple(search.schedules[-MOST_KEPT:]))

    def track(self, order: Order, prices: Numbers) -> _Track:
        """The cheapest path at some prices of the budgets; shape (budgets,)."""
        walk = self.graph.walk(*self.question(order.prices, order.weights, prices))
        work.charge(work.USING, len(walk.steps))
        used = np.zeros((len(walk.steps) + 1, len(self.budgets)), dtype=np.int64)
        for layer, held in enumerate(walk.steps):
            for key in held:
                for number, amount in self._uses(key):
                    used[layer + 1, number] += amount
        for number, column in self._columns:
            used[1:, number] += walk.charges[:, column]
        costs = np.append(0, walk.costs) - used @ prices
        return _Track(walk, np.array([0, *walk.nodes]), np.cumsum(used, axis=0), np.cumsum(costs))

    def question(self, prices: Numbers, weights: Mapping[int, int], shadows: Numbers) -> tuple[Numbers, dict[int, int]]:
        """Prices and weights of the graph's question where budgets have a price, too; shape (budgets,)."""
        keys, weights = prices.copy(), dict(weights)
        for number in np.flatnonzero(shadows).tolist():
            keys[self._keys[number]] += shadows[number] * self._amounts[number]
            weights[self.budgets[number].level] = int(shadows[number])
        return keys, weights

    def used_on(self, path: Path) -> Numbers:
        """What a path uses up of each budget; shape (budgets,)."""
        where, _ = spread(self._use_first, len(self._use_budgets), path.held)
        used = np.bincount(self._use_budgets[where], self._use_amounts[where], len(self.budgets) + 1)
        found: Numbers = np.rint(used[:-1]).astype(np.int64)
        for number, column in self._columns:
            found[number] += path.charges[column]
        return found

    def judge(self, path: Path, shadows: Numbers, weights: Mapping[int, int]) -> tuple[int, Numbers]:
        """What no schedule is cheaper than if the cheapest path is this one, and what it uses up too much."""
        return self.settle(path.cost, self.used_on(path), shadows, weights)

    def settle(self, cost: int, used: Numbers, shadows: Numbers, weights: Mapping[int, int]) -> tuple[int, Numbers]:
        """A bound, and what is used up too much of each budget, if the cheapest path costs and uses up so much."""
        lowest = [
            budget.lowest(shadow, weights, near)
            for budget, shadow, near in zip(self.budgets, shadows.tolist(), used.tolist(), strict=True)
        ]
        where = np.array([where for _, where in lowest], dtype=np.int64)
        return cost + sum(value for value, _ in lowest), used - where

    def _use_of_keys(self) -> tuple[Numbers, Numbers, Numbers]:
        """By key: where what it uses up begins, as budgets and amounts; a last budget, of which there is no end."""
        variables, offered = self._variables, self._offered
        first: list[int] = []
        terms: list[tuple[int, int]] = []
        for key in range(variables.first_own_key):
            first.append(len(terms))
            terms += [*(self._uses(key) if key in offered else ()), (len(self.budgets), 0)]
        found = np.array(terms, dtype=np.int64)
        return np.array(first, dtype=np.int64), found[:, 0], found[:, 1]

    def _uses(self, key: int) -> Sequence[tuple[int, int]]:
        """Budgets that a slot or standby uses up, with its turn."""
        variables, terms_of = self._variables, self._terms_of
        found: Sequence[tuple[int, int]] = terms_of.get(key, ())
        if variables.is_slot(key):
            found = [*found, *terms_of.get(variables.turn_key(variables.turn_of(key)), ())]
        return [*found, *(one for key in variables.derived_from.get(key, ()) for one in terms_of.get(key, ()))]


class _Search:
    """The search for prices of the budgets, for one answer.

    Attributes
    ----------
    bound
        No schedule is cheaper.
    best
        Prices that gave it; shape (budgets,).
    schedules
        Those found, each cheaper than the one before.
    """

    def __init__(self, pricer: BudgetPricer, order: Order, watch: work.Watch, seconds: float, stop: StopSignal) -> None:
        self.pricer = pricer
        self.order = order
        self.stop = stop
        self.watch = watch
        self.seconds = seconds
        self.bound = -BEYOND
        self.best: Numbers = np.zeros(len(pricer.budgets), dtype=np.int64)
        self.schedules: list[Schedule] = []
        self._cost = BEYOND
        self._tracks: list[_Track] = []
        priced = np.abs(order.prices[order.prices != 0])
        usual = float(np.median(priced)) if len(priced) else COST_SCALE * max(order.weights.values(), default=1)
        self._usual = max(1.0, usual)
        hurried = STEPS, ENOUGH, PATIENCE
        thorough = MORE_STEPS, CLOSER, MORE_PATIENCE
        self._most_steps, self._enough, self._patience = hurried if order.tolerance else thorough
        self._constant = sum(order.weights.get(level, 0) * cost for level, cost in pricer.graph.constant.items())

    def run(self, first: Numbers) -> None:
        """Begin at some prices; if there is no schedule that way, tell alike duties apart by chance."""
        self._descend(self.order, first)
        for noise in NOISE if not self.schedules else ():
            bound, best = self.bound, self.best
            self.bound, self._tracks = -BEYOND, []
            self._descend(self._noisy(noise), best)
            if bound > self.bound:
                self.bound, self.best = bound, best
            if self.schedules or self._is_over():
                return

    def _is_over(self) -> bool:
        return self.stop.is_set or self.watch.seconds > self.seconds

    def _noisy(self, noise: float) -> Order:
        """The order with keys that are cheaper by chance, so that its bound holds for the order itself."""
        chances = np.random.default_rng(len(self.order.hint)).random(len(self.order.prices))
        return replace(self.order, prices=self.order.prices - (chances * noise * self._usual).astype(np.int64))

    def _descend(self, order: Order, first: Numbers) -> None:
        """Step by step dearer what is used up too much, and cheaper what is too little."""
        prices = first.astype(np.float64)
        pace = np.full(len(prices), PACE * self._usual)
        before = np.zeros(len(prices))
        reached, since = self.bound, 0
        for _ in range(self._most_steps):
            whole = np.rint(prices).astype(np.int64)
            excess = self._try(order, whole)
            since = 0 if self.bound - reached > self._enough * abs(self.bound) / PATIENCE else since + 1
            reached = self.bound
            near = self._cost - self.bound <= self._enough * abs(self.bound)
            stalled = self.schedules and since >= self._patience
            if near or stalled or not excess.any() or self._is_over():
                return
            side = np.sign(excess).astype(np.float64)
            pace *= np.where(side * before < 0, SLOWER, np.where(side * before > 0, FASTER, 1.0))
            prices = np.clip(prices + pace * side, -(2.0**50), 2.0**50)
            before = side

    def _try(self, order: Order, prices: Numbers) -> Numbers:
        """What the cheapest path at some prices uses up too much of each budget; shape (budgets,)."""
        track = self.pricer.track(order, prices)
        value, excess = self.pricer.settle(track.walk.cost, track.used[-1], prices, order.weights)
        if value > self.bound:
            self.bound, self.best = value, prices
        self._put_together(track, track)
        for other in self._tracks:
            self._put_together(track, other)
            self._put_together(other, track)
        self._tracks = [*self._tracks, track][-PAIRED:]
        return excess

    def _put_together(self, outer: _Track, inner: _Track) -> None:
        """The cheapest path that keeps all budgets and goes along one path, then along the other, and back again."""
        meet = np.flatnonzero(outer.nodes == inner.nodes) if outer is not inner else np.zeros(1, dtype=np.int64)
        work.charge(work.MEETING)
        more, dearer = inner.used[meet] - outer.used[meet], inner.costs[meet] - outer.costs[meet]
        apart = np.append(True, (np.diff(dearer) != 0) | (np.diff(more, axis=0) != 0).any(axis=1))
        meet, more, dearer = meet[apart], more[apart], dearer[apart]
        work.charge(work.PAIR, len(meet) ** 2 * (1 + len(self.pricer.budgets)))
        fits = np.triu(np.ones((len(meet), len(meet)), dtype=np.bool_))
        low, high = self.pricer.least - outer.used[-1], self.pricer.most - outer.used[-1]
        for one, least, most in zip(more.T, low.tolist(), high.tolist(), strict=True):
            change = one[None, :] - one[:, None]
            fits &= (change >= least) & (change <= most)
        if not fits.any():
            return
        costs = np.where(fits, outer.costs[-1] + self._constant + dearer[None, :] - dearer[:, None], BEYOND)
        self._add_priced(costs, outer.used[-1], more)
        leaves, returns = divmod(int(costs.argmin()), len(meet))
        cost, first, last = int(costs[leaves, returns]), int(meet[leaves]), int(meet[returns])
        if cost < self._cost:
            self._cost = cost
            steps = [*outer.walk.steps[:first], *inner.walk.steps[first:last], *outer.walk.steps[last:]]
            self.schedules.append(frozenset(key for held in steps for key in held))

    def _add_priced(self, costs: Numbers, used: Numbers, more: Numbers) -> None:
        """Add what the budgets' priced rows cost."""
        for number, budget in enumerate(self.pricer.budgets):
            if budget.priced:
                here = used[number] + more[:, number][None, :] - more[:, number][:, None]
                found, where = np.unique(here, return_inverse=True)
                prices = [budget.cost(one, self.order.weights) for one in found.tolist()]
                costs += np.array(prices, dtype=np.int64)[where.reshape(here.shape)]
