"""Why gaps are open, what closes them, why somebody is or is not on a duty, and which rules contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from rich.console import Console

from patrolplan.analysis.explained import Confirmed, Contradiction, Explanation, Remedy, Shortage
from patrolplan.analysis.gaps import GAP_CODES
from patrolplan.analysis.placing import Placing, Way
from patrolplan.analysis.reasons import Answer, ExplainedGap, Reason
from patrolplan.errors import Place
from patrolplan.findings import Finding
from patrolplan.language import _, plural
from patrolplan.problem import Problem
from patrolplan.proof import Status
from patrolplan.terminal.console import glyphs, name_list, say
from patrolplan.terminal.gaplines import amount_text, place_text, size_text

_INDENT = 3
_DEEP = 10
_NAMED = 5
"""Most places or people named in one line."""
_FOLD = 6
"""Reasons of one gap that are shown; smaller groups come in one line."""


def view(
    console: Console, explanation: Explanation, *, operation: str = "ops.yaml", roster: str = "roster.csv"
) -> None:
    """Print every gap with the reasons of all people, and what closes gaps."""
    problem, gaps = explanation.problem, explanation.gaps
    if not gaps:
        words = _("{roster}: no gaps; every need is met")
        if any(one.accepted and one.code in GAP_CODES for one in explanation.audit.findings):
            words = _("{roster}: no gaps but those that are accepted")
        say(console, (words.format(roster=roster), "bold green"))
        return
    shifts, minutes = sum(one.gap.person_shifts for one in gaps), sum(one.gap.person_minutes for one in gaps)
    head = _("{roster}: {gaps}, {shifts} ({hours})").format(
        roster=roster,
        gaps=plural("{n} gap", "{n} gaps", len(gaps)),
        shifts=plural("{n} person-shift", "{n} person-shifts", shifts),
        hours=hours_text(minutes),
    )
    say(console, (head, "bold red"), hang=2)
    _print_people_missing(console, explanation, minutes)
    console.print()
    say(console, (_("Gaps, worst first"), "bold"))
    seen: dict[object, int] = {}
    for number, explained in enumerate(gaps):
        _print_gap(console, problem, explained)
        own = [one for one in explanation.avoidable if one.gap == number]
        for one in own:
            _print_avoidable(console, problem, one)
        same = seen.setdefault(_in_sum(explained), number)
        if explained.reasons and same != number:
            words = _("the same reasons as at {gap} {when}").format(
                gap=place_text(gaps[same].gap), when=gaps[same].gap.when
            )
            say(console, (words, "dim"), indent=_DEEP, hang=2)
        else:
            _print_reasons(console, explained)
    if explanation.shortages:
        console.print()
        say(console, (_("Too few people, whatever the roster"), "bold"), (_("; counted, so proved"), "dim"))
        for shortage in explanation.shortages:
            _print_shortage(console, problem, shortage)
    if explanation.looked:
        _print_remedies(console, explanation, operation)


def _print_shortage(console: Console, problem: Problem, one: Shortage) -> None:
    words = _("{kind}: {when} asks for {needed}; those who are there can serve {most} at most, {missing} short")
    text = words.format(
        kind=one.label or _("head count"),
        when=problem.zone.span_text(*one.span),
        needed=hours_text(one.needed),
        most=f"{one.most / 60:,.0f}",
        missing=f"{(one.needed - one.most) / 60:,.0f}",
    )
    say(console, text, indent=_INDENT, hang=2)


def hours_text(minutes: int) -> str:
    """Person-minutes as person-hours."""
    hours = f"{minutes / 60:,.0f}" if minutes % 60 == 0 else f"{minutes / 60:,.1f}"
    return _("{hours} person-hours").format(hours=hours)


def _print_gap(console: Console, problem: Problem, explained: ExplainedGap) -> None:
    gap = explained.gap
    style = "bold red" if gap.code == "PP101" else "bold yellow"
    amount = amount_text(gap)
    need = _place_words(gap.place)
    parts = [part for part in (amount, _("need: {place}").format(place=need) if need else "") if part]
    tail = f"  {'  '.join(parts)}" if parts else ""
    words = f"{place_text(gap)}  {gap.when}  {size_text(problem, gap)}"
    say(console, (f"{gap.code}  ", style), words, (tail, "dim"), indent=_INDENT, hang=7)


def _print_people_missing(console: Console, explanation: Explanation, minutes: int) -> None:
    """What is open as `check` counts it, where needs of one place and time ask for the same people."""
    found = explanation.audit
    if found.gap_minutes == minutes:
        return
    words = _("each need by itself; as check counts people: {shifts} open ({hours})").format(
        shifts=plural("{n} person-shift", "{n} person-shifts", found.open_shifts), hours=hours_text(found.gap_minutes)
    )
    say(console, (words, "dim"), indent=_INDENT, hang=2)


def _print_avoidable(console: Console, problem: Problem, one: Confirmed) -> None:
    who = person_text(problem, one.step.person)
    closed = hours_text(one.closed_minutes)
    when = problem.zone.span_text(one.step.slot.start, one.step.slot.end)
    post = problem.posts[one.step.slot.post].key
    if one.step.instead_of is None:
        words = _("{who} could take {post} {when} as things are: closes {hours}")
        text = words.format(who=who, post=post, when=when, hours=closed)
    else:
        old = problem.posts[one.step.instead_of.post or 0].key
        words = _("{who} could move from {old} to {post} {when}, with nobody missed there: closes {hours}")
        text = words.format(who=who, old=old, post=post, when=when, hours=closed)
    say(console, (_("avoidable: "), "bold yellow"), text, indent=_DEEP, hang=2)


def _print_reasons(console: Console, explained: ExplainedGap) -> None:
    if not explained.shifts:
        words = _("no shift is planned there at that time: no shift that may serve the place covers it")
        say(console, words, indent=_DEEP, hang=2)
        return
    if explained.gap.windows > 1:
        say(console, (_("in its first shift:"), "dim"), indent=_DEEP)
    leaving = [one for one in explained.reasons if one.answer is Answer.LEAVES_SHORT]
    others = [one for one in explained.reasons if one.answer is not Answer.LEAVES_SHORT]
    width = max(len(f"{len(one.people):,}") for one in explained.reasons) if explained.reasons else 1
    width = max(width, len(f"{sum(len(one.people) for one in leaving):,}"))
    for one in others[:_FOLD]:
        _print_reason(console, f"{len(one.people):>{width},}", one)
    if leaving:
        count = sum(len(one.people) for one in leaving)
        dot = f" {glyphs(console).dot} "
        named = dot.join(
            _("{n} {where} by {short}").format(n=len(one.people), where=one.where, short=one.short)
            for one in leaving[:_NAMED]
        )
        rest = len(leaving) - _NAMED
        more = dot + plural("{n} other place", "{n} other places", rest) if rest > 0 else ""
        words = _("could, but then another place is short: {places}").format(places=named + more)
        say(console, (f"{count:>{width},}  ", "bold"), words, indent=_DEEP, hang=width + 2)
    if len(others) > _FOLD:
        count = sum(len(one.people) for one in others[_FOLD:])
        words = _("for other reasons: {reasons}").format(
            reasons="; ".join(f"{len(one.people)} {one.phrase}" for one in others[_FOLD:])
        )
        say(console, (f"{count:>{width},}  ", "bold"), words, indent=_DEEP, hang=width + 2)


def _in_sum(explained: ExplainedGap) -> object:
    """What is said of a gap but for the places that would be short."""
    reasons = [one for one in explained.reasons if one.answer is not Answer.LEAVES_SHORT]
    return explained.kind, explained.gap.windows > 1, tuple((one.answer, one.phrase, one.people) for one in reasons)


def _print_reason(console: Console, count: str, one: Reason) -> None:
    origin = ", ".join(part for part in (one.rule, _place_words(one.place)) if part)
    tail = f"  ({origin})" if origin else ""
    say(console, (f"{count}  ", "bold"), one.phrase, (tail, "dim"), indent=_DEEP, hang=len(count) + 2)


# -- remedies ----------------------------------------------------------------------------------------------------------


def _print_remedies(console: Console, explanation: Explanation, operation: str) -> None:
    console.print()
    if explanation.solved_anew is not None:
        anew = explanation.solved_anew
        say(console, (_("Without any change"), "bold"))
        say(console, anew.words, indent=_INDENT, hang=2)
        say(console, (_closes_words(explanation, anew), ""), indent=_DEEP)
        console.print()
    if explanation.remedies:
        say(console, (_("Ways out, cheapest first"), "bold"), (_("; each was solved and audited"), "dim"))
        for number, remedy in enumerate(explanation.remedies, 1):
            _print_remedy(console, explanation, number, remedy, PurePath(operation).name)
    elif explanation.solved_anew is None and not explanation.remarks:
        say(console, (_("No way out was found that closes any gap."), "dim"))
    for words in explanation.remarks:
        say(console, (words, "yellow"))


def _print_remedy(console: Console, explanation: Explanation, number: int, remedy: Remedy, operation: str) -> None:
    say(console, (f"{number:>2}  ", "bold"), (remedy.words, "bold"), indent=1, hang=4)
    words = _closes_words(explanation, remedy)
    if remedy.asks:
        words += "; " + _("takes {what}").format(what=remedy.asks)
    if remedy.least:
        words += "; " + _("fewer are not enough while the days around stay as they are")
    say(console, words, indent=5, hang=2)
    for line in remedy.by_hand[:_NAMED]:
        say(console, (line, "dim"), indent=5, hang=2)
    if len(remedy.by_hand) > _NAMED:
        rest = len(remedy.by_hand) - _NAMED
        say(
            console,
            (plural("and {n} more; --format json lists all", "and {n} more; --format json lists all", rest), "dim"),
            indent=5,
        )
    if remedy.edit is not None:
        places = name_list([_place_words(place) for place in remedy.edit.places])
        where = _("in a file that extends {operation}").format(operation=operation)
        say(
            console,
            (f"{where}, " + _("instead of {places}:").format(places=places) if places else f"{where}:", "dim"),
            indent=5,
        )
        for line in remedy.edit.lines:
            say(console, (line, "cyan"), indent=7, hang=len(line) - len(line.lstrip()) + 2)


def _closes_words(explanation: Explanation, remedy: Remedy) -> str:
    amount = plural("{n} person-shift", "{n} person-shifts", remedy.closed_shifts)
    if not remedy.left:
        return _("closes every gap ({shifts}, {hours})").format(shifts=amount, hours=hours_text(remedy.closed_minutes))
    left = plural("leaves {n} gap", "leaves {n} gaps", remedy.left)
    return _("closes {shifts} ({hours}), {left}").format(
        shifts=amount, hours=hours_text(remedy.closed_minutes), left=left
    )


# -- one duty ----------------------------------------------------------------------------------------------------------


def view_duty(console: Console, problem: Problem, one: Placing) -> None:
    """Print why somebody is, or is not, on a duty."""
    who = person_text(problem, one.person)
    post, when = problem.posts[one.slot.post].key, problem.zone.span_text(one.slot.start, one.slot.end)
    if one.held is not None:
        head = _("{who} is on {post} {when}").format(who=who, post=post, when=when)
    else:
        head = _("{who} is not on {post} {when}").format(who=who, post=post, when=when)
    say(console, (head, "bold"), hang=2)
    if not one.is_asked:
        say(console, (_("nobody is asked for there at that time"), "yellow"), indent=_INDENT)
    if one.held is not None:
        _print_without(console, problem, one)
    else:
        _print_with(console, problem, one)


def _print_without(console: Console, problem: Problem, one: Placing) -> None:
    if not (one.opened or one.broken or one.bent):
        say(console, _("without them nothing would be missing and no rule broken"), indent=_INDENT)
        return
    _print_findings(console, problem, _("Without them these would be short"), one.opened)
    _print_findings(console, problem, _("Without them these hard rules would be broken"), one.broken)
    _print_findings(console, problem, _("Without them these rules would bend further"), one.bent)


def _print_with(console: Console, problem: Problem, one: Placing) -> None:
    if not one.broken:
        say(console, (_("no hard rule stands against it"), "green"), indent=_INDENT)
    _print_findings(console, problem, _("Hard rules that it would break"), one.broken)
    _print_findings(console, problem, _("Gaps that it would open"), one.opened)
    _print_findings(console, problem, _("Gaps that it would close, whole or in part"), one.closed)
    _print_findings(console, problem, _("Rules that would bend further"), one.bent)
    enough, others = [way for way in one.ways if way.enough], [way for way in one.ways if not way.enough]
    for title, ways in (
        (_("It would be possible if one of these changed"), enough),
        (_("All of these would have to change"), others if not enough else []),
    ):
        if ways:
            console.print()
            say(console, (title, "bold"))
            for way in ways:
                _print_way(console, way)


def _print_way(console: Console, way: Way) -> None:
    words = way.words
    if way.leaves:
        first = way.leaves[0]
        words += (
            " ("
            + _("who is needed there: {where} would be short by {n}").format(where=first.demand.where, n=first.short)
            + ")"
        )
    say(console, words, indent=_INDENT, hang=2)


def _print_findings(console: Console, problem: Problem, title: str, findings: Sequence[Finding]) -> None:
    if not findings:
        return
    console.print()
    say(console, (title, "bold"))
    for one in findings:
        when = ""
        if one.start is not None and one.end is not None and not one.person:
            when = f"{one.post or one.site}  {problem.zone.span_text(one.start, one.end)}: ".lstrip()
        origin = ", ".join(part for part in (one.rule, _place_words(one.place)) if part)
        say(
            console,
            (f"{one.code}  ", "yellow"),
            f"{when}{one.message}",
            (f"  ({origin})", "dim"),
            indent=_INDENT,
            hang=7,
        )


# -- contradictions ----------------------------------------------------------------------------------------------------


def view_contradiction(console: Console, found: Contradiction, *, operation: str = "ops.yaml") -> None:
    """Print which rules and pins cannot all be kept."""
    if found.status is Status.UNKNOWN:
        say(console, (_("It is not known yet whether all hard rules can be kept; see --time-limit."), "yellow"))
        return
    if not found.sets:
        say(
            console,
            (_("The hard rules and pins of {file} do not contradict each other.").format(file=operation), "green"),
        )
        say(console, _("Name a roster to see why its gaps are open."))
        return
    say(console, (_("No roster keeps every hard rule of {file}. This is proved.").format(file=operation), "bold red"))
    for one in found.sets:
        console.print()
        if one.people:
            named = name_list([person_text(found.problem, person) for person in one.people[:_NAMED]])
            rest = len(one.people) - _NAMED
            more = " " + plural("and {n} more", "and {n} more", rest) if rest > 0 else ""
            head = _("{who} cannot keep all of these:").format(who=named + more)
        else:
            head = _("Nobody can keep all of these together:")
        say(console, (head, "bold"), hang=2)
        for part in one.parts:
            origin = _place_words(part.place)
            say(console, part.words, (f"  ({origin})" if origin else "", "dim"), indent=_INDENT, hang=2)
        if one.is_smallest:
            say(console, (_("Confirmed: without any one of them the others can be kept."), "dim"), indent=_INDENT)
        else:
            say(console, (_("There may be a smaller set; see --time-limit."), "dim"), indent=_INDENT)


def person_text(problem: Problem, person: int) -> str:
    """Rank, name and service number."""
    who = problem.people[person]
    rank = f"{problem.ranks[who.rank]} " if who.rank is not None else ""
    return f"{rank}{who.name} ({who.id})" if who.name and who.name != who.id else f"{rank}{who.id}"


def _place_words(place: Place) -> str:
    if not place.file:
        return ""
    file = PurePath(place.file).name
    return f"{file}:{place.line}" if place.line else file
