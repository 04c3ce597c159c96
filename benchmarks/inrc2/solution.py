"""Solutions in the competition's format: one file for each week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.inrc2.instance import WEEKDAYS, Instance, Scenario
from benchmarks.inrc2.sections import Row, read_sections
from patrolplan.errors import Complaint, InputError, Place
from patrolplan.tables import decode, read_bytes

HEADING = "SOLUTION"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A nurse works a shift with a skill; `day` counts from the first day of the horizon."""

    nurse: str
    day: int
    shift: str
    skill: str


@dataclass(frozen=True, slots=True)
class WeekSolution:
    """Assignments of one week, the first being week 0."""

    week: int
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """Assignments of all weeks, and the files that were left out since they belong to another scenario."""

    assignments: tuple[Assignment, ...]
    left_out: tuple[str, ...] = ()


def load_solution(instance: Instance, folder: Path) -> Solution:
    """Read the solution in a folder: of every week one file that says in its second line which week it is.

    The names of the files do not matter, and files that are no solution are passed over. So are those of
    another scenario, which are named in `Solution.left_out`.

    Raises
    ------
    InputError
        If a week is missing, stands in two files or lies beyond the horizon, or if a file is wrong.
    """
    label = str(folder)
    if not folder.is_dir():
        raise InputError([Complaint("there is no such folder.", Place(label))], label)
    weeks: dict[int, str] = {}
    assignments: list[Assignment] = []
    left_out: list[str] = []
    for path in sorted(folder.glob("*.txt")):
        text = decode(read_bytes(path, str(path)), str(path))
        if not text.lstrip().startswith(HEADING):
            continue
        if solved_scenario(text, str(path)) != instance.scenario.name:
            left_out.append(path.name)
            continue
        one = read_solution(instance.scenario, text, str(path))
        _require_new_week(instance, weeks, one.week, path)
        weeks[one.week] = path.name
        assignments += one.assignments
    _require_all_weeks(instance, weeks, label)
    return Solution(tuple(sorted(assignments, key=lambda one: one.day)), tuple(left_out))


def solved_scenario(text: str, file: str = "solution") -> str:
    """The scenario that the solution of a week is for."""
    return _scenario_row(text, file).words[1]


def read_solution(scenario: Scenario, text: str, file: str = "solution") -> WeekSolution:
    """Read the solution of one week."""
    row = _scenario_row(text, file)
    week = row.whole(row.words[0])
    rows = read_sections(text, file, (HEADING, "ASSIGNMENTS"))["ASSIGNMENTS"].counted
    return WeekSolution(week, tuple(_assignment(row, scenario, week) for row in rows))


def _scenario_row(text: str, file: str) -> Row:
    row = read_sections(text, file, (HEADING, "ASSIGNMENTS"))[HEADING].first
    row.require("week", "scenario")
    return row


def _assignment(row: Row, scenario: Scenario, week: int) -> Assignment:
    row.require("nurse", "day", "shift", "skill")
    nurse, day, shift, skill = row.words
    return Assignment(
        row.known(nurse, scenario.nurses, "nurse"),
        week * len(WEEKDAYS) + WEEKDAYS.index(row.known(day, WEEKDAYS, "day")),
        row.known(shift, scenario.shift_types, "shift"),
        row.known(skill, scenario.skills, "skill"),
    )


def _require_new_week(instance: Instance, weeks: Mapping[int, str], week: int, path: Path) -> None:
    if week in weeks:
        message = f"week {week} also stands in {weeks[week]}."
    elif week >= len(instance.weeks):
        message = f"week {week} lies beyond the horizon, which has the weeks 0 to {len(instance.weeks) - 1}."
    else:
        return
    raise InputError([Complaint(message, Place(str(path), 2))], str(path))


def _require_all_weeks(instance: Instance, weeks: Mapping[int, str], folder: str) -> None:
    missing = [str(week) for week in range(len(instance.weeks)) if week not in weeks]
    if missing:
        message = f"no file solves week {', '.join(missing)} of {instance.name}."
        raise InputError([Complaint(message, Place(folder))], folder)
