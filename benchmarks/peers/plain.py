"""Plain CP-SAT: all people and all rows in one model, level by level in order, as a program of its own.

The rows are those of patrolplan's own encoding; nothing else of its engine takes part: no first roster, no columns, no
neighbourhoods. The search begins with nothing. Each level may use half of the time that is left, the last one all of
it, and what a level does not use the next ones have; the cost that a level has reached is then fixed. Only while there
is no roster at all, a level goes on until there is one.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from patrolplan.engine.formulation import Formulation, Schedule
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.subproblem import Answer, Effort, StopSignal, Subproblem, Ties
from patrolplan.formats.roster_csv import write_roster
from patrolplan.plan.loading import load_operation
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.units import COST_SCALE

LEVEL_SHARE = 0.5
"""Share of the time left that a level before the last may use."""


@dataclass(frozen=True, slots=True)
class Level:
    """Cost and proved bound of one level, in sixtieths of a weight."""

    level: int
    cost: int
    bound: int


@dataclass
class Plain:
    """What came of it; no roster if nothing was found on the first level.

    Attributes
    ----------
    size
        Yes/no variables of the model.
    """

    roster: Roster | None = None
    infeasible: bool = False
    levels: list[Level] = field(default_factory=list)
    first_seconds: float | None = None
    best_seconds: float | None = None
    seconds: float = 0.0
    size: int = 0

    @property
    def status(self) -> str:
        """In the words of patrolplan."""
        if self.roster is None:
            return "infeasible" if self.infeasible else "unknown"
        return "optimal" if all(one.cost == one.bound for one in self.levels) else "feasible"

    def plain(self) -> dict[str, Any]:
        """As JSON facts, costs in weights."""
        return {
            "status": self.status,
            "bounds": {str(one.level): one.bound / COST_SCALE for one in self.levels if one.level},
            "first_roster_seconds": self.first_seconds,
            "best_seconds": self.best_seconds,
            "seconds": round(self.seconds, 3),
            "size": self.size,
        }


def solve_plain(problem: Problem, seconds: float, workers: int, seed: int) -> Plain:
    """Search for so many seconds, the building of the models included."""
    return _Search(problem, seconds, workers, seed).run()


class _Search:
    def __init__(self, problem: Problem, seconds: float, workers: int, seed: int) -> None:
        self.begin = time.monotonic()
        self.deadline = self.begin + seconds
        self.workers = workers
        self.seed = seed
        self.formulation = Formulation(problem)
        self.best = Incumbent(self.formulation)
        self.found = Plain()
        self.noted = 0.0
        self.until = self.deadline
        self.stop = StopSignal()

    def run(self) -> Plain:
        """Every level once, in order."""
        for position, level in enumerate(self.formulation.levels):
            if not self._settle(position, level):
                break
        self.found.seconds = time.monotonic() - self.begin
        return self.found

    def _settle(self, position: int, level: int) -> bool:
        """One level; whether there is a roster to go on with."""
        found = self.found
        now = time.monotonic()
        left = max(0.0, self.deadline - now)
        self.until = now + (left if level == self.formulation.levels[-1] else left * LEVEL_SHARE)
        whole = self._model(level)
        found.size = whole.size
        elsewhere = self.best.costs[position] - whole.now
        answer = self._solve(whole)
        if answer.changes is None and found.roster is None:
            found.infeasible = answer.solved
            return False
        bound = self._take(answer) + elsewhere if answer.changes is not None else 0
        found.levels.append(Level(level, self.best.costs[position], min(bound, self.best.costs[position])))
        return True

    def _solve(self, whole: Subproblem) -> Answer:
        """Search until the level's share of the time is over, or, without a roster, until there is one."""
        self.stop = StopSignal()
        watch = threading.Timer(max(0.0, self.until - time.monotonic()), self._time_is_over)
        watch.start()
        effort = Effort(max(0.0, self.deadline - time.monotonic()), self.workers, self.seed)
        try:
            return whole.solve(effort, self.stop, self._note)
        finally:
            watch.cancel()

    def _time_is_over(self) -> None:
        if self.found.first_seconds is not None:
            self.stop.set()

    def _model(self, level: int) -> Subproblem:
        people, turns = range(len(self.formulation.problem.people)), range(len(self.formulation.variables.turns))
        whole = Subproblem(self.best, people, turns, level, Ties.NONE)
        if self.found.roster is None:
            whole.model.clear_hints()
        return whole

    def _note(self, changes: dict[int, Schedule]) -> None:
        now = time.monotonic()
        self.noted = round(now - self.begin, 3)
        if self.found.first_seconds is None:
            self.found.first_seconds = self.noted
        if now > self.until:
            self.stop.set()

    def _take(self, answer: Answer) -> int:
        """Take over the answer of a level; its bound."""
        assert answer.changes is not None
        before = self.best.costs if self.found.roster is not None else None
        self.best.apply(answer.changes)
        self.found.roster = self.best.roster()
        if before is None or self.best.costs < before:
            self.found.best_seconds = self.noted
        return answer.bound


def main(arguments: Sequence[str] | None = None) -> int:
    """Read an operation, search, write the roster if there is one, and print the rest as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers.plain", description=__doc__)
    parser.add_argument("operation", type=Path)
    parser.add_argument("roster", type=Path)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    problem = load_operation(given.operation).problem
    found = solve_plain(problem, given.seconds, given.workers, given.seed)
    if found.roster is not None:
        given.roster.write_text(write_roster(problem, found.roster), encoding="utf-8", newline="")
    print(json.dumps(found.plain()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
