"""Linking rows: everything that ties people together, as linear rows over the variables of many people."""

from __future__ import annotations

import copy
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from patrolplan.model.variables import Variables
from patrolplan.problem import HeldDuty, Problem


@dataclass(frozen=True, slots=True)
class LinkTerm:
    """``coefficient`` times the number of yeses among some keys of the people in a mask."""

    mask: int
    keys: tuple[int, ...]
    coefficient: int = 1


@dataclass(slots=True)
class LinkRow:
    """``lower <= sum(terms) + sum(choice) <= upper``, hard or at a price.

    Attributes
    ----------
    terms
        Over the people's variables.
    lower, upper
        Bounds, or None.
    cost_below, cost_above
        Sixtieths per unit outside the bounds; a hard row costs on level 0.
    level, rule
        Level of the cost and id of the rule instance.
    choice
        Coefficients of the alternatives of one choice, ``(choice, {alternative: coefficient})``, or None.
    pool
        Rows of one pool are priced once, by the dearest among them; None for none. If rows of one choice have a pool,
        each alternative is priced by the dearest of them, else by their sum.
    unit
        What counts as one unit outside the bounds; started units count whole.
    staff_minutes
        Person-minutes of staff that one unit below the lower bound leaves open; 0 if the row is not about staff.
    """

    terms: tuple[LinkTerm, ...]
    lower: int | None
    upper: int | None
    cost_below: int
    cost_above: int
    level: int
    rule: str
    choice: tuple[int, dict[int, int]] | None = None
    pool: int | None = None
    unit: int = 1
    staff_minutes: int = 0

    def violation_cost(self, activity: int) -> int:
        """Cost of an activity, in sixtieths."""
        if self.lower is not None and activity < self.lower:
            return -(-(self.lower - activity) // self.unit) * self.cost_below
        if self.upper is not None and activity > self.upper:
            return -(-(activity - self.upper) // self.unit) * self.cost_above
        return 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of time in which the same slots and known duties are present."""

    minutes: int
    keys: tuple[int, ...]
    known: tuple[HeldDuty, ...]


class LinkRows:
    """The linking rows of a problem, filled by the linking rules.

    Attributes
    ----------
    masks
        Sets of people, by number.
    rows
        The rows.
    choices
        Number of alternatives of each choice; exactly one alternative of each holds.
    """

    def __init__(self, problem: Problem, variables: Variables) -> None:
        self.problem = problem
        self.variables = variables
        self.masks: list[frozenset[int]] = []
        self.rows: list[LinkRow] = []
        self.choices: list[int] = []
        self.pools = 0
        self._mask_numbers: dict[frozenset[int], int] = {}
        self._seen_masks: dict[int, tuple[frozenset[int], int]] = {}
        self._mergeable: dict[tuple[object, ...], LinkRow] = {}
        self._by_post: dict[int, list[int]] = {}
        for key, slot in enumerate(problem.slots):
            if slot.training:
                continue
            self._by_post.setdefault(slot.post, []).append(key)
        longest = max((slot.end - slot.start for slot in problem.slots), default=0)
        self._longest = longest
        self._starts = {post: [problem.slots[key].start for key in keys] for post, keys in self._by_post.items()}
        self._known: dict[int | None, list[HeldDuty]] = {}
        for duty in (duty for duties in problem.given.values() for duty in duties if duty.kind == "duty"):
            self._known.setdefault(duty.post, []).append(duty)

    def copy(self) -> LinkRows:
        """The same rows and masks; others can be added."""
        other = copy.copy(self)
        other.rows, other.masks = list(self.rows), list(self.masks)
        other._mask_numbers, other._seen_masks = dict(self._mask_numbers), dict(self._seen_masks)
        return other

    def mask(self, people: Iterable[int]) -> int:
        """Number of a set of people."""
        seen = self._seen_masks.get(id(people))
        if seen is not None and seen[0] is people:
            return seen[1]
        wanted = frozenset(people)
        if wanted not in self._mask_numbers:
            self._mask_numbers[wanted] = len(self.masks)
            self.masks.append(wanted)
        number = self._mask_numbers[wanted]
        if wanted is people:  # large sets are compared once, not for each row
            self._seen_masks[id(wanted)] = wanted, number
        return number

    def choice(self, alternatives: int) -> int:
        """A new choice of exactly one among some alternatives."""
        self.choices.append(alternatives)
        return len(self.choices) - 1

    def pool(self) -> int:
        """A new pool of rows that are priced once."""
        self.pools += 1
        return self.pools - 1

    def add(self, row: LinkRow) -> None:
        """Add a row; the other side of a row over the same terms is joined to it."""
        if row.choice is None and row.pool is None and row.unit == 1 and len(row.terms) == 1:
            key = (row.terms[0], row.level, row.rule, row.lower is None)
            twin_key = (row.terms[0], row.level, row.rule, row.lower is not None)
            twin = self._mergeable.get(twin_key)
            if twin is not None and (row.lower is None or twin.upper is None or row.lower <= twin.upper):
                if row.lower is None and (twin.lower is None or row.upper is None or twin.lower <= row.upper):
                    twin.upper, twin.cost_above = row.upper, row.cost_above
                    del self._mergeable[twin_key]
                    return
                if row.lower is not None and twin.lower is None:
                    twin.lower, twin.cost_below, twin.staff_minutes = row.lower, row.cost_below, row.staff_minutes
                    del self._mergeable[twin_key]
                    return
            self._mergeable.setdefault(key, row)
        self.rows.append(row)

    def pieces(self, posts: Collection[int], start: int, end: int) -> list[Piece]:
        """Cut a stretch of time where the possible or known presence at some posts changes; like pieces are joined."""
        keys = self._slots_over(posts, start, end)
        slots = self.problem.slots
        known = [
            duty
            for post in sorted(posts)
            for duty in self._known.get(post, ())
            if duty.start < end and duty.end > start
        ]
        cuts = {start, end}
        for key in keys:
            cuts.update((slots[key].start, slots[key].end))
        for duty in known:
            cuts.update((duty.start, duty.end))
        edges = sorted(cut for cut in cuts if start <= cut <= end)
        minutes: dict[tuple[tuple[int, ...], tuple[HeldDuty, ...]], int] = {}
        for opens, closes in pairwise(edges):
            here = tuple(key for key in keys if slots[key].start <= opens and slots[key].end >= closes)
            there = tuple(duty for duty in known if duty.start <= opens and duty.end >= closes)
            minutes[here, there] = minutes.get((here, there), 0) + closes - opens
        return [Piece(length, here, there) for (here, there), length in minutes.items()]

    def _slots_over(self, posts: Iterable[int], start: int, end: int) -> Sequence[int]:
        slots = self.problem.slots
        found: list[int] = []
        for post in sorted(posts):
            starts = self._starts.get(post, [])
            keys = self._by_post.get(post, [])
            for position in range(bisect_left(starts, start - self._longest), len(starts)):
                if starts[position] >= end:
                    break
                if slots[keys[position]].end > start:
                    found.append(keys[position])
        return found
