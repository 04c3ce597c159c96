"""Rest between duties."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import Duration, Reference


class Rest(RuleSpec):
    """At least so many hours between the end of a duty and the start of the next.

    ``after`` gives other values after named shifts (*lepas piket*). With ``during``, a rest is bound if the duty
    before it or the duty after it starts inside; where several rules bind, all hold. Weighted: per missing hour.

    Example::

        rules:
          - rest: 11h
          - rest: {id: rest-from-24-nov, min: 24h, during: [quiet, voting]}
          - rest: {min: 11h, after: {night: 24h}}
    """

    name: ClassVar[str] = "rest"
    shorthand: ClassVar[str] = "min"

    min: Duration = Field(description="shortest rest")
    after: dict[Annotated[str, Reference("shift")], Duration] = Field(
        default_factory=dict, description="shortest rest after these shifts instead"
    )

    def required_after(self, shift: str | None) -> int:
        """Minutes of rest that must follow a duty in a shift."""
        return self.after.get(shift or "", self.min)
