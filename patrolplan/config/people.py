"""People, their absences and what they served before, from tables and from the operation file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from patrolplan.config.calendar import Calendar
from patrolplan.config.documents import (
    AbsenceDoc,
    ContractDoc,
    CounterDoc,
    Document,
    PersonDoc,
    PersonnelDoc,
    PlaceholderDoc,
)
from patrolplan.config.folder import Folder
from patrolplan.config.shape import Named, field_types, walk
from patrolplan.config.source import Mark, Node
from patrolplan.config.wording import shown, validated
from patrolplan.errors import Complaint, InputError, Place, nearest
from patrolplan.language import _
from patrolplan.problem import FOREVER, NOTHING_COUNTED, Absence, Counted, Person
from patrolplan.spreadsheet_dates import day_comes_first, read_moment
from patrolplan.tables import Row, Table, headings_text, parse_any
from patrolplan.units import DAY_MINUTES, clock_text, date_text
from patrolplan.workbooks import UNREADABLE, WORKBOOKS

SYNONYMS: dict[str, tuple[str, ...]] = {
    "id": ("nrp", "nip", "service number", "service no", "service_number", "no. nrp", "personnel number"),
    "name": ("nama", "nama lengkap", "full name"),
    "rank": ("pangkat",),
    "unit": ("satuan", "kesatuan"),
    "team": ("regu", "squad"),
    "sex": ("jenis kelamin", "gender", "l/p", "kelamin"),
    "qualifications": ("qualification", "kualifikasi", "keahlian"),
    "years": ("years of service", "masa dinas", "masa kerja"),
    "contract": ("kontrak",),
    "trained_for": ("trained for",),
    "not_at": ("not at",),
    "home": ("alamat", "address"),
    "pay": ("upah", "upah per jam", "pay per hour", "hourly pay"),
    "phone": ("telepon", "hp", "no hp", "no. hp", "telephone", "mobile"),
    "from": ("dari", "mulai"),
    "until": ("sampai", "hingga"),
    "person": ("id", "nrp", "nip", "service number", "service no", "service_number", "personnel number"),
    "date": ("tanggal",),
    "dates": (),
    "starts": (),
    "reason": ("alasan", "keterangan"),
}
_LISTED = ("qualifications", "trained_for", "not_at")
_DATED = ("from", "until", "date", "dates", "starts")
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_EXPIRY = re.compile(r":\s*([^\s;,|:]+)")
_AMOUNT = re.compile(r"\d+(?:[.,]\d+)?\s*(?:h(?:\d+m)?)?")
_LOST_DIGITS = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
FULL_SHARE = {"full": 1.0, "part": 0.5}
"""Contracts that exist in every operation, with their shares."""


@dataclass(slots=True)
class Entry:
    """One person as read."""

    doc: PersonDoc
    place: Place
    placeholder: bool = False


@dataclass(slots=True)
class Staff:
    """Everybody who was read, and what was wrong.

    Attributes
    ----------
    named
        Names of ranks, sites, phases ... in the tables and lists, still to be checked.
    """

    entries: list[Entry] = field(default_factory=list)
    absences: list[tuple[AbsenceDoc, Mark]] = field(default_factory=list)
    counters: list[tuple[CounterDoc, Mark]] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    warnings: list[Complaint] = field(default_factory=list)


def read_staff(root: Node, folder: Folder) -> Staff:
    """Read ``personnel``, ``absences`` and ``counters`` of an operation, with the files that they name."""
    staff = Staff()
    personnel = root.children.get("personnel")
    if personnel is not None and personnel.value is not None:
        _read_personnel(staff, personnel, folder)
    absences = root.children.get("absences")
    if absences is not None and absences.value is not None:
        for node in _rows(staff, _as_list(absences), folder, _absence_table):
            _add_absence(staff, node)
    counters = root.children.get("counters")
    if counters is not None and counters.value is not None:
        for node in _rows(staff, _as_list(counters), folder, _counter_table):
            _add_counter(staff, node)
    _refuse_twins(staff)
    return staff


def _read_personnel(staff: Staff, node: Node, folder: Folder) -> None:
    if not isinstance(node.value, dict):
        for one in _rows(staff, _as_list(node), folder, _person_table({})):
            _add_person(staff, one)
        return
    people = node.children.get("people", Node([]))
    if not isinstance(people.value, list):
        staff.complaints.append(Complaint(_("people must be a list."), people.mark.place, people.mark.width))
    rest = node.with_children({key: child for key, child in node.children.items() if key != "people"}, node.keys)
    document, found = validated(rest, PersonnelDoc)
    staff.complaints += [complaint for _path, complaint in found]
    staff.named += [one for one in walk(rest, PersonnelDoc) if isinstance(one, Named)]
    if document is None:
        return
    wrong = [name for name in document.columns if name.partition("@")[0] not in field_types(PersonDoc)]
    for name in wrong:
        key = node.children["columns"].key_mark(name)
        hint = nearest(name, field_types(PersonDoc))
        staff.complaints.append(
            Complaint(
                _('there is no column "{name}" for people.{hint}').format(name=name, hint=hint), key.place, key.width
            )
        )
    files = _as_list(node.children["files"]) if "files" in node.children else []
    columns = document.columns
    for one in _rows(staff, [*files, *people.entries], folder, _person_table(columns), columns.values()):
        _add_person(staff, one)
    _add_placeholders(staff, document.placeholders, node.key_mark("placeholders").place)


def _as_list(node: Node) -> list[Node]:
    return node.entries if isinstance(node.value, list) else [node]


Reader = Callable[[Staff, Table], list[Node]]


def _rows(
    staff: Staff, items: Sequence[Node], folder: Folder, reader: Reader, mapped: Iterable[str] = ()
) -> list[Node]:
    """Nodes from the list itself and from the tables that it names.

    Parameters
    ----------
    mapped
        Headings that stand in a column map.
    """
    known = {*SYNONYMS, *(one for names in SYNONYMS.values() for one in names), *(one.lower() for one in mapped)}
    found: list[Node] = []
    for item in items:
        if isinstance(item.value, dict):
            found.append(item)
        elif not isinstance(item.value, str):
            message = _("the name of a file or an entry in {{ }} was expected, not {given}.").format(
                given=shown(item.plain())
            )
            staff.complaints.append(Complaint(message, item.mark.place, item.mark.width))
        else:
            try:
                found += reader(staff, _table(item, folder, known))
            except InputError as error:
                staff.complaints += error.complaints
    return found


def _table(item: Node, folder: Folder, known: Collection[str]) -> Table:
    """The table of a file, ``people.csv``, ``people.xlsx`` or ``people.xlsx#Sheet``."""
    named, _hash, sheet = item.value.partition("#")
    if not named.lower().endswith(WORKBOOKS) or folder.locate(item.value, item.mark).exists():
        named, sheet = item.value, ""
    path = folder.locate(named, item.mark)
    label = folder.label(path)
    if path.suffix.lower() in UNREADABLE:
        words = _("{ending} workbooks are not read; save {file} as .xlsx or as CSV UTF-8 and name that file.")
        message = words.format(ending=path.suffix, file=path.name)
        raise InputError([Complaint(message, item.mark.place, item.mark.width)], label)
    if not path.exists():
        raise InputError(
            [Complaint(_('there is no file "{value}".').format(value=named), item.mark.place, item.mark.width)], label
        )
    return parse_any(folder.read_bytes(path), label, known, sheet)


