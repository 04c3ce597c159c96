"""patrolplan's roster file as an assignment: person is the employee, shift the shift, and the date tells the day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from benchmarks.curtois.instance import Instance
from benchmarks.operation_file import FIRST_DATE
from patrolplan.errors import Complaint, InputError, Place, nearest
from patrolplan.tables import Row, Table

COLUMNS = ("person", "shift", "start")
"""Columns that are read."""


@dataclass(frozen=True, slots=True)
class _Worked:
    """One duty of the file and the line of its first row."""

    employee: str
    shift: str
    day: int
    line: int


def read_assignment(instance: Instance, table: Table) -> dict[str, list[str | None]]:
    """For every employee the shift of each day, None for a day off.

    A duty belongs to the date on which it starts, `FIRST_DATE` being day 0. Rows with one name in the column ``duty``
    are stretches of one duty; a row without a name is a duty of its own.

    Raises
    ------
    InputError
        If a row names a person, shift or date that the instance does not have, is not a duty, or is a second shift
        of one person on one day.
    """
    missing = [name for name in COLUMNS if name not in {heading.lower() for heading in table.headings}]
    if missing:
        message = f"this is not a roster: it has no column {', '.join(missing)}."
        raise InputError([Complaint(message, Place(table.file, 1))], table.file)
    assignment: dict[str, list[str | None]] = {name: [None] * instance.days for name in instance.employees}
    for duty in _duties(instance, table):
        row = assignment[duty.employee]
        if row[duty.day] is not None:
            message = f"{duty.employee} works {row[duty.day]} and {duty.shift} on day {duty.day}; one shift a day."
            raise _wrong(table, duty.line, message)
        row[duty.day] = duty.shift
    return assignment


def _duties(instance: Instance, table: Table) -> Iterator[_Worked]:
    rows = sorted(((_start(table, row), row) for row in table.rows), key=lambda pair: pair[0])
    seen: set[tuple[str, str]] = set()
    for start, row in rows:
        employee, shift, name = row.cells.get("person", ""), row.cells.get("shift", ""), row.cells.get("duty", "")
        if row.cells.get("kind", "") not in ("", "duty"):
            raise _wrong(table, row.line, f"a {row.cells['kind']} is nothing that an instance knows.")
        for what, known, one in (("employee", instance.employees, employee), ("shift", instance.shifts, shift)):
            if one not in known:
                raise _wrong(table, row.line, f'the instance has no {what} "{one}".{nearest(one, known)}')
        day = (start.date() - FIRST_DATE).days
        if name and (employee, name) in seen:
            continue
        if not 0 <= day < instance.days:
            message = f"{start.date()} lies outside the horizon of {instance.days} days from {FIRST_DATE}."
            raise _wrong(table, row.line, message)
        seen.add((employee, name))
        yield _Worked(employee, shift, day, row.line)


def _start(table: Table, row: Row) -> datetime:
    """The local start; offsets are dropped, since the date on the wall decides."""
    text = row.cells.get("start", "")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        message = f'the start "{text}" is not a date with a time; write it like 2024-01-01T07:00+00:00.'
        raise _wrong(table, row.line, message) from None


def _wrong(table: Table, line: int, message: str) -> InputError:
    return InputError([Complaint(message, Place(table.file, line))], table.file)
