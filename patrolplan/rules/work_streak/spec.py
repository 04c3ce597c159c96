"""Consecutive days of duty."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec


class WorkStreak(RuleSpec):
    """At least and at most so many consecutive dates with a duty.

    A date is worked if a duty starts on it. Dates before the operation are known from the history; without one they
    count as off, and a streak that touches the first date is never too short. A streak that touches the last
    date is never too short. Weighted: per missing or excess day. With ``during``, a streak is judged on the dates
    inside.

    Example::

        rules:
          - work_streak: {max: 6}
    """

    name: ClassVar[str] = "work_streak"
    max: int | None = Field(None, ge=1, description="most consecutive days")
    min: int | None = Field(None, ge=1, description="fewest consecutive days")

    def contradiction(self) -> str:
        """Minimum above maximum, or no limit at all."""
        if self.max is None and self.min is None:
            return _("work_streak needs max or min.")
        return _("the minimum is above the maximum.") if self.max and self.min and self.min > self.max else ""
