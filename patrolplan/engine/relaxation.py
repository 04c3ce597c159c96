"""Lower bounds: each person alone, and a linear program over classes of alike people.

Leaving out everything outside some turns, counting alike people instead of telling them apart, and allowing fractions
can only make a problem easier; so what it must cost at least, the whole problem must cost at least. The linear
program's prices are turned into a bound in whole numbers, so that no rounding of the solver enters the proof.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from patrolplan.engine import work
from patrolplan.engine.components import around_costs
from patrolplan.engine.formulation import Formulation, PersonClass
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.linear_program import INFINITY, LinearProgram, Solved
from patrolplan.engine.pricing import Order, SolverPricer
from patrolplan.engine.subproblem import Effort, StopSignal
from patrolplan.model.link_rows import LinkRow

PRICE_UNIT = 2**24
"""Prices of the linear program are rounded to whole parts of one over this."""

_UNPRICED = 10**9
"""A level beyond all, for slack that is priced elsewhere."""

LARGEST = 200_000
"""Most columns of people's own variables in a linear program; a larger one would not be solved in time."""

FRACTION, NO_PRICE = 0.001, 1e-7
"""An alternative counts as chosen if no more than so much of it is missing; a price as none that is no higher."""
OVER_BUDGET, OVER_MOST = 1, 10**9
"""What a sixtieth costs by which earlier levels cost more than there is to spend, and the most of them."""

Restricted = tuple[tuple[int, ...], tuple[int, ...], int | None, int | None, int, int]
"""A row over the keys of some turns: keys, coefficients, lower and upper bound, price (0 if hard) and level."""

Group = tuple[frozenset[Restricted], frozenset[int], tuple[bool, ...]]
"""What people have in common who are counted together: rows, keys, and the masks that count them."""


def may_cost_alone(one: PersonClass, level: int) -> bool:
    """Whether own rules of a class may have to cost something on a level."""
    costs_nothing_idle = one.idle_feasible and not one.idle_cost.get(level)
    return not costs_nothing_idle and level in one.priced_levels


def least_alone(formulation: Formulation, one: PersonClass, level: int, effort: Effort, stop: StopSignal) -> int:
    """Least that the own rules of one person of a class cost on a level, in sixtieths."""
    pricer = SolverPricer(formulation, one, level)
    return max(0, pricer.cheapest(order_alone(formulation, level), effort, stop).bound)


def order_alone(formulation: Formulation, level: int) -> Order:
    """The question what somebody's own rules cost at least on a level."""
    nothing = np.zeros(formulation.variables.first_own_key, dtype=np.int64)
    return Order(nothing, {level: 1}, frozenset())


def link_bound(incumbent: Incumbent, turns: Iterable[int], level: int, effort: Effort) -> int:
    """Least that the linking rows within some turns cost on a level, in sixtieths.

    Parameters
    ----------
    incumbent
        Earlier levels cost no more than here.
    turns
        Bounds of disjoint sets of turns may be added up.
    level
        The level; only linking rows around those that cost something on it take part. Of the people's own rules only
        the hard ones do, and priced ones of earlier levels.
    """
    here, formulation = frozenset(turns), incumbent.formulation
    units = [
        unit
        for unit in inner_units(formulation, here, level)
        if formulation.unit_level(unit) < level or not formulation.alternatives(unit)
    ]
    parts = around_costs(incumbent, units, here, level)
    each = replace(effort, seconds=effort.seconds / max(1, len(parts)))
    return sum(Relaxation(incumbent, here, level, units).bound(each) for units in parts)


def inner_units(formulation: Formulation, turns: frozenset[int], level: int) -> list[int]:
    """Units of linking rows up to a level whose variables all lie in some turns."""
    variables = formulation.variables
    candidates = {
        formulation.unit_of[number]
        for turn in turns
        for slot in (*variables.slots_of_turn[turn], variables.turn_key(turn), variables.standby_key(turn))
        for key in (slot, *variables.derived_from.get(slot, ()))
        for number, _, _ in formulation.rows_of.get(key, ())
    }
    return sorted(
        unit
        for unit in candidates
        if formulation.unit_level(unit) <= level and turns.issuperset(formulation.turns_of_unit(unit))
    )


