"""The score of a solution as patrolplan's own audit of the converted instance has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.inrc2.convert import COST_LEVEL, SITE, charged_before, convert
from benchmarks.inrc2.instance import Instance
from benchmarks.inrc2.score import (
    COMPLETE,
    CONSECUTIVE,
    DAYS_OFF,
    HARD,
    MINIMAL_COVER,
    OPTIMAL_COVER,
    PREFERENCES,
    REQUIRED_SKILL,
    SINGLE,
    SOFT,
    SUCCESSION,
    TOTAL,
    WEEKENDS,
    Score,
)
from benchmarks.inrc2.solution import Assignment
from patrolplan.audit import Audit, audit
from patrolplan.errors import Complaint, InputError, Place
from patrolplan.findings import Finding
from patrolplan.plan.loading import load_roster
from patrolplan.problem import Problem
from patrolplan.roster import Duty, Roster, Stretch, duty_name, make_roster
from patrolplan.units import COST_SCALE

_SHORT = "PP101"
_LINES = {
    _SHORT: MINIMAL_COVER,
    "PP106": OPTIMAL_COVER,
    "PP206": TOTAL,
    "PP207": CONSECUTIVE,
    "PP208": CONSECUTIVE,
    "PP209": SUCCESSION,
    "PP210": REQUIRED_SKILL,
    "PP212": DAYS_OFF,
    "PP214": PREFERENCES,
}
"""Code of a finding to the validator's line."""
_WEEKENDS = "PP213"
_COMPLETE_RULES = "weekends-complete-"
_CROWDED, _IN_DUTIES = "PP202", "duties"


def audited_score(instance: Instance, assignments: Iterable[Assignment]) -> Score:
    """Convert an instance, audit a solution there, and add the findings up under the validator's lines.

    Of several assignments on one day of a nurse the first counts, as in the scorer: the others are only found.

    Raises
    ------
    ValueError
        If the audit found or priced something that the competition does not know.
    """
    problem = convert(instance).load().problem
    given = list(assignments)
    counts = _counts(audit(problem, as_roster(problem, _first_of_each_day(given))))
    counts[SINGLE] = sum(_too_many(finding) for finding in audit(problem, as_roster(problem, given)).findings)
    counts.update(charged_before(instance))
    by_constraint = {line: counts[line] for line in (*HARD, *SOFT)}
    return {
        "total": sum(by_constraint[line] for line in SOFT),
        "hard": sum(by_constraint[line] for line in HARD),
        "by_constraint": by_constraint,
    }


def as_roster(problem: Problem, assignments: Iterable[Assignment]) -> Roster:
    """Assignments as a roster of the converted instance."""
    return make_roster(problem, _stretches(problem, assignments))


def from_roster(problem: Problem, path: Path) -> tuple[Assignment, ...]:
    """The assignments of a roster file of the converted instance.

    Raises
    ------
    InputError
        If a row of it is not understood, or names no shift or post.
    """
    file = load_roster(problem, path)
    complaints = [Complaint(one.message, Place(str(path), one.row)) for one in file.findings]
    if complaints:
        raise InputError(complaints, str(path))
    return tuple(_assignment(problem, duty, path) for duty in file.roster.duties if duty.start >= problem.start)


def _assignment(problem: Problem, duty: Duty, path: Path) -> Assignment:
    if duty.shift is None or duty.post is None or duty.kind != "duty":
        place = Place(str(path), duty.row)
        raise InputError([Complaint("only duties with a shift and a post are assignments.", place)], str(path))
    shift, skill = problem.shifts[duty.shift].name, problem.posts[duty.post].name
    return Assignment(problem.people[duty.person].id, duty.day - problem.first_day, shift, skill)


def _stretches(problem: Problem, assignments: Iterable[Assignment]) -> Iterator[Stretch]:
    for number, one in enumerate(assignments):
        person, shift = problem.person_index[one.nurse], problem.shift_index[one.shift]
        day, post = problem.first_day + one.day, problem.post_index[f"{SITE}/{one.skill}"]
        name = f"{duty_name(problem, person, day, shift)}/{number}"
        yield Stretch(person, post, shift, *problem.shift_span(shift, day), name)


def _first_of_each_day(assignments: Iterable[Assignment]) -> list[Assignment]:
    first: dict[tuple[str, int], Assignment] = {}
    for one in assignments:
        first.setdefault((one.nurse, one.day), one)
    return list(first.values())


def _counts(found: Audit) -> Counter[str]:
    """Hard constraints counted and costs added up, by line of the validator."""
    counts, costs = Counter[str](), Counter[str]()
    for finding in found.findings:
        line = _line(finding)
        if line in HARD:
            counts[line] += _units(finding)
        else:
            costs[line] += finding.cost
    if costs.total() != found.costs.get(COST_LEVEL, 0) or any(cost % COST_SCALE for cost in costs.values()):
        raise ValueError(f"the costs by line and by level differ: {costs}, {found.costs}")
    counts.update({line: cost // COST_SCALE for line, cost in costs.items()})
    return counts


def _line(finding: Finding) -> str:
    if finding.code == _WEEKENDS:
        return COMPLETE if finding.rule.startswith(_COMPLETE_RULES) else WEEKENDS
    if finding.code not in _LINES:
        raise ValueError(f"{finding.code} of the rule {finding.rule} is no constraint of the competition")
    return _LINES[finding.code]


def _units(finding: Finding) -> int:
    """How often a finding breaks its constraint: the nurses missing from the minimum, once else."""
    if finding.code != _SHORT or finding.actual is None or finding.required is None:
        return 1
    return round(finding.required - finding.actual)


def _too_many(finding: Finding) -> int:
    """How many assignments beyond one a finding counts on a day; that they overlap is said apart."""
    is_crowded = finding.code == _CROWDED and finding.unit == _IN_DUTIES
    if not is_crowded or finding.actual is None or finding.required is None:
        return 0
    return round(finding.actual - finding.required)
