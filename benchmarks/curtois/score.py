"""What a roster of an instance costs and which hard constraints it breaks, counted day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TypedDict

from benchmarks.curtois.instance import Employee, Instance, Request

Assignment = Mapping[str, Sequence[str | None]]
"""For every employee the shift of each day, None for a day off; so nobody has two shifts on one day."""

HARD = (
    "forbidden_succession",
    "max_shifts",
    "max_minutes",
    "min_minutes",
    "max_consecutive_shifts",
    "min_consecutive_shifts",
    "min_consecutive_days_off",
    "max_weekends",
    "days_off",
)
"""Hard constraints, each counted as often as it is broken."""

SOFT = ("shift_on", "shift_off", "under", "over")
"""What costs: wishes not granted, and people too few and too many."""


class Score(TypedDict):
    """The total cost, the number of broken hard constraints, and both by constraint."""

    total: int
    hard: int
    by_constraint: dict[str, int]


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken hard constraint: of which kind, whose, from which day on (None: over the horizon), and how."""

    kind: str
    employee: str
    day: int | None
    message: str

    def __str__(self) -> str:
        when = "" if self.day is None else f", day {self.day}"
        return f"{self.kind}: employee {self.employee}{when}: {self.message}"


def score(instance: Instance, assignment: Assignment) -> Score:
    """Count costs and broken hard constraints.

    A hard constraint counts once for every pair of days (succession), kind of shift (most shifts), streak, day (days
    off) or employee (minutes, weekends) that breaks it, however far.

    Raises
    ------
    ValueError
        If the assignment is not one of this instance: see `violations`.
    """
    broken = Counter(violation.kind for violation in violations(instance, assignment))
    costs = _costs(instance, assignment)
    return {
        "total": sum(costs.values()),
        "hard": broken.total(),
        "by_constraint": {**{kind: broken[kind] for kind in HARD}, **costs},
    }


def violations(instance: Instance, assignment: Assignment) -> list[Violation]:
    """All broken hard constraints, by employee.

    Raises
    ------
    ValueError
        If employees are missing or unknown, a row has not one entry per day, or a shift is unknown.
    """
    _require_fit(instance, assignment)
    return [one for employee in instance.employees.values() for one in _of(instance, employee, assignment[employee.id])]


def _require_fit(instance: Instance, assignment: Assignment) -> None:
    if set(assignment) != set(instance.employees):
        differing = sorted(set(assignment) ^ set(instance.employees))
        raise ValueError(f"the assignment and the instance differ in the employees {', '.join(differing)}")
    for employee, row in assignment.items():
        unknown = {shift for shift in row if shift is not None} - set(instance.shifts)
        if unknown or len(row) != instance.days:
            raise ValueError(f"employee {employee}: {len(row)} days, unknown shifts {sorted(unknown)}")


def _of(instance: Instance, employee: Employee, row: Sequence[str | None]) -> Iterator[Violation]:
    yield from _successions(instance, employee, row)
    yield from _totals(instance, employee, row)
    yield from _streaks(instance, employee, row)
    for day in sorted(employee.days_off):
        if row[day] is not None:
            yield Violation("days_off", employee.id, day, f"works {row[day]} on a fixed day off.")


def _successions(instance: Instance, employee: Employee, row: Sequence[str | None]) -> Iterator[Violation]:
    for day, (today, tomorrow) in enumerate(pairwise(row)):
        if today is not None and tomorrow in instance.shifts[today].forbidden_next:
            yield Violation("forbidden_succession", employee.id, day, f"{tomorrow} may not follow {today}.")


def _totals(instance: Instance, employee: Employee, row: Sequence[str | None]) -> Iterator[Violation]:
    shifts = Counter(shift for shift in row if shift is not None)
    for shift, most in employee.max_shifts.items():
        if shifts[shift] > most:
            yield Violation("max_shifts", employee.id, None, f"{shifts[shift]} shifts {shift}, at most {most}.")
    minutes = sum(instance.shifts[shift].minutes * number for shift, number in shifts.items())
    if minutes > employee.max_minutes:
        yield Violation("max_minutes", employee.id, None, f"{minutes} min, at most {employee.max_minutes} min.")
    if minutes < employee.min_minutes:
        yield Violation("min_minutes", employee.id, None, f"{minutes} min, at least {employee.min_minutes} min.")
    weekends = sum(any(row[day] is not None for day in weekend) for weekend in instance.weekends)
    if weekends > employee.max_weekends:
        yield Violation("max_weekends", employee.id, None, f"{weekends} weekends, at most {employee.max_weekends}.")


def _streaks(instance: Instance, employee: Employee, row: Sequence[str | None]) -> Iterator[Violation]:
    """Streaks that are too long, and those that are too short and touch neither end of the horizon."""
    start = 0
    for works, days in groupby(row, key=lambda shift: shift is not None):
        length = sum(1 for _ in days)
        inside = start > 0 and start + length < instance.days
        most = employee.max_consecutive_shifts if works else length
        least = employee.min_consecutive_shifts if works else employee.min_consecutive_days_off
        what = "consecutive_shifts" if works else "consecutive_days_off"
        if length > most:
            yield Violation(f"max_{what}", employee.id, start, f"{length} days, at most {most}.")
        if inside and length < least:
            yield Violation(f"min_{what}", employee.id, start, f"{length} days, at least {least}.")
        start += length


def _costs(instance: Instance, assignment: Assignment) -> dict[str, int]:
    def given(request: Request) -> bool:
        return assignment[request.employee][request.day] == request.shift

    staff = Counter((day, shift) for row in assignment.values() for day, shift in enumerate(row) if shift is not None)
    under = over = 0
    for cover in instance.cover:
        surplus = staff[cover.day, cover.shift] - cover.required
        under += cover.under_weight * max(0, -surplus)
        over += cover.over_weight * max(0, surplus)
    wishes = sum(request.weight for request in instance.shift_on if not given(request))
    aversions = sum(request.weight for request in instance.shift_off if given(request))
    return dict(zip(SOFT, (wishes, aversions, under, over), strict=True))
