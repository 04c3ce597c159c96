"""What a check found, worst first, with the place of the rule and the row of the roster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console

from patrolplan.analysis.gaps import GAP_CODES, merge_gaps
from patrolplan.audit import Audit, unused
from patrolplan.errors import Place
from patrolplan.findings import Finding, Severity, title_of
from patrolplan.language import _, figures
from patrolplan.problem import Acceptance, Problem
from patrolplan.terminal.console import glyphs, plural, say
from patrolplan.terminal.coverview import share_text
from patrolplan.terminal.gaplines import print_gaps
from patrolplan.terminal.summary import open_text
from patrolplan.units import date_text

_INDENT = 3
_HANG = 7
_EVERYWHERE = ("PP107", "PP302", "PP305")
"""Notes that every roster has, and whose number says nothing."""


def view(
    console: Console,
    problem: Problem,
    audit: Audit,
    *,
    extra: Sequence[Finding] = (),
    file: str = "",
    most: int | None = None,
    explained: int = 0,
    whole: bool = False,
) -> None:
    """Print all findings: broken hard rules, gaps, bent rules, accepted findings, and how many notes there are.

    Parameters
    ----------
    extra
        Findings from elsewhere, such as rows of the roster file that were not understood.
    file
        Name of the roster file.
    most
        Findings to show in each part; default all.
    explained
        Gaps for which it is said who could fill them.
    whole
        Whether the findings are those of the whole operation, so that an acceptance that none meets can go.
    """
    findings = [*extra, *audit.findings]
    astray = [one for one in findings if one.code == "PP904"]
    if len(astray) > sum(duty.row > 0 for duty in audit.roster.duties):
        _print_astray(console, problem, audit, astray, file)
        findings = [one for one in findings if one.code != "PP904"]
    hard = [one for one in findings if one.severity is Severity.HARD]
    gaps = merge_gaps(problem, [one for one in findings if one.severity is Severity.GAP])
    others = [one for one in findings if one.severity is Severity.GAP and one.code not in GAP_CODES]
    soft = [one for one in findings if one.severity is Severity.SOFT]
    accepted = [one for one in findings if one.accepted]
    _print_head(console, audit, findings, len(gaps), file)
    _print_part(console, problem, _("Broken hard rules"), hard, file, most, "bold red")
    if gaps:
        console.print()
        say(console, (_("Gaps, worst first"), "bold"))
        print_gaps(console, problem, gaps[:most], roster=audit.roster, explained=explained)
        if most is not None and len(gaps) > most:
            say(console, (_("and {gaps}").format(gaps=plural(len(gaps) - most, "more gap")), "dim"), indent=_INDENT)
    _print_part(console, problem, _("Bent rules that fail the check"), others, file, most, "bold yellow")
    _print_part(console, problem, _("Bent rules and oddities"), soft, file, most, "bold yellow")
    _print_part(console, problem, _("Accepted"), accepted, file, most, "dim")
    if whole:
        _print_unused(console, unused(problem, findings))
    _print_notes(console, [one for one in findings if one.severity is Severity.NOTE and not one.accepted])


def _print_astray(console: Console, problem: Problem, audit: Audit, astray: Sequence[Finding], file: str) -> None:
    """Say in one line that the roster is not one of this operation's dates."""
    total = len(astray) + sum(duty.row > 0 for duty in audit.roster.duties)
    days = [problem.zone.local(one.start or 0)[0] for one in astray]
    theirs = _("{first} to {last}").format(first=date_text(min(days)), last=date_text(max(days)))
    own = _("{first} to {last}").format(first=date_text(problem.first_day), last=date_text(problem.last_day))
    words = _("{count} of {duties} outside the operation's dates ({own})").format(
        count=figures(f"{len(astray):,}"), duties=plural(total, "duty", "duties"), own=own
    )
    say(
        console,
        (
            _("{file}: {words}, namely {theirs}; they count for nothing").format(
                file=file or _("Roster"), words=words, theirs=theirs
            ),
            "bold red",
        ),
        hang=2,
    )


