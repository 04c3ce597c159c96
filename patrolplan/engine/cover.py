"""The cover alone: how few gaps a problem can have with every hard rule, and without whatever bends."""

from __future__ import annotations

from dataclasses import replace

from patrolplan.engine.conductor import Outcome, Settings, solve
from patrolplan.engine.deadline import SEARCH_SECONDS, ended_after
from patrolplan.engine.subproblem import StopSignal
from patrolplan.problem import AT_LEAST, Problem
from patrolplan.roster import Roster
from patrolplan.rules.binding import can_refuse


def cover_alone(problem: Problem) -> Problem:
    """A problem without whatever counts only after the cover: rules that bend, ideals and surplus."""
    last = max((demand.level for demand in problem.demands if demand.kind in AT_LEAST), default=1)
    return replace(
        problem,
        rules=tuple(rule for rule in problem.rules if can_refuse(rule) or rule.level <= last),
        demands=tuple(
            demand for demand in problem.demands if demand.level <= last and demand.kind not in ("surplus", "ideal")
        ),
    )


def least_gaps(
    problem: Problem, seconds: float, *, start: Roster | None = None, stop: StopSignal | None = None, seed: int = 0
) -> Outcome:
    """A roster with as few gaps as can be found, and what is proved of it.

    The search is deterministic: its effort is counted as work. The clock only ends it early.

    Parameters
    ----------
    problem
        Only the cover and the hard rules of it are looked at.
    seconds
        Longest time on the clock.
    start
        A roster to begin with.
    stop
        Ends the search early.
    """
    settings = Settings(SEARCH_SECONDS, workers=1, seed=seed, deterministic=True)
    with ended_after(seconds, stop) as signal:
        return solve(cover_alone(problem), settings, start=start, stop=signal)
