"""Consecutive days of the same shift."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import ShiftNames


class ShiftStreak(RuleSpec):
    """At least and at most so many consecutive dates with a duty in a shift.

    Several shifts in ``shift`` form one kind: a date with any of them continues the streak. Ends of the operation and
    history as for ``work_streak``. Weighted: per missing or excess day.

    Example::

        rules:
          - shift_streak: {shift: night, max: 3}
    """

    name: ClassVar[str] = "shift_streak"
    shift: ShiftNames = Field(description="the shift, or several that count as one kind")
    max: int | None = Field(None, ge=1, description="most consecutive days")
    min: int | None = Field(None, ge=1, description="fewest consecutive days")

    def contradiction(self) -> str:
        """Minimum above maximum, or no limit at all."""
        if self.max is None and self.min is None:
            return _("shift_streak needs max or min.")
        return _("the minimum is above the maximum.") if self.max and self.min and self.min > self.max else ""
