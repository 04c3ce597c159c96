"""Which hard rules contradict each other: for one person, or for all together."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from ortools.sat.python import cp_model

from patrolplan.engine.deadline import DETERMINISTIC_SECONDS, SEARCH_SECONDS, ended_after
from patrolplan.engine.formulation import Formulation, make_class
from patrolplan.engine.nearest import person_solver_model
from patrolplan.engine.subproblem import Effort, StopSignal, configure, run
from patrolplan.language import _
from patrolplan.problem import Problem, Rule
from patrolplan.proof import Status
from patrolplan.rules.binding import can_refuse
from patrolplan.rules.pins.spec import Pins

MOST_PEOPLE = 5
"""Kinds of people whose contradictions are told apart."""


@dataclass(frozen=True)
class Conflict:
    """Hard rules that cannot all be kept.

    Attributes
    ----------
    people
        Who alone has no schedule, all for the same rules; empty if it is the people together.
    rules
        Each pin is a rule of its own here.
    is_smallest
        Whether it is confirmed that without any one of them there is a roster.
    """

    people: tuple[int, ...]
    rules: tuple[Rule, ...]
    is_smallest: bool


@dataclass(frozen=True)
class Verdict:
    """What came of looking for contradictions.

    Attributes
    ----------
    status
        `INFEASIBLE` with conflicts; `FEASIBLE` if a roster keeps every hard rule; else `UNKNOWN`.
    """

    status: Status
    conflicts: tuple[Conflict, ...] = ()


def conflicting_rules(formulation: Formulation, person: int, effort: Effort, stop: StopSignal) -> tuple[Rule, ...]:
    """A set of rules that leaves a person no schedule, from which none can be taken away.

    Found by leaving out one rule after the other as long as the rest still contradicts itself.
    """
    kept = [rule for rule in formulation.rules if person in rule.people and can_refuse(rule)]
    for rule in list(kept):
        rest = [one for one in kept if one is not rule]
        if _contradicts(formulation, rest, person, effort, stop):
            kept = rest
    return tuple(kept)


def _contradicts(
    formulation: Formulation, rules: Sequence[Rule], person: int, effort: Effort, stop: StopSignal
) -> bool:
    """Whether some hard rules leave a person no schedule; the others stay, since they may offer something."""
    tried = [rule for rule in formulation.rules if rule in rules or (person in rule.people and not can_refuse(rule))]
    one = make_class(formulation.problem, formulation.variables, tried, [person])
    model, _ = person_solver_model(formulation, one)
    solver = cp_model.CpSolver()
    configure(solver, effort)
    return run(solver, model, stop) == cp_model.INFEASIBLE


def describe(problem: Problem, person: int, rules: Sequence[Rule]) -> str:
    """The contradiction in words, with the place of every rule."""
    who = problem.people[person]
    parts = []
    for rule in rules:
        if rule.name == "availability":
            places = sorted({f"{absence.reason} ({absence.place})" for absence in who.absences if absence.place.file})
            absences = _("the absences")
            parts.append(f"{absences} {', '.join(places[:3])}" if places else absences)
        elif rule.place.file:
            parts.append(f"{rule.id} ({rule.place})")
        else:
            parts.append(rule.id)
    kept = _(" and ").join(parts)
    return _("{name} ({id}) has no schedule that keeps {rules}").format(name=who.name or who.id, id=who.id, rules=kept)


# -- all contradictions ------------------------------------------------------------------------------------------------


def conflicts(problem: Problem, seconds: float) -> Verdict:
    """Small sets of hard rules and pins that contradict each other, each shrunk until nothing can be left out.

    People whose own rules leave them no schedule come first. Only if there are none, it is the rules that tie people
    together that are looked at. The need for people is no part of it: cover may always fall short.

    Parameters
    ----------
    seconds
        Longest time on the clock.
    """
    rules = [one for rule in problem.rules if can_refuse(rule) for one in _single_pins(rule)]
    bare = replace(problem, rules=tuple(rules), demands=())
    with ended_after(seconds) as stop:
        effort = Effort(DETERMINISTIC_SECONDS, deterministic=True)
        alone = list(_people_alone(Formulation(bare), effort, stop))
        if alone:
            return Verdict(Status.INFEASIBLE, tuple(alone))
        if stop.is_set:
            return Verdict(Status.UNKNOWN)
    return _together(bare, seconds)


def _single_pins(rule: Rule) -> Iterator[Rule]:
    """A rule, or each of its pins as a rule of its own."""
    if rule.name != "pins":
        yield rule
        return
    spec = cast(Pins, rule.spec)
    for pin in spec.entries:
        yield replace(rule, spec=spec.model_copy(update={"entries": (pin,)}))


def _people_alone(formulation: Formulation, effort: Effort, stop: StopSignal) -> Iterator[Conflict]:
    found = 0
    for one in formulation.classes:
        person = one.people[0]
        if one.idle_feasible or found == MOST_PEOPLE or stop.is_set:
            continue
        own = [rule for rule in formulation.rules if person in rule.people and can_refuse(rule)]
        if not _contradicts(formulation, own, person, effort, stop):
            continue
        found += 1
        kept = conflicting_rules(formulation, person, effort, stop)
        confirmed = _contradicts(formulation, kept, person, effort, stop) and not any(
            _contradicts(formulation, [other for other in kept if other is not rule], person, effort, stop)
            for rule in kept
        )
        yield Conflict(one.people, kept, confirmed and not stop.is_set)


def _together(problem: Problem, seconds: float) -> Verdict:
    """Rules of all people at once: one after the other is left out as long as the rest still contradicts itself."""
    deadline = time.monotonic() + seconds
    first = _status(problem, problem.rules, deadline)
    if first is not Status.INFEASIBLE:
        return Verdict(Status.UNKNOWN if first is Status.UNKNOWN else Status.FEASIBLE)
    kept, certain = list(problem.rules), True
    for rule in list(kept):
        rest = [one for one in kept if one is not rule]
        status = _status(problem, rest, deadline)
        if status is Status.INFEASIBLE:
            kept = rest
        certain = certain and status is not Status.UNKNOWN
    return Verdict(Status.INFEASIBLE, (Conflict((), tuple(kept), certain),))


def _status(problem: Problem, rules: Sequence[Rule], deadline: float) -> Status:
    """Whether some rules can all be kept."""
    from patrolplan.engine.conductor import Settings, solve

    left = deadline - time.monotonic()
    if left <= 0:
        return Status.UNKNOWN
    settings = Settings(SEARCH_SECONDS, workers=1, deterministic=True)
    with ended_after(left) as stop:
        outcome = solve(replace(problem, rules=tuple(rules)), settings, stop=stop)
    return Status.FEASIBLE if outcome.roster is not None else outcome.proof.status
