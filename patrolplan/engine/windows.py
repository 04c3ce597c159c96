"""One person's rules within a few turns: what is held outside is given, and becomes part of the bounds.

Over half a year the schedules of a person are too many for one graph; those that differ within two weeks are few. What
the rules ask within some turns is again a set of rows and chains, so that every pricer takes it as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

import numpy as np

from patrolplan.engine import work
from patrolplan.engine.budgets import LONG_ROW, reach
from patrolplan.engine.formulation import Formulation, PersonClass, Schedule
from patrolplan.engine.incumbent import personal_costs, row_activities, true_keys
from patrolplan.engine.pricing import GraphPricer, Order, Priced
from patrolplan.engine.subproblem import Effort, StopSignal
from patrolplan.model.chains import Chain, KnownLink
from patrolplan.model.person_model import Row

Demand = tuple[int | None, int | None, int | None]
"""Lower and upper bound of a row, and its price or None if it is hard."""
Demands = Callable[[int, Row], Iterable[Demand]]
"""What a row, given with its number, asks of everything outside some turns and within them."""


def confine(
    formulation: Formulation,
    one: PersonClass,
    held: Schedule,
    turns: Collection[int],
    offered: Collection[int] | None = None,
    demands: Demands | None = None,
) -> PersonClass:
    """The rules of somebody who keeps what he holds outside some turns.

    Parameters
    ----------
    held
        A schedule that keeps the hard rules.
    turns
        When anything else may be held.
    offered
        The only slots and standby that may be held then; None for all.
    demands
        What each row asks; default its bounds at its price.

    Returns
    -------
    PersonClass
        Its schedules are the parts within the turns; costs outside are in its idle cost.
    """
    variables = formulation.variables
    slots = {
        turn: tuple(key for key in one.slots[turn] if offered is None or key in offered)
        for turn in sorted(turns)
        if turn in one.slots
    }
    slots = {turn: keys for turn, keys in slots.items() if keys}
    standby = frozenset(
        turn for turn in one.standby if turn in turns and (offered is None or variables.standby_key(turn) in offered)
    )
    free = {key for keys in slots.values() for key in keys}
    free.update(variables.turn_key(turn) for turn in slots)
    free.update(variables.standby_key(turn) for turn in standby)
    work.charge(work.CONFINING, len(free))
    work.charge(work.CONFINING_HELD, len(held))
    work.charge(work.CONFINING_ROW, len(one.rows))
    kept = kept_outside(formulation, held, turns)
    given = true_keys(formulation, one, kept)
    any_of = {
        key: here
        for key, parts in _touched_derivations(one, free).items()
        if key not in given and (here := tuple(part for part in parts if part in free))
    }
    rows, constant = _confine_rows(formulation, one, held, given, free | any_of.keys(), demands)
    rows_of: dict[int, list[tuple[int, int]]] = {}
    for number, row in enumerate(rows):
        for key, coefficient in zip(row.keys, row.coefficients, strict=True):
            rows_of.setdefault(key, []).append((number, coefficient))
    parts_of: dict[int, list[int]] = {}
    for derived, parts in any_of.items():
        for part in parts:
            parts_of.setdefault(part, []).append(derived)
    return replace(
        one,
        rows=rows,
        slots=slots,
        standby=standby,
        rows_of=rows_of,
        idle_cost=constant,
        any_of=any_of,
        parts_of=parts_of,
        chains=[_confine_chain(formulation, chain, kept, free) for chain in one.chains],
        given=frozenset(key for key in given if key in variables.any_of),
    )


def kept_outside(formulation: Formulation, held: Schedule, turns: Collection[int]) -> Schedule:
    """What of a schedule lies outside some turns."""
    turn_of = formulation.variables.turn_of
    return frozenset(key for key in held if turn_of(key) not in turns)


def _touched_derivations(one: PersonClass, free: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """The person's own derived variables that something free can make true."""
    if not one.parts_of:
        return {}
    return {derived: one.any_of[derived] for key in free for derived in one.parts_of.get(key, ())}


