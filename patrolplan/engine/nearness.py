"""Who could take over from whom in a large force: people who serve at the same posts."""

from __future__ import annotations

from functools import cached_property

from patrolplan.engine.formulation import Formulation, PersonClass

FAR = 1e-6
"""How near people are at least, so that strangers are taken where there is nobody else."""


class Nearness:
    """How much people have in common, by what they may hold at all.

    Parameters
    ----------
    formulation
        The problem.
    """

    def __init__(self, formulation: Formulation) -> None:
        self.formulation = formulation
        self._shares: dict[int, list[float]] = {}

    @cached_property
    def _posts(self) -> list[int]:
        """The posts of each class, as bits."""
        return [self._bits(one) for one in self.formulation.classes]

    def _bits(self, one: PersonClass) -> int:
        slots = self.formulation.problem.slots
        posts = {slots[key].post for keys in one.slots.values() for key in keys}
        return sum(1 << post for post in posts)

    def to(self, person: int) -> list[float]:
        """For each person, the posts that both may have as a share of all that either may have (Jaccard 1912)."""
        kind = self.formulation.class_of[person]
        if kind not in self._shares:
            mine = self._posts[kind]
            both = [((mine & other).bit_count(), (mine | other).bit_count()) for other in self._posts]
            self._shares[kind] = [max(FAR, shared / max(1, either)) for shared, either in both]
        shares = self._shares[kind]
        return [shares[other] for other in self.formulation.class_of]
