"""Small operations from a seed: wards in the spirit of Curtois and Qu, and guard companies.

A name says what it is: ``ward-20x28`` has 20 people and 28 days, ``guards-12x14`` 12 people and 14 days. Both keep to
the rules that `benchmarks.peers.subset` can put as plain numbers. Same name and seed, same operation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from benchmarks.operation_file import FIRST_DATE, Document, OperationFiles, dates, heading
from patrolplan.units import WEEK_DAYS

DEFAULT = ("ward-10x14", "ward-20x28", "ward-40x28", "guards-12x14", "guards-24x28", "guards-40x28")
NAME = re.compile(r"(?P<family>ward|guards)-(?P<people>\d{1,3})x(?P<days>\d{1,3})")

WARD_SHIFTS = {"E": ("07:00", "15:00"), "D": ("09:00", "17:00"), "L": ("15:00", "23:00"), "N": ("23:00", "07:00")}
WARD_HOURS, WEEK_HOURS = 8, 40
GUARD_HOURS, GUARD_WEEK_HOURS = 12, 48
TIGHTNESS = 0.9
"""Share of the people's time that the needs ask for."""
PART_TIME = 0.25
"""Share of the people who work three fifths."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many people and days."""

    people: int
    days: int

    @property
    def weeks(self) -> int:
        """Whole weeks, at least one."""
        return max(1, self.days // WEEK_DAYS)

    @property
    def names(self) -> list[str]:
        """Service numbers."""
        return [f"P{number:02d}" for number in range(1, self.people + 1)]


def is_generated(name: str) -> bool:
    """Whether a name is that of a generated operation."""
    return NAME.fullmatch(name) is not None


def generate(name: str, seed: int) -> OperationFiles:
    """The operation of that name and seed."""
    match = NAME.fullmatch(name)
    if match is None:
        raise ValueError(f'"{name}" is no name of a generated operation; write it like ward-20x28.')
    size = Size(int(match["people"]), int(match["days"]))
    random = Random(f"{name}/{seed}")
    return OperationFiles((ward if match["family"] == "ward" else guards)(name, size, random))


# -- a ward ----------------------------------------------------------------------------------------------------------


def ward(name: str, size: Size, random: Random) -> Document:
    """One place, several shifts, everything on one level; streaks, weekends, hours and requests."""
    shifts = ["E", "L"] if size.people < 15 else ["E", "D", "L"] if size.people < 30 else ["E", "D", "L", "N"]
    part = set(random.sample(size.names, round(size.people * PART_TIME)))
    capacity = (size.people - len(part) * 0.4) * size.weeks * WEEK_HOURS / WARD_HOURS * TIGHTNESS
    usual = capacity / (size.days * len(shifts))
    needs = list(_ward_needs(shifts, size, usual, random))
    return {
        **heading(name, size.days),
        "shifts": {one: {"start": WARD_SHIFTS[one][0], "end": WARD_SHIFTS[one][1]} for one in shifts},
        "sites": {"ward": {"posts": {"ward": {"needs": needs}}}},
        "personnel": [{"id": one} for one in size.names],
        "absences": list(_days_off(size, random)),
        "rules": list(_ward_rules(shifts, size, part, random)),
    }


def _ward_needs(shifts: Sequence[str], size: Size, usual: float, random: Random) -> Iterator[Document]:
    for day in range(size.days):
        for shift in shifts:
            staff = max(1, int(usual + random.random()) + random.choice((-1, 0, 0, 0, 1)))
            cover: Document = {"shift": shift, "dates": dates([day]), "staff": staff, "per": "window"}
            yield {**cover, "short": {"cost": 100, "level": 1}, "surplus": {"cost": 1, "level": 1}}


def _ward_rules(shifts: Sequence[str], size: Size, part: set[str], random: Random) -> Iterator[Document]:
    yield {"rest": "0h"}
    backward = {one: list(shifts[:number]) for number, one in enumerate(shifts) if number}
    yield {"succession": {"id": "backward", "forbid": backward}}
    yield {"work_streak": {"id": "work", "min": 2, "max": 5}}
    yield {"off_streak": {"id": "off", "min": 2}}
    yield {"weekends": {"id": "weekends", "max": max(1, size.weeks // 2)}}
    full = [one for one in size.names if one not in part]
    for label, people, share in (("full", full, 1.0), ("part", sorted(part), 0.6)):
        most = int(size.weeks * WEEK_HOURS * share)
        least = int(most * 0.8)
        if people:
            limits = {"max": f"{most}h per operation", "min": f"{least}h per operation"}
            yield {"hours": {"id": f"hours-{label}", **limits, "for": {"people": people}}}
    if "N" in shifts:
        yield {"duties": {"id": "nights", "max": f"{size.weeks * 2} per operation", "shifts": ["N"]}}
    yield {"requests": {"id": "wishes", "level": 1, "entries": list(_wishes(shifts, size, random))}}


# -- a guard company -------------------------------------------------------------------------------------------------


def guards(name: str, size: Size, random: Random) -> Document:
    """Posts at two sites by day and night, one for qualified people only; rest, hours, nights, fair shares, wishes."""
    control = set(random.sample(size.names, max(4, size.people // 3)))
    spare = size.people * size.weeks * GUARD_WEEK_HOURS / GUARD_HOURS * TIGHTNESS / size.days - 2
    days = {"from": f"{FIRST_DATE} 07:00", "until": f"{FIRST_DATE + timedelta(days=size.days)} 07:00"}
    head = heading(name, size.days)
    return {
        **head,
        "operation": {**head["operation"], **days},
        "shifts": {
            "day": {"start": "07:00", "end": "19:00"},
            "night": {"start": "19:00", "end": "07:00", "night": True},
        },
        "qualifications": {"control_room": {}},
        "sites": _guard_sites(int(spare), random),
        "personnel": [{"id": one, "qualifications": ["control_room"] if one in control else []} for one in size.names],
        "absences": list(_days_off(size, random)),
        "rules": list(_guard_rules(size, random)),
    }


def _guard_sites(duties: int, random: Random) -> dict[str, Any]:
    """So many duties a day at posts of one or two people, besides the control room."""
    posts: dict[str, Document] = {"control-room": {"requires": ["control_room"], "needs": [{"staff": 1}]}}
    other: dict[str, Document] = {}
    number = 0
    while duties >= 2:
        number += 1
        staff = random.choice((1, 2)) if duties >= 4 else 1
        (posts if number % 2 else other)[f"post-{number}"] = {"needs": [{"staff": staff}]}
        duties -= 2 * staff
    sites: dict[str, Any] = {"plant": {"posts": posts}}
    return {**sites, "depot": {"posts": other}} if other else sites


def _guard_rules(size: Size, random: Random) -> Iterator[Document]:
    yield {"rest": {"id": "rest", "min": "11h"}}
    yield {"hours": {"id": "week", "max": f"{GUARD_WEEK_HOURS}h per week"}}
    yield {"shift_streak": {"id": "nights", "shift": "night", "max": 3}}
    yield {"work_streak": {"id": "work", "max": 5, "weight": 5, "level": 2}}
    yield {"fairness": {"id": "fair", "of": ["hours", "nights"], "weight": 1}}
    yield {"requests": {"id": "wishes", "entries": list(_wishes(["day", "night"], size, random))}}


# -- both ------------------------------------------------------------------------------------------------------------


def _days_off(size: Size, random: Random) -> Iterator[Document]:
    """One date of leave for each person and fortnight."""
    for one in size.names:
        days = random.sample(range(size.days), max(1, size.days // (2 * WEEK_DAYS)))
        yield {"person": one, "starts": dates(days), "reason": "leave"}


def _wishes(shifts: Sequence[str], size: Size, random: Random) -> Iterator[Document]:
    """Two wishes for each person and week: for or against a shift of a date."""
    for one in size.names:
        for day in sorted(random.sample(range(size.days), min(size.days, 2 * size.weeks))):
            wish = {"person": one, "dates": dates([day]), "shift": random.choice(shifts)}
            yield {**wish, "on": random.random() < 0.5, "weight": random.choice((1, 2, 3))}
