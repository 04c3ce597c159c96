"""The roster by site: for every post and shift, who is there on which date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from patrolplan.analysis.cover import Cover
from patrolplan.audit import complete
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.terminal.console import clean, compose, layout_width, say, shorten
from patrolplan.terminal.letters import ShiftMarks
from patrolplan.units import WEEK_DAYS, clock_text, weekday

Standing = dict[tuple[int, int, int], list[int]]
"""People by post, shift and date."""

_LABEL = 8
_NARROWEST_CELL = 8


@dataclass(frozen=True, slots=True)
class _Sheet:
    """How a site is laid out: dates in blocks, each date so many characters wide, people by name or by number."""

    blocks: tuple[tuple[int, ...], ...]
    cell: int
    names: tuple[str, ...]


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
    standing, cover = _standing(problem, roster), Cover(problem, roster)
    sheet = _sheet(problem, days or range(problem.first_day, problem.last_day + 1), layout_width(console))
    marks = ShiftMarks(problem)
    for site in sites if sites is not None else range(len(problem.sites)):
        where = problem.sites[site]
        title = f"  {where.title}" if where.title != where.name else ""
        say(console, (where.name, "bold"), title)
        for block in sheet.blocks:
            _print_block(console, problem, site, block, sheet, standing, cover, marks)
        console.print()


def _standing(problem: Problem, roster: Roster) -> Standing:
    found: Standing = defaultdict(list)
    for duty in complete(problem, roster).duties:
        if duty.kind != "duty" or duty.shift is None:
            continue
        for stretch in duty.stretches:
            if stretch.post is not None and duty.person not in found[stretch.post, duty.shift, duty.day]:
                found[stretch.post, duty.shift, duty.day].append(duty.person)
    return found


def _sheet(problem: Problem, days: Sequence[int], width: int) -> _Sheet:
    """Whole weeks side by side, or as many dates as fit; names where they fit, else service numbers."""
    room = width - 1 - _LABEL
    per_block = max(1, min(WEEK_DAYS, room // _NARROWEST_CELL, len(days)))
    cell = min(26, room // per_block)
    blocks: list[list[int]] = []
    for day in days:
        starts_week = per_block == WEEK_DAYS and weekday(day) == problem.week_starts
        if not blocks or len(blocks[-1]) == per_block or starts_week:
            blocks.append([])
        blocks[-1].append(day)
    by_name = all(len(who.name or who.id) < cell for who in problem.people)
    names = tuple(clean((who.name or who.id) if by_name else who.id) for who in problem.people)
    return _Sheet(tuple(tuple(block) for block in blocks), cell, names)


def _print_block(
    console: Console,
    problem: Problem,
    site: int,
    block: Sequence[int],
    sheet: _Sheet,
    standing: Standing,
    cover: Cover,
    marks: ShiftMarks,
) -> None:
    head = "".join(_date(problem, day, sheet.cell - 1).ljust(sheet.cell) for day in block)
    console.print(compose(" " * (_LABEL + 1), (head.rstrip(), "dim")), soft_wrap=True)
    for post in problem.sites[site].posts:
        shifts = problem.posts[post].shifts
        turns = [shift for shift in shifts if _is_used(problem, post, shift, block, standing, cover)]
        if turns:
            console.print(compose(" ", (problem.posts[post].name, "bold")), soft_wrap=True)
        for shift in turns:
            _print_turn(console, problem, post, shift, block, sheet, standing, cover, marks)


def _date(problem: Problem, day: int, room: int) -> str:
    """A date with as much of its names as there is room for."""
    name, number, month = problem.zone.day_text(day).split(" ")
    forms = (f"{name} {number} {month}", f"{name[:2]} {number} {month}", f"{number} {month}", number)
    return next((form for form in forms if len(form) <= room), number[:room])


def _is_used(problem: Problem, post: int, shift: int, block: Sequence[int], standing: Standing, cover: Cover) -> bool:
    return any(
        standing.get((post, shift, day)) or cover.missing(post, *problem.shift_span(shift, day)) for day in block
    )


def _print_turn(
    console: Console,
    problem: Problem,
    post: int,
    shift: int,
    block: Sequence[int],
    sheet: _Sheet,
    standing: Standing,
    cover: Cover,
    marks: ShiftMarks,
) -> None:
    columns = [_cell(problem, post, shift, day, sheet, standing, cover, marks.style(shift)) for day in block]
    label = f"{marks.letter(shift)} {clock_text(problem.shifts[shift].start)}"
    for index in range(max(map(len, columns))):
        line = compose((f" {label if index == 0 else '':<{_LABEL}}", f"bold {marks.style(shift)}"))
        for column in columns:
            text, style = column[index] if index < len(column) else ("", "")
            line += compose((shorten(text, sheet.cell - 1).ljust(sheet.cell), style))
        line.rstrip()
        console.print(line, soft_wrap=True)


def _cell(
    problem: Problem,
    post: int,
    shift: int,
    day: int,
    sheet: _Sheet,
    standing: Standing,
    cover: Cover,
    style: str,
) -> list[tuple[str, str]]:
    """One line per person, and one for places that stay open."""
    lines = [(sheet.names[person], style) for person in standing.get((post, shift, day), ())]
    missing = cover.missing(post, *problem.shift_span(shift, day))
    return [*lines, (f"{missing} open", "bold red")] if missing else lines
