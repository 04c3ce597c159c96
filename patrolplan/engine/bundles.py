"""A quick bound of a level on which people's own rules count duties: rows of a kind share a price, people are counted.

Where everybody's share of nights is seven and a quarter, each person alone may have seven; but somebody has to have
eight, since the nights have to be served. To see that, a linear program over whole schedules needs neither every post
and date nor to know which schedules are possible: rows of the same kind are added up, and a schedule is only how many
duties of each kind it has. Both can only make the problem easier.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType

import numpy as np

from patrolplan.engine.alternatives import most_worth
from patrolplan.engine.columns import Columns
from patrolplan.engine.formulation import Formulation, PersonClass, Schedule
from patrolplan.engine.hardening import Proved, capped, elsewhere, hardened, is_plain
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.linking import Linking, Numbers
from patrolplan.engine.master import Column
from patrolplan.engine.pricing import Order, Priced
from patrolplan.engine.subproblem import Effort, StopSignal
from patrolplan.engine.work import COUNTING, Watch, charge
from patrolplan.model.link_rows import LinkRow, LinkRows
from patrolplan.model.person_model import Row

MOST_COUNTS = 400_000
"""Most combinations of counts that are looked at for one class of people; who would have more has no own cost here."""

MOST_CUTS, CUT_SHARE = 8, 0.6
"""Times that more is looked at of turns with too few people, and share of the time that is left for each of them."""

LEAST_CUT = 0.01
"""Least difference for which that is done, in duties."""

NOTHING: Proved = MappingProxyType({})
"""As much as is proved at first."""

MOST_IN_ALL = 20_000_000
"""Most combinations that are looked at for all people in one round; beyond, the bound would not be ready in time."""

Signature = tuple[int, ...]
"""What a duty adds to each of the rows that are counted."""


def counted_bound(
    linking: Linking, incumbent: Incumbent, effort: Effort, stop: StopSignal, proved: Proved = NOTHING
) -> int:
    """Least that a level costs, in sixtieths, without linking rows that have no variables.

    Parameters
    ----------
    linking
        The linking rows up to the level.
    incumbent
        Earlier levels cost no more than here.
    proved
        What is known of these; see `hardened`.
    """
    formulation, watch = linking.formulation, Watch(effort.deterministic)
    if not any(_is_priced(row, linking.level) for one in formulation.classes for row in one.rows):
        return 0
    by_class = [CountPricer(formulation, one, linking.level) for one in formulation.classes]
    if sum(by_class[group.kind].size for group in linking.groups) > MOST_IN_ALL:
        return 0
    return _Counting(by_class, incumbent, linking.level, effort, stop, watch).bound(proved)


class _Counting:
    """The linear program over counts, again and again with more of what is known about turns with too few people.

    Parameters
    ----------
    by_class
        Pricing problem of each class.
    """

    def __init__(
        self,
        by_class: Sequence[CountPricer],
        incumbent: Incumbent,
        level: int,
        effort: Effort,
        stop: StopSignal,
        watch: Watch,
    ) -> None:
        self.pricers = {person: by_class[kind] for person, kind in enumerate(incumbent.formulation.class_of)}
        self.alike = _alike_turns(incumbent.formulation, level)
        self.held = incumbent.duties_by_turn()
        self.level = level
        self.incumbent = incumbent
        self.effort = effort
        self.stop = stop
        self.watch = watch
        self.seeds: list[tuple[int, Schedule]] = []
        self.asked: set[tuple[tuple[int, int], ...]] = set()

    def bound(self, proved: Proved) -> int:
        """Least that the level costs, in sixtieths."""
        rows, crowded = hardened(self.incumbent, self.level, proved)
        sums = bundled(self.incumbent.formulation, rows, self.level)

        def add_up(links: LinkRows) -> None:
            links.rows = sums

        formulation, best = self.incumbent.formulation.with_links(add_up), 0
        for _ in range(1 + MOST_CUTS):
            columns, last = self._solved(formulation), best
            best = max(best, columns.proved)
            if 0 < best <= last:
                break
            before, taken = formulation, _duties_by_turn(columns)
            for turns in sorted(crowded, key=len) if columns.is_complete else ():
                formulation = self._cut(formulation, taken, turns, proved)
                if formulation is not before:
                    break
            else:
                break
        return best

    def _left(self) -> float:
        return self.effort.seconds - self.watch.seconds

    def _solved(self, formulation: Formulation) -> Columns:
        """Column generation for the same people with some linking rows, begun with what it took in before."""
        base, roster = Incumbent(formulation), self.incumbent
        base.apply(dict(enumerate(roster.held)))
        spent = {one: cost - roster.fixed_cost(one) for one, cost in zip(formulation.levels, roster.costs, strict=True)}
        linking = Linking(formulation, self.level)
        columns = Columns(linking, base, lambda: self.effort, self.stop, pricers=self.pricers, spent=spent)
        for group, schedule in self.seeds:
            columns.master.add(group, schedule)
        while self._left() > 0 and columns.step(self._left()):
            pass
        self.seeds = [(one.group, one.schedule) for _, one in _taken(columns)]
        return columns

    def _cut(
        self, formulation: Formulation, taken: Sequence[float], turns: frozenset[int], proved: Proved
    ) -> Formulation:
        """More rows for some turns, if the program has more people on duty there than there can be.

        All duties are looked at together, and then those of which the program has more than the roster.
        """
        more: dict[int, float] = defaultdict(float)
        for turn in turns:
            more[self.alike[turn]] += taken[turn] - self.held[turn]
        if sum(more.values()) >= LEAST_CUT:
            formulation = self._capped(formulation, taken, dict.fromkeys(turns, 1), proved)
        if max(more.values()) >= LEAST_CUT:
            worth = {turn: int(more[self.alike[turn]] >= LEAST_CUT) for turn in turns}
            formulation = self._capped(formulation, taken, worth, proved)
        return formulation

    def _capped(
        self, formulation: Formulation, taken: Sequence[float], worth: Mapping[int, int], proved: Proved
    ) -> Formulation:
        """One more row for what duties are worth at most, if those of the program are worth more; asked only once."""
        asked = tuple(sorted(worth.items()))
        if self._left() <= 0 or asked in self.asked:
            return formulation
        self.asked.add(asked)
        turns, effort = frozenset(worth), replace(self.effort, seconds=CUT_SHARE * self._left())
        most = most_worth(self.incumbent, turns, self.level, worth, elsewhere(turns, proved), effort)
        is_enough = sum(one * taken[turn] for turn, one in worth.items()) <= most + LEAST_CUT
        return formulation if is_enough else capped(formulation, self.level, worth, most)


def _taken(columns: Columns) -> list[tuple[float, Column]]:
    """The columns that a program takes in, in part or whole."""
    values = columns.point.values if columns.point is not None else []
    return [(value, one) for value, one in zip(values, columns.master.columns, strict=False) if value > 1e-9]


def _duties_by_turn(columns: Columns) -> list[float]:
    """How many people a program has on duty in each turn."""
    variables = columns.linking.formulation.variables
    found = [0.0] * len(variables.turns)
    for value, column in _taken(columns):
        for key in column.schedule:
            if variables.is_slot(key):
                found[variables.turn_of(key)] += value
    return found


def bundled(formulation: Formulation, rows: Sequence[LinkRow], level: int) -> list[LinkRow]:
    """Sums of linking rows up to a level that ask the same of the same people at the same price.

    Only rows that stand alone take part; turns have to count alike for everybody.

    Parameters
    ----------
    rows
        Of the formulation, or in their place.
    """
    variables, alike = formulation.variables, _alike_turns(formulation, level)
    found: dict[object, list[LinkRow]] = defaultdict(list)
    for number, row in enumerate(rows):
        keys = [key for term in row.terms for key in term.keys]
        is_own = any(key >= variables.size for key in keys)
        if row.level > level or is_own or not is_plain(row, formulation.units[formulation.unit_of[number]]):
            continue
        terms = []
        for term in row.terms:
            sorts = {
                (variables.is_slot(key), variables.is_standby(key), alike[variables.turn_of(key)]) for key in term.keys
            }
            terms.append((term.mask, term.coefficient, frozenset(sorts)))
        prices = (row.level, row.cost_below, row.cost_above, row.unit, row.lower is None, row.upper is None)
        found[row.rule, prices, tuple(terms)].append(row)
    return [_sum(together) for together in found.values()]


def _sum(rows: Sequence[LinkRow]) -> LinkRow:
    """One row for the sum of several: what it leaves open, each of them may."""
    first = rows[0]
    terms = tuple(
        replace(term, keys=tuple(key for row in rows for key in row.terms[place].keys))
        for place, term in enumerate(first.terms)
    )
    lower = None if first.lower is None else sum(row.lower or 0 for row in rows)
    upper = None if first.upper is None else sum(row.upper or 0 for row in rows)
    return replace(first, terms=terms, lower=lower, upper=upper, pool=None)


def _alike_turns(formulation: Formulation, level: int) -> list[int]:
    """A number for each turn; turns of one number are of one shift and add the same to own rules."""
    variables = formulation.variables
    seen: dict[object, int] = {}
    found = []
    for number, turn in enumerate(variables.turns):
        key = variables.turn_key(number)
        adds = set()
        for one in formulation.classes:
            rows = ((one.rows[row], amount) for row, amount in one.rows_of.get(key, ()))
            adds.add(tuple(sorted((row.rule, amount) for row, amount in rows if _is_priced(row, level))))
        found.append(seen.setdefault((turn.shift, frozenset(adds - {()})), len(seen)))
    return found


def _is_priced(row: Row, level: int) -> bool:
    return bool(row.price) and row.level == level


class CountPricer:
    """The own rules of a class on one level as far as they count duties, and nothing else of its rules.

    Parameters
    ----------
    level
        Rules that cost on other levels are left out.

    Attributes
    ----------
    size
        Combinations of counts.
    """

    def __init__(self, formulation: Formulation, one: PersonClass, level: int) -> None:
        size = formulation.variables.size
        rows = [row for row in one.rows if _is_priced(row, level) and all(key < size for key in row.keys)]
        kinds = _kinds(formulation, one, rows)
        counted = [kind for kind in kinds if any(kind.signature)]
        if math.prod(kind.most + 1 for kind in counted) > MOST_COUNTS:
            rows, counted = [], []
        self.size = math.prod(kind.most + 1 for kind in counted)
        self._level = level
        self._rows = rows
        self._counted = counted
        self._free = [kind for kind in kinds if kind not in counted]

    @cached_property
    def _costs(self) -> Numbers:
        """What the own rules cost by how many duties of each kind there are, in sixtieths."""
        counts = np.indices([kind.most + 1 for kind in self._counted], dtype=np.int64)
        total = np.zeros(counts.shape[1:], dtype=np.int64)
        for number, row in enumerate(self._rows):
            activity = np.zeros_like(total)
            for kind, count in zip(self._counted, counts, strict=True):
                activity += kind.signature[number] * count
            for side in (
                None if row.lower is None else row.lower - activity,
                None if row.upper is None else activity - row.upper,
            ):
                if side is not None:
                    total += np.maximum(0, side) * (row.price or 0)
        return total

    def cheapest(self, order: Order, effort: Effort, stop: StopSignal) -> Priced:
        """The cheapest counts, with duties that come to them; these may be no possible schedule."""
        charge(COUNTING, self._costs.size)
        total = self._costs * order.weights[self._level]
        held: list[list[int]] = []
        for axis, kind in enumerate(self._counted):
            prices, keys = kind.cheapest(order.prices)
            shape = [-1 if other == axis else 1 for other in range(len(self._counted))]
            total = total + np.concatenate(([0], np.cumsum(prices))).reshape(shape)
            held.append(keys)
        place = np.unravel_index(int(total.argmin()), total.shape)
        bound = int(total[place])
        chosen = [key for keys, count in zip(held, place, strict=True) for key in keys[:count]]
        for kind in self._free:
            prices, keys = kind.cheapest(order.prices)
            count = int((prices < 0).sum())
            bound += int(prices[:count].sum())
            chosen += keys[:count]
        return Priced(bound, (frozenset(chosen),), {self._level: int(self._costs[place])})


class _Kind:
    """Duties that add the same to all rows that are counted, of which each turn may have one.

    Parameters
    ----------
    options
        Slots, or the standby, of each turn, with the key of the turn (for standby its own).
    """

    def __init__(self, signature: Signature, options: Sequence[Sequence[tuple[int, int]]]) -> None:
        self.signature = signature
        self.most = len(options)
        self._keys = np.array([key for turn in options for key, _ in turn], dtype=np.int64)
        self._turns = np.array([turn_key for turn in options for _, turn_key in turn], dtype=np.int64)
        self._first = np.cumsum([0, *(len(turn) for turn in options)][:-1], dtype=np.int64)
        self._turn_of = np.repeat(np.arange(len(options)), [len(turn) for turn in options])

    def cheapest(self, prices: Numbers) -> tuple[Numbers, list[int]]:
        """The cheapest duty of each turn, cheapest turns first: prices and keys."""
        each = prices[self._keys] + np.where(self._turns != self._keys, prices[self._turns], 0)
        order = np.lexsort((each, self._turn_of))[self._first]
        order = order[np.argsort(each[order], kind="stable")]
        return each[order], self._keys[order].tolist()


def _kinds(formulation: Formulation, one: PersonClass, rows: Sequence[Row]) -> list[_Kind]:
    """The duties of a class by what they add to some rows."""
    variables = formulation.variables
    adds: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for number, row in enumerate(rows):
        for key, coefficient in zip(row.keys, row.coefficients, strict=True):
            adds[key][number] += coefficient

    def signature(*keys: int) -> Signature:
        return tuple(sum(adds[key][number] for key in keys if key in adds) for number in range(len(rows)))

    found: dict[Signature, list[list[tuple[int, int]]]] = defaultdict(list)
    for turn in sorted({*one.slots, *one.standby}):
        key = variables.turn_key(turn)
        here: dict[Signature, list[tuple[int, int]]] = defaultdict(list)
        for slot in one.slots.get(turn, ()):
            here[signature(slot, key)].append((slot, key))
        for added, options in here.items():
            found[added].append(options)
        if turn in one.standby:
            call = variables.standby_key(turn)
            found[signature(call)].append([(call, call)])
    return [_Kind(added, found[added]) for added in sorted(found)]
