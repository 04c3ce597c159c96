"""Consecutive days off."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec


class OffStreak(RuleSpec):
    """At least and at most so many consecutive dates without a duty.

    A date is off if no duty starts on it; standby does not count. Dates before the operation are known from the
    history; without one, nothing is known of them: a streak that touches the first date is never too short, and one
    that is too long counts from the first date on. A streak that touches the last date is never too short. Weighted:
    per missing or excess day; excess counts only dates of the operation, and only where a duty would have been
    possible on one of the ``max`` + 1 dates that end there (leave makes no streak too long). With ``during``, duties
    outside are not seen.

    Example::

        rules:
          - off_streak: {min: 2}
    """

    name: ClassVar[str] = "off_streak"
    max: int | None = Field(None, ge=1, description="most consecutive days off")
    min: int | None = Field(None, ge=1, description="fewest consecutive days off")

    def contradiction(self) -> str:
        """Minimum above maximum, or no limit at all."""
        if self.max is None and self.min is None:
            return _("off_streak needs max or min.")
        return _("the minimum is above the maximum.") if self.max and self.min and self.min > self.max else ""
