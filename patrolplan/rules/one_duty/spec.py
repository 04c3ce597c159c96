"""One duty at a time."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import Duration


class OneDuty(RuleSpec):
    """Duties of one person never overlap, and at most one starts on a date.

    Changing sites takes time: at least ``travel`` (or what the operation's ``travel`` table says) lies between the
    end of a duty at one site and the start of the next duty at another. Standby is no duty, but nobody is on
    duty and on standby at the same time. This rule always holds.

    Example::

        rules:
          - one_duty: {per_day: 2, travel: 30m}
    """

    name: ClassVar[str] = "one_duty"
    always: ClassVar[bool] = True

    per_day: int = Field(1, ge=1, description="how many duties may start on one date")
    travel: Duration = Field(0, description="time to change sites where the travel table says nothing")

    def contradiction(self) -> str:
        """It always holds, for everyone and hard."""
        limited = self.effective_weight() is not None or self.for_ is not None or self.during is not None
        return "one_duty always holds, for everyone; it takes no weight, for or during." if limited else ""
