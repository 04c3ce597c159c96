"""The roster file: one row per stretch at a post, written plainly and read back as spreadsheets return it."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from patrolplan.errors import Complaint, InputError, Place
from patrolplan.findings import Finding, Severity
from patrolplan.formats.roster_names import RosterNames, UnreadError
from patrolplan.language import _
from patrolplan.problem import Problem
from patrolplan.roster import Roster, Stretch, duty_name, make_roster
from patrolplan.spreadsheet_dates import Moment, day_comes_first, read_moment
from patrolplan.tables import Row, Table, headings_text

COLUMNS = ("person", "name", "site", "post", "shift", "start", "end", "duty", "kind")
"""Headings of the roster file, in order."""

_DATED = ("date", "start", "end_date", "end")


@dataclass(frozen=True)
class RosterFile:
    """What a roster file says.

    Attributes
    ----------
    roster
        All rows that were understood.
    findings
        Rows that were not (PP901, hard: the row is left out), or that contradict themselves (PP901, soft: it is kept).
    extra_headings
        Headings beyond `COLUMNS`, as written in the file.
    extra_cells
        Their cells by line of the file.
    marked
        Stretches that a grid marks with ``!`` as settled.
    """

    roster: Roster
    findings: tuple[Finding, ...] = ()
    extra_headings: tuple[str, ...] = ()
    extra_cells: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    marked: frozenset[Stretch] = frozenset()


def write_roster(problem: Problem, roster: Roster, origin: RosterFile | None = None) -> str:
    """The roster as CSV text, in the order of its stretches, with LF line ends.

    Parameters
    ----------
    origin
        The file from which the roster was read: its extra columns are written again, row by row.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(roster_table(problem, roster, origin))
    return text.getvalue()


def roster_table(problem: Problem, roster: Roster, origin: RosterFile | None = None) -> list[tuple[str, ...]]:
    """The headings of the roster file and the cells of every stretch; see `write_roster`."""
    extra = origin or RosterFile(roster)
    blank = ("",) * len(extra.extra_headings)
    rows = ((*cells, *extra.extra_cells.get(row, blank)) for cells, row in roster_rows(problem, roster))
    return [(*COLUMNS, *extra.extra_headings), *rows]


def roster_rows(problem: Problem, roster: Roster) -> Iterable[tuple[tuple[str, ...], int]]:
    """The cells of every stretch, and the line from which it was read (0 if from none)."""
    names = _duty_names(problem, roster)
    for stretch in roster.stretches:
        who = problem.people[stretch.person]
        post = problem.posts[stretch.post] if stretch.post is not None else None
        cells = (
            who.id,
            who.name,
            problem.sites[post.site].name if post else "",
            post.name if post else "",
            problem.shifts[stretch.shift].name if stretch.shift is not None else "",
            problem.zone.iso(stretch.start),
            problem.zone.iso(stretch.end),
            names[stretch].pop(0),
            stretch.kind,
        )
        yield cells, stretch.row


def _duty_names(problem: Problem, roster: Roster) -> dict[Stretch, list[str]]:
    """A name for the duty of every stretch, so that rows read back form the same duties; twins have one each."""
    taken = {(duty.person, duty.id) for duty in roster.duties if duty.id}
    names: dict[Stretch, list[str]] = defaultdict(list)
    for duty in roster.duties:
        name = duty.id
        if not name:
            plain = name = duty_name(problem, duty.person, duty.day, duty.shift, duty.kind)
            number = 2
            while (duty.person, name) in taken:
                name, number = f"{plain}/{number}", number + 1
            taken.add((duty.person, name))
        for stretch in duty.stretches:
            names[stretch].append(name)
    return names


def read_roster(problem: Problem, table: Table) -> RosterFile:
    """Read a roster, also one that a spreadsheet has saved.

    Dates may be ISO 8601 with or without offset, ``27/11/2024 19:00``, ``27.11.2024 19:00``, ``11/27/2024 7:00 PM`` or
    day numbers; or one column ``date`` with clock times in ``start`` and ``end``, where an end at or before the start
    lies on the next date, unless a column ``end_date`` says on which. A post is ``site`` and ``post``, or
    ``site/post``. A person is the service number (leading zeros may be lost) or, if that is empty, a name that only
    one person bears. A missing shift is the one that runs exactly then.

    Raises
    ------
    InputError
        If columns are missing, or if a date may mean two days and nothing in the file tells which.
    """
    headings = {heading.lower() for heading in table.headings}
    _require_columns(table, headings)
    dated = ((row.line, row.cells.get(name, "")) for name in _DATED for row in table.rows)
    reader = _RowReader(problem, table.file, day_comes_first(dated, table.file))
    stretches = [stretch for row in table.rows if (stretch := reader.read(row)) is not None]
    reader.note_twins(stretches)
    known = {*COLUMNS, *_DATED} - ({"end_date"} if "date" not in headings else set())
    extra = tuple(heading for heading in table.headings if heading and heading.lower() not in known)
    cells = {row.line: tuple(row.cells.get(heading.lower(), "") for heading in extra) for row in table.rows}
    return RosterFile(make_roster(problem, stretches), tuple(reader.findings), extra, cells)


