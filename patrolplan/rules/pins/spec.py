"""Duties that are settled beforehand."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import Date, PersonName, PostName, ShiftName, Strict


class Pin(Strict):
    """One person who is, or is not, on a duty of a date."""

    person: PersonName
    date: Date
    shift: ShiftName | None = None
    post: PostName | None = Field(None, description="site/post")
    on: bool = Field(True, description="false: this person is not on such a duty")


class Pins(RuleSpec):
    """This person is, or is not, on this duty.

    Each entry names a person and a date; ``shift`` and ``post`` narrow it down. Weighted: per entry that is not kept.

    Example::

        rules:
          - pins:
              - {person: "0003", date: 2026-03-27, shift: night, post: hospital/entrance}
              - {person: "0004", date: 2026-03-27, on: false}
    """

    name: ClassVar[str] = "pins"
    shorthand: ClassVar[str] = "entries"
    entries: tuple[Pin, ...] = Field(description="the pinned duties")

    def named_people(self) -> tuple[str, ...] | None:
        """The people named in the entries."""
        return tuple(dict.fromkeys(pin.person for pin in self.entries))
