"""The clock of a search, and what it tells those who listen."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.work import Watch
from patrolplan.language import later
from patrolplan.proof import Listener, Progress

REPORT_EVERY = 0.2
"""Least seconds between two reports."""


@dataclass(slots=True)
class Budget:
    """How much of the time is used: seconds on the clock, or of work done by the thread that made it; see `work`.

    Attributes
    ----------
    limit
        Of the whole search, or None for none.
    """

    limit: float | None
    deterministic: bool = False
    started: float = field(default_factory=time.monotonic)
    _watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self._watch = Watch(self.deterministic)

    @property
    def seconds(self) -> float:
        """Wall-clock seconds since the start."""
        return time.monotonic() - self.started

    @property
    def used(self) -> float:
        """What counts against the limit."""
        return self._watch.seconds

    @property
    def left(self) -> float:
        """What is left of the limit; a very long time without one."""
        return 1e9 if self.limit is None else max(0.0, self.limit - self.used)


@dataclass(slots=True)
class Reporter:
    """Turns the state of a search into `Progress` for a listener, not too often."""

    budget: Budget
    listener: Listener | None
    stage: str = later("reading the rules")
    level: int = 0
    neighbourhoods: int = 0
    best_seconds: float | None = None
    first_seconds: float | None = None
    reached: dict[int, float] = field(default_factory=dict)
    _costs: tuple[int, ...] = ()
    _last: float = -1.0

    def _note(self, incumbent: Incumbent) -> None:
        """Remember when each level became cheaper."""
        levels, costs = incumbent.formulation.levels, incumbent.costs
        known = self._costs or (None,) * len(costs)
        for level, cost, best in zip(levels, costs, known, strict=True):
            if best is None or cost < best:
                self.reached[level] = self.budget.seconds
        self._costs = costs

    def tell(self, incumbent: Incumbent | None, bounds: Mapping[int, int], *, always: bool = False) -> None:
        """Report, unless the last report was a moment ago."""
        if incumbent is not None:
            self._note(incumbent)
        now = self.budget.seconds
        if self.listener is None or (not always and now - self._last < REPORT_EVERY):
            return
        self._last = now
        costs: tuple[tuple[int, int], ...] = ()
        gaps = 0
        if incumbent is not None:
            levels = incumbent.formulation.levels
            costs = tuple(zip(levels, incumbent.costs, strict=True))
            gaps = incumbent.open_minutes()
        self.listener.progress(
            Progress(
                now,
                self.budget.limit,
                self.stage,
                self.level,
                costs,
                tuple(sorted(bounds.items())),
                gaps,
                self.neighbourhoods,
                self.best_seconds,
            )
        )
