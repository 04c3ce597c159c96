"""Schedules that grow turn by turn: the scarcest need first, the least needed and least used people first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from patrolplan.engine import work
from patrolplan.engine.formulation import Formulation, PersonClass
from patrolplan.engine.incumbent import Incumbent

HARD = 10**9
"""How much more a hard linking rule counts than a priced one."""
LAST_LEVEL = 2
"""Rules of later levels do not decide who serves."""
BEHIND = 0.05
"""How much it counts that a team is a duty behind its fair shares, beside the share of what is asked for that it can
do."""
SCARCITY, NEAR = 0.1, 2
"""How much a person's scarcity counts beside the share of time in which he served, and digits of both that count."""
NEAR_TEAMS = 3
"""Digits of a team's order that count."""

Gain = tuple[int, int]
"""What somebody saves at a slot: on the first level with hard rules, and on the second."""
Rank = tuple[bool, Gain, int, float, float, int]
"""Who comes first among those who save the same; see `_Muster`."""
TeamRank = tuple[float, int, float, int, str]
"""Which team comes first; see `_Muster`."""


@dataclass(frozen=True, slots=True)
class Need:
    """A linking row that asks for more of some people, with the slots of one turn at which they count."""

    row: int
    people: frozenset[int]
    keys: tuple[int, ...]


