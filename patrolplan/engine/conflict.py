"""Which hard rules contradict each other for a person."""

from __future__ import annotations

from collections.abc import Sequence

from ortools.sat.python import cp_model

from patrolplan.engine.formulation import Formulation, make_class
from patrolplan.engine.nearest import person_solver_model
from patrolplan.engine.subproblem import Effort, StopSignal, configure
from patrolplan.language import _
from patrolplan.problem import Problem, Rule
from patrolplan.rules.binding import can_refuse


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
    with stop.watching(solver):
        return solver.solve(model) == cp_model.INFEASIBLE


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
