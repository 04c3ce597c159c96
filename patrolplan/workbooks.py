"""Cells of Excel workbooks as text, as a planner sees them: dates with the year first, numbers without decimals."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import Any

from patrolplan.errors import Complaint, InputError, Place, nearest
from patrolplan.language import _
from patrolplan.units import DAY_MINUTES, clock_text

WORKBOOKS = (".xlsx", ".xlsm")
"""Endings of workbooks that are read."""
UNREADABLE = (".xls", ".ods", ".xlsb", ".numbers")
"""Endings of spreadsheets that are not read."""
LARGEST = 400 * 1024 * 1024
"""Most bytes of an unpacked workbook."""
_MOST_ROWS = 200_000
_MOST_COLUMNS = 3_000
_EXACT = 10**15
"""From here on Excel no longer keeps every digit of a number."""

_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
_SEARCHED = 40
"""Rows among which the headings are looked for."""
_MOSTLY = 0.7
"""The part of a table's columns that its headings fill at least."""
_ZIP = b"PK\x03\x04"
_CONTROL = re.compile(r"_x(00[01][0-9A-F])_")
"""How a workbook writes a control character."""
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


@dataclass(frozen=True, slots=True)
class Sheet:
    """One visible sheet of a workbook.

    Attributes
    ----------
    rows
        Number of the row in the sheet, and its cells as text; rows without any text are left out.
    """

    name: str
    rows: Sequence[tuple[int, Sequence[str]]]


def is_workbook(content: bytes) -> bool:
    """Whether bytes are a workbook, or a spreadsheet that must be saved as one first."""
    return content[:4] in (_ZIP, _OLD_OR_LOCKED)


def read_sheets(content: bytes, name: str, wanted: str = "") -> list[Sheet]:
    """The visible sheets of a workbook, in their order.

    Parameters
    ----------
    name
        Of the file, for messages.
    wanted
        Name of the only sheet to read, also a hidden one; empty for all.

    Raises
    ------
    InputError
        If this is no workbook that can be read, or has no such sheet.
    """
    has_formulas = _has_formulas(content, name)
    with _quietly(), _opened(content, name) as book, _opened(content, name, has_formulas) as written:
        names = [sheet.title for sheet in book.worksheets]
        if wanted and wanted not in names:
            close = [one for one in names if one.casefold().strip() == wanted.casefold().strip()]
            if len(close) != 1:
                known = ", ".join(f'"{one}"' for one in names)
                words = _('there is no sheet "{sheet}".{hint} The sheets are {known}.')
                message = words.format(sheet=wanted, hint=nearest(wanted, names), known=known)
                raise InputError([Complaint(message, Place(name))], name)
            wanted = close[0]
        chosen = [
            sheet for sheet in book.worksheets if (sheet.title == wanted if wanted else sheet.sheet_state == "visible")
        ]
        try:
            return [
                Sheet(sheet.title, list(_rows(sheet, written[sheet.title] if has_formulas else None, name)))
                for sheet in chosen
            ]
        except InputError:
            raise
        except Exception as error:
            raise _damaged(name) from error


@contextmanager
def _quietly() -> Iterator[None]:
    """Without remarks of the library on features that do not matter here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _opened(content: bytes, name: str, formulas: bool = False) -> Iterator[Any]:
    """The workbook with the results of its formulas, or with the formulas as they are written."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=not formulas)
    except Exception as error:
        raise _damaged(name) from error
    try:
        yield book
    finally:
        book.close()


def _damaged(name: str) -> InputError:
    message = _(
        "this is a binary file but no workbook that can be read; it may be damaged. Open it in the spreadsheet program "
        "and save it again."
    )
    return InputError([Complaint(message, Place(name))], name)


