"""The roster as a CSV file that Excel opens by a double click without changing what it says."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from patrolplan.formats.roster_csv import COLUMNS, RosterFile, roster_table
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.units import Zone, clock_text, date_text

BOM = "\ufeff"
COMMA, SEMICOLON = ",", ";"
COLUMNS_APART = ("person", "name", "site", "post", "shift", "date", "start", "end_date", "end", "duty", "kind")
"""Headings with dates and clock times apart."""
_LONGEST = 255
"""Most characters of a text inside a formula."""


def excel_roster(problem: Problem, roster: Roster, origin: RosterFile | None = None, separator: str = SEMICOLON) -> str:
    """The roster with byte-order mark, dates and clock times in columns of their own, and texts that stay texts.

    A clock time that the clock shows twice on its date keeps the whole moment with its offset.

    Parameters
    ----------
    separator
        The one of the computer on which it is opened: a semicolon where decimals have a comma.
    """
    instants = [(stretch.start, stretch.end) for stretch in roster.stretches]
    head, *rows = roster_table(problem, roster, origin)
    extra = head[len(COLUMNS) :]
    apart = (
        (
            *(as_text(cell, always=index == 0) for index, cell in enumerate(row[:5])),
            *_apart(problem.zone, *span),
            *(as_text(cell) for cell in row[7:]),
        )
        for row, span in zip(rows, instants, strict=True)
    )
    return excel_text([(*COLUMNS_APART, *map(as_text, extra)), *apart], separator)


def excel_text(rows: Iterable[Sequence[str]], separator: str) -> str:
    """Rows as text with a byte-order mark and CRLF line ends."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return BOM + text.getvalue()


def as_text(cell: str, always: bool = False) -> str:
    """A cell that Excel takes as it is: what it could read as a number, date or formula is written as ``="0041"``.

    Parameters
    ----------
    always
        Also where it could not, as for service numbers, so that a column is of one kind.
    """
    if not cell or not (always or _could_be_read(cell)):
        return cell
    quoted = cell.replace('"', '""')
    return f'="{quoted}"' if len(cell) <= _LONGEST else f"'{cell}"


def _could_be_read(cell: str) -> bool:
    """Whether Excel may take a text for something else."""
    return cell[0] in "=+-@'\t\r" or (any(one.isdigit() for one in cell) and len(cell.split()) <= 3)


def _apart(zone: Zone, start: int, end: int) -> tuple[str, str, str, str]:
    (first, opens), (last, closes) = zone.local(start), zone.local(end)
    return (
        date_text(first),
        clock_text(opens) if zone.instant(first, opens) == start else zone.iso(start),
        date_text(last),
        clock_text(closes) if zone.instant(last, closes) == end else zone.iso(end),
    )
