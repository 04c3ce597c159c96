"""Gaps as lines of text, with who could not fill them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from rich.console import Console

from patrolplan.analysis.explanation import FREE, Obstacle, asked_for, who_could_not
from patrolplan.analysis.gaps import GapGroup
from patrolplan.audit import Candidates, why_refused
from patrolplan.findings import Finding
from patrolplan.language import _, figures
from patrolplan.problem import Problem, Slot
from patrolplan.roster import Roster
from patrolplan.terminal.console import glyphs, layout_width, plural, say, shorten
from patrolplan.units import duration_text

_INDENT = 3
_HANG = 7
_LIMITS = ("PP204", "PP205", "PP206", "PP207", "PP208", "PP209", "PP212", "PP213", "PP215")
"""Codes whose explanation names the line of the rule."""


def print_gaps(
    console: Console, problem: Problem, gaps: Sequence[GapGroup], *, roster: Roster | None = None, explained: int = 0
) -> None:
    """Print gaps in the order given.

    Parameters
    ----------
    roster
        Needed to say who could not fill a gap.
    explained
        How many of the first gaps are explained.
    """
    places = [place_text(gap) for gap in gaps]
    room = layout_width(console) - _INDENT - _HANG
    place_width = min(max(map(len, places), default=0), room // 2)
    when_width = max((len(gap.when) for gap in gaps), default=0)
    in_columns = place_width + when_width + 20 <= room
    candidates = Candidates(problem, roster) if roster is not None and explained else None
    for index, gap in enumerate(gaps):
        place = shorten(places[index], place_width) if in_columns else places[index]
        middle = f"{place:<{place_width}}  {gap.when:<{when_width}}" if in_columns else f"{place}  {gap.when}"
        size = size_text(problem, gap)
        amount = amount_text(gap)
        fits = len(middle) + len(size) + len(amount) + 4 <= room
        style = "bold red" if gap.code == "PP101" else "bold yellow"
        tail = f"  {amount}" if fits and amount else ""
        say(console, (f"{gap.code}  ", style), f"{middle}  {size}", (tail, "dim"), indent=_INDENT, hang=_HANG)
        if amount and not fits:
            say(console, (amount, "dim"), indent=_INDENT + _HANG)
        refusal = next((why for why in (why_refused(problem, one) for one in gap.findings) if why), "")
        if refusal:
            say(console, (refusal, "yellow"), indent=_INDENT + _HANG, hang=2)
        if candidates is not None and roster is not None and index < explained:
            _print_obstacles(console, problem, roster, gap, candidates)


def place_text(gap: GapGroup) -> str:
    """Where a gap is: post, site or group, else the rule that asks."""
    if gap.post:
        return gap.post.replace("/", " / ", 1)
    return gap.site or gap.rule


def size_text(problem: Problem, gap: GapGroup) -> str:
    """How many people are missing of how many, and of which kind."""
    kind = asked_for(problem, gap.findings[0])
    words = _("{short} short of {required}").format(short=gap.short, required=figures(f"{gap.required or 0:g}"))
    noun = _("on call") if gap.code == "PP105" else kind
    return f"{words} {noun}" if noun else words


def amount_text(gap: GapGroup) -> str:
    """How much a gap of several windows adds up to."""
    if gap.windows <= 1:
        return ""
    return f"({plural(gap.windows, 'window')}, {plural(gap.person_shifts, 'person-shift')})"


def _print_obstacles(console: Console, problem: Problem, roster: Roster, gap: GapGroup, candidates: Candidates) -> None:
    def obstacle(_problem: Problem, _roster: Roster, person: int, slot: Slot) -> Finding | None:
        return candidates.obstacle(person, slot)

    found = who_could_not(problem, roster, gap.findings[0], obstacle)
    if not found:
        return
    separator = f" {glyphs(console).dot} "
    free = [one for one in found if one.phrase == FREE]
    words = separator.join(obstacle_text(one) for one in found if one.phrase != FREE)
    first = "" if gap.windows <= 1 else " " + _("(first window)")
    if words:
        say(
            console,
            (_("who could not{first}:").format(first=first) + " ", "dim"),
            words,
            indent=_INDENT + _HANG,
            hang=2,
        )
    for one in free:
        text = _("{people} could take it without breaking a hard rule").format(
            people=plural(one.people, "person", "people")
        )
        say(console, (_("who could{first}:").format(first=first) + " ", "dim"), text, indent=_INDENT + _HANG, hang=2)


def obstacle_text(obstacle: Obstacle) -> str:
    """A group of people and what stands against them: ``151 on rest (24 h, ops.yaml:61)``."""
    sample = obstacle.sample
    details = []
    if sample is not None and sample.code in _LIMITS:
        if sample.code == "PP204" and sample.required is not None:
            details.append(duration_text(round(sample.required * 60)))
        if sample.place.file:
            file = PurePath(sample.place.file).name
            details.append(f"{file}:{sample.place.line}" if sample.place.line else file)
    inside = f" ({', '.join(details)})" if details else ""
    return f"{figures(f'{obstacle.people:,}')} {obstacle.phrase}{inside}"
