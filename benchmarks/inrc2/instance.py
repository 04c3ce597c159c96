"""Scenario, history and week data, and the static instance that they form together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.inrc2.sections import Row, Section, read_sections
from patrolplan.errors import InputError
from patrolplan.tables import decode, read_bytes

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SATURDAY, SUNDAY = 5, 6

ANY, NONE = "Any", "None"
"""How the files write every shift, and that there was no last shift."""

_NAME = re.compile(r"(?P<set>.+)_(?P<history>\d+)_(?P<weeks>\d+(?:-\d+)*)")


@dataclass(frozen=True, slots=True)
class ShiftType:
    """A kind of shift: lengths of a streak of it, and what may not follow on the next day."""

    name: str
    min_consecutive: int
    max_consecutive: int
    forbidden_next: frozenset[str]


@dataclass(frozen=True, slots=True)
class Contract:
    """Limits of a contract; those of assignments and weekends are for the whole horizon."""

    name: str
    min_assignments: int
    max_assignments: int
    min_consecutive_work: int
    max_consecutive_work: int
    min_consecutive_off: int
    max_consecutive_off: int
    max_weekends: int
    complete_weekends: bool


@dataclass(frozen=True, slots=True)
class Nurse:
    """One nurse."""

    name: str
    contract: Contract
    skills: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What all weeks have in common."""

    name: str
    weeks: int
    skills: tuple[str, ...]
    shift_types: Mapping[str, ShiftType]
    contracts: Mapping[str, Contract]
    nurses: Mapping[str, Nurse]


@dataclass(frozen=True, slots=True)
class NurseHistory:
    """What is known of a nurse before the first day.

    Attributes
    ----------
    assignments, weekends
        Counted so far against the limits of the horizon; 0 in nearly all files.
    last_shift
        The shift of the day before, or None if that was off.
    consecutive_shift, consecutive_work, consecutive_off
        Lengths of the streaks that reach the day before.
    """

    nurse: str
    assignments: int
    weekends: int
    last_shift: str | None
    consecutive_shift: int
    consecutive_work: int
    consecutive_off: int


@dataclass(frozen=True, slots=True)
class Demand:
    """How many nurses with a skill a shift needs on a weekday (0 is Monday): at least, and ideally."""

    shift: str
    skill: str
    weekday: int
    minimum: int
    optimal: int


@dataclass(frozen=True, slots=True)
class OffRequest:
    """A wish not to work a shift, or not to work at all (None), on a weekday."""

    nurse: str
    shift: str | None
    weekday: int


