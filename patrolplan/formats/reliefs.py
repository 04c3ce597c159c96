"""Who relieves whom: the people who come to a post and who leave it at one moment, in pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from patrolplan.problem import Problem
from patrolplan.roster import Roster


class Reliefs:
    """Changes of people at the posts of a roster; training and standby relieve nobody.

    Those who come and those who go are paired in the order of their service numbers; who comes as an addition relieves
    nobody, and who comes alone relieves all that go. Somebody who does both at once stays.
    """

    def __init__(self, problem: Problem, roster: Roster) -> None:
        self._problem = problem
        self._coming: dict[tuple[int, int], set[int]] = defaultdict(set)
        self._going: dict[tuple[int, int], set[int]] = defaultdict(set)
        for duty in roster.duties:
            for part in duty.stretches if duty.kind == "duty" else ():
                if part.post is not None:
                    self._coming[part.post, part.start].add(part.person)
                    self._going[part.post, part.end].add(part.person)

    def relieved(self, post: int | None, instant: int, person: int) -> list[int]:
        """Whom somebody who comes to a post at an instant relieves there."""
        come, go = self._change(post, instant)
        return go[come.index(person) :: len(come)] if person in come else []

    def relievers(self, post: int | None, instant: int, person: int) -> list[int]:
        """Who relieves somebody who leaves a post at an instant."""
        come, go = self._change(post, instant)
        return [come[go.index(person) % len(come)]] if person in go and come else []

    def _change(self, post: int | None, instant: int) -> tuple[list[int], list[int]]:
        """Who comes to and who leaves a post at an instant; nobody where there is no post."""
        if post is None:
            return [], []
        come, go = self._coming.get((post, instant), set()), self._going.get((post, instant), set())
        return self._by_number(come - go), self._by_number(go - come)

    def _by_number(self, people: Collection[int]) -> list[int]:
        return sorted(people, key=lambda person: self._problem.people[person].id)
