"""Changed duties and what they do to the cover, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console

from patrolplan.analysis.changed import Reason, ShortNotice
from patrolplan.analysis.difference import Change, GapChange
from patrolplan.audit import Audit
from patrolplan.errors import Place
from patrolplan.findings import Finding
from patrolplan.language import _, plural
from patrolplan.plan.absences import REASON
from patrolplan.problem import Problem, Slot
from patrolplan.roster import Duty
from patrolplan.terminal.console import KEEP, compose, glyphs, layout_width, say
from patrolplan.units import Span, duration_text

INDENT, HANG = 3, 7


def print_head(console: Console, words: str, remark: str) -> None:
    """A headline with a remark at the right, and a line below."""
    width = layout_width(console)
    left = compose((words, "bold"))
    gap = width - 2 - left.cell_len - len(remark)
    if gap >= 2:
        console.print(compose(" ") + left + compose(" " * gap + remark), soft_wrap=True)
    else:
        say(console, (words, "bold"), f"  {remark}")
    console.print(compose(" ", (glyphs(console).line * (width - 2), "dim")), soft_wrap=True)


def person_text(problem: Problem, person: int) -> str:
    """A person with the service number: ``Contoh AB (86040628)``."""
    who = problem.people[person]
    return f"{who.name} ({who.id})".replace(" ", KEEP) if who.name and who.name != who.id else who.id


def duty_text(problem: Problem, duty: Duty | Slot) -> str:
    """A duty with its post and time."""
    where = _("no post") if duty.post is None else problem.posts[duty.post].key.replace("/", " / ", 1)
    return f"{problem.zone.span_text(duty.start, duty.end)}  {where}"


def change_text(problem: Problem, change: Change) -> str:
    """From whom a duty goes to whom."""
    before = None if change.before is None else person_text(problem, change.before.person)
    after = None if change.after is None else person_text(problem, change.after.person)
    if before is None:
        return _("new: {person}").format(person=after)
    if after is None:
        return _("dropped: {person}").format(person=before)
    return _("{before}, now {after}").format(before=before, after=after)


def reason_text(problem: Problem, change: Change, reason: Reason) -> str:
    """Why a duty changes, in a few words."""
    who = problem.people[change.before.person].id if change.before is not None else ""
    if reason.code == "absent" and reason.detail == REASON:
        return _("{person} is absent").format(person=who)
    if reason.code == "absent":
        return _("{person} is absent: {reason}").format(person=who, reason=reason.detail)
    if reason.code == "freed_for" and reason.other is not None:
        return _("{person} is freed for {duty}").format(person=who, duty=duty_text(problem, reason.other))
    if reason.code == "rule":
        return _("{person} may not: {reason}").format(person=who, reason=reason.detail)
    if reason.code == "gap":
        place = "" if reason.finding is None else place_text(reason.finding.place)
        return _("was open: {gap}").format(gap=reason.detail) + place
    return _("so that other duties fit")


def place_text(place: Place) -> str:
    """File and line of a rule or need, in brackets; empty if they are not known."""
    if not place.file:
        return ""
    return f" ({place.file}:{place.line})" if place.line else f" ({place.file})"


def print_findings(console: Console, findings: Iterable[Finding], style: str = "bold red") -> None:
    """One line for each finding, with its person and the place of its rule."""
    for one in findings:
        words = f"{one.person}  {one.message}" if one.person else one.message
        say(console, (f"{one.code}  ", style), words + place_text(one.place), indent=INDENT, hang=HANG)


def print_changes(
    console: Console, problem: Problem, changes: Sequence[Change], reasons: Sequence[Reason] = ()
) -> None:
    """One line for each changed duty, with its reason below where there is one."""
    where = [duty_text(problem, change.duty) for change in changes]
    words = [change_text(problem, change) for change in changes]
    width, longest = max(map(len, where), default=0), max(map(len, words), default=0)
    in_columns = width + longest + 2 <= layout_width(console) - INDENT
    for number, change in enumerate(changes):
        if in_columns:
            say(console, f"{where[number]:<{width}}  ", (words[number], "bold"), indent=INDENT, hang=HANG)
        else:
            say(console, where[number], indent=INDENT, hang=HANG)
            say(console, (words[number], "bold"), indent=INDENT + HANG, hang=2)
        if reasons:
            say(console, (reason_text(problem, change, reasons[number]), "dim"), indent=INDENT + HANG, hang=2)


def print_gap_changes(console: Console, problem: Problem, gaps: Iterable[GapChange]) -> None:
    """What opens and what closes, need by need."""
    for one in gaps:
        place = (one.post or one.site or _("all sites")).replace("/", " / ", 1)
        kind = f" ({one.kind})" if one.kind else ""
        for minutes, spans, words, style in (
            (one.opened, one.opened_spans, _("opens"), "bold red"),
            (one.closed, one.closed_spans, _("closes"), "green"),
        ):
            if minutes:
                when = spans_text(problem, spans)
                amount = _("{time} of one person").format(time=duration_text(minutes))
                text = f"{place}{kind}  {when}  {amount}"
                say(console, (f"{one.code}  {words}  ", style), text, indent=INDENT, hang=HANG)


def spans_text(problem: Problem, spans: Sequence[Span], most: int = 3) -> str:
    """The first of some times, and how many more there are."""
    words = ", ".join(problem.zone.span_text(*span) for span in spans[:most])
    more = len(spans) - most
    return words + (", " + plural("{n} more", "{n} more", more) if more > 0 else "")


def print_notices(console: Console, problem: Problem, found: Sequence[ShortNotice]) -> None:
    """Who hears of a change too late."""
    for one in found:
        what = _("gets") if one.gets else _("loses")
        text = _("{person} {what} {duty}: {given} before it starts, and the contract asks for {notice}").format(
            person=person_text(problem, one.person),
            what=what,
            duty=duty_text(problem, one.duty),
            given=duration_text(max(0, one.given)),
            notice=duration_text(one.notice),
        )
        say(console, text, indent=INDENT, hang=HANG)


def open_text(audit: Audit) -> str:
    """Person-shifts that are open, or that only people of the kinds asked for are missing; empty if nothing is open."""
    if audit.open_shifts:
        return plural("{n} person-shift open", "{n} person-shifts open", audit.open_shifts)
    return _("enough people, but not of every kind asked for") if audit.has_gap else ""


def print_part(console: Console, title: str) -> None:
    """The heading of a part."""
    console.print()
    say(console, (title, "bold"))


def label(words: str) -> tuple[str, str]:
    """The name of a row of facts."""
    return (words.ljust(12) if len(words) < 12 else words + "  "), "bold"
