"""What the needs ask of people of a kind in a stretch of time, against what those who are there can serve at most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from patrolplan.analysis.explained import Shortage
from patrolplan.analysis.headcount import Kind, Step, head_count, kinds, minutes_in, windows
from patrolplan.analysis.phantoms import present
from patrolplan.engine.capacity import Capacity
from patrolplan.problem import Problem
from patrolplan.units import Span

MOST_WINDOWS = 8
"""Stretches of time for which everybody is asked what they can serve."""


class Supply:
    """Answers for one problem.

    Parameters
    ----------
    problem
        Whose needs and people are counted.
    capacity
        What its people can serve; of a problem in which they have the same numbers.
    """

    def __init__(self, problem: Problem, capacity: Capacity) -> None:
        self.problem = problem
        self.capacity = capacity
        self.kinds = kinds(problem)
        spans = sorted({(slot.start, slot.end) for slot in problem.slots if not slot.training})
        self.windows = list(windows(problem, spans))
        self.steps: dict[Kind, list[Step]] = {kind: head_count(problem, kind) for kind in self.kinds}

    def needed(self, kind: Kind, window: Span) -> int:
        """Person-minutes of a kind that are asked for in a stretch of time."""
        return minutes_in(self.steps[kind], window)

    def most(self, kind: Kind, window: Span) -> int:
        """Minutes that the people of a kind can serve at most in a stretch of time."""
        day = self.problem.zone.local(window[0])[0]
        return sum(
            self.capacity.most(person, window)
            for person in range(len(self.problem.people))
            if kind.holds(self.problem, person, day)
        )

    def tightest(self, kind: Kind, among: Iterable[Span]) -> list[Span]:
        """The stretches of time in which people of a kind are scarcest, as far as a guess goes."""

        def scarcity(window: Span) -> float:
            day = self.problem.zone.local(window[0])[0]
            people = [one for one in present(self.problem, window) if kind.holds(self.problem, one, day)]
            if not people:
                return float(self.needed(kind, window))
            one = self.capacity.at_least(people[0], window) or self.capacity.most(people[0], window)
            return self.needed(kind, window) / max(1, one * len(people))

        return sorted(among, key=lambda one: (-scarcity(one), one))[:MOST_WINDOWS]

    def shortages(self, inside: Span) -> Iterator[Shortage]:
        """Kinds of people of whom more is asked for around a span than all who are there can serve."""
        near = [one for one in self.windows if one[0] < inside[1] and one[1] > inside[0]]
        short = [one for one in near if one[1] - one[0] <= 2 * (inside[1] - inside[0]) or one[1] - one[0] <= LONGEST]
        for kind in self.kinds:
            found = [
                Shortage(kind.label, window, needed, most)
                for window in self.tightest(kind, short)
                if (needed := self.needed(kind, window)) > (most := self.most(kind, window))
            ]
            if found:
                yield max(found, key=lambda one: (one.needed - one.most, -one.span[1] + one.span[0]))


LONGEST = 3 * 24 * 60
"""Stretches of time up to this many minutes are always looked at."""
