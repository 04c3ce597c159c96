"""What Timefold plans: people on dates, and the facts that cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ProblemFactCollectionProperty,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import BendableScore

HARD = 0
SOFT_LEVELS = 3
"""Levels of costs that there is room for."""


@dataclass(eq=False)
class Work:
    """A shift at a post, on whatever date."""

    kind: int
    shift: int


@planning_entity
@dataclass(eq=False)
class Cell:
    """One person on one date; kinds of work and shifts are numbered on from those of the date before."""

    id: Annotated[int, PlanningId]
    person: int
    day: int
    first_kind: int
    first_shift: int
    offered: Annotated[list[Work], ValueRangeProvider]
    work: Annotated[Work | None, PlanningVariable(allows_unassigned=True)] = field(default=None)


@dataclass(eq=False)
class Need:
    """People wanted in some slots."""

    id: int
    count: int
    upper: bool
    price: int
    level: int


@dataclass(eq=False)
class Covers:
    """A slot counts for a need."""

    slot: int
    need: Need


@dataclass(eq=False)
class Clash:
    """A turn that one person may not hold after another."""

    person: int
    first: int
    second: int
    price: int
    level: int


@dataclass(eq=False)
class Limit:
    """Least and most of a sum, or of worked weekends, of one person."""

    id: int
    person: int
    least: int
    most: int
    price: int
    level: int


@dataclass(eq=False)
class Adds:
    """A slot adds an amount to a sum of one person."""

    person: int
    slot: int
    amount: int
    limit: Limit


@dataclass(eq=False)
class WeekendDay:
    """A date of a weekend that counts for one person."""

    person: int
    day: int
    weekend: int
    limit: Limit


@dataclass(eq=False)
class Pattern:
    """Dates of one person that together make a run a day too long, or a run of a length that is too short.

    Every date on which the person works adds the weight of its part; the pattern is met when they add up to the target.
    """

    id: int
    target: int
    price: int
    level: int


@dataclass(eq=False)
class DayPart:
    """A date of a pattern for which any work counts."""

    person: int
    day: int
    weight: int
    pattern: Pattern


@dataclass(eq=False)
class TurnPart:
    """A turn of a pattern for which only some shifts count."""

    person: int
    turn: int
    weight: int
    pattern: Pattern


@dataclass(eq=False)
class Wish:
    """What holding a slot costs one person; negative if it meets a wish."""

    person: int
    slot: int
    price: int
    level: int


@planning_solution
@dataclass(eq=False)
class Roster:
    """Everything."""

    needs: Annotated[list[Need], ProblemFactCollectionProperty]
    covers: Annotated[list[Covers], ProblemFactCollectionProperty]
    clashes: Annotated[list[Clash], ProblemFactCollectionProperty]
    adds: Annotated[list[Adds], ProblemFactCollectionProperty]
    weekend_days: Annotated[list[WeekendDay], ProblemFactCollectionProperty]
    day_parts: Annotated[list[DayPart], ProblemFactCollectionProperty]
    turn_parts: Annotated[list[TurnPart], ProblemFactCollectionProperty]
    wishes: Annotated[list[Wish], ProblemFactCollectionProperty]
    cells: Annotated[list[Cell], PlanningEntityCollectionProperty]
    score: Annotated[
        BendableScore, PlanningScore(bendable_hard_levels_size=1, bendable_soft_levels_size=SOFT_LEVELS)
    ] = field(default=None)
