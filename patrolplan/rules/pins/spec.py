"""Duties that are settled beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, PrivateAttr

from patrolplan.errors import Place
from patrolplan.language import _
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
    With ``from`` the duties of a roster are pinned: those with something in its column ``fixed``, or in the column
    that ``where`` names, or all of them; in a grid also those with a ``!`` behind them.

    Example::

        rules:
          - pins:
              - {person: "0003", date: 2026-03-27, shift: night, post: hospital/entrance}
              - {person: "0004", date: 2026-03-27, on: false}
    """

    name: ClassVar[str] = "pins"
    shorthand: ClassVar[str] = "entries"
    entries: tuple[Pin, ...] = Field((), description="the pinned duties")
    from_: str = Field("", alias="from", description="a roster whose duties are pinned, in the folder of the operation")
    where: str = Field("fixed", description="the column of that roster that marks pinned duties; all for every duty")
    _places: Mapping[Pin, Place] = PrivateAttr(default_factory=dict)

    def named_people(self) -> tuple[str, ...] | None:
        """The people named in the entries; a roster may name anybody."""
        return None if self.from_ else tuple(dict.fromkeys(pin.person for pin in self.entries))

    def contradiction(self) -> str:
        """Pins need something to pin."""
        if not self.entries and not self.from_:
            return _("pins names no duty; list entries, or a roster: {from: draft.csv}.")
        return ""

    def with_roster(self, pinned: Mapping[Pin, Place]) -> Pins:
        """The same rule with the duties of its roster as entries, each with its row."""
        whole = self.model_copy(update={"entries": (*self.entries, *pinned), "from_": ""})
        whole._places = pinned
        return whole

    def place_of(self, pin: Pin) -> Place | None:
        """The row of the roster that pins a duty; None if it stands in the rule."""
        return self._places.get(pin)
