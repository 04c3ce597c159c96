"""What all parts of a level's search share: the level, its time, and the tasks that are given out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from typing import Any

from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.neighbourhoods import Neighbourhoods
from patrolplan.engine.search import Search
from patrolplan.engine.tasks import Snapshot

POLL_SECONDS = 0.1


@dataclass(eq=False)
class LevelWork:
    """One level of a search.

    Attributes
    ----------
    deadline
        When it ends, on the clock of `Search.budget`.
    length
        The time that it has in all.
    fixed
        What it costs whatever the roster.
    """

    search: Search
    neighbourhoods: Neighbourhoods
    executor: Executor
    level: int
    deadline: float
    length: float = field(init=False)
    fixed: int = field(init=False)

    def __post_init__(self) -> None:
        self.length = max(0.0, self.deadline - self.search.budget.used)
        self.fixed = self.search.best.fixed_cost(self.level)

    def done(self) -> bool:
        """Whether its time is over or it is good enough."""
        search = self.search
        out_of_time = search.stop.is_set or search.budget.used >= self.deadline
        return out_of_time or search.good_enough(self.level)

    def left(self) -> float:
        """Time that is left."""
        return max(0.0, self.deadline - self.search.budget.used)

    def give(self, function: Callable[..., Any], base: Incumbent, *arguments: Any) -> Future[Any]:
        """Give out a task that starts from a roster, which nobody may change any more."""
        token = self.search.facts.token
        return self.executor.submit(function, token, Snapshot(token, base), *arguments)

    def by_class(
        self, function: Callable[..., Any], kinds: Iterable[int], *arguments: Any, longest: float = math.inf
    ) -> Iterator[tuple[int, Any]]:
        """Give out a task for each of some classes, as many at once as there are workers.

        Parameters
        ----------
        longest
            How long all of it may take; what is not done by then is left.

        Yields
        ------
        tuple
            A class, and the answer for it, in the order in which they come.
        """
        search, waiting = self.search, list(kinds)[::-1]
        running: dict[Future[Any], int] = {}
        began = search.budget.used
        while (waiting or running) and not self.done() and search.budget.used - began <= longest:
            while waiting and len(running) < search.workers:
                kind = waiting.pop()
                running[self.executor.submit(function, search.facts.token, kind, *arguments)] = kind
            self.wait(running)
            for task in [one for one in running if one.done()]:
                yield running.pop(task), task.result()
            search.reporter.tell(search.best, search.bounds)

    def wait(self, futures: Iterable[Future[Any]]) -> bool:
        """Wait a moment for any of some tasks; whether one is done."""
        done, _ = wait(list(futures), POLL_SECONDS, FIRST_COMPLETED)
        return bool(done)

    def raise_bound(self, above_fixed: int) -> None:
        """Note that the level costs no less than so much more than it does whatever the roster."""
        self.search.raise_bound(self.level, self.fixed + above_fixed)
