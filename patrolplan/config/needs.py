"""Needs as written to demands on the clock: windows, replacement by phases, surplus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from patrolplan.config.calendar import Calendar
from patrolplan.config.documents import NeedDoc, PriceDoc
from patrolplan.errors import Place
from patrolplan.problem import Demand, Shift, Window
from patrolplan.rules.cover.spec import Cover
from patrolplan.rules.fields import HOLIDAY
from patrolplan.units import DAY_MINUTES, Span, overlap, subtract_spans, weekday

AT_MOST_COST = 10
IDEAL_LEVEL = 3
_ORDER = ("staff", "qualified", "rank", "ideal", "at_most", "surplus")


@dataclass(frozen=True, slots=True)
class Target:
    """What the needs of one post, site or group are about.

    Attributes
    ----------
    where
        Name for people.
    needs
        Each need with its place in the file.
    priority
        Factor on the costs of shortfall and surplus.
    """

    where: str
    posts: frozenset[int]
    needs: Sequence[tuple[NeedDoc, Place]]
    priority: float = 1.0


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of one count of one need."""

    need: int
    kind: str
    label: str
    window: Window

    @property
    def span(self) -> Span:
        return self.window.start, self.window.end


@dataclass(frozen=True, slots=True)
class Scene:
    """What windows are measured against."""

    calendar: Calendar
    shifts: Sequence[Shift]
    cover: Cover
    level: int | None = None

    def shift_span(self, shift: int, day: int) -> Span:
        """Start and end of a shift that starts on a date."""
        one = self.shifts[shift]
        ends = one.end + (DAY_MINUTES if one.end <= one.start else 0)
        return self.calendar.zone.instant(day, one.start), self.calendar.zone.instant(day, ends)


def demands_of(target: Target, scene: Scene) -> list[Demand]:
    """All demands that the needs of one target make, surplus included, clipped to the horizon."""
    pieces = _in_force(target, scene)
    found: list[Demand] = []
    for index, (need, place) in enumerate(target.needs):
        keys = sorted(
            {(one.kind, one.label) for one in pieces if one.need == index},
            key=lambda key: (_ORDER.index(key[0]), key[1]),
        )
        for kind, label in keys:
            windows = tuple(
                one.window
                for one in pieces
                if (one.need, one.kind, one.label) == (index, kind, label)
                and (one.window.count > 0 or kind == "at_most")
            )
            cost, level = _price(need, kind, target.priority, scene)
            if windows:
                found.append(Demand(kind, label, target.posts, target.where, windows, cost, level, need.per, place))
    return found + _surplus(target, pieces, scene)


def _in_force(target: Target, scene: Scene) -> list[_Piece]:
    """The pieces of all needs after specific needs have replaced general ones."""
    raw: dict[int, list[_Piece]] = {}
    for index, (need, _) in enumerate(target.needs):
        windows = list(windows_of(need, scene))
        raw[index] = [
            _Piece(index, kind, label, replace(window, count=count))
            for kind, label, count in _counts(need)
            for window in windows
        ]
    special = {index for index, (need, _) in enumerate(target.needs) if _is_specific(need)}
    specific = [piece for index in sorted(special) for piece in raw[index]]
    dropping = [
        window
        for index in sorted(special)
        if target.needs[index][0].replace
        for window in windows_of(target.needs[index][0], scene)
    ]
    kept = _largest(specific)
    for index in sorted(raw.keys() - special):
        for piece in raw[index]:
            over = [one.window for one in specific if (one.kind, one.label) == (piece.kind, piece.label)]
            kept += _replaced(piece, [*over, *dropping])
    return sorted(kept, key=lambda one: (one.need, one.window.start, one.window.end))


def _is_specific(need: NeedDoc) -> bool:
    return bool(need.phase) or need.dates is not None or need.replace


def _counts(need: NeedDoc) -> Iterator[tuple[str, str, int]]:
    for kind in ("staff", "ideal", "at_most"):
        count = getattr(need, kind)
        if count is not None:
            yield kind, "", count
    for label, count in need.qualified.items():
        yield "qualified", label, count
    for label, count in need.rank.items():
        yield "rank", label, count


def _replaced(piece: _Piece, over: Iterable[Window]) -> list[_Piece]:
    """What is left of a general piece where more specific windows hold."""
    window = piece.window
    if window.turn is not None:
        gone = any(
            one.turn == window.turn if one.turn is not None else one.start <= window.start < one.end for one in over
        )
        return [] if gone else [piece]
    left = subtract_spans([piece.span], [(one.start, one.end) for one in over])
    return [replace(piece, window=replace(window, start=start, end=end)) for start, end in left]


