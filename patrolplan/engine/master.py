"""The linear program over whole schedules: linking rows as its rows, one column for each schedule of alike people.

Dantzig and Wolfe (1960): what ties people together is the master problem, each person's own rules are pricing problems.
"""

from __future__ import annotations

import datetime
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

from patrolplan.engine.formulation import Formulation, Schedule
from patrolplan.engine.incumbent import Incumbent, personal_costs
from patrolplan.engine.subproblem import Effort, StopSignal, configure
from patrolplan.model.link_rows import LinkRow

SCALE = 1_000
"""Whole prices count in parts of a sixtieth, one over this."""


@dataclass(frozen=True, slots=True)
class Group:
    """People who are alike for every rule up to a level, their own and the linking ones."""

    number: int
    kind: int
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One schedule of a group.

    Attributes
    ----------
    cost
        By level, in sixtieths.
    activity
        What it adds to each linking row.
    """

    group: int
    schedule: Schedule
    cost: Mapping[int, int]
    activity: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Prices:
    """Dual prices in whole numbers: of linking rows by number, and of earlier levels' costs."""

    rows: Mapping[int, int]
    levels: Mapping[int, int]


@dataclass(slots=True)
class Point:
    """An optimum of the linear program over the columns that there are."""

    cost: float
    values: list[float]
    rows: dict[int, float]
    levels: dict[int, float]
    groups: list[float]


@dataclass(slots=True)
class _Unit:
    """Linking rows that are priced together, with their columns besides the schedules."""

    number: int
    level: int
    rows: list[int]
    alternatives: int = 0
    pooled: bool = False


@dataclass(slots=True)
class _Slack:
    """Variables for what lies outside a row."""

    short: mathopt.Variable | None = None
    extra: mathopt.Variable | None = None
    chosen: list[mathopt.Variable] = field(default_factory=list)


