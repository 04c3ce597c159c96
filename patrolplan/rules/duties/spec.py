"""Number of duties in a period."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import CountPer, PlaceNames, ShiftNames


class Duties(RuleSpec):
    """At least and at most so many duties in each period: all, or those of named shifts, posts or sites.

    A duty counts on the date on which it starts, at the post where it starts. Standby does not count. A period that
    sticks out of the operation is held to its maximum, but not to its minimum. Duties under ``counters`` count in
    limits per operation over all duties, unless the rule has ``during``. Weighted: per duty too many or too few.

    Example::

        rules:
          - duties: {max: 8 per month, shifts: night}
    """

    name: ClassVar[str] = "duties"
    max: CountPer | None = Field(None, description="most duties, such as 5 per week")
    min: CountPer | None = Field(None, description="fewest duties")
    shifts: ShiftNames = Field((), description="count only these shifts")
    at: PlaceNames = Field((), description="count only these posts (site/post), sites or groups")

    def contradiction(self) -> str:
        """Minimum above maximum of the same period, or no limit at all."""
        if self.max is None and self.min is None:
            return _("duties needs max or min, such as max: 5 per week.")
        if self.max and self.min and self.max.period == self.min.period and self.min.count > self.max.count:
            return _("the minimum is above the maximum.")
        return ""
