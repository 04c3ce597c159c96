"""Teams kept together, and people kept apart."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import ListsOfPersonNames, TeamNames


class Teams(RuleSpec):
    """On each date the members of a team who are on duty are on the same shift; or some people are never together.

    The team's shift of a date is the one on which most of its members are; each member on another shift is one
    violation. Weighted: per such member and date; without a weight it costs 1.

    An entry with ``apart`` keeps no team together. It names lists of people of whom no two are on duty at the same time
    at one post, or, with ``within``, at posts of one site or anywhere in the operation. Each pair of duties of two
    people of a list that overlap there is one violation. Both must start in the operation and, with ``during``, inside;
    standby and training do not count. Hard unless it has a weight. Weighted: per pair of duties.

    Example::

        rules:
          - teams: {weight: 2}
          - teams: {apart: [["0001", "0002"], ["0003", "0004", "0005"]], within: site}
    """

    name: ClassVar[str] = "teams"
    scope: ClassVar[str] = "linking"
    default_weight: ClassVar[int | None] = 1

    only: TeamNames = Field((), description="only these teams; default all")
    apart: ListsOfPersonNames = Field((), description="lists of people who are to stay apart")
    within: Literal["post", "site", "operation"] = Field("post", description="where people of a list stay apart")

    def effective_weight(self) -> int | None:
        """People stay apart for certain unless the entry says otherwise."""
        if self.apart and self.severity is None and self.weight is None:
            return None
        return super().effective_weight()

    def keeps(self, team: str) -> bool:
        """Whether a team is one of those that stay together: by ``only`` and by the teams that ``for`` names."""
        chosen = self.for_.teams if self.for_ is not None else ()
        return (not self.only or team in self.only) and (not chosen or team in chosen)

    def contradiction(self) -> str:
        """Both kinds in one entry, or lists that name no two people."""
        if "apart" in self.model_fields_set and not self.apart:
            return _("apart names nobody; name two or more people, such as apart: [[P01, P02]].")
        if not self.apart:
            return "" if self.within == "post" else _("within belongs to apart: name the people who are to stay apart.")
        if self.only or self.for_ is not None:
            return _(
                "apart names its people; write teams that stay together, with only or for, as an entry of their own."
            )
        if any(len(set(people)) < 2 for people in self.apart):
            return _("each list of apart names two or more people, such as apart: [[P01, P02], [P03, P04, P05]].")
        return ""
