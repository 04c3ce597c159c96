"""Which shift may follow which."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import Duration, Reference, ShiftNames


class Succession(RuleSpec):
    """Shifts that may not follow one another.

    ``forbid`` names, for a shift, those that may not be the person's next duty: on the next date, or, with
    ``within``, if it starts less than that long after the end. ``direction: forward`` forbids every later-to-earlier
    change of start time from one date to the next (or within ``within``). That two duties form a double (see
    ``one_duty``) changes nothing: a forbidden pair stays forbidden. Weighted: per forbidden succession.

    Example::

        rules:
          - succession: {forbid: {night: day}}
          - succession: {direction: forward, within: 36h, weight: 5}
    """

    name: ClassVar[str] = "succession"
    shorthand: ClassVar[str] = "forbid"
    forbid: dict[Annotated[str, Reference("shift")], ShiftNames] = Field(
        default_factory=dict, description="for a shift, those that may not come next"
    )
    direction: Literal["forward"] | None = None
    within: Duration | None = Field(None, description="how long after the end; default: on the next date")

    def contradiction(self) -> str:
        """Nothing forbidden at all."""
        return "" if self.forbid or self.direction else _("succession needs forbid or direction: forward.")