def _print_unused(console: Console, acceptances: Sequence[Acceptance]) -> None:
    if not acceptances:
        return
    console.print()
    say(console, (_("Acceptances that meet no finding"), "bold"))
    for one in acceptances:
        where = ", ".join(part for part in (one.at, one.person) if part)
        say(console, (f"{one.code}  ", "dim"), f"{where}  {one.place.file}:{one.place.line}".strip(), indent=_INDENT)


def _print_head(console: Console, audit: Audit, findings: Sequence[Finding], gaps: int, file: str) -> None:
    counts = Counter(finding.severity for finding in findings)
    parts = []
    if counts[Severity.HARD]:
        parts.append(plural(counts[Severity.HARD], "broken hard rule"))
    if gaps:
        parts.append(plural(gaps, "gap"))
    failing = sum(one.severity is Severity.GAP and one.code not in GAP_CODES for one in findings)
    if failing:
        parts.append(plural(failing, "bent rule that fails", "bent rules that fail"))
    if counts[Severity.SOFT]:
        parts.append(plural(counts[Severity.SOFT], "bent rule"))
    style = (
        "bold red" if counts[Severity.HARD] or counts[Severity.GAP] else "bold green" if not parts else "bold yellow"
    )
    say(console, (f"{file or _('Roster')}: {', '.join(parts) or _('nothing found')}", style), hang=2)
    if audit.needed_minutes:
        share = share_text(1 - audit.gap_minutes / audit.needed_minutes)
        say(console, _("Cover {share}, {open}").format(share=share, open=open_text(audit)), hang=2)


def _print_part(
    console: Console,
    problem: Problem,
    title: str,
    findings: Sequence[Finding],
    file: str,
    most: int | None,
    style: str,
) -> None:
    if not findings:
        return
    console.print()
    say(console, (title, "bold"))
    for finding in findings[:most]:
        _print_finding(console, problem, finding, file, style)
    if most is not None and len(findings) > most:
        say(console, (_("and {n} more").format(n=figures(f"{len(findings) - most:,}")), "dim"), indent=_INDENT)


def _print_finding(console: Console, problem: Problem, finding: Finding, file: str, style: str) -> None:
    separator = f" {glyphs(console).dot} "
    who = _person_text(problem, finding.person)
    where = finding.post or finding.site
    when = problem.zone.span_text(finding.start, finding.end) if finding.start is not None and finding.end else ""
    heading = "  ".join(part for part in (who, where, when) if part) or title_of(finding.code)
    say(console, (f"{finding.code}  ", style), heading, indent=_INDENT, hang=_HANG)
    say(console, finding.message, indent=_INDENT + _HANG)
    if finding.accepted:
        say(console, (finding.accepted, "dim"), indent=_INDENT + _HANG)
    origin = separator.join(_origins(finding, file))
    if origin:
        say(console, (origin, "dim"), indent=_INDENT + _HANG)


def _person_text(problem: Problem, number: str) -> str:
    """Rank, name and service number."""
    if number not in problem.person_index:
        return number
    who = problem.people[problem.person_index[number]]
    rank = f"{problem.ranks[who.rank]} " if who.rank is not None else ""
    return f"{rank}{who.name} ({who.id})" if who.name and who.name != who.id else f"{rank}{who.id}"


def _origins(finding: Finding, file: str) -> list[str]:
    """The row of the roster and the rule with its line."""
    place = f"{finding.place.file}:{finding.place.line}" if finding.place.line else finding.place.file
    origins = []
    if finding.row and finding.code != "PP901":
        origins.append(f"{file}:{finding.row}" if file else _("row {row}").format(row=finding.row))
    rule = ", ".join(part for part in (finding.rule, place if finding.place != Place() else "") if part)
    return [*origins, rule] if rule else origins


def _print_notes(console: Console, notes: Sequence[Finding]) -> None:
    counts = Counter(finding.code for finding in notes if finding.code not in _EVERYWHERE)
    if not counts:
        return
    parts = [f"{figures(f'{count:,}')} {title_of(code) or code} ({code})" for code, count in sorted(counts.items())]
    console.print()
    head = _("Notes") + "  "
    say(console, (head, "bold"), (", ".join(parts), "dim"), hang=len(head))
