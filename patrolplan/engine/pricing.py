"""The cheapest schedule of one person under given prices, as a small CP-SAT model."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model

from patrolplan.engine import work
from patrolplan.engine.counting import add_chain
from patrolplan.engine.formulation import Formulation, PersonClass, Schedule
from patrolplan.engine.schedules import MOST_ARCS, ScheduleGraph
from patrolplan.engine.sheaf import Path
from patrolplan.engine.subproblem import BOUND_TOLERANCE, Effort, StopSignal, configure, run, size_of

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Priced:
    """What a pricing call came back with.

    Attributes
    ----------
    bound
        No schedule is cheaper.
    schedules
        Schedules found on the way, the best one last.
    own
        What the own rules of the best schedule cost by level, in sixtieths, if that is known.
    """

    bound: int
    schedules: tuple[Schedule, ...]
    own: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A question to a pricing problem.

    Attributes
    ----------
    prices
        What each key that people share costs; shape (`Variables.first_own_key`,).
    weights
        Factor for the own rules' costs of each level; levels without one cost nothing.
    hint
        A schedule to begin with.
    tolerance
        How far from the cheapest the answer may be, as a share of its cost.
    shadows
        Prices of budgets to begin with, where there are budgets; None for those found last.
    """

    prices: Numbers
    weights: Mapping[int, int]
    hint: Schedule
    tolerance: float = 0.0
    shadows: Numbers | None = None


class Pricer(Protocol):
    """The own rules of a class of alike people, up to a level."""

    def cheapest(self, order: Order, effort: Effort, stop: StopSignal) -> Priced:
        """The cheapest schedule."""


class GraphPricer:
    """All schedules of a class as one graph; see `ScheduleGraph`.

    Attributes
    ----------
    budgets
        None: the graph remembers all that the rules count; compare `BudgetPricer`.

    Raises
    ------
    TooLarge
        If they are too many.
    """

    def __init__(self, formulation: Formulation, one: PersonClass, level: int, most_arcs: int = MOST_ARCS) -> None:
        self.graph = ScheduleGraph(formulation, one, level, most_arcs)
        self.budgets: Sequence[object] = ()

    def question(
        self, prices: Numbers, weights: Mapping[int, int], shadows: Numbers
    ) -> tuple[Numbers, Mapping[int, int]]:
        """Prices and weights of the graph's question."""
        return prices, weights

    def judge(self, path: Path, shadows: Numbers, weights: Mapping[int, int]) -> tuple[int, Numbers]:
        """What no schedule is cheaper than if the cheapest path is this one, and nothing."""
        return path.cost, shadows

    def cheapest(self, order: Order, effort: Effort, stop: StopSignal) -> Priced:
        """The cheapest schedule; its cost is the bound."""
        cost, schedule, own = self.graph.cheapest(order.prices, order.weights)
        return Priced(cost, (schedule,), own)


