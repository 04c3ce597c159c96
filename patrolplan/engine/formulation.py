"""The whole problem as rows: one model for each class of alike people, and the rows that tie people together."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from patrolplan.engine import work
from patrolplan.model.chains import Chain
from patrolplan.model.link_rows import LinkRow, LinkRows
from patrolplan.model.person_model import PersonModel, Row
from patrolplan.model.variables import Variables
from patrolplan.problem import Problem, Rule
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.encodings import ENCODINGS

Schedule = frozenset[int]
"""What one person holds: keys of slots and standby."""


@dataclass(frozen=True)
class PersonClass:
    """People whom no personal rule can tell apart.

    Attributes
    ----------
    slots
        Keys of the slots that they may hold, by turn.
    rows_of
        For each key, the rows in which it stands and its coefficient there.
    idle_cost
        Cost by level of holding nothing.
    given
        Derived keys that are true whatever they hold.
    """

    model: PersonModel
    people: tuple[int, ...]
    rows: Sequence[Row]
    slots: dict[int, tuple[int, ...]]
    standby: frozenset[int]
    rows_of: dict[int, list[tuple[int, int]]]
    idle_cost: dict[int, int]
    idle_feasible: bool
    any_of: dict[int, tuple[int, ...]]
    parts_of: dict[int, list[int]] = field(default_factory=dict)
    chains: Sequence[Chain] = ()
    given: frozenset[int] = frozenset()

    @property
    def priced_levels(self) -> set[int]:
        """Levels on which own rules can cost something."""
        chained = {chain.level for chain in self.chains if chain.price}
        return chained.union(row.level for row in self.rows if row.price)


class Formulation:
    """All variables and rows of a problem.

    Parameters
    ----------
    problem
        The facts.
    rules
        Which rule instances to encode; default all. (Fewer, to find out which of them contradict each other.)
    also
        Adds linking rows that come from no rule.

    Attributes
    ----------
    classes, class_of
        Classes of alike people; the class of each person.
    links
        Linking rows.
    rows_of
        For each key, the linking rows in which it stands, with mask and coefficient.
    units
        Linking rows that are priced together: single rows, pools and choices.
    unit_of
        Unit of each linking row.
    staff_rows
        Rows about staff, with the person-minutes that one missing person leaves open.
    levels
        All levels on which something can cost, ascending; 0 is there if linking rows can be hard.
    """

    def __init__(
        self,
        problem: Problem,
        rules: Iterable[Rule] | None = None,
        also: Callable[[LinkRows], None] = lambda links: None,
    ) -> None:
        self.problem = problem
        self.variables = Variables(problem)
        self.rules: Sequence[Rule] = _in_order(problem.rules if rules is None else rules)
        self.links = LinkRows(problem, self.variables)
        self.classes: list[PersonClass] = []
        self.class_of: list[int] = [0] * len(problem.people)
        for rule in self.rules:
            link = ENCODINGS[rule.name].link
            if link is not None:
                link(problem, rule, self.links)
        also(self.links)
        self._build_classes()
        self._index()
        levels = {row.level for row in self.links.rows}
        levels.update(row.level for one in self.classes for row in one.rows if row.price)
        levels.update(chain.level for one in self.classes for chain in one.chains if chain.price)
        self.levels: Sequence[int] = sorted(levels) or [1]
        work.charge(work.LINK_TERM, sum(len(term.keys) for row in self.links.rows for term in row.terms))
        work.charge(work.PERSONAL_TERM, sum(len(row.keys) for one in self.classes for row in one.rows))

    def model_of(self, person: int) -> PersonClass:
        """The class of a person."""
        return self.classes[self.class_of[person]]

    def offered(self, person: int) -> set[int]:
        """Slots and standby that a person may hold at all."""
        one = self.model_of(person)
        slots = {key for slots_of in one.slots.values() for key in slots_of}
        return slots | {self.variables.standby_key(turn) for turn in one.standby}

    def with_links(self, change: Callable[[LinkRows], None]) -> Formulation:
        """The same people with other linking rows.

        Parameters
        ----------
        change
            Given a copy of the linking rows.
        """
        other = copy.copy(self)
        other.links = self.links.copy()
        change(other.links)
        other._index()
        return other

    def _build_classes(self) -> None:
        alike: dict[object, list[int]] = {}
        signature = _signer(self.problem, self.rules)
        for person in range(len(self.problem.people)):
            alike.setdefault(signature(person), []).append(person)
        for people in alike.values():
            for person in people:
                self.class_of[person] = len(self.classes)
            self.classes.append(make_class(self.problem, self.variables, self.rules, people))

    def _index(self) -> None:
        """Note where linking rows have keys, which of them are priced together, and which are about staff."""
        self.rows_of: dict[int, list[tuple[int, frozenset[int], int]]] = {}
        self._index_links()
        self.units: list[tuple[int, ...]] = []
        self.unit_of: list[int] = [0] * len(self.links.rows)
        self._group_units()
        self._turns_of_unit: dict[int, Sequence[int]] = {}
        self.staff_rows = [
            (number, row.staff_minutes) for number, row in enumerate(self.links.rows) if row.staff_minutes
        ]

    def _index_links(self) -> None:
        for number, row in enumerate(self.links.rows):
            for term in row.terms:
                people = self.links.masks[term.mask]
                for key in term.keys:
                    self.rows_of.setdefault(key, []).append((number, people, term.coefficient))

    def _group_units(self) -> None:
        grouped: dict[tuple[str, int], list[int]] = {}
        for number, row in enumerate(self.links.rows):
            if row.choice is not None:
                grouped.setdefault(("choice", row.choice[0]), []).append(number)
            elif row.pool is not None:
                grouped.setdefault(("pool", row.pool), []).append(number)
            else:
                grouped.setdefault(("row", number), []).append(number)
        for unit, rows in enumerate(grouped.values()):
            self.units.append(tuple(rows))
            for number in rows:
                self.unit_of[number] = unit

    def unit_cost(self, unit: int, activity: Sequence[int]) -> int:
        """Cost of one unit in sixtieths, given the activity of every linking row; the best alternative is chosen."""
        rows = self.units[unit]
        first = self.links.rows[rows[0]]
        if first.choice is None:
            return max(self.links.rows[number].violation_cost(activity[number]) for number in rows)
        return min(self._choice_costs(unit, activity))

    def alternatives(self, unit: int) -> int:
        """How many alternatives a unit has to choose from; 0 if it does not choose."""
        choice = self.links.rows[self.units[unit][0]].choice
        return 0 if choice is None else self.links.choices[choice[0]]

    def best_alternative(self, unit: int, activity: Sequence[int]) -> int:
        """The alternative of a unit with a choice that costs least, given the activity of every linking row."""
        costs = self._choice_costs(unit, activity)
        return costs.index(min(costs))

    def _choice_costs(self, unit: int, activity: Sequence[int]) -> list[int]:
        """What a unit with a choice costs by alternative."""
        rows = self.units[unit]
        together = sum if self.links.rows[rows[0]].pool is None else max
        return [
            together(self._with_choice(number, activity[number], one) for number in rows)
            for one in range(self.alternatives(unit))
        ]

    def _with_choice(self, number: int, activity: int, alternative: int) -> int:
        row = self.links.rows[number]
        shift = row.choice[1].get(alternative, 0) if row.choice else 0
        return row.violation_cost(activity + shift)

    def unit_level(self, unit: int) -> int:
        """Level on which a unit costs."""
        return self.links.rows[self.units[unit][0]].level

    def turns_of_unit(self, unit: int) -> Sequence[int]:
        """Turns over which the rows of a unit stretch, in order; none if it has no variables."""
        if unit not in self._turns_of_unit:
            keys = {key for number in self.units[unit] for term in self.links.rows[number].terms for key in term.keys}
            self._turns_of_unit[unit] = sorted({turn for key in keys for turn in self.variables.turns_of(key)})
        return self._turns_of_unit[unit]

    def around(self, turns: Sequence[int], margin: int) -> range:
        """All turns from the first to the last of some, and so many before and after, as far as there are."""
        return range(max(0, min(turns) - margin), min(len(self.variables.turns), max(turns) + margin + 1))

    def row(self, number: int) -> LinkRow:
        """One linking row."""
        return self.links.rows[number]

    def expand(self, schedule: Iterable[int]) -> set[int]:
        """A schedule together with the turns that its slots stand for, and what linking rows derive from them."""
        keys = set(schedule)
        for key in schedule:
            if self.variables.is_slot(key):
                keys.add(self.variables.turn_key(self.variables.turn_of(key)))
        if self.variables.any_of:
            keys.update(derived for key in schedule for derived in self.variables.derived_from.get(key, ()))
        return keys

    def derived_keys(self, person: int) -> list[int]:
        """Keys shared by all people and derived from others, as far as linking rows count this person by them."""
        return [
            key for key in self.variables.any_of if any(person in people for _, people, _ in self.rows_of.get(key, ()))
        ]


def _in_order(rules: Iterable[Rule]) -> list[Rule]:
    order = {name: position for position, name in enumerate(ENCODINGS)}
    return sorted(rules, key=lambda rule: order[rule.name])


def _signer(problem: Problem, rules: Sequence[Rule]) -> Callable[[int], object]:
    """A function that says what personal rules can see of a person."""
    given = problem.given
    required = {name for post in problem.posts for name in post.requires}
    specs = [(rule, rule.spec) for rule in rules if isinstance(rule.spec, RuleSpec)]
    named = [rule.people for rule, spec in specs if spec.named_people() is not None]
    seen = sorted({fact for _, spec in specs for fact in spec.sees})
    published = problem.published_by_person if any(rule.name == "stability" for rule in rules) else {}

    taught = list(dict.fromkeys(slot.learners for slot in problem.slots if slot.learners is not None))

    def signature(person: int) -> object:
        who = problem.people[person]
        return (
            tuple(sorted((name, last) for name, last in who.qualifications.items() if name in required)),
            who.trained_for,
            who.not_at,
            frozenset((absence.start, absence.end, absence.starts_only) for absence in who.absences),
            tuple((duty.day, duty.shift, duty.post, duty.start, duty.end, duty.kind) for duty in given.get(person, ())),
            tuple(person in rule.people for rule in rules),
            tuple(person in learners for learners in taught),
            who.share,
            who.counted,
            who.id if any(person in people for people in named) else "",
            tuple(getattr(who, fact) for fact in seen),
            tuple((duty.day, duty.shift, duty.post, duty.start, duty.kind) for duty in published.get(person, ())),
        )

    return signature


def make_class(problem: Problem, variables: Variables, rules: Iterable[Rule], people: Sequence[int]) -> PersonClass:
    """Encode the personal rules for some alike people."""
    model = PersonModel(problem, variables, people[0])
    bound = [rule for rule in rules if people[0] in rule.people]
    for rule in bound:
        opener = ENCODINGS[rule.name].open_options
        if opener is not None:
            opener(problem, rule, model)
    for rule in bound:
        encoder = ENCODINGS[rule.name].encode
        if encoder is not None:
            encoder(problem, rule, model)
    rows_of: dict[int, list[tuple[int, int]]] = {}
    idle: dict[int, int] = {}
    feasible = True
    for number, row in enumerate(model.rows):
        for key, coefficient in zip(row.keys, row.coefficients, strict=True):
            rows_of.setdefault(key, []).append((number, coefficient))
        units = row.violation(0)
        if units and row.price is None:
            feasible = False
        elif units and row.price:
            idle[row.level] = idle.get(row.level, 0) + units * row.price
    for chain in model.chains:
        excess = chain.excess(())
        if excess and chain.price is None:
            feasible = False
        elif excess and chain.price:
            idle[chain.level] = idle.get(chain.level, 0) + excess * chain.price
    parts_of: dict[int, list[int]] = {}
    for derived, parts in model.any_of.items():
        for part in parts:
            parts_of.setdefault(part, []).append(derived)
    turns = range(len(variables.turns))
    return PersonClass(
        model,
        tuple(people),
        model.rows,
        {turn: tuple(model.slots(turn)) for turn in turns if model.slots(turn)},
        frozenset(turn for turn in turns if model.has_standby(turn)),
        rows_of,
        idle,
        feasible,
        model.any_of,
        parts_of,
        model.chains,
    )
