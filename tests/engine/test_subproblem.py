"""Parts of a roster set free, against every roster that differs only there."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from patrolplan.engine.formulation import Schedule
from patrolplan.engine.incumbent import Costs, Incumbent
from patrolplan.engine.subproblem import Effort, StopSignal, Subproblem, Ties
from tests.engine.enumeration import Tiny, some_roster, tiny

EFFORT = Effort(20.0, deterministic=True)
BATCHES = [range(start, start + 15) for start in range(0, 150, 15)]


class Part:
    """Who and what is free around a roster."""

    def __init__(self, rng: random.Random, case: Tiny) -> None:
        variables = case.formulation.variables
        self.case = case
        self.base = some_roster(rng, case)
        self.people = [person for person in case.people if rng.random() < 0.7] or [0]
        self.turns = [turn for turn in range(len(variables.turns)) if rng.random() < 0.7]
        self.offered: dict[int, frozenset[int]] | None = None
        if rng.random() < 0.3:
            self.offered = {
                person: self.base.held[person] | {key for key in range(variables.size) if rng.random() < 0.5}
                for person in self.people
                if rng.random() < 0.8
            }
        self.level = rng.choice(list(case.formulation.levels))
        self.position = case.formulation.levels.index(self.level)

    def solve(self, ties: Ties) -> tuple[Incumbent, int]:
        """The roster with the answer, and the bound on the whole level."""
        subproblem = Subproblem(self.base, self.people, self.turns, self.level, ties, self.offered)
        answer = subproblem.solve(EFFORT, StopSignal())
        assert answer.solved and answer.changes is not None, self.case.facts
        assert set(answer.changes) == set(self.people)
        after = self.base.copy()
        after.apply(answer.changes)
        for person in self.case.people:
            assert after.held[person] in self.case.allowed[person], self.case.facts
            assert self._is_reachable(person, after.held[person]), self.case.facts
        outside = self.base.costs[self.position] - subproblem.now
        return after, answer.bound + outside

    def reachable(self) -> Iterator[Costs]:
        """Costs of all rosters that differ only in the part and whose earlier levels cost no more."""
        return (costs for costs, _ in self.reachable_with_changes())

    def reachable_with_changes(self) -> Iterator[tuple[Costs, int]]:
        """The same, each with how many slots and standby are not as before."""
        for costs, incumbent in self.case.priced(self._plans()):
            if all(cost <= now for cost, now in zip(costs[: self.position], self.base.costs, strict=False)):
                yield costs, self.changes(incumbent)

    def changes(self, incumbent: Incumbent) -> int:
        """How many slots and standby are not as before."""
        return sum(len(now ^ before) for now, before in zip(incumbent.held, self.base.held, strict=True))

    def _plans(self) -> Iterator[dict[int, Schedule]]:
        for plan in self.case.plans():
            if all(self._is_reachable(person, schedule) for person, schedule in plan.items()):
                yield dict(plan)

    def _is_reachable(self, person: int, schedule: Schedule) -> bool:
        before = self.base.held[person]
        if person not in self.people:
            return schedule == before
        variables = self.case.formulation.variables
        if any(variables.turn_of(key) not in self.turns for key in schedule ^ before):
            return False
        inside = [key for key in schedule if variables.turn_of(key) in self.turns]
        offered = (self.offered or {}).get(person)
        return offered is None or all(key in offered for key in inside)


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
@pytest.mark.parametrize("ties", list(Ties))
def test_a_free_part_is_made_as_cheap_as_it_can_be(batch: range, ties: Ties) -> None:
    for number in batch:
        part = Part(random.Random(f"part-{number}"), tiny(f"part-{number}"))
        before, position = part.base.costs, part.position
        roster, bound = part.solve(ties)
        after = roster.costs
        assert all(cost <= now for cost, now in zip(after[:position], before, strict=False)), (number, part.case.facts)
        best = min(costs[position] for costs in part.reachable())
        assert after[position] == best <= before[position], (number, part.case.facts)
        assert bound <= best
        if ties is Ties.NONE:
            assert bound == best, (number, part.case.facts)


@pytest.mark.parametrize("batch", BATCHES[:5], ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_nothing_free_changes_nothing(batch: range) -> None:
    for number in batch:
        part = Part(random.Random(f"part-{number}"), tiny(f"part-{number}"))
        part.turns, part.offered = [], None
        roster, _ = part.solve(Ties.NONE)
        assert roster.costs == part.base.costs


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_ties_are_broken_as_they_should_be(batch: range) -> None:
    for number in batch:
        part = Part(random.Random(f"part-{number}"), tiny(f"part-{number}"))
        position = part.position
        known = list(part.reachable_with_changes())
        best = min(costs[position] for costs, _ in known)
        if all(costs[position] == best for costs, _ in known):
            continue
        equal = [(costs, changes) for costs, changes in known if costs[position] == best]
        later, _ = part.solve(Ties.LATER)
        assert sum(later.costs[position + 1 :]) == min(sum(costs[position + 1 :]) for costs, _ in equal), number
        staying, _ = part.solve(Ties.STAY)
        assert part.changes(staying) == min(changes for _, changes in equal), number


def test_a_signal_ends_its_parts_and_a_part_nothing_else() -> None:
    whole = StopSignal()
    first, second = StopSignal(whole), StopSignal(whole)
    first.set()
    assert (first.is_set, second.is_set, whole.is_set) == (True, False, False)
    whole.set()
    assert second.is_set and StopSignal(whole).is_set
