"""The linking rows up to a level, as arrays: what every linear program over schedules shares."""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from patrolplan.engine import work
from patrolplan.engine.formulation import Formulation, Schedule
from patrolplan.engine.pricers import fullest, make_pricer
from patrolplan.engine.pricing import GraphPricer, Pricer
from patrolplan.units import COST_SCALE

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

OVER_BUDGET = 50
"""How many of the dearest units of a level one unit of an earlier level is worth."""
SCALE = 1_000
"""Whole prices count in parts of a sixtieth, one over this."""


@dataclass(frozen=True, slots=True)
class Group:
    """People who are alike for every rule up to a level, their own and the linking ones."""

    number: int
    kind: int
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """Linking rows that are priced together, with their columns besides the schedules.

    Attributes
    ----------
    alternatives
        Of its choice, one of which holds; 0 if there is no choice.
    pooled
        Whether only the dearest row is charged.
    """

    number: int
    level: int
    rows: tuple[int, ...]
    alternatives: int = 0
    pooled: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it is a single row with nothing around it."""
        return not self.alternatives and not self.pooled


@dataclass(frozen=True, slots=True)
class Prices:
    """Dual prices in whole numbers: of all linking rows, shape (rows,), of earlier levels' costs, and of tallies."""

    rows: Numbers
    levels: Mapping[int, int]
    tallies: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lead:
    """Prices that gave a good bound, to begin another program with.

    Attributes
    ----------
    rows, levels
        Of linking rows, shape (rows,), and of earlier levels' costs.
    whole
        The same in whole numbers.
    seeds
        Groups and schedules that the program took in at the end.
    budgets
        Prices of each group's budgets, if they were found together with these; shape (budgets,).
    """

    rows: Floats
    levels: Mapping[int, float]
    whole: Prices
    seeds: Sequence[tuple[int, Schedule]] = ()
    budgets: Sequence[Floats] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """Where the keys of some people stand: each key once, with its rows and coefficients one after the other."""

    keys: Numbers
    first: Numbers
    rows: Numbers
    coefficients: Numbers
    of_key: Mapping[int, Sequence[tuple[int, int]]]

    def within(self, mask: npt.NDArray[np.bool_]) -> Terms:
        """Only those in some rows, as far as prices of keys go; the mask has shape (rows,)."""
        owner = np.repeat(np.arange(len(self.keys)), np.diff(np.append(self.first, len(self.rows))))
        chosen = np.flatnonzero(mask[self.rows])
        owner = owner[chosen]
        first = np.flatnonzero(np.diff(owner, prepend=-1))
        return replace(
            self,
            keys=self.keys[owner[first]],
            first=first,
            rows=self.rows[chosen],
            coefficients=self.coefficients[chosen],
        )


