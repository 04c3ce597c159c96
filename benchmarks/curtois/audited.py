"""The score of a roster as patrolplan's own audit of the converted instance has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from benchmarks.curtois.convert import SITE, convert
from benchmarks.curtois.instance import Instance
from benchmarks.curtois.score import HARD, SOFT, Assignment, Score
from patrolplan.audit import Audit, audit
from patrolplan.findings import Finding, Severity
from patrolplan.problem import Problem
from patrolplan.roster import Roster, Stretch, duty_name, make_roster
from patrolplan.units import COST_SCALE

_OF_COVER = {"PP101": "under", "PP107": "over"}
_OF_RULES = {"availability": "days_off"}


def audited_score(instance: Instance, assignment: Assignment) -> Score:
    """Convert an instance, audit an assignment there, and name the findings as the scorer does."""
    problem = convert(instance, "audit").load().problem
    return counted(audit(problem, as_roster(problem, assignment)))


def as_roster(problem: Problem, assignment: Assignment) -> Roster:
    """An assignment as a roster of the converted instance."""
    return make_roster(problem, _stretches(problem, assignment))


def _stretches(problem: Problem, assignment: Assignment) -> Iterator[Stretch]:
    (post,) = problem.sites[next(i for i, site in enumerate(problem.sites) if site.name == SITE)].posts
    for employee, row in assignment.items():
        person = problem.person_index[employee]
        for offset, name in enumerate(row):
            if name is not None:
                day, shift = problem.first_day + offset, problem.shift_index[name]
                duty = duty_name(problem, person, day, shift)
                yield Stretch(person, post, shift, *problem.shift_span(shift, day), duty)


def counted(found: Audit) -> Score:
    """Findings under the names of the constraints: hard ones counted, costs added up.

    Raises
    ------
    ValueError
        If the audit found or priced something that the instance does not know.
    """
    hard, soft = Counter[str](), Counter[str]()
    for finding in found.findings:
        constraint = _constraint(finding)
        if finding.severity is Severity.HARD and constraint in HARD:
            hard[constraint] += 1
        elif constraint in SOFT:
            soft[constraint] += finding.cost
        elif finding.cost or finding.severity is Severity.HARD:
            raise ValueError(f"{finding.code} of the rule {finding.rule} is no constraint of the instance")
    if any(cost % COST_SCALE for cost in soft.values()) or soft.total() != sum(found.costs.values()):
        raise ValueError(f"the costs by constraint and by level differ: {soft}, {found.costs}")
    costs = {name: soft[name] // COST_SCALE for name in SOFT}
    by_constraint = {**{name: hard[name] for name in HARD}, **costs}
    return {"total": sum(costs.values()), "hard": hard.total(), "by_constraint": by_constraint}


def _constraint(finding: Finding) -> str:
    """The constraint that a finding is about: rules are named after theirs."""
    if finding.code in _OF_COVER:
        return _OF_COVER[finding.code]
    return _OF_RULES.get(finding.rule, finding.rule.partition("-")[0])
