"""Search by Timefold, as a program of its own."""

from __future__ import annotations

import json
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from timefold.solver import SolverFactory
from timefold.solver.config import (
    Duration,
    EnvironmentMode,
    ScoreDirectorFactoryConfig,
    SolverConfig,
    TerminationConfig,
)

from benchmarks.peers.timefold_model.constraints import constraints
from benchmarks.peers.timefold_model.domain import Cell, Roster
from benchmarks.peers.timefold_model.reader import Dated, read_roster


def solve(task: dict[str, Any], seconds: float, seed: int) -> dict[str, Any]:
    """Search for so many seconds; who holds which slot, and when the best roster was found."""
    begin = time.monotonic()
    problem = read_roster(task)
    config = SolverConfig(
        solution_class=Roster,
        entity_class_list=[Cell],
        score_director_factory_config=ScoreDirectorFactoryConfig(constraint_provider_function=constraints),
        termination_config=TerminationConfig(spent_limit=Duration(milliseconds=int(seconds * 1000))),
        environment_mode=EnvironmentMode.NO_ASSERT,
        random_seed=seed,
    )
    solver = SolverFactory.create(config).build_solver()
    best = note_improvements(solver)
    started = time.monotonic()
    found = solver.solve(problem)
    return {
        "held": held(found, Dated(task)),
        "score": str(found.score),
        "first_roster_seconds": best[0] if best else None,
        "best_seconds": best[-1] if best else None,
        "seconds": time.monotonic() - started,
        "start_seconds": started - begin,
        "versions": {"timefold": version("timefold"), "python": platform.python_version(), "java": java_version()},
    }


def held(found: Roster, dated: Dated) -> list[list[int]]:
    """Pairs of person and slot."""
    working = [cell for cell in found.cells if cell.work is not None]
    return [[cell.person, dated.slots[cell.first_kind + cell.work.kind]] for cell in working]


def note_improvements(solver: Any) -> list[float]:
    """A list to which the seconds of every better roster will be added.

    The listener of the Python package hands over the whole roster each time, which takes most of the time of the
    search; so this one asks Java for the time alone.
    """
    from jpype import JImplements, JOverride

    seconds: list[float] = []

    @JImplements("ai.timefold.solver.core.api.solver.event.SolverEventListener")
    class Watch:
        @JOverride
        def bestSolutionChanged(self, event: Any) -> None:
            seconds.append(event.getTimeMillisSpent() / 1000)

    solver._delegate.addEventListener(Watch())
    return seconds


def java_version() -> str:
    """Version of the Java that runs the search."""
    from jpype import JClass

    return str(JClass("java.lang.System").getProperty("java.version"))


def main(arguments: list[str]) -> None:
    """Read a task, search, write the answer."""
    task, answer, seconds, seed = arguments
    found = solve(json.loads(Path(task).read_text(encoding="utf-8")), float(seconds), int(seed))
    Path(answer).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