@dataclass(slots=True)
class _Program:
    """A linear program: minimise cost, columns between 0 and their upper bound, rows between theirs."""

    upper: list[int] = field(default_factory=list)
    cost: list[int] = field(default_factory=list)
    rows: list[tuple[dict[int, int], int | None, int | None]] = field(default_factory=list)
    _made: LinearProgram | None = None

    def column(self, upper: int, cost: int = 0) -> int:
        self.upper.append(upper)
        self.cost.append(cost)
        return len(self.upper) - 1

    def row(self, terms: Mapping[int, int], lower: int | None, upper: int | None) -> None:
        self.rows.append((dict(terms), lower, upper))

    def solved(self, effort: Effort) -> Solved | None:
        """An optimal solution, or None if there was no time for one."""
        if self._made is None:
            self._made = self._make()
        work.charge(work.RELAXING, sum(len(terms) for terms, _, _ in self.rows))
        return self._made.solve(effort.seconds, effort.deterministic)

    def _make(self) -> LinearProgram:
        program = LinearProgram()
        by_column: list[dict[int, float]] = [{} for _ in self.upper]
        for terms, lower, upper in self.rows:
            row = program.row(-INFINITY if lower is None else lower, INFINITY if upper is None else upper)
            for column, coefficient in terms.items():
                by_column[column][row] = coefficient
        for cost, most, coefficients in zip(self.cost, self.upper, by_column, strict=True):
            program.column(cost, coefficients, most)
        return program

    def bound_above(self, column: int, most: int) -> None:
        """Change the most that a column may be."""
        self.upper[column] = most
        if self._made is not None:
            self._made.bound_above(column, most)

    def safe_bound(self, prices: Iterable[float]) -> int:
        """A lower bound on the cost in whole numbers, valid whatever the prices are.

        Each row times its price is added to the cost; what is left is minimised over the columns' bounds
        (Neumaier and Shcherbina 2004).
        """
        whole = [round(price * PRICE_UNIT) for price in prices]
        reduced = [cost * PRICE_UNIT for cost in self.cost]
        total = 0
        for (terms, lower, upper), price in zip(self.rows, whole, strict=True):
            side = lower if price > 0 else upper
            if not price or side is None:
                continue
            total += price * side
            for column, coefficient in terms.items():
                reduced[column] -= price * coefficient
        for rest, most in zip(reduced, self.upper, strict=True):
            if rest < 0:
                total += rest * most
        return -(-total // PRICE_UNIT)


Alternative = tuple[int, int]
"""A unit of linking rows that chooses, and the number of what it may choose."""


class Relaxation:
    """The problem over some turns, with counts of alike people instead of people.

    Parameters
    ----------
    incumbent
        Earlier levels cost no more than here.
    units
        Linking rows that take part.
    elsewhere
        What earlier levels cost at least outside the turns, by level.
    worth
        What one duty of anybody in each of the turns takes off the cost.
    counted
        Linking rows whose people take part, if they are more than the units.

    Attributes
    ----------
    lowest
        What it can cost at least by what each column may be.
    choices
        Columns of the alternatives, by unit.
    left_out
        People whom no row knows.
    is_priced
        Whether anything costs on the level.
    is_too_large
        Whether there would be too many columns; then there are none.
    """

    def __init__(
        self,
        incumbent: Incumbent,
        turns: frozenset[int],
        level: int,
        units: Sequence[int],
        elsewhere: Mapping[int, int] | None = None,
        worth: Mapping[int, int] | None = None,
        counted: Sequence[int] = (),
    ) -> None:
        self.incumbent = incumbent
        self.formulation: Formulation = incumbent.formulation
        self.turns = turns
        self.level = level
        self.program = _Program()
        self.units = units
        self.choices: dict[int, list[int]] = {}
        self.left_out: list[int] = []
        self._counted = counted or units
        self._derived = self._derived_keys()
        self.masks = self._masks()
        self._by_key: dict[int, list[tuple[tuple[bool, ...], int]]] = defaultdict(list)
        self._spent: dict[int, dict[int, int]] = {}
        self._priced: list[int] = []
        self._rows_of: dict[int, range] = {}
        self._shut: frozenset[Alternative] = frozenset()
        self._solved: Solved | None = None
        self._shared: dict[tuple[tuple[int, ...], tuple[bool, ...]], list[tuple[int, int]]] = {}
        work.charge(work.RELAXING_PEOPLE, len(self.formulation.problem.people) * len(turns))
        self.is_too_large = not self._add_people()
        if self.is_too_large:
            return
        for unit in self.units:
            first = len(self.program.rows)
            self._price_unit(unit)
            self._rows_of[unit] = range(first, len(self.program.rows))
        for earlier, terms in self._spent.items():
            budget = incumbent.costs[self.formulation.levels.index(earlier)] - (elsewhere or {}).get(earlier, 0)
            # Where alternatives are shut out, what is left may cost more than there is: that is dear, not impossible.
            over = {self.program.column(OVER_MOST, OVER_BUDGET): -1} if self.choices else {}
            self.program.row({**terms, **over}, None, budget)
        for turn, one in (worth or {}).items():
            for _, column in self._by_key.get(self.formulation.variables.turn_key(turn), ()):
                self.program.cost[column] -= one

    @property
    def is_priced(self) -> bool:
        """See above."""
        return bool(self._priced)

    @property
    def lowest(self) -> int:
        """See above."""
        return sum(cost * most for cost, most in zip(self.program.cost, self.program.upper, strict=True) if cost < 0)

    def bound(self, effort: Effort) -> int:
        """The proved bound in sixtieths; nothing is chosen whole."""
        if self.is_too_large or not self._priced:
            return 0
        return max(0, self.least(frozenset(), effort) or 0)

    def least(self, shut: frozenset[Alternative], effort: Effort) -> int | None:
        """What it costs at least, rounded up to what prices can add up to; None if there was no time.

        Parameters
        ----------
        shut
            Alternatives that are not to be chosen.
        """
        for unit, number in self._shut - shut:
            self.program.bound_above(self.choices[unit][number], 1)
        for unit, number in shut - self._shut:
            self.program.bound_above(self.choices[unit][number], 0)
        self._shut = shut
        self._solved = self.program.solved(effort) if effort.seconds > 0 else None
        if self._solved is None:
            return None
        step = math.gcd(*self._priced) or 1
        return -(-self.program.safe_bound(self._solved.duals.tolist()) // step) * step

    def undecided(self) -> tuple[Alternative, ...]:
        """What the least decided unit may choose in the last solution; nothing if all is chosen whole, or unknown."""
        if self._solved is None or not self.choices:
            return ()
        values = self._solved.values
        unit = min(self.choices, key=lambda one: float(values[self.choices[one]].max()))
        if values[self.choices[unit]].max() >= 1 - FRACTION:
            return ()
        every = ((unit, number) for number in range(len(self.choices[unit])))
        return tuple(one for one in every if one not in self._shut)

    def others(self) -> frozenset[Alternative]:
        """All alternatives but those that are chosen most in the last solution."""
        if self._solved is None:
            return frozenset()
        found = set[Alternative]()
        for unit, columns in self.choices.items():
            chosen = int(self._solved.values[columns].argmax())
            found.update((unit, number) for number in range(len(columns)) if number != chosen)
        return frozenset(found)

    def binding(self) -> set[int]:
        """Units whose rows have a price in the last solution: without any other one it would be as cheap."""
        if self._solved is None:
            return set()
        duals = np.abs(self._solved.duals)
        return {unit for unit, rows in self._rows_of.items() if (duals[rows.start : rows.stop] > NO_PRICE).any()}

    def _add_people(self) -> bool:
        """Columns and rows of all people; False if there would be too many."""
        variables, groups = self.formulation.variables, self._groups()
        alike = {(keys, counted) for _, keys, counted in groups}
        size = sum(sum(variables.is_slot(key) for key in keys) for keys, _ in alike)
        size += 2 * len(groups) * len(self.turns)
        if size > LARGEST:
            return False
        for (rows, keys, counted), people in groups.items():
            self._add_group(rows, keys, counted, len(people))
        for (slots, counted), workers in self._shared.items():
            self._share(slots, counted, workers)
        return True

    def _derived_keys(self) -> list[int]:
        """Keys in the rows of the units that are derived from others."""
        variables = self.formulation.variables
        rows = [self.formulation.row(number) for unit in self.units for number in self.formulation.units[unit]]
        return sorted({key for row in rows for term in row.terms for key in term.keys if key in variables.any_of})

    def _masks(self) -> dict[int, int]:
        numbers = {
            term.mask
            for unit in self.units
            for number in self.formulation.units[unit]
            for term in self.formulation.row(number).terms
        }
        return {number: position for position, number in enumerate(sorted(numbers))}

    def _groups(self) -> dict[Group, list[int]]:
        """People who are alike within the turns: same rows, same keys, counted by the same rows."""
        found: dict[Group, list[int]] = defaultdict(list)
        masks = [self.formulation.links.masks[number] for number in self.masks]
        seen = {
            key
            for unit in self._counted
            for number in self.formulation.units[unit]
            for term in self.formulation.row(number).terms
            for name in term.keys
            for key in self.formulation.variables.any_of.get(name, (name,))
        }
        for one in self.formulation.classes:
            rows, keys = self._restrict(one)
            if seen.isdisjoint(keys):
                self.left_out += one.people
                continue
            for person in one.people:
                found[rows, keys, tuple(person in people for people in masks)].append(person)
        return found

    def _restrict(self, one: PersonClass) -> tuple[frozenset[Restricted], frozenset[int]]:
        variables = self.formulation.variables
        keys = {key for turn in self.turns for key in one.slots.get(turn, ())}
        keys |= {variables.turn_key(turn) for turn in self.turns if turn in one.slots}
        keys |= {variables.standby_key(turn) for turn in self.turns & one.standby}
        rows = set()
        for number in {number for key in keys for number, _ in one.rows_of.get(key, ())}:
            row = one.rows[number]
            if row.price is None or (row.price and row.level < self.level):
                cut = _cut(row.keys, row.coefficients, row.lower, row.upper, keys)
                if cut is not None:
                    rows.add((*cut, row.price or 0, row.level))
        return frozenset(rows), frozenset(keys)

    def _add_group(
        self, rows: frozenset[Restricted], keys: frozenset[int], counted: tuple[bool, ...], size: int
    ) -> None:
        program, variables = self.program, self.formulation.variables
        own = {key for names, *_ in rows for key in names}
        own.update(part for key in self._derived for part in variables.any_of[key])
        mine: dict[int, int] = {}
        for turn in sorted(self.turns):
            slots = tuple(key for key in variables.slots_of_turn[turn] if key in keys)
            if not slots:
                continue
            works = mine[variables.turn_key(turn)] = program.column(size)
            if own.isdisjoint(slots):
                self._shared.setdefault((slots, counted), []).append((works, size))
            else:
                mine.update((key, program.column(size)) for key in slots)
                program.row({**{mine[key]: 1 for key in slots}, works: -1}, 0, 0)
        mine.update((key, program.column(size)) for key in sorted(keys) if variables.is_standby(key))
        for names, coefficients, lower, upper, price, level in sorted(rows, key=repr):
            terms = {mine[key]: coefficient for key, coefficient in zip(names, coefficients, strict=True)}
            self._bounded(
                terms,
                None if lower is None else lower * size,
                None if upper is None else upper * size,
                price,
                level,
            )
        for key in self._derived:
            self._derive(key, mine, size)
        for key, column in mine.items():
            self._by_key[key].append((counted, column))

    def _share(self, slots: Sequence[int], counted: tuple[bool, ...], workers: Sequence[tuple[int, int]]) -> None:
        """Slots of one turn at which people count alike: who works in the turn holds any of them."""
        size = sum(number for _, number in workers)
        mine = {key: self.program.column(size) for key in slots}
        terms = dict.fromkeys(mine.values(), 1)
        self.program.row({**terms, **{works: -1 for works, _ in workers}}, 0, 0)
        for key, column in mine.items():
            self._by_key[key].append((counted, column))

    def _derive(self, key: int, mine: dict[int, int], size: int) -> None:
        """People who hold any of some slots are at least as many as hold one of them in any one turn."""
        variables = self.formulation.variables
        by_turn: dict[int, dict[int, int]] = defaultdict(dict)
        for part in variables.any_of[key]:
            if part in mine:
                by_turn[variables.turn_of(part)][mine[part]] = -1
        if by_turn:
            mine[key] = self.program.column(size)
            for terms in by_turn.values():
                self.program.row({**terms, mine[key]: 1}, 0, None)

    def _bounded(self, terms: dict[int, int], lower: int | None, upper: int | None, price: int, level: int) -> None:
        """A hard row, or one whose slack counts towards an earlier level."""
        if not price:
            self.program.row(terms, lower, upper)
            return
        if lower is not None:
            self.program.row({**terms, self._slack(terms, lower, None, 1, price, level): 1}, lower, None)
        if upper is not None:
            self.program.row({**terms, self._slack(terms, None, upper, 1, price, level): -1}, None, upper)

    def _slack(
        self, terms: Mapping[int, int], lower: int | None, upper: int | None, unit: int, price: int, level: int
    ) -> int:
        """A column for what lies outside a bound, no wider than that can be."""
        most = self.program.upper
        if lower is not None:
            widest = lower - sum(min(0, coefficient) * most[column] for column, coefficient in terms.items())
        else:
            assert upper is not None
            widest = sum(max(0, coefficient) * most[column] for column, coefficient in terms.items()) - upper
        width = max(0, -(-int(widest) // unit))
        if level == self.level:
            self._priced.append(price)
            return self.program.column(width, price)
        column = self.program.column(width)
        if level < self.level:
            self._spent.setdefault(level, {})[column] = price
        return column

    def _price_unit(self, unit: int) -> None:
        formulation, program = self.formulation, self.program
        rows = [formulation.row(number) for number in formulation.units[unit]]
        chosen: list[int] = []
        if rows[0].choice is not None:
            chosen = [program.column(1) for _ in range(formulation.alternatives(unit))]
            program.row(dict.fromkeys(chosen, 1), 1, 1)
            self.choices[unit] = chosen
        parts: list[tuple[int, int]] = []
        pooled = rows[0].pool is not None
        for row in rows:
            terms = self._terms(row, chosen)
            level = _UNPRICED if pooled else row.level
            if row.lower is not None and row.cost_below:
                slack = self._slack(terms, row.lower, None, row.unit, row.cost_below, level)
                program.row({**terms, slack: row.unit}, row.lower, None)
                parts.append((slack, row.cost_below))
            if row.upper is not None and row.cost_above:
                slack = self._slack(terms, None, row.upper, row.unit, row.cost_above, level)
                program.row({**terms, slack: -row.unit}, None, row.upper)
                parts.append((slack, row.cost_above))
        if pooled and parts:
            self._pool(parts, rows[0].level)

    def _pool(self, parts: Sequence[tuple[int, int]], level: int) -> None:
        """Price the dearest of some slacks."""
        most = max(self.program.upper[slack] * price for slack, price in parts)
        if level == self.level:
            self._priced.append(math.gcd(*(price for _, price in parts)))
            dearest = self.program.column(most, 1)
        else:
            dearest = self.program.column(most)
            self._spent.setdefault(level, {})[dearest] = 1
        for slack, price in parts:
            self.program.row({dearest: 1, slack: -price}, 0, None)

    def _terms(self, row: LinkRow, chosen: Sequence[int]) -> dict[int, int]:
        terms: dict[int, int] = defaultdict(int)
        for term in row.terms:
            position = self.masks[term.mask]
            for key in term.keys:
                for counted, column in self._by_key.get(key, ()):
                    if counted[position]:
                        terms[column] += term.coefficient
        if row.choice is not None:
            for alternative, coefficient in row.choice[1].items():
                terms[chosen[alternative]] += coefficient
        return terms


def _cut(
    keys: Sequence[int],
    coefficients: Sequence[int],
    lower: int | None,
    upper: int | None,
    inside: set[int],
) -> tuple[tuple[int, ...], tuple[int, ...], int | None, int | None] | None:
    """A row without its terms outside some keys, its bounds widened by what these can do; None if nothing is left."""
    names, kept, least, most, low, high = [], [], 0, 0, 0, 0
    for key, coefficient in zip(keys, coefficients, strict=True):
        if key in inside:
            names.append(key)
            kept.append(coefficient)
            low += min(0, coefficient)
            high += max(0, coefficient)
        else:
            least += min(0, coefficient)
            most += max(0, coefficient)
    new_lower = None if lower is None or lower - most <= low else lower - most
    new_upper = None if upper is None or upper - least >= high else upper - least
    if new_lower is None and new_upper is None:
        return None
    return tuple(names), tuple(kept), new_lower, new_upper
