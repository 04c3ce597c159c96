"""Wishes of people."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import Dates, PersonName, PostName, ShiftName, Strict


class Request(Strict):
    """One wish of one person: to be, or not to be, on a duty of each of some dates."""

    person: PersonName
    dates: Dates
    shift: ShiftName | None = None
    post: PostName | None = Field(None, description="site/post")
    on: bool = Field(False, description="true: wishes to be on such a duty; false: wishes not to be")
    weight: int = Field(1, ge=0, description="cost of each date on which the wish is not met")


class Requests(RuleSpec):
    """Wishes for or against duties; each has a weight of its own.

    A wish against is not met on a date on which such a duty starts, a wish for on a date on which none does;
    ``shift`` and ``post`` narrow it down; standby is no duty. The weight of the rule multiplies those of the wishes;
    ``severity: hard`` makes all of them musts. With ``during``, duties and dates outside are left alone.

    Example::

        rules:
          - requests:
              - {person: "0003", dates: 2026-03-14..2026-03-15, weight: 5}
              - {person: "0004", dates: 2026-03-20, shift: day, on: true}
    """

    name: ClassVar[str] = "requests"
    shorthand: ClassVar[str] = "entries"
    default_weight: ClassVar[int | None] = 1
    default_level: ClassVar[int] = 3

    entries: tuple[Request, ...] = Field(description="the wishes")

    def named_people(self) -> tuple[str, ...] | None:
        """The people named in the entries."""
        return tuple(dict.fromkeys(entry.person for entry in self.entries))
