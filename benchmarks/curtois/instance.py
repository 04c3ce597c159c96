"""The text format of the instances: sections of comma-separated lines, comments start with ``#``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from patrolplan.errors import Complaint, InputError, Place, nearest

WEEK_DAYS = 7
SATURDAY, SUNDAY = 5, 6

HORIZON, SHIFTS, STAFF, DAYS_OFF, SHIFT_ON, SHIFT_OFF, COVER = SECTIONS = (
    "SECTION_HORIZON",
    "SECTION_SHIFTS",
    "SECTION_STAFF",
    "SECTION_DAYS_OFF",
    "SECTION_SHIFT_ON_REQUESTS",
    "SECTION_SHIFT_OFF_REQUESTS",
    "SECTION_COVER",
)
"""Headings, in the order of the files."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A kind of shift; whoever works it may not work one of `forbidden_next` on the next day."""

    id: str
    minutes: int
    forbidden_next: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Employee:
    """One employee and the limits that bind over the whole horizon.

    Attributes
    ----------
    days_off
        Days that must be off.
    max_shifts
        Most shifts of each kind; 0 means never, a kind that is missing is not limited.
    min_minutes, max_minutes
        Minutes of work in all.
    max_consecutive_shifts, min_consecutive_shifts
        Limits for a streak of work days.
    min_consecutive_days_off
        Shortest streak of days off.
    max_weekends
        Most weekends in which Saturday, Sunday or both are worked.
    """

    id: str
    days_off: frozenset[int]
    max_shifts: Mapping[str, int]
    max_minutes: int
    min_minutes: int
    max_consecutive_shifts: int
    min_consecutive_shifts: int
    min_consecutive_days_off: int
    max_weekends: int


@dataclass(frozen=True, slots=True)
class Request:
    """A wish for, or against, a shift on a day, and what it costs not to grant it."""

    employee: str
    day: int
    shift: str
    weight: int