def _person_table(columns: Mapping[str, str]) -> Reader:
    def read(staff: Staff, table: Table) -> list[Node]:
        found = _columns(staff, table, (*field_types(PersonDoc),), columns)
        if "id" not in found:
            raise InputError(
                [
                    Complaint(
                        _(
                            "no column holds the service number (id). The headings are: {headings}. Rename one to "
                            "id, or say which it is: personnel: {{files: ..., columns: {{id: {as_value}}}}}."
                        ).format(headings=headings_text(table), as_value=_as_value(table.headings[0] or "NRP")),
                        Place(table.file, 1),
                    )
                ],
                table.file,
            )
        table = _with_iso_dates(table, found)
        phases = {heading.lower(): heading[5:] for heading in table.headings if heading.lower().startswith("team@")}
        phases |= {columns[key].lower(): key[5:] for key in columns if key.startswith("team@")}
        return [_person_node(row, table.file, found, phases) for row in table.rows]

    return read


def _absence_table(staff: Staff, table: Table) -> list[Node]:
    found = _columns(staff, table, (*field_types(AbsenceDoc),), {})
    if "person" not in found:
        message = _("no column holds the person. The headings are: {headings}. Rename one to person.").format(
            headings=headings_text(table)
        )
        raise InputError([Complaint(message, Place(table.file, 1))], table.file)
    table = _with_zeros(staff, _with_iso_dates(table, found), found["person"])
    return [_row_node(row, table.file, found) for row in table.rows]