class Linking:
    """Everything about one level that does not depend on a roster.

    Parameters
    ----------
    formulation
        The problem.
    level
        Rows of later levels are left out.

    Attributes
    ----------
    units
        Linking rows with variables, up to the level, by number.
    groups, group_of
        Groups of alike people; the group of each person.
    step, steps
        What costs of the level, and of each level up to it, are whole multiples of, in sixtieths.
    alike
        For each row the first one that counts the same in the same units.
    tally_of
        Rows of the level whose units cost one price, with that price in sixtieths, if it is more than `step`: in every
        roster the number of all violations at such a price is whole.
    lead
        Prices to begin column generation with, if any are known.
    """

    def __init__(self, formulation: Formulation, level: int) -> None:
        self.formulation = formulation
        self.level = level
        self.units: dict[int, Unit] = {
            unit: self._unit(unit)
            for unit in range(len(formulation.units))
            if formulation.unit_level(unit) <= level and formulation.turns_of_unit(unit)
        }
        self.rows = [number for unit in self.units.values() for number in unit.rows]
        self._flat_rows = np.array(self.rows, dtype=np.int64)
        lengths = [len(unit.rows) for unit in self.units.values()]
        self._first_row = np.cumsum([0, *lengths[:-1]], dtype=np.int64)
        self.groups = list(self._groups())
        self.group_of = {person: group.number for group in self.groups for person in group.people}
        self.steps = {one: self._price_steps(one) for one in formulation.levels if one <= level}
        self.step = self.steps.get(level, 1)
        rows = formulation.links.rows
        self.below = np.array([row.cost_below if row.lower is not None else 0 for row in rows], dtype=np.int64)
        self.above = np.array([row.cost_above if row.upper is not None else 0 for row in rows], dtype=np.int64)
        self.lower = np.array([row.lower or 0 for row in rows], dtype=np.int64)
        self.upper = np.array([row.upper or 0 for row in rows], dtype=np.int64)
        self.width = np.array([row.unit for row in rows], dtype=np.int64)
        self.level_of = np.array([row.level for row in rows], dtype=np.int64)
        first: dict[object, int] = {}
        self.alike = [first.setdefault((row.terms, row.unit), number) for number, row in enumerate(rows)]
        self.tally_of = self._prices_to_tally()
        self.lead: Lead | None = None
        self._terms_of: dict[int, Terms] = {}
        self._pricers: dict[int, Pricer] = {}
        self._making: dict[int, int] = {}
        self._fullest = fullest(formulation)
        self._lock = threading.Lock()
        self._locks: dict[int, threading.Lock] = defaultdict(threading.Lock)

    def _unit(self, number: int) -> Unit:
        formulation = self.formulation
        rows = tuple(formulation.units[number])
        first = formulation.row(rows[0])
        alternatives = formulation.links.choices[first.choice[0]] if first.choice is not None else 0
        return Unit(number, first.level, rows, alternatives, first.pool is not None and len(rows) > 1)

    def _prices_to_tally(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for unit in self.units.values():
            sides = {int(side[number]) for number in unit.rows for side in (self.below, self.above)} - {0}
            if unit.level == self.level and not unit.alternatives and len(sides) == 1 and max(sides) > self.step:
                found.update(dict.fromkeys(unit.rows, max(sides)))
        return found

    def _groups(self) -> Iterator[Group]:
        formulation = self.formulation
        masks = sorted({term.mask for number in self.rows for term in formulation.row(number).terms})
        signature: dict[int, list[int]] = defaultdict(list)
        for mask in masks:
            for person in formulation.links.masks[mask]:
                signature[person].append(mask)
        found: dict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
        for person, kind in enumerate(formulation.class_of):
            found[kind, tuple(signature.get(person, ()))].append(person)
        for number, ((kind, _), people) in enumerate(found.items()):
            yield Group(number, kind, tuple(people))

    def _price_steps(self, level: int) -> int:
        """What costs of a level are whole multiples of."""
        formulation = self.formulation
        prices = [
            price
            for unit in self.units.values()
            if unit.level == level
            for number in unit.rows
            for price in (formulation.row(number).cost_below, formulation.row(number).cost_above)
        ]
        prices += [row.price or 0 for one in formulation.classes for row in one.rows if row.level == level]
        prices += [chain.price or 0 for one in formulation.classes for chain in one.chains if chain.level == level]
        return math.gcd(*prices) or 1

    def _keys_in(self, turns: Iterable[int]) -> set[int]:
        """All keys that people share, as far as they belong to some turns."""
        variables = self.formulation.variables
        found: set[int] = set()
        for turn in turns:
            slots = variables.slots_of_turn[turn]
            found.update((*slots, variables.turn_key(turn), variables.standby_key(turn)))
            found.update(derived for slot in slots for derived in variables.derived_from.get(slot, ()))
        return found

    def over_budget(self) -> float:
        """What a step costs by which an earlier level gets worse, in sixtieths."""
        dearest = max(
            (self.formulation.row(number).cost_below + self.formulation.row(number).cost_above for number in self.rows),
            default=1,
        )
        return OVER_BUDGET * max(COST_SCALE, dearest)

    def unit_costs(self) -> tuple[Floats, Floats]:
        """What one more or less in each row costs where it is short and where it is over, in sixtieths; shape (rows,).

        Earlier levels are dearer; later ones cost nothing.
        """
        dear = np.where(self.level_of < self.level, OVER_BUDGET, 1) * (self.level_of <= self.level)
        width = np.maximum(1, self.width)
        return self.below * dear / width, self.above * dear / width

    def weights(self) -> dict[int, int]:
        """Whole weights of what the own rules cost by level, earlier levels as dear."""
        return dict.fromkeys(self.steps, OVER_BUDGET * SCALE) | {self.level: SCALE}

    # -- people --------------------------------------------------------------------------------------------------

    def pricer(self, kind: int) -> Pricer:
        """The pricer of a class, made when it is first asked for."""
        with self._lock:
            lock = self._locks[kind]
        with lock:
            if kind not in self._pricers:
                remembers = self._may_remember(kind)
                with work.aside() as own:
                    one = self.formulation.classes[kind]
                    self._pricers[kind] = make_pricer(self.formulation, one, self.level, remembers=remembers)
                self._making[kind] = own.done
            return self._pricers[kind]

    def _may_remember(self, kind: int) -> bool:
        """Whether a graph of a class that remembers a long time is worth a try: if the fullest class has one."""
        if self._fullest is None or kind == self._fullest:
            return True
        try:
            return isinstance(self.pricer(self._fullest), GraphPricer)
        except ArithmeticError:  # whoever needs the schedules of that class is told
            return True

    def prepared(self, kind: int) -> Pricer:
        """The pricer of a class, with the work of making it counted here, wherever it is made."""
        pricer = self.pricer(kind)
        work.charge(self._making[kind])
        return pricer

    def terms(self, group: int) -> Terms:
        """The terms of a group's people in the linking rows."""
        if group not in self._terms_of:
            self._terms_of[group] = self._find_terms(self.groups[group].people[0])
        return self._terms_of[group]

    def _find_terms(self, person: int) -> Terms:
        formulation = self.formulation
        wanted = set(self.rows)
        of_key: dict[int, list[tuple[int, int]]] = {}
        for key in sorted(formulation.expand(formulation.offered(person))):
            here = [
                (number, coefficient)
                for number, people, coefficient in formulation.rows_of.get(key, ())
                if number in wanted and person in people
            ]
            if here:
                of_key[key] = here
        lengths = [0, *(len(here) for here in of_key.values())][:-1] if of_key else []
        return Terms(
            np.array(list(of_key), dtype=np.int64),
            np.cumsum(np.array(lengths, dtype=np.int64), dtype=np.int64),
            np.array([number for here in of_key.values() for number, _ in here], dtype=np.int64),
            np.array([coefficient for here in of_key.values() for _, coefficient in here], dtype=np.int64),
            of_key,
        )

    def key_prices(self, group: int, prices: Prices, terms: Terms | None = None) -> Numbers:
        """What each key costs a person of a group; shape (`Variables.first_own_key`,).

        Parameters
        ----------
        terms
            Those that may have a price; default all of the group.
        """
        terms = self.terms(group) if terms is None else terms
        found = np.zeros(self.formulation.variables.first_own_key, dtype=np.int64)
        if len(terms.keys):
            found[terms.keys] = np.add.reduceat(-prices.rows[terms.rows] * terms.coefficients, terms.first)
        return found

    def activity(self, group: int, schedule: Schedule) -> dict[int, int]:
        """What a schedule of a group's people adds to each linking row."""
        of_key = self.terms(group).of_key
        found: dict[int, int] = {}
        for key in self.formulation.expand(schedule):
            for number, coefficient in of_key.get(key, ()):
                found[number] = found.get(number, 0) + coefficient
        return found

    def split_excess(self, activity: Sequence[int], unit_costs: Sequence[int], prices: Prices) -> dict[int, float]:
        """What each unit costs above its price, in sixtieths of the level's weight; only units that do.

        Parameters
        ----------
        activity, unit_costs
            Of a roster, by linking row and by unit.
        """
        weights = np.array([prices.levels.get(unit.level, 0) for unit in self.units.values()], dtype=np.int64)
        costs = np.array([unit_costs[unit] for unit in self.units], dtype=np.int64)
        sides = np.where(prices.rows > 0, self.lower, self.upper)
        worth = prices.rows * (sides - np.array(activity, dtype=np.int64))
        per_unit = np.add.reduceat(worth[self._flat_rows], self._first_row) if len(self.units) else costs
        excess = weights * costs - per_unit
        numbers = list(self.units)
        return {numbers[place]: float(excess[place]) / SCALE for place in np.flatnonzero(excess > 0)}

    def units_of(self, groups: Iterable[int], turns: Sequence[int] | None = None) -> list[Unit]:
        """The units in which people of some groups have terms, within some turns if given."""
        rows: set[int] = set()
        keys = None if turns is None else self._keys_in(turns)
        for group in set(groups):
            of_key = self.terms(group).of_key
            for key in of_key if keys is None else keys & of_key.keys():
                rows.update(number for number, _ in of_key[key])
        unit_of = self.formulation.unit_of
        return [self.units[unit] for unit in sorted({unit_of[row] for row in rows})]
