"""Papers of a shift at a site: the handover sheet, and a page of the occurrence book."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patrolplan.formats.paper import (
    NUMBER,
    QUIET,
    Block,
    Column,
    Facts,
    Heading,
    Line,
    Paper,
    Sheet,
    Signer,
    Signing,
    Table,
)
from patrolplan.language import _, plural
from patrolplan.papers.numbers import clocks, date_text
from patrolplan.papers.scope import Scope, Turn, commanders
from patrolplan.units import clock_text

_LONG_DATE = "EEEE d MMMM yyyy"
_BLANK_ENTRIES = 22
_BLANK_NOTES = 2
_WRITING_MM = 9.0
_ITEM_MM = 6.0


def handover_sheets(scope: Scope) -> Paper:
    """A sheet for every change of shift at every site: who goes, who comes, what is handed over, and signatures."""
    sheets = [_handover(scope, site, turn) for site in scope.sites for turn in scope.turns(site)]
    return scope.paper("handover", _("Handover sheets"), sheets)


def _handover(scope: Scope, site: int, turn: Turn) -> Sheet:
    start = scope.span(turn)[0]
    day, clock = scope.problem.zone.local(start)
    going = _names(scope, _going(scope, site, start))
    coming = _names(scope, scope.commanders(site, turn))
    when = f"{date_text(day, _LONG_DATE)}, {clock_text(clock)}"
    blocks: list[Block] = [
        Facts(((_("Site"), scope.site_title(site)), (_("Handover"), when), (_("To the shift"), _shift(scope, turn)))),
        Heading(_("Guard")),
        Table(
            (
                Column(_("Post"), 2),
                Column(_("Goes off duty"), 3),
                Column(_("Comes on duty"), 3),
                Column(_("Remarks"), 2),
            ),
            tuple(_change_rows(scope, site, turn, start)),
        ),
        Heading(_("What is handed over")),
        Table(
            (Column(_("Item"), 4), Column(_("Number"), 1), Column(_("Complete"), 1), Column(_("Remarks"), 4)),
            tuple(((Line(item),), (), (), ()) for item in _items()),
            row_mm=_ITEM_MM,
        ),
        Heading(_("Occurrences and orders that go on")),
        Table((Column("", 1),), (((),),) * _BLANK_NOTES, row_mm=_WRITING_MM),
        Signing(
            (
                Signer(_("Handed over by"), _("In command, going"), " / ".join(going)),
                Signer(_("Taken over by"), _("In command, coming"), " / ".join(coming)),
                Signer(_("Acknowledged by"), ""),
            )
        ),
    ]
    return Sheet(_("Handover of the guard"), f"{scope.site_title(site)} · {when}", tuple(blocks))


def _going(scope: Scope, site: int, instant: int) -> list[int]:
    """Who led the site until an instant: those at its posts of command, else the one of the highest rank."""

    def until(post: int) -> list[int]:
        return [place.person for place in scope.places.get(post, ()) if place.start < instant <= place.end]

    return commanders(scope.problem, scope.problem.sites[site].posts, until)


def _names(scope: Scope, people: Sequence[int]) -> list[str]:
    return [scope.names.ranked(person) for person in people]


def _shift(scope: Scope, turn: Turn) -> str:
    return f"{scope.shift_name(turn)} {clocks(scope.problem, scope.span(turn))}"


def _change_rows(scope: Scope, site: int, turn: Turn, instant: int) -> Iterator[tuple[tuple[Line, ...], ...]]:
    for post in scope.problem.sites[site].posts:
        going = [place.person for place in scope.places.get(post, ()) if place.end == instant]
        lines = scope.lines(post, turn)
        if going or lines:
            off = tuple(Line(scope.names.ranked(person)) for person in going)
            yield (Line(scope.post_title(post)),), off or (Line(_("nobody"), QUIET),), lines or _nobody(), ()


def _nobody() -> tuple[Line, ...]:
    return (Line(_("nobody"), QUIET),)


def _items() -> list[str]:
    return [
        _("Keys"),
        _("Firearms and ammunition"),
        _("Radios and batteries"),
        _("Vehicles"),
        _("Cameras, alarms and lights"),
        _("Registers and occurrence book"),
        _("Seals and locks"),
        "",
    ]


def occurrence_pages(scope: Scope) -> Paper:
    """A page of the occurrence book for every shift at every site, with its guard, to write in."""
    sheets = [_occurrences(scope, site, turn) for site in scope.sites for turn in scope.turns(site)]
    return scope.paper("occurrence", _("Occurrence book"), sheets)


def _occurrences(scope: Scope, site: int, turn: Turn) -> Sheet:
    day = scope.problem.zone.local(scope.span(turn)[0])[0]
    posts = scope.problem.sites[site].posts
    present = {person for post in posts for person in scope.standing(post, turn)}
    missing = [scope.open_words(post, turn) for post in posts]
    facts = [
        (_("Site"), scope.site_title(site)),
        (_("Date"), date_text(day, _LONG_DATE)),
        (_("Shift"), _shift(scope, turn)),
        (_("In command"), " / ".join(_names(scope, scope.commanders(site, turn)))),
        (_("Guard"), plural("{n} person", "{n} people", len(present))),
    ]
    open_posts = [f"{scope.post_title(post)}: {words}" for post, words in zip(posts, missing, strict=True) if words]
    if open_posts:
        facts.append((_("Open places"), "; ".join(open_posts)))
    blocks: list[Block] = [
        Facts(tuple(facts)),
        Table(
            (
                Column(_("No."), 0.7, NUMBER),
                Column(_("Time"), 1.2),
                Column(_("Occurrence"), 6),
                Column(_("Done, reported to"), 4),
                Column(_("Initials"), 1.3),
            ),
            tuple(((Line(str(number), QUIET),), (), (), (), ()) for number in range(1, _BLANK_ENTRIES + 1)),
            row_mm=_WRITING_MM,
        ),
    ]
    title = f"{scope.site_title(site)} · {date_text(day)} · {scope.shift_name(turn)}"
    return Sheet(_("Occurrence book"), title, tuple(blocks))