def _with_zeros(staff: Staff, table: Table, heading: str) -> Table:
    """The table with the zeros before service numbers that a spreadsheet took for numbers."""
    known = {entry.doc.id for entry in staff.entries}
    short: dict[str, list[str]] = {}
    for one in known:
        short.setdefault(one.lstrip("0"), []).append(one)

    def whole(row: Row) -> Row:
        text = row.cells.get(heading, "")
        found = short.get(text, []) if text.isdigit() and text not in known else []
        return Row(row.line, {**row.cells, heading: found[0]}) if len(found) == 1 else row

    return replace(table, rows=[whole(row) for row in table.rows])


def _counter_table(staff: Staff, table: Table) -> list[Node]:
    found = _columns(staff, table, (*field_types(CounterDoc),), {})
    if "person" not in found:
        message = _("no column holds the person. The headings are: {headings}. Rename one to person.").format(
            headings=headings_text(table)
        )
        raise InputError([Complaint(message, Place(table.file, 1))], table.file)
    names = ", ".join(name for name in field_types(CounterDoc) if name != "person")
    if len(found) == 1:
        message = _("no column holds a number. The headings are: {headings}. They may be {names}.").format(
            headings=headings_text(table), names=names
        )
        raise InputError([Complaint(message, Place(table.file, 1))], table.file)
    for heading in table.headings:
        cells = [cell for row in table.rows if (cell := row.cells.get(heading.lower(), "").strip())]
        is_warned_of = any(f'"{heading}"' in one.message for one in staff.warnings if one.place.file == table.file)
        if heading.lower() not in found.values() and not is_warned_of and cells and all(map(_AMOUNT.fullmatch, cells)):
            message = _('the numbers of the column "{heading}" are not used. Counted are {names}.').format(
                heading=heading, names=names
            )
            staff.warnings.append(Complaint(message, Place(table.file, 1)))
    table = _with_zeros(staff, table, found["person"])
    return [_row_node(row, table.file, found) for row in table.rows]


def _as_value(text: str) -> str:
    """A text as it can stand inside { } of the operation file."""
    return text if re.fullmatch(r"\w[\w ]*", text) else f'"{text}"'


def _columns(staff: Staff, table: Table, fields: Sequence[str], mapped: Mapping[str, str]) -> dict[str, str]:
    """The heading (lower case) of each field that the table has."""
    headings = [heading.lower() for heading in table.headings]
    found: dict[str, str] = {}
    for name, heading in mapped.items():
        if heading.lower() in headings:
            found[name] = heading.lower()
        else:
            hint = nearest(heading, table.headings) or " " + _("The headings are: {headings}.").format(
                headings=headings_text(table)
            )
            staff.complaints.append(
                Complaint(
                    _('there is no column "{heading}" for {name}.{hint}').format(heading=heading, name=name, hint=hint),
                    Place(table.file, 1),
                )
            )
    for name in fields:
        options = [name, *SYNONYMS.get(name, ())]
        match = next((one for one in options if one in headings and one not in found.values()), None)
        if match and name not in found:
            found[name] = match
    known = [*fields, *(one for name in fields for one in SYNONYMS.get(name, ()))]
    for heading in table.headings:
        unused = heading.lower() not in (*found.values(), *known) and "@" not in heading
        close = difflib.get_close_matches(heading.lower(), known, n=1, cutoff=0.8) if unused else []
        if close:
            message = _('the column "{heading}" is not used. Did you mean "{close}"?').format(
                heading=heading, close=close[0]
            )
            staff.warnings.append(Complaint(message, Place(table.file, 1)))
    return found


