"""A long rest in every week."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import Duration


class WeeklyRest(RuleSpec):
    """In every run of so many days at least one unbroken free stretch.

    The runs begin at each date of the operation, where its days begin, and last ``days`` times 24 hours; only runs
    that lie wholly in the operation are judged. A stretch is free if no duty touches it; standby does not break it.
    History counts where a duty runs into the operation. Weighted: per run without such a stretch.
    With ``during``, duties outside are not seen.

    Example::

        rules:
          - weekly_rest: 35h
    """

    name: ClassVar[str] = "weekly_rest"
    shorthand: ClassVar[str] = "min"
    min: Duration = Field(description="length of the free stretch")
    days: int = Field(7, ge=1, le=60, description="length of the run of days")

    def contradiction(self) -> str:
        """A rest longer than the run in which it must lie."""
        return "" if self.min <= self.days * 1440 else _("the rest is longer than the days in which it must lie.")
