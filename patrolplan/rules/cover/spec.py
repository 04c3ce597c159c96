"""Enough people, and among them enough of each kind, at every minute."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec


class Cover(RuleSpec):
    """What the ``needs`` of posts, sites and groups ask for, at every minute.

    Cover is elastic: a shortfall is a finding and costs ``short`` per missing person and hour (times the priority of
    the post), a surplus costs ``surplus``. Each need may say its own values. Needs that hold at one instant are
    separate lower bounds on the same people; one person counts for each qualification held, if it is valid for the
    whole duty. This rule always holds; list it to change the values for all needs.

    Example::

        rules:
          - cover: {short: 100, surplus: 1}
    """

    name: ClassVar[str] = "cover"
    scope: ClassVar[str] = "linking"
    always: ClassVar[bool] = True
    default_weight: ClassVar[int | None] = 1
    default_level: ClassVar[int] = 1

    short: int = Field(100, ge=0, description="cost of one missing person, per hour")
    surplus: int = Field(1, ge=0, description="cost of one person too many, per hour")
    ideal: int = Field(1, ge=0, description="cost of one person below the ideal, per hour (level 3)")

    def contradiction(self) -> str:
        """It always holds, elastic, for all needs; each need has its own time and prices."""
        is_limited = self.for_ is not None or self.during is not None
        if is_limited or self.severity not in (None, "soft") or self.weight is not None:
            return _(
                "cover takes no for, during, weight or severity; write short, surplus and level with a need instead."
            )
        return ""