def _with_iso_dates(table: Table, columns: Mapping[str, str]) -> Table:
    """The table with the dates of spreadsheets, such as 01.03.2026, written with the year first.

    Raises
    ------
    InputError
        If a date with slashes may mean two days and nothing in the file tells which.
    """
    dated = {heading for name, heading in columns.items() if name in _DATED}
    if table.sheet:
        table = _without_midnights(table, dated)
    held = columns.get("qualifications", "")
    cells = [(row.line, part) for row in table.rows for part in _date_parts(row, dated, held)]
    if all(not part or _ISO.match(part) for _line, part in cells):
        return table
    day_first = day_comes_first(cells, table.file)

    def rewritten(heading: str, text: str) -> str:
        if heading in dated:
            return "..".join(_iso(part, day_first) for part in text.split(".."))
        return _EXPIRY.sub(lambda one: f":{_iso(one[1], day_first)[:10]}", text) if heading == held else text

    rows = [Row(row.line, {name: rewritten(name, text) for name, text in row.cells.items()}) for row in table.rows]
    return replace(table, rows=rows)


def _without_midnights(table: Table, dated: Collection[str]) -> Table:
    """The table of a workbook, whose bare dates may be stored as moments at midnight, with these as dates."""
    rows = [
        Row(
            row.line, {name: text.removesuffix(" 00:00") if name in dated else text for name, text in row.cells.items()}
        )
        for row in table.rows
    ]
    return replace(table, rows=rows)


def _date_parts(row: Row, dated: Collection[str], held: str) -> Iterator[str]:
    """Every text of a row that should be a date."""
    for heading in dated:
        yield from (part.strip() for part in row.cells.get(heading, "").split(".."))
    yield from (match[1] for match in _EXPIRY.finditer(row.cells.get(held, "")))


def _iso(text: str, day_first: bool) -> str:
    """A date or moment with the year first; text that is none stays as it is, and is refused later."""
    if not text or _ISO.match(text.strip()):
        return text
    try:
        moment = read_moment(text, day_first)
    except ValueError:
        return text
    if moment.day is None or moment.instant is not None:
        return text
    return date_text(moment.day) + ("" if moment.clock is None else f" {clock_text(moment.clock)}")


def _row_node(row: Row, file: str, columns: Mapping[str, str]) -> Node:
    mark = Mark(Place(file, row.line))
    children: dict[str, Node] = {}
    for name, heading in columns.items():
        text = row.cells.get(heading, "").strip()
        if text and name in _LISTED:
            children[name] = Node(
                [Node(one, mark) for one in re.split(r"\s*[;,|]\s*", text) if one not in ("", "-")], mark
            )
        elif text:
            children[name] = Node(text, mark)
    return Node(children, mark)


def _person_node(row: Row, file: str, columns: Mapping[str, str], phases: Mapping[str, str]) -> Node:
    node = _row_node(row, file, {name: heading for name, heading in columns.items() if "@" not in name})
    teams = {phase: Node(row.cells[heading], node.mark) for heading, phase in phases.items() if row.cells.get(heading)}
    if teams:
        node.children["team_by_phase"] = Node(teams, node.mark)
    return node


def _add_person(staff: Staff, node: Node) -> None:
    node = _with_qualifications(node)
    document, found = validated(node, PersonDoc)
    staff.complaints += [complaint for _path, complaint in found]
    staff.named += [one for one in walk(node, PersonDoc) if isinstance(one, Named)]
    if document is None:
        return
    if not document.id.strip():
        staff.complaints.append(Complaint(_("the service number (id) is empty."), node.mark.place, node.mark.width))
    elif _LOST_DIGITS.fullmatch(document.id):
        message = _(
            "the service number {number} was stored as a number, which keeps only 15 digits. Make the column "
            "text in the spreadsheet and enter the numbers again."
        ).format(number=document.id)
        staff.complaints.append(Complaint(message, node.mark.place, node.mark.width))
    else:
        staff.entries.append(Entry(document, _id_place(node)))


def _id_place(node: Node) -> Place:
    return node.children["id"].mark.place if "id" in node.children else node.mark.place


def _with_qualifications(node: Node) -> Node:
    """Qualifications as a mapping from name to last valid date, however they are written."""
    given = node.children.get("qualifications")
    if given is None or isinstance(given.value, dict) or given.value is None:
        return node
    items = (
        given.entries
        if isinstance(given.value, list)
        else [Node(one, given.mark) for one in re.split(r"\s*[;,|]\s*", str(given.value)) if one]
    )
    children: dict[str, Node] = {}
    keys: dict[str, Mark] = {}
    for item in items:
        name, _colon, date = str(item.plain()).partition(":")
        children[name.strip()] = Node(date.strip() or None, item.mark)
        keys[name.strip()] = item.mark
    return node.with_children({**node.children, "qualifications": Node(children, given.mark, keys)}, node.keys)


