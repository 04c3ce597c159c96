"""How good a roster is known to be: cost and bound of every level, status, and the progress of a search."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

from patrolplan.language import _, figures, later
from patrolplan.units import COST_SCALE

LEVEL_NAMES = {0: later("hard rules"), 1: later("cover"), 2: later("rules"), 3: later("fairness")}
"""What a level usually holds; an operation may put anything anywhere."""


class Status(enum.StrEnum):
    """What has been proved of a roster, never more than that."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


STATUS_WORDS = {
    Status.OPTIMAL: later("optimal"),
    Status.FEASIBLE: later("feasible"),
    Status.INFEASIBLE: later("infeasible"),
    Status.UNKNOWN: later("unknown"),
}
"""The status for a person; wrap it in `patrolplan.language._`."""


@dataclass(frozen=True, slots=True)
class LevelProof:
    """Cost of one level and what is proved about it.

    Attributes
    ----------
    cost, bound
        In sixtieths of a weight; no roster costs less than the bound, given the costs of the earlier levels.
    proved
        Whether the cost equals the bound and every earlier level is proved, too.
    """

    level: int
    cost: int
    bound: int
    proved: bool

    @property
    def gap(self) -> float:
        """``(cost - bound) / max(1, cost)``, in weights."""
        return max(0, self.cost - self.bound) / max(COST_SCALE, self.cost)

    @property
    def name(self) -> str:
        """A word for the level, the same in every language."""
        return LEVEL_NAMES.get(self.level, f"level {self.level}")

    @property
    def is_named(self) -> bool:
        """Whether the level has a word of its own beside its number."""
        return self.level in LEVEL_NAMES

    @property
    def title(self) -> str:
        """The name in the language spoken."""
        return _(self.name) if self.is_named else _("level {level}").format(level=self.level)


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of a roster as a whole.

    Attributes
    ----------
    reached
        By level, the seconds after which its cost was last improved.
    """

    status: Status
    levels: tuple[LevelProof, ...] = ()
    seconds: float = 0.0
    neighbourhoods: int = 0
    first_roster_seconds: float | None = None
    best_seconds: float | None = None
    reasons: tuple[str, ...] = ()
    reached: tuple[tuple[int, float], ...] = ()

    def words(self) -> str:
        """The proof in words: ``optimal``, ``within 0.8 %``, ``feasible`` or ``infeasible``."""
        if self.status in (Status.INFEASIBLE, Status.UNKNOWN) or not self.levels:
            return str(self.status)
        if all(level.proved for level in self.levels):
            return "optimal"
        open_level = next(level for level in self.levels if not level.proved)
        if open_level.gap < 0.5:
            return f"within {open_level.gap:.1%} on level {open_level.level}".replace("%", " %")
        return "feasible"


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of the search, for whoever listens.

    Attributes
    ----------
    stage
        What is being done, in a word or two.
    level
        The level that is being settled, 0 before the first.
    costs, bounds
        By level, in sixtieths; empty before the first roster.
    gaps_open
        Person-minutes of staff not covered.
    """

    seconds: float
    limit: float | None
    stage: str
    level: int
    costs: tuple[tuple[int, int], ...] = ()
    bounds: tuple[tuple[int, int], ...] = ()
    gaps_open: int = 0
    neighbourhoods: int = 0
    best_seconds: float | None = None

    @property
    def levels(self) -> tuple[LevelProof, ...]:
        """Cost and bound of every level; proved only if all earlier levels are."""
        bounds = dict(self.bounds)
        proofs: list[LevelProof] = []
        proved = True
        for level, cost in sorted(self.costs):
            bound = bounds.get(level)
            proved = proved and bound is not None and bound >= cost
            proofs.append(LevelProof(level, cost, bound or 0, proved))
        return tuple(proofs)


class Listener(Protocol):
    """Somebody who is told of the progress of a search."""

    def progress(self, state: Progress) -> None:
        """The search has moved on."""


def cost_text(cost: int) -> str:
    """A cost in weights, without needless digits: ``318`` or ``12.5``."""
    whole, rest = divmod(cost, COST_SCALE)
    return figures(f"{whole:,}" if rest == 0 else f"{cost / COST_SCALE:,.1f}")
