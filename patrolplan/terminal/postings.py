"""What a planner reads when postings have been settled."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console

from patrolplan.findings import Finding, Severity
from patrolplan.language import _, plural
from patrolplan.postings.outcome import Lapse, Outcome, Remedy, Unmet
from patrolplan.problem import Problem
from patrolplan.terminal.console import glyphs, layout_width, say
from patrolplan.units import clock_text, date_runs, duration_text

_LABEL = 14
_EVERY = 5.0
"""Seconds between two lines of progress where there is no terminal."""
_NAMED = 4
"""People named for one rule of one shift."""


class Told:
    """Says on standard error how far the work is."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._console = console
        self._quiet = quiet
        self._next = time.monotonic() + _EVERY

    def told(self, stage: str, done: int, total: int) -> None:
        """So many shifts of so many are settled, or improved."""
        if not self._quiet and time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            words = (
                _("{done} of {total} shifts improved") if stage == "improved" else _("{done} of {total} shifts settled")
            )
            say(self._console, words.format(done=done, total=total))


def view(
    console: Console,
    problem: Problem,
    outcome: Outcome,
    findings: Sequence[Finding],
    *,
    written: str,
    operation: str = "ops.yaml",
) -> None:
    """Print what was settled, what could not be kept and why, what would help, and what to do next.

    Parameters
    ----------
    findings
        What the audit found in the new roster.
    """
    count = sum(len(duty.stretches) for duty in outcome.roster.duties)
    say(console, (_("Roster written to {file}").format(file=written), "bold"), f"  ({_stretches(count)})")
    say(console, (glyphs(console).line * (layout_width(console) - 2), "dim"))
    if not outcome.turns and not outcome.left:
        say(
            console,
            _("Nobody is to be relieved: the operation file asks for no relief and no breaks; nothing changed."),
        )
    rows = [*_settled(outcome), *_kept(outcome), *_comfort(problem, outcome, findings), *_gaps(findings)]
    for label, words, style in rows:
        say(console, (label.ljust(_LABEL), "bold"), (words, style), hang=_LABEL)
    if outcome.unmet:
        console.print()
        say(console, (_("What could not be kept"), "bold"))
        for group in _alike(problem, outcome.unmet):
            _print_unmet(console, problem, group)
    console.print()
    day = problem.zone.day_text(problem.first_day)
    next_words = _("shows the stretches of a date at each post, such as {date}").format(date=day)
    say(
        console,
        (_("Next: "), "dim"),
        (f"patrolplan show {operation} {written} --by post", "bold"),
        f"   {next_words}",
        hang=6,
    )


def _stretches(count: int) -> str:
    return plural("{n} stretch", "{n} stretches", count)


def _settled(outcome: Outcome) -> Iterator[tuple[str, str, str]]:
    if outcome.turns:
        words = plural("{n} shift at a site", "{n} shifts at sites", outcome.turns)
        changes = plural("{n} change from post to post", "{n} changes from post to post", outcome.changes)
        walks = (
            ", " + _("{time} on foot").format(time=duration_text(outcome.walk_minutes)) if outcome.walk_minutes else ""
        )
        yield _("Settled"), f"{words}, {changes}{walks}", ""
    if outcome.left:
        words = plural("{n} shift is as it was", "{n} shifts are as they were", outcome.left)
        yield _("Left"), _("{shifts}: the work was stopped").format(shifts=words), "yellow"
    if outcome.unimproved:
        words = plural("{n} shift may have", "{n} shifts may have", outcome.unimproved)
        text = _("{shifts} more changes than needed: the time was over (--time-limit)").format(shifts=words)
        yield _("Not improved"), text, "yellow"


def _kept(outcome: Outcome) -> Iterator[tuple[str, str, str]]:
    if not outcome.turns:
        return
    lapses = [lapse for one in outcome.unmet for lapse in one.lapses]
    for kind, label in (("relief", _("Relief")), ("break", _("Breaks"))):
        missed = [lapse for lapse in lapses if lapse.kind == kind]
        if not missed:
            yield label, _("all kept"), "green"
        elif kind == "relief":
            longest = max(lapse.minutes for lapse in missed)
            words = plural("{n} stretch too long", "{n} stretches too long", len(missed))
            yield label, f"{words}, {_('the longest {time}').format(time=duration_text(longest))}", "red"
        else:
            yield label, plural("{n} not taken", "{n} not taken", len(missed)), "red"


