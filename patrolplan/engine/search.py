"""The state of one search: the best roster so far, what is proved of it, and the clock."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

from patrolplan.engine.executors import runs_here
from patrolplan.engine.formulation import Formulation, Schedule
from patrolplan.engine.incumbent import Incumbent, is_feasible
from patrolplan.engine.linking import Linking
from patrolplan.engine.nearest import nearest_schedule
from patrolplan.engine.progress import Budget, Reporter
from patrolplan.engine.subproblem import Effort, StopSignal
from patrolplan.engine.tasks import Facts
from patrolplan.model.variables import Variables
from patrolplan.problem import Problem
from patrolplan.proof import Listener
from patrolplan.roster import Roster
from patrolplan.units import COST_SCALE


@dataclass(frozen=True, slots=True)
class Settings:
    """How to search.

    Attributes
    ----------
    time_limit
        Seconds, or seconds of counted work if `deterministic`, see `work`; None for no limit.
    gap
        A level is good enough when ``(cost - bound) / max(1, cost)`` is at most this.
    workers
        Searches that run at the same time.
    seed
        Of all random choices.
    deterministic
        Same roster for same input, seed and version: one search at a time, no clock.
    """

    time_limit: float | None = 60.0
    gap: float = 0.0
    workers: int = 2
    seed: int = 0
    deterministic: bool = False


def keys_of(variables: Variables, roster: Roster) -> list[set[int]]:
    """What everybody holds in a roster, as keys; duties that are no slot of the problem are left out."""
    problem = variables.problem
    slots = {(slot.post, slot.shift, slot.day, slot.training): key for key, slot in enumerate(problem.slots)}
    held: list[set[int]] = [set() for _ in problem.people]
    for duty in roster.duties:
        if duty.on_call and duty.shift is not None and (duty.day, duty.shift) in variables.turn_index:
            held[duty.person].add(variables.standby_key(variables.turn_index[duty.day, duty.shift]))
        elif duty.post is not None and duty.shift is not None and not duty.on_call:
            key = slots.get((duty.post, duty.shift, duty.day, duty.kind == "training"))
            if key is not None:
                held[duty.person].add(key)
    return held


class Search:
    """The state of one search.

    Attributes
    ----------
    proved
        By level, disjoint sets of turns with what linking rows within them cost at least.
    program_until
        The first level on which a linear program over all schedules took too long; on later ones it is larger still.
    """

    def __init__(
        self,
        problem: Problem,
        settings: Settings,
        listener: Listener | None,
        keep: Callable[[Roster], None] | None,
        stop: StopSignal,
        executor: Executor | None,
    ) -> None:
        self.problem = problem
        self.settings = settings
        self.workers = 1 if settings.deterministic else max(1, settings.workers)
        at_home = executor is None or runs_here(executor)
        self.solver_workers = self.workers if at_home else min(self.workers, os.cpu_count() or 1)
        self.budget = Budget(settings.time_limit, settings.deterministic)
        self.reporter = Reporter(self.budget, listener)
        self.keep = keep
        self.stop = stop
        self.bounds: dict[int, int] = {}
        self.proved: dict[int, list[tuple[frozenset[int], int]]] = {}
        self.best: Incumbent
        self.away: Incumbent | None = None
        self.program_until: float = math.inf
        self.formulation: Formulation
        self.facts: Facts
        self._tasks = 0

    def finished(self) -> bool:
        """Whether the time is over, or nothing is left to do."""
        out_of_time = self.stop.is_set or self.budget.left <= 0
        return out_of_time or all(self.good_enough(level) for level in self.formulation.levels)

    def linking(self, level: int) -> Linking:
        """The linking rows up to a level, shared with the tasks of this process."""
        return self.facts.linking(level)

    def adopt(self, start: Roster, effort: Effort) -> None:
        """Begin with a given roster if it is better than the first one."""
        formulation = self.formulation
        held = keys_of(formulation.variables, start)
        other = Incumbent(formulation)
        for person, keys in enumerate(held):
            one = formulation.model_of(person)
            schedule: Schedule = frozenset(keys)
            allowed = formulation.offered(person)
            if not schedule <= allowed or not is_feasible(formulation, one, schedule):
                schedule = nearest_schedule(formulation, one, schedule, effort, self.stop, person)
            other.apply({person: schedule})
        if other.costs < self.best.costs:
            self.best = other

    # -- answers -------------------------------------------------------------------------------------------------

    @property
    def here(self) -> Incumbent:
        """The roster that the search starts from: the best one, or another one while it is away."""
        return self.best if self.away is None else self.away

    def depart(self, roster: Incumbent) -> None:
        """Start from another roster for a while; the best one is kept until that becomes better."""
        self.away = roster
        self._arrive()

    def come_back(self) -> None:
        """Start from the best roster again."""
        self.away = None

    def _arrive(self) -> None:
        """Let others know of a better roster, and stay with it."""
        if self.away is not None:
            if self.away.costs >= self.best.costs:
                return
            self.best, self.away = self.away, None
        self.publish()

    def accept(self, changes: Mapping[int, Schedule], base: Incumbent) -> bool:
        """Take over new schedules if they make the roster better; a draw is taken over, too, but is no gain.

        What was found from an older roster is laid over the present one as additions and removals; where that does not
        fit or does not help, the older roster with the changes is tried as it is.
        """
        changed = {person: schedule for person, schedule in changes.items() if schedule != base.held[person]}
        if not changed:
            return False
        if self._lay_over(changed, base):
            return True
        if base.held == self.here.held:
            return False
        other = base.copy()
        other.apply(changed)
        if other.costs < self.here.costs:
            self.depart(other)
            return True
        return False

    def _lay_over(self, changed: Mapping[int, Schedule], base: Incumbent) -> bool:
        """Add and remove what an answer adds and removes, where that still fits; whether the roster is better then."""
        here = self.here
        merged: dict[int, Schedule] = {}
        for person, schedule in changed.items():
            before, now = base.held[person], here.held[person]
            merged[person] = schedule if now == before else (now - (before - schedule)) | (schedule - before)
            if now != before and not self._fits(person, merged[person]):
                del merged[person]
        costs = here.costs
        undo = {person: here.held[person] for person in merged}
        here.apply(merged)
        if here.costs > costs:
            here.apply(undo)
            return False
        if here.costs < costs:
            self._arrive()
            return True
        return False

    def _fits(self, person: int, schedule: Schedule) -> bool:
        """Whether a schedule has one slot a turn and keeps every hard personal rule."""
        variables = self.formulation.variables
        turns = [variables.turn_of(key) for key in schedule if variables.is_slot(key)]
        one = self.formulation.model_of(person)
        return len(set(turns)) == len(turns) and is_feasible(self.formulation, one, schedule)

    def publish(self, *, always: bool = False) -> None:
        """Let others know of a better roster."""
        self.reporter.best_seconds = self.budget.seconds
        if self.keep is not None and not self._breaks_links():
            self.keep(self.best.roster())
        self.reporter.tell(self.best, self.bounds, always=always)

    def _breaks_links(self) -> bool:
        """Whether a hard linking rule is broken, so that this is no roster yet."""
        return self.formulation.levels[0] == 0 and self.cost(0) > 0

    def cost(self, level: int) -> int:
        """Cost of the best roster on a level."""
        return self.best.costs[self.formulation.levels.index(level)]

    def raise_bound(self, level: int, bound: int) -> None:
        """Take over a proved bound."""
        self.bounds[level] = max(self.bounds[level], min(bound, self.cost(level)))

    def good_enough(self, level: int) -> bool:
        """Whether a level needs no more work."""
        cost = self.cost(level)
        return cost - self.bounds[level] <= self.settings.gap * max(COST_SCALE, cost)

    def effort(self, seconds: float) -> Effort:
        """Effort of something that is done once."""
        limit = min(seconds, self.budget.left)
        return Effort(limit, 1, self.settings.seed, self.settings.deterministic)

    def task_effort(self, seconds: float, workers: int = 1, *, light: bool = False) -> Effort:
        """Effort of the next task, with a seed of its own."""
        self._tasks += 1
        limit = min(seconds, self.budget.left)
        return Effort(limit, workers, self.settings.seed * 7919 + self._tasks, self.settings.deterministic, light)
