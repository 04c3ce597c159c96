"""A share or minimum of people with a quality among those on duty."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import PlaceNames, QualificationNames, RankName, Sex, WholePercent


class Mix(RuleSpec):
    """Among the people on duty at a place, at every minute, enough with a quality: one experienced in each pair.

    ``share`` asks for a percentage of those who are there (rounded up), ``min`` for a number of them as soon as anybody
    is there; with both, the larger number holds. Where fewer people are on duty than ``min``, all of them must have the
    quality: how many have to be there is for ``needs`` to say. A qualification must be valid for the whole duty, and of
    several named any will do. Each place named under ``at`` is judged by itself; all posts of a site, or of a group of
    sites, count together. Standby and training do not count. People still there from a duty before the operation count
    as well, but minutes at which nobody else is there are not judged. With ``during`` only minutes inside are judged.
    Weighted: per missing person and hour.

    Example::

        rules:
          - mix: {of: first_aid, at: hospital, min: 1}
          - mix: {rank_from: senior, at: hospital/entrance, share: 50%, weight: 20}
    """

    name: ClassVar[str] = "mix"
    scope: ClassVar[str] = "linking"
    default_weight: ClassVar[int | None] = 10

    of: QualificationNames = Field((), description="qualification that counts; of several any will do")
    rank_from: RankName | None = Field(None, description="instead of a qualification: this rank or above")
    sex: Sex | None = Field(None, description="instead of a qualification: m or f")
    at: PlaceNames = Field((), description="posts, sites or groups, each by itself; default every post by itself")
    share: WholePercent = Field(0, ge=0, le=100, description="percent of those on duty there")
    min: int = Field(0, ge=0, description="people, as soon as anybody is on duty there")

    def contradiction(self) -> str:
        """Not one quality, no number asked for, or people chosen whose presence counts."""
        if sum(map(bool, (self.of, self.rank_from, self.sex))) != 1:
            return _("mix asks for one quality: of with a qualification, or rank_from, or sex.")
        if not self.share and not self.min:
            return _("mix needs a share or a min, such as share: 50% or min: 1.")
        if self.for_ is not None:
            return _("mix takes no for: everybody on duty at the place counts; name the place with at.")
        return ""
