"""The linear program over all schedules on one level: whether there is time for one, its bound, and what it leads."""

from __future__ import annotations

from concurrent.futures import Future

from patrolplan.engine.columns import Columns
from patrolplan.engine.disjunctions import raised
from patrolplan.engine.guide import Guide
from patrolplan.engine.level_work import LevelWork
from patrolplan.engine.linking import Linking
from patrolplan.engine.pricers import is_long
from patrolplan.engine.pricing import Order, Priced
from patrolplan.engine.subproblem import Effort
from patrolplan.engine.tasks import prepare_pricing, price_class
from patrolplan.language import later

COLUMN_SHARE = 0.5
"""Share of a level's time that column generation may take."""
MOST_ROWS = 10_000
"""With more linking rows than this, one linear program over all schedules takes too long."""
PROBES, FEWEST_ROUNDS = 2, 40
"""After so many rounds and again after each it is judged whether there is time for so many in all."""
ROUND_SECONDS, FORESEEN = 0.35e-6, 1.5
"""Seconds that a round takes, about, for each pair of linking rows; a program that would take so many times what time
there is for it is not begun."""
SLOW_SOLVES, SHORTEST_SOLVE = 4.0, 1.0
"""Longest time for the program of one round, as a multiple of what a round may take; no less than so many seconds."""
GRAPH_SHARE, SAMPLE = 0.4, 4
"""Share of a level's time in which the pricing problems have to be ready, judged from so many on."""
DISJOINING_SHARE = 0.05
"""Share of a level's time for raising the bound of the linear program by limits on violations."""
FAR = 0.8
"""A bound below this share of the cost is far away: column generation comes first."""


class Program:
    """The linear program of one level.

    Attributes
    ----------
    linking
        Its rows; None as long as it was not begun.
    is_complete
        Whether no schedule that is missing could lower it.
    """

    def __init__(self, work: LevelWork) -> None:
        self.work = work
        self.linking: Linking | None = None
        self.is_complete = False

    def may_be_made(self) -> bool:
        """Whether it can be solved and priced again and again, and was not begun."""
        work = self.work
        fits = len(work.search.formulation.links.rows) <= MOST_ROWS
        return self.linking is None and fits and work.neighbourhoods.may_weave

    def is_foreseeable(self) -> bool:
        """Whether, by the number of its rows, there is time for so many rounds as it takes."""
        rows = len(self.work.search.formulation.links.rows)
        return FEWEST_ROUNDS * ROUND_SECONDS * rows**2 <= FORESEEN * COLUMN_SHARE * self.work.left()

    def is_promising(self) -> bool:
        """Whether it is worth its time now; over a long time strips come first."""
        work = self.work
        is_far = work.search.bounds[work.level] < FAR * work.search.cost(work.level)
        return is_far and not self.is_swept() and not work.done() and self.may_be_made()

    def is_swept(self) -> bool:
        """Whether the time is so long that only whole schedules, priced against each other, say anything about it."""
        formulation = self.work.search.formulation
        may_weave = self.work.neighbourhoods.may_weave
        return may_weave and any(is_long(formulation, one) for one in formulation.classes)

    def prepare(self) -> bool:
        """Make the pricing problems; whether all are graphs, and ready in time as far as can be told."""
        work, search = self.work, self.work.search
        limit, began = GRAPH_SHARE * work.left(), search.budget.used
        kinds = range(len(search.formulation.classes))
        done = 0
        for _, is_graph in work.by_class(prepare_pricing, kinds, work.level, longest=limit):
            done += 1
            used = search.budget.used - began
            if not is_graph or used > limit or (done >= SAMPLE and used / done * len(kinds) > 1.5 * limit):
                return False
        return done == len(kinds)

    def make(self) -> bool:
        """Column generation: a bound, and whether it leads the search afterwards."""
        work, search = self.work, self.work.search
        search.reporter.stage = later("columns")
        token, level = search.facts.token, work.level

        def ask(kind: int, orders: list[Order], effort: Effort) -> Future[list[Priced]]:
            return work.executor.submit(price_class, token, kind, level, orders, effort)

        def usual() -> Effort:
            return search.task_effort(5.0)

        linking = self.linking = search.linking(level)
        columns = Columns(linking, search.best.copy(), usual, search.stop, ask, lead=linking.lead)
        self._round_by_round(columns)
        self.is_complete = columns.is_complete
        lead = columns.led()
        if lead is not None and columns.cheapest is not None:
            work.neighbourhoods.guide = Guide(linking, lead, columns.cheapest)
        if columns.is_complete and not work.done():
            self._disjoin(columns)
        return work.neighbourhoods.guide is not None

    def _round_by_round(self, columns: Columns) -> None:
        """Rounds of column generation until it is complete or its time is over."""
        work, search = self.work, self.work.search
        limit = search.budget.used + COLUMN_SHARE * work.left()
        longest = max(SHORTEST_SOLVE, SLOW_SOLVES * COLUMN_SHARE * work.left() / FEWEST_ROUNDS)
        going, pace = True, 0.0
        while going and not work.done() and search.budget.used < limit:
            missing = FEWEST_ROUNDS - columns.rounds
            if columns.rounds >= PROBES and pace * missing > limit - search.budget.used:
                search.program_until = work.level
                return
            began = search.budget.used
            going = columns.step(min(work.left(), longest))
            pace = search.budget.used - began
            work.raise_bound(columns.proved)
            search.reporter.tell(search.best, search.bounds)
        if not going and not columns.is_complete:  # the program itself was not solved in time
            search.program_until = work.level

    def _disjoin(self, columns: Columns) -> None:
        """Raise the bound of a complete program by limits on violations."""
        work, search = self.work, self.work.search
        limit = search.budget.used + DISJOINING_SHARE * work.left()
        aim = search.cost(work.level) - work.fixed
        bound = raised(columns, aim, lambda: work.done() or search.budget.used >= limit)
        work.raise_bound(columns.in_sixtieths(bound))
