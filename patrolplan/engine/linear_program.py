"""A linear program that grows by columns and is solved again and again, by GLOP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from ortools.linear_solver import pywraplp

from patrolplan.engine import work

Floats = npt.NDArray[np.float64]

INFINITY = float("inf")

PRIMAL, DUAL, AFRESH = "", "use_dual_simplex: true", "use_preprocessing: false"
WAYS = {False: (PRIMAL, DUAL, AFRESH), True: (DUAL, PRIMAL, AFRESH)}
"""How GLOP is tried: on from the last solution, with the other simplex method, and from scratch.

Where bounds are tighter than before, the last solution is no longer feasible but its prices still are: the dual method
goes on from there in less than half the time. Without preprocessing the program has another shape, so that nothing of
the last solution can be used.
"""


@dataclass(frozen=True, slots=True)
class Solved:
    """An optimum.

    Attributes
    ----------
    values, duals
        By column and by row, in the order in which they were added.
    """

    cost: float
    values: Floats
    duals: Floats


class LinearProgram:
    """Minimise the cost of columns that are at least 0, with rows between bounds."""

    def __init__(self) -> None:
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._objective = self._solver.Objective()
        self._objective.SetMinimization()
        self._rows: list[pywraplp.Constraint] = []
        self._columns: list[pywraplp.Variable] = []
        self._is_tighter = False

    def row(self, lower: float, upper: float) -> int:
        """Add a row without terms; returns its number."""
        self._rows.append(self._solver.Constraint(lower, upper))
        return len(self._rows) - 1

    def column(self, cost: float, terms: Mapping[int, float], upper: float = INFINITY) -> int:
        """Add a column with its coefficients by row; returns its number."""
        variable = self._solver.NumVar(0.0, upper, "")
        if cost:
            self._objective.SetCoefficient(variable, cost)
        for row, amount in terms.items():
            self._rows[row].SetCoefficient(variable, amount)
        self._columns.append(variable)
        return len(self._columns) - 1

    def bound_above(self, column: int, upper: float) -> None:
        """Change the most that a column may be."""
        self._is_tighter |= upper < self._columns[column].ub()
        self._columns[column].SetUb(upper)

    def bound_row(self, row: int, lower: float, upper: float) -> None:
        """Change the bounds of a row."""
        self._rows[row].SetBounds(lower, upper)

    def solve(self, seconds: float | None, deterministic: bool = False) -> Solved | None:
        """The optimum, or None if there is none or no time for it.

        Parameters
        ----------
        seconds
            Limit on the clock, or of work if `deterministic`; None for none.
        """
        limit = ""
        if seconds is not None and deterministic:
            limit = _limit_on_work(self._solver, seconds)
        elif seconds is not None:
            self._solver.SetTimeLimit(max(50, int(min(seconds, 1e6) * 1000)))
        ways, self._is_tighter = WAYS[self._is_tighter], False
        for way in ways:
            status = _run(self._solver, f"{limit} {way}")
            if status != pywraplp.Solver.ABNORMAL:  # or else it lost its way in the numbers
                break
        if status != pywraplp.Solver.OPTIMAL:
            return None
        return Solved(
            self._objective.Value(),
            np.array([variable.solution_value() for variable in self._columns]),
            np.array([row.dual_value() for row in self._rows]),
        )


def _run(solver: pywraplp.Solver, parameters: str = "") -> int:
    """Solve a program with GLOP, counted as work; its status."""
    solver.SetSolverSpecificParametersAsString(parameters)
    status: int = solver.Solve()
    size = solver.NumVariables() + solver.NumConstraints()
    work.charge(work.READING, size)
    work.charge(work.SIMPLEX, size * max(0, solver.iterations()))
    return status


def _limit_on_work(solver: pywraplp.Solver, seconds: float) -> str:
    """The parameter of GLOP with which it ends when it has worked for some seconds."""
    size = solver.NumVariables() + solver.NumConstraints()
    iterations = min(seconds * 1e9 / work.SIMPLEX / max(1, size), 1e9)
    return f"max_number_of_iterations: {max(100, int(iterations))}"
