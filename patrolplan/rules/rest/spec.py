"""Rest between duties."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import Duration, Reference


class Rest(RuleSpec):
    """At least so many hours between the end of a duty and the start of the next.

    ``after`` gives other values after named shifts (*lepas piket*). With ``during``, a rest is bound if the duty
    before it or the duty after it starts inside; where several rules bind, all hold. Between the two duties of a double
    (see ``one_duty``) no rest is asked; after it, what its second duty asks for, from its end. Weighted: per missing
    hour.

    Example::

        rules:
          - rest: 11h
          - rest: {id: rest-before-the-visit, min: 24h, during: {dates: 2026-03-09..2026-03-10}}
          - rest: {min: 11h, after: {night: 24h}}
    """

    name: ClassVar[str] = "rest"
    shorthand: ClassVar[str] = "min"
    sees: ClassVar[tuple[str, ...]] = ("double",)

    min: Duration = Field(description="shortest rest")
    after: dict[Annotated[str, Reference("shift")], Duration] = Field(
        default_factory=dict, description="shortest rest after these shifts instead"
    )

    def required_after(self, shift: str | None) -> int:
        """Minutes of rest that must follow a duty in a shift."""
        return self.after.get(shift or "", self.min)
