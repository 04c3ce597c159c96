"""The roster by site: for every post and shift, who is there on which date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console

from patrolplan.analysis.cover import Cover
from patrolplan.audit import complete
from patrolplan.language import _, date_words, weekday_letters
from patrolplan.problem import Person, Problem
from patrolplan.roster import Roster, WhoStands, who_stands
from patrolplan.terminal.console import KEEP, clean, compose, layout_width, say, shorten
from patrolplan.terminal.letters import ShiftMarks, by_start
from patrolplan.units import WEEK_DAYS, clock_text, weekday

_NARROWEST_CELL = 8
_WIDEST_CELL = 26
_PART = "*"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """How sites are laid out.

    Attributes
    ----------
    blocks
        Dates side by side.
    label, cell
        Characters of a shift's label and of a date.
    names
        What stands for each person: the name where all names fit, else the service number.
    by_name
        Whether these are names.
    """

    blocks: tuple[tuple[int, ...], ...]
    label: int
    cell: int
    names: tuple[str, ...]
    by_name: bool


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the sites are filled with."""

    problem: Problem
    standing: WhoStands
    cover: Cover
    marks: ShiftMarks


def view(
    console: Console,
    problem: Problem,
    roster: Roster,
    sites: Sequence[int] | None = None,
    days: Sequence[int] | None = None,
) -> None:
    """Print the people of each post by shift and date.

    Parameters
    ----------
    sites
        Indices of sites; default all.
    days
        Date ordinals; default the whole operation.
    """
    span = days or range(problem.first_day, problem.last_day + 1)
    chosen = sites if sites is not None else range(len(problem.sites))
    facts = _Facts(problem, who_stands(complete(problem, roster).duties), Cover(problem, roster), ShiftMarks(problem))
    shown = _shown(facts, chosen, span)
    sheet = _sheet(facts, shown, span, layout_width(console))
    is_partial = False
    for number, site in enumerate(chosen):
        if number:
            console.print()
        where = problem.sites[site]
        title = f"  {where.title}" if where.title != where.name else ""
        say(console, (where.name, "bold"), title)
        for index, block in enumerate(sheet.blocks):
            if index:
                console.print()
            is_partial |= _print_block(console, facts, site, block, sheet)
    if is_partial:
        console.print()
        say(console, (f"{_PART} {_('open for a part of the shift: show --by day says when')}", "dim"))
    if not sheet.by_name:
        _print_people(console, [problem.people[person] for person in shown])


def _shown(facts: _Facts, sites: Sequence[int], days: Sequence[int]) -> list[int]:
    """Everybody who stands at these sites on these dates, by service number."""
    first, last = days[0], days[-1]
    found = {
        person
        for (post, _, day), people in facts.standing.items()
        if first <= day <= last and facts.problem.posts[post].site in sites
        for person in people
    }
    return sorted(found, key=lambda person: facts.problem.people[person].id)


