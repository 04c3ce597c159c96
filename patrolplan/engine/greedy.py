"""A first roster in seconds: turn by turn, the scarcest need first, the least needed and least used people first.

It decides by the rows alone. People whose own rows cannot be kept one turn at a time (shortest streaks, fewest hours,
pins) are repaired afterwards, each by a small model of that one person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ortools.sat.python import cp_model

from patrolplan.engine.counting import add_chain
from patrolplan.engine.formulation import Formulation, PersonClass, Schedule
from patrolplan.engine.incumbent import Incumbent, is_feasible
from patrolplan.engine.subproblem import Effort, StopSignal, configure

HARD = 10**6
"""How much more a hard linking rule counts than a priced one."""


class Contradiction(Exception):
    """A person's hard rules leave no schedule at all."""

    def __init__(self, person: int) -> None:
        super().__init__(person)
        self.person = person


def first_roster(formulation: Formulation, effort: Effort, stop: StopSignal) -> Incumbent:
    """A roster that keeps every hard personal rule.

    Raises
    ------
    Contradiction
        If somebody's hard rules leave no schedule at all.
    """
    incumbent = Incumbent(formulation)
    draft = _Draft(formulation, incumbent)
    for turn in range(len(formulation.variables.turns)):
        draft.fill(turn)
    for turn in range(len(formulation.variables.turns)):
        draft.call(turn)
    changes: dict[int, Schedule] = {}
    for person, keys in enumerate(draft.keys):
        one = formulation.model_of(person)
        schedule = frozenset(keys)
        if not is_feasible(formulation, one, schedule):
            schedule = nearest_schedule(formulation, one, schedule, effort, stop, person)
        if schedule:
            changes[person] = schedule
    incumbent.apply(changes)
    return incumbent


