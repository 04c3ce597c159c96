"""The audit: all findings of a roster, what they cost, and how much of the need is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeVar

from patrolplan.audit.acceptance import accept
from patrolplan.audit.relief import relief_findings
from patrolplan.audit.rows import foreign_duties, unlike_shift
from patrolplan.audit.staffing import Staffing, staffing
from patrolplan.findings import Finding, Severity
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty, Roster, given_roster
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.checks import LINKING, PERSONAL

Threshold = Literal["hard", "gap", "any"]
Key = TypeVar("Key", int, str)

_ORDER = {severity: index for index, severity in enumerate(Severity)}
_SAID = {"error": Severity.GAP, "warning": Severity.SOFT, "note": Severity.NOTE}
"""Severities that a rule of the operation may ask for: an error fails a check like a gap."""
_FAILING: dict[str, tuple[Severity, ...]] = {
    "hard": (Severity.HARD,),
    "gap": (Severity.HARD, Severity.GAP),
    "any": (Severity.HARD, Severity.GAP, Severity.SOFT),
}


@dataclass(frozen=True)
class Audit:
    """What was found in a roster.

    Attributes
    ----------
    findings
        Worst first: by severity, cost and time.
    costs
        By level, in sixtieths of a weight.
    by_rule
        Cost by rule id, in sixtieths of a weight.
    gap_minutes, needed_minutes
        Person-minutes of staff missing and asked for; nested needs count once.
    needed_shifts, open_shifts
        The same in person-shifts: for each place, date and shift the largest number asked for, and the largest
        number missing at any minute. Where shifts overlap, a minute belongs to the shift that starts first.
    roster
        What was judged: the roster with the duties given beforehand.
    """

    findings: tuple[Finding, ...]
    costs: dict[int, int]
    by_rule: dict[str, int]
    gap_minutes: int
    needed_minutes: int
    needed_shifts: int
    open_shifts: int
    roster: Roster

    @cached_property
    def has_hard(self) -> bool:
        """Whether a hard rule is broken."""
        return self._has(Severity.HARD)

    @cached_property
    def has_gap(self) -> bool:
        """Whether cover is short anywhere."""
        return self._has(Severity.GAP)

    def _has(self, *severities: Severity) -> bool:
        return any(finding.severity in severities for finding in self.findings)

    def fails(self, threshold: Threshold) -> bool:
        """Whether a finding is as bad as the threshold or worse: ``hard`` < ``gap`` < ``any``; notes never are."""
        return self._has(*_FAILING[threshold])


def failing(threshold: Threshold) -> frozenset[Severity]:
    """Severities that are as bad as the threshold or worse."""
    return frozenset(_FAILING[threshold])


def audit(problem: Problem, roster: Roster, *, since: int | None = None) -> Audit:
    """Judge a roster by every rule.

    Parameters
    ----------
    roster
        Duties of the plan; history and held duties of the problem are added where it lacks them.
    since
        Findings that end at or before this instant are left out, and the need before it is not counted.
    """
    whole = complete(problem, roster)
    found = [
        *_judge(problem, whole),
        *relief_findings(problem, whole),
        *unlike_shift(problem, roster),
        *foreign_duties(problem, roster),
    ]
    kept = (accept(problem, finding) for finding in found if not _is_over(problem, finding, since))
    findings = tuple(sorted(kept, key=_rank))
    figures: Staffing = staffing(problem, whole, since)
    return Audit(
        findings,
        _sums((finding.level, finding.cost) for finding in findings if finding.level),
        _sums((finding.rule, finding.cost) for finding in findings if finding.rule),
        figures.gap_minutes,
        figures.needed_minutes,
        figures.needed_shifts,
        figures.open_shifts,
        whole,
    )


def complete(problem: Problem, roster: Roster) -> Roster:
    """The duties of a roster inside the operation, with the given duties that it lacks.

    Duties outside the operation that are not given take no part in any judgement.
    """
    plan = [duty for duty in roster.duties if problem.start <= duty.start < problem.end]
    known = {_key(duty) for duty in plan}
    given = [duty for duty in given_roster(problem).duties if _key(duty) not in known]
    duties = sorted((*plan, *given), key=lambda duty: (problem.people[duty.person].id, duty.start, duty.end, duty.id))
    return Roster(tuple(stretch for duty in duties for stretch in duty.stretches), tuple(duties))


def _key(duty: Duty) -> tuple[int, int, int, str]:
    return duty.person, duty.start, duty.end, duty.kind


def _judge(problem: Problem, roster: Roster) -> Iterator[Finding]:
    for rule in problem.rules:
        if rule.name in PERSONAL:
            check = PERSONAL[rule.name]
            for person in sorted(rule.people):
                yield from _reported(rule, check(problem, rule, person, roster.of(person)))
        if rule.name in LINKING:
            yield from _reported(rule, LINKING[rule.name](problem, rule, roster))


def _reported(rule: Rule, findings: Iterable[Finding]) -> Iterator[Finding]:
    """What a rule finds, as severe as the operation says; what must not be broken stays hard, and notes stay notes."""
    said = rule.spec.severity if isinstance(rule.spec, RuleSpec) else None
    severity = _SAID.get(said or "")
    for finding in findings:
        bends = finding.severity in (Severity.GAP, Severity.SOFT)
        yield replace(finding, severity=severity) if severity is not None and bends else finding


def _is_over(problem: Problem, finding: Finding, since: int | None) -> bool:
    """Whether a finding lies before `since`; one without times concerns the whole operation."""
    if since is None:
        return False
    return (problem.end if finding.end is None else finding.end) <= since


def _rank(finding: Finding) -> tuple[int, int, int, str, str, str, str, str, int, str]:
    return (
        _ORDER[finding.severity],
        -finding.cost,
        finding.start or 0,
        finding.code,
        finding.site,
        finding.post,
        finding.person,
        finding.rule,
        finding.end or 0,
        finding.message,
    )


def _sums(parts: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    """Costs added up by key, in the order of the keys."""
    found: dict[Key, int] = defaultdict(int)
    for key, cost in parts:
        found[key] += cost
    return dict(sorted(found.items()))
