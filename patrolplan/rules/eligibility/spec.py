"""Who may stand at which post at all."""

from __future__ import annotations

from typing import ClassVar

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec


class Eligibility(RuleSpec):
    """A person holds a post only with everything that the post ``requires``, valid for the whole duty.

    ``trained_for`` and ``not_at`` of the personnel file limit the sites. This rule always holds.

    Example::

        sites:
          hospital:
            posts:
              armoury: {requires: [armed], needs: [{staff: 1}]}
    """

    name: ClassVar[str] = "eligibility"
    always: ClassVar[bool] = True

    def contradiction(self) -> str:
        """It always holds, for everyone and hard."""
        limited = self.effective_weight() is not None or self.for_ is not None or self.during is not None
        return _("eligibility always holds, for everyone; it takes no weight, for or during.") if limited else ""
