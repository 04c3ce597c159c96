"""As few changes as possible to a roster that people know."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import Moment


def _factor(value: Any) -> Any:
    """A length of time belongs to the contract."""
    if isinstance(value, str) and re.search(r"\d\s*[a-z]", value):
        raise ValueError(
            _("write a factor, such as 3; how long it is stands with the contract: notice: {value}.").format(
                value=value
            )
        )
    return value


class Stability(RuleSpec):
    """Each duty taken from a person, and each given, that is not as in the ``published`` roster, is a change.

    The section ``published`` names that roster, such as ``published: roster.csv``. It is the one of the whole
    operation; if it ends sooner, limit the rule with ``during``. Without it the rule does nothing.

    A duty is the same if date, shift and post are the same; with ``posts: false`` another post of the same site will
    do. Another shift or another person is thus two changes: one duty taken, one given. Without a weight nothing may
    change. A duty that its person can no longer hold (absent, not qualified, nobody needed there) may be taken
    freely. Standby and training are not compared, nor is what was given beforehand.

    Duties that start before ``frozen_until`` stay as published, whatever the weight. ``notice`` multiplies the cost of
    a change less than the ``notice`` of the person's contract after ``frozen_until`` (without it, after the start of
    the operation); the start of the duty counts. Weighted: per change.

    Example::

        rules:
          - stability: {weight: 5, frozen_until: 2024-11-20 07:00, notice: 3}
    """

    name: ClassVar[str] = "stability"
    sees: ClassVar[tuple[str, ...]] = ("notice",)

    frozen_until: Moment | None = Field(None, description="duties that start before stay exactly as published")
    notice: Annotated[int, BeforeValidator(_factor)] = Field(
        1, ge=1, description="factor of the cost of a change within the notice of the contract"
    )
    posts: bool = Field(True, description="false: another post of the same site is the same duty")

    def is_partly_hard(self) -> bool:
        """What is frozen stays."""
        return self.frozen_until is not None