def _add_placeholders(staff: Staff, given: int | tuple[PlaceholderDoc, ...], place: Place) -> None:
    groups = (
        (PlaceholderDoc.model_validate({"count": given}),)
        if isinstance(given, int) and given
        else given
        if isinstance(given, tuple)
        else ()
    )
    counted: dict[str, int] = {}
    width = len(str(sum(group.count for group in groups)))
    for group in groups:
        for _each in range(group.count):
            counted[group.prefix] = counted.get(group.prefix, 0) + 1
            identity = f"{group.prefix}{counted[group.prefix]:0{width}d}"
            values: dict[str, Any] = group.model_dump(exclude={"count", "prefix", "qualifications"})
            document = PersonDoc.model_construct(
                id=identity, name=identity, team_by_phase={}, years=None, home="", phone="",
                qualifications=dict.fromkeys(group.qualifications), **values,
            )  # fmt: skip
            staff.entries.append(Entry(document, place, True))


def _add_absence(staff: Staff, node: Node) -> None:
    document, found = validated(node, AbsenceDoc)
    staff.complaints += [complaint for _path, complaint in found]
    staff.named += [one for one in walk(node, AbsenceDoc) if isinstance(one, Named)]
    if document is not None:
        staff.absences.append((document, node.mark))


def _add_counter(staff: Staff, node: Node) -> None:
    """One person's numbers; those of several files add up, two entries in one file are taken for a mistake."""
    document, found = validated(node, CounterDoc)
    staff.complaints += [complaint for _path, complaint in found]
    staff.named += [one for one in walk(node, CounterDoc) if isinstance(one, Named)]
    if document is None:
        return
    for other, mark in staff.counters:
        if other.person == document.person and mark.place.file == node.mark.place.file:
            message = _('"{person}" is counted twice: also at {place}. Put both into one entry.').format(
                person=document.person, place=mark.place
            )
            staff.complaints.append(Complaint(message, node.mark.place, node.mark.width))
            return
    staff.counters.append((document, node.mark))


def _refuse_twins(staff: Staff) -> None:
    seen: dict[str, Place] = {}
    for entry in staff.entries:
        identity = entry.doc.id
        if identity in seen:
            message = _('the service number "{identity}" is listed twice: also at {seen}.').format(
                identity=identity, seen=seen[identity]
            )
            staff.complaints.append(Complaint(message, entry.place))
        seen.setdefault(identity, entry.place)


def build_people(
    staff: Staff, document: Document, calendar: Calendar, sites: Sequence[str], double: int = 0
) -> tuple[list[Person], list[Complaint]]:
    """Frozen people from what was read; every name in it is known to exist.

    Parameters
    ----------
    sites
        Names of the sites, in the order of their indices.
    double
        Most minutes of a double duty where a contract says nothing; 0 for none.
    """
    complaints: list[Complaint] = []
    absences: dict[str, list[Absence]] = {}
    for doc, mark in staff.absences:
        for absence in _absence_spans(doc, calendar, mark.place):
            if absence.end <= absence.start:
                complaints.append(Complaint(_("the absence ends before it starts."), mark.place, mark.width))
            absences.setdefault(doc.person, []).append(absence)
    counted: dict[str, Counted] = {}
    for one, _mark in staff.counters:
        counted[one.person] = counted.get(one.person, NOTHING_COUNTED) + _counted(one)
    people = []
    for entry in staff.entries:
        attached, problem = _attached(entry, calendar)
        complaints += problem
        person = _person(entry, document, calendar, sites, (*attached, *absences.get(entry.doc.id, [])), double)
        people.append(replace(person, counted=counted.get(entry.doc.id, NOTHING_COUNTED)))
    return people, complaints


def _counted(doc: CounterDoc) -> Counted:
    return Counted(doc.duties, doc.hours, doc.nights, doc.weekends, doc.weekend_duties, doc.holidays)


