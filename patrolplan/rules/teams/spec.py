"""Teams kept together."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import TeamNames


class Teams(RuleSpec):
    """On each date the members of a team who are on duty are on the same shift.

    The team's shift of a date is the one on which most of its members are; each member on another shift is one
    violation. Weighted: per such member and date.

    Example::

        rules:
          - teams: {weight: 2}
    """

    name: ClassVar[str] = "teams"
    scope: ClassVar[str] = "linking"
    default_weight: ClassVar[int | None] = 1

    only: TeamNames = Field((), description="only these teams; default all")
