"""What a person's own hard rules say to one slot or standby more and one less, without a look at the whole schedule."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations, islice

from patrolplan.engine.formulation import Formulation, PersonClass, Schedule
from patrolplan.engine.incumbent import row_activities, true_keys

MOST_PAIRS = 8
"""Most pairs that are looked at where two duties are in the way of a third."""


class Trial:
    """A schedule that keeps every hard rule, and small changes to it.

    Attributes
    ----------
    held
        The schedule.
    """

    def __init__(self, formulation: Formulation, one: PersonClass, held: Schedule) -> None:
        self.formulation = formulation
        self.one = one
        self.held = held
        self._true = true_keys(formulation, one, held)
        self._activity = row_activities(formulation, one, held)

    def schedule(self, added: int | None, removed: Collection[int] = ()) -> Schedule:
        """The schedule after a change."""
        rest = self.held.difference(removed)
        return rest if added is None else rest | {added}

    def is_feasible(self, added: int | None, removed: Collection[int] = ()) -> bool:
        """Whether every hard rule is kept after a change."""
        if any(True for _ in self.broken(added, removed)):
            return False
        chains = [chain for chain in self.one.chains if chain.price is None]
        return not chains or not any(chain.excess(self.schedule(added, removed)) for chain in chains)

    def broken(self, added: int | None, removed: Collection[int] = ()) -> Iterator[int]:
        """Hard rows that a change breaks."""
        changes: dict[int, int] = {}
        for key, sign in self._changed(added, removed):
            for number, coefficient in self.one.rows_of.get(key, ()):
                changes[number] = changes.get(number, 0) + sign * coefficient
        for number, change in changes.items():
            row = self.one.rows[number]
            if change and row.price is None and row.violation(self._activity.get(number, 0) + change):
                yield number

    def obstacles(self, added: int) -> list[tuple[int, ...]]:
        """What is held that could be in the way of a slot: each of it alone, or else two together."""
        broken = list(self.broken(added))
        covers = {key: {number for number in broken if self._stands_in(key, number)} for key in sorted(self.held)}
        single = [(key,) for key, rows in covers.items() if len(rows) == len(broken)]
        if single:
            return [*single]
        useful = [key for key, rows in covers.items() if rows]
        pairs = (pair for pair in combinations(useful, 2) if len(covers[pair[0]] | covers[pair[1]]) == len(broken))
        return [*islice(pairs, MOST_PAIRS)]

    def _stands_in(self, key: int, number: int) -> bool:
        """Whether something held, or what is derived from it, stands in a row."""
        names = self.one.rows[number].keys
        parts = {part for name in names for part in self.one.any_of.get(name, (name,))}
        return not parts.isdisjoint(self._base(key))

    def _changed(self, added: int | None, removed: Collection[int]) -> list[tuple[int, int]]:
        """Keys that become true (1) or false (-1) with a change."""
        plus, minus = set(self._base(added)), {key for one in removed for key in self._base(one)}
        plus, minus = plus - minus, minus - plus
        found = [(key, 1) for key in plus if key not in self._true] + [(key, -1) for key in minus]
        if self.one.parts_of:
            derived = {one for part in plus | minus for one in self.one.parts_of.get(part, ())}
            for key in derived:
                now = any(part in plus or (part in self._true and part not in minus) for part in self.one.any_of[key])
                if now != (key in self._true):
                    found.append((key, 1 if now else -1))
        return found

    def _base(self, key: int | None) -> tuple[int, ...]:
        if key is None:
            return ()
        variables = self.formulation.variables
        return (key, variables.turn_key(variables.turn_of(key))) if variables.is_slot(key) else (key,)
