"""Publishing a roster: a numbered version that nobody changes any more, and an entry in the log. No solver."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from patrolplan.analysis.difference import Change, changes
from patrolplan.audit import Audit, audit
from patrolplan.config.calendar import Moment
from patrolplan.errors import EXIT_DONE, EXIT_FINDINGS, Complaint, InputError, Place
from patrolplan.findings import Finding, Severity
from patrolplan.formats.roster_csv import write_roster
from patrolplan.formats.sidecar import parse_sidecar
from patrolplan.language import _
from patrolplan.plan.files import sha256_text, sidecar_path
from patrolplan.plan.loading import load_operation, load_roster
from patrolplan.plan.versions import Version, append_version, folder_of, read_log, roster_path, untouched, writing
from patrolplan.plan.writing import write_with_sidecar
from patrolplan.problem import Problem
from patrolplan.proof import Status
from patrolplan.roster import Roster, make_roster
from patrolplan.tables import decode, read_bytes
from patrolplan.units import date_text

MOST_NAME = 200
"""Longest name and remark."""


@dataclass(frozen=True)
class Published:
    """What came of publishing a roster.

    Attributes
    ----------
    version
        The new version; None if nothing was published.
    before
        The version before it, if any.
    audit
        What was found in the published part.
    findings
        Those of the file itself and the audit that are hard.
    changes
        What is different from the version before; empty for a first one.
    is_same
        Whether nothing was published because the last version says the same.
    """

    problem: Problem
    version: Version | None
    before: Version | None
    audit: Audit
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]
    is_same: bool
    warnings: tuple[Complaint, ...] = ()

    @property
    def exit_code(self) -> int:
        """1 if broken hard rules kept the roster from being published, else 0."""
        return EXIT_DONE if self.version is not None or self.is_same else EXIT_FINDINGS


def publish(
    operation: Path,
    roster: Path,
    *,
    until: Moment,
    by: str,
    note: str = "",
    force: bool = False,
    now: dt.datetime | None = None,
) -> Published:
    """Publish the part of a roster that starts before a moment.

    Parameters
    ----------
    by
        Who publishes it.
    force
        Whether a roster that breaks hard rules is published all the same.
    now
        Aware moment of publishing; default the present.

    Raises
    ------
    InputError
        If something cannot be read or written, or the log was changed.
    """
    by, note = _words(by, "--by"), _words(note, "--note") if note else ""
    loaded = load_operation(operation, window=(None, until))
    problem = loaded.problem
    source = roster_path(roster)
    file = load_roster(problem, source)
    part = _part(problem, file.roster)
    if not part.duties:
        raise InputError([Complaint(_("no duty of it is to be published: none starts in time."), Place(str(roster)))])
    judged = audit(problem, part)
    hard = tuple(one for one in (*file.findings, *judged.findings) if one.severity is Severity.HARD)
    folder = folder_of(operation)
    versions = read_log(folder)
    before = versions[-1] if versions else None
    found = () if before is None else _changed(problem, before, part)
    text = write_roster(problem, part, replace(file, roster=part))
    result = Published(problem, None, before, judged, hard, found, False, loaded.warnings)
    if before is not None and (before.roster, _until(problem)) == (sha256_text(text), before.entry["until"]):
        return replace(result, is_same=True)
    if hard and not force:
        return result
    moment = (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    facts: dict[str, Any] = {
        "roster": sha256_text(text),
        "from": problem.zone.iso(problem.start),
        "until": _until(problem),
        "by": by,
        "at": moment.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "note": note,
        "source": {"name": source.name, "sha256": sha256_text(read_bytes(source, str(source)))},
        "inputs": dict(sorted(problem.sources.items())),
        "duties": sum(not duty.on_call for duty in part.duties),
        "open_person_shifts": judged.open_shifts,
        "hard_findings": len(hard),
        "changes": [_change_facts(problem, change) for change in found],
    }
    with writing(folder):
        if len(read_log(folder)) != len(versions):
            raise InputError(
                _("somebody else published in the meantime; look at it (publish --log), and publish again.")
            )
        version = _write(folder, problem, text, facts, _status_of(source), moment)
    return replace(result, version=version)


def _words(text: str, option: str) -> str:
    """A name or remark on one line."""
    words = " ".join(text.split())
    if not words or len(words) > MOST_NAME:
        why = (
            _("what follows {option} is longer than {most} characters.")
            if words
            else _("what follows {option} is empty.")
        )
        raise InputError(why.format(option=option, most=MOST_NAME))
    return words


def _until(problem: Problem) -> str:
    return problem.zone.iso(min(problem.window[1], problem.end))


def _part(problem: Problem, roster: Roster) -> Roster:
    """Duties that start in the published part."""
    first, last = problem.window
    inside = [duty for duty in roster.duties if max(first, problem.start) <= duty.start < min(last, problem.end)]
    return make_roster(problem, (stretch for duty in inside for stretch in duty.stretches))


def _changed(problem: Problem, before: Version, part: Roster) -> tuple[Change, ...]:
    """What is different from the version before, in the part that both have and beyond."""
    old = load_roster(problem, before.path).roster
    return tuple(changes(problem, old, part))


def _change_facts(problem: Problem, change: Change) -> dict[str, Any]:
    duty = change.duty
    return {
        "post": "" if duty.post is None else problem.posts[duty.post].key,
        "shift": "" if duty.shift is None else problem.shifts[duty.shift].name,
        "date": date_text(duty.day),
        "start": problem.zone.iso(duty.start),
        "end": problem.zone.iso(duty.end),
        "kind": duty.kind,
        "from": "" if change.before is None else problem.people[change.before.person].id,
        "to": "" if change.after is None else problem.people[change.after.person].id,
    }


def _status_of(roster: Path) -> tuple[str, int | None]:
    """What a sidecar says of how good a roster is, and its seed; of a roster that was edited since nothing is known."""
    beside = sidecar_path(roster)
    if beside.is_file():
        sidecar = parse_sidecar(decode(read_bytes(beside, str(beside)), str(beside)), str(beside))
        if sidecar.roster == sha256_text(read_bytes(roster, str(roster))):
            return sidecar.status, sidecar.seed
    return str(Status.UNKNOWN), None


def _write(
    folder: Path, problem: Problem, text: str, facts: dict[str, Any], status: tuple[str, int | None], at: dt.datetime
) -> Version:
    """The roster and its sidecar first, then the entry: what the log names is there."""
    number = len(read_log(folder)) + 1
    path = folder / f"{number:04d}-{facts['roster'][:12]}.csv"
    options = {"published": {name: facts[name] for name in ("until", "by", "at", "note", "source")}}
    write_with_sidecar(path, problem, text, options, status=status[0], seed=status[1], at=at)
    return append_version(folder, {"file": path.name, **facts})


def history(operation: Path) -> Sequence[Version]:
    """All published versions of an operation, the log verified and every file untouched.

    Raises
    ------
    InputError
        If log or files were changed.
    """
    folder = folder_of(operation)
    versions = read_log(folder)
    for version in versions:
        untouched(version)
    return versions
