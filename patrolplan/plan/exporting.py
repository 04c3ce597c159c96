"""What leaves the desk: one roster in the formats of spreadsheets, calendars, chats and other programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from patrolplan.errors import Complaint, InputError, Place
from patrolplan.findings import Finding
from patrolplan.formats.names import named, unquoted
from patrolplan.formats.roster_csv import RosterFile
from patrolplan.language import _, has_decimal_comma
from patrolplan.plan.files import write_atomic
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.tables import read_bytes

Output = str | bytes | Mapping[str, str | bytes]
"""A text, bytes, or the files of a folder by their path in it."""


@dataclass(frozen=True)
class Export:
    """What is to be written.

    Attributes
    ----------
    problem
        With people named as they are to be shown.
    file
        The roster as it was read.
    layout
        ``long`` or ``grid``, for csv.
    excel
        Whether csv is for Excel.
    days, sites, people
        What is chosen; None for everything.
    alarm
        Minutes before a duty at which a calendar reminds; None for no alarm.
    target
        Where it goes; None for standard output.
    """

    problem: Problem
    file: RosterFile
    layout: str = "long"
    excel: bool = False
    days: Sequence[int] | None = None
    sites: Sequence[int] | None = None
    people: Sequence[int] | None = None
    alarm: int | None = None
    target: Path | None = None

    @property
    def roster(self) -> Roster:
        """The roster."""
        return self.file.roster

    def in_names(self, style: str) -> Export:
        """The same with people named in another style; see `patrolplan.formats.names.named`.

        Columns of the roster beyond its own, and what rows say that were not understood, are left out then: names and
        telephone numbers may stand in them.
        """
        if style == "full":
            return self
        shown = named(self.problem, style)
        calls = {who.name: new.name or who.id for who, new in zip(self.problem.people, shown.people, strict=True)}
        findings = tuple(_renamed(finding, calls) for finding in self.file.findings)
        file = replace(self.file, findings=findings, extra_headings=(), extra_cells={})
        return replace(self, problem=shown, file=file)


def _renamed(finding: Finding, calls: Mapping[str, str]) -> Finding:
    """A finding about the file with the names of people in its words replaced, and without what the row says."""
    message = finding.message
    for name in sorted(calls, key=len, reverse=True):
        if name:
            message = message.replace(name, calls[name])
    return replace(finding, message=unquoted(message, calls.values()))


def make(kind: str, export: Export) -> Output:
    """The content in one of `FORMATS`.

    Raises
    ------
    InputError
        If a library that it needs is not installed.
    """
    return FORMATS[kind](export)


def write_calendars(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write calendars into a folder, which is made if it is missing; only calendars of ours are written over.

    Raises
    ------
    InputError
        If something else stands in the way; nothing was written then.
    """
    from patrolplan.formats.ics import MARK

    strangers = [
        Complaint(
            _("is there already and was not written by patrolplan; name another folder."), Place(str(folder / name))
        )
        for name in files
        if (folder / name).exists() and MARK not in read_bytes(folder / name, str(folder / name))
    ]
    if strangers:
        raise InputError(strangers)
    try:
        for name in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = _("the folder cannot be made: {reason}.").format(reason=error.strerror)
        raise InputError([Complaint(message, Place(str(folder)))]) from None
    for name, content in files.items():
        write_atomic(folder / name, content)


def _csv(export: Export) -> Output:
    from patrolplan.formats.roster_csv import write_roster

    if export.layout == "grid":
        return _grid(export)
    if export.excel:
        from patrolplan.formats.excel_csv import excel_roster

        return excel_roster(export.problem, export.roster, export.file, local_separator())
    return write_roster(export.problem, export.roster, export.file)


def _grid(export: Export) -> str:
    from patrolplan.formats.excel_csv import as_text, excel_text
    from patrolplan.formats.grid import grid_table, write_grid

    if not export.excel:
        return write_grid(export.problem, export.roster)
    head, *rows = grid_table(export.problem, export.roster)
    texts = ((as_text(row[0], always=True), *map(as_text, row[1:-2]), *row[-2:]) for row in rows)
    return excel_text([head, *texts], local_separator())


def local_separator() -> str:
    """What stands between the columns of a CSV file on this desk: a semicolon where decimals have a comma.

    Told by the language that is spoken, or, in English, by the computer's setting for numbers.
    """
    from patrolplan.formats.excel_csv import COMMA, SEMICOLON

    return SEMICOLON if has_decimal_comma() else COMMA


