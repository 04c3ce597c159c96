"""What people may hold who stay with their team: what their team has chosen for each date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from patrolplan.engine.formulation import Formulation
from patrolplan.engine.incumbent import Incumbent


class Loyalty:
    """Which alternatives teams have chosen, and what that leaves to their members.

    Parameters
    ----------
    formulation
        The problem.

    Attributes
    ----------
    choices
        Units of linking rows that choose which one of their rows does not bind.
    dates
        The same, those together that stretch over the same turns, in order of time.
    level
        The first level on which such a choice costs; beyond all if there is none.
    """

    def __init__(self, formulation: Formulation) -> None:
        self.formulation = formulation
        units = [unit for unit in range(len(formulation.units)) if self._is_of_team(unit)]
        self.choices = units
        by_turns: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for unit in units:
            by_turns[tuple(formulation.turns_of_unit(unit))].append(unit)
        self.dates = [(turns, by_turns[turns]) for turns in sorted(by_turns)]
        self.level = min((formulation.unit_level(unit) for unit in units), default=10**9)

    def _is_of_team(self, unit: int) -> bool:
        """Whether a unit chooses which one of its rows does not bind."""
        rows = [self.formulation.row(number) for number in self.formulation.units[unit]]
        return all(row.choice is not None and row.pool is None and len(row.choice[1]) == 1 for row in rows)

    @cached_property
    def _slots(self) -> list[dict[int, frozenset[int]]]:
        return [{turn: frozenset(keys) for turn, keys in one.slots.items()} for one in self.formulation.classes]

    @cached_property
    def _standby(self) -> list[dict[int, int]]:
        key_of = self.formulation.variables.standby_key
        return [{turn: key_of(turn) for turn in one.standby} for one in self.formulation.classes]

    def team(self, unit: int) -> frozenset[int]:
        """Whom a unit binds."""
        rows = (self.formulation.row(number) for number in self.formulation.units[unit])
        masks = self.formulation.links.masks
        return frozenset().union(*(masks[term.mask] for row in rows for term in row.terms))

    def chosen(self, incumbent: Incumbent, unit: int) -> int:
        """The alternative that costs least."""
        return self.formulation.best_alternative(unit, incumbent.activity)

    def offered(
        self,
        incumbent: Incumbent,
        people: Iterable[int],
        turns: Iterable[int],
        instead: Mapping[int, int] | None = None,
        *,
        may_stay: bool = False,
    ) -> Mapping[int, frozenset[int]] | None:
        """What each of some people may hold in some turns without leaving a team; None if there are no teams.

        Whoever is not with his team may go on as he does, unless the team is to choose something else.

        Parameters
        ----------
        instead
            Other alternatives of some units.
        may_stay
            Whether people of these may go on as they do, too.
        """
        here = frozenset(turns)
        away = self._strange(incumbent, here, instead or {})
        if away is None:
            return None
        found, nowhere = {}, (frozenset[int](), frozenset[int]())
        for person in people:
            kind = self.formulation.class_of[person]
            strange, left = away.get(person, nowhere)
            slots, standby = self._slots[kind], self._standby[kind]
            keys = set().union(*(slots[turn] for turn in here - strange if turn in slots))
            keys.update(standby[turn] for turn in here if turn in standby)
            barred = set().union(*(slots[turn] for turn in left if turn in slots and not may_stay))
            found[person] = frozenset(keys) | (incumbent.held[person] - barred)
        return found

    def _strange(
        self, incumbent: Incumbent, here: frozenset[int], instead: Mapping[int, int]
    ) -> dict[int, tuple[frozenset[int], frozenset[int]]] | None:
        """Turns of each person that a team of his did not choose, and those of them which it is to leave."""
        formulation, variables = self.formulation, self.formulation.variables
        found: dict[int, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
        none = True
        for unit in self.choices:
            if here.isdisjoint(formulation.turns_of_unit(unit)):
                continue
            none = False
            chosen = instead.get(unit, self.chosen(incumbent, unit))
            for number in formulation.units[unit]:
                row = formulation.row(number)
                if row.choice is not None and chosen not in row.choice[1]:
                    for term in row.terms:
                        turns = {turn for key in term.keys for turn in variables.turns_of(key)}
                        for person in formulation.links.masks[term.mask]:
                            found[person][0].update(turns)
                            if unit in instead:
                                found[person][1].update(turns)
        if none:
            return None
        return {person: (frozenset(strange), frozenset(left)) for person, (strange, left) in found.items()}
