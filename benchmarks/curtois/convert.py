"""An instance as an operation of patrolplan: one post, everything that may be missed on one level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from benchmarks.curtois.instance import Employee, Instance, Request
from benchmarks.operation_file import Document, OperationFiles, clock_text, dates, heading, opening_need
from patrolplan.errors import InputError
from patrolplan.units import DAY_MINUTES

LEVEL = 1
"""The level of every cost."""

SITE = POST = "ward"

Value = TypeVar("Value", int, str)


def convert(instance: Instance, name: str) -> OperationFiles:
    """The operation whose rosters cost what they cost in the instance, and break what they break there.

    The id of every rule begins with the name of the constraint that it stands for.

    Raises
    ------
    InputError
        If a shift lasts longer than a day, or somebody may not work a single day in a row.
    """
    _require_usable(instance)
    document = {
        **heading(name, instance.days),
        "shifts": {
            shift.id: {"start": clock_text(0), "end": clock_text(shift.minutes)} for shift in instance.shifts.values()
        },
        "sites": {
            SITE: {"needs": opening_need(_unasked(instance), LEVEL), "posts": {POST: {"needs": _needs(instance)}}}
        },
        "personnel": [{"id": name} for name in instance.employees],
        "absences": [
            {"person": one.id, "starts": dates(one.days_off), "reason": "day off"}
            for one in instance.employees.values()
            if one.days_off
        ],
        "rules": list(_rules(instance)),
    }
    return OperationFiles(document)


def _require_usable(instance: Instance) -> None:
    for shift in instance.shifts.values():
        if not 0 < shift.minutes <= DAY_MINUTES:
            raise InputError(f"shift {shift.id} lasts {shift.minutes} min; an operation takes 1 to {DAY_MINUTES} min.")
    for one in instance.employees.values():
        if one.max_consecutive_shifts < 1:
            raise InputError(f"employee {one.id} may work 0 days in a row; an operation takes 1 or more.")


def _site(instance: Instance) -> Document:
    opening = opening_need(_unasked(instance), LEVEL)
    return {**({"needs": opening} if opening else {}), "posts": {POST: {"needs": _needs(instance)}}}


def _unasked(instance: Instance) -> Iterator[tuple[int, str]]:
    """Days and shifts for which nobody is required."""
    asked = {(cover.day, cover.shift) for cover in instance.cover if cover.required}
    return ((day, shift) for day in range(instance.days) for shift in instance.shifts if (day, shift) not in asked)


def _needs(instance: Instance) -> list[Document]:
    alike: dict[tuple[str, int, int, int], list[int]] = {}
    for cover in instance.cover:
        alike.setdefault((cover.shift, cover.required, cover.under_weight, cover.over_weight), []).append(cover.day)
    return [
        {"shift": shift, "dates": dates(days), "staff": staff, "per": "window", "short": short, "surplus": surplus}
        for (shift, staff, short, surplus), days in alike.items()
    ]


def _rules(instance: Instance) -> Iterator[Document]:
    yield {"rest": "0h"}
    forbidden = {one.id: sorted(one.forbidden_next) for one in instance.shifts.values() if one.forbidden_next}
    if forbidden:
        yield {"succession": {"id": "forbidden_succession", "forbid": forbidden}}
    yield from _limits(instance)
    for constraint, requests, on in (("shift_on", instance.shift_on, True), ("shift_off", instance.shift_off, False)):
        if requests:
            entries = list(_wishes(requests, on))
            yield {"requests": {"id": constraint, "level": LEVEL, "entries": entries}}


def _limits(instance: Instance) -> Iterator[Document]:
    """One rule for each limit and value, for all who have it; limits that nothing can reach are left out."""
    days, people = instance.days, list(instance.employees.values())
    for shift in instance.shifts:
        most = [_below(one.max_shifts.get(shift, days), days) for one in people]
        yield from _limit(people, f"max_shifts-{shift}", "duties", "max", most, shifts=[shift])
    longest = days * max((shift.minutes for shift in instance.shifts.values()), default=0)
    minutes = [_time(_below(one.max_minutes, longest)) for one in people]
    yield from _limit(people, "max_minutes", "hours", "max", minutes)
    minutes = [_time(one.min_minutes or None) for one in people]
    yield from _limit(people, "min_minutes", "hours", "min", minutes)
    most = [_below(one.max_consecutive_shifts, days) for one in people]
    yield from _limit(people, "max_consecutive_shifts", "work_streak", "max", most)
    least = [_above_one(one.min_consecutive_shifts) for one in people]
    yield from _limit(people, "min_consecutive_shifts", "work_streak", "min", least)
    least = [_above_one(one.min_consecutive_days_off) for one in people]
    yield from _limit(people, "min_consecutive_days_off", "off_streak", "min", least)
    most = [_below(one.max_weekends, len(instance.weekends)) for one in people]
    yield from _limit(people, "max_weekends", "weekends", "max", most)


def _limit(
    people: Iterable[Employee], constraint: str, rule: str, side: str, values: Iterable[Value | None], **more: Any
) -> Iterator[Document]:
    """Rules for one limit, one for each value; None is no limit."""
    alike: dict[Value, list[str]] = {}
    for one, value in zip(people, values, strict=True):
        if value is not None:
            alike.setdefault(value, []).append(one.id)
    for number, (value, ids) in enumerate(alike.items(), 1):
        yield {rule: {"id": f"{constraint}-{number}", side: value, **more, "for": {"people": ids}}}


def _below(most: int, reach: int) -> int | None:
    return most if most < reach else None


def _above_one(least: int) -> int | None:
    return least if least > 1 else None


def _time(minutes: int | None) -> str | None:
    return None if minutes is None else f"{minutes // 60}h{minutes % 60}m"


def _wishes(requests: Iterable[Request], on: bool) -> Iterator[Document]:
    """Equal wishes for several days together; one that stands twice in the instance is two wishes."""
    seen: Counter[Request] = Counter()
    alike: dict[tuple[str, str, int, int], list[int]] = {}
    for one in requests:
        seen[one] += 1
        alike.setdefault((one.employee, one.shift, one.weight, seen[one]), []).append(one.day)
    for (employee, shift, weight, _), days in alike.items():
        wish: dict[str, Any] = {"person": employee, "dates": dates(days), "shift": shift, "weight": weight}
        yield {**wish, "on": True} if on else wish
