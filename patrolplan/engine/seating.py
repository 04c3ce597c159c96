"""Who works in which turn, decided without saying at which post: the posts of a turn are dealt out afterwards.

Where no rule about a person tells the posts of a turn apart, whoever works in it can take any place that is left to him
by the rules about posts. A *place* is what one person holds of the turn now; it fits those who could hold it without
making any linking row dearer. People can be seated exactly if no set of places has fewer of them than places (Hall
1935), so that a few sums over people stand for all posts.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property

from ortools.sat.python import cp_model

from patrolplan.engine import work
from patrolplan.engine.formulation import Formulation, PersonClass, Schedule
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.subproblem import Subproblem, Ties
from patrolplan.model.chains import Chain
from patrolplan.model.link_rows import LinkRow

MOST_CUTS = 1_500
"""Most unions of sets of people whom the places of a turn fit: where there are more, fewer places are looked at."""
VARIANTS = 6
"""Ways in which what rows leave open is divided among places."""
MOST_KEPT = 4_000
"""Turns as they were held once whose places are remembered."""

People = int
"""A set of people as bits."""
Holders = tuple[tuple[int, int], ...]
"""Who works in a turn, with the slot of each."""


class Places:
    """The places of one turn.

    Parameters
    ----------
    holders
        Who has them now.
    fits
        Whom each of them fits.

    Attributes
    ----------
    people
        Who has them now.
    cuts
        Sets of people, and how many of each have to work in the turn at least; None if they are too many.
    """

    def __init__(self, holders: Holders, fits: Sequence[People]) -> None:
        self.holders = holders
        self.people = {person for person, _ in holders}
        self.fits = fits
        self.cuts = _cuts(fits)

    def cuts_of(self, free: People) -> dict[People, int]:
        """Sets of free people, and how many of each have to work if all others go on as they do."""
        fixed = sum(1 << person for person, _ in self.holders if not free >> person & 1)
        found: dict[People, int] = {}
        for people, least in self.cuts or ():
            missing = least - (people & fixed).bit_count()
            if missing > 0:
                here = people & free
                found[here] = max(missing, found.get(here, 0))
        return found

    def seat(self, workers: Collection[int]) -> dict[int, int]:
        """Slots of so many people as there are places; whoever has a place keeps it as far as that is possible."""
        holder: list[int | None] = [person if person in workers else None for person, _ in self.holders]
        for person in sorted(set(workers) - self.people):
            if not self._make_room(person, holder, set()):
                raise AssertionError("people who keep to the sums cannot be seated")
        found = zip(holder, self.holders, strict=True)
        return {person: slot for person, (_, slot) in found if person is not None}

    def _make_room(self, person: int, holder: list[int | None], seen: set[int]) -> bool:
        """Give somebody a place, and whoever had it another one (an augmenting path)."""
        open_to = [place for place, fits in enumerate(self.fits) if fits >> person & 1 and place not in seen]
        for place in sorted(open_to, key=lambda place: holder[place] is not None):
            if place in seen:
                continue
            seen.add(place)
            before = holder[place]
            if before is None or self._make_room(before, holder, seen):
                holder[place] = person
                return True
        return False


def _cuts(fits: Sequence[People]) -> list[tuple[People, int]] | None:
    """Unions of what places fit, and how many places lie within each; None if they are too many."""
    places = Counter(fits)
    unions = {0}
    for people in places:
        unions |= {people | other for other in unions}
        if len(unions) > MOST_CUTS:
            return None
    return [
        (union, sum(count for people, count in places.items() if not people & ~union))
        for union in sorted(unions)
        if union
    ]


class Seating:
    """What is known of the posts of all turns of a problem.

    Attributes
    ----------
    turns
        Turns whose posts no rule about a person tells apart, and no linking row that reaches beyond the turn.
    """

    def __init__(self, formulation: Formulation) -> None:
        self.formulation = formulation
        self._values: dict[int, list[tuple[int, dict[int, People]]]] = {}
        self._known: dict[tuple[Holders, int], Places] = {}
        self._crowded: set[int] = set()
        self._seen: dict[int, list[tuple[Chain, frozenset[int]]]] = {}

    @cached_property
    def turns(self) -> frozenset[int]:
        """See above."""
        slots_of_turn = self.formulation.variables.slots_of_turn
        return frozenset(turn for turn, slots in enumerate(slots_of_turn) if slots and self._is_plain(turn, slots))

    def _is_plain(self, turn: int, slots: Sequence[int]) -> bool:
        variables, here = self.formulation.variables, frozenset(slots)
        if any(slot in variables.derived_from for slot in slots):
            return False
        numbers = {number for slot in slots for number, _, _ in self.formulation.rows_of.get(slot, ())}
        rows = [self.formulation.row(number) for number in numbers]
        within = all(row.choice is None and here.issuperset(_keys(row)) for row in rows)
        return within and all(_is_blind(one, one.slots.get(turn, ())) for one in self.formulation.classes)

    def seen(self, kind: int) -> list[tuple[Chain, frozenset[int]]]:
        """The chains of a class, each with the turns whose posts it tells apart."""
        if kind not in self._seen:
            one = self.formulation.classes[kind]
            self._seen[kind] = [
                (chain, frozenset(turn for turn, slots in one.slots.items() if _sees(chain, slots)))
                for chain in one.chains
            ]
        return self._seen[kind]

    @cached_property
    def _offered(self) -> dict[int, People]:
        """To whom each slot is offered at all."""
        found: dict[int, People] = defaultdict(int)
        for one in self.formulation.classes:
            people = _bits(one.people)
            for slots in one.slots.values():
                for slot in slots:
                    found[slot] |= people
        return found

    def _values_of(self, slot: int) -> list[tuple[int, dict[int, People]]]:
        """Linking rows in which a slot stands, and who adds how much there."""
        if slot not in self._values:
            terms: dict[int, list[tuple[People, int]]] = defaultdict(list)
            for number, people, coefficient in self.formulation.rows_of.get(slot, ()):
                terms[number].append((_bits(people), coefficient))
            everyone = self._offered[slot]
            self._values[slot] = [(number, _sums(everyone, here)) for number, here in terms.items()]
        return self._values[slot]

    def holders(self, incumbent: Incumbent) -> dict[int, Holders]:
        """Who works in each turn, with slots."""
        variables = self.formulation.variables
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for person, held in enumerate(incumbent.held):
            for key in held:
                if variables.is_slot(key):
                    found[variables.turn_of(key)].append((person, key))
        return {turn: tuple(sorted(pairs)) for turn, pairs in found.items()}

    def places(self, holders: Holders, variant: int = 0) -> Places:
        """The places of a turn as it is held.

        Parameters
        ----------
        variant
            Where a row leaves something open, some place has to have it first: which one varies, `VARIANTS` ways.
        """
        key = holders, variant % VARIANTS
        known = self._known.get(key)
        if known is None:
            known = Places(holders, self._fits(*key))
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[key] = known
        return known

    def places_among(
        self, incumbent: Incumbent, turn: int, holders: Holders, people: Collection[int], variant: int = 0
    ) -> Places:
        """The places of a turn; only those of some people where all have too many sets to be told apart.

        Parameters
        ----------
        holders
            Who has them in the roster.
        people
            Who may exchange them.
        variant
            See `places`.
        """
        if turn not in self._crowded:
            whole = self.places(holders, variant)
            if whole.cuts is not None:
                return whole
            self._crowded.add(turn)
        mine = tuple(one for one in holders if one[0] in people)
        return Places(mine, self._fits(mine, variant % VARIANTS, incumbent.activity))

    def _fits(self, holders: Holders, variant: int, activity: Sequence[int] | None = None) -> list[People]:
        """Whom each place fits.

        Parameters
        ----------
        activity
            Of all linking rows, where others work in the turn, too; they go on as they do.
        """
        fits = [self._offered[slot] for _, slot in holders]
        rows: dict[int, list[tuple[int, int, dict[int, People]]]] = defaultdict(list)
        order = list(enumerate(holders))
        random.Random(variant).shuffle(order)
        for place, (person, slot) in order:
            for number, values in self._values_of(slot):
                amount = next(amount for amount, people in values.items() if people >> person & 1)
                rows[number].append((place, amount, values))
        for number, here in rows.items():
            total = sum(amount for _, amount, _ in here) if activity is None else activity[number]
            for place, allowed in _divided(self.formulation.row(number), total, here):
                fits[place] &= allowed
        return fits


def _keys(row: LinkRow) -> Iterable[int]:
    return (key for term in row.terms for key in term.keys)


def _is_blind(one: PersonClass, slots: Sequence[int]) -> bool:
    """Whether the own rules of a class cannot tell some slots apart, but for duties in a row that only cost."""
    hard = [chain for chain in one.chains if chain.price is None]
    rows = {(tuple(one.rows_of.get(slot, ())), tuple(one.parts_of.get(slot, ()))) for slot in slots}
    return len(rows) <= 1 and not any(_sees(chain, slots) for chain in hard)


def _sees(chain: Chain, slots: Sequence[int]) -> bool:
    """Whether a chain tells some slots apart."""
    return len({chain.places.get(slot) for slot in slots}) > 1


def _bits(people: Iterable[int]) -> People:
    return sum(1 << person for person in people)


def _sums(everyone: People, terms: Iterable[tuple[People, int]]) -> dict[int, People]:
    """People by the sum of the coefficients of all terms that count them."""
    found = {0: everyone}
    for people, coefficient in terms:
        after: dict[int, People] = defaultdict(int)
        for amount, here in found.items():
            after[amount + coefficient] |= here & people
            after[amount] |= here & ~people
        found = {amount: here for amount, here in after.items() if here}
    return found


def _divided(
    row: LinkRow, total: int, here: Sequence[tuple[int, int, dict[int, People]]]
) -> Iterable[tuple[int, People]]:
    """Whom places fit if a row is not to get dearer: what it leaves open is divided among the places, first come first.

    Parameters
    ----------
    total
        Activity of the row.
    here
        Places that count in the row, what each adds now, and who would add how much.
    """
    less = max(0, total - row.lower) if row.lower is not None and row.cost_below else None
    more = max(0, row.upper - total) if row.upper is not None and row.cost_above else None
    for place, amount, values in here:
        least, most = min(values), max(values)
        if less is not None:
            least = least if amount - least <= less else amount
            less -= amount - least
        if more is not None:
            most = most if most - amount <= more else amount
            more -= most - amount
        yield place, sum(people for one, people in values.items() if least <= one <= most)


class ShiftExchange(Subproblem):
    """A model of who works in which turn: as many as now, so that all places are taken.

    Parameters
    ----------
    seating
        Turns that are not among its turns stay as they are. Where a turn has too many sets of people, only the places
        of these people are dealt out anew.
    variant
        See `Seating.places`.
    """

    def __init__(
        self,
        incumbent: Incumbent,
        people: Collection[int],
        turns: Iterable[int],
        level: int,
        ties: Ties,
        offered: Mapping[int, frozenset[int]] | None,
        seating: Seating,
        variant: int = 0,
    ) -> None:
        holders = seating.holders(incumbent)
        shared = [turn for turn in turns if turn in seating.turns and turn in holders]
        work.charge(work.SEAT, sum(len(holders[turn]) for turn in shared))
        free = frozenset(people)
        places = {turn: seating.places_among(incumbent, turn, holders[turn], free, variant) for turn in shared}
        self._places = {turn: one for turn, one in places.items() if one.cuts is not None}
        self._seating = seating
        self._held = frozenset(key for person in people for key in incumbent.held[person])
        super().__init__(incumbent, people, self._places, level, ties, offered)

    def _openings(
        self, one: PersonClass, person: int, turn: int, possible: Collection[int] | None
    ) -> tuple[list[int], list[int]]:
        """One slot for all of the turn, the held one if there is any, and standby that passes from hand to hand."""
        slots, standby = super()._openings(one, person, turn, possible)
        held = self.incumbent.held[person]
        return sorted(slots, key=lambda slot: slot not in held)[:1], [key for key in standby if key in self._held]

    def _chains_of(self, person: int) -> Iterable[Chain]:
        """Duties in a row at one post are left to chance: only some posts are seen, and seldom so often."""
        seen = self._seating.seen(self.formulation.class_of[person])
        return [chain for chain, turns in seen if turns.isdisjoint(self._places)]

    def _rows_of(self, key: int) -> Sequence[tuple[int, frozenset[int], int]]:
        return () if self.formulation.variables.is_slot(key) else super()._rows_of(key)

    def _add_links(self) -> None:
        super()._add_links()
        free = _bits(self.people)
        for turn, places in self._places.items():
            key = self.formulation.variables.turn_key(turn)
            works = {
                person: self._variables[position][key]
                for person, position in self._free_of.items()
                if key in self._variables[position]
            }
            taken = sum(person in works for person, _ in places.holders)
            self._restrict([(one, 1) for one in works.values()], taken, taken)
            for people, least in places.cuts_of(free).items():
                self._restrict([(one, 1) for person, one in works.items() if people >> person & 1], least, None)

    def schedules(self, value: Callable[[cp_model.IntVar], bool]) -> dict[int, Schedule]:
        """New schedules of the free people, read off an assignment, and of whoever changes posts for them."""
        variables = self.formulation.variables
        found = super().schedules(value)
        working: dict[int, set[int]] = defaultdict(set)
        for person, held in found.items():
            for key in filter(variables.is_slot, held):
                working[variables.turn_of(key)].add(person)
        moved: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for turn, places in self._places.items():
            workers = working[turn] | {person for person, _ in places.holders if person not in found}
            for person, slot in places.seat(workers).items() if workers != places.people else ():
                moved[person].append((turn, slot))
        for person, seats in moved.items():
            held = found.get(person, self.incumbent.held[person])
            slots = dict(seats)
            others = {key for key in held if not variables.is_slot(key) or variables.turn_of(key) not in slots}
            found[person] = frozenset(others | set(slots.values()))
        return found
