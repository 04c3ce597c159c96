"""Hours of duty in a period."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, field_validator

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import HoursPer


class Hours(RuleSpec):
    """At least and at most so many hours of duty in each period.

    Periods are ``day``, ``week``, ``month``, ``operation`` or a rolling number of days (``40h per 7 days``). A duty
    counts wholly on the date on which it starts; with ``during`` only duties that start inside count. Standby counts by
    the factor ``standby`` of the person's contract, or else of the rule. A period that sticks out of the operation is
    held to its maximum, but not to its minimum. Hours under ``counters`` count in limits per operation, unless the rule
    has ``during``. Weighted: per hour too many or too few.

    Example::

        rules:
          - hours: {max: 60h per week}
    """

    name: ClassVar[str] = "hours"
    sees: ClassVar[tuple[str, ...]] = ("standby",)
    max: HoursPer | None = Field(None, description="most hours, such as 60h per week")
    min: HoursPer | None = Field(None, description="fewest hours, such as 30h per week")
    standby: int = Field(0, ge=0, le=100, description="how much an hour of standby counts, in percent, such as 25%")

    @field_validator("standby", mode="before")
    @classmethod
    def _percent(cls, value: object) -> object:
        return value.strip().removesuffix("%").rstrip() if isinstance(value, str) else value

    def contradiction(self) -> str:
        """Minimum above maximum of the same period, or no limit at all."""
        if self.max is None and self.min is None:
            return _("hours needs max or min, such as max: 60h per week.")
        if self.max and self.min and self.max.period == self.min.period and self.min.minutes > self.max.minutes:
            return _("the minimum is above the maximum.")
        return ""
