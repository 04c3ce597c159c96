"""The schedule of one person that keeps every hard rule and is nearest to a wished one.

A month is one small CP-SAT model. Half a year is not: there a schedule is made in stages of some weeks, each with a
look ahead, and limits over the whole time are used up evenly. A stage without a solution is widened backwards.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

import numpy as np
from ortools.sat.python import cp_model

from patrolplan.engine import work
from patrolplan.engine.counting import add_chain
from patrolplan.engine.formulation import Formulation, PersonClass, Schedule
from patrolplan.engine.incumbent import is_feasible
from patrolplan.engine.pricers import days_of, is_long, make_pricer
from patrolplan.engine.pricing import Numbers, Order, SolverPricer
from patrolplan.engine.subproblem import Effort, StopSignal, configure, run, size_of
from patrolplan.engine.windows import Demand, confine, kept_outside
from patrolplan.model.person_model import Row

STAGED = 70
"""Dates beyond which a schedule is made in stages."""
STAGE = 21
"""Dates that a stage settles, about; it looks at as many after them."""
STAGE_SECONDS = 3.0, 15.0, 60.0
"""Longest time for one stage, attempt by attempt."""
UNEVEN, UNLIKE = 10_000, 3_000
"""What a term costs by which a long limit is used up less or more than evenly, and a duty that is not as wished."""
NEAR_ENOUGH = 0.3
"""How far from the nearest a stage may be, as a share."""
WIDER = (0, 1, 2, 4)
"""Stages before a stage without a solution that are made anew."""


class Contradiction(Exception):
    """A person's hard rules leave no schedule at all."""

    def __init__(self, person: int) -> None:
        super().__init__(person)
        self.person = person


def nearest_schedule(
    formulation: Formulation,
    one: PersonClass,
    wished: Schedule,
    effort: Effort,
    stop: StopSignal,
    person: int,
) -> Schedule:
    """A schedule that keeps every hard personal rule and is near to a wished one: the nearest, but over a long time.

    Raises
    ------
    Contradiction
        If there is none.
    TimeoutError
        If there was no time to find one.
    """
    if is_long(formulation, one):
        try:
            budgeted = _by_budgets(formulation, one, wished, effort, stop)
        except ArithmeticError:
            raise Contradiction(person) from None
        if budgeted is not None and is_feasible(formulation, one, budgeted):
            return budgeted
    for attempt, seconds in enumerate(STAGE_SECONDS if len(days_of(formulation, one)) > STAGED else ()):
        patient = replace(effort, seconds=min(effort.seconds, seconds), workers=1, seed=effort.seed + attempt)
        found = _Stages(formulation, one, wished, patient, stop).run()
        if found is not None and is_feasible(formulation, one, found):
            return found
    model, chosen = person_solver_model(formulation, one)
    status, schedule = _solve(model, chosen, wished, effort, stop)
    if status == cp_model.INFEASIBLE:
        raise Contradiction(person)
    if schedule is None:
        raise TimeoutError
    return schedule


def _by_budgets(
    formulation: Formulation, one: PersonClass, wished: Schedule, effort: Effort, stop: StopSignal
) -> Schedule | None:
    """A near schedule, rules over the whole time having a price; None if none is found that way."""
    pricer = make_pricer(formulation, one, -1)
    if isinstance(pricer, SolverPricer):
        return None
    prices = _wishes(formulation, wished)
    found = pricer.cheapest(Order(prices, {}, wished, NEAR_ENOUGH), effort, stop)
    return found.schedules[-1] if found.schedules else None


def _wishes(formulation: Formulation, wished: Schedule) -> Numbers:
    """Prices of keys that lead to a wished schedule; shape (`Variables.first_own_key`,)."""
    variables = formulation.variables
    prices = np.full(variables.first_own_key, UNLIKE, dtype=np.int64)
    prices[variables.turn_key(0) : variables.standby_key(0)] = 0
    prices[variables.size :] = 0
    prices[list(wished)] = -UNLIKE
    return prices


