"""What a solution costs and which hard constraints it breaks, under the names of the competition's validator."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypedDict

from benchmarks.inrc2.instance import SATURDAY, SUNDAY, WEEKDAYS, Demand, Instance, Nurse
from benchmarks.inrc2.solution import Assignment

MINIMAL_COVER = "Minimal coverage constraints"
REQUIRED_SKILL = "Required skill constraints"
SUCCESSION = "Illegal shift type succession constraints"
SINGLE = "Single assignment per day"
HARD = (MINIMAL_COVER, REQUIRED_SKILL, SUCCESSION, SINGLE)
"""Hard constraints: the validator's lines count how often they are broken."""

TOTAL = "Total assignment constraints"
CONSECUTIVE = "Consecutive constraints"
DAYS_OFF = "Non working days constraints"
PREFERENCES = "Preferences"
WEEKENDS = "Max working weekend"
COMPLETE = "Complete weekends"
OPTIMAL_COVER = "Optimal coverage constraints"
SOFT = (TOTAL, CONSECUTIVE, DAYS_OFF, PREFERENCES, WEEKENDS, COMPLETE, OPTIMAL_COVER)
"""Soft constraints: the validator's lines have their costs."""

OPTIMAL_COVER_WEIGHT = 30
SHIFT_STREAK_WEIGHT = 15
WORK_STREAK_WEIGHT = 30
OFF_STREAK_WEIGHT = 30
PREFERENCE_WEIGHT = 10
COMPLETE_WEIGHT = 30
TOTAL_WEIGHT = 20
WEEKENDS_WEIGHT = 30


class Score(TypedDict):
    """The total cost, the number of broken hard constraints, and both by line of the validator."""

    total: int
    hard: int
    by_constraint: dict[str, int]


def score(instance: Instance, assignments: Iterable[Assignment]) -> Score:
    """Count costs and broken hard constraints over all weeks.

    Parameters
    ----------
    assignments
        In any order. Of several on one day of a nurse the first counts; the others are broken constraints.

    Raises
    ------
    ValueError
        If an assignment names a nurse, day or shift that the instance does not have.
    """
    given = list(assignments)
    rosters = _rosters(instance, given)
    kept = [one for row in rosters.values() for one in row if one is not None]
    hard, soft = Counter({SINGLE: len(given) - len(kept)}), Counter[str]()
    skills = {name: nurse.skills for name, nurse in instance.scenario.nurses.items()}
    hard[REQUIRED_SKILL] = sum(one.skill not in skills[one.nurse] for one in kept)
    _add_cover(instance, kept, hard, soft)
    for name, row in rosters.items():
        shifts = [None if one is None else one.shift for one in row]
        hard[SUCCESSION] += _forbidden_successions(instance, name, shifts)
        soft.update(dict(_personal_costs(instance, instance.scenario.nurses[name], shifts)))
    by_constraint = {line: hard[line] for line in HARD} | {line: soft[line] for line in SOFT}
    return {"total": soft.total(), "hard": hard.total(), "by_constraint": by_constraint}


def _rosters(instance: Instance, assignments: Iterable[Assignment]) -> dict[str, list[Assignment | None]]:
    rosters: dict[str, list[Assignment | None]] = {name: [None] * instance.days for name in instance.scenario.nurses}
    for one in assignments:
        if one.nurse not in rosters or one.shift not in instance.scenario.shift_types:
            raise ValueError(f"{one} does not belong to {instance.name}")
        if not 0 <= one.day < instance.days:
            raise ValueError(f"{one} lies outside the {instance.days} days of {instance.name}")
        if rosters[one.nurse][one.day] is None:
            rosters[one.nurse][one.day] = one
    return rosters


def _add_cover(instance: Instance, kept: Iterable[Assignment], hard: Counter[str], soft: Counter[str]) -> None:
    """Nurses missing from the minimum, and from the optimal cover; more than that costs nothing."""
    staff = Counter((one.day, one.shift, one.skill) for one in kept)
    for day, demand in _demands(instance):
        there = staff[day, demand.shift, demand.skill]
        hard[MINIMAL_COVER] += max(0, demand.minimum - there)
        soft[OPTIMAL_COVER] += OPTIMAL_COVER_WEIGHT * max(0, demand.optimal - there)