def _confine_rows(
    formulation: Formulation,
    one: PersonClass,
    held: Schedule,
    given: Iterable[int],
    free: Collection[int],
    demands: Demands | None,
) -> tuple[list[Row], dict[int, int]]:
    """The rows that still matter, and what all others cost by level, with what nobody can change of these."""
    terms: dict[int, list[tuple[int, int]]] = {}
    for key in sorted(free):
        for number, coefficient in one.rows_of.get(key, ()):
            terms.setdefault(number, []).append((key, coefficient))
    outside = dict.fromkeys(terms, 0)
    for key in given:
        for number, coefficient in one.rows_of.get(key, ()):
            if number in outside:
                outside[number] += coefficient
    now = row_activities(formulation, one, held)
    constant = personal_costs(formulation, one, held)
    for chain in one.chains:
        if chain.price:
            constant[chain.level] = constant.get(chain.level, 0) - chain.excess(held) * chain.price
    rows = []
    for number, here in sorted(terms.items()):
        row = one.rows[number]
        if row.price:
            constant[row.level] = constant.get(row.level, 0) - row.violation(now.get(number, 0)) * row.price
        keys, coefficients = zip(*here, strict=True)
        least = sum(min(0, coefficient) for coefficient in coefficients)
        most = sum(max(0, coefficient) for coefficient in coefficients)
        for one_lower, one_upper, price in (
            [(row.lower, row.upper, row.price)] if demands is None else demands(number, row)
        ):
            lower = None if one_lower is None or one_lower - outside[number] <= least else one_lower - outside[number]
            upper = None if one_upper is None or one_upper - outside[number] >= most else one_upper - outside[number]
            if lower is not None or upper is not None:
                rows.append(Row(keys, coefficients, lower, upper, price, row.level, row.rule))
    rows += [Row((), (), cost, None, 1, level, "") for level, cost in constant.items() if cost]
    return rows, {level: cost for level, cost in constant.items() if cost}


def _confine_chain(formulation: Formulation, chain: Chain, kept: Schedule, free: Collection[int]) -> Chain:
    links = [KnownLink(*chain.places[key], True) for key in kept if key in chain.places]
    known = sorted([*chain.known, *links], key=lambda link: link.turn)
    return replace(chain, places={key: place for key, place in chain.places.items() if key in free}, known=tuple(known))


def _divided(formulation: Formulation, one: PersonClass, held: Schedule, share: tuple[int, int]) -> Demands:
    """What rows ask if others change other turns at once: of hard ones over a long time, a part of what they leave."""
    now = row_activities(formulation, one, held)

    def demands(number: int, row: Row) -> Iterable[Demand]:
        if row.price is not None or reach(formulation, one, row) <= LONG_ROW:
            return [(row.lower, row.upper, row.price)]
        used, step = now.get(number, 0), max(map(abs, row.coefficients))
        lower = None if row.lower is None else used - _part(used - row.lower, step, share)
        upper = None if row.upper is None else used + _part(row.upper - used, step, share)
        return [(lower, upper, None)]

    return demands


def _part(room: int, step: int, share: tuple[int, int]) -> int:
    """Part of some room, in whole steps; the first one also has what is less than a step."""
    place, parts = share
    steps, rest = divmod(room, step)
    whole, over = divmod(steps, parts)
    return (whole + (place < over)) * step + (rest if place == 0 else 0)


class WindowPricer:
    """The cheapest schedule of somebody who keeps what he holds outside some turns; for arguments see `confine`.

    Parameters
    ----------
    most_arcs
        Of a graph of his schedules.
    share
        Part of what hard rules over a long time leave open, see `Region.share`.

    Raises
    ------
    TooLarge
        If the graph would have more arcs.
    """

    def __init__(
        self,
        formulation: Formulation,
        one: PersonClass,
        held: Schedule,
        turns: Collection[int],
        offered: Collection[int] | None,
        level: int,
        most_arcs: int,
        share: tuple[int, int] = (0, 1),
    ) -> None:
        demands = None if share[1] == 1 else _divided(formulation, one, held, share)
        self._kept = kept_outside(formulation, held, turns)
        given = formulation.expand(self._kept)
        self._given = np.array(sorted(given), dtype=np.int64)
        within = confine(formulation, one, held, turns, offered, demands)
        self._pricer = GraphPricer(formulation, within, level, most_arcs)

    def cheapest(self, order: Order, effort: Effort, stop: StopSignal) -> Priced:
        """The cheapest schedule, with what is kept outside."""
        inner = self._pricer.cheapest(order, effort, stop)
        outside = int(order.prices[self._given].sum()) if len(self._given) else 0
        schedules = tuple(schedule | self._kept for schedule in inner.schedules)
        return replace(inner, bound=inner.bound + outside, schedules=schedules)