def _largest(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Where specific pieces of the same count overlap, only the largest."""
    kept: list[_Piece] = []
    taken: dict[tuple[str, str], list[Span]] = {}
    turns: set[tuple[str, str, tuple[int, int]]] = set()
    for piece in sorted(pieces, key=lambda one: -one.window.count):
        key = (piece.kind, piece.label)
        if piece.window.turn is not None:
            if (*key, piece.window.turn) not in turns:
                turns.add((*key, piece.window.turn))
                kept.append(piece)
            continue
        spans = taken.setdefault(key, [])
        for start, end in subtract_spans([piece.span], spans):
            kept.append(replace(piece, window=replace(piece.window, start=start, end=end)))
        spans.append(piece.span)
    return kept


def windows_of(need: NeedDoc, scene: Scene) -> Iterator[Window]:
    """The windows of one need inside the horizon, count 0; pieces of one window share a group."""
    if need.shift:
        yield from _turns(need, scene)
        return
    calendar = scene.calendar
    phases = [calendar.phases[name] for name in need.phase] if need.phase else [(calendar.start, calendar.end)]
    for group, base in enumerate(_bases(need, scene)):
        for phase_number, phase in enumerate(phases):
            start, end = calendar.clipped((max(base[0], phase[0]), min(base[1], phase[1])))
            if start < end:
                yield Window(start, end, 0, group * len(phases) + phase_number)


def _bases(need: NeedDoc, scene: Scene) -> list[Span]:
    """Windows before phases and horizon cut them."""
    calendar = scene.calendar
    if need.between is not None:
        opens, closes = need.between
        ends = closes + (DAY_MINUTES if closes <= opens else 0)
        days = range(calendar.first_day - 1, calendar.last_day + 2)
        return [
            (calendar.zone.instant(day, opens), calendar.zone.instant(day, ends))
            for day in days
            if _on_date(need, day, calendar)
        ]
    if need.days is not None or need.not_holidays:
        days = range(calendar.first_day - 1, calendar.last_day + 2)
        return list(calendar.dates_spans((day, day) for day in days if _on_date(need, day, calendar)))
    if need.dates is not None:
        return list(calendar.dates_spans(need.dates))
    return [(calendar.start, calendar.end)]


def _turns(need: NeedDoc, scene: Scene) -> Iterator[Window]:
    calendar = scene.calendar
    phases = [calendar.phases[name] for name in need.phase] if need.phase else [(calendar.start, calendar.end)]
    numbers = {shift.name: index for index, shift in enumerate(scene.shifts)}
    group = 0
    for name in need.shift:
        for day in range(calendar.first_day, calendar.last_day + 1):
            start, end = scene.shift_span(numbers[name], day)
            inside = calendar.start <= start < calendar.end and any(opens <= start < closes for opens, closes in phases)
            if inside and _on_date(need, day, calendar):
                yield Window(start, min(end, calendar.end), 0, group, (day, numbers[name]))
                group += 1


def _on_date(need: NeedDoc, day: int, calendar: Calendar) -> bool:
    is_holiday = day in calendar.holidays
    if is_holiday and need.not_holidays:
        return False
    if need.days is not None and weekday(day) not in need.days and not (is_holiday and HOLIDAY in need.days):
        return False
    return need.dates is None or any(first <= day <= last for first, last in need.dates)


def _price(need: NeedDoc, kind: str, priority: float, scene: Scene) -> tuple[int, int]:
    """Cost per person and level of one count of a need."""
    first = need.level or scene.level or 1
    if kind == "ideal":
        return _cost(need.ideal_cost, scene.cover.ideal, need.level or IDEAL_LEVEL, 1.0)
    if kind == "at_most":
        return _cost(need.surplus, AT_MOST_COST, first, priority)
    if kind == "surplus":
        return _cost(need.surplus, scene.cover.surplus, first, priority)
    return _cost(need.short, scene.cover.short, first, priority)


def _cost(given: int | PriceDoc | None, default: int, level: int, priority: float) -> tuple[int, int]:
    cost = given.cost if isinstance(given, PriceDoc) else default if given is None else given
    at = given.level if isinstance(given, PriceDoc) and given.level else level
    return (max(1, round(cost * priority)) if cost else 0), at


def _surplus(target: Target, pieces: Sequence[_Piece], scene: Scene) -> list[Demand]:
    """Nobody beyond what staff and ideal ask for, wherever a staff need holds and no at_most does."""
    found: dict[int, list[Window]] = {}
    on_clock = [one for one in pieces if one.window.turn is None]
    for number, window in _upper_on_clock(on_clock):
        found.setdefault(number, []).append(window)
    turns = sorted({one.window.turn for one in pieces if one.window.turn is not None})
    for turn in turns:
        same = [one for one in pieces if one.window.turn == turn]
        limit = _limit(same)
        if limit is not None:
            found.setdefault(limit.need, []).append(limit.window)
    demands = []
    for index, windows in sorted(found.items()):
        need, place = target.needs[index]
        cost, level = _price(need, "surplus", target.priority, scene)
        if cost:
            demands.append(
                Demand("surplus", "", target.posts, target.where, tuple(windows), cost, level, need.per, place)
            )
    return demands


def _limit(pieces: Sequence[_Piece]) -> _Piece | None:
    """The piece whose count nobody should exceed, among those that hold at one time."""
    if any(one.kind == "at_most" for one in pieces) or not any(one.kind == "staff" for one in pieces):
        return None
    return max((one for one in pieces if one.kind in ("staff", "ideal")), key=lambda one: (one.window.count, -one.need))


def _upper_on_clock(pieces: Sequence[_Piece]) -> list[tuple[int, Window]]:
    """Stretches with one limit each: the need that sets it, and the window."""
    counted = sorted(
        (one for one in pieces if one.kind in ("staff", "ideal", "at_most")), key=lambda one: one.window.start
    )
    edges = sorted({edge for one in counted for edge in one.span})
    found: list[tuple[int, Window]] = []
    active: list[_Piece] = []
    upcoming = 0
    for start, end in pairwise(edges):
        active = [one for one in active if one.window.end > start]
        while upcoming < len(counted) and counted[upcoming].window.start <= start:
            active.append(counted[upcoming])
            upcoming += 1
        limit = _limit([one for one in active if overlap(one.span, (start, end))])
        if limit is None:
            continue
        window = replace(limit.window, start=start, end=end)
        if found and _continues(found[-1], limit.need, window):
            start = found.pop()[1].start
            window = replace(window, start=start)
        found.append((limit.need, window))
    return found


def _continues(last: tuple[int, Window], need: int, window: Window) -> bool:
    before = last[1]
    return last[0] == need and (before.end, before.count, before.group) == (window.start, window.count, window.group)
