"""A roster in the making: what everybody holds, and what it costs, kept up to date change by change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from patrolplan.engine import work
from patrolplan.engine.formulation import Formulation, PersonClass, Schedule
from patrolplan.roster import Roster, Stretch, duty_name, make_roster

Costs = tuple[int, ...]
"""Cost of each level of the formulation, in sixtieths, in the order of `Formulation.levels`."""


class Incumbent:
    """Schedules of all people with their costs.

    Attributes
    ----------
    held
        Schedule of each person.
    activity
        Activity of each linking row, without its choice.
    unit_costs
        Cost of each unit of linking rows.
    """

    def __init__(self, formulation: Formulation) -> None:
        self.formulation = formulation
        people = len(formulation.problem.people)
        self.held: list[Schedule] = [frozenset()] * people
        self.activity = [0] * len(formulation.links.rows)
        self.unit_costs = [formulation.unit_cost(unit, self.activity) for unit in range(len(formulation.units))]
        self._unit_levels = [formulation.unit_level(unit) for unit in range(len(formulation.units))]
        self._parts: dict[int, tuple[Schedule, Roster]] = {}
        self._personal = [dict(formulation.model_of(person).idle_cost) for person in range(people)]
        self._totals: dict[int, int] = dict.fromkeys(formulation.levels, 0)
        for unit, cost in enumerate(self.unit_costs):
            self._totals[self._unit_levels[unit]] += cost
        for costs in self._personal:
            for level, cost in costs.items():
                self._totals[level] += cost

    @property
    def costs(self) -> Costs:
        """Cost by level, to be compared from the left."""
        return tuple(self._totals[level] for level in self.formulation.levels)

    def personal_cost(self, person: int, level: int) -> int:
        """What one person's own rules cost on a level."""
        return self._personal[person].get(level, 0)

    def fixed_cost(self, level: int) -> int:
        """What linking rows without any variable cost on a level, such as needs at a time without a shift."""
        formulation = self.formulation
        return sum(
            cost
            for unit, cost in enumerate(self.unit_costs)
            if cost and self._unit_levels[unit] == level and not formulation.turns_of_unit(unit)
        )

    def duties_by_turn(self) -> list[int]:
        """How many people have a duty in each turn."""
        variables = self.formulation.variables
        found = [0] * len(variables.turns)
        for held in self.held:
            for key in held:
                if variables.is_slot(key):
                    found[variables.turn_of(key)] += 1
        return found

    def open_minutes(self) -> int:
        """Person-minutes by which cover falls short, as far as the formulation knows them."""
        rows, total = self.formulation.links.rows, 0
        for number, minutes in self.formulation.staff_rows:
            row = rows[number]
            assert row.lower is not None
            total += max(0, row.lower - self.activity[number]) * minutes
        return total

    def apply(self, changes: Mapping[int, Schedule]) -> None:
        """Give some people new schedules."""
        work.charge(work.CHANGING, len(changes))
        formulation = self.formulation
        touched: set[int] = set()
        for person, schedule in changes.items():
            before, after = formulation.expand(self.held[person]), formulation.expand(schedule)
            for key in before - after:
                touched.update(self._shift(person, key, -1))
            for key in after - before:
                touched.update(self._shift(person, key, 1))
            self.held[person] = schedule
            self._reprice(person)
        for unit in touched:
            cost = formulation.unit_cost(unit, self.activity)
            self._totals[self._unit_levels[unit]] += cost - self.unit_costs[unit]
            self.unit_costs[unit] = cost

    def _shift(self, person: int, key: int, sign: int) -> Iterable[int]:
        for number, people, coefficient in self.formulation.rows_of.get(key, ()):
            if person in people:
                self.activity[number] += sign * coefficient
                yield self.formulation.unit_of[number]

    def _reprice(self, person: int) -> None:
        costs = personal_costs(self.formulation, self.formulation.model_of(person), self.held[person])
        for level, cost in self._personal[person].items():
            self._totals[level] -= cost
        for level, cost in costs.items():
            self._totals[level] += cost
        self._personal[person] = costs

    def copy(self) -> Incumbent:
        """An independent copy."""
        twin = object.__new__(Incumbent)
        twin.formulation = self.formulation
        twin.held = list(self.held)
        twin.activity = list(self.activity)
        twin.unit_costs = list(self.unit_costs)
        twin._unit_levels = self._unit_levels
        twin._parts = self._parts
        twin._personal = list(self._personal)
        twin._totals = dict(self._totals)
        return twin

    def roster(self) -> Roster:
        """The schedules as stretches on the clock; only those that are new since the last time are looked at."""
        people = self.formulation.problem.people
        order = sorted(range(len(people)), key=lambda person: people[person].id)
        parts = [self._part(person) for person in order]
        return Roster(
            tuple(stretch for part in parts for stretch in part.stretches),
            tuple(duty for part in parts for duty in part.duties),
        )

    def _part(self, person: int) -> Roster:
        """One person's schedule as a roster."""
        held = self.held[person]
        known = self._parts.get(person)
        if known is None or known[0] != held:
            part = make_roster(self.formulation.problem, _stretches(self.formulation, person, held))
            known = self._parts[person] = held, part
        return known[1]