def _print_people(console: Console, people: Sequence[Person]) -> None:
    """Who bears which service number, in columns."""
    named = [f"{clean(who.id)} {clean(who.name)}" for who in people if who.name and who.name != who.id]
    if not named:
        return
    cell = max(map(cell_len, named)) + 2
    columns = max(1, (layout_width(console) - 1) // cell)
    rows = -(-len(named) // columns)
    console.print()
    say(console, (_("Who is who"), "bold"))
    for row in range(rows):
        line = "".join(text + " " * (cell - cell_len(text)) for text in named[row::rows])
        say(console, line.rstrip().replace(" ", KEEP))


def _sheet(facts: _Facts, shown: Sequence[int], days: Sequence[int], width: int) -> _Sheet:
    """Whole weeks side by side, or as many dates as fit; names where they fit, else service numbers."""
    problem = facts.problem
    used = {shift for post in problem.posts for shift in post.shifts}
    label = max((len(_shift_label(facts, shift)) for shift in used), default=7) + 1
    room = max(_NARROWEST_CELL, width - 1 - label)
    numbers = max((cell_len(clean(problem.people[person].id)) for person in shown), default=0)
    narrowest = min(room, max(_NARROWEST_CELL, numbers + 2))
    per_block = max(1, min(WEEK_DAYS, room // narrowest, len(days)))
    cell = min(_WIDEST_CELL, room // per_block)
    blocks: list[list[int]] = []
    for day in days:
        starts_week = per_block == WEEK_DAYS and weekday(day) == problem.week_starts
        if not blocks or len(blocks[-1]) == per_block or starts_week:
            blocks.append([])
        blocks[-1].append(day)
    by_name = all(cell_len(clean(_name(problem.people[person]))) < cell for person in shown)
    names = tuple(clean(_name(who) if by_name else who.id) for who in problem.people)
    return _Sheet(tuple(tuple(block) for block in blocks), label, cell, names, by_name)


def _name(who: Person) -> str:
    return who.name or who.id


def _shift_label(facts: _Facts, shift: int) -> str:
    return f"{facts.marks.letter(shift)} {clock_text(facts.problem.shifts[shift].start)}"


def _print_block(console: Console, facts: _Facts, site: int, block: Sequence[int], sheet: _Sheet) -> bool:
    """Print some dates of a site; tells whether anything is open for a part of a shift."""
    problem = facts.problem
    months = "/".join(dict.fromkeys(date_words(dt.date.fromordinal(day), "MMM") for day in block))
    heads = "".join(_head(day, sheet.cell).ljust(sheet.cell) for day in block)
    console.print(compose((f" {months:<{sheet.label}}{heads}".rstrip(), "dim")), soft_wrap=True)
    is_partial = False
    for post in problem.sites[site].posts:
        turns = [
            shift for shift in by_start(problem, problem.posts[post].shifts) if _is_used(facts, post, shift, block)
        ]
        if turns:
            console.print(compose(" ", (problem.posts[post].name, "bold")), soft_wrap=True)
        for shift in turns:
            is_partial |= _print_turn(console, facts, post, shift, block, sheet)
    return is_partial


def _head(day: int, cell: int) -> str:
    """Weekday and number of a date, in one form for all dates."""
    date = dt.date.fromordinal(day)
    name = date_words(date, "EEE") if cell >= _NARROWEST_CELL else weekday_letters(date)
    return f"{name} {date.day}"


def _is_used(facts: _Facts, post: int, shift: int, block: Sequence[int]) -> bool:
    return any(facts.standing.get((post, shift, day)) or facts.cover.open_parts(post, shift, day) for day in block)


def _print_turn(console: Console, facts: _Facts, post: int, shift: int, block: Sequence[int], sheet: _Sheet) -> bool:
    style = facts.marks.style(shift)
    columns = [_cell(facts, post, shift, day, sheet, style) for day in block]
    label = _shift_label(facts, shift)
    for index in range(max(map(len, columns))):
        line = compose((f" {label if index == 0 else '':<{sheet.label}}", f"bold {style}"))
        for column in columns:
            text, one = column[index] if index < len(column) else ("", "")
            text = shorten(text, sheet.cell - 1)
            line += compose((text + " " * (sheet.cell - cell_len(text)), one))
        line.rstrip()
        console.print(line, soft_wrap=True)
    return any(text.endswith(_PART) for column in columns for text, _ in column)


def _cell(facts: _Facts, post: int, shift: int, day: int, sheet: _Sheet, style: str) -> list[tuple[str, str]]:
    """One line per person, and one for places that stay open, marked where that is a part of the shift."""
    lines = [(sheet.names[person], style) for person in facts.standing.get((post, shift, day), ())]
    for part in facts.cover.open_parts(post, shift, day):
        lines.append((_("{people} open").format(people=part.people) + (_PART if part.spans else ""), "bold red"))
    return lines
