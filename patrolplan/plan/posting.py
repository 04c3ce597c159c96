"""Settling postings: load, settle, audit, write."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from patrolplan.audit import Audit, audit, complete
from patrolplan.engine.subproblem import StopSignal
from patrolplan.errors import EXIT_BUG, EXIT_DONE, EXIT_FINDINGS, Complaint
from patrolplan.findings import Finding, Severity
from patrolplan.formats.roster_csv import RosterFile, write_roster
from patrolplan.formats.sidecar import KEPT, build_sidecar
from patrolplan.language import _
from patrolplan.plan.files import refuse_bad_roster, sha256_text
from patrolplan.plan.loading import Operation, load_operation, load_roster, sources_of
from patrolplan.plan.solving import mark_of, own_path, versions
from patrolplan.plan.writing import write_pair
from patrolplan.postings.outcome import Outcome
from patrolplan.postings.settling import Settings, Stage, settle
from patrolplan.problem import Problem
from patrolplan.proof import Proof, Status
from patrolplan.units import overlap

COVER_CODES = ("PP101", "PP102", "PP103")
"""Codes of gaps that postings never make larger."""


@dataclass(frozen=True)
class Request:
    """What to settle and how.

    Attributes
    ----------
    output
        Where the roster goes; None for a name of its own in the current folder.
    days
        First and last date; None for all.
    sites
        Names of sites; empty for all.
    seconds
        How long to improve at most: on the clock, or deterministic seconds of the solver if `deterministic`. Every
        shift is settled in any case.
    """

    operation: Path
    roster: Path
    output: Path | None = None
    days: tuple[int, int] | None = None
    sites: tuple[str, ...] = ()
    seconds: float = 600.0
    workers: int = 2
    seed: int = 0
    deterministic: bool = False


@dataclass(frozen=True)
class Posted:
    """A roster with its postings, judged by the audit.

    Attributes
    ----------
    file
        The roster as it was read.
    before, audit
        What the audit says of it without and with the postings.
    """

    problem: Problem
    file: RosterFile
    outcome: Outcome
    before: Audit
    audit: Audit
    request: Request
    written: Path
    seconds: float
    warnings: tuple[Complaint, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Rows that were not understood, and what the audit found on the dates and sites that were asked for."""
        return (*self.file.findings, *(one for one in self.audit.findings if self._is_asked(one)))

    def _is_asked(self, finding: Finding) -> bool:
        zone, days = self.problem.zone, self.request.days
        if self.request.sites and finding.site and finding.site not in self.request.sites:
            return False
        if days is None or finding.start is None or finding.end is None:
            return True
        return bool(overlap((finding.start, finding.end), (zone.instant(days[0], 0), zone.instant(days[1] + 1, 0))))

    @property
    def disagreements(self) -> tuple[str, ...]:
        """Where the postings made something worse that they must not touch; always empty unless there is a bug."""
        return tuple(_worsened(self.before, self.audit))

    @property
    def exit_code(self) -> int:
        """0 if all is kept and nothing is open.

        1 with gaps, broken hard rules, relief or breaks that could not be kept, or turns that were not settled.
        """
        if self.disagreements:
            return EXIT_BUG
        failing = any(one.severity in (Severity.HARD, Severity.GAP) for one in self.findings)
        return EXIT_FINDINGS if failing or self.outcome.unmet or self.outcome.left else EXIT_DONE


def _worsened(before: Audit, after: Audit) -> Iterator[str]:
    for code in COVER_CODES:
        was, now = _missing(before, code), _missing(after, code)
        if now > was:
            yield _("the gaps {code} grew from {was:,} to {now:,} person-minutes").format(code=code, was=was, now=now)
    broken = [sum(one.severity is Severity.HARD for one in judged.findings) for judged in (before, after)]
    if broken[1] > broken[0]:
        yield _("more hard rules are broken ({now}) than in the roster as it was ({was})").format(
            now=broken[1], was=broken[0]
        )


def _missing(judged: Audit, code: str) -> int:
    return round(
        sum(
            ((one.required or 0) - (one.actual or 0)) * ((one.end or 0) - (one.start or 0))
            for one in judged.findings
            if one.code == code
        )
    )


def prepare(request: Request) -> Operation:
    """Read the operation and refuse what cannot be written afterwards.

    Raises
    ------
    InputError
        If the input cannot be used, or the roster could not be written.
    """
    loaded = load_operation(request.operation)
    if request.output is not None:
        refuse_bad_roster(
            request.output, sources_of(request.operation, loaded.problem, request.roster), request.operation
        )
    return loaded


def post(
    request: Request,
    loaded: Operation,
    file: RosterFile,
    stop: StopSignal | None = None,
    told: Callable[[Stage, int, int], None] = lambda stage, done, total: None,
) -> Posted:
    """Settle the postings of a roster and write it; what was settled before a stop is written, too.

    Parameters
    ----------
    loaded, file
        From `prepare` and `read`.
    told
        Told how many shifts of how many are settled, and then how many are improved.

    Raises
    ------
    InputError
        If the roster cannot be written.
    """
    problem, began = loaded.problem, time.monotonic()
    signal = stop or StopSignal()
    deadline = began + request.seconds

    def spent_out(spent: float) -> bool:
        return spent >= request.seconds if request.deterministic else time.monotonic() >= deadline

    whole = complete(problem, file.roster)
    outcome = settle(
        problem,
        file.roster,
        whole,
        Settings(
            request.workers,
            request.seed,
            spent_out=spent_out,
            stopped=lambda: signal.is_set,
            watch=signal.watching,
            told=told,
        ),
        days=None if request.days is None else range(request.days[0], request.days[1] + 1),
        sites=_sites(problem, request.sites),
    )
    before, after = audit(problem, file.roster), audit(problem, outcome.roster)
    path = request.output or own_path(request.operation, "postings")
    seconds = time.monotonic() - began
    _write(request, problem, file, outcome, after, path, seconds)
    return Posted(problem, file, outcome, before, after, request, path, seconds, loaded.warnings)


def read(request: Request, loaded: Operation) -> RosterFile:
    """Read the roster of a request.

    Raises
    ------
    InputError
        If it cannot be read as a roster at all.
    """
    return load_roster(loaded.problem, request.roster)


def _sites(problem: Problem, names: tuple[str, ...]) -> frozenset[int] | None:
    return frozenset(number for number, site in enumerate(problem.sites) if site.name in names) if names else None


def _write(
    request: Request, problem: Problem, file: RosterFile, outcome: Outcome, judged: Audit, path: Path, seconds: float
) -> None:
    """The roster and its sidecar; a pipe or a terminal gets none."""
    text = write_roster(problem, outcome.roster, file)
    status = Status.OPTIMAL if outcome.optimal and not outcome.left else Status.FEASIBLE
    data = build_sidecar(
        versions=versions(),
        roster=sha256_text(text),
        inputs={**problem.sources, KEPT + request.roster.name: sha256_text(request.roster.read_bytes())},
        seed=request.seed,
        options={
            "operation": mark_of(request.operation),
            "postings": request.roster.name,
            "seconds": request.seconds,
            "workers": request.workers,
            "deterministic": request.deterministic,
        },
        proof=Proof(status, seconds=seconds),
        by_rule=judged.by_rule,
        written=dt.datetime.now(dt.UTC),
    )
    write_pair(path, text, data)
