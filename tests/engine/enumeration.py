"""Tiny operations with many rules, and all their rosters, one by one."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from patrolplan.engine.formulation import Formulation, PersonClass, Schedule
from patrolplan.engine.incumbent import Costs, Incumbent, is_feasible
from patrolplan.problem import Problem
from tests.parity.operations import Facts, mixed
from tests.tiny import tiny_problem

MOST_ROSTERS = 2500


@dataclass(frozen=True)
class Tiny:
    """An operation of which every roster is known.

    Attributes
    ----------
    allowed
        Schedules of each person that keep the person's hard rules.
    """

    facts: Facts
    formulation: Formulation
    allowed: tuple[tuple[Schedule, ...], ...]

    @property
    def problem(self) -> Problem:
        """The facts."""
        return self.formulation.problem

    @property
    def people(self) -> range:
        """Everybody, by index."""
        return range(len(self.problem.people))

    def plans(self) -> Iterator[Mapping[int, Schedule]]:
        """Every roster that keeps everybody's hard rules."""
        for chosen in itertools.product(*self.allowed):
            yield dict(enumerate(chosen))

    def priced(self, plans: Iterable[Mapping[int, Schedule]] | None = None) -> Iterator[tuple[Costs, Incumbent]]:
        """Rosters with their costs; the incumbent is the same one all along."""
        incumbent = Incumbent(self.formulation)
        for plan in self.plans() if plans is None else plans:
            incumbent.apply({person: held for person, held in plan.items() if held != incumbent.held[person]})
            yield incumbent.costs, incumbent

    def best(self) -> Costs:
        """What the best roster costs."""
        return min(costs for costs, _ in self.priced())


def tiny(
    name: str,
    *,
    people: tuple[int, int] = (1, 3),
    days: tuple[int, int] = (1, 3),
    feasible: bool = True,
    rules: Sequence[str] = (),
) -> Tiny:
    """A random operation, the same for the same name.

    Parameters
    ----------
    feasible
        Whether everybody must have a schedule.
    rules
        Rules that it has in any case.
    """
    rng = random.Random(name)
    while True:
        facts = mixed(rng, people=people, days=days, rules=rules)
        formulation = Formulation(tiny_problem(**facts))
        if math.prod(_width(formulation, person) for person in range(len(formulation.problem.people))) > 40_000:
            continue
        allowed = tuple(
            tuple(schedules(formulation, formulation.model_of(person)))
            for person in range(len(formulation.problem.people))
        )
        if math.prod(map(len, allowed)) <= MOST_ROSTERS and (all(allowed) or not feasible):
            return Tiny(facts, formulation, allowed)


def _width(formulation: Formulation, person: int) -> int:
    one = formulation.model_of(person)
    return math.prod(1 + len(slots) for slots in one.slots.values()) * 2 ** len(one.standby)


def schedules(formulation: Formulation, one: PersonClass) -> Iterator[Schedule]:
    """Every schedule that keeps the hard rules of a class of people."""
    choices: list[Sequence[Schedule]] = [
        [frozenset(), *(frozenset({key}) for key in slots)] for slots in one.slots.values()
    ]
    choices += [[frozenset(), frozenset({formulation.variables.standby_key(turn)})] for turn in sorted(one.standby)]
    for chosen in itertools.product(*choices):
        schedule: Schedule = frozenset().union(*chosen)
        if is_feasible(formulation, one, schedule):
            yield schedule


def some_roster(rng: random.Random, case: Tiny) -> Incumbent:
    """A roster that keeps everybody's hard rules."""
    incumbent = Incumbent(case.formulation)
    incumbent.apply({person: rng.choice(case.allowed[person]) for person in case.people})
    return incumbent