class SolverPricer:
    """The own rules of a class as a CP-SAT model.

    Parameters
    ----------
    one
        The class.
    level
        Rules that cost on later levels are left out.
    """

    def __init__(self, formulation: Formulation, one: PersonClass, level: int) -> None:
        self._lock = threading.Lock()
        self._model = cp_model.CpModel()
        self._found: dict[int, cp_model.IntVar] = {}
        self._chosen: dict[int, cp_model.IntVar] = {}
        self._costs: list[tuple[cp_model.IntVar, int, int]] = []
        self._constants: dict[int, int] = {}
        self._offer(formulation, one)
        for key, parts in (*formulation.variables.any_of.items(), *one.any_of.items()):
            mine = [self._found[part] for part in parts if part in self._found]
            if mine:
                self._found[key] = self._model.new_bool_var("")
                self._model.add_max_equality(self._found[key], mine)
        self._bind(one, level)
        work.charge(work.BUILDING, size_of(self._model))

    def _offer(self, formulation: Formulation, one: PersonClass) -> None:
        model, variables = self._model, formulation.variables
        for turn, slots in one.slots.items():
            for key in slots:
                self._chosen[key] = self._found[key] = model.new_bool_var("")
            if len(slots) == 1:
                self._found[variables.turn_key(turn)] = self._found[slots[0]]
                continue
            works = self._found[variables.turn_key(turn)] = model.new_bool_var("")
            model.add_exactly_one([*(self._found[key] for key in slots), works.negated()])
        for turn in one.standby:
            key = variables.standby_key(turn)
            self._chosen[key] = self._found[key] = model.new_bool_var("")

    def _bind(self, one: PersonClass, level: int) -> None:
        model = self._model
        for row in one.rows:
            if row.price is not None and (row.level > level or not row.price):
                continue
            if not row.keys:
                self._settle(row.violation(0), row.price, row.level)
                continue
            total = cp_model.LinearExpr.weighted_sum([self._found[key] for key in row.keys], list(row.coefficients))
            least = sum(min(0, coefficient) for coefficient in row.coefficients)
            most = sum(max(0, coefficient) for coefficient in row.coefficients)
            if row.price is None:
                model.add_linear_constraint(
                    total, least if row.lower is None else row.lower, most if row.upper is None else row.upper
                )
                continue
            if row.lower is not None and row.lower > least:
                short = self._slack(row.lower - least, row.price, row.level)
                model.add(total + short >= row.lower)
            if row.upper is not None and row.upper < most:
                extra = self._slack(most - row.upper, row.price, row.level)
                model.add(total - extra <= row.upper)
        for chain in one.chains:
            if chain.price is None or (chain.price and chain.level <= level):
                charged, inevitable = add_chain(model, chain, self._chosen, ())
                if chain.price:
                    self._costs += [(extra, chain.price, chain.level) for extra in charged]
                    self._settle(inevitable, chain.price, chain.level)

    def _settle(self, units: int, price: int | None, level: int) -> None:
        if units and price is None:
            self._model.add_bool_or([])
        elif units and price:
            self._constants[level] = self._constants.get(level, 0) + units * price

    def _slack(self, most: int, price: int, level: int) -> cp_model.IntVar:
        slack = self._model.new_int_var(0, most, "")
        self._costs.append((slack, price, level))
        return slack

    def cheapest(self, order: Order, effort: Effort, stop: StopSignal) -> Priced:
        """The cheapest schedule; one call at a time, since the model is kept."""
        with self._lock:
            return self._cheapest(order, effort, stop)

    def _cheapest(self, order: Order, effort: Effort, stop: StopSignal) -> Priced:
        model, weights = self._model, order.weights
        work.charge(work.POSING, size_of(model))
        keys = (int(key) for key in np.flatnonzero(order.prices))
        priced = [(self._found[key], int(order.prices[key])) for key in keys if key in self._found]
        priced += [(slack, price * weights.get(level, 0)) for slack, price, level in self._costs]
        expression = cp_model.LinearExpr.weighted_sum([one for one, _ in priced], [price for _, price in priced])
        model.minimize(expression)
        model.clear_hints()  # type: ignore[no-untyped-call]
        for key, variable in self._chosen.items():
            model.add_hint(variable, key in order.hint)
        solver = cp_model.CpSolver()
        configure(solver, effort)
        solver.parameters.relative_gap_limit = order.tolerance
        collector = _Collector(self._chosen)
        status = run(solver, model, stop, collector)
        constant = sum(weights.get(level, 0) * cost for level, cost in self._constants.items())
        if status == cp_model.INFEASIBLE:
            raise ArithmeticError("a person without any schedule cannot be priced")
        least = solver.best_objective_bound
        if not math.isfinite(least):
            least = float(sum(min(0, price) * int(one.proto.domain[1]) for one, price in priced))
        bound = math.ceil(least - BOUND_TOLERANCE) + constant
        return Priced(bound, tuple(collector.schedules))


class _Collector(cp_model.CpSolverSolutionCallback):
    """Keeps the last few schedules that a search found."""

    def __init__(self, chosen: Mapping[int, cp_model.IntVar], most: int = 3) -> None:
        super().__init__()
        self._chosen = chosen
        self._most = most
        self.schedules: list[Schedule] = []

    def on_solution_callback(self) -> None:
        """Called by the solver."""
        held = frozenset(key for key, variable in self._chosen.items() if self.boolean_value(variable))
        self.schedules = [*self.schedules[1 - self._most :], held]


def price_each(
    pricer: Pricer,
    orders: Sequence[Order],
    effort: Effort,
    stop: StopSignal,
) -> list[Priced]:
    """Pricing calls of one class, one after the other."""
    return [pricer.cheapest(order, effort, stop) for order in orders]
