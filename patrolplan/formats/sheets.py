"""Sheets of a workbook beside the one that counts: whether they still say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patrolplan.errors import Place
from patrolplan.findings import Finding, Severity
from patrolplan.formats.grid import LEADING, TRAILING, grid_table, is_grid
from patrolplan.formats.grid_dates import date_columns
from patrolplan.formats.roster_csv import RosterFile
from patrolplan.language import _, plural
from patrolplan.problem import Problem
from patrolplan.tables import Table
from patrolplan.units import date_text


def other_sheets(problem: Problem, file: RosterFile, read: Table, tables: Sequence[Table]) -> tuple[Finding, ...]:
    """One finding (PP901, soft) for every sheet with people by dates that says otherwise than the sheet that counts.

    Parameters
    ----------
    read
        The sheet from which the roster was read.
    tables
        All sheets of the workbook.
    """
    if len(tables) < 2 or is_grid(problem, read) or any(one.severity is Severity.HARD for one in file.findings):
        return ()
    return tuple(
        finding
        for table in tables
        if table is not read and _has_people_and_dates(problem, table)
        for finding in _differences(problem, file, read, table)
    )


def _has_people_and_dates(problem: Problem, table: Table) -> bool:
    return "person" in {heading.lower() for heading in table.headings} and is_grid(problem, table)


def _differences(problem: Problem, file: RosterFile, read: Table, grid: Table) -> Iterator[Finding]:
    head, *rows = grid_table(problem, file.roster)
    expected = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    dates = {date_text(day): heading.lower() for heading, day in date_columns(problem, grid).items()}
    days = sorted({*dates, *head[len(LEADING) : -len(TRAILING)]})
    found = [
        (row.line, person, day, there, here)
        for row in grid.rows
        if (person := row.cells.get("person", "")) in expected
        for day in days
        if (there := row.cells.get(dates.get(day, day), "")) != (here := expected[person].get(day, ""))
    ]
    if found:
        line, person, day, there, here = found[0]
        more = plural(" and in {n} more cell", " and in {n} more cells", len(found) - 1) if found[1:] else ""
        message = _(
            'the sheet "{grid}" says "{there}" for {person} on {date}{more}, but "{table}" says "{here}", '
            'and it counts. To have "{grid}" read, delete the sheet "{table}".'
        ).format(grid=grid.sheet, there=there, person=person, date=day, more=more, table=read.sheet, here=here)
        yield Finding("PP901", Severity.SOFT, message, person=person, place=Place(grid.file, line), row=line)
