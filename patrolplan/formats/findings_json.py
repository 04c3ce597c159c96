"""What an audit found, as JSON facts with stable keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from patrolplan.findings import Finding, Severity, title_of
from patrolplan.problem import Problem
from patrolplan.units import COST_SCALE


class Judged(Protocol):
    """What an audit says of a roster; see `patrolplan.audit.Audit`."""

    @property
    def findings(self) -> Sequence[Finding]:
        """Worst first."""
        ...

    @property
    def costs(self) -> Mapping[int, int]:
        """By level, in sixtieths."""
        ...

    @property
    def by_rule(self) -> Mapping[str, int]:
        """By rule, in sixtieths."""
        ...

    @property
    def gap_minutes(self) -> int:
        """Person-minutes missing."""
        ...

    @property
    def needed_minutes(self) -> int:
        """Person-minutes asked for."""
        ...

    @property
    def needed_shifts(self) -> int:
        """Person-shifts asked for."""
        ...

    @property
    def open_shifts(self) -> int:
        """Person-shifts missing."""
        ...


def findings_json(problem: Problem, judged: Judged, extra: Sequence[Finding] = ()) -> dict[str, Any]:
    """An audit as plain data: ``status``, ``summary`` and ``findings``.

    Parameters
    ----------
    extra
        Findings from elsewhere, such as rows of the roster file that were not understood; they come first.

    Returns
    -------
    dict
        ``status`` is ``broken`` with a hard finding, else ``gaps`` with a gap, else ``findings`` with a soft one,
        else ``clean``. Costs are in weights, times ISO 8601 local with offset; what does not apply is null or empty.
    """
    findings = [*extra, *judged.findings]
    return {
        "operation": problem.name,
        "status": _status(findings),
        "summary": _summary(judged, findings),
        "findings": [finding_json(problem, finding) for finding in findings],
    }


def finding_json(problem: Problem, finding: Finding) -> dict[str, Any]:
    """One finding as plain data."""
    return {
        "code": finding.code,
        "title": title_of(finding.code),
        "severity": str(finding.severity),
        "message": finding.message,
        "rule": finding.rule,
        "person": finding.person,
        "site": finding.site,
        "post": finding.post,
        "from": None if finding.start is None else problem.zone.iso(finding.start),
        "until": None if finding.end is None else problem.zone.iso(finding.end),
        "actual": finding.actual,
        "required": finding.required,
        "unit": finding.unit,
        "cost": finding.cost / COST_SCALE,
        "level": finding.level,
        "file": finding.place.file,
        "line": finding.place.line,
        "row": finding.row,
        "accepted": finding.accepted,
    }


def _status(findings: Sequence[Finding]) -> str:
    present = {finding.severity for finding in findings}
    for severity, word in ((Severity.HARD, "broken"), (Severity.GAP, "gaps"), (Severity.SOFT, "findings")):
        if severity in present:
            return word
    return "clean"


def _summary(judged: Judged, findings: Sequence[Finding]) -> dict[str, Any]:
    counts = Counter(str(finding.severity) for finding in findings)
    needed = judged.needed_minutes
    return {
        "findings": {str(severity): counts[severity] for severity in Severity},
        "needed_hours": needed / 60,
        "open_hours": judged.gap_minutes / 60,
        "cover": 1.0 if not needed else 1 - judged.gap_minutes / needed,
        "needed_person_shifts": judged.needed_shifts,
        "open_person_shifts": judged.open_shifts,
        "costs": {str(level): cost / COST_SCALE for level, cost in sorted(judged.costs.items())},
        "by_rule": {rule: cost / COST_SCALE for rule, cost in sorted(judged.by_rule.items())},
    }
