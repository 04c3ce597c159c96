"""Delimited text as planners' spreadsheets save it: separators, byte-order marks, rows with their numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from patrolplan.errors import Complaint, InputError, Place

SIZE_LIMIT = 50 * 1024 * 1024
"""Largest table that is read, in bytes."""
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
        ``,``, ``;`` or a tab.
    rows
        Rows with at least one cell filled.
    """

    file: str
    headings: Sequence[str]
    delimiter: str
    rows: Sequence[Row]


def read_bytes(path: Path, name: str, limit: int = SIZE_LIMIT) -> bytes:
    """The content of a file, or an `InputError` in plain words."""
    try:
        if path.is_dir():
            raise InputError([Complaint("this is a folder, not a file.", Place(name))], name)
        size = path.stat().st_size
        if size > limit:
            raise InputError(
                [Complaint(f"the file has {size / 2**20:,.0f} MB; at most {limit // 2**20} MB are read.", Place(name))],
                name,
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError([Complaint("there is no such file.", Place(name))], name) from None
    except OSError as error:
        raise InputError([Complaint(f"cannot be read: {error.strerror}.", Place(name))], name) from None


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
            [Complaint("this is not UTF-8 text. Save the file as UTF-8 (in Excel: CSV UTF-8).", Place(name, line))],
            name,
        ) from None
    if "\x00" in text:
        raise InputError([Complaint("this is a binary file, not text.", Place(name))], name)
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
        raise InputError([Complaint("the file is empty; a heading line was expected.", Place(name, 1))], name)
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
                headings = [cell.strip() for cell in cells]
                _refuse_twins(headings, name, line)
                continue
            if len(cells) > len(headings) and any(cell.strip() for cell in cells[len(headings) :]):
                raise InputError(
                    [Complaint(f"{len(cells)} cells under {len(headings)} headings.", Place(name, line))], name
                )
            keys = [heading.lower() for heading in headings]
            rows.append(Row(line, dict(zip(keys, (cell.strip() for cell in cells), strict=False))))
    except csv.Error as error:
        raise InputError([Complaint(f"not a table: {error}.", Place(name, reader.line_num + skipped))], name) from None
    return Table(name, headings, delimiter, rows)


def headings_text(table: Table) -> str:
    """The headings of a table for a message, each in quotes."""
    return ", ".join(f'"{heading}"' for heading in table.headings if heading)


def _refuse_twins(headings: Sequence[str], name: str, line: int) -> None:
    seen: set[str] = set()
    for heading in headings:
        if heading and heading.lower() in seen:
            raise InputError([Complaint(f'the heading "{heading}" stands twice.', Place(name, line))], name)
        seen.add(heading.lower())


def read_table(path: Path, name: str | None = None) -> Table:
    """Read a delimited file that a spreadsheet may have saved; see `parse_table` and `decode_sheet`."""
    label = name or str(path)
    return parse_table(decode_sheet(read_bytes(path, label), label), label)
