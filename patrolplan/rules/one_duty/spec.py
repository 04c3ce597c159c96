"""One duty at a time."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field, model_validator

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import Duration, Strict


class Double(Strict):
    """Two duties in a row without a pause, as one."""

    max: Duration = Field(description="longest that both together may last, such as 16h; 0h for no doubles")

    @model_validator(mode="before")
    @classmethod
    def _is_more_than_a_duration(cls, value: Any) -> Any:
        if isinstance(value, (str, int)):
            raise ValueError(_("say how long both duties together may last, such as {max: 16h}."))
        return value


class OneDuty(RuleSpec):
    """Duties of one person never overlap, and at most one starts on a date.

    Changing sites takes time: at least ``travel`` (or what the operation's ``travel`` table says) lies between the
    end of a duty at one site and the start of the next duty at another. Standby is no duty, but nobody is on
    duty and on standby at the same time. This rule always holds.

    With ``double``, two duties of which the second starts when the first ends are a double if they last no longer than
    ``max`` together: they count as one duty that starts on a date, and need no ``rest`` between them. A third duty that
    touches them is never allowed, nor is a double across two sites with travel time between them. A longer pair is
    no double, and ``rest`` and ``per_day`` hold as ever. A contract with a ``double`` of its own goes before the rule.
    All else counts both duties: hours, streaks, cover, and also ``succession``, so that a pair of shifts that it
    forbids stays forbidden in a double.

    Example::

        rules:
          - one_duty: {per_day: 1, travel: 30m, double: {max: 24h}}
    """

    name: ClassVar[str] = "one_duty"
    always: ClassVar[bool] = True
    sees: ClassVar[tuple[str, ...]] = ("double",)

    per_day: int = Field(1, ge=1, description="how many duties may start on one date")
    travel: Duration = Field(0, description="time to change sites where the travel table says nothing")
    double: Double | None = Field(None, description="lets two duties that touch count as one, such as {max: 16h}")

    def contradiction(self) -> str:
        """It always holds, for everyone and hard."""
        limited = self.effective_weight() is not None or self.for_ is not None or self.during is not None
        return _("one_duty always holds, for everyone; it takes no weight, for or during.") if limited else ""
