"""Both sides of a rule: what its encoding admits and prices, and what its check finds, roster by roster.

A roster is enumerated from the raw possibilities: at each turn a person is off or holds any of the slots, and may be on
call besides if a rule asks for people on call. Which of these the encoding takes away is part of what is compared.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

from patrolplan.audit import complete
from patrolplan.engine.formulation import Formulation, Schedule
from patrolplan.engine.incumbent import Incumbent, is_feasible, personal_costs, roster_of
from patrolplan.findings import Finding, Severity
from patrolplan.problem import FOREVER, Problem, Rule
from patrolplan.roster import Duty, Roster, make_roster
from patrolplan.rules.checks import LINKING, PERSONAL
from patrolplan.rules.reserve.spec import Reserve

Costs = dict[int, int]
"""Cost by level, in sixtieths; levels without cost are left out."""

TOGETHER = -1
Amounts = dict[tuple[str, int], int]
"""How far a rule is missed, in sixtieths of its unit, by rule id and person, or all together."""


@dataclass(frozen=True)
class Verdict:
    """What one side says of one roster."""

    admitted: bool
    costs: Costs


@dataclass(frozen=True)
class Judged:
    """What both sides say of one roster."""

    plan: Mapping[int, Schedule]
    encoding: Verdict
    check: Verdict

    @property
    def agrees(self) -> bool:
        """Whether both admit it at the same cost, or both refuse it."""
        if not (self.encoding.admitted and self.check.admitted):
            return self.encoding.admitted == self.check.admitted
        return self.encoding.costs == self.check.costs


def options(problem: Problem, person: int) -> list[tuple[Schedule, ...]]:
    """What a person may choose from at each turn, before any rule takes something away."""
    variables = Formulation(problem, ()).variables
    found = []
    for turn, slots in enumerate(variables.slots_of_turn):
        mine = [key for key in slots if (who := problem.slots[key].learners) is None or person in who]
        duties: list[Schedule] = [frozenset(), *(frozenset({key}) for key in mine)]
        if any(_calls(problem, rule, person, *_turn(variables.turns[turn])) for rule in problem.rules):
            call = frozenset({variables.standby_key(turn)})
            found.append((*duties, *(duty | call for duty in duties)))
        elif slots:
            found.append(tuple(duties))
    return found


def _turn(turn: object) -> tuple[int, int]:
    return turn.start, turn.shift  # type: ignore[attr-defined]


def _calls(problem: Problem, rule: Rule, person: int, start: int, shift: int) -> bool:
    """Whether a rule asks for people on call in a turn, a person among them."""
    if rule.name != "reserve" or person not in rule.people or not rule.binds(start):
        return False
    shifts = cast(Reserve, rule.spec).shifts
    return not shifts or problem.shifts[shift].name in shifts


def schedules(problem: Problem, person: int) -> Iterator[Schedule]:
    """Everything that a person could do, sensible or not."""
    for chosen in itertools.product(*options(problem, person)):
        yield frozenset().union(*chosen)


def size(problem: Problem, *, together: bool) -> int:
    """How many rosters there are: of all people together, or of each person alone."""
    counts = []
    for person in range(len(problem.people)):
        count = 1
        for choice in options(problem, person):
            count *= len(choice)
        counts.append(count)
    if not together:
        return sum(counts)
    total = 1
    for count in counts:
        total *= count
    return total


class Sides:
    """A problem as its encodings and its checks see it.

    Where only a part of the operation is planned, the checks also charge what is broken outside that part, which no
    roster can change and the encodings leave out. There, the check's side is measured from what it says of the given
    duties alone.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.formulation = Formulation(problem)
        self._is_part = problem.window != (0, FOREVER)
        self._given = complete(problem, make_roster(problem, ())).by_person
        self._duties: dict[tuple[int, int], tuple[Duty, ...]] = {}

    # -- people by themselves ------------------------------------------------------------------------------------

    def alone(self) -> Iterator[Judged]:
        """Every schedule of every person, judged by the personal rules."""
        for person in range(len(self.problem.people)):
            for schedule in schedules(self.problem, person):
                yield self.judge_alone(person, schedule)

    def judge_alone(self, person: int, schedule: Schedule) -> Judged:
        """One schedule of one person."""
        one = self.formulation.model_of(person)
        offered = self._offered(person)
        admitted = schedule <= offered and is_feasible(self.formulation, one, schedule)
        costs = {level: cost for level, cost in personal_costs(self.formulation, one, schedule).items() if cost}
        findings = list(self._personal(self.problem.rules, person, self._duties_of(person, schedule)))
        if not self._is_part:
            verdict = _verdict(findings)
        else:
            verdict = Verdict(
                self._badness(person, schedule) == self._inevitable[person] and not self._is_barred(person, schedule),
                _less(_costs(findings), self._untouched[person]),
            )
        return Judged({person: schedule}, Verdict(admitted, costs), verdict)

    def _badness(self, person: int, schedule: Schedule) -> dict[str, int]:
        """How much each hard rule is broken, in sixtieths of its unit."""
        duties = self._duties_of(person, schedule)
        return {
            rule.id: sum(_costs(self._personal([rule], person, duties)).values())
            for rule in self._hard_rules_priced
            if person in rule.people
        }

    def _is_barred(self, person: int, schedule: Schedule) -> bool:
        """Whether something is refused whatever its rule may cost."""
        priced = [rule if rule.weight is not None else replace(rule, weight=1) for rule in self.problem.rules]
        findings = self._personal(priced, person, self._duties_of(person, schedule))
        return any(finding.severity is Severity.HARD for finding in findings)

    @cached_property
    def _hard_rules_priced(self) -> list[Rule]:
        return [replace(rule, weight=1) for rule in self.problem.rules if rule.weight is None]

    @cached_property
    def _inevitable(self) -> list[dict[str, int]]:
        """How much of it nobody can help: what the check charges on the given duties, and the encoding does not."""
        idle: Schedule = frozenset()
        found = []
        for person in range(len(self.problem.people)):
            badness = self._badness(person, idle)
            if not is_feasible(self.formulation, self.formulation.model_of(person), idle):
                for rule in self._hard_rules_priced:
                    if person in rule.people:
                        badness[rule.id] -= self._idle_cost(rule, person)
            found.append(badness)
        return found

    def _idle_cost(self, rule: Rule, person: int) -> int:
        """What one rule, if it were priced, costs a person with nothing planned."""
        apart = 1 + max(one.level for one in self.problem.rules)
        rules = tuple(replace(one, weight=1, level=apart) if one.id == rule.id else one for one in self.problem.rules)
        twin = Formulation(replace(self.problem, rules=rules))
        return personal_costs(twin, twin.model_of(person), frozenset()).get(apart, 0)

    @cached_property
    def _untouched(self) -> list[Costs]:
        """The same for the priced rules, by level."""
        found = []
        for person in range(len(self.problem.people)):
            findings = self._personal(self.problem.rules, person, self._duties_of(person, frozenset()))
            idle = personal_costs(self.formulation, self.formulation.model_of(person), frozenset())
            found.append(_less(_costs(findings), idle))
        return found

    def _personal(self, rules: Iterable[Rule], person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
        for rule in rules:
            if rule.name in PERSONAL and person in rule.people:
                for finding in PERSONAL[rule.name](self.problem, rule, person, duties):
                    assert finding.person == self.problem.people[person].id, finding
                    yield finding

    # -- everybody -----------------------------------------------------------------------------------------------

    def together(self) -> Iterator[Judged]:
        """Every roster of all people, judged by all rules."""
        people = range(len(self.problem.people))
        incumbent = Incumbent(self.formulation)
        base = self._untouched_together(incumbent)
        for chosen in itertools.product(*(list(schedules(self.problem, person)) for person in people)):
            plan = dict(zip(people, chosen, strict=True))
            incumbent.apply({person: held for person, held in plan.items() if held != incumbent.held[person]})
            yield self._judge_together(incumbent, plan, base)

    def _judge_together(
        self, incumbent: Incumbent, plan: Mapping[int, Schedule], base: tuple[Costs, Amounts]
    ) -> Judged:
        formulation = self.formulation
        admitted = all(
            schedule <= self._offered(person) and is_feasible(formulation, formulation.model_of(person), schedule)
            for person, schedule in plan.items()
        )
        costs = _level_costs(incumbent)
        admitted = admitted and not costs.pop(0, 0)
        findings = list(self._findings(self.problem.rules, plan))
        if not self._is_part:
            return Judged(plan, Verdict(admitted, costs), _verdict(findings))
        known = self._hard_amounts(plan) == base[1]
        return Judged(plan, Verdict(admitted, costs), Verdict(known, _less(_costs(findings), base[0])))

    def _untouched_together(self, incumbent: Incumbent) -> tuple[Costs, Amounts]:
        """What the checks charge beyond the encodings before anything is planned: by level, and of hard rules."""
        if not self._is_part:
            return {}, {}
        nothing: Mapping[int, Schedule] = dict.fromkeys(range(len(self.problem.people)), frozenset())
        costs = _level_costs(incumbent)
        costs.pop(0, 0)
        soft = _less(_costs(self._findings(self.problem.rules, nothing)), costs)
        amounts = self._hard_amounts(nothing)
        hard = [rule for rule in self.problem.rules if rule.weight is None]
        apart = tuple(replace(rule, weight=1, level=number) for number, rule in enumerate(hard, 1))
        twin = Incumbent(Formulation(replace(self.problem, rules=apart)))
        charged = _level_costs(twin)
        for rule in apart:
            for person in range(len(self.problem.people)):
                amounts[rule.id, person] = amounts.get((rule.id, person), 0) - twin.personal_cost(person, rule.level)
                charged[rule.level] = charged.get(rule.level, 0) - twin.personal_cost(person, rule.level)
            amounts[rule.id, TOGETHER] = amounts.get((rule.id, TOGETHER), 0) - charged[rule.level]
        return soft, {key: amount for key, amount in amounts.items() if amount}

    def _hard_amounts(self, plan: Mapping[int, Schedule]) -> Amounts:
        """How far each hard rule is missed, by each person and by all together."""
        roster = self._roster(plan)
        amounts: Amounts = {}
        for rule in (replace(rule, weight=1) for rule in self.problem.rules if rule.weight is None):
            if rule.name in PERSONAL:
                for person in rule.people:
                    found = self._personal([rule], person, roster.of(person))
                    amounts[rule.id, person] = sum(finding.cost for finding in found)
            if rule.name in LINKING:
                linked = LINKING[rule.name](self.problem, rule, roster)
                amounts[rule.id, TOGETHER] = sum(one.cost for one in linked if one.severity is not Severity.NOTE)
        return {key: amount for key, amount in amounts.items() if amount}

    def _roster(self, plan: Mapping[int, Schedule]) -> Roster:
        duties = [duty for person, schedule in plan.items() for duty in self._duties_of(person, schedule)]
        return Roster(tuple(stretch for duty in duties for stretch in duty.stretches), tuple(duties))

    def _findings(self, rules: Iterable[Rule], plan: Mapping[int, Schedule]) -> Iterator[Finding]:
        roster = self._roster(plan)
        for rule in rules:
            if rule.name in PERSONAL:
                for person in rule.people:
                    yield from self._personal([rule], person, roster.of(person))
            if rule.name in LINKING:
                yield from LINKING[rule.name](self.problem, rule, roster)

    # -- both ----------------------------------------------------------------------------------------------------

    def _offered(self, person: int) -> frozenset[int]:
        one = self.formulation.model_of(person)
        calls = {self.formulation.variables.standby_key(turn) for turn in one.standby}
        return frozenset(key for slots in one.slots.values() for key in slots) | calls

    def _duties_of(self, person: int, schedule: Schedule) -> list[Duty]:
        """Given and planned duties of a person in order of time, as rosters have them."""
        duties = list(self._given.get(person, ()))
        for key in schedule:
            if (person, key) not in self._duties:
                held = [frozenset({key}) if one == person else frozenset() for one in range(len(self.problem.people))]
                self._duties[person, key] = roster_of(self.formulation, held).duties
            duties += self._duties[person, key]
        return sorted(duties, key=lambda duty: (duty.start, duty.end, duty.id))


def _verdict(findings: Iterable[Finding]) -> Verdict:
    found = list(findings)
    return Verdict(all(finding.severity is not Severity.HARD for finding in found), _costs(found))


def _costs(findings: Iterable[Finding]) -> Costs:
    costs: Costs = {}
    for finding in findings:
        if finding.cost:
            costs[finding.level] = costs.get(finding.level, 0) + finding.cost
    return costs


def _level_costs(incumbent: Incumbent) -> Costs:
    levels = incumbent.formulation.levels
    return {level: cost for level, cost in zip(levels, incumbent.costs, strict=True) if cost}


def _less(costs: Costs, other: Mapping[int, int]) -> Costs:
    left = {level: costs.get(level, 0) - other.get(level, 0) for level in {*costs, *other}}
    return {level: cost for level, cost in sorted(left.items()) if cost}
