"""What is wrong with the input, where it stands, and the line itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console

from patrolplan.errors import Complaint, InputError, Place
from patrolplan.language import _
from patrolplan.terminal.console import clean, compose, glyphs, layout_width, plural, say
from patrolplan.units import date_runs

_SIZE_LIMIT = 5 * 1024 * 1024
_RUNS = 8
"""Most runs of rows that are listed."""
_TEXT_FILES = (".yaml", ".yml", ".csv", ".txt", ".tsv", ".json")


def view(console: Console, error: InputError, folder: Path | None = None, *, writes: bool = False) -> None:
    """Print every complaint with the line that it is about.

    Parameters
    ----------
    folder
        Where the files named in the complaints lie; default the current folder.
    writes
        Whether the command would have written a file, so that it is worth saying that it has not.
    """
    complaints = merged(error.complaints)
    headline = _headline(error, len(complaints))
    if headline:
        say(console, (headline, "bold"), hang=2)
        console.print()
    places = [str(complaint.place) for complaint in complaints if complaint.place.file]
    label = min(max(map(len, places), default=0), layout_width(console) // 3)
    for complaint in complaints:
        _print_complaint(console, complaint, label, folder or Path())
    if writes:
        console.print()
        say(console, _("Nothing was written."))


def merged(complaints: Iterable[Complaint]) -> list[Complaint]:
    """The complaints with those that say the same of several rows of one table made one, at its first row."""
    alike: dict[tuple[str, str, object], list[Complaint]] = {}
    for one in complaints:
        is_row = bool(one.place.line) and not one.place.column
        alike.setdefault((one.place.file, one.message, None if is_row else one.place), []).append(one)
    return [_as_one(group) for group in alike.values()]


def _as_one(group: Sequence[Complaint]) -> Complaint:
    rows = date_runs(one.place.line for one in group)
    count = sum(last - first + 1 for first, last in rows)
    if count < 2:
        return group[0]
    parts = [str(first) if first == last else f"{first}-{last}" for first, last in rows]
    listed = ", ".join(parts[:_RUNS]) + (" ..." if len(parts) > _RUNS else "")
    place = min(one.place for one in group)
    return Complaint(
        _("{message} In {count} rows: {listed}.").format(message=group[0].message, count=count, listed=listed),
        place,
        group[0].width,
    )


def _headline(error: InputError, number: int) -> str:
    if not error.subject:
        return ""
    count = plural(number, "error")
    if error.subject.endswith((".yaml", ".yml")):
        return _("{subject} is not a valid operation: {count}").format(subject=error.subject, count=count)
    return _("{subject} cannot be used: {count}").format(subject=error.subject, count=count)


def _print_complaint(console: Console, complaint: Complaint, label: int, folder: Path) -> None:
    if not complaint.place.file:
        say(console, complaint.message)
        return
    where = str(complaint.place)
    if len(where) > label:
        say(console, (where, "bold cyan"))
        say(console, complaint.message, indent=3)
    else:
        say(console, (where.ljust(label), "bold cyan"), f"  {complaint.message}", hang=label + 2)
    _print_source(console, complaint, folder)


def _print_source(console: Console, complaint: Complaint, folder: Path) -> None:
    place = complaint.place
    source = _source_line(place, folder) if place.line and place.column else None
    if source is None or not source.strip():
        return
    edge = glyphs(console).edge
    margin = f"   {place.line} {edge} "
    column = place.column - 1
    room = max(8, layout_width(console) - len(margin) - 1)
    text, column = _excerpt(source, column, complaint.width, room)
    console.print(compose((margin, "dim"), text), soft_wrap=True)
    if complaint.width and column < room:
        marks = glyphs(console).caret * max(1, min(complaint.width, len(text) - column))
        blank = " " * (len(margin) - len(edge) - 1) + f"{edge} "
        console.print(compose((blank, "dim"), " " * column, (marks, "bold red")), soft_wrap=True)


def _source_line(place: Place, folder: Path) -> str | None:
    """The line of the file, or None if it cannot be shown."""
    path = folder / place.file
    try:
        if path.suffix.lower() not in _TEXT_FILES or not path.is_file() or path.stat().st_size > _SIZE_LIMIT:
            return None
        lines: Sequence[str] = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, ValueError):
        return None
    return clean(lines[place.line - 1].rstrip("\r").replace("\t", " ")) if place.line <= len(lines) else None


def _excerpt(source: str, column: int, width: int, room: int) -> tuple[str, int]:
    """A part of the line that holds the column and fits, and where the column is in it."""
    if len(source) <= room:
        return source, column
    start = max(0, min(column - max(0, room - width) // 2, len(source) - room))
    return source[start : start + room], column - start
