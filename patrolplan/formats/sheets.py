"""Sheets of a workbook beside the one that counts: whether they still say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from patrolplan.errors import Place
from patrolplan.findings import Finding, Severity
from patrolplan.formats.grid import PERSON_COLUMNS, grid_table
from patrolplan.formats.roster_csv import RosterFile
from patrolplan.problem import Problem
from patrolplan.tables import Table

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def other_sheets(problem: Problem, file: RosterFile, read: Table, tables: Sequence[Table]) -> tuple[Finding, ...]:
    """One finding (PP901, soft) for every sheet with people by dates that says otherwise than the sheet that counts.

    Parameters
    ----------
    read
        The sheet from which the roster was read.
    tables
        All sheets of the workbook.
    """
    if len(tables) < 2 or is_grid(read) or any(one.severity is Severity.HARD for one in file.findings):
        return ()
    return tuple(
        finding
        for table in tables
        if table is not read and is_grid(table)
        for finding in _differences(problem, file, read, table)
    )


def is_grid(table: Table) -> bool:
    """Whether a table has people by dates: service numbers, and dates as headings."""
    headings = {heading.lower() for heading in table.headings}
    return "person" in headings and "start" not in headings and any(map(_DATE.fullmatch, table.headings))


def _differences(problem: Problem, file: RosterFile, read: Table, grid: Table) -> Iterator[Finding]:
    head, *rows = grid_table(problem, file.roster)
    expected = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    days = [heading for heading in {*grid.headings, *head[len(PERSON_COLUMNS) :]} if _DATE.fullmatch(heading)]
    found = [
        (row.line, row.cells.get("person", ""), day, row.cells.get(day, ""), expected[row.cells["person"]].get(day, ""))
        for row in grid.rows
        if row.cells.get("person", "") in expected
        for day in sorted(days)
        if row.cells.get(day, "") != expected[row.cells["person"]].get(day, "")
    ]
    if found:
        line, person, day, there, here = found[0]
        more = f" and in {len(found) - 1} more cells" if len(found) > 2 else " and in 1 more cell" if found[1:] else ""
        message = (
            f'the sheet "{grid.sheet}" says "{there}" for {person} on {day}{more}, but "{read.sheet}" says "{here}", '
            f'and it counts. To have "{grid.sheet}" read, delete the sheet "{read.sheet}".'
        )
        yield Finding("PP901", Severity.SOFT, message, person=person, place=Place(grid.file, line), row=line)
