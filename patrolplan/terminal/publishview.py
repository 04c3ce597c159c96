"""What was published, and the log of all versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from patrolplan.language import _, plural
from patrolplan.plan.publishing import Published
from patrolplan.plan.versions import Version
from patrolplan.terminal.changelines import (
    INDENT,
    label,
    open_text,
    print_changes,
    print_findings,
    print_head,
    print_part,
)
from patrolplan.terminal.console import say

_HANG = 12
_SHOWN = 40
"""Most changes of one version in the log."""


def view(console: Console, result: Published) -> None:
    """Print the new version, or why there is none."""
    problem, version = result.problem, result.version
    if version is None and result.is_same:
        assert result.before is not None
        say(console, _("Nothing new: version {n} says the same.").format(n=result.before.number))
        return
    if version is None:
        print_head(
            console, _("Nothing was published"), plural("{n} hard finding", "{n} hard findings", len(result.findings))
        )
        print_findings(console, result.findings)
        console.print()
        say(console, _("Mend the roster, or publish it as it is with --force; the log then says so."))
        return
    print_head(console, _("Version {n} published").format(n=version.number), version.roster[:12])
    duties = plural("{n} duty", "{n} duties", int(version.entry["duties"]))
    until = problem.zone.moment_text(min(problem.window[1], problem.end))
    say(console, label(_("Until")), _("{moment}: {duties}").format(moment=until, duties=duties), hang=_HANG)
    say(console, label(_("By")), f"{version.by}, {_when(version)}", hang=_HANG)
    if gaps := open_text(result.audit):
        say(console, label(_("Cover")), (gaps, "yellow"), hang=_HANG)
    if result.findings:
        words = plural("{n} hard finding", "{n} hard findings", len(result.findings))
        say(console, label(_("Forced")), (words, "red"), hang=_HANG)
    say(console, label(_("File")), str(version.path), hang=_HANG)
    if result.before is not None:
        title = _("Changed since version {n}: {count}").format(n=result.before.number, count=len(result.changes))
        print_part(console, title)
        print_changes(console, problem, result.changes)


def log_view(console: Console, versions: Sequence[Version]) -> None:
    """Print all versions with who changed what; the log was verified before."""
    if not versions:
        say(console, _("No roster was published yet."))
        return
    count = plural("{n} version, unbroken", "{n} versions, unbroken", len(versions))
    print_head(console, _("Published versions"), count)
    for version in versions:
        entry = version.entry
        until = str(entry["until"])[:16].replace("T", " ")
        words = _("until {moment}, by {name}, {at}").format(moment=until, name=version.by, at=_when(version))
        say(console, (f"{version.number:>4}  {version.roster[:12]}  ", "bold"), words, indent=INDENT, hang=6)
        if version.note:
            say(console, version.note, indent=INDENT + 6, hang=2)
        for change in _entries(entry)[:_SHOWN]:
            say(console, (_change(change), "dim"), indent=INDENT + 6, hang=2)
        more = len(_entries(entry)) - _SHOWN
        if more > 0:
            say(console, (plural("and {n} more change", "and {n} more changes", more), "dim"), indent=INDENT + 6)


def _when(version: Version) -> str:
    """When it was published."""
    return version.at[:16].replace("T", " ") + " UTC"


def _entries(entry: Any) -> list[dict[str, str]]:
    found = entry.get("changes")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _change(change: dict[str, str]) -> str:
    where = " ".join(change.get(name, "") for name in ("date", "shift", "post"))
    before, after = change.get("from", ""), change.get("to", "")
    if not before:
        return _("{duty}: new: {person}").format(duty=where, person=after)
    if not after:
        return _("{duty}: dropped: {person}").format(duty=where, person=before)
    return _("{duty}: {before}, now {after}").format(duty=where, before=before, after=after)