def _has_formulas(content: bytes, name: str) -> bool:
    """Whether there are formulas in a workbook; refuses what is none."""
    if content[:4] == _OLD_OR_LOCKED:
        message = _("this workbook has a password, or is of the old format .xls. Save it as .xlsx without a password.")
        raise InputError([Complaint(message, Place(name))], name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(part.file_size for part in packed.infolist())
            parts = packed.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise _damaged(name) from None
    if "xl/workbook.xml" not in parts:
        message = _("this is not a workbook of the format .xlsx. Save the sheet as .xlsx or as CSV UTF-8.")
        raise InputError([Complaint(message, Place(name))], name)
    if size > LARGEST:
        words = _("the workbook has {size} MB unpacked; at most {limit} MB are read.")
        message = words.format(size=f"{size / 2**20:,.0f}", limit=LARGEST // 2**20)
        raise InputError([Complaint(message, Place(name))], name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            sheets = (packed.read(part) for part in parts if part.startswith("xl/worksheets/"))
            return any(b"<f>" in text or b"<f " in text for text in sheets)
    except (zipfile.BadZipFile, OSError, ValueError, zlib.error):
        raise _damaged(name) from None


def _rows(sheet: Any, written: Any, name: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Filled rows; a formula whose result the file does not hold is read as it is written."""
    sheet.reset_dimensions()
    rows: Iterable[tuple[Any, Any]] = ((row, row) for row in sheet.iter_rows())
    if written is not None:
        written.reset_dimensions()
        rows = zip(sheet.iter_rows(), written.iter_rows(), strict=False)
    filled = 0
    for number, (row, formulas) in enumerate(rows, 1):
        cells = [
            cell_text(formula.value if cell.value is None else cell.value, cell.number_format)
            for cell, formula in zip(row[:_MOST_COLUMNS], formulas, strict=False)
        ]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        filled += 1
        if filled > _MOST_ROWS:
            words = _('the sheet "{sheet}" has more than {limit} rows.')
            message = words.format(sheet=sheet.title, limit=f"{_MOST_ROWS:,}")
            raise InputError([Complaint(message, Place(name, number))], name)
        yield number, cells


def cell_text(value: Any, style: str | None = None) -> str:
    """A cell as text.

    Dates become ``2024-11-27``, moments ``2024-11-27 19:00``, clock times ``19:00``; a number of a format such as
    ``00000`` keeps its leading zeros, and one with more digits than Excel keeps is written with its exponent.

    Parameters
    ----------
    style
        Number format of the cell.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return _CONTROL.sub(lambda code: chr(int(code[1], 16)), value) if "_x" in value else value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        return _moment_text(value, style or "")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return clock_text(round((value.hour * 3600 + value.minute * 60 + value.second) / 60))
    if isinstance(value, dt.timedelta):
        return clock_text(round(value.total_seconds() / 60))
    if isinstance(value, (int, float)):
        return _number_text(value, style or "")
    return str(value)


def _moment_text(value: dt.datetime, style: str) -> str:
    rounded = value + dt.timedelta(seconds=30)
    clock = rounded.hour * 60 + rounded.minute
    day = rounded.date().isoformat()
    if not clock and "h" not in _QUOTED.sub("", style).lower():
        return day
    return f"{day} {clock_text(clock % DAY_MINUTES)}"


def _number_text(value: float, style: str) -> str:
    if isinstance(value, float) and not value.is_integer():
        return f"{value:.15g}"
    if abs(value) >= _EXACT:
        return f"{value:.14E}"
    plain = str(int(value))
    zeros = style.partition(";")[0]
    return plain.zfill(len(zeros)) if zeros and set(zeros) == {"0"} and value >= 0 else plain


def heading_row(rows: Sequence[tuple[int, Sequence[str]]], known: Iterable[str] = ()) -> int:
    """Index of the row with the headings, or -1 if there is none.

    It is the row, among the first ones, with most `known` headings (two at least, or the only one of a narrow table);
    if there is none, the first that fills most columns of the table.
    """
    names = {one.casefold() for one in known}
    first = rows[:_SEARCHED]
    counts = [len({cell.strip().casefold() for cell in cells} & names) for _, cells in first]
    filled = [sum(bool(cell.strip()) for cell in cells) for _, cells in first]
    if not first:
        return -1
    if max(counts) >= 2:
        return counts.index(max(counts))
    width = max(filled)
    wide = [index for index, count in enumerate(filled) if count >= max(1, ceil(_MOSTLY * width))]
    lone = [index for index in wide if counts[index]]
    return (lone or wide)[0]
