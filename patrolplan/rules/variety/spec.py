"""Not always the same post."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import PlaceNames


class Variety(RuleSpec):
    """At most so many duties in a row at the same post, or at the same site: people rotate and get to know the others.

    Days off and standby between two duties change nothing; a duty elsewhere begins anew. With ``at`` only runs at these
    posts, sites or groups count. Duties outside ``during`` are not seen. History counts: a run goes on from it.
    Weighted: per duty too many.

    Example::

        rules:
          - variety: {max: 3, of: post, weight: 2}
    """

    name: ClassVar[str] = "variety"
    shorthand: ClassVar[str] = "max"

    max: int = Field(ge=1, strict=True, description="most duties in a row")
    of: Literal["post", "site"] = Field("post", description="the same post, or the same site")
    at: PlaceNames = Field((), description="only runs at these posts (site/post), sites or groups; default everywhere")
