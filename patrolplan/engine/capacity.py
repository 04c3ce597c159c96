"""The most that one person can serve in a stretch of time under every hard rule: what bounds on head counts rest on."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ortools.sat.python import cp_model

from patrolplan.engine.cover import cover_alone
from patrolplan.engine.deadline import DETERMINISTIC_SECONDS
from patrolplan.engine.formulation import Formulation, PersonClass
from patrolplan.engine.nearest import person_solver_model
from patrolplan.engine.subproblem import Effort, configure
from patrolplan.problem import Problem
from patrolplan.units import Span, overlap


class Capacity:
    """Answers for one problem; people whom no rule tells apart are asked once.

    Parameters
    ----------
    problem
        Its hard personal rules, history and absences bind; its needs do not matter.
    seconds
        Longest time on the clock for all answers; later ones are only what is obvious, which is true, too.
    """

    def __init__(self, problem: Problem, seconds: float = math.inf) -> None:
        self._left = seconds
        self._formulation = Formulation(cover_alone(problem))
        self._models: dict[int, tuple[cp_model.CpModel, Mapping[int, cp_model.IntVar]]] = {}
        self._known: dict[tuple[int, Span], int] = {}
        self._served: dict[int, list[Sequence[Span]]] = {}

    def classes(self) -> list[tuple[int, ...]]:
        """People who are alike, together."""
        return [one.people for one in self._formulation.classes]

    def most(self, person: int, span: Span) -> int:
        """Minutes that a person can at most be on duty inside a span; proved, so it may be more than can be reached."""
        number = self._formulation.class_of[person]
        if (number, span) not in self._known:
            began = time.monotonic()
            self._known[number, span] = self._solve(number, span)
            self._left -= time.monotonic() - began
        return self._known[number, span]

    def at_least(self, person: int, span: Span) -> int:
        """Minutes inside a span of some schedule that was found for another question; 0 if there is none yet."""
        number = self._formulation.class_of[person]
        return max(
            (sum(overlap(one, span) for one in spans) for spans in self._served.get(number, ())),
            default=0,
        )

    def _solve(self, number: int, span: Span) -> int:
        formulation = self._formulation
        if self._left <= 0:
            return span[1] - span[0]
        model, chosen = self._model(number)
        slots = formulation.problem.slots
        terms = [
            (variable, minutes)
            for key, variable in chosen.items()
            if formulation.variables.is_slot(key) and (minutes := overlap((slots[key].start, slots[key].end), span))
        ]
        if not terms:
            return 0
        model.clear_objective()  # type: ignore[no-untyped-call]
        model.maximize(sum(minutes * variable for variable, minutes in terms))
        solver = cp_model.CpSolver()
        configure(solver, Effort(DETERMINISTIC_SECONDS, deterministic=True))
        status = solver.solve(model)
        if status == cp_model.INFEASIBLE:
            return 0
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            held = [key for key, variable in chosen.items() if solver.boolean_value(variable)]
            spans = [(slots[key].start, slots[key].end) for key in held if formulation.variables.is_slot(key)]
            self._served.setdefault(number, []).append(spans)
        return min(span[1] - span[0], math.floor(solver.best_objective_bound + 1e-4))

    def _model(self, number: int) -> tuple[cp_model.CpModel, Mapping[int, cp_model.IntVar]]:
        if number not in self._models:
            self._models[number] = person_solver_model(self._formulation, self._lean(number))
        return self._models[number]

    def _lean(self, number: int) -> PersonClass:
        """The class with one slot a turn, if its hard rules see turns alone, so that any slot is as good."""
        one, variables = self._formulation.classes[number], self._formulation.variables
        hard = [row for row in one.rows if row.price is None]
        chains = [chain for chain in one.chains if chain.price is None]
        seen = {key for row in hard for key in row.keys}
        if chains or one.any_of or any(variables.is_slot(key) for key in seen):
            return one
        return replace(one, slots={turn: slots[:1] for turn, slots in one.slots.items()}, rows=hard)
