"""The roster file: one row per stretch at a post, written plainly and read back as spreadsheets return it."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from patrolplan.errors import Complaint, InputError, Place, nearest
from patrolplan.findings import Finding, Severity
from patrolplan.formats.names import are_initials
from patrolplan.problem import Problem
from patrolplan.roster import Roster, Stretch, duty_name, make_roster
from patrolplan.spreadsheet_dates import Moment, day_comes_first, read_moment
from patrolplan.tables import Row, Table, headings_text

COLUMNS = ("person", "name", "site", "post", "shift", "start", "end", "duty", "kind")
"""Headings of the roster file, in order."""

_DATED = ("date", "start", "end_date", "end")
KINDS = ("duty", "standby", "training")
"""What a stretch may be."""


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
    """

    roster: Roster
    findings: tuple[Finding, ...] = ()
    extra_headings: tuple[str, ...] = ()
    extra_cells: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


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
        missing.append("person (or name)")
    if "date" in headings:
        if not {"start", "end"} <= headings and "shift" not in headings:
            missing.append("start and end (or shift)")
    else:
        missing += [name for name in ("start", "end") if name not in headings]
    if missing:
        raise InputError(
            [
                Complaint(
                    f"this is not a roster: it has no column {', '.join(missing)}. "
                    f"Its headings are {headings_text(table)}; a roster has {','.join(COLUMNS)}.",
                    Place(table.file, 1),
                )
            ],
            table.file,
        )


class _Unread(Exception):
    """Why a row cannot be used."""


