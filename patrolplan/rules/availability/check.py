"""Whether nobody is on duty or on call while absent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patrolplan.findings import Finding
from patrolplan.language import _
from patrolplan.problem import Absence, Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.verdict import is_past, violation
from patrolplan.units import COST_SCALE, overlap

REASON = "absent"


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per duty or standby and absence that it touches (PP201)."""
    absences = problem.people[person].absences
    for duty in duties if absences else ():
        if is_past(problem, duty) or not rule.binds(duty.start):
            continue
        for absence in absences:
            if _touches(duty, absence):
                yield _finding(problem, rule, person, duty, absence)


def _touches(duty: Duty, absence: Absence) -> bool:
    if absence.starts_only:
        return absence.start <= duty.start < absence.end
    return overlap((duty.start, duty.end), (absence.start, absence.end)) > 0


def _finding(problem: Problem, rule: Rule, person: int, duty: Duty, absence: Absence) -> Finding:
    what = _("on call") if duty.on_call else _("on duty")
    why = f" ({absence.reason})" if absence.reason else ""
    return violation(
        problem,
        rule,
        "PP201",
        _("{what} {when} while absent{why}").format(
            what=what, when=problem.zone.span_text(duty.start, duty.end), why=why
        ),
        amount=COST_SCALE,
        person=person,
        duty=duty,
        actual=overlap((duty.start, duty.end), (absence.start, absence.end)) / 60,
        required=0,
        unit="h",
        place=absence.place,
    )