class Master:
    """The linear program of one level; earlier levels cost no more than in a given roster.

    Parameters
    ----------
    incumbent
        The roster; its schedules are the first columns.
    level
        The level to be bounded.
    """

    def __init__(self, incumbent: Incumbent, level: int) -> None:
        self.formulation: Formulation = incumbent.formulation
        self.level = level
        formulation = self.formulation
        self.units = [
            self._unit(unit)
            for unit in range(len(formulation.units))
            if formulation.unit_level(unit) <= level and formulation.turns_of_unit(unit)
        ]
        self.rows = [number for unit in self.units for number in unit.rows]
        self.groups = list(self._groups())
        self.group_of = {person: group.number for group in self.groups for person in group.people}
        self.columns: list[Column] = []
        self._known: set[tuple[int, Schedule]] = set()
        earlier = [one for one in formulation.levels if one < level]
        self.budgets = {one: self._spent(incumbent, one) for one in earlier}
        self._widths = self._ranges()
        self._build()
        self.prices_of_level = self._price_steps()
        for person, schedule in enumerate(incumbent.held):
            self.add(self.group_of[person], schedule)

    # -- what there is -------------------------------------------------------------------------------------------

    def _unit(self, number: int) -> _Unit:
        formulation = self.formulation
        rows = list(formulation.units[number])
        first = formulation.row(rows[0])
        alternatives = formulation.links.choices[first.choice[0]] if first.choice is not None else 0
        return _Unit(number, first.level, rows, alternatives, first.pool is not None)

    def _groups(self) -> Iterator[Group]:
        formulation = self.formulation
        masks = sorted({term.mask for number in self.rows for term in formulation.row(number).terms})
        members = [(mask, formulation.links.masks[mask]) for mask in masks]
        found: dict[tuple[int, frozenset[int]], list[int]] = defaultdict(list)
        for person, kind in enumerate(formulation.class_of):
            found[kind, frozenset(mask for mask, people in members if person in people)].append(person)
        for number, ((kind, _), people) in enumerate(found.items()):
            yield Group(number, kind, tuple(people))

    def _spent(self, incumbent: Incumbent, level: int) -> int:
        """What a roster costs on a level, without rows that have no variables."""
        formulation = self.formulation
        fixed = sum(
            cost
            for unit, cost in enumerate(incumbent.unit_costs)
            if cost and formulation.unit_level(unit) == level and not formulation.turns_of_unit(unit)
        )
        return incumbent.costs[formulation.levels.index(level)] - fixed

    def _ranges(self) -> dict[int, tuple[int, int]]:
        """Least and most activity of each row, its choice included."""
        formulation, variables = self.formulation, self.formulation.variables
        found = {}
        for number in self.rows:
            row = formulation.row(number)
            least = most = 0
            for term in row.terms:
                times = {(-1, key) if key >= variables.size else (variables.turn_of(key), 0) for key in term.keys}
                reach = len(formulation.links.masks[term.mask]) * len(times) * term.coefficient
                least, most = least + min(0, reach), most + max(0, reach)
            if row.choice is not None:
                least += min(0, *row.choice[1].values())
                most += max(0, *row.choice[1].values())
            found[number] = least, most
        return found

    def _price_steps(self) -> int:
        """What costs of the level are whole multiples of, in sixtieths."""
        formulation = self.formulation
        prices = [
            price
            for unit in self.units
            if unit.level == self.level
            for number in unit.rows
            for price in (formulation.row(number).cost_below, formulation.row(number).cost_above)
        ]
        prices += [row.price or 0 for one in formulation.classes for row in one.rows if row.level == self.level]
        prices += [chain.price or 0 for one in formulation.classes for chain in one.chains if chain.level == self.level]
        return math.gcd(*prices) or 1

    # -- the program ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._model = mathopt.Model()
        self._budget_rows = {
            level: self._model.add_linear_constraint(ub=float(budget)) for level, budget in self.budgets.items()
        }
        self._rows: dict[int, mathopt.LinearConstraint] = {}
        for unit in self.units:
            self._add_unit(unit)
        self._convexity = [
            self._model.add_linear_constraint(lb=float(len(group.people)), ub=float(len(group.people)))
            for group in self.groups
        ]
        self._variables: list[mathopt.Variable] = []
        self._solver = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)

    def _add_unit(self, unit: _Unit) -> None:
        formulation, model = self.formulation, self._model
        chosen = [model.add_variable(lb=0.0, ub=1.0) for _ in range(unit.alternatives)]
        if chosen:
            one = model.add_linear_constraint(lb=1.0, ub=1.0)
            for variable in chosen:
                one.set_coefficient(variable, 1.0)
        dearest = model.add_variable(lb=0.0) if unit.pooled else None
        if dearest is not None:
            self._charge(dearest, 1, unit.level)
        for number in unit.rows:
            row = formulation.row(number)
            here = self._rows[number] = model.add_linear_constraint(
                lb=-math.inf if row.lower is None or not row.cost_below else float(row.lower),
                ub=math.inf if row.upper is None or not row.cost_above else float(row.upper),
            )
            for alternative, coefficient in (row.choice[1] if row.choice is not None else {}).items():
                here.set_coefficient(chosen[alternative], float(coefficient))
            self._add_slacks(row, here, dearest, unit.level)

    def _add_slacks(
        self, row: LinkRow, here: mathopt.LinearConstraint, dearest: mathopt.Variable | None, level: int
    ) -> None:
        for side, price, sign in ((row.lower, row.cost_below, 1), (row.upper, row.cost_above, -1)):
            if side is None or not price:
                continue
            slack = self._model.add_variable(lb=0.0)
            here.set_coefficient(slack, float(sign * row.unit))
            if dearest is None:
                self._charge(slack, price, level)
            else:
                above = self._model.add_linear_constraint(lb=0.0)
                above.set_coefficient(dearest, 1.0)
                above.set_coefficient(slack, -float(price))

    def _charge(self, variable: mathopt.Variable, price: int, level: int) -> None:
        if level == self.level:
            self._model.objective.set_linear_coefficient(variable, float(price))
        else:
            self._budget_rows[level].set_coefficient(variable, float(price))

    def add(self, group: int, schedule: Schedule) -> bool:
        """Offer a schedule to a group; whether it is new."""
        if (group, schedule) in self._known:
            return False
        self._known.add((group, schedule))
        column = self.column(group, schedule)
        self.columns.append(column)
        variable = self._model.add_variable(lb=0.0)
        self._variables.append(variable)
        for level, cost in column.cost.items():
            if cost and level <= self.level:
                self._charge(variable, cost, level)
        for number, amount in column.activity.items():
            self._rows[number].set_coefficient(variable, float(amount))
        self._convexity[group].set_coefficient(variable, 1.0)
        return True

    def column(self, group: int, schedule: Schedule) -> Column:
        """A schedule as a column."""
        formulation = self.formulation
        one = self.groups[group]
        person = one.people[0]
        activity: dict[int, int] = {}
        for key in formulation.expand(schedule):
            for number, people, coefficient in formulation.rows_of.get(key, ()):
                if number in self._rows and person in people:
                    activity[number] = activity.get(number, 0) + coefficient
        cost = personal_costs(formulation, formulation.classes[one.kind], schedule)
        return Column(group, schedule, cost, {number: amount for number, amount in activity.items() if amount})

    def bound_below(self, column: int, least: int) -> None:
        """Take a column at least so often."""
        self._variables[column].lower_bound = float(least)

    def optimum(self, seconds: float | None) -> Point | None:
        """Solve over the columns that there are, within some seconds if given; None if there was no time for it."""
        limit = None if seconds is None else datetime.timedelta(seconds=max(0.05, seconds))
        parameters = mathopt.SolveParameters(time_limit=limit)
        result = self._solver.solve(params=parameters)
        if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            return None
        values, duals = result.variable_values(), result.dual_values()
        return Point(
            result.objective_value(),
            [values[variable] for variable in self._variables],
            {number: duals[row] for number, row in self._rows.items()},
            {level: duals[row] for level, row in self._budget_rows.items()},
            [duals[row] for row in self._convexity],
        )

    def best_combination(self, effort: Effort, incumbent: Incumbent, stop: StopSignal) -> dict[int, Schedule] | None:
        """The best roster out of the columns, by CP-SAT; None if none was found.

        Parameters
        ----------
        incumbent
            Its schedules are the first guess.
        """
        model = cp_model.CpModel()
        counts = [model.new_int_var(0, len(self.groups[column.group].people), "") for column in self.columns]
        held: dict[tuple[int, Schedule], int] = defaultdict(int)
        for person, schedule in enumerate(incumbent.held):
            held[self.group_of[person], schedule] += 1
        for column, count in zip(self.columns, counts, strict=True):
            model.add_hint(count, held.get((column.group, column.schedule), 0))
        for group in self.groups:
            mine = [count for column, count in zip(self.columns, counts, strict=True) if column.group == group.number]
            model.add(cp_model.LinearExpr.sum(mine) == len(group.people))
        terms: dict[int, list[tuple[cp_model.IntVar, int]]] = defaultdict(list)
        costs: dict[int, list[tuple[cp_model.IntVar, int]]] = defaultdict(list)
        for column, count in zip(self.columns, counts, strict=True):
            for number, amount in column.activity.items():
                terms[number].append((count, amount))
            for level, cost in column.cost.items():
                if cost and level <= self.level:
                    costs[level].append((count, cost))
        for unit in self.units:
            costs[unit.level] += self._combine_unit(model, unit, terms)
        for level, budget in self.budgets.items():
            model.add(_weighted(costs[level]) <= budget)
        model.minimize(_weighted(costs[self.level]))
        solver = cp_model.CpSolver()
        configure(solver, effort)
        with stop.watching(solver):
            status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return self.assignment(number for number, count in enumerate(counts) for _ in range(int(solver.value(count))))

    def _combine_unit(
        self, model: cp_model.CpModel, unit: _Unit, terms: Mapping[int, list[tuple[cp_model.IntVar, int]]]
    ) -> list[tuple[cp_model.IntVar, int]]:
        """Bind the rows of a unit; returns what it costs."""
        chosen = [model.new_bool_var("") for _ in range(unit.alternatives)]
        if chosen:
            model.add_exactly_one(chosen)
        costs: list[tuple[cp_model.IntVar, int]] = []
        for number in unit.rows:
            row = self.formulation.row(number)
            least, most = self._widths[number]
            mine = [*terms.get(number, ())]
            if row.choice is not None:
                mine += [(chosen[one], coefficient) for one, coefficient in row.choice[1].items()]
            for side, price, sign in ((row.lower, row.cost_below, 1), (row.upper, row.cost_above, -1)):
                width = 0 if side is None else -(-(side - least if sign > 0 else most - side) // row.unit)
                if side is None or not price or width <= 0:
                    continue
                slack = model.new_int_var(0, width, "")
                total = _weighted([*mine, (slack, sign * row.unit)])
                model.add(total >= side) if sign > 0 else model.add(total <= side)
                costs.append((slack, price))
        if not unit.pooled or not costs:
            return costs
        dearest = model.new_int_var(0, max(price * int(slack.proto.domain[1]) for slack, price in costs), "")
        for slack, price in costs:
            model.add(dearest >= price * slack)
        return [(dearest, 1)]

    # -- prices --------------------------------------------------------------------------------------------------

    def whole(self, rows: Mapping[int, float], levels: Mapping[int, float]) -> Prices:
        """Prices in whole numbers that no slack can undercut."""
        formulation = self.formulation
        weights = {level: max(0, round(-value * SCALE)) for level, value in levels.items()} | {self.level: SCALE}
        found: dict[int, int] = {}
        for unit in self.units:
            weight = weights[unit.level]
            if unit.pooled:
                found |= self._pool_prices(unit, rows, weight)
                continue
            for number in unit.rows:
                row = formulation.row(number)
                most = weight * row.cost_below // row.unit if row.lower is not None else 0
                least = -(weight * row.cost_above // row.unit) if row.upper is not None else 0
                found[number] = max(least, min(most, round(rows.get(number, 0.0) * SCALE)))
        return Prices({number: price for number, price in found.items() if price}, weights)

    def _pool_prices(self, unit: _Unit, rows: Mapping[int, float], weight: int) -> dict[int, int]:
        shares: dict[int, float] = {}
        total = 0.0
        for number in unit.rows:
            row = self.formulation.row(number)
            price = rows.get(number, 0.0) * SCALE
            side = row.cost_below if price > 0 else row.cost_above
            bound = row.lower if price > 0 else row.upper
            if not side or bound is None:
                continue
            shares[number] = price
            total += abs(price) * row.unit / side
        shrink = min(1.0, weight / total) * (1 - 1e-9) if total else 0.0
        return {number: math.trunc(price * shrink) for number, price in shares.items()}

    def constant(self, prices: Prices) -> int:
        """What the rows add to the bound at some prices, in parts of a sixtieth."""
        formulation = self.formulation
        total = -sum(prices.levels[level] * budget for level, budget in self.budgets.items())
        for unit in self.units:
            for number in unit.rows:
                price = prices.rows.get(number, 0)
                if price:
                    row = formulation.row(number)
                    side = row.lower if price > 0 else row.upper
                    assert side is not None
                    total += price * side
            if unit.alternatives:
                total += min(self._choice_cost(unit, prices, one) for one in range(unit.alternatives))
        return total

    def _choice_cost(self, unit: _Unit, prices: Prices, alternative: int) -> int:
        total = 0
        for number in unit.rows:
            row = self.formulation.row(number)
            assert row.choice is not None
            total -= prices.rows.get(number, 0) * row.choice[1].get(alternative, 0)
        return total

    def key_prices(self, group: int, prices: Prices) -> dict[int, int]:
        """What each key costs a person of a group."""
        person = self.groups[group].people[0]
        found: dict[int, int] = defaultdict(int)
        for number, price in prices.rows.items():
            for term in self.formulation.row(number).terms:
                if person in self.formulation.links.masks[term.mask]:
                    for key in term.keys:
                        found[key] -= price * term.coefficient
        return {key: price for key, price in found.items() if price}

    def reduced_cost(self, column: Column, point: Point) -> float:
        """How much a column would save, if negative."""
        value = float(column.cost.get(self.level, 0)) - point.groups[column.group]
        for level, dual in point.levels.items():
            value -= dual * column.cost.get(level, 0)
        for number, amount in column.activity.items():
            value -= point.rows[number] * amount
        return value

    def assignment(self, columns: Iterable[int]) -> dict[int, Schedule]:
        """Schedules of all people from columns, one for each person."""
        waiting: dict[int, list[int]] = {group.number: list(group.people) for group in self.groups}
        return {waiting[self.columns[one].group].pop(0): self.columns[one].schedule for one in columns}


def _weighted(terms: Sequence[tuple[cp_model.IntVar, int]]) -> cp_model.LinearExpr:
    return cp_model.LinearExpr.weighted_sum([variable for variable, _ in terms], [weight for _, weight in terms])


def blend(one: Mapping[int, float], other: Mapping[int, float], share: float) -> dict[int, float]:
    """``share`` of one and the rest of the other."""
    keys: Sequence[int] = [*{**one, **other}]
    return {key: share * one.get(key, 0.0) + (1 - share) * other.get(key, 0.0) for key in keys}
