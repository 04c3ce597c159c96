"""Auditing a roster against an operation; never loads the solver."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from patrolplan.audit import Audit, Threshold, audit
from patrolplan.config.calendar import Moment
from patrolplan.errors import EXIT_DONE, EXIT_FINDINGS, Complaint, Place
from patrolplan.findings import Finding, Severity
from patrolplan.formats.roster_csv import RosterFile
from patrolplan.formats.sidecar import parse_sidecar
from patrolplan.language import _
from patrolplan.plan.files import sha256_text, sidecar_path
from patrolplan.plan.loading import load_operation, load_roster
from patrolplan.plan.versions import published_version
from patrolplan.problem import Problem
from patrolplan.tables import decode, read_bytes
from patrolplan.units import date_text


@dataclass(frozen=True)
class Check:
    """A roster with all that was found in it.

    Attributes
    ----------
    audit
        Findings, worst first, those about the file itself among them.
    since
        Instant before which nothing is reported, or None.
    """

    problem: Problem
    file: RosterFile
    audit: Audit
    warnings: tuple[Complaint, ...] = ()
    since: int | None = None

    def exit_code(self, threshold: Threshold) -> int:
        """Exit code for a threshold: ``hard``, ``gap`` or ``any``."""
        return EXIT_FINDINGS if self.audit.fails(threshold) else EXIT_DONE


def check(operation: Path, roster: Path, *, since: Moment | None = None, require_fresh: bool = False) -> Check:
    """Audit any roster. A published version is judged as far as it is published.

    Parameters
    ----------
    since
        Findings that end at or before this moment are left out.
    require_fresh
        Whether a roster that does not stem from the present input is a finding.

    Raises
    ------
    InputError
        If the operation or the roster cannot be read.
    """
    version = published_version(roster)
    roster = roster if version is None else version.path
    loaded = load_operation(operation, window=(None, None if version is None else version.until))
    problem = loaded.problem
    file = load_roster(problem, roster)
    begin = None
    if since is not None:
        day, clock = since
        begin = problem.zone.instant(day, problem.day_starts if clock is None else clock)
    result = audit(problem, file.roster, since=begin)
    stale = _stale(problem, roster) if require_fresh else ()
    result = replace(result, findings=(*stale, *file.findings, *result.findings))
    return Check(problem, file, result, (*loaded.warnings, *_past_remarks(problem, begin)), begin)


def _past_remarks(problem: Problem, begin: int | None) -> list[Complaint]:
    """That nothing is left to check: a mistyped year must not pass for a roster without findings."""
    if begin is None or begin < problem.end:
        return []
    moment, end = (date_text(problem.zone.local(one)[0]) for one in (begin, problem.end))
    return [
        Complaint(
            _("nothing is checked: the operation ends {end}, before {moment} (--from).").format(end=end, moment=moment)
        )
    ]


def _stale(problem: Problem, roster: Path) -> tuple[Finding, ...]:
    """Why a roster does not stem from the present input."""
    beside = sidecar_path(roster)
    if not beside.exists():
        return (
            _not_fresh(
                _("there is no {name} beside the roster that says from what it was made").format(name=beside.name),
                roster,
            ),
        )
    sidecar = parse_sidecar(decode(read_bytes(beside, str(beside)), str(beside)), str(beside))
    changed = sidecar.stale_inputs(problem.sources)
    found = []
    if changed:
        found.append(
            _not_fresh(_("changed since the roster was made: {names}").format(names=", ".join(changed)), roster)
        )
    if sidecar.roster != sha256_text(read_bytes(roster, str(roster))):
        found.append(_not_fresh(_("the roster itself was edited since it was made"), roster))
    return tuple(found)


def _not_fresh(message: str, roster: Path) -> Finding:
    return Finding("PP903", Severity.HARD, message, place=Place(str(roster)))
