"""What an old roster says without an operation file: who served in which shift at which post on which date."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from patrolplan.config.people import SYNONYMS
from patrolplan.errors import Complaint, InputError, Place
from patrolplan.formats.roster_json import is_json, roster_json_table
from patrolplan.language import _
from patrolplan.spreadsheet_dates import day_comes_first, read_moment
from patrolplan.tables import decode, read_bytes
from patrolplan.units import DAY_MINUTES, clock_text
from patrolplan.workbooks import Sheet, is_workbook, read_sheets

_PERSON_FIELDS = ("id", "name", "rank", "unit", "team", "sex", "qualifications")
_PLACES = {
    "site": ("site", "lokasi", "objek", "obyek", "tempat", "location", "kantor"),
    "post": ("post", "pos", "posisi", "tugas", "position"),
}
_LONG = {
    "date": ("date", "tanggal", "tgl", "hari/tanggal", "hari, tanggal", "datum"),
    "start": ("start", "mulai", "jam mulai", "masuk", "jam masuk", "begin", "beginn"),
    "end_date": ("end_date",),
    "end": ("end", "selesai", "jam selesai", "keluar", "jam keluar", "ende"),
    "shift": ("shift", "sif", "dinas", "jaga", "schicht"),
    "kind": ("kind",),
}
"""Headings of a table with one row per duty."""
_ENOUGH = ({"start", "end"}, {"date", "shift"})
"""Which of them say when a duty is: its times, or its date and the name of a shift."""
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar", "apr", "may mei", "jun", "jul", "aug agu ags", "sep", "oct okt", "nov nop", "dec des"), 1
    )
    for name in names.split()
}
_MONTH_YEAR = re.compile(r"([^\W\d_]{3,})\.?\s*[-'/,]?\s*(\d{4})")
_NUMBER_MONTH = re.compile(r"(?<!\d)(?:(\d{1,2})[-/.](\d{4})|(\d{4})[-/.](\d{1,2}))(?!\d)")
_DAY_MONTH = re.compile(r"(?:[^\W\d_]+\.?,?\s+)?(\d{1,2})\.?[\s-]*([^\W\d_]{3,})\.?[\s-]*(\d{4}|\d{2})?")
_LEGEND = re.compile(
    r"(?<!\w)([^\W\d_][\w ./-]{0,20}?)\s*[=:(]?\s*(?:[^\W\d_ ]+\s+)?[(]?\s*"
    r"(\d{1,2}[.:]\d{2})\s*(?:wib|wita|wit)?\s*(?:-|–|to|s/d|s\.d\.|sd|sampai)\s*(\d{1,2}[.:]\d{2})",
    re.IGNORECASE,
)
_TWO_CLOCKS = re.compile(r"(?<!\S)(\d{1,2}[.:]\d{2}) (\d{1,2}[.:]\d{2})(?!\S)")
_SEARCHED = 40
_LEAST_DATES = 2
_KINDS = re.compile(r"^(?:training|standby|duty)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Served:
    """One duty of the old roster, with its words as written.

    Attributes
    ----------
    day
        Date ordinal.
    shift
        Empty where only the post is known.
    start, end
        Clock minutes, or None where they are not written.
    """

    person: str
    day: int
    shift: str
    site: str
    post: str
    start: int | None = None
    end: int | None = None
    standby: bool = False


@dataclass
class OldRoster:
    """What was read.

    Attributes
    ----------
    people
        Facts by service number, under the names of the fields of a person.
    numbered
        Whether the service numbers are made up, because the file has none.
    clocks
        Start and end of shifts, as a legend or the rows say.
    timezone
        Name of the zone, or its offset such as ``+07:00``; empty if the file does not say.
    """

    file: str
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    numbered: bool = False
    served: list[Served] = field(default_factory=list)
    clocks: dict[str, tuple[int, int]] = field(default_factory=dict)
    days: tuple[int, int] = (0, 0)
    timezone: str = ""


def read_old_roster(path: Path) -> OldRoster:
    """Read a grid of people by dates, or a table with one row per duty, from a workbook, CSV or JSON.

    Raises
    ------
    InputError
        If the file is neither, or does not say of which month its dates are.
    """
    label = str(path)
    content = read_bytes(path, label)
    old = OldRoster(label)
    sheets = _sheets(content, label, old)
    long = [(sheet, row) for sheet in sheets if (row := _long_head(sheet)) is not None]
    if long:
        _read_long(old, *long[0])
    else:
        grids = [(sheet, row, days) for sheet in sheets for row, days in [_grid_head(sheet, path, label)] if days]
        if not grids:
            raise _unlike(label)
        for sheet, row, days in grids:
            _read_grid(old, sheet, row, days, sheet.name if len(grids) > 1 else "")
    if not old.served:
        raise InputError([Complaint(_("no duty was found in it."), Place(label))], label)
    if old.days == (0, 0):
        days_served = [one.day for one in old.served]
        old.days = min(days_served), max(days_served)
    return old


def _unlike(label: str) -> InputError:
    message = _(
        "this is not a roster that a draft can be made from: it has neither dates as headings, nor columns person, "
        "start and end. Write dates such as 2024-11-27 above the columns, or day numbers and the month above them."
    )
    return InputError([Complaint(message, Place(label))], label)


def _sheets(content: bytes, label: str, old: OldRoster) -> list[Sheet]:
    if is_workbook(content):
        return read_sheets(content, label)
    if is_json(content):
        table = roster_json_table(decode(content, label), label)
        rows = [(row.line, [row.cells.get(name.lower(), "") for name in table.headings]) for row in table.rows]
        return [Sheet("", [(0, table.headings), *rows])]
    text = decode(content, label)
    lines = [line for line in text.splitlines()[:_SEARCHED] if line.strip()]
    if not lines:
        raise InputError([Complaint(_("the file is empty."), Place(label))], label)
    delimiter = max(",;\t", key=lambda one: max(line.count(one) for line in lines))
    rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            rows.append((reader.line_num, [cell.strip() for cell in cells]))
    return [Sheet("", rows)]


def _long_head(sheet: Sheet) -> int | None:
    """Index of the headings of a table with one row per duty."""
    for index, (_line, cells) in enumerate(sheet.rows[:_SEARCHED]):
        told = set(_long_columns(cells))
        if any(needed <= told for needed in _ENOUGH) and {"id", "name"} & set(_fields(cells)):
            return index
    return None


def _long_columns(cells: Sequence[str]) -> dict[str, int]:
    """Column of each of `_LONG`, by its heading."""
    headings = [" ".join(cell.casefold().split()) for cell in cells]
    matches = {name: next((one for one in known if one in headings), None) for name, known in _LONG.items()}
    return {name: headings.index(match) for name, match in matches.items() if match is not None}


def _fields(cells: Sequence[str]) -> dict[str, int]:
    """Column of each field of a person, and of site and post, by its heading."""
    headings = [" ".join(cell.casefold().split()) for cell in cells]
    found: dict[str, int] = {}
    options = {name: (name, *SYNONYMS.get(name, ())) for name in _PERSON_FIELDS}
    options["id"] = ("id", "person", *SYNONYMS["id"], "nrp/nip", "nip/nrp", "nomor", "nik")
    for name, known in {**options, **_PLACES}.items():
        match = next((one for one in known if one in headings), None)
        if match is not None:
            found[name] = headings.index(match)
    return found


def _cell(cells: Sequence[str], column: int | None) -> str:
    return " ".join(cells[column].split()) if column is not None and column < len(cells) else ""


def _read_long(old: OldRoster, sheet: Sheet, head: int) -> None:
    names = _long_columns(sheet.rows[head][1])
    fields = _fields(sheet.rows[head][1])
    if "start" not in names:
        _read_legend(old, sheet, head)
    rows = sheet.rows[head + 1 :]
    dated = [
        (line, _cell(cells, names.get(name))) for line, cells in rows for name in ("date", "start", "end_date", "end")
    ]
    day_first = day_comes_first(dated, old.file)
    for line, cells in rows:
        try:
            date, start, end = (
                read_moment(text, day_first) if (text := _cell(cells, names.get(name))) else None
                for name in ("date", "start", "end")
            )
        except ValueError as error:
            raise InputError([Complaint(str(error), Place(old.file, line))], old.file) from None
        first = start.day if start is not None and start.day is not None else date.day if date is not None else None
        shift = _cell(cells, names.get("shift"))
        opens, closes = (None if one is None else one.clock for one in (start, end))
        if first is None or ((opens is None or closes is None) and not shift):
            continue
        person = _person(old, cells, fields)
        if not person:
            continue
        old.timezone = old.timezone or _offset(_cell(cells, names.get("start")))
        if opens is None or closes is None:
            opens = closes = None
        else:
            shift = shift or f"{clock_text(opens)[:2]}-{clock_text(closes)[:2]}"
        kind = _cell(cells, names.get("kind")).casefold()
        old.served.append(
            Served(
                person,
                first,
                shift,
                _cell(cells, fields.get("site")),
                _cell(cells, fields.get("post")),
                opens,
                None if closes is None else closes % DAY_MINUTES,
                kind == "standby",
            )
        )


def _offset(text: str) -> str:
    match = re.search(r"\d([+-]\d{2}:\d{2})$", text)
    return match[1] if match else ""


def _person(old: OldRoster, cells: Sequence[str], fields: Mapping[str, int]) -> str:
    """The service number of a row, after its facts are kept; empty if the row names nobody."""
    facts = {name: text for name in _PERSON_FIELDS if (text := _cell(cells, fields.get(name)))}
    name = facts.get("name", "")
    identity = facts.pop("id", "")
    if not identity and name:
        known = next((one for one, known in old.people.items() if known.get("name") == name), None)
        identity = known or f"{len(old.people) + 1:03d}"
        old.numbered = True
    if identity:
        old.people.setdefault(identity, {}).update(facts)
    return identity


def _grid_head(sheet: Sheet, path: Path, label: str) -> tuple[int, dict[int, int]]:
    """Index of the heading row, and the date of each of its columns; no dates if this is no grid."""
    best: tuple[int, dict[int, int]] = (0, {})
    numbered: tuple[int, list[int]] = (0, [])
    for index, (_line, cells) in enumerate(sheet.rows[:_SEARCHED]):
        dates = _dates(cells, label)
        if len(dates) > len(best[1]) and len(dates) >= _LEAST_DATES:
            best = index, dates
        run = _day_numbers(cells)
        if len(run) > len(numbered[1]):
            numbered = index, run
    if best[1] or len(numbered[1]) < _LEAST_DATES + 1:
        return best
    index, columns = numbered
    above = (cell for _line, cells in sheet.rows[: index + 1] for cell in cells)
    month = _month_of((*above, sheet.name, path.stem))
    if month is None:
        message = _(
            "the columns are numbered by days, but nothing says of which month. Write it above them, "
            "such as November 2024."
        )
        raise InputError([Complaint(message, Place(label, sheet.rows[index][0]))], label)
    return index, dict(_numbered_dates(sheet.rows[index][1], columns, *month))


def _dates(cells: Sequence[str], label: str) -> dict[int, int]:
    """Columns whose headings are whole dates."""
    texts = {column: " ".join(cell.split()) for column, cell in enumerate(cells) if cell.strip()}
    try:
        day_first = day_comes_first(((0, text) for text in texts.values()), label)
    except InputError:
        day_first = True
    found: dict[int, int] = {}
    for column, text in texts.items():
        day = _date(text, day_first)
        if day is not None:
            found[column] = day
    return found


def _date(text: str, day_first: bool) -> int | None:
    if not text.isdigit():
        try:
            moment = read_moment(text, day_first)
        except ValueError:
            moment = None
        if moment is not None and moment.day is not None and moment.clock in (None, 0):
            return moment.day
    match = _DAY_MONTH.fullmatch(text)
    month = _MONTHS.get(match[2][:3].casefold()) if match else None
    if match is None or month is None or not match[3]:
        return None
    return _ordinal(int(match[3]) % 100 + 2000, month, int(match[1]))


def _ordinal(year: int, month: int, day: int) -> int | None:
    try:
        return dt.date(year, month, day).toordinal()
    except ValueError:
        return None


def _day_numbers(cells: Sequence[str]) -> list[int]:
    """Columns that count days: whole numbers one after another, beginning anew with a new month."""
    best: list[int] = []
    run: list[int] = []
    for column, cell in enumerate(cells):
        number = int(cell) if cell.strip().isdigit() and len(cell.strip()) <= 2 else 0
        before = int(cells[run[-1]]) if run else 0
        follows = run and column == run[-1] + 1 and (number == before + 1 or (number == 1 and before >= 28))
        if 1 <= number <= 31:
            run = [*run, column] if follows else [column]
            best = run if len(run) > len(best) else best
        else:
            run = []
    return best


def _numbered_dates(cells: Sequence[str], columns: Sequence[int], year: int, month: int) -> Iterator[tuple[int, int]]:
    before = 0
    for column in columns:
        number = int(cells[column])
        if number < before:
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        before = number
        day = _ordinal(year, month, number)
        if day is not None:
            yield column, day


def _month_of(texts: Iterable[str]) -> tuple[int, int] | None:
    """The first month with its year that some texts name."""
    for text in texts:
        for match in _MONTH_YEAR.finditer(text):
            month = _MONTHS.get(match[1][:3].casefold())
            if month:
                return int(match[2]), month
        for match in _NUMBER_MONTH.finditer(text):
            year, month = (int(match[2]), int(match[1])) if match[1] else (int(match[3]), int(match[4]))
            if 1 <= month <= 12 and 1950 <= year <= 2199:
                return year, month
    return None


def _read_grid(old: OldRoster, sheet: Sheet, head: int, days: Mapping[int, int], site: str) -> None:
    cells = sheet.rows[head][1]
    first = min(days)
    fields = {name: column for name, column in _fields(cells).items() if column < first}
    if not {"id", "name"} & set(fields):
        texts = [column for column in range(first) if _is_text(sheet, head, column)]
        if not texts:
            message = _("no column before the dates says who serves; give it the heading name.")
            raise InputError([Complaint(message, Place(old.file, sheet.rows[head][0]))], old.file)
        fields["name"] = texts[0]
    _note_days(old, days.values())
    _read_legend(old, sheet, head)
    heading = ""
    used = {_cell(row, column).casefold() for _line, row in sheet.rows[head + 1 :] for column in days}
    for _line, row in sheet.rows[head + 1 :]:
        if any(name in used for name, _times in _legend_of(row)):
            continue
        dated = {day: " ".join(text.split()) for column, day in days.items() if (text := _cell(row, column))}
        words = [text for column in range(min(first, len(row))) if (text := _cell(row, column))]
        if not dated:
            heading = words[0] if len(words) == 1 and not _LEGEND.search(words[0]) else heading
            continue
        if not any(_cell(row, fields.get(name)) for name in ("id", "name")) or _is_sum(row, fields, dated):
            continue
        person = _person(old, row, fields)
        is_team = heading.casefold().startswith(("regu", "team", "squad", "group", "grup", "pleton"))
        if heading and is_team:
            old.people[person].setdefault("team", heading)
        place = (_cell(row, fields.get("site")) or site, _cell(row, fields.get("post")) or ("" if is_team else heading))
        for day, text in dated.items():
            old.served += _duties(person, day, text, *place)


def _is_text(sheet: Sheet, head: int, column: int) -> bool:
    """Whether a column holds words rather than numbers."""
    below = [_cell(cells, column) for _line, cells in sheet.rows[head + 1 : head + 1 + _SEARCHED]]
    return sum(bool(re.search(r"[^\W\d_]{2}", text)) for text in below) > len([text for text in below if text]) / 2


def _is_sum(row: Sequence[str], fields: Mapping[str, int], dated: Mapping[int, str]) -> bool:
    """Whether a row counts people instead of naming one: numbers under all dates, or named so."""
    name = _cell(row, fields.get("name")) or _cell(row, fields.get("id"))
    return name.casefold().startswith(("total", "jumlah", "sum")) or (
        len(dated) > _LEAST_DATES
        and "id" in fields
        and not _cell(row, fields["id"])
        and all(text.isdigit() for text in dated.values())
    )


def _note_days(old: OldRoster, days: Iterable[int]) -> None:
    every = [*days, *(one for one in old.days if one)]
    old.days = min(every), max(every)


def _read_legend(old: OldRoster, sheet: Sheet, head: int) -> None:
    """Shifts that a legend explains anywhere on the sheet, such as P = Pagi (07.00-15.00)."""
    for index, (_line, cells) in enumerate(sheet.rows):
        for name, times in _legend_of(cells) if index != head else ():
            old.clocks.setdefault(name, times)


def _legend_of(cells: Sequence[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Shifts with their start and end that a row explains, in a cell or spread over a few."""
    texts = [cell for cell in cells if cell]
    joined = _TWO_CLOCKS.sub(r"\1-\2", " ".join(texts)) if len(texts) <= 6 else ""
    for text in (*texts, joined):
        for match in _LEGEND.finditer(text):
            start, end = (_clock(one) for one in match.groups()[1:])
            name = match[1].strip(" =:(").split("=")[0].strip()
            if name and start is not None and end is not None:
                yield name.casefold(), (start, end)


def _clock(text: str) -> int | None:
    hours, minutes = re.split(r"[.:]", text)
    total = int(hours) * 60 + int(minutes)
    return total % DAY_MINUTES if total <= DAY_MINUTES and int(minutes) < 60 else None


def _duties(person: str, day: int, text: str, site: str, post: str) -> Iterator[Served]:
    """The duties in a cell such as ``day office/gate``, ``D``, ``gate N`` or ``(night)``; several are joined by +."""
    for part in re.split(r"\s\+\s|[\r\n]+", text):
        standby = part.startswith("(") and part.endswith(")")
        words = _KINDS.sub("", part.strip("() !"))
        place = re.search(r"(?<!\S)([^\s/]+)/([^\s/]+)(?!\S)", words)
        if place and not place[0][0].isdigit():
            shift = words[: place.start()].strip()
            shift = re.sub(r"\s*\d{1,2}[:.]\d{2}(\s*-\s*\d{1,2}[:.]\d{2})?$", "", shift)
            yield Served(person, day, shift, place[1], place[2], standby=standby)
        else:
            yield Served(person, day, words, site, post, standby=standby)
