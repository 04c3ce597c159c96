"""One anytime search: a first roster, then level by level improvement and bound, until proof or the end of the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass

from patrolplan.engine.conflict import conflicting_rules, describe
from patrolplan.engine.crew import Abandoned, Crew
from patrolplan.engine.executors import threads
from patrolplan.engine.formulation import Formulation
from patrolplan.engine.greedy import first_roster
from patrolplan.engine.level import LevelSearch
from patrolplan.engine.nearest import Contradiction
from patrolplan.engine.neighbourhoods import Neighbourhoods
from patrolplan.engine.search import Search, Settings
from patrolplan.engine.subproblem import StopSignal
from patrolplan.engine.tasks import share
from patrolplan.language import _, later
from patrolplan.problem import Problem
from patrolplan.proof import LevelProof, Listener, Proof, Status
from patrolplan.roster import Roster

__all__ = ["Outcome", "Settings", "solve"]

FIRST_SECONDS = 60.0
"""Longest time for one person's part in the first roster."""
FIRST_SHARE = 0.8
"""Share of the time that is left for a first roster that is made person by person."""
EARLY_SHARE = 0.5
"""Share of the time that is left which a level may take if others follow."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search came back with; no roster if none was found."""

    roster: Roster | None
    proof: Proof


def solve(
    problem: Problem,
    settings: Settings,
    *,
    start: Roster | None = None,
    listener: Listener | None = None,
    keep: Callable[[Roster], None] | None = None,
    stop: StopSignal | None = None,
    executor: Executor | None = None,
    remark: Callable[[str], None] = lambda words: None,
) -> Outcome:
    """Search for the best roster.

    Parameters
    ----------
    problem
        The facts.
    settings
        Limits.
    start
        A roster to begin with; what of it breaks a hard rule is left out.
    listener
        Told of the progress.
    keep
        Called with each better roster, in the calling thread.
    stop
        Ends the search early with the best roster so far.
    executor
        Runs the tasks; it may send them to other processes or machines. Default: threads of this process.
    remark
        Told in words if the workers of the executor are gone.
    """
    search = Search(problem, settings, listener, keep, stop or StopSignal(), executor)
    return _Conductor(search, executor, remark).run(start)


class _Conductor:
    """Leads one search from the first roster to the outcome."""

    def __init__(self, search: Search, executor: Executor | None, remark: Callable[[str], None]) -> None:
        self.search = search
        self.executor = executor
        self.remark = remark

    def run(self, start: Roster | None) -> Outcome:
        """First roster, then every level."""
        search = self.search
        search.reporter.tell(None, {}, always=True)
        search.formulation = Formulation(search.problem)
        search.facts = share(search.formulation, search.stop)
        search.reporter.stage = later("first roster")
        search.reporter.tell(None, {}, always=True)
        effort = search.effort(FIRST_SECONDS)
        try:
            patience = search.effort(FIRST_SHARE * search.budget.left)
            proved: dict[int, int] = {}
            search.best = first_roster(
                search.formulation,
                effort,
                search.stop,
                search.solver_workers,
                search.linking,
                patience,
                proved.__setitem__,
            )
            if start is not None:
                search.adopt(start, effort)
        except Contradiction as contradiction:
            return self._contradicted(contradiction.person)
        except TimeoutError:
            return Outcome(None, Proof(Status.UNKNOWN, seconds=search.budget.seconds))
        search.bounds = dict.fromkeys(search.formulation.levels, 0)
        for level, bound in proved.items():
            search.raise_bound(level, bound)
        search.reporter.first_seconds = search.budget.seconds
        search.publish(always=True)
        self.neighbourhoods = Neighbourhoods(search.formulation, search.settings.seed)
        with self._crew() as executor:
            try:
                while not search.finished():
                    self._settle_levels(executor)
            except Abandoned:
                pass
        search.reporter.tell(search.best, search.bounds, always=True)
        return self._outcome()

    @contextmanager
    def _crew(self) -> Iterator[Executor]:
        """Whoever runs the tasks of this search."""
        executor = self.executor or threads(self.search.workers)
        try:
            with Crew(executor, self.search.solver_workers, self._nobody_waits, self.remark) as crew:
                yield crew
        finally:
            if executor is not self.executor:
                executor.shutdown()

    def _nobody_waits(self) -> bool:
        """Whether answers that are still out come too late; the clock has no say in a deterministic search."""
        search = self.search
        return search.stop.is_set or (not search.settings.deterministic and search.budget.left <= 0)

    def _settle_levels(self, executor: Executor) -> None:
        """Every level once, in order; each may use a share of the time that is left, the last one all of it."""
        search = self.search
        levels = search.formulation.levels
        for level in levels:
            if search.finished():
                return
            share = search.budget.left * (1.0 if level == levels[-1] else EARLY_SHARE)
            LevelSearch(search, self.neighbourhoods, executor, level, search.budget.used + share).settle()

    # -- results -------------------------------------------------------------------------------------------------

    def _contradicted(self, person: int) -> Outcome:
        rules = conflicting_rules(self.search.formulation, person, self.search.effort(10.0), self.search.stop)
        reason = describe(self.search.problem, person, rules)
        return Outcome(None, Proof(Status.INFEASIBLE, seconds=self.search.budget.seconds, reasons=(reason,)))

    def _outcome(self) -> Outcome:
        levels, proved = [], True
        for level in self.search.formulation.levels:
            cost, bound = self.search.cost(level), self.search.bounds[level]
            proved = proved and cost == bound
            levels.append(LevelProof(level, cost, bound, proved))
        status = Status.OPTIMAL if proved else Status.FEASIBLE
        reasons: tuple[str, ...] = ()
        if levels and levels[0].level == 0:
            if levels[0].cost:
                reasons = tuple(sorted(self._broken_links()))
                status = Status.INFEASIBLE if levels[0].bound else Status.UNKNOWN
            levels = levels[1:]
        proof = Proof(
            status,
            tuple(levels),
            self.search.budget.seconds,
            self.search.reporter.neighbourhoods,
            self.search.reporter.first_seconds,
            self.search.reporter.best_seconds,
            reasons,
            tuple(sorted(self.search.reporter.reached.items())),
        )
        return Outcome(None if reasons else self.search.best.roster(), proof)

    def _broken_links(self) -> set[str]:
        """Hard linking rules that the best roster breaks, with their places."""
        formulation = self.search.formulation
        ids = {
            formulation.row(formulation.units[unit][0]).rule
            for unit, cost in enumerate(self.search.best.unit_costs)
            if cost and formulation.unit_level(unit) == 0
        }
        return {
            _("{id} ({place}) cannot be kept").format(id=rule.id, place=rule.place)
            for rule in self.search.problem.rules
            if rule.id in ids
        }