def _comfort(problem: Problem, outcome: Outcome, findings: Iterable[Finding]) -> Iterator[tuple[str, str, str]]:
    if not outcome.turns:
        return
    shares = [minutes / served for minutes, served in outcome.unloved.values() if served]
    if any(shares):
        low, high = min(shares) * 100, max(shares) * 100
        words = _("{low:.0f} to {high:.0f} % of each person's time at sites that have them").format(low=low, high=high)
        yield _("Unloved"), words, ""
    codes = [finding.code for finding in findings]
    back, at_once = codes.count("PP110"), codes.count("PP111")
    parts = (
        [plural("{n} time back at the post just left", "{n} times back at the post just left", back)] if back else []
    )
    if at_once:
        parts.append(plural("{n} post handed over all at once", "{n} posts handed over all at once", at_once))
    if parts:
        yield _("Not avoided"), ", ".join(parts), "yellow"


def _gaps(findings: Iterable[Finding]) -> Iterator[tuple[str, str, str]]:
    open_needs = [one for one in findings if one.severity is Severity.GAP and one.code in ("PP101", "PP102", "PP103")]
    if open_needs:
        words = plural("{n} gap, as in the roster before", "{n} gaps, as in the roster before", len(open_needs))
        yield _("Cover"), words, "yellow"
    broken = sum(one.severity is Severity.HARD for one in findings)
    if broken:
        words = plural("{n} broken hard rule, as before", "{n} broken hard rules, as before", broken)
        yield _("Hard rules"), words, "bold red"


def _alike(problem: Problem, unmet: Sequence[Unmet]) -> list[list[Unmet]]:
    """Shifts of one site and kind that lack the same, those that were looked into first."""
    found: dict[tuple[int, int | None], list[Unmet]] = defaultdict(list)
    for one in unmet:
        found[one.key[0], one.key[1]].append(one)
    return sorted(found.values(), key=lambda group: (group[0].key[2], problem.sites[group[0].key[0]].name))


def _print_unmet(console: Console, problem: Problem, group: Sequence[Unmet]) -> None:
    first = group[0]
    site, shift, _day = first.key
    turn = "" if shift is None else problem.shifts[shift]
    name = "" if isinstance(turn, str) else f" {turn.name} {clock_text(turn.start)}-{clock_text(turn.end)}"
    dates = _dates(problem, [one.key[2] for one in group])
    say(console, (f"{problem.sites[site].name}{name}", "bold"), f"  {dates}", indent=3, hang=2)
    for words in _lapses(problem, first.lapses):
        say(console, words, indent=5, hang=2)
    if len(group) > 1:
        say(
            console,
            (_("so on {date}; the other dates are like it").format(date=problem.zone.day_text(first.key[2])), "dim"),
            indent=5,
        )
    proved = all(one.proved for one in group)
    why = _("Proved: no postings of these people miss less.") if proved else _("No better postings were found.")
    say(console, (why, "dim"), indent=5)
    helping = [_remedy(one) for one in first.remedies or ()]
    if helping:
        say(console, (_("What would do: "), "dim"), f" {_('or')} ".join(helping), indent=5, hang=2)
    elif first.remedies is not None:
        say(console, (_("Neither a few more people nor a few more hours would do."), "dim"), indent=5, hang=2)


def _dates(problem: Problem, days: Sequence[int]) -> str:
    texts = [
        problem.zone.day_text(first) + ("" if first == last else f" - {problem.zone.day_text(last)}")
        for first, last in date_runs(days)
    ]
    return ", ".join(texts)


def _lapses(problem: Problem, lapses: Iterable[Lapse]) -> Iterator[str]:
    by_rule: dict[tuple[str, str, int, str], list[Lapse]] = defaultdict(list)
    for lapse in lapses:
        by_rule[lapse.kind, lapse.where, lapse.asked, f"{lapse.place.file}:{lapse.place.line}"].append(lapse)
    for (kind, where, asked, place), found in by_rule.items():
        people = [problem.people[one.person].name or problem.people[one.person].id for one in found]
        who = ", ".join(people[:_NAMED]) + (f" +{len(people) - _NAMED}" if len(people) > _NAMED else "")
        if kind == "relief":
            longest = duration_text(max(one.minutes for one in found))
            text = _("{post} is held for {time} at a stretch, at most {most} ({place}): {who}")
            yield text.format(post=where, time=longest, most=duration_text(asked), place=place, who=who)
        else:
            text = _("no {name} of {time} without a gap ({place}): {who}")
            yield text.format(name=where, time=duration_text(asked), place=place, who=who)


def _remedy(remedy: Remedy) -> str:
    if remedy.kind == "relief":
        return _("relief after {time}").format(time=duration_text(remedy.amount))
    if remedy.kind == "window":
        return _("windows of breaks {time} wider at both ends").format(time=duration_text(remedy.amount))
    people = plural("{n} more person", "{n} more people", remedy.amount)
    held = ", ".join(remedy.qualities)
    return (
        _("{people} there with {qualities}").format(people=people, qualities=held) if held else f"{people} {_('there')}"
    )
