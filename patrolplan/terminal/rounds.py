"""What patrol sheets keep, and what they give away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from patrolplan.language import _, figures, plural
from patrolplan.problem import Problem
from patrolplan.terminal.console import clean, compose, glyphs, layout_width, number_text, say, shorten
from patrolplan.units import duration_text

_LABEL = 12
_BAR = 40
_PROMISE = 15
"""Room for a promise such as 1 jam 30 menit."""


def view(
    console: Console, problem: Problem, reports: Sequence[Any], *, written: str, visits: int, idle: Sequence[str]
) -> None:
    """Print the reports of grounds (`patrolplan.rounds.report.GroundReport`), those with broken promises first."""
    if written:
        head = _("Patrol sheets written to {file}").format(file=written)
        say(console, (head, "bold"), f"  ({plural('{n} visit', '{n} visits', visits)})", hang=2)
    else:
        say(console, _("No sheets written; name a file with -o."))
    for name in idle:
        say(console, ("!  ", "bold red"), _("{zone}: nobody is on patrol there.").format(zone=name), hang=3)
    for one in sorted(reports, key=lambda one: one.kept):
        _ground(console, one)


def _ground(console: Console, one: Any) -> None:
    drawing = glyphs(console)
    console.print(compose(" ", (drawing.line * (layout_width(console) - 1), "dim")), soft_wrap=True)
    dot = f" {drawing.dot} "
    teams = plural("{n} team", "{n} teams", one.teams)
    places = plural("{n} checkpoint", "{n} checkpoints", len(one.places))
    hours = _("{hours} h patrolled").format(hours=number_text(one.patrolled / 60))
    say(console, (clean(one.ground.title), "bold"), dot + dot.join((places, teams, hours)), hang=2)
    _promise(console, one)
    _odds(console, one)
    _needed(console, one)
    if one.tour is not None:
        words = _("idle {worst} at worst, {average} on average; a watcher is caught in {share} of his attacks").format(
            worst=_minutes(one.tour.worst), average=_minutes(one.tour.average), share=_percent(one.tour.detection)
        )
        _line(console, _("Fixed tour"), words)
    _curve(console, one)


def _line(console: Console, label: str, words: str, style: str = "") -> None:
    say(console, (f"{label:<{_LABEL}} ", "dim"), (words, style), hang=_LABEL + 1)


def _minutes(minutes: float) -> str:
    return duration_text(round(minutes))


def _percent(share: float) -> str:
    return figures(f"{100 * share:.1f} %")


def _promise(console: Console, one: Any) -> None:
    worst = max(one.places, key=lambda place: place.idle.worst / place.promise)
    average = sum(place.idle.average for place in one.places) / len(one.places)
    if one.kept:
        words = _(
            "kept, handovers included; at worst {worst} of {promise} without a visit ({place}), {average} on average"
        )
    else:
        words = _("BROKEN: {worst} without a visit at {place}, promised {promise}; on average {average}")
    words = words.format(
        worst=_minutes(worst.idle.worst), promise=_minutes(worst.promise), place=worst.name, average=_minutes(average)
    )
    _line(console, _("Promise"), words, "" if one.kept else "bold red")


def _odds(console: Console, one: Any) -> None:
    chance = one.watcher
    if chance is None:
        _line(console, _("Watcher"), _("not estimated; too few duties were drawn"))
        return
    words = _("caught with {share} ({error} standard error) at best for him: {place}, {age} after a visit").format(
        share=_percent(chance.watcher),
        error=f"±{_percent(chance.error)}",
        place=one.places[one.worst].name,
        age=_minutes(chance.age),
    )
    _line(console, _("Watcher"), words)
    words = _("no way of walking catches him with more than {bound}; {distance} from it").format(
        bound=_percent(one.bound),
        distance=_("{n} points").format(n=figures(f"{100 * (one.bound - chance.watcher):.1f}")),
    )
    _line(console, _("Bound"), words)
    words = _("caught with {share} where that is least; measured on {n} duties drawn afresh").format(
        share=_percent(one.blind), n=figures(f"{one.drawn:,}")
    )
    _line(console, _("Blind"), words)


def _needed(console: Console, one: Any) -> None:
    if one.needed is None:
        return
    needed = plural("{n} team", "{n} teams", one.needed)
    if one.least >= one.needed:
        words = _("the promise takes {needed}, proved").format(needed=needed)
    else:
        words = _("the promise takes {needed}; fewer than {least} are ruled out").format(needed=needed, least=one.least)
    _line(console, _("Teams"), words)


def _curve(console: Console, one: Any) -> None:
    """Promise against unpredictability: what is reached as a bar, the bound as its end."""
    drawing = glyphs(console)
    say(console, (_("A tighter promise costs unpredictability: how surely a watcher is caught"), "dim"), hang=2)
    room = min(_BAR, max(8, layout_width(console) - 49))
    for point in one.curve:
        reached = 0.0 if point.reached is None else point.reached
        full, edge = round(reached * room), round(point.bound * room)
        bar = drawing.full * full + drawing.off * max(0, edge - full)
        if point.reached is not None:
            words = _("{share}, bound {bound}").format(share=_percent(reached), bound=_percent(point.bound))
        else:
            words = _("not with these teams") if point.looked_at else _("no time to look")
        label = shorten(_minutes(point.minutes), _PROMISE)
        say(console, f"{label:>{_PROMISE}}  ", (bar.ljust(room), "green"), f"  {words}", hang=_PROMISE + 2)
