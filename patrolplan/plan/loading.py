"""Reading an operation with everything that belongs to it: history, other operations, a kept roster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from patrolplan import config
from patrolplan.config.calendar import Moment
from patrolplan.config.merging import Variant
from patrolplan.errors import Complaint, Place
from patrolplan.findings import Severity
from patrolplan.formats.grid import is_grid, read_grid
from patrolplan.formats.roster_csv import COLUMNS, RosterFile, read_roster
from patrolplan.formats.roster_json import is_json, roster_json_table
from patrolplan.formats.sheets import other_sheets
from patrolplan.formats.sidecar import KEPT
from patrolplan.language import _, figures, plural
from patrolplan.plan.files import sha256_text
from patrolplan.plan.pinning import with_pins
from patrolplan.plan.versions import Version, published_version, roster_path
from patrolplan.problem import FOREVER, Absence, Demand, Problem, Window
from patrolplan.roster import Duty, Roster, held_duties, make_roster
from patrolplan.rules.pins.spec import Pins
from patrolplan.tables import (
    Row,
    Table,
    chosen_table,
    decode,
    decode_sheet,
    parse_table,
    read_bytes,
    workbook_tables,
)
from patrolplan.units import Span, date_text
from patrolplan.workbooks import is_workbook

_WHO_AND_WHEN = ("person", "name", "date", "start", "end_date", "end", "kind")
_SHEETS = (("person", "start", "end"), ("name", "start", "end"), ("date", "shift"), ("person",), ("name",))
"""Headings of the sheet that holds the roster in a workbook: the full table before a grid."""


@dataclass(frozen=True)
class Operation:
    """An operation that is ready to be planned or audited.

    Attributes
    ----------
    path
        The operation file.
    problem
        The facts, with history and kept duties.
    kept
        The kept roster as it was read, outside the planning window.
    warnings
        What deserves a look.
    start
        A roster with which a search begins, or None.
    """

    path: Path
    problem: Problem
    kept: Roster
    warnings: tuple[Complaint, ...] = ()
    start: Roster | None = None


def load_operation(
    path: Path,
    *,
    window: tuple[Moment | None, Moment | None] = (None, None),
    keep: Path | None = None,
    variant: Variant | None = None,
) -> Operation:
    """Read an operation file and the rosters that it builds on.

    Parameters
    ----------
    window
        First and last moment of the part that is planned; None for the operation's own.
    keep
        A roster whose duties outside the window are given; or a published version or the folder of all, and then the
        window begins where that ends, unless it is said otherwise.
    variant
        What is changed of the operation; None for nothing.

    Raises
    ------
    InputError
        With everything that is wrong.
    """
    version = published_version(keep) if keep is not None else None
    if version is not None:
        keep = version.path
        window = (version.until, None) if window == (None, None) else window
    loaded = config.load(path, window=window, variant=variant)
    problem, warnings = loaded.problem, list(loaded.warnings)
    history: list[Duty] = []
    for one in loaded.history:
        past = _read(problem, one, warnings)
        problem = _with_source(problem, one, _name(path, one))
        history += [duty for duty in past.roster.duties if duty.start < problem.start]
    published: list[Duty] = []
    for one in loaded.published:
        known = _read(problem, one, warnings)
        problem = _with_source(problem, one, _name(path, one))
        published += [duty for duty in known.roster.duties if problem.start <= duty.start < problem.end]
    problem = _with_pins(problem, loaded.pinned, path, warnings)
    for one in loaded.busy:
        problem = _with_source(_block(problem, one), one, _name(path, one))
    warnings += _history_remarks(problem, loaded.history, history)
    warnings += _published_remarks(problem, loaded.published, published)
    warnings += _keep_remarks(problem, window, keep)
    if version is not None:
        warnings += _version_remarks(problem, version)
    kept: list[Duty] = []
    if keep is not None:
        given = _read(problem, keep, warnings)
        problem = _with_source(problem, keep, KEPT + keep.name)
        first, last = problem.window
        kept = [duty for duty in given.roster.duties if duty.start >= problem.start and not first <= duty.start < last]
        history += [duty for duty in given.roster.duties if duty.start < problem.start]
    problem = replace(problem, history=held_duties(history), held=held_duties(kept), published=held_duties(published))
    if problem.window != (0, FOREVER):
        problem = _only_window(problem)
    roster = make_roster(problem, (stretch for duty in kept for stretch in duty.stretches))
    return Operation(path, problem, roster, tuple(warnings))


def _with_pins(problem: Problem, pinned: Mapping[str, Path], operation: Path, warnings: list[Complaint]) -> Problem:
    """The problem with the duties that rosters pin."""
    rules = []
    for rule in problem.rules:
        if isinstance(rule.spec, Pins) and rule.spec.from_:
            path = pinned[rule.spec.from_]
            file = _read(problem, path, [] if _name(operation, path) in problem.sources else warnings)
            problem = _with_source(problem, path, _name(operation, path))
            rule, remarks = with_pins(problem, rule, file, path)
            warnings += [one for one in remarks if one not in warnings]
        rules.append(rule)
    return replace(problem, rules=tuple(rules))


def _history_remarks(problem: Problem, files: Sequence[Path], history: Sequence[Duty]) -> list[Complaint]:
    """What deserves a look about earlier rosters."""
    if not files:
        return []
    name = ", ".join(path.name for path in files)
    if not history:
        start = problem.zone.moment_text(problem.start)
        return [
            Complaint(
                _("no duty of it lies before the operation ({start}), so it counts for nothing.").format(start=start),
                Place(name),
            )
        ]
    last = max(duty.day for duty in history)
    missing = problem.first_day - last - 1
    if missing < 1:
        return []
    end = problem.zone.day_text(last)
    return [
        Complaint(
            _("its last duty is {end}; {missing} dates before the operation are empty.").format(
                end=end, missing=missing
            ),
            Place(name),
        )
    ]


def _published_remarks(problem: Problem, files: Sequence[Path], published: Sequence[Duty]) -> list[Complaint]:
    """Where a published roster says nothing of some dates, so that every duty there is a change."""
    if not files:
        return []
    place = Place(", ".join(path.name for path in files))
    if not published:
        return [Complaint(_("no duty of it lies in the operation, so nothing is compared with it."), place)]
    last = max(duty.day for duty in published)
    unlimited = any(rule.name == "stability" and rule.during is None for rule in problem.rules)
    if last >= problem.last_day or not unlimited:
        return []
    end = problem.zone.day_text(last)
    message = _(
        "its last duty is {end}; later duties all count as changed; let the rule end there with during."
    ).format(end=end)
    return [Complaint(message, place)]


def _keep_remarks(problem: Problem, window: tuple[Moment | None, Moment | None], keep: Path | None) -> list[Complaint]:
    """Where a window and a kept roster do not belong together."""
    if keep is not None and window == (None, None):
        return [Complaint(_("--keep holds what lies outside --from and --until; without these nothing is kept."))]
    if keep is None and problem.window[0] > problem.start:
        start = problem.zone.moment_text(problem.window[0])
        return [
            Complaint(
                _("nothing before {start} is kept; name the roster that holds it with --keep.").format(start=start)
            )
        ]
    return []


def _version_remarks(problem: Problem, version: Version) -> list[Complaint]:
    """Where a published version ends before the planning begins."""
    day, clock = version.until
    ends = problem.zone.instant(day, problem.day_starts if clock is None else clock)
    if ends >= problem.window[0]:
        return []
    first, last = problem.zone.moment_text(ends), problem.zone.moment_text(problem.window[0])
    message = _("version {number} ends {first}; nothing between that and {last} is kept or planned.").format(
        number=version.number, first=first, last=last
    )
    return [Complaint(message, Place(str(version.path)))]


def with_start(operation: Operation, path: Path) -> Operation:
    """An operation with a roster to begin with; rows of it that are not understood are left out and said.

    Raises
    ------
    InputError
        If it cannot be read as a roster at all.
    """
    warnings = list(operation.warnings)
    file = _read(operation.problem, roster_path(path), warnings)
    return replace(operation, start=file.roster, warnings=tuple(warnings))


def load_roster(problem: Problem, path: Path) -> RosterFile:
    """Read a roster file, a published version, or the last version of a folder.

    Raises
    ------
    InputError
        If it cannot be read as a roster at all.
    """
    tables = roster_tables(roster_path(path))
    table = chosen_table(tables, _SHEETS)
    file = understood(problem, table)
    return replace(file, findings=(*file.findings, *other_sheets(problem, file, table, tables)))


def roster_tables(path: Path) -> list[Table]:
    """The table of a roster as CSV or JSON, or those of a workbook.

    Raises
    ------
    InputError
        If the file is none of these.
    """
    label = str(path)
    content = read_bytes(path, label)
    if is_workbook(content):
        return workbook_tables(content, label, (*COLUMNS, "date"))
    if is_json(content):
        return [roster_json_table(decode(content, label), label)]
    return [parse_table(decode_sheet(content, label), label)]


def understood(problem: Problem, table: Table) -> RosterFile:
    """The roster in a table: one row per stretch, or people by dates.

    Raises
    ------
    InputError
        If it is neither.
    """
    return read_grid(problem, table) if is_grid(problem, table) else read_roster(problem, table)


def _read(problem: Problem, path: Path, warnings: list[Complaint]) -> RosterFile:
    """A roster that the plan builds on; rows that are not understood are left out and said once."""
    found = understood(problem, chosen_table(roster_tables(path), _SHEETS))
    warnings += left_out_remarks(path, found)
    return found


def left_out_remarks(path: Path, found: RosterFile) -> list[Complaint]:
    """Which rows of a roster are not understood and left out, said once."""
    left_out = [finding for finding in found.findings if finding.severity is Severity.HARD]
    if not left_out:
        return []
    first = left_out[0]
    of_cell = first.message.endswith(_("The cell is left out."))
    end = _("The cell is left out.") if of_cell else _("The row is left out.")
    words = first.message.removesuffix(end).rstrip(". ")
    others = _others_text(of_cell, [finding.row for finding in left_out[1:]])
    form = _("{words}: the cell is left out{more}.") if of_cell else _("{words}: the row is left out{more}.")
    return [Complaint(form.format(words=words, more=others), Place(str(path), first.row))]


def astray_remarks(problem: Problem, path: Path, roster: Roster) -> list[Complaint]:
    """That most duties of a roster lie outside the operation: it may be the roster of another one."""
    astray = [duty.day for duty in roster.duties if not problem.start <= duty.start < problem.end]
    if 2 * len(astray) <= len(roster.duties):
        return []
    words = _("{count} of {duties} outside the operation's dates ({own}), namely {theirs}; is it another roster?")
    span = _("{first} to {last}")
    message = words.format(
        count=figures(f"{len(astray):,}"),
        duties=plural("{n} duty", "{n} duties", len(roster.duties)),
        own=span.format(first=date_text(problem.first_day), last=date_text(problem.last_day)),
        theirs=span.format(first=date_text(min(astray)), last=date_text(max(astray))),
    )
    return [Complaint(message, Place(str(path)))]


def _others_text(of_cell: bool, rows: Sequence[int], most: int = 10) -> str:
    """Which other rows, or cells of which rows, are left out, too."""
    if not rows:
        return ""
    listed = [str(row) for row in rows[:most]]
    if len(rows) > most:
        listed.append(_("{n} more").format(n=figures(f"{len(rows) - most:,}")))
    names = _(" and ").join(filter(None, (", ".join(listed[:-1]), listed[-1])))
    if of_cell:
        return plural("; so is another in row {rows}", "; so are others in rows {rows}", len(listed), rows=names)
    return plural("; so is row {rows}", "; so are rows {rows}", len(listed), rows=names)


def sources_of(operation: Path, problem: Problem, *more: Path) -> tuple[Path, ...]:
    """Every file that an operation is read from, and more rosters (a folder of versions for its last one)."""
    return (operation, *(roster_path(one) for one in more), *(operation.parent / name for name in problem.sources))


def _name(operation: Path, path: Path) -> str:
    """The name of a file in the folder of the operation, as its other sources are named."""
    return path.resolve().relative_to(operation.parent.resolve()).as_posix()


def _with_source(problem: Problem, path: Path, name: str) -> Problem:
    return replace(problem, sources={**problem.sources, name: sha256_text(path.read_bytes())})


def _block(problem: Problem, path: Path) -> Problem:
    """A roster of another operation: its people are absent while they serve there."""
    table = chosen_table(roster_tables(path), _SHEETS)
    rows = [
        Row(row.line, {name: cell for name, cell in row.cells.items() if name in _WHO_AND_WHEN}) for row in table.rows
    ]
    bare = replace(table, headings=[name for name in table.headings if name.lower() in _WHO_AND_WHEN], rows=rows)
    blocked: dict[int, list[Absence]] = {}
    for stretch in read_roster(problem, bare).roster.stretches:
        place = Place(str(path), stretch.row)
        blocked.setdefault(stretch.person, []).append(
            Absence(stretch.start, stretch.end, _("on other duty"), place=place)
        )
    people = tuple(
        replace(who, absences=(*who.absences, *blocked[index])) if index in blocked else who
        for index, who in enumerate(problem.people)
    )
    return replace(problem, people=people)


def around(problem: Problem, roster: Roster, window: Span) -> Problem:
    """A problem in which only a window is planned anew; duties of a roster outside it are given."""
    first, last = window
    kept = [
        duty for duty in roster.duties if problem.start <= duty.start < problem.end and not first <= duty.start < last
    ]
    held = {(one.person, one.start, one.end, one.kind): one for one in (*problem.held, *held_duties(kept))}
    slots = tuple(slot for slot in problem.slots if first <= slot.start < last)
    return _only_window(replace(problem, window=window, slots=slots, held=tuple(held.values())))


def _only_window(problem: Problem) -> Problem:
    """What is asked for cut to the planning window."""
    whole = problem.asked or problem.demands
    return replace(problem, asked=whole, demands=tuple(_within(demand, problem) for demand in whole))


def _within(demand: Demand, problem: Problem) -> Demand:
    """A demand cut to the planning window."""
    return replace(demand, windows=tuple(_cut(demand.windows, *problem.window)))


def _cut(windows: Sequence[Window], first: int, last: int) -> Iterable[Window]:
    for window in windows:
        start, end = max(window.start, first), min(window.end, last)
        if window.turn is not None and first <= window.start < last:
            yield window
        elif start < end:
            yield replace(window, start=start, end=end)
