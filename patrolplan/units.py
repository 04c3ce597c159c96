"""Clock times, durations, dates and half-open intervals on the time line.

Instants are whole minutes since 1970-01-01 00:00 UTC, so elapsed time is a subtraction even where the
clock changes. Dates are ordinals (``datetime.date.toordinal``), clock times are minutes since local midnight.
This module knows nothing of rosters.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from patrolplan.language import _, date_words, figures

DAY_MINUTES = 24 * 60
WEEK_DAYS = 7
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
COST_SCALE = 60
"""Costs are held as whole sixtieths of a weight, so that a weight per hour prices every minute exactly."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?::00)?")
_DURATION = re.compile(r"(?:(\d+(?:\.\d+)?)\s*d)?\s*(?:(\d+(?:\.\d+)?)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MOMENT = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:[T ]+(\d{1,2}[:.]\d{2}(?::00)?))?")
_AMOUNT = re.compile(r"(?P<amount>.+?)(?:\s+(?:per|a|in)\s+(?P<period>.+))?")
_ROLLING = re.compile(r"(\d+)\s*(?:d|days?)")

Span = tuple[int, int]
"""A half-open interval ``(start, end)`` in minutes."""


class MissingUnit(ValueError):
    """A number that needs a unit."""


def parse_clock(text: str) -> int:
    """Minutes since midnight of a clock time such as ``07:00``; ``24:00`` is the end of the day.

    Raises
    ------
    ValueError
        If the text is no clock time.
    """
    match = _CLOCK.fullmatch(text.strip())
    if match:
        minutes = int(match[1]) * 60 + int(match[2])
        if int(match[2]) < 60 and minutes <= DAY_MINUTES:
            return minutes
    raise ValueError(_('"{text}" is not a clock time; write it like 07:00 or 19:30.').format(text=text))


def parse_between(text: str) -> tuple[int, int]:
    """Start and end clock of a window such as ``07:00-19:00``; the end may lie past midnight."""
    parts = re.split(r"\s*[-–]\s*", text.strip())
    if len(parts) != 2:
        raise ValueError(_('"{text}" is not a window; write it like 07:00-19:00.').format(text=text))
    return parse_clock(parts[0]), parse_clock(parts[1])


def parse_duration(text: str) -> int:
    """Minutes of a duration such as ``11h``, ``15m``, ``1h30m`` or ``2d``.

    Raises
    ------
    ValueError
        If the text is no duration, above all if the unit is missing.
    """
    value = text.strip()
    if re.fullmatch(r"\d+(\.\d+)?", value):
        raise MissingUnit(_("a bare number needs a unit, such as {value}h or {value}m.").format(value=value))
    match = _DURATION.fullmatch(value)
    if not value or match is None or not any(match.groups()):
        raise ValueError(_('"{text}" is not a duration; write it like 11h, 15m or 1h30m.').format(text=text))
    minutes = float(match[1] or 0) * DAY_MINUTES + float(match[2] or 0) * 60 + int(match[3] or 0)
    if minutes != int(minutes):
        raise ValueError(_('"{text}" is not a whole number of minutes.').format(text=text))
    return int(minutes)


