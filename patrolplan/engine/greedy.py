"""A first roster in seconds: turn by turn, the scarcest need first, the least needed and least used people first.

It decides by the rows alone. People whose own rows cannot be kept one turn at a time (shortest streaks, fewest hours,
pins) are repaired afterwards, each by a small model of that one person.
"""

from __future__ import annotations

from ortools.sat.python import cp_model

from patrolplan.engine.closing import close_gaps
from patrolplan.engine.counting import add_chain
from patrolplan.engine.draft import Draft
from patrolplan.engine.formulation import Formulation, PersonClass, Schedule
from patrolplan.engine.incumbent import Incumbent, is_feasible
from patrolplan.engine.subproblem import Effort, StopSignal, configure


class Contradiction(Exception):
    """A person's hard rules leave no schedule at all."""

    def __init__(self, person: int) -> None:
        super().__init__(person)
        self.person = person


def first_roster(formulation: Formulation, effort: Effort, stop: StopSignal) -> Incumbent:
    """A roster that keeps every hard personal rule.

    Raises
    ------
    Contradiction
        If somebody's hard rules leave no schedule at all.
    """
    incumbent = Incumbent(formulation)
    draft = Draft(formulation, incumbent)
    for turn in range(len(formulation.variables.turns)):
        draft.fill(turn)
    for turn in range(len(formulation.variables.turns)):
        draft.call(turn)
    changes: dict[int, Schedule] = {}
    for person, keys in enumerate(draft.keys):
        one = formulation.model_of(person)
        schedule = frozenset(keys)
        if not is_feasible(formulation, one, schedule):
            schedule = nearest_schedule(formulation, one, schedule, effort, stop, person)
        if schedule:
            changes[person] = schedule
    incumbent.apply(changes)
    close_gaps(incumbent, effort, stop)
    return incumbent


def nearest_schedule(
    formulation: Formulation,
    one: PersonClass,
    wished: Schedule,
    effort: Effort,
    stop: StopSignal,
    person: int,
) -> Schedule:
    """The schedule nearest to a wished one that keeps every hard personal rule.

    Raises
    ------
    Contradiction
        If there is none.
    """
    model, chosen = person_solver_model(formulation, one)
    model.maximize(sum((1 if key in wished else -1) * variable for key, variable in chosen.items()))
    solver = cp_model.CpSolver()
    configure(solver, effort)
    with stop.watching(solver):
        status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        raise Contradiction(person)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise TimeoutError
    return frozenset(key for key, variable in chosen.items() if solver.boolean_value(variable))


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
    return model, chosen
