"""Reading rounds: which checkpoint when, for patrol sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from patrolplan.errors import Complaint, InputError, Place
from patrolplan.language import _, plural
from patrolplan.spreadsheet_dates import Moment, day_comes_first, read_moment
from patrolplan.tables import Row, Table, headings_text

COLUMNS = ("date", "duty", "team", "zone", "checkpoint", "arrive", "leave")
"""Headings of a table of rounds."""
_NEEDED = ("date", "duty", "checkpoint", "arrive")
_MOST_COMPLAINTS = 20


@dataclass(frozen=True, slots=True)
class Visit:
    """One checkpoint of a round: date ordinal, and clock minutes of arriving and leaving, if that is told."""

    day: int
    duty: str
    team: str
    zone: str
    checkpoint: str
    arrive: int
    leave: int | None
    line: int


def read_visits(table: Table) -> list[Visit]:
    """The visits of a table, in its order.

    Raises
    ------
    InputError
        If a column is missing, or with every row that is not understood.
    """
    known = [heading.lower() for heading in table.headings]
    missing = [name for name in _NEEDED if name not in known]
    if missing:
        theirs, ours = headings_text(table), ",".join(COLUMNS)
        words = _("no column {missing}. The headings are: {theirs}; rounds have {ours}.").format(
            missing=", ".join(missing), theirs=theirs, ours=ours
        )
        raise InputError([Complaint(words, Place(table.file, 1))], table.file)
    dated = [(row.line, row.cells.get(name, "")) for row in table.rows for name in ("date", "arrive", "leave")]
    day_first = day_comes_first(dated, table.file)
    visits: list[Visit] = []
    complaints: list[Complaint] = []
    for row in table.rows:
        try:
            visits.append(_visit(row, day_first))
        except ValueError as error:
            complaints.append(Complaint(str(error), Place(table.file, row.line)))
    if complaints:
        raise InputError(_few(complaints, table.file), table.file)
    return visits


def _few(complaints: Sequence[Complaint], file: str) -> list[Complaint]:
    more = len(complaints) - _MOST_COMPLAINTS
    rest = (
        [Complaint(plural("and {n} more row like these.", "and {n} more rows like these.", more), Place(file))]
        if more > 0
        else []
    )
    return [*complaints[:_MOST_COMPLAINTS], *rest]


def _visit(row: Row, day_first: bool) -> Visit:
    cells = {name: row.cells.get(name, "") for name in COLUMNS}
    day = read_moment(cells["date"], day_first).day
    if day is None:
        raise ValueError(_('"{text}" is not a date; write it like 2024-11-27.').format(text=cells["date"]))
    arrive = _clock(read_moment(cells["arrive"], day_first), cells["arrive"])
    leave = _clock(read_moment(cells["leave"], day_first), cells["leave"]) if cells["leave"] else None
    if not cells["checkpoint"]:
        raise ValueError(_("the checkpoint is missing."))
    return Visit(day, cells["duty"], cells["team"], cells["zone"], cells["checkpoint"], arrive, leave, row.line)


def _clock(moment: Moment, text: str) -> int:
    if moment.clock is None:
        raise ValueError(_('"{text}" has no clock time; write it like 19:05 or 2024-11-27T19:05.').format(text=text))
    return moment.clock