def parse_date(text: str) -> int:
    """Ordinal of a date such as ``2024-11-27``."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(_('"{text}" is not a date; write it like 2024-11-27.').format(text=text))
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])).toordinal()
    except ValueError:
        raise ValueError(_('"{text}" is not a date of the calendar.').format(text=text)) from None


def parse_dates(text: str) -> tuple[int, int]:
    """First and last ordinal of ``2024-11-27`` or ``2024-11-27..2024-11-29`` (both included)."""
    first, _dots, last = text.partition("..")
    start = parse_date(first)
    end = parse_date(last) if last else start
    if end < start:
        raise ValueError(_('"{text}" ends before it starts.').format(text=text))
    return start, end


def parse_moment(text: str) -> tuple[int, int | None]:
    """Date ordinal and clock minutes (or None) of ``2024-11-07 07:00`` or ``2024-11-07``."""
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            _('"{text}" is not a date or moment; write it like 2024-11-27 or 2024-11-27 07:00.').format(text=text)
        )
    return parse_date(match[1]), parse_clock(match[2]) if match[2] else None


def parse_weekdays(text: str) -> tuple[int, ...]:
    """Weekday numbers (Monday 0) of ``mon``, ``mon-fri``, ``sat, sun``, ``weekend``, ``weekdays`` or ``daily``."""
    named = {"weekend": (5, 6), "weekends": (5, 6), "weekdays": (0, 1, 2, 3, 4), "daily": tuple(range(7))}
    found: list[int] = []
    for part in re.split(r"\s*,\s*", text.strip().lower()):
        if part in named:
            found += named[part]
            continue
        ends = [_weekday(end, text) for end in re.split(r"\s*-\s*", part)]
        if len(ends) > 2:
            raise ValueError(_('"{text}" is not a weekday or a range such as mon-fri.').format(text=text))
        span = (ends[-1] - ends[0]) % WEEK_DAYS
        found += [(ends[0] + step) % WEEK_DAYS for step in range(span + 1)]
    return tuple(sorted(set(found)))


def _weekday(name: str, text: str) -> int:
    for number, short in enumerate(WEEKDAYS):
        if name[:3] == short:
            return number
    raise ValueError(
        _('"{text}" is not a weekday; write mon, tue, wed, thu, fri, sat or sun, or mon-fri.').format(text=text)
    )


@dataclass(frozen=True, slots=True)
class Period:
    """What a limit is counted over.

    Attributes
    ----------
    kind
        ``day``, ``week``, ``month``, ``operation`` or ``rolling``.
    days
        Length in days of a rolling period, else 0.
    """

    kind: str
    days: int = 0

    def __str__(self) -> str:
        return f"any {self.days} days" if self.kind == "rolling" else self.kind

    def groups(self, first: int, last: int, week_starts: int = 0) -> Iterator[tuple[int, int]]:
        """The periods that touch the dates ``first..last``, each as its first and last date.

        Parameters
        ----------
        first, last
            Date ordinals, both included.
        week_starts
            Weekday (Monday 0) on which a week starts.
        """
        if self.kind == "operation":
            yield first, last
        elif self.kind == "rolling":
            for start in range(first - self.days + 1, last + 1):
                yield start, start + self.days - 1
        else:
            day = first
            while day <= last:
                start, end = self._calendar(day, week_starts)
                yield start, end
                day = end + 1

    def _calendar(self, day: int, week_starts: int) -> tuple[int, int]:
        if self.kind == "day":
            return day, day
        date = dt.date.fromordinal(day)
        if self.kind == "week":
            start = day - (date.weekday() - week_starts) % WEEK_DAYS
            return start, start + WEEK_DAYS - 1
        following = dt.date(date.year + date.month // 12, date.month % 12 + 1, 1)
        return date.replace(day=1).toordinal(), following.toordinal() - 1


def parse_period(text: str) -> Period:
    """A period such as ``week``, ``month``, ``day``, ``operation``, ``14 days``."""
    word = text.strip().lower()
    if word in {"day", "week", "month", "operation"}:
        return Period(word)
    match = _ROLLING.fullmatch(word)
    if match and int(match[1]) > 0:
        return Period("rolling", int(match[1]))
    raise ValueError(
        _('"{text}" is not a period; write day, week, month, operation or a number such as 14 days.').format(text=text)
    )


def parse_rate(text: str) -> tuple[str, Period]:
    """Split ``60h per week`` into its amount (still text) and its period (default: the operation)."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise ValueError(_('"{text}" is not an amount; write it like 60h per week.').format(text=text))
    return match["amount"], parse_period(match["period"]) if match["period"] else Period("operation")


def duration_text(minutes: int) -> str:
    """A duration as planners write it: ``11 h``, ``1 h 30 min``, ``15 min``."""
    hours, rest = divmod(abs(minutes), 60)
    parts = [_("{hours} h").format(hours=figures(f"{hours:,}"))] if hours else []
    parts += [_("{minutes} min").format(minutes=rest)] if rest or not hours else []
    return ("-" if minutes < 0 else "") + " ".join(parts)


