"""The operation's own clock: where its dates begin, and what moments, dates and phases are as instants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from patrolplan.rules.binding import During
from patrolplan.units import Span, Zone

Moment = tuple[int, int | None]
"""Date ordinal and clock minutes, or None where only the date is given."""

_FIRST_DATE = dt.date(1900, 1, 1).toordinal()
_LAST_DATE = dt.date(2200, 1, 1).toordinal()


@dataclass(frozen=True)
class Calendar:
    """Horizon, zone and phases.

    Attributes
    ----------
    start, end
        Horizon in instants.
    day_starts
        Clock minutes at which a bare date begins.
    phases
        Name to span, inside the horizon.
    holidays
        Date ordinal to name.
    """

    zone: Zone
    start: int
    end: int
    day_starts: int
    phases: Mapping[str, Span] = field(default_factory=dict)
    holidays: Mapping[int, str] = field(default_factory=dict)

    @property
    def first_day(self) -> int:
        """First date on which a duty may start."""
        return self.zone.local(self.start)[0]

    @property
    def last_day(self) -> int:
        """Last date on which a duty may start."""
        return self.zone.local(self.end - 1)[0]

    def instant(self, moment: Moment) -> int:
        """A moment as an instant; a bare date is where that date begins."""
        day, clock = moment
        return self._at(day, self.day_starts if clock is None else clock)

    def first_minute(self, moment: Moment) -> int:
        """Where leave begins: a bare date at its midnight."""
        day, clock = moment
        return self._at(day, clock or 0)

    def last_minute(self, moment: Moment) -> int:
        """Where leave ends: a bare date with its last minute, as one writes leave down."""
        day, clock = moment
        return self._at(day + 1, 0) if clock is None else self._at(day, clock)

    def dates_spans(self, dates: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
        """Ranges of dates, each from where its first date begins to where the date after its last begins."""
        return tuple((self.instant((first, None)), self.instant((last + 1, None))) for first, last in dates)

    def whole_dates(self, dates: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
        """Ranges of dates from midnight to midnight."""
        return tuple((self._at(first, 0), self._at(last + 1, 0)) for first, last in dates)

    def _at(self, day: int, clock: int) -> int:
        """An instant; dates such as 9999-12-31, written for *for ever*, count as the year 2200."""
        return self.zone.instant(min(max(day, _FIRST_DATE), _LAST_DATE), clock)

    def clipped(self, span: Span) -> Span:
        """The part of a span inside the horizon; empty (end not after start) if there is none."""
        return max(span[0], self.start), min(span[1], self.end)

    def is_inside(self, span: Span) -> bool:
        """Whether any of a span lies inside the horizon."""
        start, end = self.clipped(span)
        return start < end

    def during(self, when: During | tuple[str, ...] | None) -> tuple[Span, ...] | None:
        """The spans of phases or dates, or None for always."""
        if when is None:
            return None
        names = when.phases if isinstance(when, During) else when
        dates = when.dates if isinstance(when, During) else ()
        spans = [self.phases[name] for name in names]
        within = self.dates_spans(dates)
        if names and within:
            pairs = [(max(one[0], other[0]), min(one[1], other[1])) for one in spans for other in within]
            return tuple(sorted(span for span in pairs if span[0] < span[1]))
        return tuple(sorted([*spans, *within]))
