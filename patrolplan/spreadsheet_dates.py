"""Dates and clock times as spreadsheets write them, and the order of day and month in a file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from patrolplan.errors import Complaint, InputError, Place
from patrolplan.language import _
from patrolplan.units import DAY_MINUTES, Zone

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_SERIAL_ZERO = dt.date(1899, 12, 30).toordinal()
_SERIALS = range(18264, 80000)
"""Day numbers of spreadsheets that are taken for dates: 1950 to 2119."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_CLOCK = re.compile(
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([ap]\.?m\.?)?|(\d{1,2})\s*([ap]\.?m\.?)", re.IGNORECASE
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}")
_OFFSET = re.compile(r"(?:Z|[+-]\d{2}:?\d{2}(?::?\d{2})?)$")


@dataclass(frozen=True, slots=True)
class Moment:
    """What one cell says.

    Attributes
    ----------
    day
        Date ordinal, or None if the cell has only a clock time.
    clock
        Minutes since midnight, or None if the cell has only a date.
    instant
        The instant itself if the cell has an offset from UTC, else None.
    """

    day: int | None
    clock: int | None
    instant: int | None = None

    def at(self, zone: Zone) -> int | None:
        """The instant in a time zone, or None if date or clock time is missing."""
        if self.instant is not None:
            return self.instant
        if self.day is None or self.clock is None:
            return None
        return zone.instant(self.day, self.clock)


def day_comes_first(cells: Iterable[tuple[int, str]], file: str) -> bool:
    """Whether dates with slashes or dashes are day/month/year (True) or month/day/year, told from all of them.

    Parameters
    ----------
    cells
        Line number and text of every cell that may hold a date.

    Raises
    ------
    InputError
        If the file says both, or if no value tells which it is although it matters.
    """
    evidence: dict[bool, tuple[int, str]] = {}
    unclear: tuple[int, str] | None = None
    for line, text in cells:
        match = _YEAR_LAST.match(text)
        if match is None or match[2] == ".":
            continue
        first, second = int(match[1]), int(match[3])
        if first > 12 or second > 12:
            evidence.setdefault(first > 12, (line, match[0]))
        elif first != second and unclear is None:
            unclear = (line, match[0])
    if len(evidence) == 2:
        day, month = evidence[True], evidence[False]
        raise _refusal(
            file,
            max(day, month)[0],
            _('"{day}" (line {day2}) has the day first and "{month}" (line {month2}) the month').format(
                day=day[1], day2=day[0], month=month[1], month2=month[0]
            ),
        )
    if not evidence and unclear is not None:
        why = _('"{unclear}" may mean day/month or month/day, and no other date of the file tells').format(
            unclear=unclear[1]
        )
        raise _refusal(file, unclear[0], why)
    return False not in evidence


def _refusal(file: str, line: int, why: str) -> InputError:
    remedy = _("Write dates with the year first, such as 2024-11-27 19:00.")
    return InputError([Complaint(f"{why}. {remedy}", Place(file, line))], file)


def read_moment(text: str, day_first: bool) -> Moment:
    """Read a cell with a date, a clock time, or both.

    Raises
    ------
    ValueError
        If the cell is neither.
    """
    value = " ".join(text.split())
    number = _number(value)
    if number is not None:
        return number
    if _OFFSET.search(value) and _YEAR_FIRST.match(value) and ":" in value:
        return _with_offset(value)
    if _CLOCK.fullmatch(value):
        return Moment(None, _clock(value, text))
    match = _YEAR_FIRST.match(value) or _YEAR_LAST.match(value)
    if match is None:
        raise ValueError(_unread(text))
    rest = value[match.end() :].lstrip("T, ")
    day = _date(match, day_first, text)
    if not rest:
        return Moment(day, None)
    clock = _clock(rest, text)
    return Moment(day, clock)


def _number(value: str) -> Moment | None:
    """A spreadsheet's day number, or the part of a day that stands for a clock time."""
    if not _NUMBER.fullmatch(value):
        return None
    amount = float(value.replace(",", "."))
    minutes = round(amount * DAY_MINUTES)
    if amount <= 1 and not value.startswith("00"):
        return Moment(None, minutes)
    days, clock = divmod(minutes, DAY_MINUTES)
    if days not in _SERIALS:
        return None
    return Moment(_SERIAL_ZERO + days, clock if "." in value or "," in value else None)


def _with_offset(value: str) -> Moment:
    try:
        moment = dt.datetime.fromisoformat(value.replace("/", "-"))
    except ValueError:
        raise ValueError(_unread(value)) from None
    minutes = round((moment - _EPOCH).total_seconds() / 60)
    return Moment(moment.toordinal(), moment.hour * 60 + moment.minute, minutes)


def _date(match: re.Match[str], day_first: bool, text: str) -> int:
    if len(match[1]) == 4:
        year, month, day = int(match[1]), int(match[3]), int(match[4])
    else:
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        day, month = (first, second) if day_first or match[2] == "." else (second, first)
    try:
        return dt.date(year, month, day).toordinal()
    except ValueError:
        raise ValueError(_('"{text}" is not a date of the calendar.').format(text=text)) from None


def _clock(value: str, text: str) -> int:
    """Minutes since midnight, seconds rounded."""
    match = _CLOCK.fullmatch(value)
    if match is None:
        raise ValueError(_unread(text))
    hours, minutes, seconds = int(match[1] or match[5]), int(match[2] or 0), int(match[3] or 0)
    half = (match[4] or match[6] or "").lower()
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(_unread(text))
        hours = hours % 12 + (12 if half.startswith("p") else 0)
    total = hours * 60 + minutes + (1 if seconds >= 30 else 0)
    if minutes > 59 or seconds > 59 or total > DAY_MINUTES:
        raise ValueError(_unread(text))
    return total


def _unread(text: str) -> str:
    if _SHORT_YEAR.match(text):
        return _('"{text}" has a year of two digits; write it like 2024-11-27 19:00.').format(text=text)
    return _('"{text}" is not a date or clock time; write it like 2024-11-27 19:00.').format(text=text)
