"""Worked weekends."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import CountPer


class Weekends(RuleSpec):
    """At most so many worked weekends in each period, and whole weekends rather than half ones.

    A weekend is a run of weekend dates (Saturday and Sunday unless the operation says otherwise); it is worked if a
    duty starts on any of its dates. It belongs to the period of its first date in the operation, one that lies wholly
    in the history to the period of its first date, and history counts in its period; weekends under ``counters`` count
    in limits per operation, unless the rule has ``during``. With ``complete: true`` either all of its dates are worked
    or none; only weekends that lie wholly in the operation are judged. Weighted: per weekend too many, and per date
    that is missing from a begun weekend. With ``during``, duties outside are not seen, and only weekends that lie
    wholly inside must be complete.

    Example::

        rules:
          - weekends: {max: 2 per 28 days, complete: true, weight: 30}
    """

    name: ClassVar[str] = "weekends"
    max: CountPer | None = Field(None, description="most worked weekends, such as 2 per month")
    complete: bool = Field(False, description="true: all dates of a weekend or none")

    def contradiction(self) -> str:
        """No limit at all."""
        return "" if self.max is not None or self.complete else _("weekends needs max or complete: true.")
