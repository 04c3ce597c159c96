"""An operation as plain numbers, for solvers that know nothing of patrolplan.

People, slots and turns are indices; costs are in sixtieths of a weight; what may not be broken is on level `HARD`.
`Task.plain` gives it as it is written to a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

HARD = 0
HARD_PRICE = 480
"""Price of a broken hard rule by the day or duty; by the hour it is 1 a minute, so that 8 hours weigh the same."""


class Unsupported(Exception):
    """The operation has something that cannot be put as plain numbers; the text says what."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One person on one date, and the slots that may be held; there is one for every person and date."""

    person: int
    day: int
    slots: list[int]


@dataclass(frozen=True, slots=True)
class Need:
    """People in some slots: fewer than the count cost, or, if `upper`, more."""

    slots: list[int]
    count: int
    upper: bool
    price: int
    level: int


@dataclass(frozen=True, slots=True)
class Clash:
    """The second turn may not follow the first."""

    people: list[int]
    first: int
    second: int
    price: int
    level: int


@dataclass(frozen=True, slots=True)
class Limit:
    """Least and most sum of amounts over the slots that each of some people holds; `amounts` are slot and amount."""

    people: list[int]
    amounts: list[tuple[int, int]]
    least: int | None
    most: int | None
    price: int
    level: int


@dataclass(frozen=True, slots=True)
class WeekendLimit:
    """Most worked weekends of each of some people; `days` are date and number of the weekend."""

    people: list[int]
    days: list[tuple[int, int]]
    most: int
    price: int
    level: int


@dataclass(frozen=True, slots=True)
class Streak:
    """Fewest and most consecutive dates with one of the turns, or, if `off`, without any.

    One that touches the first or the last date is never too short.
    """

    people: list[int]
    turns: list[int]
    off: bool
    least: int | None
    most: int | None
    price: int
    level: int


@dataclass(frozen=True, slots=True)
class Wish:
    """A person wants, or does not want, one of some slots of one date."""

    person: int
    slots: list[int]
    wanted: bool
    price: int
    level: int


@dataclass
class Task:
    """The whole operation.

    Attributes
    ----------
    turns, shifts
        Date and shift of each turn.
    slots, kinds
        Turn of each slot, and what work it is: the same at the same post in the same shift, whatever the date.
    """

    people: int
    first_day: int
    last_day: int
    turns: list[int] = field(default_factory=list)
    shifts: list[int] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    weekends: list[WeekendLimit] = field(default_factory=list)
    streaks: list[Streak] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)

    @property
    def levels(self) -> list[int]:
        """Levels of costs in order, without that of what may not be broken."""
        return sorted({one.level for one in self._priced()} - {HARD})

    def _priced(self) -> Iterator[Need | Clash | Limit | WeekendLimit | Streak | Wish]:
        yield from (*self.needs, *self.clashes, *self.limits, *self.weekends, *self.streaks, *self.wishes)

    def plain(self) -> dict[str, Any]:
        """As it is written to a file."""
        return {**asdict(self), "levels": self.levels}