def _demands(instance: Instance) -> Iterator[tuple[int, Demand]]:
    for week, data in enumerate(instance.weeks):
        for demand in data.demands:
            yield week * len(WEEKDAYS) + demand.weekday, demand


def _forbidden_successions(instance: Instance, nurse: str, shifts: Sequence[str | None]) -> int:
    """Forbidden successions, also from the last day before the horizon into the first one."""
    types = instance.scenario.shift_types
    days = (instance.history[nurse].last_shift, *shifts)
    return sum(first is not None and second in types[first].forbidden_next for first, second in pairwise(days))


def _personal_costs(instance: Instance, nurse: Nurse, shifts: Sequence[str | None]) -> Iterator[tuple[str, int]]:
    contract, history = nurse.contract, instance.history[nurse.name]
    works = [shift is not None for shift in shifts]
    weekends = [(week + SATURDAY, week + SUNDAY) for week in range(0, len(shifts), len(WEEKDAYS))]

    total = history.assignments + sum(works)
    outside = max(0, contract.min_assignments - total, total - contract.max_assignments)
    yield TOTAL, TOTAL_WEIGHT * outside

    work = days_outside(works, history.consecutive_work, contract.min_consecutive_work, contract.max_consecutive_work)
    same = sum(_shift_days_outside(instance, nurse.name, shifts))
    yield CONSECUTIVE, WORK_STREAK_WEIGHT * work + SHIFT_STREAK_WEIGHT * same

    free = [not one for one in works]
    off = days_outside(free, history.consecutive_off, contract.min_consecutive_off, contract.max_consecutive_off)
    yield DAYS_OFF, OFF_STREAK_WEIGHT * off

    yield PREFERENCES, PREFERENCE_WEIGHT * _unwanted(instance, nurse.name, shifts)
    worked = history.weekends + sum(works[saturday] or works[sunday] for saturday, sunday in weekends)
    yield WEEKENDS, WEEKENDS_WEIGHT * max(0, worked - contract.max_weekends)
    halves = sum(works[saturday] != works[sunday] for saturday, sunday in weekends)
    yield COMPLETE, COMPLETE_WEIGHT * halves * contract.complete_weekends


def _shift_days_outside(instance: Instance, nurse: str, shifts: Sequence[str | None]) -> Iterator[int]:
    history = instance.history[nurse]
    for name, kind in instance.scenario.shift_types.items():
        before = history.consecutive_shift if history.last_shift == name else 0
        yield days_outside([shift == name for shift in shifts], before, kind.min_consecutive, kind.max_consecutive)


def _unwanted(instance: Instance, nurse: str, shifts: Sequence[str | None]) -> int:
    """Days on which the nurse works what was not wanted; two wishes that one shift goes against count once."""
    unwanted: Mapping[int, set[str | None]] = defaultdict(set)
    for week, data in enumerate(instance.weeks):
        for request in data.off_requests:
            if request.nurse == nurse:
                unwanted[week * len(WEEKDAYS) + request.weekday].add(request.shift)
    return sum(
        shifts[day] is not None and not wishes.isdisjoint((None, shifts[day])) for day, wishes in unwanted.items()
    )


def days_outside(marks: Sequence[bool], before: int, least: int, most: int) -> int:
    """Days missing from streaks that are too short, and days in excess of those that are too long.

    Parameters
    ----------
    marks
        Whether each day of the horizon belongs to a streak.
    before
        Length of the streak that reaches the day before. It runs on; if it ends there, it may be too short, but days
        in excess count only inside the horizon.
    least, most
        Limits of a streak. One that touches the last day may still grow, and so is never too short.
    """
    outside, length = 0, before
    for marked in marks:
        if marked:
            length += 1
            outside += length > most
        else:
            outside += max(0, least - length) if length else 0
            length = 0
    return outside
