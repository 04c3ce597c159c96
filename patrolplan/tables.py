"""Tables as planners' spreadsheets save them: delimited text with its separators and byte-order marks, workbooks."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from patrolplan.errors import Complaint, InputError, Place
from patrolplan.language import _, figures
from patrolplan.workbooks import Sheet, heading_row, is_workbook, read_sheets

SIZE_LIMIT = 50 * 1024 * 1024
"""Largest table that is read, in bytes."""
_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')
"""A text as it must stand in a file so that Excel leaves it alone."""
_NEVER_IN_TEXT = frozenset(map(chr, range(32))) - set("\t\n\r\f\v")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its line in the file and its cells by lower-case heading."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading line.

    Attributes
    ----------
    file
        Name for messages.
    headings
        As written in the file, stripped.
    delimiter
        ``,``, ``;`` or a tab; empty for a sheet of a workbook.
    rows
        Rows with at least one cell filled.
    sheet
        Name of the sheet in a workbook.
    heading_line
        Line of the headings.
    """

    file: str
    headings: Sequence[str]
    delimiter: str
    rows: Sequence[Row]
    sheet: str = ""
    heading_line: int = 1


def read_bytes(path: Path, name: str, limit: int = SIZE_LIMIT) -> bytes:
    """The content of a file, or an `InputError` in plain words."""
    try:
        if path.is_dir():
            raise InputError([Complaint(_("this is a folder, not a file."), Place(name))], name)
        size = path.stat().st_size
        if size > limit:
            raise InputError(
                [
                    Complaint(
                        _("the file has {size} MB; at most {limit} MB are read.").format(
                            size=figures(f"{size / 2**20:,.0f}"), limit=limit // 2**20
                        ),
                        Place(name),
                    )
                ],
                name,
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError([Complaint(_("there is no such file."), Place(name))], name) from None
    except OSError as error:
        raise InputError(
            [Complaint(_("cannot be read: {strerror}.").format(strerror=error.strerror), Place(name))], name
        ) from None


def decode_sheet(content: bytes, name: str) -> str:
    """Text as a spreadsheet saves it: like `decode`, and Windows-1252 where it is not UTF-8."""
    try:
        return decode(content, name)
    except InputError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            text = "\x00"
        if not set(text).isdisjoint(_NEVER_IN_TEXT):
            raise
        return text


def decode(content: bytes, name: str) -> str:
    """Text from UTF-8 (with or without byte-order mark) or UTF-16 with a byte-order mark."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            [Complaint(_("this is not UTF-8 text. Save the file as UTF-8 (in Excel: CSV UTF-8)."), Place(name, line))],
            name,
        ) from None
    if "\x00" in text:
        raise InputError([Complaint(_("this is a binary file, not text."), Place(name))], name)
    return text


def parse_table(text: str, name: str) -> Table:
    """Read delimited text; the separator is the one that the heading line uses most.

    Raises
    ------
    InputError
        If there is no heading line, a heading stands twice, or quotes do not close.
    """
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    if not first:
        raise InputError([Complaint(_("the file is empty; a heading line was expected."), Place(name, 1))], name)
    if first.lower().startswith("sep=") and len(first) == 5:
        text, first = text.split("\n", 1)[1] if "\n" in text else "", lines[1] if len(lines) > 1 else ""
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    headings: list[str] = []
    rows: list[Row] = []
    skipped = len(lines) - len(text.splitlines())
    try:
        while True:
            line = reader.line_num + 1 + skipped
            cells = next(reader, None)
            if cells is None:
                break
            if not any(cell.strip() for cell in cells):
                continue
            if not headings:
                headings = [_plain(cell) for cell in cells]
                _refuse_twins(headings, name, line)
                continue
            if len(cells) > len(headings) and any(cell.strip() for cell in cells[len(headings) :]):
                raise InputError(
                    [
                        Complaint(
                            _("{cells} cells under {headings} headings.").format(
                                cells=len(cells), headings=len(headings)
                            ),
                            Place(name, line),
                        )
                    ],
                    name,
                )
            keys = [heading.lower() for heading in headings]
            rows.append(Row(line, dict(zip(keys, map(_plain, cells), strict=False))))
    except csv.Error as error:
        raise InputError(
            [Complaint(_("not a table: {error}.").format(error=error), Place(name, reader.line_num + skipped))], name
        ) from None
    return Table(name, headings, delimiter, rows)


def headings_text(table: Table) -> str:
    """The headings of a table for a message, each in quotes."""
    return ", ".join(f'"{heading}"' for heading in table.headings if heading)


def _refuse_twins(headings: Sequence[str], name: str, line: int) -> None:
    seen: set[str] = set()
    for heading in headings:
        if heading and heading.lower() in seen:
            raise InputError(
                [Complaint(_('the heading "{heading}" stands twice.').format(heading=heading), Place(name, line))], name
            )
        seen.add(heading.lower())


def _plain(cell: str) -> str:
    """A cell without blanks around it, and without ``="..."`` around what Excel was told to take as text."""
    text = cell.strip()
    wrapped = _AS_TEXT.fullmatch(text) if text.startswith('="') else None
    return wrapped[1].replace('""', '"').strip() if wrapped else text


def workbook_tables(content: bytes, name: str, known: Collection[str] = (), sheet: str = "") -> list[Table]:
    """The tables on the visible sheets of a workbook, in their order; titles above their headings are passed over.

    Parameters
    ----------
    known
        Headings that tell which row holds the headings, in lower case.
    sheet
        The only sheet to read; empty for all.

    Raises
    ------
    InputError
        If the workbook cannot be read, or has no such sheet or no table at all.
    """
    found = [table for one in read_sheets(content, name, sheet) if (table := _sheet_table(one, name, known))]
    if not found:
        words = _('the sheet "{sheet}" is empty; a heading row was expected.')
        message = words.format(sheet=sheet) if sheet else _("the workbook is empty; a heading row was expected.")
        raise InputError([Complaint(message, Place(name, 1))], name)
    return found


def chosen_table(tables: Sequence[Table], wanted: Sequence[Collection[str]] = ()) -> Table:
    """Of several tables the first that has all headings of the first set that any has; without one, the first table.

    Raises
    ------
    InputError
        If one of its headings stands twice.
    """
    table = tables[0]
    for needed in wanted:
        having = [one for one in tables if set(needed) <= {heading.lower() for heading in one.headings}]
        if having:
            table = having[0]
            break
    _refuse_twins(table.headings, table.file, table.heading_line)
    return table


def _sheet_table(sheet: Sheet, name: str, known: Collection[str]) -> Table | None:
    start = heading_row(sheet.rows, known)
    if start < 0:
        return None
    headings = [cell.strip() for cell in sheet.rows[start][1]]
    keys = [heading.lower() for heading in headings]
    rows = [
        Row(line, {key: cell.strip() for key, cell in zip(keys, cells, strict=False) if key})
        for line, cells in sheet.rows[start + 1 :]
    ]
    filled = [row for row in rows if any(row.cells.values())]
    return Table(name, headings, "", filled, sheet.name, sheet.rows[start][0])


def parse_any(content: bytes, name: str, known: Collection[str] = (), sheet: str = "") -> Table:
    """A table from the first sheet of a workbook (or the one that is named), or from delimited text."""
    if is_workbook(content):
        return chosen_table(workbook_tables(content, name, known, sheet))
    return parse_table(decode(content, name), name)


def read_table(path: Path, name: str | None = None) -> Table:
    """Read a workbook, or a delimited file that a spreadsheet may have saved; see `parse_any` and `decode_sheet`."""
    label = name or str(path)
    content = read_bytes(path, label)
    return parse_any(content, label) if is_workbook(content) else parse_table(decode_sheet(content, label), label)