def _json(export: Export) -> Output:
    from patrolplan.formats.roster_json import roster_json

    data = roster_json(export.problem, export.roster, export.file)
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _xlsx(export: Export) -> Output:
    from patrolplan.analysis.cover import Cover
    from patrolplan.analysis.fairness import KINDS, loads
    from patrolplan.analysis.heatmap import heat_maps
    from patrolplan.audit import audit
    from patrolplan.formats.xlsx import Book, workbook
    from patrolplan.formats.xlsx_plots import ShareRow

    problem, roster = export.problem, export.roster
    cover = Cover(problem, roster)
    shares = [
        ShareRow(
            load.person,
            {kind: load.served(kind) for kind in dict.fromkeys((*KINDS, *load.shares))},
            {kind: share.fair for kind, share in load.shares.items()},
            load.standby,
            load.hours_per_week,
        )
        for load in loads(problem, roster)
    ]
    open_places = {
        (post, shift, day): sum(part.people for part in parts)
        for post in range(len(problem.posts))
        for shift in problem.posts[post].shifts
        for day in range(problem.first_day, problem.last_day + 1)
        if (parts := cover.open_parts(post, shift, day))
    }
    findings = (*export.file.findings, *audit(problem, roster).findings)
    return workbook(Book(problem, roster, export.file, heat_maps(problem, roster), shares, findings, open_places))


def _ics(export: Export) -> Output:
    """One calendar, where a file is to be written or people or sites are chosen; else a folder with one for each."""
    from patrolplan.audit import complete
    from patrolplan.formats.ics import people_calendar, site_calendar
    from patrolplan.formats.reliefs import Reliefs

    problem, roster, target = export.problem, export.roster, export.target
    if export.people is not None and export.sites is not None:
        raise InputError(_("a calendar is of people or of sites: name --person or --site, not both."))
    if target is not None and target.suffix.lower() != ".ics":
        return _calendars(export, target)
    earlier = _earlier(target)
    if export.sites is not None:
        return site_calendar(problem, roster, export.sites, export.alarm, earlier)
    people = export.people if export.people is not None else sorted(roster.by_person)
    reliefs = Reliefs(problem, complete(problem, roster))
    return people_calendar(problem, roster, people or range(len(problem.people)), export.alarm, earlier, reliefs)


def _calendars(export: Export, folder: Path) -> dict[str, str | bytes]:
    """Calendars of those who are chosen, or of everybody who has a duty and of every site with posts."""
    from patrolplan.audit import complete
    from patrolplan.formats.ics import file_names, people_calendar, site_calendar
    from patrolplan.formats.reliefs import Reliefs

    if folder.exists() and not folder.is_dir():
        message = _("this is a file. Name a folder, or a file that ends with .ics for a single calendar.")
        raise InputError([Complaint(message, Place(str(folder)))], str(folder))
    problem, roster, alarm = export.problem, export.roster, export.alarm
    by_person = file_names(who.id for who in problem.people)
    by_site = file_names(site.name for site in problem.sites)
    files: dict[str, str | bytes] = {}
    reliefs = Reliefs(problem, complete(problem, roster))
    for person in _chosen(export.people, export.sites, range(len(problem.people))):
        name = f"people/{by_person[problem.people[person].id]}"
        earlier = _earlier(folder / name)
        if roster.of(person) or earlier:
            files[name] = people_calendar(problem, roster, [person], alarm, earlier, reliefs)
    for site in _chosen(export.sites, export.people, range(len(problem.sites))):
        if problem.sites[site].posts:
            name = f"sites/{by_site[problem.sites[site].name]}"
            files[name] = site_calendar(problem, roster, [site], alarm, _earlier(folder / name))
    return files


def _chosen(wanted: Sequence[int] | None, others: Sequence[int] | None, every: Sequence[int]) -> Sequence[int]:
    """What is chosen; nothing where only others are chosen, everything where nothing is."""
    return wanted if wanted is not None else () if others is not None else every


def _earlier(path: Path | None) -> bytes:
    """The calendar that stands there already, or nothing."""
    return read_bytes(path, str(path)) if path is not None and path.is_file() else b""


def _text(export: Export) -> Output:
    from patrolplan.analysis.daysheet import day_sheets
    from patrolplan.formats.daysheet import chat_text

    problem = export.problem
    days = export.days or range(problem.first_day, problem.last_day + 1)
    return chat_text(day_sheets(problem, export.roster, days, export.sites))


def _png(export: Export) -> Output:
    from patrolplan.analysis.daysheet import day_sheets
    from patrolplan.formats.daysheet import picture

    if export.days is None or len(export.days) > LONGEST_PICTURE:
        words = _("a picture shows at most {number} dates; say which with --date.")
        raise InputError(words.format(number=LONGEST_PICTURE))
    return picture(day_sheets(export.problem, export.roster, export.days, export.sites))


FORMATS: Mapping[str, Callable[[Export], Output]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "ics": _ics,
    "json": _json,
    "text": _text,
    "png": _png,
}
"""The formats by name; what a format needs is imported when it is made."""
BINARY = ("xlsx", "png")
"""Formats that are no text."""
LONGEST_PICTURE = 7
"""Most dates in one picture."""
