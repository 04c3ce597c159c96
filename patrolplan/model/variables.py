"""The yes/no variables of a plan, numbered once for everybody.

A *slot* variable says that a person holds a slot, a *turn* variable that the person works a shift on a date at any of
its posts, a *standby* variable that the person is on call then, a *derived* variable that the person holds at least one
of some slots. Their keys are whole numbers and mean the same for every person, so that a linking row can name a
variable of many people at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from patrolplan.problem import Problem


@dataclass(frozen=True, slots=True)
class Turn:
    """One shift on one date, at whatever post."""

    day: int
    shift: int
    start: int
    end: int


class Variables:
    """Numbering of the variables of one problem.

    Attributes
    ----------
    turns
        All turns of the planning window, in order of time.
    turn_of_slot
        Index in `turns` of each slot.
    slots_of_turn
        Keys of the slots of each turn.
    training_turns
        Turns with slots that only some learners may hold.
    any_of
        Derived variables: key to the slots of which at least one must be held.
    derived_from
        For each slot, the derived variables that it makes true.
    size
        Number of slots, turns and standby; greater keys are derived.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        found = {(slot.day, slot.shift): Turn(slot.day, slot.shift, slot.start, slot.end) for slot in problem.slots}
        for day in range(problem.first_day, problem.last_day + 1):
            for shift in range(len(problem.shifts)):
                start, end = problem.shift_span(shift, day)
                if problem.start <= start < problem.end and problem.window[0] <= start < problem.window[1]:
                    found.setdefault((day, shift), Turn(day, shift, start, end))
        self.turns: Sequence[Turn] = sorted(found.values(), key=lambda turn: (turn.start, turn.end, turn.shift))
        self.turn_index = {(turn.day, turn.shift): index for index, turn in enumerate(self.turns)}
        self.turn_of_slot = [self.turn_index[slot.day, slot.shift] for slot in problem.slots]
        self.slots_of_turn: list[list[int]] = [[] for _ in self.turns]
        for slot, turn in enumerate(self.turn_of_slot):
            self.slots_of_turn[turn].append(slot)
        self.training_turns = frozenset(
            turn for slot, turn in zip(problem.slots, self.turn_of_slot, strict=True) if slot.learners is not None
        )
        self._turn_base = len(problem.slots)
        self._standby_base = self._turn_base + len(self.turns)
        self.size = self._standby_base + len(self.turns)
        self.any_of: dict[int, tuple[int, ...]] = {}
        self.derived_from: dict[int, list[int]] = {}
        self._derived: dict[tuple[int, ...], int] = {}

    @property
    def first_own_key(self) -> int:
        """The first key that is free for a person's own variables, once all shared ones are known."""
        return self.size + len(self.any_of)

    def derive(self, slots: Iterable[int]) -> int:
        """Key of a variable that is yes exactly if a person holds at least one of some slots.

        To be called by linking rules only, before people number variables of their own.
        """
        wanted = tuple(sorted(set(slots)))
        if len(wanted) == 1:
            return wanted[0]
        if wanted not in self._derived:
            key = self._derived[wanted] = self.first_own_key
            self.any_of[key] = wanted
            for slot in wanted:
                self.derived_from.setdefault(slot, []).append(key)
        return self._derived[wanted]

    def turn_key(self, turn: int) -> int:
        """Key of "works this turn"."""
        return self._turn_base + turn

    def standby_key(self, turn: int) -> int:
        """Key of "is on call in this turn"."""
        return self._standby_base + turn

    def is_slot(self, key: int) -> bool:
        """Whether a key stands for a slot."""
        return key < self._turn_base

    def is_standby(self, key: int) -> bool:
        """Whether a key stands for standby."""
        return self._standby_base <= key < self.size

    def turn_of(self, key: int) -> int:
        """Index of the turn to which a slot, turn or standby key belongs."""
        if key < self._turn_base:
            return self.turn_of_slot[key]
        return key - (self._turn_base if key < self._standby_base else self._standby_base)

    def turns_of(self, key: int) -> set[int]:
        """Indices of the turns to which a key belongs: one, or those of a derived key's slots."""
        return {self.turn_of(part) for part in self.any_of.get(key, (key,))}
