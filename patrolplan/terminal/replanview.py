"""What a planner reads when a roster was repaired."""

from __future__ import annotations

from rich.console import Console

from patrolplan.findings import Severity
from patrolplan.language import _, plural
from patrolplan.plan.repaired import Replan
from patrolplan.terminal.changelines import (
    label,
    open_text,
    person_text,
    print_changes,
    print_findings,
    print_gap_changes,
    print_head,
    print_notices,
    print_part,
)
from patrolplan.terminal.console import say

_HANG = 12


def view(console: Console, result: Replan, *, operation: str) -> None:
    """Print what was changed and why, what it does to the cover, and what is proved."""
    problem = result.problem
    count = plural("{n} changed duty", "{n} changed duties", len(result.changes))
    proved = _("proved the least") if result.is_least else _("at least {n}").format(n=result.least)
    print_head(console, _("Roster written to {file}").format(file=result.written), f"{count}, {proved}")
    frozen = _("nothing that starts before {moment} is touched ({why})").format(
        moment=problem.zone.moment_text(result.frozen_until[0]), why=_why(result.frozen_until[1])
    )
    say(console, label(_("Frozen")), frozen, hang=_HANG)
    say(console, label(_("Cover")), _cover(result), hang=_HANG)
    say(console, label(_("Hard rules")), _hard(result), hang=_HANG)
    if result.calls:
        calls = plural("{n} standby changes, too", "{n} standbys change, too", len(result.calls))
        say(console, label(_("On call")), calls, hang=_HANG)
    if not result.is_within_limit:
        words = plural(
            "{n} duty changes although at most {most} were to: it cannot stay",
            "{n} duties change although at most {most} were to: they cannot stay",
            len(result.changes),
            most=result.most_changes,
        )
        say(console, label(_("Limit")), (words, "red"), hang=_HANG)
    for person, words in result.stuck:
        say(console, label(_("Stuck")), (f"{words}. ", "red"), _stuck(result, person), hang=_HANG)
    if result.changes:
        print_part(console, _("Changed duties"))
        print_changes(console, problem, result.changes, result.reasons)
    hard = [one for one in result.audit.findings if one.severity is Severity.HARD]
    if hard:
        print_part(console, _("Broken hard rules"))
        print_findings(console, hard)
    if result.gaps:
        print_part(console, _("Effect on cover"))
        print_gap_changes(console, problem, result.gaps)
    if result.short_notice:
        print_part(console, _("At short notice"))
        print_notices(console, problem, result.short_notice)
    console.print()
    _print_next(console, result, operation)


def _why(reason: str) -> str:
    """Why nothing before a moment is touched."""
    return _(reason)


def _cover(result: Replan) -> tuple[str, str]:
    opened, closed = (sum(getattr(one, name) for one in result.gaps) for name in ("opened", "closed"))
    proof = _("proved the least possible by weight") if result.cover_is_least else _("not proved the least possible")
    if not result.audit.has_gap:
        words = _("no gap is open but those that are accepted") if result.audit.open_shifts else _("no gap is open")
        return words, "green"
    open_now = open_text(result.audit)
    if not opened and not closed:
        return f"{open_now}, " + _("as in the old roster without the absences"), ""
    return f"{open_now} ({proof})", "yellow"


def _hard(result: Replan) -> tuple[str, str]:
    hard = [one for one in result.audit.findings if one.severity is Severity.HARD]
    if not hard:
        return _("all kept"), "green"
    return plural("broken once", "broken {n} times", len(hard)) + ": " + _("see below"), "red"


def _stuck(result: Replan, person: int) -> str:
    return _("The duties of {person} stay as they are.").format(person=person_text(result.problem, person))


def _print_next(console: Console, result: Replan, operation: str) -> None:
    command = f"patrolplan check {operation} {result.written}"
    say(console, (_("Next: "), "dim"), (command, "bold"), "   " + _("audits the new roster"), hang=6)
