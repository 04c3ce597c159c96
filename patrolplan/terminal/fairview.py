"""Fairness: what everybody serves beside the fair share, worst first."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from patrolplan.analysis.fairness import KINDS, Load, loads, worst_first
from patrolplan.language import _, figures, later
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.terminal.console import glyphs, number_text, plural, say, shorten
from patrolplan.terminal.table import Column, print_table

_NAMES = {
    "hours": later("hours"),
    "nights": later("nights"),
    "weekends": later("weekend duties"),
    "holidays": later("holiday duties"),
}


def view(console: Console, problem: Problem, roster: Roster, most: int | None = None) -> None:
    """Print the spread of every kind of work, and a line per person.

    Parameters
    ----------
    most
        People to show; default all.
    """
    everybody = worst_first(loads(problem, roster))
    if not everybody:
        say(console, _("The operation has no people."))
        return
    for words in spread_lines(everybody):
        say(console, words, hang=2)
    console.print()
    shown = everybody[:most] if most is not None else everybody
    print_table(console, _columns(problem, shown))
    if len(shown) < len(everybody):
        say(console, _("and {people}").format(people=plural(len(everybody) - len(shown), "more person", "more people")))
    if not any(load.shares for load in everybody):
        say(console, (_("No fairness rule is given, so no fair share is known."), "dim"))
    else:
        drawing = glyphs(console)
        say(
            console,
            (_("fair: the share by contract and presence {dot} off: distance from it").format(dot=drawing.dot), "dim"),
        )


def spread_lines(everybody: Sequence[Load]) -> list[str]:
    """Smallest and largest load of each kind, among those who were ever present."""
    present = [load for load in everybody if load.present_minutes]
    if not present:
        return []
    weekly = [load.hours_per_week for load in present]
    lines = [_("Hours per week of presence {hours}").format(hours=range_text(weekly, 1))]
    for kind in (*KINDS, *_named_kinds(present)):
        counted = [load for load in present if kind in KINDS or kind in load.shares]
        if kind == "holidays" and not any(load.holidays or kind in load.shares for load in present):
            continue
        served = range_text([load.served(kind) for load in counted], 0)
        distances = [load.shares[kind].distance for load in present if kind in load.shares]
        off = _("from {least} to {most}").format(
            least=_off_text(min(distances, default=0)), most=_off_text(max(distances, default=0))
        )
        fair = _(", {off} off the fair share").format(off=off) if distances else ""
        lines.append(f"{_title(kind)} {served}{fair}")
    return lines


def _named_kinds(loads: Sequence[Load]) -> list[str]:
    """What is shared at some posts only, in the order of the rules."""
    return [kind for kind in dict.fromkeys(kind for load in loads for kind in load.shares) if kind not in KINDS]


def _title(kind: str) -> str:
    work, _at, places = kind.partition(" at ")
    name = _(_NAMES[work]).capitalize()
    return _("{work} at {places}:").format(work=name, places=places) if places else name


def _off_text(distance: float) -> str:
    return figures(f"{round(distance, 1) + 0.0:+.1f}")


def range_text(values: Sequence[float], decimals: int) -> str:
    """Smallest and largest value, or the one that all have."""
    low, high = (figures(f"{edge(values):,.{decimals}f}") for edge in (min, max))
    return low if low == high else f"{low}-{high}"


def _columns(problem: Problem, shown: Sequence[Load]) -> list[Column]:
    people = [problem.people[load.person] for load in shown]
    columns = [
        Column(_("person"), [shorten(who.id, 16) for who in people], right=False),
        Column(_("name"), [shorten(who.name, 24) for who in people], rank=1, right=False),
        Column(_("team"), [shorten(who.team, 10) for who in people], rank=9, right=False),
        Column(_("hours"), [number_text(load.served("hours")) for load in shown]),
    ]
    columns += _share_columns(shown, "hours", 6)
    columns.append(Column(_("h/week"), [figures(f"{load.hours_per_week:.1f}") for load in shown], rank=5))
    for kind, title, rank in (("nights", _("nights"), 7), ("weekends", _("wkends"), 8), ("holidays", _("hldays"), 8)):
        if kind == "holidays" and not any(load.holidays or kind in load.shares for load in shown):
            continue
        columns.append(Column(title, [number_text(load.served(kind)) for load in shown], rank=rank - 5))
        columns += _share_columns(shown, kind, rank)
    for kind in _named_kinds(shown):
        served = [number_text(load.served(kind)) if kind in load.shares else "" for load in shown]
        columns.append(Column(shorten(_column_title(kind), 20), served, rank=4))
        columns += _share_columns(shown, kind, 8)
    columns.append(Column(_("on call"), [str(load.standby) for load in shown], rank=10))
    return [column for column in columns if any(column.cells)]


def _column_title(kind: str) -> str:
    """A kind of work with the last parts of its places: ``nights gate`` for nights at hospital/gate."""
    work, _at, places = kind.partition(" at ")
    return f"{_(work)} {', '.join(place.rpartition('/')[2] for place in places.split(', '))}"


def _share_columns(shown: Sequence[Load], kind: str, rank: int) -> list[Column]:
    shares = [load.shares.get(kind) for load in shown]
    fair = ["" if share is None else figures(f"{share.fair:.1f}") for share in shares]
    off = ["" if share is None else _off_text(share.distance) for share in shares]
    styles = ["" if share is None else _style(share.distance, share.fair) for share in shares]
    return [Column(_("fair"), fair, rank=rank + 4), Column(_("off"), off, rank=rank - 2, styles=styles)]


def _style(distance: float, fair: float) -> str:
    """Colour by how far it is from the share."""
    off = abs(distance) / max(1.0, fair)
    return "bold red" if off > 0.2 else "yellow" if off > 0.1 else "green"
