"""A check told to continuous integration: gaps merged, worst first, files as the repository knows them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from patrolplan.analysis.gaps import GAP_CODES, GapGroup, merge_gaps
from patrolplan.audit import Threshold, failing, unused
from patrolplan.errors import Place
from patrolplan.findings import Finding, Severity
from patrolplan.formats.report import EVERYWHERE, Entry, Report, time_words, who_or_where
from patrolplan.language import _, plural
from patrolplan.plan.checking import Check
from patrolplan.problem import Acceptance
from patrolplan.units import duration_text


def report(check: Check, operation: Path, roster: Path, threshold: Threshold) -> Report:
    """What continuous integration is told of a check.

    Parameters
    ----------
    operation, roster
        Paths as they were given.
    threshold
        What makes the check fail.
    """
    locate = _locator(operation)
    return Report(
        check.problem,
        locate(str(operation)),
        locate(str(roster)),
        tuple(one for one in check.audit.findings if not _says_nothing(one)),
        tuple(_entries(check, locate, locate(str(roster)))),
        failing(threshold),
        check.since,
        locate,
        f"{roster.name}: {_headline(check)}",
        check.exit_code(threshold),
    )


def _locator(operation: Path) -> Callable[[str], str]:
    """Gives files relative to the top of the repository; file URIs outside of it, and nothing for what is no file."""
    top = _top(operation)

    def locate(file: str) -> str:
        path = Path(file)
        if not path.exists():
            return ""
        absolute = path.resolve()
        return absolute.relative_to(top).as_posix() if absolute.is_relative_to(top) else absolute.as_uri()

    return locate


def _top(operation: Path) -> Path:
    """The top of the repository, or the current folder, or that of the operation if it lies in neither."""
    folder = operation.resolve().parent
    workspace = os.environ.get("GITHUB_WORKSPACE", "")
    tops = [Path(workspace).resolve()] if workspace else []
    tops += [one for one in (folder, *folder.parents) if (one / ".git").exists()][:1]
    return next((one for one in (*tops, Path.cwd().resolve()) if folder.is_relative_to(one)), folder)


def _entries(check: Check, locate: Callable[[str], str], roster: str) -> list[Entry]:
    """Findings in the order of severity; gaps come merged, those with most missing person-minutes first."""
    findings = check.audit.findings
    groups = merge_gaps(check.problem, findings)
    merged = {id(finding) for group in groups for finding in group.findings}
    others = [one for one in findings if id(one) not in merged and not _says_nothing(one)]
    entries = [_of_gap(group, locate) for group in groups]
    entries += [_of_finding(check, finding, locate, roster) for finding in others]
    if check.since is None:
        entries += [_of_acceptance(one, locate) for one in unused(check.problem, findings)]
    order = list(Severity)
    return sorted(entries, key=lambda entry: order.index(entry.severity))


def _says_nothing(finding: Finding) -> bool:
    return finding.severity is Severity.NOTE and finding.code in EVERYWHERE and not finding.accepted


def _of_gap(gap: GapGroup, locate: Callable[[str], str]) -> Entry:
    minutes = gap.person_minutes // max(1, gap.short)
    more = (
        _(", {windows} windows, {shifts} person-shifts").format(windows=gap.windows, shifts=gap.person_shifts)
        if gap.windows > 1
        else ""
    )
    when = f"{gap.when} ({duration_text(minutes)}{more})"
    return Entry(gap.severity, gap.code, gap.post or gap.site, when, gap.message, _in_repository(gap.place, locate))


def _of_finding(check: Check, finding: Finding, locate: Callable[[str], str], roster: str) -> Entry:
    column = finding.place.column if finding.code == "PP901" else 0
    has_row = finding.row and not roster.startswith("file:")
    text = f"{finding.message} ({finding.accepted})" if finding.accepted else finding.message
    return Entry(
        finding.severity,
        finding.code,
        who_or_where(check.problem, finding),
        time_words(check.problem, finding),
        text,
        Place(roster, finding.row, column) if has_row else _in_repository(finding.place, locate),
    )


def _of_acceptance(acceptance: Acceptance, locate: Callable[[str], str]) -> Entry:
    """An acceptance that is about nothing that was found."""
    where = ", ".join(part for part in (acceptance.person, acceptance.at) if part)
    text = _("{by} accepted this, but nothing of the kind is found any more; take the entry out of accept.").format(
        by=acceptance.by
    )
    return Entry(Severity.NOTE, acceptance.code, where, "", text, _in_repository(acceptance.place, locate))


def _in_repository(place: Place, locate: Callable[[str], str]) -> Place:
    file = locate(place.file) if place.file else ""
    return Place(file, place.line, place.column) if file and not file.startswith("file:") else Place()


def _headline(check: Check) -> str:
    """How many of what, and how much of the need is met."""
    findings = check.audit.findings
    counts = Counter(finding.severity for finding in findings)
    gaps = len(merge_gaps(check.problem, findings))
    failing_rules = sum(one.severity is Severity.GAP and one.code not in GAP_CODES for one in findings)
    accepted = sum(bool(one.accepted) for one in findings)
    words = [
        *(
            [plural("{n:,} broken hard rule", "{n:,} broken hard rules", counts[Severity.HARD])]
            if counts[Severity.HARD]
            else []
        ),
        *([plural("{n:,} gap", "{n:,} gaps", gaps)] if gaps else []),
        *([plural("{n:,} bent rule that fails", "{n:,} bent rules that fail", failing_rules)] if failing_rules else []),
        *([plural("{n:,} bent rule", "{n:,} bent rules", counts[Severity.SOFT])] if counts[Severity.SOFT] else []),
        *([plural("{n:,} accepted finding", "{n:,} accepted findings", accepted)] if accepted else []),
    ]
    needed = check.audit.needed_minutes
    open_time = (
        _("; {missing} of {needed} open").format(
            missing=duration_text(check.audit.gap_minutes), needed=duration_text(needed)
        )
        if needed
        else ""
    )
    return f"{', '.join(words) or _('nothing found')}{open_time}"
