"""Few different people at a site."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import PeoplePer, PlaceNames


class Continuity(RuleSpec):
    """At most so many different people serve at a place in each period, so that they know it and are known there.

    A duty counts on the date on which it starts, at the post where it starts; standby and training do not count. Each
    place named under ``at`` is judged by itself; all posts of a site, or of a group of sites, count together. History
    counts in its period, but people from the history alone are never too many. With ``for`` only these people are
    counted. Weighted: per person too many and period.

    Example::

        rules:
          - continuity: {max: 6 per month, at: hospital, weight: 50}
    """

    name: ClassVar[str] = "continuity"
    scope: ClassVar[str] = "linking"
    shorthand: ClassVar[str] = "max"
    default_weight: ClassVar[int | None] = 10

    max: PeoplePer = Field(description="most different people, such as 6 per month")
    at: PlaceNames = Field((), description="posts, sites or groups, each by itself; default every site by itself")

    def contradiction(self) -> str:
        """Nobody may serve."""
        return "" if self.max.count else _("with max: 0 nobody may serve; write 1 or more people, such as 6 per month.")