def _require_columns(table: Table, headings: set[str]) -> None:
    missing = []
    if not headings & {"person", "name"}:
        missing.append(_("person (or name)"))
    if "date" in headings:
        if not {"start", "end"} <= headings and "shift" not in headings:
            missing.append(_("start and end (or shift)"))
    else:
        missing += [name for name in ("start", "end") if name not in headings]
    if missing:
        raise InputError(
            [
                Complaint(
                    _(
                        "this is not a roster: it has no column {missing}. Its headings are {headings}; a "
                        "roster has {columns}."
                    ).format(missing=", ".join(missing), headings=headings_text(table), columns=",".join(COLUMNS)),
                    Place(table.file, 1),
                )
            ],
            table.file,
        )


class _RowReader:
    """Turns rows into stretches and collects what is wrong with them."""

    def __init__(self, problem: Problem, file: str, day_first: bool) -> None:
        self._problem = problem
        self._day_first = day_first
        self._names = RosterNames(problem, file)

    @property
    def findings(self) -> Sequence[Finding]:
        """What was wrong so far."""
        return self._names.findings

    def read(self, row: Row) -> Stretch | None:
        """The stretch of a row, or None after a finding says why there is none."""
        cells, names = row.cells, self._names
        try:
            person = names.person(cells.get("person", ""), cells.get("name", ""), row.line)
            kind = names.kind(cells.get("kind", ""))
            post = names.post(cells.get("site", ""), cells.get("post", ""))
            shift = names.shift(cells.get("shift", ""))
            start, end = self._times(cells, shift)
        except (UnreadError, ValueError) as error:
            names.note(row.line, Severity.HARD, f"{error} " + _("The row is left out."))
            return None
        if post is None and kind == "duty":
            who = self._problem.people[person].id
            names.note(
                row.line, Severity.SOFT, _("the duty names no post: it counts as hours, but covers nothing."), who
            )
        if shift is None:
            shift = names.shift_that_runs(start, end, post)
        return Stretch(person, post, shift, start, end, cells.get("duty", ""), kind, row.line)

    def note_twins(self, stretches: Iterable[Stretch]) -> None:
        """Say which rows stand in the file twice."""
        first: dict[Stretch, int] = {}
        for stretch in stretches:
            row = first.setdefault(replace(stretch, row=0), stretch.row)
            if row != stretch.row:
                who = self._problem.people[stretch.person].id
                message = _("rows {row} and {row2} say the same; remove one.").format(row=row, row2=stretch.row)
                self._names.note(stretch.row, Severity.SOFT, message, who)

    def _times(self, cells: Mapping[str, str], shift: int | None) -> tuple[int, int]:
        zone = self._problem.zone
        date = self._moment(cells, "date")
        start, end = self._moment(cells, "start"), self._moment(cells, "end")
        if start is None and end is None and date is not None and date.day is not None and shift is not None:
            return self._problem.shift_span(shift, date.day)
        if start is None or end is None:
            raise UnreadError(_("the row has no start.") if start is None else _("the row has no end."))
        first = date.day if date is not None else None
        opens = start if start.day is not None else Moment(first, start.clock)
        opening = opens.at(zone)
        if opening is None or opens.day is None:
            raise UnreadError(
                (
                    _('the start "{start}" has no date.')
                    if opens.day is None
                    else _('the start "{start}" has no clock time.')
                ).format(start=cells["start"])
            )
        closing = end.at(zone)
        last = self._moment(cells, "end_date") if date is not None else None
        if end.day is None and end.clock is not None and last is not None and last.day is not None:
            closing = zone.instant(last.day, end.clock)
        elif end.day is None and end.clock is not None:
            same_day = zone.instant(opens.day, end.clock)
            closing = same_day if same_day > opening else zone.instant(opens.day + 1, end.clock)
        if closing is None:
            raise UnreadError(_('the end "{end}" has no clock time.').format(end=cells["end"]))
        if closing <= opening:
            raise UnreadError(
                _("it ends {closing}, not after its start {opening}.").format(
                    closing=zone.moment_text(closing), opening=zone.moment_text(opening)
                )
            )
        return opening, closing

    def _moment(self, cells: Mapping[str, str], name: str) -> Moment | None:
        text = cells.get(name, "")
        return read_moment(text, self._day_first) if text else None
