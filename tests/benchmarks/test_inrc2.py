"""Instances of the nurse rostering competition: what is read and refused, and the validator's figures."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.inrc2.instance import Demand, Instance, NurseHistory, OffRequest, ShiftType, load_instance
from benchmarks.inrc2.score import (
    COMPLETE,
    CONSECUTIVE,
    DAYS_OFF,
    HARD,
    MINIMAL_COVER,
    OPTIMAL_COVER,
    PREFERENCES,
    REQUIRED_SKILL,
    SINGLE,
    SOFT,
    SUCCESSION,
    TOTAL,
    WEEKENDS,
    days_outside,
    score,
)
from benchmarks.inrc2.solution import Assignment, load_solution
from patrolplan.errors import InputError
from tests.benchmarks.instances import FOLDER, needs_instances

SCENARIO = """\
SCENARIO = tiny

WEEKS = 2

SKILLS = 2
Head
Nurse

SHIFT_TYPES = 2
Early (2,5)
Night (3,4)

FORBIDDEN_SHIFT_TYPES_SUCCESSIONS
Early 0
Night 1 Early

CONTRACTS = 2
Full (4,9) (2,5) (2,4) 1 1
Half (0,5) (1,9) (1,16) 2 0

NURSES = 2
Ana Full 2 Head Nurse
Ben Half 1 Nurse
"""
HISTORY = """\
HISTORY
0 tiny

NURSE_HISTORY
Ana 0 0 Night 1 3 0
Ben 0 0 None 0 0 2
"""
WEEK = """\
WEEK_DATA
tiny

REQUIREMENTS
Early Nurse (1,2) (0,0) (0,0) (0,0) (0,0) (0,0) (0,0)
Night Head (0,0) (0,1) (0,0) (0,0) (0,0) (0,0) (0,0)

SHIFT_OFF_REQUESTS = 2
Ana Any Tue
Ana Night Wed
"""
EMPTY_WEEK = """\
WEEK_DATA
tiny

REQUIREMENTS

