"""People on call."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import Duration, ShiftNames


class Reserve(RuleSpec):
    """So many people on call in every shift: people not on duty, exempt from rest.

    ``count`` is a number, ``share`` a percentage of those on duty in the shift (rounded up); the larger of both
    holds. Absent people are not called. Each person too few costs the weight per hour; without a share each too many
    costs 1 per hour.

    Example::

        rules:
          - reserve: {count: 1, response: 30m, shifts: night}
    """

    name: ClassVar[str] = "reserve"
    scope: ClassVar[str] = "linking"
    shorthand: ClassVar[str] = "count"
    default_weight: ClassVar[int | None] = 10

    count: int = Field(0, ge=0, description="people on call")
    share: int = Field(0, ge=0, le=1000, description="percent of those on duty")
    shifts: ShiftNames = Field((), description="only in these shifts")
    response: Duration = Field(0, description="time within which they report; printed, not planned")

    def contradiction(self) -> str:
        """Nobody asked for."""
        return "" if self.count or self.share else _("reserve needs a count or a share.")
