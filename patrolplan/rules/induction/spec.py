"""Newcomers learn a site before they count there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from patrolplan.problem import Post, Rule, Site, Slot
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import SiteNames


class Induction(RuleSpec):
    """Somebody new to a site shadows so many duties there, beyond the cover, before counting there.

    ``for`` says who is new. A shadowed duty stands in the roster with the kind ``training``: it counts for hours, rest
    and streaks, but for no cover. It needs only a permitted site, no qualification. Somebody must be on duty at the
    post in the same shift to learn from, one for each who learns. Duties and training at the site in the history count
    as shadowed. Nobody shadows more duties than asked. Weighted: per shadowed duty that is missing before each duty,
    and per shadowed duty too many or without somebody to learn from.

    Example::

        rules:
          - induction: {duties: 2, at: hospital, for: {people: "0002"}}
    """

    name: ClassVar[str] = "induction"
    shorthand: ClassVar[str] = "duties"

    duties: int = Field(ge=1, strict=True, description="how many duties are shadowed at each site")
    at: SiteNames = Field((), description="the sites; default every site, each by itself")

    def binds_each(self) -> bool:
        """Those who learn in one duty share the people to learn from."""
        return False


def training_slots(
    slots: Iterable[Slot], sites: Sequence[Site], posts: Sequence[Post], rules: Iterable[Rule]
) -> list[Slot]:
    """Slots beyond the cover, one beside each slot of a site at which somebody is to learn."""
    learners: dict[int, frozenset[int]] = {}
    for rule in rules:
        if isinstance(rule.spec, Induction) and rule.people:
            names = set(rule.spec.at) or {site.name for site in sites}
            for index, site in enumerate(sites):
                if site.name in names:
                    learners[index] = learners.get(index, frozenset()) | rule.people
    return [replace(slot, learners=learners[where]) for slot in slots if (where := posts[slot.post].site) in learners]