class _RowReader:
    """Turns rows into stretches and collects what is wrong with them."""

    def __init__(self, problem: Problem, file: str, day_first: bool) -> None:
        self.findings: list[Finding] = []
        self._problem = problem
        self._file = file
        self._day_first = day_first
        self._people = _Names((who.id, index) for index, who in enumerate(problem.people))
        self._short = _Names((who.id.lstrip("0"), index) for index, who in enumerate(problem.people))
        self._full_names = _Names((who.name, index) for index, who in enumerate(problem.people) if who.name)
        self._shifts = _Names((shift.name, index) for index, shift in enumerate(problem.shifts))
        self._sites = _Names(
            (name, index) for index, site in enumerate(problem.sites) for name in {site.name, site.title} if name
        )
        self._posts = _Names(
            (name, index) for index, post in enumerate(problem.posts) for name in {post.name, post.title} if name
        )
        self._keys = _Names((post.key, index) for index, post in enumerate(problem.posts))

    def read(self, row: Row) -> Stretch | None:
        """The stretch of a row, or None after a finding says why there is none."""
        cells = row.cells
        try:
            person = self._person(cells.get("person", ""), cells.get("name", ""), row.line)
            kind = self._kind(cells.get("kind", ""))
            post = self._post(cells.get("site", ""), cells.get("post", ""))
            shift = self._shift(cells.get("shift", ""))
            start, end = self._times(cells, shift)
        except (_Unread, ValueError) as error:
            self._note(row.line, Severity.HARD, f"{error} The row is left out.")
            return None
        if post is None and kind == "duty":
            who = self._problem.people[person].id
            self._note(row.line, Severity.SOFT, "the duty names no post: it counts as hours, but covers nothing.", who)
        if shift is None:
            shift = self._shift_that_runs(start, end, post)
        return Stretch(person, post, shift, start, end, cells.get("duty", ""), kind, row.line)

    def note_twins(self, stretches: Iterable[Stretch]) -> None:
        """Say which rows stand in the file twice."""
        first: dict[Stretch, int] = {}
        for stretch in stretches:
            row = first.setdefault(replace(stretch, row=0), stretch.row)
            if row != stretch.row:
                who = self._problem.people[stretch.person].id
                message = f"rows {row} and {stretch.row} say the same; remove one."
                self._note(stretch.row, Severity.SOFT, message, who)

    def _note(self, line: int, severity: Severity, message: str, person: str = "") -> None:
        self.findings.append(
            Finding("PP901", severity, message, person=person, place=Place(self._file, line), row=line)
        )

    def _person(self, number: str, name: str, line: int) -> int:
        if not number:
            if not name:
                raise _Unread("the row names nobody.")
            return self._full_names.one(name, "person", "people are called")
        person = self._people.find(number)
        if person is None:
            person = self._short.find(number.lstrip("0")) if number.isdigit() else None
        if person is None:
            raise _Unread(f'nobody has the service number "{number}".{self._people.nearest(number)}')
        who = self._problem.people[person]
        if name and who.name and _folded(name) != _folded(who.name) and not are_initials(name, who.name):
            self._note(
                line,
                Severity.SOFT,
                f'{who.id} is {who.name}, but the row says "{name}"; the service number counts.',
                who.id,
            )
        return person

    def _kind(self, text: str) -> str:
        kind = text.lower() or "duty"
        if kind not in KINDS:
            raise _Unread(f'the kind "{text}" is not known; it is duty, standby or training.{nearest(text, KINDS)}')
        return kind

    def _shift(self, text: str) -> int | None:
        return self._shifts.one(text, "shift", "shifts are called") if text else None

    def _post(self, site: str, post: str) -> int | None:
        problem = self._problem
        if not post:
            if site:
                self._sites.one(site, "site", "sites are called")
            return None
        by_key = self._keys.find(post)
        if by_key is not None and (not site or self._sites.find(site) in (None, problem.posts[by_key].site)):
            return by_key
        if not site:
            return self._posts.one(post, "post", "posts are called", " Name the site, too.")
        where = self._sites.one(site, "site", "sites are called")
        here = problem.sites[where].name
        inside = _Names(
            (name, index)
            for index, one in enumerate(problem.posts)
            if one.site == where
            for name in {one.name, one.title}
            if name
        )
        found = inside.find(post)
        if found is None:
            raise _Unread(f'{here} has no post "{post}".{inside.nearest(post)}')
        return found

    def _times(self, cells: Mapping[str, str], shift: int | None) -> tuple[int, int]:
        zone = self._problem.zone
        date = self._moment(cells, "date")
        start, end = self._moment(cells, "start"), self._moment(cells, "end")
        if start is None and end is None and date is not None and date.day is not None and shift is not None:
            return self._problem.shift_span(shift, date.day)
        if start is None or end is None:
            raise _Unread(f"the row has no {'start' if start is None else 'end'}.")
        first = date.day if date is not None else None
        opens = start if start.day is not None else Moment(first, start.clock)
        opening = opens.at(zone)
        if opening is None or opens.day is None:
            raise _Unread(f'the start "{cells["start"]}" has no {"date" if opens.day is None else "clock time"}.')
        closing = end.at(zone)
        last = self._moment(cells, "end_date") if date is not None else None
        if end.day is None and end.clock is not None and last is not None and last.day is not None:
            closing = zone.instant(last.day, end.clock)
        elif end.day is None and end.clock is not None:
            same_day = zone.instant(opens.day, end.clock)
            closing = same_day if same_day > opening else zone.instant(opens.day + 1, end.clock)
        if closing is None:
            raise _Unread(f'the end "{cells["end"]}" has no clock time.')
        if closing <= opening:
            raise _Unread(f"it ends {zone.moment_text(closing)}, not after its start {zone.moment_text(opening)}.")
        return opening, closing

    def _moment(self, cells: Mapping[str, str], name: str) -> Moment | None:
        text = cells.get(name, "")
        return read_moment(text, self._day_first) if text else None

    def _shift_that_runs(self, start: int, end: int, post: int | None) -> int | None:
        problem = self._problem
        day = problem.zone.local(start)[0]
        served = problem.posts[post].shifts if post is not None else ()
        shifts: Iterable[int] = (*served, *range(len(problem.shifts)))
        return next((shift for shift in shifts if problem.shift_span(shift, day) == (start, end)), None)


class _Names:
    """Finds an index by name, whatever its case and spaces."""

    def __init__(self, pairs: Iterable[tuple[str, int]]) -> None:
        self._exact: dict[str, set[int]] = defaultdict(set)
        self._folded: dict[str, set[int]] = defaultdict(set)
        for name, index in pairs:
            self._exact[name].add(index)
            self._folded[_folded(name)].add(index)

    def find(self, name: str) -> int | None:
        """The only index with a name, or None."""
        for found in (self._exact.get(name), self._folded.get(_folded(name))):
            if found is not None and len(found) == 1:
                return next(iter(found))
        return None

    def one(self, name: str, noun: str, many: str, remedy: str = "") -> int:
        """The only index with a name; refuses unknown and ambiguous ones."""
        found = self.find(name)
        if found is not None:
            return found
        twins = self._folded.get(_folded(name))
        if twins:
            raise _Unread(f'{len(twins)} {many} "{name}".{remedy or " Write the service number."}')
        raise _Unread(f'the {noun} "{name}" is not defined.{self.nearest(name)}')

    def nearest(self, name: str) -> str:
        """A guess at what was meant, as a sentence, or an empty text."""
        return nearest(name, self._exact)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