class _Terms:
    """The terms of a row in order of the last turn on which they depend."""

    def __init__(self, terms: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(terms)
        self.turns = [turn for turn, _ in ordered]
        self.low = [0, *accumulate(min(0, coefficient) for _, coefficient in ordered)]
        self.high = [0, *accumulate(max(0, coefficient) for _, coefficient in ordered)]

    def open_after(self, turn: int) -> tuple[int, int]:
        """Least and most that terms after a turn can add."""
        place = bisect_right(self.turns, turn)
        return self.low[-1] - self.low[place], self.high[-1] - self.high[place]

    def share_until(self, turn: int) -> float:
        """Share of the terms that lie up to a turn."""
        return self.high[bisect_right(self.turns, turn)] / max(1, self.high[-1])


class _Stages:
    """Makes a schedule in stages."""

    def __init__(
        self, formulation: Formulation, one: PersonClass, wished: Schedule, effort: Effort, stop: StopSignal
    ) -> None:
        self.formulation = formulation
        self.one = one
        self.wished = wished
        self.effort = effort
        self.stop = stop
        turns = formulation.variables.turns
        self.turns_on: dict[int, list[int]] = {}
        for turn in sorted({*one.slots, *one.standby}):
            self.turns_on.setdefault(turns[turn].day, []).append(turn)
        self.days = sorted(self.turns_on)
        self._terms: dict[int, _Terms] = {}
        self._prices = _wishes(formulation, wished)

    def run(self) -> Schedule | None:
        """The schedule, or None if some stage has none however wide it is."""
        count = max(2, round(len(self.days) / STAGE))
        ends = [len(self.days) * number // count for number in range(count + 1)]
        held: Schedule = frozenset()
        for stage in range(count - 1):
            found = next(self._attempts(held, ends, stage), None)
            if found is None or self.stop.is_set:
                return None
            held = found
        return held

    def _attempts(self, held: Schedule, ends: Sequence[int], stage: int) -> Iterator[Schedule]:
        """Schedules up to the end of the next stage, wider and wider."""
        for wider in WIDER:
            found = self._solve(held, ends[max(0, stage - wider)], ends[stage + 2] - 1)
            if found is not None:
                yield found

    def _solve(self, held: Schedule, first: int, last: int) -> Schedule | None:
        """A schedule over some dates and everything before them, of which nothing may come after the last date."""
        turns = {turn for day in self.days[first : last + 1] for turn in self.turns_on[day]}
        kept = kept_outside(self.formulation, held, turns)
        end = max(turns)

        def demands(number: int, row: Row) -> Iterator[Demand]:
            return self._demands(number, row, end)

        part = confine(self.formulation, self.one, kept, turns, demands=demands)
        part = replace(part, chains=[chain for chain in part.chains if chain.price is None])
        order = Order(self._prices, {row.level: 1 for row in part.rows}, self.wished, NEAR_ENOUGH)
        try:
            found = SolverPricer(self.formulation, part, max(order.weights, default=1)).cheapest(
                order, self.effort, self.stop
            )
        except ArithmeticError:
            return None
        return found.schedules[-1] | kept if found.schedules else None

    def _demands(self, number: int, row: Row, end: int) -> Iterator[Demand]:
        """What a row asks of everything up to a turn: what can still be kept later, and that a long one is even."""
        if row.price is not None:
            return
        if number not in self._terms:
            last_turns = (self._last_turn(key) for key in row.keys)
            self._terms[number] = _Terms(zip(last_turns, row.coefficients, strict=True))
        terms = self._terms[number]
        least, most = terms.open_after(end)
        yield (
            None if row.lower is None else row.lower - most,
            None if row.upper is None else row.upper - least,
            None,
        )
        if (least or most) and self._is_long(terms):
            share = terms.share_until(end)
            yield (
                None if row.lower is None else math.floor(row.lower * share),
                None if row.upper is None else math.ceil(row.upper * share),
                max(1, UNEVEN // max(row.coefficients)),
            )

    def _is_long(self, terms: _Terms) -> bool:
        """Whether a row only counts, and reaches over more than a stage."""
        turns = self.formulation.variables.turns
        reach = turns[terms.turns[-1]].day - turns[terms.turns[0]].day
        return reach > 2 * STAGE and not terms.low[-1]

    def _last_turn(self, key: int) -> int:
        turn_of = self.formulation.variables.turn_of
        parts = self.one.any_of.get(key)
        return turn_of(key) if parts is None else max(turn_of(part) for part in parts)


def _solve(
    model: cp_model.CpModel,
    chosen: Mapping[int, cp_model.IntVar],
    wished: Schedule,
    effort: Effort,
    stop: StopSignal,
) -> tuple[cp_model.CpSolverStatus, Schedule | None]:
    """Status and the solution nearest to what is wished, if there was one in time."""
    model.maximize(sum((1 if key in wished else -1) * variable for key, variable in chosen.items()))
    solver = cp_model.CpSolver()
    configure(solver, effort)
    status = run(solver, model, stop)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return status, None
    return status, frozenset(key for key, variable in chosen.items() if solver.boolean_value(variable))


def person_solver_model(
    formulation: Formulation, one: PersonClass
) -> tuple[cp_model.CpModel, dict[int, cp_model.IntVar]]:
    """One person's hard rules as a CP-SAT model; returns it with the variables of slots and standby."""
    model, variables = cp_model.CpModel(), formulation.variables
    found: dict[int, cp_model.IntVar] = {}
    chosen: dict[int, cp_model.IntVar] = {}
    for turn, slots in one.slots.items():
        for key in slots:
            chosen[key] = found[key] = model.new_bool_var("")
        works = found[variables.turn_key(turn)] = model.new_bool_var("")
        model.add_exactly_one([*(found[key] for key in slots), works.negated()])
    for turn in one.standby:
        key = variables.standby_key(turn)
        chosen[key] = found[key] = model.new_bool_var("")
    for key, parts in one.any_of.items():
        found[key] = model.new_bool_var("")
        model.add_max_equality(found[key], [found[part] for part in parts if part in found])
    for row in one.rows:
        if row.price is None:
            total = cp_model.LinearExpr.weighted_sum([found[key] for key in row.keys], list(row.coefficients))
            if row.lower is not None:
                model.add(total >= row.lower) if row.keys else model.add_bool_or([])
            if row.upper is not None and row.keys:
                model.add(total <= row.upper)
    for chain in one.chains:
        if chain.price is None:
            add_chain(model, chain, chosen, ())
    work.charge(work.BUILDING, size_of(model))
    return model, chosen