class _Draft:
    """Schedules that grow turn by turn."""

    def __init__(self, formulation: Formulation, incumbent: Incumbent) -> None:
        self.formulation = formulation
        people = range(len(formulation.problem.people))
        self.keys: list[set[int]] = [set() for _ in people]
        self._activity: list[dict[int, int]] = [{} for _ in people]
        self._links = list(incumbent.activity)
        self._minutes = [
            sum(duty.end - duty.start for duty in formulation.problem.given.get(person, ())) for person in people
        ]
        self._chances = [0.0 for _ in people]
        self._calls = [0 for _ in people]
        self._limits = [_limits(one) for one in formulation.classes]

    # -- duties --------------------------------------------------------------------------------------------------

    def fill(self, turn: int) -> None:
        """Give the needs of one turn to the people who are free for it."""
        formulation, variables = self.formulation, self.formulation.variables
        free = [person for person in range(len(self.keys)) if self._fits(person, variables.turn_key(turn), turn)]
        span = variables.turns[turn]
        for person in free:
            self._chances[person] += (span.end - span.start) * formulation.problem.people[person].share
        needs = self._needs(turn)
        able = {
            key: {person for person in free if key in formulation.model_of(person).slots.get(turn, ())}
            for key in variables.slots_of_turn[turn]
        }
        scarcity = self._scarcity(needs, able)
        together = self._team_order(free, turn)
        taken: set[int] = set()
        for row, keys, people in sorted(needs, key=lambda need: (self._urgency(need, able), need[0])):
            self._serve(row, keys, people, able, taken, scarcity, together)

    def _needs(self, turn: int) -> list[tuple[int, list[int], frozenset[int]]]:
        """Linking rows that ask for more people over slots of a turn, with those slots and the people who count."""
        found: dict[tuple[int, frozenset[int]], list[int]] = {}
        for key in self.formulation.variables.slots_of_turn[turn]:
            for number, people, coefficient in self.formulation.rows_of.get(key, ()):
                row = self.formulation.row(number)
                if row.lower is not None and coefficient > 0 and row.cost_below and self._links[number] < row.lower:
                    found.setdefault((number, people), []).append(key)
        return [(number, keys, people) for (number, people), keys in found.items()]

    def _urgency(self, need: tuple[int, list[int], frozenset[int]], able: dict[int, set[int]]) -> tuple[int, int, int]:
        """Order in which needs are served: earlier levels, dearer gaps, fewer people to spare."""
        number, keys, people = need
        row = self.formulation.row(number)
        candidates = set().union(*(able[key] for key in keys)) & people
        return row.level, -row.cost_below, len(candidates) - self._missing(number)

    def _missing(self, number: int) -> int:
        """Units by which a row is below its lower bound."""
        row = self.formulation.row(number)
        return max(0, -(-((row.lower or 0) - self._links[number]) // row.unit))

    def _scarcity(
        self, needs: Sequence[tuple[int, list[int], frozenset[int]]], able: dict[int, set[int]]
    ) -> dict[int, float]:
        """For each free person, how much the needs of this turn depend on such people."""
        worth: dict[int, float] = defaultdict(float)
        pressure: dict[frozenset[int], float] = defaultdict(float)
        reach: dict[frozenset[int], set[int]] = defaultdict(set)
        for number, keys, people in needs:
            pressure[people] += self._missing(number)
            for key in keys:
                reach[people] |= able[key] & people
        for people, asked in pressure.items():
            candidates = reach[people]
            for person in candidates:
                worth[person] += asked / len(candidates)
        for candidates in able.values():
            for person in candidates:
                worth[person] += 0.1 / len(candidates)
        return worth

    def _team_order(self, free: Iterable[int], turn: int) -> dict[str, int]:
        """Teams by how many of their members are free, most first."""
        counts: dict[str, int] = defaultdict(int)
        start = self.formulation.variables.turns[turn].start
        for person in free:
            counts[self.formulation.problem.people[person].team_at(start)] += 1
        counts.pop("", None)
        order = sorted(counts, key=lambda team: (-counts[team], team))
        return {team: position for position, team in enumerate(order)}

    def _serve(
        self,
        number: int,
        keys: Sequence[int],
        people: frozenset[int],
        able: dict[int, set[int]],
        taken: set[int],
        scarcity: dict[int, float],
        together: dict[str, int],
    ) -> None:
        row = self.formulation.row(number)
        asked = (row.lower or 0) - self._links[number]
        if asked <= 0:
            return
        start = self.formulation.variables.turns[self.formulation.variables.turn_of(keys[0])].start
        who = self.formulation.problem.people
        candidates = {person for key in keys for person in able[key]} & people - taken
        ranked = sorted(
            candidates,
            key=lambda person: (
                together.get(who[person].team_at(start), len(together)),
                round(scarcity[person], 2),
                self._minutes[person] / (self._chances[person] + 1.0),
                person,
            ),
        )
        for person in ranked:
            if (row.lower or 0) <= self._links[number]:
                return
            best = self._best_slot(person, keys, able)
            if best is not None:
                self._give(person, best)
                taken.add(person)

    def _best_slot(self, person: int, keys: Sequence[int], able: dict[int, set[int]]) -> int | None:
        """The slot among some whose linking rows gain most, or None if none gains."""
        best, saving = None, 0
        turn_key = self.formulation.variables.turn_key(self.formulation.variables.turn_of(keys[0]))
        for key in keys:
            if person in able[key]:
                gain = sum(self._gain(person, one) for one in (key, turn_key, *self._newly_derived(person, key)))
                if gain > saving and self._fits_key(person, key):
                    best, saving = key, gain
        return best

    def _gain(self, person: int, key: int) -> int:
        gain = 0
        for number, people, coefficient in self.formulation.rows_of.get(key, ()):
            row = self.formulation.row(number)
            if row.choice is None and person in people and row.level <= 2:
                before = self._links[number]
                saved = row.violation_cost(before) - row.violation_cost(before + coefficient)
                gain += saved if row.level else HARD * saved
        return gain

    def _newly_derived(self, person: int, key: int) -> list[int]:
        """What linking rows derive from a key and from nothing that the person holds yet."""
        variables = self.formulation.variables
        derived = variables.derived_from.get(key, ())
        return [one for one in derived if self.keys[person].isdisjoint(variables.any_of[one])]

    def _give(self, person: int, key: int) -> None:
        variables = self.formulation.variables
        turn = variables.turn_of(key)
        for derived in self._newly_derived(person, key):
            self._enter(person, derived)
        self.keys[person].add(key)
        self._enter(person, key)
        if variables.is_slot(key):
            self._enter(person, variables.turn_key(turn))
            self._minutes[person] += variables.turns[turn].end - variables.turns[turn].start
        else:
            self._calls[person] += 1

    def _enter(self, person: int, key: int) -> None:
        for number, coefficient in self.formulation.model_of(person).rows_of.get(key, ()):
            self._activity[person][number] = self._activity[person].get(number, 0) + coefficient
        for number, people, coefficient in self.formulation.rows_of.get(key, ()):
            if person in people:
                self._links[number] += coefficient

    def _fits(self, person: int, key: int, turn: int) -> bool:
        return bool(self.formulation.model_of(person).slots.get(turn)) and self._fits_key(person, key)

    def _fits_key(self, person: int, key: int) -> bool:
        """Whether a key may be added without breaking a hard row that only an upper bound can break."""
        limits = self._limits[self.formulation.class_of[person]]
        activity = self._activity[person]
        for number, coefficient in self.formulation.model_of(person).rows_of.get(key, ()):
            limit = limits.get(number)
            if limit is not None and activity.get(number, 0) + coefficient > limit:
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
            for person in sorted(people, key=lambda one: (self._calls[one], self._minutes[one], one)):
                if self._links[number] >= row.lower:
                    break
                if (
                    key not in self.keys[person]
                    and turn in self.formulation.model_of(person).standby
                    and self._fits_key(person, key)
                ):
                    self._give(person, key)


def _limits(one: PersonClass) -> dict[int, int]:
    """Upper bounds of the hard rows that can only fill up."""
    return {
        number: row.upper
        for number, row in enumerate(one.rows)
        if row.price is None and row.upper is not None and all(coefficient > 0 for coefficient in row.coefficients)
    }


def nearest_schedule(
    formulation: Formulation,
    one: PersonClass,
    wished: Schedule,
    effort: Effort,
    stop: StopSignal,
    person: int,
) -> Schedule:
    """The schedule nearest to a wished one that keeps every hard personal rule.

    Raises
    ------
    Contradiction
        If there is none.
    """
    model, chosen = person_solver_model(formulation, one)
    model.maximize(sum((1 if key in wished else -1) * variable for key, variable in chosen.items()))
    solver = cp_model.CpSolver()
    configure(solver, effort)
    with stop.watching(solver):
        status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        raise Contradiction(person)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise TimeoutError
    return frozenset(key for key, variable in chosen.items() if solver.boolean_value(variable))


def person_solver_model(
    formulation: Formulation, one: PersonClass
) -> tuple[cp_model.CpModel, dict[int, cp_model.IntVar]]:
    """One person's hard rules as a CP-SAT model; returns it with the variables of slots and standby."""
    model, variables = cp_model.CpModel(), formulation.variables
    found: dict[int, cp_model.IntVar] = {}
    chosen: dict[int, cp_model.IntVar] = {}
    for turn, slots in one.slots.items():
        for key in slots:
            chosen[key] = found[key] = model.new_bool_var("")
        works = found[variables.turn_key(turn)] = model.new_bool_var("")
        model.add_exactly_one([*(found[key] for key in slots), works.negated()])
    for turn in one.standby:
        key = variables.standby_key(turn)
        chosen[key] = found[key] = model.new_bool_var("")
    for key, parts in one.any_of.items():
        found[key] = model.new_bool_var("")
        model.add_max_equality(found[key], [found[part] for part in parts if part in found])
    for row in one.rows:
        if row.price is None:
            total = cp_model.LinearExpr.weighted_sum([found[key] for key in row.keys], list(row.coefficients))
            if row.lower is not None:
                model.add(total >= row.lower) if row.keys else model.add_bool_or([])
            if row.upper is not None and row.keys:
                model.add(total <= row.upper)
    for chain in one.chains:
        if chain.price is None:
            add_chain(model, chain, chosen, ())
    return model, chosen
