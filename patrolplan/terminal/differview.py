"""Two rosters side by side: by person, by post, cover and fairness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rich.console import Console

from patrolplan.analysis.difference import Change
from patrolplan.analysis.fairness import Load
from patrolplan.findings import Finding
from patrolplan.language import _, plural
from patrolplan.plan.comparing import Difference
from patrolplan.problem import Problem
from patrolplan.proof import cost_text
from patrolplan.terminal.changelines import (
    HANG,
    INDENT,
    change_text,
    duty_text,
    label,
    person_text,
    print_findings,
    print_gap_changes,
    print_head,
    print_part,
)
from patrolplan.terminal.console import say
from patrolplan.terminal.fairview import range_text

_HANG = 12


def view(console: Console, result: Difference, *, old: str, new: str) -> None:
    """Print what the new roster changes against the old one."""
    duties = [change for change in result.changes if not change.is_call]
    calls = [change for change in result.changes if change.is_call]
    count = plural("{n} changed duty", "{n} changed duties", len(duties))
    print_head(console, _("{new} against {old}").format(new=new, old=old), count)
    for name, findings in ((old, result.unread[0]), (new, result.unread[1])):
        _print_unread(console, name, findings)
    if result.until is not None:
        moment = result.problem.zone.moment_text(result.until)
        say(console, label(_("Until")), _("{moment}, as far as both are published").format(moment=moment), hang=_HANG)
    if result.is_same:
        say(console, _("Nobody gains or loses a duty."))
        return
    say(console, label(_("Cover")), _cover(result), hang=_HANG)
    say(console, label(_("Fairness")), _fairness(result.loads), hang=_HANG)
    for rule, cost in result.costs.items():
        sign = "+" if cost > 0 else "-"
        say(console, label(_("Cost")), f"{rule} {sign}{cost_text(abs(cost))}", hang=_HANG)
    if calls:
        words = plural("{n} standby changes, too", "{n} standbys change, too", len(calls))
        say(console, label(_("On call")), words, hang=_HANG)
    _print_people(console, result.problem, duties, result.loads)
    _print_posts(console, result.problem, duties)
    if result.gaps:
        print_part(console, _("Effect on cover"))
        print_gap_changes(console, result.problem, result.gaps)
    for title, found, style in (
        (_("Hard rules newly broken"), result.broken, "bold red"),
        (_("Hard rules no longer broken"), result.mended, "green"),
    ):
        if found:
            print_part(console, title)
            print_findings(console, found, style)


def _print_unread(console: Console, name: str, findings: Sequence[Finding]) -> None:
    for one in findings:
        say(console, (f"{name}:{one.row}  ", "yellow"), one.message, hang=2)


def _cover(result: Difference) -> str:
    opened, closed = (sum(getattr(one, name) for one in result.gaps) for name in ("opened", "closed"))
    if not opened and not closed:
        return _("the same gaps: {n} person-shifts open").format(n=result.after.open_shifts)
    return _("{before} person-shifts open before, {after} now").format(
        before=result.before.open_shifts, after=result.after.open_shifts
    )


def _fairness(loads: Sequence[tuple[Load, Load]]) -> str:
    present = [(before, after) for before, after in loads if before.present_minutes]
    hours, nights = [], []
    for side in (0, 1):
        hours.append(range_text([pair[side].minutes / 60 for pair in present], 0))
        nights.append(range_text([pair[side].nights for pair in present], 0))
    costs = [sum(pair[side].cost for pair in loads) for side in (0, 1)]
    words = _("hours {before}, now {after}").format(before=hours[0], after=hours[1])
    words += "; " + _("nights {before}, now {after}").format(before=nights[0], after=nights[1])
    if any(costs):
        before, after = cost_text(costs[0]), cost_text(costs[1])
        words += "; " + _("distance from the fair shares {before}, now {after}").format(before=before, after=after)
    return words


def _print_people(
    console: Console, problem: Problem, changes: Sequence[Change], loads: Sequence[tuple[Load, Load]]
) -> None:
    if not changes:
        return
    print_part(console, _("By person"))
    people = {duty.person for change in changes for duty in (change.before, change.after) if duty is not None}
    for person in sorted(people, key=lambda one: problem.people[one].id):
        before, after = loads[person]
        hours = _("{before} h, now {after} h").format(
            before=f"{before.minutes / 60:g}", after=f"{after.minutes / 60:g}"
        )
        say(console, (person_text(problem, person), "bold"), (f"  {hours}", "dim"), indent=INDENT, hang=HANG)
        for change in changes:
            if change.before is not None and change.before.person == person:
                say(console, ("- ", "red"), duty_text(problem, change.before), indent=INDENT + 2, hang=4)
            if change.after is not None and change.after.person == person:
                say(console, ("+ ", "green"), duty_text(problem, change.after), indent=INDENT + 2, hang=4)


def _print_posts(console: Console, problem: Problem, changes: Sequence[Change]) -> None:
    if not changes:
        return
    print_part(console, _("By post"))
    by_post: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        post = change.duty.post
        by_post[_("no post") if post is None else problem.posts[post].key].append(change)
    for key, listed in sorted(by_post.items()):
        say(console, (key.replace("/", " / ", 1), "bold"), indent=INDENT, hang=HANG)
        for change in listed:
            when = problem.zone.span_text(change.duty.start, change.duty.end)
            say(console, f"{when}  {change_text(problem, change)}", indent=INDENT + 2, hang=4)
