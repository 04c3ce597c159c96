"""Where people would be missing if somebody gave up a duty."""

from __future__ import annotations

from typing import NamedTuple

from patrolplan.problem import Demand, Problem
from patrolplan.roster import Duty, Roster
from patrolplan.rules.cover.check import Presence, counts, posted_stretches, presence
from patrolplan.units import overlap


class Shortfall(NamedTuple):
    """People who would be missing for a demand, at the worst minute."""

    demand: Demand
    short: int


class Leaving:
    """Answers for one roster; its cover is counted once.

    Parameters
    ----------
    roster
        With the given duties; see `patrolplan.audit.complete`.
    """

    def __init__(self, problem: Problem, roster: Roster) -> None:
        posted = posted_stretches(roster)
        self._problem = problem
        self._pieces: list[tuple[Demand, list[Presence]]] = [
            (demand, list(presence(problem, demand, posted)))
            for demand in problem.demands
            if not demand.is_upper and demand.kind != "ideal"
        ]

    def shortfalls(self, duty: Duty, to: int | None = None) -> list[Shortfall]:
        """The needs that would lack somebody, the worst first.

        Parameters
        ----------
        duty
            A duty of the roster that is given up.
        to
            The post to which its person moves instead, at the same time.
        """
        found = []
        for demand, pieces in self._pieces:
            spans = [(one.start, one.end) for one in duty.stretches if one.post in demand.posts]
            if not spans or to in demand.posts or not counts(self._problem, demand, duty):
                continue
            short = max(
                (
                    piece.window.count - piece.people + 1
                    for piece in pieces
                    if piece.window.turn in (None, (duty.day, duty.shift))
                    and any(overlap((piece.start, piece.end), span) for span in spans)
                ),
                default=0,
            )
            if short > 0:
                found.append(Shortfall(demand, short))
        return sorted(found, key=lambda one: (one.demand.level, -one.demand.cost, -one.short))
