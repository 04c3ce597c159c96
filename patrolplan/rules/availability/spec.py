"""Leave, sickness, training, court days, attached-from and -until."""

from __future__ import annotations

from typing import ClassVar

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec


class Availability(RuleSpec):
    """No duty and no standby may touch the time in which a person is absent.

    Absences come from the personnel file (``from``, ``until``) and from the absence files. They may cover part of a
    day; with ``starts: DATE`` only duties that start on that date are forbidden, so that an overnight duty may
    run into it. This rule always holds.

    Example::

        absences:
          - {person: "0003", dates: 2026-03-09..2026-03-11, reason: leave}
    """

    name: ClassVar[str] = "availability"
    always: ClassVar[bool] = True

    def contradiction(self) -> str:
        """It always holds, for everyone and hard."""
        limited = self.effective_weight() is not None or self.for_ is not None or self.during is not None
        return _("availability always holds, for everyone; it takes no weight, for or during.") if limited else ""