@dataclass(frozen=True, slots=True)
class WeekData:
    """Demand and wishes of one week."""

    demands: tuple[Demand, ...]
    off_requests: tuple[OffRequest, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """A static instance: the history and all weeks known at once; days count from 0, which is a Monday."""

    name: str
    scenario: Scenario
    history: Mapping[str, NurseHistory]
    weeks: tuple[WeekData, ...]

    @property
    def days(self) -> int:
        """Length of the horizon."""
        return len(self.weeks) * len(WEEKDAYS)


@dataclass(frozen=True, slots=True)
class Name:
    """What the name of a static instance says."""

    set: str
    history: str
    weeks: tuple[str, ...]


def parse_name(name: str) -> Name:
    """Take ``<set>_<history>_<week>-<week>-...`` apart; whether anything is published of the instance is no matter.

    Raises
    ------
    InputError
        If the name is none.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise InputError(f'"{name}" does not name an instance; write it like n030w4_1_6-2-9-1.')
    return Name(match["set"], match["history"], tuple(match["weeks"].split("-")))


def load_instance(folder: Path, name: str) -> Instance:
    """Read a static instance from the folder of its set.

    Parameters
    ----------
    folder
        Holds the ``Sc-``, ``H0-`` and ``WD-`` files of one set.
    name
        ``<set>_<history>_<week>-<week>-...``, such as ``n030w4_1_6-2-9-1``.

    Raises
    ------
    InputError
        If the name is none, or if a file is missing or wrong.
    """
    parts = parse_name(name)
    own, weeks = parts.set, parts.weeks
    scenario = read_scenario(*_file(folder / f"Sc-{own}.txt"))
    if len(weeks) != scenario.weeks:
        raise InputError(f"{name} has {len(weeks)} weeks, and the scenario {own} {scenario.weeks}.")
    return Instance(
        name=name,
        scenario=scenario,
        history=read_history(scenario, *_file(folder / f"H0-{own}-{parts.history}.txt")),
        weeks=tuple(read_week(scenario, *_file(folder / f"WD-{own}-{week}.txt")) for week in weeks),
    )


def _file(path: Path) -> tuple[str, str]:
    return decode(read_bytes(path, str(path)), str(path)), str(path)


def read_scenario(text: str, file: str = "scenario") -> Scenario:
    """Read an ``Sc-`` file."""
    successions = "FORBIDDEN_SHIFT_TYPES_SUCCESSIONS"
    headings = ("SCENARIO", "WEEKS", "SKILLS", "SHIFT_TYPES", successions, "CONTRACTS", "NURSES")
    sections = read_sections(text, file, headings)
    skills = tuple(row.words[0] for row in sections["SKILLS"].counted)
    contracts = {row.words[0]: _contract(row) for row in sections["CONTRACTS"].counted}
    weeks = sections["WEEKS"]
    return Scenario(
        name=sections["SCENARIO"].value,
        weeks=weeks.heading.whole(weeks.value),
        skills=skills,
        shift_types=_shift_types(sections["SHIFT_TYPES"], sections[successions]),
        contracts=contracts,
        nurses={row.words[0]: _nurse(row, contracts, skills) for row in sections["NURSES"].counted},
    )


def _shift_types(types: Section, successions: Section) -> dict[str, ShiftType]:
    names = [row.words[0] for row in types.counted]
    forbidden: dict[str, frozenset[str]] = {}
    for row in successions.rows:
        row.require("shift", "number", more=True)
        first, number, *following = row.words
        if row.whole(number) != len(following):
            raise row.wrong(f"{number} shifts are announced, and {len(following)} follow.")
        row.known(first, names, "shift")
        forbidden[first] = frozenset(row.known(one, names, "shift") for one in following)
    found: dict[str, ShiftType] = {}
    for row in types.rows:
        row.require("shift", "(fewest,most consecutive)")
        name, consecutive = row.words
        found[name] = ShiftType(name, *row.span(consecutive), forbidden.get(name, frozenset()))
    return found


def _contract(row: Row) -> Contract:
    streaks = ("(fewest,most consecutive work days)", "(fewest,most consecutive days off)")
    row.require("contract", "(fewest,most assignments)", *streaks, "most weekends", "complete weekends")
    name, assignments, work, off, weekends, complete = row.words
    return Contract(
        name,
        *row.span(assignments),
        *row.span(work),
        *row.span(off),
        max_weekends=row.whole(weekends),
        complete_weekends=row.whole(complete) > 0,
    )


def _nurse(row: Row, contracts: Mapping[str, Contract], skills: tuple[str, ...]) -> Nurse:
    row.require("nurse", "contract", "number of skills", more=True)
    name, contract, number, *own = row.words
    if row.whole(number) != len(own):
        raise row.wrong(f"{number} skills are announced, and {len(own)} follow.")
    held = frozenset(row.known(skill, skills, "skill") for skill in own)
    return Nurse(name, contracts[row.known(contract, contracts, "contract")], held)


def read_history(scenario: Scenario, text: str, file: str = "history") -> dict[str, NurseHistory]:
    """Read an ``H0-`` file: the history by nurse."""
    sections = read_sections(text, file, ("HISTORY", "NURSE_HISTORY"))
    _require_scenario(scenario, sections["HISTORY"].first, 1)
    found = {row.words[0]: _nurse_history(row, scenario) for row in sections["NURSE_HISTORY"].rows}
    missing = [name for name in scenario.nurses if name not in found]
    if missing:
        raise sections["NURSE_HISTORY"].heading.wrong(f"there is no history of {', '.join(missing)}.")
    return found


def _nurse_history(row: Row, scenario: Scenario) -> NurseHistory:
    streaks = ("consecutive assignments of that shift", "consecutive work days", "consecutive days off")
    row.require("nurse", "assignments", "working weekends", "last shift", *streaks)
    nurse, assignments, weekends, last, *lengths = row.words
    return NurseHistory(
        row.known(nurse, scenario.nurses, "nurse"),
        row.whole(assignments),
        row.whole(weekends),
        None if last == NONE else row.known(last, scenario.shift_types, "shift"),
        *(row.whole(length) for length in lengths),
    )


def read_week(scenario: Scenario, text: str, file: str = "week data") -> WeekData:
    """Read a ``WD-`` file."""
    sections = read_sections(text, file, ("WEEK_DATA", "REQUIREMENTS", "SHIFT_OFF_REQUESTS"))
    _require_scenario(scenario, sections["WEEK_DATA"].first, 0)
    demands = [demand for row in sections["REQUIREMENTS"].rows for demand in _demands(row, scenario)]
    requests = [_off_request(row, scenario) for row in sections["SHIFT_OFF_REQUESTS"].counted]
    return WeekData(tuple(demands), tuple(requests))


def _demands(row: Row, scenario: Scenario) -> list[Demand]:
    row.require("shift", "skill", *(f"{day} (minimum,optimal)" for day in WEEKDAYS))
    shift, skill, *days = row.words
    row.known(shift, scenario.shift_types, "shift")
    row.known(skill, scenario.skills, "skill")
    return [Demand(shift, skill, weekday, *row.span(text)) for weekday, text in enumerate(days)]


def _off_request(row: Row, scenario: Scenario) -> OffRequest:
    row.require("nurse", "shift", "day")
    nurse, shift, day = row.words
    return OffRequest(
        row.known(nurse, scenario.nurses, "nurse"),
        None if shift == ANY else row.known(shift, scenario.shift_types, "shift"),
        WEEKDAYS.index(row.known(day, WEEKDAYS, "day")),
    )


def _require_scenario(scenario: Scenario, row: Row, at: int) -> None:
    """Refuse a file of another scenario."""
    if len(row.words) <= at or row.words[at] != scenario.name:
        raise row.wrong(f'"{" ".join(row.words)}" does not belong to the scenario {scenario.name}.')
