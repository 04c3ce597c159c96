"""Two rosters of one operation side by side; never loads the solver."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from patrolplan.analysis.difference import Change, GapChange, changes, gap_changes
from patrolplan.analysis.fairness import Load, loads
from patrolplan.audit import Audit, audit
from patrolplan.config.calendar import Moment
from patrolplan.errors import EXIT_DONE, EXIT_FINDINGS, Complaint
from patrolplan.findings import Finding, Severity
from patrolplan.plan.loading import astray_remarks, load_operation, load_roster
from patrolplan.plan.versions import published_version
from patrolplan.problem import Problem
from patrolplan.roster import Roster, make_roster
from patrolplan.units import DAY_MINUTES


@dataclass(frozen=True)
class Difference:
    """What a new roster changes against an old one.

    Attributes
    ----------
    until
        Instant up to which they are compared; None for the whole operation.
    changes
        Changed duties and standby.
    unread
        Rows of the old and of the new file that were not understood.
    before, after
        What an audit finds in each.
    gaps
        What that is for the cover, need by need.
    broken, mended
        Hard findings that are only in the new roster, and only in the old one.
    loads
        What everybody serves, before and after.
    costs
        What each rule costs more or less, in sixtieths, by its id.
    """

    problem: Problem
    old: Roster
    new: Roster
    changes: tuple[Change, ...]
    unread: tuple[tuple[Finding, ...], tuple[Finding, ...]]
    before: Audit
    after: Audit
    gaps: tuple[GapChange, ...]
    broken: tuple[Finding, ...]
    mended: tuple[Finding, ...]
    loads: tuple[tuple[Load, Load], ...]
    costs: dict[str, int]
    until: int | None = None
    warnings: tuple[Complaint, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether nobody gains or loses anything, and every row was understood."""
        return not self.changes and not any(self.unread)

    def exit_code(self, telling: bool) -> int:
        """1 if the rosters differ and the exit code is to tell, else 0."""
        return EXIT_FINDINGS if telling and not self.is_same else EXIT_DONE


def compare(operation: Path, old: Path, new: Path) -> Difference:
    """Compare two rosters; published versions are compared as far as they go.

    Raises
    ------
    InputError
        If the operation or a roster cannot be read.
    """
    versions = [published_version(path) for path in (old, new)]
    ends = [version.until for version in versions if version is not None]
    loaded = load_operation(operation, window=(None, min(ends, key=_when) if ends else None))
    problem = loaded.problem
    until = problem.window[1] if ends else None
    files = [load_roster(problem, path) for path in (old, new)]
    warnings = list(loaded.warnings)
    for path, file in zip((old, new), files, strict=True):
        warnings += astray_remarks(problem, path, file.roster)
    one, other = (_cut(problem, file.roster, until) for file in files)
    before, after = audit(problem, one), audit(problem, other)
    return Difference(
        problem,
        one,
        other,
        tuple(changes(problem, one, other)),
        (files[0].findings, files[1].findings),
        before,
        after,
        tuple(gap_changes(problem, before.findings, after.findings)),
        tuple(newly_hard(before, after)),
        tuple(newly_hard(after, before)),
        tuple(zip(loads(problem, one), loads(problem, other), strict=True)),
        cost_changes(before, after),
        until,
        tuple(warnings),
    )


def _when(moment: Moment) -> tuple[int, int]:
    """A moment, to be compared with others; a bare date is its end."""
    day, clock = moment
    return day, DAY_MINUTES if clock is None else clock


def _cut(problem: Problem, roster: Roster, until: int | None) -> Roster:
    """The duties of a roster that start before an instant."""
    if until is None:
        return roster
    return make_roster(problem, (part for duty in roster.duties if duty.start < until for part in duty.stretches))


def newly_hard(before: Audit, after: Audit) -> list[Finding]:
    """Broken hard rules that the first audit does not know."""
    known = {_mark(one) for one in before.findings}
    return [one for one in after.findings if one.severity is Severity.HARD and _mark(one) not in known]


def cost_changes(before: Audit, after: Audit) -> dict[str, int]:
    """What each rule costs more or less, in sixtieths, by its id."""
    rules = sorted({*before.by_rule, *after.by_rule})
    found = {rule: after.by_rule.get(rule, 0) - before.by_rule.get(rule, 0) for rule in rules}
    return {rule: cost for rule, cost in found.items() if cost}


def _mark(finding: Finding) -> tuple[object, ...]:
    return finding.code, finding.rule, finding.person, finding.start, finding.message
