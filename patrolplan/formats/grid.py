"""The roster as a wide table for a spreadsheet, one row per person and one column per date; written and read back."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence

from patrolplan.errors import Complaint, InputError, Place
from patrolplan.findings import Severity
from patrolplan.formats.grid_cells import CellReader, cell_text
from patrolplan.formats.grid_dates import date_columns
from patrolplan.formats.roster_csv import RosterFile
from patrolplan.formats.roster_names import RosterNames, UnreadError
from patrolplan.language import _
from patrolplan.problem import Problem
from patrolplan.roster import Duty, Roster, Stretch, make_roster
from patrolplan.tables import Row, Table, headings_text
from patrolplan.units import date_text

LEADING = ("person", "name", "rank", "team")
"""Headings before the dates."""
TRAILING = ("hours", "nights")
"""Headings after the dates; sums that are not read back."""
_PLACE = ("site", "post")
_LONG = ("start", "end", "date", "duty")
"""Headings that only a roster with one row per stretch has."""


def write_grid(problem: Problem, roster: Roster) -> str:
    """People by dates as CSV text with LF line ends.

    Columns are ``person,name,rank,team``, one column per date of the operation (headed by the ISO date), ``hours`` and
    ``nights``. A cell holds the duties that start on the date: shift and post, as in ``day kpu-province/gate``;
    standby as ``(night)``; training as ``training day kpu-province/gate``. Several are joined with `` + ``, and a
    change of post inside a duty is written with its time, as in ``day harbour/gate > 13:00 harbour/patrol``. Times
    unlike those of the shift stand behind it: ``day 07:00-18:53 harbour/gate``. Hours are those of duties and training,
    not of standby; nights are duties in shifts marked ``night``.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(grid_table(problem, roster))
    return text.getvalue()


def grid_table(problem: Problem, roster: Roster) -> list[tuple[str, ...]]:
    """The headings and rows of the wide table; see `write_grid`."""
    days = _days(problem, roster)
    head = (*LEADING, *(date_text(day) for day in days), *TRAILING)
    return [head, *(_row(problem, roster, person, days) for person in range(len(problem.people)))]


def _row(problem: Problem, roster: Roster, person: int, days: Sequence[int]) -> tuple[str, ...]:
    who = problem.people[person]
    served = [duty for duty in roster.of(person) if not duty.on_call]
    by_day: dict[int, list[Duty]] = defaultdict(list)
    for duty in roster.of(person):
        by_day[duty.day].append(duty)
    return (
        who.id,
        who.name,
        problem.ranks[who.rank] if who.rank is not None else "",
        who.team,
        *(" + ".join(cell_text(problem, duty) for duty in by_day[day]) for day in days),
        f"{sum(duty.end - duty.start for duty in served) / 60:g}",
        str(sum(duty.shift is not None and problem.shifts[duty.shift].night for duty in served)),
    )


def _days(problem: Problem, roster: Roster) -> list[int]:
    """The dates of the operation, and any others on which a duty starts."""
    return sorted({*range(problem.first_day, problem.last_day + 1), *(duty.day for duty in roster.duties)})


def is_grid(problem: Problem, table: Table) -> bool:
    """Whether a table has dates as headings, and no column that only a roster with a row per stretch has."""
    headings = {heading.lower() for heading in table.headings}
    return not headings & set(_LONG) and bool(date_columns(problem, table))


def read_grid(problem: Problem, table: Table) -> RosterFile:
    """Read people by dates, as `write_grid` writes them or as a planner types them.

    A cell holds a shift (by its name or letter) and a post (``site/post``, or its name where no other post has it), in
    either order; the shift alone where a column ``post``, or ``site`` and ``post``, says where the person stands, or
    where only one post has the shift; the post alone where it has only one shift. Empty cells, ``-``, ``off`` and
    the reasons of absences are days off. A ``!`` behind a duty marks it; see `RosterFile.marked`. Other columns are
    kept, and the sums at the end are not read.

    Raises
    ------
    InputError
        If no column says who, a date stands twice, or the dates may be read in two ways.
    """
    columns = date_columns(problem, table)
    known = {heading.lower(): heading for heading in table.headings if heading}
    if not {"person", "name"} & set(known):
        message = _("this grid has no column person (or name). Its headings are {headings}.").format(
            headings=headings_text(table)
        )
        raise InputError([Complaint(message, Place(table.file, 1))], table.file)
    reader = _GridReader(problem, table, columns)
    for row in table.rows:
        reader.read(row)
    own = {*LEADING, *TRAILING, *_PLACE, *(heading.lower() for heading in columns)}
    extra = tuple(heading for key, heading in known.items() if key not in own)
    cells = {row.line: tuple(row.cells.get(heading.lower(), "") for heading in extra) for row in table.rows}
    found = make_roster(problem, reader.stretches)
    return RosterFile(found, tuple(reader.names.findings), extra, cells, frozenset(reader.marked))


class _GridReader:
    """Turns the rows of a grid into stretches and collects what is wrong with its cells."""

    def __init__(self, problem: Problem, table: Table, columns: dict[str, int]) -> None:
        self.names = RosterNames(problem, table.file)
        self.stretches: list[Stretch] = []
        self.marked: list[Stretch] = []
        self._problem = problem
        self._columns = columns
        self._numbers = {heading: number for number, heading in enumerate(table.headings, 1)}
        self._cells = CellReader(problem, self.names)
        self._seen: dict[int, int] = {}

    def read(self, row: Row) -> None:
        """Read all cells of a person; a row without any is only looked at for whom it names."""
        dated = ((heading, day, row.cells.get(heading.lower(), "")) for heading, day in self._columns.items())
        filled = [one for one in dated if one[2]]
        if not filled:
            return
        try:
            person = self.names.person(row.cells.get("person", ""), row.cells.get("name", ""), row.line)
            post = self.names.post(row.cells.get("site", ""), row.cells.get("post", ""))
        except UnreadError as error:
            self.names.note(row.line, Severity.HARD, f"{error} " + _("The row is left out."))
            return
        if self._seen.setdefault(person, row.line) != row.line:
            who = self._problem.people[person].id
            message = _("{who} has a row already, row {row}; both count.").format(who=who, row=self._seen[person])
            self.names.note(row.line, Severity.SOFT, message, who)
        for heading, day, text in filled:
            self._read_cell(row.line, heading, day, text, person, post)

    def _read_cell(self, line: int, heading: str, day: int, text: str, person: int, post: int | None) -> None:
        number = self._numbers[heading]
        where = _('column {column} ({day}), "{text}"').format(
            column=column_letters(number), day=date_text(day), text=" ".join(text.split())
        )
        who = self._problem.people[person].id
        try:
            duties = self._cells.read(text, day, person, post, line)
        except (UnreadError, ValueError) as error:
            self.names.note(line, Severity.HARD, f"{where}: {error} " + _("The cell is left out."), who, number)
            return
        for stretches, is_marked in duties:
            self.stretches += stretches
            self.marked += stretches if is_marked else []
            if stretches[0].kind == "duty" and any(stretch.post is None for stretch in stretches):
                message = _("{where}: the duty names no post: it counts as hours, but covers nothing.").format(
                    where=where
                )
                self.names.note(line, Severity.SOFT, message, who, number)


def column_letters(number: int) -> str:
    """The letters by which a spreadsheet calls a column, counted from 1: ``A``, ``Z``, ``AA``."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