class Draft:
    """Schedules in the making.

    Attributes
    ----------
    keys
        What each person holds: slots and standby.
    links
        Activity of every linking row.
    minutes, chances
        Minutes of duty of each person, and of all turns in which the person could have served.
    has_shared
        Whether fair shares would put teams into another order than their strength in any turn.

    Parameters
    ----------
    incumbent
        The roster to start from.
    shares
        Whether teams come in the order of their fair shares, too.
    """

    def __init__(self, formulation: Formulation, incumbent: Incumbent, *, shares: bool = True) -> None:
        self.formulation = formulation
        self.shares, self.has_shared = shares, False
        people = range(len(formulation.problem.people))
        self.keys: list[set[int]] = [set() for _ in people]
        self.links = list(incumbent.activity)
        given = formulation.problem.given
        self.minutes = [sum(duty.end - duty.start for duty in given.get(person, ())) for person in people]
        self.chances = [0.0 for _ in people]
        self.served: list[dict[int, int]] = [{} for _ in people]
        self._true: list[set[int]] = [set() for _ in people]
        self._activity: list[dict[int, int]] = [{} for _ in people]
        self._calls = [0 for _ in people]
        self._limits = [_limits(one) for one in formulation.classes]
        self._dues = [_dues(formulation, one) for one in formulation.classes]
        self._wishes = [_wishes(one) for one in formulation.classes]
        self._paces = [_paces(formulation, one) for one in formulation.classes]
        self._counting: dict[int, list[tuple[int, frozenset[int], int]]] = {}
        self.profiles = _profiles(formulation)

    # -- duties --------------------------------------------------------------------------------------------------

    def fill(self, turn: int) -> None:
        """Give the needs of one turn to the people who are free for it."""
        work.charge(work.FILLING, len(self.keys))
        span = self.formulation.variables.turns[turn]
        free = self._free(turn)
        for people in free.values():
            for person in people:
                share = self.formulation.problem.people[person].share
                self.chances[person] += (span.end - span.start) * share
        needs = self._needs(turn)
        if needs:
            _Muster(self, turn, free, needs).serve_all()

    def _free(self, turn: int) -> dict[int, list[int]]:
        """People who can take a duty in a turn, by class."""
        key = self.formulation.variables.turn_key(turn)
        found = {}
        for number, one in enumerate(self.formulation.classes):
            if turn in one.slots:
                people = [person for person in one.people if self.fits(person, key)]
                if people:
                    found[number] = people
        return found

    def _needs(self, turn: int) -> list[Need]:
        found: dict[tuple[int, int], list[int]] = {}
        masks: dict[int, frozenset[int]] = {}
        for key in self.formulation.variables.slots_of_turn[turn]:
            for number, people, coefficient in self.formulation.rows_of.get(key, ()):
                row = self.formulation.row(number)
                if row.lower is not None and coefficient > 0 and row.cost_below and self.links[number] < row.lower:
                    found.setdefault((number, id(people)), []).append(key)
                    masks[id(people)] = people
        return [Need(number, masks[mask], tuple(keys)) for (number, mask), keys in found.items()]

    def missing(self, number: int) -> int:
        """Units by which a row is below its lower bound."""
        row = self.formulation.row(number)
        return max(0, -(-((row.lower or 0) - self.links[number]) // row.unit))

    def is_due(self, person: int, turn: int) -> bool:
        """Whether a turn is the last chance for something that the person's own rules demand."""
        dues = self._dues[self.formulation.class_of[person]].get(turn, ())
        return any(self._activity[person].get(number, 0) < lower for number, lower in dues)

    def burden(self, person: int, turn: int) -> Gain:
        """What the person's own rules cost more with a duty in a turn, whatever the post."""
        wishes, activity = self._wishes[self.formulation.class_of[person]], self._activity[person]
        added: dict[int, int] = {}
        for key in self._newly_true(person, self.formulation.variables.turn_key(turn)) if wishes else ():
            for number, coefficient in wishes.get(key, ()):
                added[number] = added.get(number, 0) + coefficient
        first = second = 0
        for number, amount in added.items():
            row, before = self.formulation.model_of(person).rows[number], activity.get(number, 0)
            more = (row.violation(before + amount) - row.violation(before)) * (row.price or 0)
            first, second = (first, second + more) if row.level > 1 else (first + more, second)
        return first, second

    def behind(self, person: int, turn: int) -> float:
        """Duties by which the person is behind the fair shares for which a turn counts, if these grow steadily."""
        paces, activity = self._paces[self.formulation.class_of[person]], self._activity[person]
        return sum((due - activity.get(number, 0)) / amount for number, amount, due in paces.get(turn, ()))

    # -- what somebody saves -------------------------------------------------------------------------------------

    def savings(self, key: int) -> list[tuple[frozenset[int], Gain]]:
        """What one more of some people saves at a slot or a derived key, for all rows in which it stands."""
        if key not in self._counting:
            rows = self.formulation.rows_of.get(key, ())
            self._counting[key] = [
                (number, people, coefficient)
                for number, people, coefficient in rows
                if (row := self.formulation.row(number)).choice is None and row.level <= LAST_LEVEL
            ]
        found = []
        for number, people, coefficient in self._counting[key]:
            row, before = self.formulation.row(number), self.links[number]
            saved = row.violation_cost(before) - row.violation_cost(before + coefficient)
            if saved:
                found.append((people, (0, saved) if row.level > 1 else (saved if row.level else HARD * saved, 0)))
        return found

    def newly_derived(self, person: int, key: int) -> list[int]:
        """What linking rows derive from a key and from nothing that the person holds yet."""
        derived = self.formulation.variables.derived_from.get(key, ())
        return [one for one in derived if one not in self._true[person]]

    # -- what a person may hold ----------------------------------------------------------------------------------

    def give(self, person: int, key: int) -> None:
        """Give a slot or standby to somebody."""
        variables = self.formulation.variables
        for one in (*self._newly_true(person, key), *self.newly_derived(person, key)):
            self._enter(person, one)
        self.keys[person].add(key)
        if variables.is_slot(key):
            turn = variables.turns[variables.turn_of(key)]
            self.minutes[person] += turn.end - turn.start
            self.served[person][turn.shift] = self.served[person].get(turn.shift, 0) + 1
        else:
            self._calls[person] += 1

    def _newly_true(self, person: int, key: int) -> list[int]:
        """A key, the turn of a slot, and what the person's own rules derive from them and from nothing held yet."""
        variables, true = self.formulation.variables, self._true[person]
        found = [key, variables.turn_key(variables.turn_of(key))] if variables.is_slot(key) else [key]
        parts_of = self.formulation.model_of(person).parts_of
        if parts_of:
            derived = {one for part in found for one in parts_of.get(part, ())}
            found += sorted(one for one in derived if one not in true)
        return found

    def _enter(self, person: int, key: int) -> None:
        self._true[person].add(key)
        activity = self._activity[person]
        for number, coefficient in self.formulation.model_of(person).rows_of.get(key, ()):
            activity[number] = activity.get(number, 0) + coefficient
        for number, people, coefficient in self.formulation.rows_of.get(key, ()):
            if person in people:
                self.links[number] += coefficient

    def fits(self, person: int, key: int) -> bool:
        """Whether a key may be added without breaking a hard row that only an upper bound can break."""
        limits, activity = self._limits[self.formulation.class_of[person]], self._activity[person]
        added = self._newly_true(person, key)
        if len(added) == 1:
            if any(activity.get(row, 0) + coefficient > limit for row, coefficient, limit in limits.get(key, ())):
                return False
        else:
            sums: dict[int, int] = {}
            for one in added:
                for row, coefficient, limit in limits.get(one, ()):
                    sums[row] = sums.get(row, activity.get(row, 0)) + coefficient
                    if sums[row] > limit:
                        return False
        chains = self.formulation.model_of(person).chains
        return not any(chain.price is None and chain.excess({*self.keys[person], key}) for chain in chains)

    # -- standby -------------------------------------------------------------------------------------------------

    def call(self, turn: int) -> None:
        """Give standby in one turn to people who are not on duty."""
        key = self.formulation.variables.standby_key(turn)
        for number, people, coefficient in self.formulation.rows_of.get(key, ()):
            row = self.formulation.row(number)
            if row.lower is None or coefficient <= 0:
                continue
            for person in sorted(people, key=lambda one: (self._calls[one], self.minutes[one], one)):
                if self.links[number] >= row.lower:
                    break
                if (
                    key not in self.keys[person]
                    and turn in self.formulation.model_of(person).standby
                    and self.fits(person, key)
                ):
                    self.give(person, key)


class _Muster:
    """The people who are free for one turn, and who of them comes first.

    First who must serve in this turn; then who costs least and saves most on the second level, whose team has most
    members free whose own rules it costs nothing and is most behind its fair shares, and who has served least of the
    time in which he could have and is least needed by the scarcest needs of the turn.
    """

    def __init__(self, draft: Draft, turn: int, free: dict[int, list[int]], needs: Sequence[Need]) -> None:
        self.draft = draft
        self.formulation = draft.formulation
        self.turn = turn
        self.needs = needs
        self.free = free
        self._taken: set[int] = set()
        self._refused: set[tuple[int, int]] = set()
        self._able = self._able_classes()
        self._candidates: dict[tuple[tuple[tuple[int, ...], ...], int], frozenset[int]] = {}
        self._piles: dict[tuple[tuple[int, ...], int], list[list[int]]] = {}
        self._scarcity = self._scarcities()
        self._burdens: dict[int, Gain] = {}
        self._teams = self._team_order()
        self._ranks: dict[int, Rank] = {}

    def serve_all(self) -> None:
        """Serve earlier levels first, dearer gaps, and fewer people to spare."""
        for need in sorted(self.needs, key=lambda need: (self._urgency(need), need.row)):
            self._serve(need)

    def _able_classes(self) -> dict[int, tuple[int, ...]]:
        """For each slot of the turn, the classes of free people who may hold it."""
        found: dict[int, list[int]] = {key: [] for key in self.formulation.variables.slots_of_turn[self.turn]}
        for number in self.free:
            for key in self.formulation.classes[number].slots[self.turn]:
                found[key].append(number)
        known: dict[tuple[int, ...], tuple[int, ...]] = {}
        return {key: known.setdefault(tuple(classes), tuple(classes)) for key, classes in found.items()}

    def _who(self, need: Need) -> frozenset[int]:
        """Free people who count for a need and may hold one of its slots."""
        kinds = tuple(dict.fromkeys(self._able[key] for key in need.keys))
        name = kinds, id(need.people)
        if name not in self._candidates:
            classes = {number for kind in kinds for number in kind}
            free = (person for number in classes for person in self.free[number])
            self._candidates[name] = need.people.intersection(free)
        return self._candidates[name]

    def _urgency(self, need: Need) -> tuple[int, int, int]:
        row = self.formulation.row(need.row)
        return row.level, -row.cost_below, len(self._who(need)) - self.draft.missing(need.row)

    def _scarcities(self) -> dict[int, float]:
        """For each free person, how much the needs of this turn depend on such people."""
        asked: dict[int, int] = defaultdict(int)
        reach: dict[int, frozenset[int]] = {}
        for need in self.needs:
            people = self._who(need)
            asked[id(people)] += self.draft.missing(need.row)
            reach[id(people)] = people
        worth: dict[int, float] = defaultdict(float)
        for name, people in reach.items():
            for person in people:
                worth[person] += asked[name] / len(people)
        for kind in dict.fromkeys(self._able.values()):
            people_able = [person for number in kind for person in self.free[number]]
            for person in people_able:
                worth[person] += 0.1 / len(people_able)
        return worth

    def _team_order(self) -> dict[str, int]:
        """Teams first that can do most of what is asked for and are behind their fair shares, the two together."""
        turn, people = self.formulation.variables.turns[self.turn], self.formulation.problem.people
        members: dict[str, list[int]] = defaultdict(list)
        for free in self.free.values():
            for person in free:
                members[people[person].team_at(turn.start)].append(person)
        members.pop("", None)
        asked = sum(self.draft.missing(need.row) for need in self.needs if self.formulation.row(need.row).staff_minutes)

        by_strength: dict[str, TeamRank] = {}
        by_shares: dict[str, TeamRank] = {}
        for team, free in members.items():
            served = sum(self.draft.served[person].get(turn.shift, 0) for person in free) / len(free)
            willing = sum(self._burden(person) <= (0, 0) for person in free)
            strength = min(willing, asked) / max(1, asked)
            behind = BEHIND * sum(self.draft.behind(person, self.turn) for person in free) / len(free)
            by_strength[team] = -round(strength, NEAR_TEAMS), len(free) - willing, served, -len(free), team
            by_shares[team] = -round(strength + behind, NEAR_TEAMS), *by_strength[team][1:]
        teams, shared = sorted(members, key=by_strength.__getitem__), sorted(members, key=by_shares.__getitem__)
        self.draft.has_shared |= teams != shared
        return {team: place for place, team in enumerate(shared if self.draft.shares else teams)}

    def _burden(self, person: int) -> Gain:
        if person not in self._burdens:
            self._burdens[person] = self.draft.burden(person, self.turn)
        return self._burdens[person]

    def _rank(self, person: int) -> Rank:
        if person not in self._ranks:
            draft = self.draft
            team = self.formulation.problem.people[person].team_at(self.formulation.variables.turns[self.turn].start)
            load = draft.minutes[person] / (draft.chances[person] + 1.0)
            self._ranks[person] = (
                not draft.is_due(person, self.turn),
                self._burden(person),
                self._teams.get(team, len(self._teams)),
                round(SCARCITY * self._scarcity[person] + load, NEAR),
                load,
                person,
            )
        return self._ranks[person]

    def _pile(self, kind: tuple[int, ...], people: frozenset[int]) -> list[list[int]]:
        """Free people of some classes who count, in piles of those whom no linking row tells apart, last ones first."""
        name = kind, id(people)
        if name not in self._piles:
            found: dict[int, list[int]] = {}
            for number in kind:
                for person in self.free[number]:
                    if person in people:
                        found.setdefault(self.draft.profiles[person], []).append(person)
            self._piles[name] = [sorted(pile, key=self._rank, reverse=True) for pile in found.values()]
        return self._piles[name]

    def _serve(self, need: Need) -> None:
        row = self.formulation.row(need.row)
        while self.draft.links[need.row] < (row.lower or 0):
            best = self._best(need)
            if best is None:
                return
            person, key = best
            if self.draft.fits(person, key):
                self._taken.add(person)
                self.draft.give(person, key)
            else:
                self._refused.add((person, key))

    def _best(self, need: Need) -> tuple[int, int] | None:
        """Who should take which slot of a need, or None if nobody saves anything."""
        best, found = None, None
        turn_savings = self.draft.savings(self.formulation.variables.turn_key(self.turn))
        for key in need.keys:
            savings = [*self.draft.savings(key), *turn_savings]
            for pile in self._pile(self._able[key], need.people):
                person = self._first(pile, key)
                if person is None:
                    continue
                due, burden, team, use, load, _ = self._rank(person)
                first, second = (
                    gain - more for gain, more in zip(self._gain(person, key, savings), burden, strict=True)
                )
                if (first, second) > (0, 0):
                    order = (-first, due, -second, team, use, load, person)
                    if best is None or order < best:
                        best, found = order, (person, key)
        return found

    def _first(self, pile: list[int], key: int) -> int | None:
        while pile and pile[-1] in self._taken:
            pile.pop()
        for person in reversed(pile):
            if person not in self._taken and (person, key) not in self._refused:
                return person
        return None

    def _gain(self, person: int, key: int, savings: Iterable[tuple[frozenset[int], Gain]]) -> Gain:
        derived = self.draft.newly_derived(person, key)
        found = [*savings, *(one for other in derived for one in self.draft.savings(other))] if derived else savings
        gains = [gain for people, gain in found if person in people]
        return sum(first for first, _ in gains), sum(second for _, second in gains)


def _limits(one: PersonClass) -> dict[int, list[tuple[int, int, int]]]:
    """For each key the hard rows that can only fill up: number, coefficient and upper bound."""
    full = {
        number: row.upper
        for number, row in enumerate(one.rows)
        if row.price is None and row.upper is not None and all(coefficient > 0 for coefficient in row.coefficients)
    }
    found = {}
    for key, rows in one.rows_of.items():
        here = [(number, coefficient, full[number]) for number, coefficient in rows if number in full]
        if here:
            found[key] = here
    return found


def _dues(formulation: Formulation, one: PersonClass) -> dict[int, list[tuple[int, int]]]:
    """For each turn, the hard rows that ask for something and end with it: number and lower bound."""
    variables = formulation.variables
    found: dict[int, list[tuple[int, int]]] = {}
    for number, row in enumerate(one.rows):
        if row.price is None and row.lower is not None and row.keys:
            parts = (part for key in row.keys for part in one.any_of.get(key, (key,)))
            found.setdefault(max(variables.turn_of(part) for part in parts), []).append((number, row.lower))
    return found


def _wishes(one: PersonClass) -> dict[int, list[tuple[int, int]]]:
    """For each key the rows that cost something on the levels that decide who serves: number and coefficient."""
    found = {}
    for key, rows in one.rows_of.items():
        here = [(row, amount) for row, amount in rows if one.rows[row].price and one.rows[row].level <= LAST_LEVEL]
        if here:
            found[key] = here
    return found


def _paces(formulation: Formulation, one: PersonClass) -> dict[int, list[tuple[int, int, float]]]:
    """For each turn the shares on later levels for which it counts: row, how much, and what is due before the turn."""
    variables = formulation.variables
    turns = range(len(variables.turns))
    found: dict[int, list[tuple[int, int, float]]] = {}
    for number, row in enumerate(one.rows):
        if row.price and row.level > LAST_LEVEL and row.lower:
            counted = dict(zip(row.keys, row.coefficients, strict=True))
            amounts = [max(0, counted.get(variables.turn_key(turn), 0)) for turn in turns]
            total, before = sum(amounts), 0
            for turn, amount in enumerate(amounts):
                if amount:
                    found.setdefault(turn, []).append((number, amount, row.lower * before / total))
                before += amount
    return found


def _profiles(formulation: Formulation) -> list[int]:
    """A number for each person; people of one number count in the same linking rows."""
    people = range(len(formulation.problem.people))
    if formulation.variables.any_of:
        return list(people)  # what is derived depends on what each person holds
    masks = sorted(
        {
            term.mask
            for row in formulation.links.rows
            if row.choice is None and row.level <= LAST_LEVEL
            for term in row.terms
        }
    )
    counted: list[list[int]] = [[] for _ in people]
    for mask in masks:
        for person in formulation.links.masks[mask]:
            counted[person].append(mask)
    numbers: dict[tuple[int, ...], int] = {}
    return [numbers.setdefault(tuple(one), len(numbers)) for one in counted]