def far_absences(staff: Staff, calendar: Calendar) -> list[Complaint]:
    """Warnings about absences more than a year away from the operation."""
    year = 365 * DAY_MINUTES
    found = []
    for doc, mark in staff.absences:
        spans = _absence_spans(doc, calendar, mark.place)
        message = ""
        if all(one.end < calendar.start - year for one in spans):
            message = _("this absence lies more than a year before the operation; is the year right?")
        elif all(one.start > calendar.end + year for one in spans):
            message = _("this absence lies more than a year after the operation; is the year right?")
        if message:
            found.append(Complaint(message, mark.place, mark.width))
    return found


def _absence_spans(doc: AbsenceDoc, calendar: Calendar, place: Place) -> list[Absence]:
    reason = doc.reason or "absent"
    if doc.starts is not None:
        return [Absence(*span, reason, True, place) for span in calendar.whole_dates(doc.starts)]
    dates = doc.dates or doc.date
    if dates is not None:
        return [Absence(*span, reason, False, place) for span in calendar.whole_dates(dates)]
    start = calendar.first_minute(doc.from_) if doc.from_ else -FOREVER
    end = calendar.last_minute(doc.until) if doc.until else FOREVER
    return [Absence(start, end, reason, False, place)]


def _attached(entry: Entry, calendar: Calendar) -> tuple[list[Absence], list[Complaint]]:
    """The time before and after a person belongs to the operation."""
    doc, found = entry.doc, []
    start = calendar.instant(doc.from_) if doc.from_ else -FOREVER
    end = calendar.instant(doc.until) if doc.until else FOREVER
    if end <= start:
        return [], [Complaint(_("{id} leaves (until) before arriving (from).").format(id=doc.id), entry.place)]
    if doc.from_:
        found.append(Absence(-FOREVER, start, _("not yet here"), False, entry.place))
    if doc.until:
        found.append(Absence(end, FOREVER, _("no longer here"), False, entry.place))
    return found, []


def _person(
    entry: Entry,
    document: Document,
    calendar: Calendar,
    sites: Sequence[str],
    absences: Sequence[Absence],
    double: int,
) -> Person:
    doc = entry.doc
    rank = document.ranks.index(doc.rank) if doc.rank and document.ranks else None
    contract = document.contracts.get(doc.contract or "full")
    numbers = {name: index for index, name in enumerate(sites)}
    return Person(
        id=doc.id,
        name=doc.name or doc.id,
        rank=rank,
        unit=doc.unit,
        team=doc.team,
        team_spans=tuple(sorted((*calendar.phases[phase], team) for phase, team in doc.team_by_phase.items())),
        sex=doc.sex,
        qualifications=_qualifications(doc, rank, document),
        years=doc.years,
        contract=doc.contract or "full",
        share=_share(doc.contract or "full", contract),
        trained_for=frozenset(numbers[name] for name in doc.trained_for),
        not_at=frozenset(numbers[name] for name in doc.not_at),
        absences=tuple(sorted(absences, key=lambda one: (one.start, one.end))),
        home=doc.home,
        phone=doc.phone,
        placeholder=entry.placeholder,
        notice=contract.notice or 0 if contract else 0,
        double=contract.double.max if contract and contract.double else double,
        standby=contract.standby if contract else None,
        pay=doc.pay if doc.pay is not None or contract is None else contract.pay,
        place=entry.place,
    )


def _share(name: str, contract: ContractDoc | None) -> float:
    """The share of a contract; one that is only given a title or a notice keeps its own."""
    if contract is not None and "share" in contract.model_fields_set:
        return contract.share
    return FULL_SHARE.get(name, 1.0)


def _qualifications(doc: PersonDoc, rank: int | None, document: Document) -> dict[str, int]:
    """What the person holds by the list, and by sex, years and rank."""
    held = {name: FOREVER if last is None else last for name, last in doc.qualifications.items()}
    for name, rule in document.qualifications.items():
        if rule is None or (rule.sex is None and rule.years is None and rule.rank is None):
            continue
        if rule.sex and doc.sex != rule.sex:
            continue
        if rule.years is not None and (doc.years is None or doc.years < rule.years):
            continue
        if rule.rank is not None and (rank is None or rank < document.ranks.index(rule.rank)):
            continue
        held[name] = FOREVER
    return held
