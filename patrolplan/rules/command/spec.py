"""Somebody in charge at every minute."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import Between, PlaceNames, QualificationName, RankName


class Command(RuleSpec):
    """Somebody of at least this rank, or with this qualification, on duty for a group of sites at every minute.

    Weighted: per missing person and hour. Without a weight it costs as much as a missing person in cover.

    Example::

        rules:
          - command: {rank: senior, at: hospital}
    """

    name: ClassVar[str] = "command"
    scope: ClassVar[str] = "linking"
    default_weight: ClassVar[int | None] = 100
    default_level: ClassVar[int] = 1

    rank: RankName | None = Field(None, description="this rank or above")
    qualification: QualificationName | None = None
    at: PlaceNames = Field((), description="posts, sites or groups that count together; default all")
    count: int = Field(1, ge=1)
    between: Between | None = Field(None, description="clock window; default always")

    def contradiction(self) -> str:
        """Neither rank nor qualification."""
        return "" if self.rank or self.qualification else _("command needs a rank or a qualification.")