SHIFT_OFF_REQUESTS = 0
"""
DAYS = 14
SHIFTS = {"E": "Early", "N": "Night"}


def write_set(folder: Path) -> Path:
    """The files of a set, history 0 and weeks 0 and 1."""
    for name, text in (("Sc-tiny", SCENARIO), ("H0-tiny-0", HISTORY), ("WD-tiny-0", WEEK), ("WD-tiny-1", EMPTY_WEEK)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return load_instance(write_set(tmp_path), "tiny_0_0-1")


def works(nurse: str, text: str, skill: str = "Nurse") -> list[Assignment]:
    """``NN-E`` as assignments."""
    return [Assignment(nurse, day, SHIFTS[one], skill) for day, one in enumerate(text) if one != "-"]


def lines(instance: Instance, assignments: list[Assignment]) -> dict[str, int]:
    """Lines of the validator that are not 0."""
    return {line: value for line, value in score(instance, assignments)["by_constraint"].items() if value}


def for_ana(instance: Instance, text: str, *names: str) -> list[int]:
    """The named lines, with Ben off all the time."""
    found = score(instance, works("Ana", text))["by_constraint"]
    return [found[name] for name in names]


def test_an_instance_is_read(instance: Instance) -> None:
    assert instance.days == DAYS
    assert instance.scenario.shift_types["Night"] == ShiftType("Night", 3, 4, frozenset({"Early"}))
    ana = instance.scenario.nurses["Ana"]
    assert ana.skills == {"Head", "Nurse"}
    assert (ana.contract.min_assignments, ana.contract.max_assignments) == (4, 9)
    assert (ana.contract.min_consecutive_work, ana.contract.max_consecutive_work) == (2, 5)
    assert (ana.contract.min_consecutive_off, ana.contract.max_consecutive_off) == (2, 4)
    assert (ana.contract.max_weekends, ana.contract.complete_weekends) == (1, True)
    assert instance.history["Ana"] == NurseHistory("Ana", 0, 0, "Night", 1, 3, 0)
    assert instance.history["Ben"].last_shift is None
    assert instance.weeks[0].demands[0] == Demand("Early", "Nurse", 0, 1, 2)
    assert instance.weeks[0].off_requests == (OffRequest("Ana", None, 1), OffRequest("Ana", "Night", 2))
    assert instance.weeks[1].demands == ()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tiny", '"tiny" does not name an instance; write it like n030w4_1_6-2-9-1.'),
        ("tiny_0_0", "tiny_0_0 has 1 weeks, and the scenario tiny 2."),
        ("tiny_3_0-1", "{0}/H0-tiny-3.txt  there is no such file."),
        ("tiny_0_0-7", "{0}/WD-tiny-7.txt  there is no such file."),
    ],
)
def test_a_name_must_fit_the_set(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        load_instance(write_set(tmp_path), name)
    assert str(error.value) == message.format(tmp_path)


@pytest.mark.parametrize(
    ("file", "before", "after", "message"),
    [
        ("Sc-tiny", "(3,4)", "3-4", ':11  "3-4" is not a pair of numbers; write it like (2,5).'),
        ("Sc-tiny", "NURSES = 2", "NURSES = 3", ":21  3 lines are announced, and 2 follow."),
        ("Sc-tiny", "Night 1 Early", "Night 2 Early", ":15  2 shifts are announced, and 1 follow."),
        ("Sc-tiny", "Ben Half", "Ben Hlaf", ':23  there is no contract "Hlaf". Did you mean "Half"?'),
        ("Sc-tiny", "WEEKS = 2\n", "", "  the file has no WEEKS."),
        ("H0-tiny-0", "Ben 0 0 None 0 0 2\n", "", ":4  there is no history of Ben."),
        ("H0-tiny-0", "0 tiny", "0 huge", ':2  "0 huge" does not belong to the scenario tiny.'),
        ("WD-tiny-0", "Ana Any Tue", "Ana Any Tuesday", ':9  there is no day "Tuesday". Did you mean "Tue"?'),
        ("WD-tiny-0", "WEEK_DATA\n", "", ':1  the file begins with "tiny", not with WEEK_DATA.'),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, file: str, before: str, after: str, message: str) -> None:
    path = write_set(tmp_path) / f"{file}.txt"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_instance(tmp_path, "tiny_0_0-1")
    assert str(error.value) == f"{path}{message}"


@pytest.mark.parametrize(
    ("text", "before", "expected"),
    [
        ("------", 0, 0),
        ("-X----", 0, 2),
        ("-XXX--", 0, 0),
        ("-XXXXX", 0, 1),
        ("XXXXXX", 0, 2),
        ("----XX", 0, 0),
        ("X-----", 0, 2),
        ("X-----", 2, 0),
        ("------", 2, 1),
        ("XX----", 3, 1),
        ("XX----", 4, 2),
        ("XX----", 9, 2),
        ("------", 9, 0),
        ("X--X--", 1, 1 + 2),
    ],
)
def test_streaks_of_three_to_four_days(text: str, before: int, expected: int) -> None:
    assert days_outside([one == "X" for one in text], before, 3, 4) == expected


def test_cover_is_missing_from_the_minimum_and_from_the_optimum(instance: Instance) -> None:
    found = score(instance, [])["by_constraint"]
    assert (found[MINIMAL_COVER], found[OPTIMAL_COVER]) == (1, 2 * 30 + 30)
    found = score(instance, [*works("Ana", "E"), *works("Ben", "E")])["by_constraint"]
    assert (found[MINIMAL_COVER], found[OPTIMAL_COVER]) == (0, 30)


def test_cover_counts_the_skill_that_is_used_not_those_that_are_held(instance: Instance) -> None:
    assert score(instance, works("Ana", "E", skill="Head"))["by_constraint"][MINIMAL_COVER] == 1


def test_hard_constraints_are_counted(instance: Instance) -> None:
    assert for_ana(instance, "E", SUCCESSION) == [1]  # after the night before the first day
    assert for_ana(instance, "NEN-NE", SUCCESSION) == [2]
    assert lines(instance, works("Ben", "-E", skill="Head"))[REQUIRED_SKILL] == 1
    twice = [Assignment("Ben", 1, "Early", "Nurse"), Assignment("Ben", 1, "Night", "Nurse")]
    assert lines(instance, twice)[SINGLE] == 1
    assert score(instance, twice)["hard"] == 2  # and nobody on Monday


def test_work_and_shift_streaks_run_on_from_the_history(instance: Instance) -> None:
    # Ana has worked 3 days, the last of them a night; at least 3 and at most 4 nights, 2 to 5 days.
    assert for_ana(instance, "", CONSECUTIVE) == [2 * 15]
    assert for_ana(instance, "NN", CONSECUTIVE) == [0]
    assert for_ana(instance, "NNN", CONSECUTIVE) == [30]
    assert for_ana(instance, "NNNN", CONSECUTIVE) == [2 * 30 + 15]


def test_days_off_are_judged_alike(instance: Instance) -> None:
    assert for_ana(instance, "NN-NNNNN--NNNN", DAYS_OFF) == [30]
    assert for_ana(instance, "NN--NNN", DAYS_OFF) == [3 * 30]
    assert for_ana(instance, "NNNNNNNNNNNNN-", DAYS_OFF) == [0]


def test_totals_and_weekends(instance: Instance) -> None:
    assert for_ana(instance, "NN", TOTAL) == [2 * 20]
    assert for_ana(instance, "NNNNNNNNNNN", TOTAL) == [2 * 20]
    assert for_ana(instance, "-----EE-----EE", WEEKENDS, COMPLETE) == [30, 0]
    assert for_ana(instance, "-----E-------E", WEEKENDS, COMPLETE) == [30, 2 * 30]
    assert COMPLETE not in lines(instance, works("Ben", "-----E"))


def test_what_the_history_counts_is_added_to_the_totals(instance: Instance) -> None:
    earlier = replace(instance.history["Ana"], assignments=3, weekends=1)
    later = replace(instance, history={**instance.history, "Ana": earlier})
    assert for_ana(later, "-----EE", TOTAL, WEEKENDS) == [0, 30]


def test_unwanted_assignments(instance: Instance) -> None:
    assert for_ana(instance, "-E", PREFERENCES) == [10]
    assert for_ana(instance, "--E", PREFERENCES) == [0]
    assert for_ana(instance, "-NN", PREFERENCES) == [20]


def test_two_wishes_against_one_assignment_count_once(instance: Instance) -> None:
    first = instance.weeks[0]
    both = replace(first, off_requests=(*first.off_requests, OffRequest("Ana", "Early", 1)))
    assert for_ana(replace(instance, weeks=(both, instance.weeks[1])), "-E", PREFERENCES) == [10]


def test_the_lines_are_those_of_the_validator_in_its_order(instance: Instance) -> None:
    assert tuple(score(instance, [])["by_constraint"]) == (*HARD, *SOFT)


@pytest.mark.parametrize("one", [Assignment("Eve", 0, "Early", "Nurse"), Assignment("Ana", 14, "Early", "Nurse")])
def test_an_assignment_of_another_instance_is_refused(instance: Instance, one: Assignment) -> None:
    with pytest.raises(ValueError):
        score(instance, [one])


SOLUTION = {
    "monday.txt": "SOLUTION\n0 tiny\n\nASSIGNMENTS = 2\nAna Mon Night Nurse\nBen Mon Early Nurse \n\nViol: 0\nCost: 5",
    "second.txt": "SOLUTION\n1 tiny\nASSIGNMENTS = 1\nBen Sun Early Nurse\n",
}


def write_solution(folder: Path, **others: str) -> Path:
    """The files of a solution."""
    folder.mkdir(exist_ok=True)
    for name, text in {**SOLUTION, **others}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_solution_is_read_from_its_folder(instance: Instance, tmp_path: Path) -> None:
    notes = {"validator.txt": "Total cost: 0\n", "old.txt": "SOLUTION\n4 tinyw8\nASSIGNMENTS = 0\n"}
    found = load_solution(instance, write_solution(tmp_path / "s", **notes))
    assert found.left_out == ("old.txt",)
    assert found.assignments == (
        Assignment("Ana", 0, "Night", "Nurse"),
        Assignment("Ben", 0, "Early", "Nurse"),
        Assignment("Ben", 13, "Early", "Nurse"),
    )


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("second.txt", "SOLUTION\n0 tiny\nASSIGNMENTS = 0\n", "/second.txt:2  week 0 also stands in monday.txt."),
        (
            "third.txt",
            "SOLUTION\n2 tiny\nASSIGNMENTS = 0\n",
            "/third.txt:2  week 2 lies beyond the horizon, which has the weeks 0 to 1.",
        ),
        ("second.txt", "", "  no file solves week 1 of tiny_0_0-1."),
        (
            "second.txt",
            "SOLUTION\n1 tiny\nASSIGNMENTS = 1\nBen Sun Late Nurse\n",
            '/second.txt:4  there is no shift "Late".',
        ),
        (
            "second.txt",
            "SOLUTION\n1 tiny\nASSIGNMENTS = 2\nBen Sun Early Nurse\n",
            "/second.txt:3  2 lines are announced, and 1 follow.",
        ),
    ],
)
def test_a_solution_that_does_not_fit_is_refused(
    instance: Instance, tmp_path: Path, name: str, text: str, message: str
) -> None:
    folder = write_solution(tmp_path / "s", **{name: text})
    with pytest.raises(InputError) as error:
        load_solution(instance, folder)
    assert str(error.value) == f"{folder}{message}"


def test_the_command_prints_the_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    solution = write_solution(tmp_path / "s", **{"old.txt": "SOLUTION\n4 tinyw8\nASSIGNMENTS = 0\n"})
    assert main(["inrc2", "score", str(write_set(tmp_path)), "tiny_0_0-1", str(solution)]) == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert found["hard"] == 0
    assert found["total"] == sum(found["by_constraint"].values())
    assert found["by_constraint"][OPTIMAL_COVER] == 30 + 30
    assert printed.err == "old.txt is left out: it is not for the scenario tiny.\n"


def test_the_command_ends_with_2_if_the_input_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inrc2", "score", str(write_set(tmp_path)), "tiny_0_0-1", str(tmp_path / "s")]) == 2
    assert capsys.readouterr().err == f"{tmp_path / 's'}  there is no such folder.\n"


SOLVED = sorted((FOLDER / "inrc2" / "solutions").glob("*_*"))


@needs_instances
def test_there_are_solved_instances() -> None:
    assert SOLVED


@pytest.mark.parametrize("folder", SOLVED, ids=lambda folder: folder.name)
def test_every_line_is_that_of_the_official_validator(folder: Path) -> None:
    name, cost = folder.name.rsplit("_", 1)
    report = (folder / "validator.txt").read_text(encoding="utf-8")
    official = {line: int(value) for line, value in re.findall(r"^([A-Z][\w ]+): (\d+)$", report, re.MULTILINE)}
    instance = load_instance(FOLDER / "inrc2" / name.split("_")[0], name)
    found = score(instance, load_solution(instance, folder).assignments)
    assert found["total"] == official.pop("Total cost") == int(cost)
    assert found["by_constraint"] == official