def clock_text(minutes: int) -> str:
    """A clock time as ``07:00``."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def weekday(day: int) -> int:
    """Weekday of a date ordinal, Monday 0."""
    return (day - 1) % WEEK_DAYS


def date_text(day: int) -> str:
    """A date ordinal as ``2024-11-27``."""
    return dt.date.fromordinal(day).isoformat()


@dataclass(frozen=True)
class Zone:
    """A time zone: the bridge between the local clock and instants.

    Attributes
    ----------
    name
        IANA name, such as ``Asia/Pontianak``.

    Raises
    ------
    zoneinfo.ZoneInfoNotFoundError
        When first used, if there is no such zone.
    """

    name: str

    def instant(self, day: int, clock: int) -> int:
        """The instant at which the local clock shows ``clock`` minutes past midnight of ``day``.

        A time that the clock skips lies that far after the jump; a time shown twice means the first.
        """
        return _instant(self.name, day + clock // DAY_MINUTES, clock % DAY_MINUTES)

    def local(self, instant: int) -> tuple[int, int]:
        """Date ordinal and clock minutes shown at an instant."""
        return _local(self.name, instant)

    def iso(self, instant: int) -> str:
        """ISO 8601 local time with offset, such as ``2024-11-27T19:00+07:00``."""
        return _iso(self.name, instant)

    def day_text(self, day: int) -> str:
        """A date with its weekday, such as ``Wed 27 Nov``."""
        date = dt.date.fromordinal(day)
        return date_words(date, "EEE d MMM")

    def span_text(self, start: int, end: int) -> str:
        """A stretch of time as planners write it, such as ``Wed 27 Nov 19:00-07:00``."""
        first, opens = self.local(start)
        last, closes = self.local(end)
        text = f"{self.day_text(first)} {clock_text(opens)}-{clock_text(closes)}"
        if end - start >= DAY_MINUTES or (last == first and closes <= opens):
            return f"{self.day_text(first)} {clock_text(opens)} - {self.day_text(last)} {clock_text(closes)}"
        return text

    def moment_text(self, instant: int) -> str:
        """An instant with weekday, such as ``Wed 27 Nov 19:00``."""
        day, clock = self.local(instant)
        return f"{self.day_text(day)} {clock_text(clock)}"


def instant_of(moment: dt.datetime) -> int:
    """An aware moment as an instant."""
    return int((moment - _EPOCH).total_seconds() // 60)


@lru_cache(maxsize=65536)
def _instant(zone: str, day: int, clock: int) -> int:
    date = dt.date.fromordinal(day)
    local = dt.datetime(date.year, date.month, date.day, clock // 60, clock % 60, tzinfo=ZoneInfo(zone))
    return instant_of(local)


@lru_cache(maxsize=65536)
def _local(zone: str, instant: int) -> tuple[int, int]:
    moment = (_EPOCH + dt.timedelta(minutes=instant)).astimezone(ZoneInfo(zone))
    return moment.toordinal(), moment.hour * 60 + moment.minute


@lru_cache(maxsize=65536)
def _iso(zone: str, instant: int) -> str:
    moment = (_EPOCH + dt.timedelta(minutes=instant)).astimezone(ZoneInfo(zone))
    return moment.isoformat(timespec="minutes")


def overlap(first: Span, second: Span) -> int:
    """Minutes that two spans share (0 if they only touch)."""
    return max(0, min(first[1], second[1]) - max(first[0], second[0]))


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """The union of spans as sorted, disjoint spans; touching spans are joined, empty ones dropped."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def subtract_spans(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """What is left of the spans outside all holes, sorted and disjoint."""
    cuts = merge_spans(holes)
    left: list[Span] = []
    for start, end in merge_spans(spans):
        cursor = start
        for opens, closes in cuts:
            if closes <= cursor or opens >= end:
                continue
            if opens > cursor:
                left.append((cursor, opens))
            cursor = max(cursor, closes)
        if cursor < end:
            left.append((cursor, end))
    return left


def intersect_spans(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """What the spans share with the others, sorted and disjoint."""
    cuts = merge_spans(others)
    return merge_spans(
        (max(start, opens), min(end, closes)) for start, end in merge_spans(spans) for opens, closes in cuts
    )


def count_steps(spans: Iterable[Span], start: int, end: int) -> list[tuple[int, int, int]]:
    """How many spans run at every minute from `start` to `end`.

    Returns
    -------
    list
        ``(start, end, count)`` in order of time, without holes; neighbours have different counts.
    """
    changes: dict[int, int] = {}
    for opens, closes in spans:
        first, last = max(opens, start), min(closes, end)
        if first < last:
            changes[first] = changes.get(first, 0) + 1
            changes[last] = changes.get(last, 0) - 1
    steps: list[tuple[int, int, int]] = []
    count, cursor = 0, start
    for instant in sorted(one for one, change in changes.items() if change):
        if instant > cursor:
            steps.append((cursor, instant, count))
        count, cursor = count + changes[instant], instant
    if cursor < end:
        steps.append((cursor, end, count))
    return steps


def date_runs(days: Iterable[int]) -> list[tuple[int, int]]:
    """Unbroken runs of dates, or of other numbers, each as its first and last."""
    runs: list[tuple[int, int]] = []
    for day in sorted(set(days)):
        if runs and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs
