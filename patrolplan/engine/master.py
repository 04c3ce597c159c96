"""The linear program over whole schedules: linking rows as its rows, one column for each schedule of alike people.

Dantzig and Wolfe (1960): what ties people together is the master problem, each person's own rules are pricing problems.
With only some people free, everybody else's duties are constants in the rows.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from patrolplan.engine import work
from patrolplan.engine.formulation import Schedule
from patrolplan.engine.incumbent import Incumbent, personal_costs
from patrolplan.engine.linear_program import INFINITY, Floats, LinearProgram
from patrolplan.engine.linking import SCALE, Group, Linking, Numbers, Prices, Terms, Unit

FINE_SCALE = 2**17
"""The same where rows are sums: few prices, and what earlier levels may cost in all counts at one of them."""


@dataclass(frozen=True, slots=True)
class Column:
    """One schedule of a group.

    Attributes
    ----------
    group
        Its place in `Master.groups`.
    cost
        By level, in sixtieths.
    activity
        What it adds to each linking row.
    """

    group: int
    schedule: Schedule
    cost: Mapping[int, int]
    activity: Mapping[int, int]


@dataclass(slots=True)
class Point:
    """An optimum of the linear program over the columns that there are.

    Attributes
    ----------
    rows
        Dual price of every linking row; shape (rows,).
    tallies, counts
        For each tally its dual price, and what it counts.
    """

    cost: float
    values: list[float]
    rows: Floats
    levels: dict[int, float]
    groups: list[float]
    tallies: dict[int, float] = field(default_factory=dict)
    counts: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Strand:
    """A row of the program for several linking rows: all, those with lower and upper bounds, the tightest first."""

    row: int
    rows: list[int]
    lowers: list[int]
    uppers: list[int]


@dataclass(slots=True)
class Tally:
    """How many violations there are at one price; in every roster a whole number.

    Attributes
    ----------
    row
        Of the program, without bounds as long as `least` and `most` are None.
    columns, amounts
        Of violations, with how many one of each stands for.
    """

    row: int
    columns: list[int] = field(default_factory=list)
    amounts: list[float] = field(default_factory=list)
    least: int | None = None
    most: int | None = None

    def bound(self, dual: float) -> int | None:
        """The bound at which a dual price stands."""
        return self.least if dual > 0 else self.most

    def count(self, values: Floats) -> float:
        """How many violations there are in a solution of the program."""
        return float(values[self.columns] @ np.array(self.amounts))


class Master:
    """The linear program of one level; earlier levels cost no more than in a given roster.

    To spend more on an earlier level is not forbidden but very dear, so that there is always a solution from which
    pricing can go on.

    Parameters
    ----------
    linking
        The rows.
    incumbent
        The roster; its schedules are the first columns.
    people
        Who is free; default everybody. With only some people free, each of them is a group of their own.
    turns
        When anything changes; rows without a term there are left out. Default the whole time.
    spent
        What there is to spend on earlier levels, if rows are sums of rows that say more; default what the roster costs.

    Attributes
    ----------
    groups
        People who share their columns.
    tallies
        How many violations there are, by price in sixtieths.
    scale
        Parts of a sixtieth in which whole prices count.
    now
        What the roster costs within the program, on its level, in sixtieths.
    """

    def __init__(
        self,
        linking: Linking,
        incumbent: Incumbent,
        people: Sequence[int] | None = None,
        turns: Sequence[int] | None = None,
        spent: Mapping[int, int] | None = None,
    ) -> None:
        self.linking = linking
        self.level = linking.level
        self.scale = SCALE if spent is None else FINE_SCALE
        self.formulation = linking.formulation
        self.groups: Sequence[Group] = linking.groups
        if people is not None:
            kinds = self.formulation.class_of
            self.groups = [Group(number, kinds[person], (person,)) for number, person in enumerate(people)]
        self._shared = [linking.group_of[group.people[0]] for group in self.groups]
        self.units = linking.units_of(self._shared, turns) if people is not None else list(linking.units.values())
        self.columns: list[Column] = []
        self._known: set[tuple[int, Schedule]] = set()
        self._shut: set[int] = set()
        self._by_group: list[list[int]] = [[] for _ in self.groups]
        members = [person for group in self.groups for person in group.people]
        self.group_of = {person: place for place, group in enumerate(self.groups) for person in group.people}
        work.charge(work.GROUP, len(self.groups))
        work.charge(work.UNIT, len(self.units))
        self._confine(incumbent, members, spent)
        self._build()
        self._terms = {} if turns is None else self._terms_within()
        for person in members:
            self.add(self.group_of[person], incumbent.held[person])

    def _confine(self, incumbent: Incumbent, members: Iterable[int], known: Mapping[int, int] | None) -> None:
        """Bounds of the rows without those who are not free, and what there is to spend."""
        linking, formulation = self.linking, self.formulation
        fixed = np.array(incumbent.activity, dtype=np.int64)
        spent = dict.fromkeys((level for level in formulation.levels if level <= self.level), 0)
        for person in members:
            for number, amount in linking.activity(linking.group_of[person], incumbent.held[person]).items():
                fixed[number] -= amount
            for level in spent:
                spent[level] += incumbent.personal_cost(person, level)
        for unit in self.units:
            spent[unit.level] += incumbent.unit_costs[unit.number]
        self.now = spent.pop(self.level, 0)
        self.budgets = spent if known is None else {level: known[level] for level in spent}
        self._lower = linking.lower - fixed
        self._upper = linking.upper - fixed
        plain = [unit.rows[0] for unit in self.units if unit.is_plain]
        self._plain = np.array(plain, dtype=np.int64)
        self._others = [unit for unit in self.units if not unit.is_plain]

    # -- the program ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._program = LinearProgram()
        program = self._program
        self._scale = {level: 1.0 / self.linking.steps[level] for level in self.budgets}
        self._budget_rows = {
            level: program.row(-INFINITY, budget * self._scale[level]) for level, budget in self.budgets.items()
        }
        for row in self._budget_rows.values():
            program.column(self.linking.over_budget(), {row: -1.0})
        self._rows: dict[int, int] = {}
        self.tallies = self._make_tallies()
        self._strands: list[_Strand] = []
        for rows in self._strand_by_strand():
            self._add_strand(rows)
        for unit in self._others:
            self._add_unit(unit)
        self._convexity = [program.row(float(len(group.people)), float(len(group.people))) for group in self.groups]
        self._variables: list[int] = []
        numbers = list(self._rows)
        self._row_numbers = np.array(numbers, dtype=np.int64)
        self._row_places = np.array([self._rows[number] for number in numbers], dtype=np.int64)

    def _terms_within(self) -> dict[int, Terms]:
        """Terms in rows of the program, by the group that the linking rows know; all others have no price here."""
        mask = np.zeros(len(self.linking.below), dtype=np.bool_)
        mask[self._row_numbers] = True
        return {shared: self.linking.terms(shared).within(mask) for shared in set(self._shared)}

    def _make_tallies(self) -> dict[int, Tally]:
        """Tallies by price, in sixtieths."""
        tallies: dict[int, Tally] = {}
        for unit in self.units:
            price = self.linking.tally_of.get(unit.rows[0])
            if price is not None and price not in tallies:
                tallies[price] = Tally(self._program.row(-INFINITY, INFINITY))
                self._program.column(self.linking.over_budget(), {tallies[price].row: -1.0})
        return tallies

    def restrict(self, tally: int, least: int | None, most: int | None) -> None:
        """Bound a tally; None for no bound. To have more than the most is not forbidden but very dear."""
        one = self.tallies[tally]
        one.least, one.most = least, most
        self._program.bound_row(one.row, -INFINITY if least is None else least, INFINITY if most is None else most)

    def restricted(self, tally: int) -> tuple[int | None, int | None]:
        """Bounds of a tally."""
        return self.tallies[tally].least, self.tallies[tally].most

    def _strand_by_strand(self) -> Iterable[Sequence[int]]:
        """Plain rows, those together that count the same and whose bounds do not cross."""
        strands: dict[int, list[int]] = {}
        for number in self._plain.tolist():
            strands.setdefault(self.linking.alike[number], []).append(number)
        for rows in strands.values():
            lowers = [self._lower[number] for number in rows if self.linking.below[number]]
            uppers = [self._upper[number] for number in rows if self.linking.above[number]]
            crossing = lowers and uppers and max(lowers) > min(uppers)
            yield from [[number] for number in rows] if crossing else [rows]

    def _add_strand(self, rows: Sequence[int]) -> None:
        """One row for several that count the same: each stretch between their bounds has a column of its own."""
        linking = self.linking
        lowers = sorted(((int(self._lower[one]), one) for one in rows if linking.below[one]), reverse=True)
        uppers = sorted((int(self._upper[one]), one) for one in rows if linking.above[one])
        here = self._program.row(
            float(lowers[0][0]) if lowers else -INFINITY, float(uppers[0][0]) if uppers else INFINITY
        )
        self._rows.update(dict.fromkeys(rows, here))
        for sign, bounds, prices in ((1, lowers, linking.below), (-1, uppers, linking.above)):
            costs: dict[int, int] = {}
            tallied: dict[int, float] = defaultdict(float)
            for place, (edge, number) in enumerate(bounds):
                level, unit = int(linking.level_of[number]), int(linking.width[number])
                costs[level] = costs.get(level, 0) + int(prices[number])
                if number in linking.tally_of:
                    tallied[linking.tally_of[number]] += 1.0
                length = abs(bounds[place + 1][0] - edge) / unit if place + 1 < len(bounds) else INFINITY
                if length:
                    self._charged(costs, {here: float(sign * unit)}, length, tallied)
        if len(rows) > 1:
            self._strands.append(_Strand(here, list(rows), [one for _, one in lowers], [one for _, one in uppers]))

    def _add_unit(self, unit: Unit) -> None:
        program, linking = self._program, self.linking
        chosen: list[dict[int, float]] = [{} for _ in range(unit.alternatives)]
        dearest: dict[int, float] = {}
        slacks: list[tuple[int, int, int]] = []
        for number in unit.rows:
            below, above = int(linking.below[number]), int(linking.above[number])
            here = self._rows[number] = program.row(
                float(self._lower[number]) if below else -INFINITY, float(self._upper[number]) if above else INFINITY
            )
            row = self.formulation.row(number)
            for alternative, coefficient in (row.choice[1] if row.choice is not None else {}).items():
                chosen[alternative][here] = float(coefficient)
            slacks += [(here, price, sign * row.unit) for price, sign in ((below, 1), (above, -1)) if price]
        for here, price, amount in slacks:
            if unit.pooled:
                above_it = program.row(0.0, INFINITY)
                dearest[above_it] = 1.0
                program.column(0.0, {here: float(amount), above_it: -float(price)})
            else:
                self._charged({unit.level: price}, {here: float(amount)})
        if dearest:
            tally = linking.tally_of.get(unit.rows[0])
            self._charged({unit.level: 1}, dearest, tallied={} if tally is None else {tally: 1.0 / tally})
        if chosen:
            one = program.row(1.0, 1.0)
            for terms in chosen:
                program.column(0.0, {**terms, one: 1.0}, 1.0)

    def _charged(
        self,
        costs: Mapping[int, int],
        terms: dict[int, float],
        most: float = INFINITY,
        tallied: Mapping[int, float] | None = None,
    ) -> int:
        """A column that costs something by level, and stands for violations of some prices."""
        terms.update((self.tallies[price].row, amount) for price, amount in (tallied or {}).items())
        for level, cost in costs.items():
            if cost and level in self._budget_rows:
                terms[self._budget_rows[level]] = cost * self._scale[level]
        made = self._program.column(float(costs.get(self.level, 0)), terms, most)
        for price, amount in (tallied or {}).items():
            self.tallies[price].columns.append(made)
            self.tallies[price].amounts.append(amount)
        return made

    def add(self, group: int, schedule: Schedule) -> bool:
        """Offer a schedule to a group; whether it is new."""
        if (group, schedule) in self._known:
            return False
        self._add(self.column(group, schedule))
        return True

    def add_column(self, column: Column) -> bool:
        """Take a column in; whether it is new."""
        if (column.group, column.schedule) in self._known:
            return False
        self._add(column)
        return True

    def _add(self, column: Column) -> None:
        work.charge(work.COLUMN + work.COLUMN_TERM * len(column.activity))
        self._known.add((column.group, column.schedule))
        self._by_group[column.group].append(len(self.columns))
        self.columns.append(column)
        rows = self._rows
        terms = {rows[number]: float(amount) for number, amount in column.activity.items() if number in rows}
        terms[self._convexity[column.group]] = 1.0
        self._variables.append(self._charged(column.cost, terms))

    def knows(self, group: int, schedule: Schedule) -> bool:
        """Whether a group has a schedule already."""
        return (group, schedule) in self._known

    def column(self, group: int, schedule: Schedule, own: Mapping[int, int] | None = None) -> Column:
        """A schedule as a column; what its own rules cost is worked out unless it is given."""
        formulation, one = self.formulation, self.groups[group]
        activity = self.linking.activity(self._shared[group], schedule)
        cost = own if own is not None else personal_costs(formulation, formulation.classes[one.kind], schedule)
        return Column(group, schedule, cost, activity)

    def shut(self, column: int, is_shut: bool = True) -> None:
        """Shut a column out, or let it in again."""
        if is_shut != (column in self._shut):
            self._program.bound_above(self._variables[column], 0.0 if is_shut else INFINITY)
            (self._shut.add if is_shut else self._shut.discard)(column)

    def allow_all(self) -> None:
        """Let all columns in again."""
        for number in list(self._shut):
            self.shut(number, False)

    def of_group(self, group: int) -> Sequence[int]:
        """Columns of a group, by number."""
        return self._by_group[group]

    def is_open(self, column: int) -> bool:
        """Whether a column is not shut out."""
        return column not in self._shut

    def optimum(self, seconds: float | None, deterministic: bool = False) -> Point | None:
        """Solve over the columns that there are, within some seconds if given; None if there was no time for it."""
        solved = self._program.solve(seconds, deterministic)
        if solved is None:
            return None
        duals = np.zeros(len(self.linking.below))
        duals[self._row_numbers] = solved.duals[self._row_places]
        levels = {level: float(solved.duals[row]) * self._scale[level] for level, row in self._budget_rows.items()}
        tallies = {price: float(solved.duals[one.row]) for price, one in self.tallies.items()}
        weights = {level: -dual for level, dual in levels.items()} | {self.level: 1.0}
        self._share_out(duals, solved.duals, weights, tallies)
        return Point(
            solved.cost,
            solved.values[self._variables].tolist(),
            duals,
            levels,
            solved.duals[self._convexity].tolist(),
            tallies,
            {price: one.count(solved.values) for price, one in self.tallies.items()},
        )

    def _share_out(
        self, duals: Floats, of_program: Floats, weights: Mapping[int, float], tallies: Mapping[int, float]
    ) -> None:
        """Split the dual of a row that stands for several over these, to each no more than it may cost."""
        linking = self.linking
        for strand in self._strands:
            dual = float(of_program[strand.row])
            duals[strand.rows] = 0.0
            rows, prices, sign = (strand.lowers, linking.below, 1) if dual > 0 else (strand.uppers, linking.above, -1)
            left = abs(dual)
            for number in rows:
                dear = weights.get(int(linking.level_of[number]), 0.0) * float(prices[number])
                refund = tallies.get(linking.tally_of.get(number, 0), 0.0)
                most = max(0.0, dear - refund) / float(linking.width[number])
                duals[number] = sign * min(left, most)
                left = max(0.0, left - most)

    # -- prices --------------------------------------------------------------------------------------------------

    def whole(self, rows: Floats, levels: Mapping[int, float], tallies: Mapping[int, float] | None = None) -> Prices:
        """Prices in whole numbers that no slack can undercut."""
        linking = self.linking
        weights = {level: max(0, round(-value * self.scale)) for level, value in levels.items()} | {
            self.level: self.scale
        }
        counted = {
            price: min(price * self.scale, round(dual * self.scale))
            for price, dual in (tallies or {}).items()
            if self.tallies[price].bound(dual) is not None
        }
        found = np.zeros(len(rows), dtype=np.int64)
        plain = self._plain
        if len(plain):
            weight = np.array([weights[level] for level in linking.level_of[plain]], dtype=np.int64)
            refund = np.array([counted.get(linking.tally_of.get(one, 0), 0) for one in plain]) if counted else 0
            most = np.where(linking.below[plain], weight * linking.below[plain] - refund, 0) // linking.width[plain]
            least = -(np.where(linking.above[plain], weight * linking.above[plain] - refund, 0) // linking.width[plain])
            found[plain] = np.maximum(least, np.minimum(most, np.rint(rows[plain] * self.scale).astype(np.int64)))
        for unit in self._others:
            price = linking.tally_of.get(unit.rows[0], 1)
            refunded = -(-counted.get(price, 0) // price)
            self._price_unit(unit, rows, weights[unit.level] - refunded, found)
        return Prices(found, weights, counted)

    def _price_unit(self, unit: Unit, rows: Floats, weight: int, found: Numbers) -> None:
        linking = self.linking
        if not unit.pooled:
            for number in unit.rows:
                most = weight * int(linking.below[number]) // int(linking.width[number])
                least = -(weight * int(linking.above[number]) // int(linking.width[number]))
                found[number] = max(least, min(most, round(float(rows[number]) * self.scale)))
            return
        shares: dict[int, float] = {}
        total = 0.0
        for number in unit.rows:
            price = float(rows[number]) * self.scale
            side = int(linking.below[number] if price > 0 else linking.above[number])
            if side:
                shares[number] = price
                total += abs(price) * int(linking.width[number]) / side
        shrink = min(1.0, weight / total) * (1 - 1e-9) if total else 0.0
        for number, price in shares.items():
            found[number] = math.trunc(price * shrink)

    def constant(self, prices: Prices) -> int:
        """What the rows add to the bound at some prices, in parts of a sixtieth."""
        total = -sum(prices.levels[level] * budget for level, budget in self.budgets.items())
        for price, dual in prices.tallies.items():
            total += dual * (self.tallies[price].bound(dual) or 0)
        sides = np.where(prices.rows > 0, self._lower, self._upper)
        total += int((prices.rows * sides).sum())
        for unit in self._others:
            if unit.alternatives:
                total += min(self._choice_cost(unit, prices, one) for one in range(unit.alternatives))
        return total

    def _choice_cost(self, unit: Unit, prices: Prices, alternative: int) -> int:
        total = 0
        for number in unit.rows:
            row = self.formulation.row(number)
            assert row.choice is not None
            total -= int(prices.rows[number]) * row.choice[1].get(alternative, 0)
        return total

    def key_prices(self, group: int, prices: Prices) -> Numbers:
        """What each key costs a person of a group; shape (`Variables.first_own_key`,)."""
        shared = self._shared[group]
        return self.linking.key_prices(shared, prices, self._terms.get(shared))

    def reduced_cost(self, column: Column, point: Point) -> float:
        """How much a column would save, if negative."""
        value = float(column.cost.get(self.level, 0)) - point.groups[column.group]
        for level, dual in point.levels.items():
            value -= dual * column.cost.get(level, 0)
        for number, amount in column.activity.items():
            value -= point.rows[number] * amount
        return value