@dataclass(frozen=True, slots=True)
class Cover:
    """How many people a shift of a day should have, and the cost of each one too few or too many."""

    day: int
    shift: str
    required: int
    under_weight: int
    over_weight: int


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance; days count from 0, which is a Monday."""

    days: int
    shifts: Mapping[str, Shift]
    employees: Mapping[str, Employee]
    shift_on: tuple[Request, ...]
    shift_off: tuple[Request, ...]
    cover: tuple[Cover, ...]

    @property
    def weekends(self) -> tuple[tuple[int, ...], ...]:
        """The days of every weekend, also of one that the horizon cuts off."""
        mondays = range(0, self.days, WEEK_DAYS)
        pairs = ((monday + SATURDAY, monday + SUNDAY) for monday in mondays)
        return tuple(inside for pair in pairs if (inside := tuple(day for day in pair if day < self.days)))


@dataclass(frozen=True, slots=True)
class _Line:
    """The cells of one line, and where it stands."""

    cells: tuple[str, ...]
    place: Place

    def wrong(self, message: str) -> InputError:
        return InputError([Complaint(message, self.place)], self.place.file)

    def require(self, names: Sequence[str]) -> None:
        """Refuse a line with too few or too many cells."""
        if len(self.cells) != len(names):
            raise self.wrong(f"{len(self.cells)} values; the line should have {', '.join(names)}.")

    def whole(self, text: str, what: str) -> int:
        """A whole number that is not negative."""
        if not (text.isascii() and text.isdecimal()):
            raise self.wrong(f'the {what} "{text}" is not a whole number.')
        return int(text)

    def day(self, text: str, days: int) -> int:
        """A day of the horizon."""
        day = self.whole(text, "day")
        if day >= days:
            raise self.wrong(f"day {day} lies outside the horizon, which has the days 0 to {days - 1}.")
        return day

    def known(self, name: str, names: Iterable[str], what: str) -> str:
        """A name that was defined before."""
        if name not in names:
            raise self.wrong(f'there is no {what} "{name}".{nearest(name, names)}')
        return name


def read_instance(text: str, file: str = "instance") -> Instance:
    """Read an instance.

    Parameters
    ----------
    text
        Content of the file, with either kind of line ends.
    file
        Its name, for messages.

    Raises
    ------
    InputError
        With the line of the first thing that is wrong.
    """
    sections = _sections(text, file)
    days = _days(sections[HORIZON], file)
    shifts = _shifts(sections[SHIFTS])
    days_off = _days_off(sections[DAYS_OFF], days)
    employees = _employees(sections[STAFF], shifts, days_off)
    for line in sections[DAYS_OFF]:
        line.known(line.cells[0], employees, "employee")
    return Instance(
        days=days,
        shifts=shifts,
        employees=employees,
        shift_on=tuple(_request(line, days, shifts, employees) for line in sections[SHIFT_ON]),
        shift_off=tuple(_request(line, days, shifts, employees) for line in sections[SHIFT_OFF]),
        cover=tuple(_cover(line, days, shifts) for line in sections[COVER]),
    )


def _sections(text: str, file: str) -> dict[str, list[_Line]]:
    found: dict[str, list[_Line]] = {}
    current: list[_Line] | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        content = raw.strip()
        if not content or content.startswith("#"):
            continue
        line = _Line(tuple(cell.strip() for cell in content.split(",")), Place(file, number))
        if content.startswith("SECTION_"):
            if line.known(content, SECTIONS, "section") in found:
                raise line.wrong(f"{content} stands twice.")
            current = found[content] = []
        elif current is None:
            raise line.wrong(f'"{content}" stands before the first section; a file begins with {HORIZON}.')
        else:
            current.append(line)
    missing = [name for name in SECTIONS if name not in found]
    if missing:
        message = f"this is not an instance: it has no {', '.join(missing)}."
        raise InputError([Complaint(message, Place(file))], file)
    return found


def _days(lines: Sequence[_Line], file: str) -> int:
    if len(lines) != 1:
        message = f"{HORIZON} should have one line with the number of days, and has {len(lines)}."
        raise InputError([Complaint(message, Place(file))], file)
    lines[0].require(("number of days",))
    return lines[0].whole(lines[0].cells[0], "number of days")


def _shifts(lines: Sequence[_Line]) -> dict[str, Shift]:
    ids = [line.cells[0] for line in lines]
    shifts: dict[str, Shift] = {}
    for line in lines:
        line.require(("shift", "minutes", "shifts that may not follow"))
        name, minutes, forbidden = line.cells
        if name in shifts:
            raise line.wrong(f'the shift "{name}" stands twice.')
        following = frozenset(line.known(one, ids, "shift") for one in forbidden.split("|") if one)
        shifts[name] = Shift(name, line.whole(minutes, "number of minutes"), following)
    return shifts


def _days_off(lines: Sequence[_Line], days: int) -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for line in lines:
        employee, *indexes = line.cells
        known = found.get(employee, frozenset())
        found[employee] = known | {line.day(index, days) for index in indexes if index}
    return found


def _employees(
    lines: Sequence[_Line], shifts: Mapping[str, Shift], days_off: Mapping[str, frozenset[int]]
) -> dict[str, Employee]:
    limits = (
        "most minutes",
        "fewest minutes",
        "most consecutive shifts",
        "fewest consecutive shifts",
        "fewest consecutive days off",
        "most weekends",
    )
    employees: dict[str, Employee] = {}
    for line in lines:
        line.require(("employee", "most shifts of each kind", *limits))
        name, of_kind, *rest = line.cells
        if name in employees:
            raise line.wrong(f'the employee "{name}" stands twice.')
        numbers = (line.whole(text, what) for text, what in zip(rest, limits, strict=True))
        max_shifts = dict(_max_shifts(line, part, shifts) for part in of_kind.split("|") if part)
        employees[name] = Employee(name, days_off.get(name, frozenset()), max_shifts, *numbers)
    return employees


def _max_shifts(line: _Line, text: str, shifts: Mapping[str, Shift]) -> tuple[str, int]:
    name, equals, number = text.partition("=")
    if not equals:
        raise line.wrong(f'"{text}" does not say how many shifts; write it like E=14.')
    return line.known(name, shifts, "shift"), line.whole(number, f"number of {name} shifts")


def _request(line: _Line, days: int, shifts: Mapping[str, Shift], employees: Mapping[str, Employee]) -> Request:
    line.require(("employee", "day", "shift", "weight"))
    employee, day, shift, weight = line.cells
    return Request(
        line.known(employee, employees, "employee"),
        line.day(day, days),
        line.known(shift, shifts, "shift"),
        line.whole(weight, "weight"),
    )


def _cover(line: _Line, days: int, shifts: Mapping[str, Shift]) -> Cover:
    line.require(("day", "shift", "requirement", "weight for under", "weight for over"))
    day, shift, required, under, over = line.cells
    return Cover(
        line.day(day, days),
        line.known(shift, shifts, "shift"),
        line.whole(required, "requirement"),
        line.whole(under, "weight for under"),
        line.whole(over, "weight for over"),
    )