def true_keys(formulation: Formulation, one: PersonClass, schedule: Schedule) -> set[int]:
    """A schedule with the turns of its slots, and all that is derived from it."""
    keys = formulation.expand(schedule)
    if one.parts_of:
        for key in list(keys):
            keys.update(one.parts_of.get(key, ()))
    return keys


def row_activities(formulation: Formulation, one: PersonClass, schedule: Schedule) -> dict[int, int]:
    """Activity of every personal row in which a schedule has a term."""
    keys = true_keys(formulation, one, schedule)
    activity: dict[int, int] = {}
    for key in keys:
        for number, coefficient in one.rows_of.get(key, ()):
            activity[number] = activity.get(number, 0) + coefficient
    return activity


def personal_costs(formulation: Formulation, one: PersonClass, schedule: Schedule) -> dict[int, int]:
    """What a schedule costs by level, of the priced personal rows."""
    costs = dict(one.idle_cost)
    for number, activity in row_activities(formulation, one, schedule).items():
        row = one.rows[number]
        if row.price:
            change = (row.violation(activity) - row.violation(0)) * row.price
            if change:
                costs[row.level] = costs.get(row.level, 0) + change
    for chain in one.chains:
        if chain.price:
            change = (chain.excess(schedule) - chain.excess(())) * chain.price
            costs[chain.level] = costs.get(chain.level, 0) + change
    return costs


def is_feasible(formulation: Formulation, one: PersonClass, schedule: Schedule) -> bool:
    """Whether a schedule keeps every hard personal rule."""
    if any(chain.price is None and chain.excess(schedule) for chain in one.chains):
        return False
    activities = row_activities(formulation, one, schedule)
    if not one.idle_feasible:
        return all(
            row.price is not None or not row.violation(activities.get(number, 0)) for number, row in enumerate(one.rows)
        )
    return all(
        one.rows[number].price is not None or not one.rows[number].violation(activity)
        for number, activity in activities.items()
    )


def roster_of(formulation: Formulation, held: Iterable[Schedule]) -> Roster:
    """Schedules as stretches on the clock."""
    stretches = (one for person, schedule in enumerate(held) for one in _stretches(formulation, person, schedule))
    return make_roster(formulation.problem, stretches)


def _stretches(formulation: Formulation, person: int, schedule: Schedule) -> Iterator[Stretch]:
    problem, variables = formulation.problem, formulation.variables
    for key in schedule:
        turn = variables.turns[variables.turn_of(key)]
        if variables.is_slot(key):
            slot = problem.slots[key]
            kind = "training" if slot.training else "duty"
            name = duty_name(problem, person, slot.day, slot.shift, kind)
            yield Stretch(person, slot.post, slot.shift, slot.start, slot.end, name, kind)
        else:
            name = duty_name(problem, person, turn.day, turn.shift, "standby")
            yield Stretch(person, None, turn.shift, turn.start, turn.end, name, "standby")
