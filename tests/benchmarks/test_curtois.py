"""Instances of Curtois and Qu: what is read, what is refused, and what a roster costs, counted by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.curtois.commands import load_instance
from benchmarks.curtois.instance import Cover, Employee, Instance, Request, Shift, read_instance
from benchmarks.curtois.roster import read_assignment
from benchmarks.curtois.score import HARD, SOFT, score, violations
from patrolplan.errors import InputError
from patrolplan.tables import parse_table
from tests.benchmarks.instances import FOLDER, needs_instances

TEXT = """\
# Comments start with #
SECTION_HORIZON
# All instances start on a Monday
14

SECTION_SHIFTS
E,480,
L,600,E

SECTION_STAFF
# ID, MaxShifts, MaxTotalMinutes, MinTotalMinutes, ...
A,E=14|L=2,4000,480,5,2,2,1
B,E=0|L=14,4000,0,5,1,1,2

SECTION_DAYS_OFF
A,3,4
B,13

SECTION_SHIFT_ON_REQUESTS
A,1,E,2
B,1,L,5

SECTION_SHIFT_OFF_REQUESTS
A,2,E,3
B,2,L,7

SECTION_COVER
0,E,1,100,1
1,E,0,100,1
1,L,2,50,4
"""

DAYS = 14


@pytest.fixture
def instance() -> Instance:
    return read_instance(TEXT)


def row(text: str) -> list[str | None]:
    """``EE-L`` as shifts, with days off up to the end."""
    return [None if one == "-" else one for one in text.ljust(DAYS, "-")]


def broken(instance: Instance, a: str, b: str = "") -> dict[str, int]:
    """Hard constraints that two rows break."""
    found = score(instance, {"A": row(a), "B": row(b)})["by_constraint"]
    return {kind: found[kind] for kind in HARD if found[kind]}


def test_an_instance_is_read(instance: Instance) -> None:
    assert instance.days == DAYS
    assert instance.shifts == {"E": Shift("E", 480), "L": Shift("L", 600, frozenset("E"))}
    assert instance.employees["A"] == Employee("A", frozenset({3, 4}), {"E": 14, "L": 2}, 4000, 480, 5, 2, 2, 1)
    assert instance.shift_on == (Request("A", 1, "E", 2), Request("B", 1, "L", 5))
    assert instance.shift_off == (Request("A", 2, "E", 3), Request("B", 2, "L", 7))
    assert instance.cover[2] == Cover(1, "L", 2, 50, 4)
    assert instance.weekends == ((5, 6), (12, 13))


def test_line_ends_of_windows_change_nothing(instance: Instance) -> None:
    assert read_instance(TEXT.replace("\n", "\r\n")) == instance


def test_a_weekend_may_be_cut_off_by_the_horizon() -> None:
    text = "\n".join(line for line in TEXT.splitlines() if line != "B,13").replace("\n14\n", "\n13\n")
    assert read_instance(text).weekends == ((5, 6), (12,))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("14\n", "two weeks\n", 'i:4  the number of days "two weeks" is not a whole number.'),
        ("SECTION_COVER", "SECTION_COVR", 'i:27  there is no section "SECTION_COVR". Did you mean "SECTION_COVER"?'),
        (TEXT[TEXT.index("SECTION_COVER") :], "", "i  this is not an instance: it has no SECTION_COVER."),
        ("L,600,E", "L,600,N", 'i:8  there is no shift "N".'),
        ("A,1,E,2", "C,1,E,2", 'i:20  there is no employee "C".'),
        ("B,13", "C,13", 'i:17  there is no employee "C".'),
        ("B,2,L,7", "B,14,L,7", "i:25  day 14 lies outside the horizon, which has the days 0 to 13."),
        (
            "1,L,2,50,4",
            "1,L,2,50",
            "i:30  4 values; the line should have day, shift, requirement, weight for under, weight for over.",
        ),
        ("E=14|L=2", "E|L=2", 'i:12  "E" does not say how many shifts; write it like E=14.'),
        ("B,E=0", "A,E=0", 'i:13  the employee "A" stands twice.'),
        (
            "SECTION_HORIZON",
            "horizon",
            'i:2  "horizon" stands before the first section; a file begins with SECTION_HORIZON.',
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(before: str, after: str, message: str) -> None:
    assert before in TEXT
    with pytest.raises(InputError) as error:
        read_instance(TEXT.replace(before, after), "i")
    assert str(error.value) == message


def test_costs_are_those_of_wishes_and_cover(instance: Instance) -> None:
    found = score(instance, {"A": row("EEE"), "B": row("L-L")})
    # A has the wish of day 1 and works day 2 against one; B neither has the one nor is spared the other.
    # Cover: day 0 E 1 of 1; day 1 E 1 of 0; day 1 L 0 of 2.
    assert {kind: found["by_constraint"][kind] for kind in SOFT} == {
        "shift_on": 5,
        "shift_off": 3 + 7,
        "under": 2 * 50,
        "over": 1,
    }
    assert found["total"] == 116
    assert tuple(found["by_constraint"]) == (*HARD, *SOFT)


def test_a_roster_without_fault_breaks_nothing(instance: Instance) -> None:
    assert broken(instance, "EE---EE--EE---", "L-L-LL----LL--") == {}


@pytest.mark.parametrize(
    ("row_of_a", "expected"),
    [
        ("EEE--LE", {"forbidden_succession": 1}),
        ("EE---LL--LL", {"max_shifts": 1}),
        ("EEE--EEEE--EE", {"max_minutes": 1, "max_weekends": 1}),
        ("", {"min_minutes": 1}),
        ("-----EEEEEE", {"max_consecutive_shifts": 1}),
        ("-E---EE", {"min_consecutive_shifts": 1}),
        ("EEE----EE-EE", {"min_consecutive_days_off": 1}),
        ("-----E-----E-E", {"min_consecutive_shifts": 2, "min_consecutive_days_off": 1, "max_weekends": 1}),
        ("EEEEE", {"days_off": 2}),
    ],
)
def test_each_hard_constraint_counts_how_often_it_is_broken(
    instance: Instance, row_of_a: str, expected: dict[str, int]
) -> None:
    assert broken(instance, row_of_a) == expected


def test_a_streak_that_touches_an_end_is_never_too_short(instance: Instance) -> None:
    assert broken(instance, "E") == {}
    assert broken(instance, "-------------E") == {}
    assert broken(instance, "-EE---------EE") == {}
    assert broken(instance, "-EE---------E-") == {"min_consecutive_shifts": 1}


def test_a_streak_at_an_end_may_be_too_long(instance: Instance) -> None:
    assert broken(instance, "", "LLLLLL") == {"max_consecutive_shifts": 1, "min_minutes": 1}
    assert broken(instance, "", "--------LLLLL-") == {"min_minutes": 1}


def test_a_shift_may_follow_the_forbidden_one_after_a_day_off(instance: Instance) -> None:
    assert broken(instance, "-----LL--EE") == {}


def test_violations_say_who_and_when(instance: Instance) -> None:
    (one,) = violations(instance, {"A": row("EEE--LE"), "B": row("")})
    assert str(one) == "forbidden_succession: employee A, day 5: E may not follow L."


@pytest.mark.parametrize("assignment", [{"A": row("")}, {"A": row("X"), "B": row("")}, {"A": [None], "B": row("")}])
def test_an_assignment_of_another_instance_is_refused(
    instance: Instance, assignment: dict[str, list[str | None]]
) -> None:
    with pytest.raises(ValueError):
        score(instance, assignment)


ROSTER = """\
person,name,site,post,shift,start,end,duty,kind
A,,w,E,E,2024-01-01T08:00+00:00,2024-01-01T16:00+00:00,,duty
B,,w,L,L,2024-01-03T16:00+00:00,2024-01-03T20:00+00:00,B 3,duty
B,,w,M,L,2024-01-03T20:00+00:00,2024-01-04T02:00+00:00,B 3,duty
A,,w,E,E,2024-01-14T08:00+00:00,2024-01-14T16:00+00:00,,duty
"""


def test_a_roster_file_is_read_by_date(instance: Instance) -> None:
    found = read_assignment(instance, parse_table(ROSTER, "r"))
    assert found == {"A": row("E------------E"), "B": row("--L")}


def test_stretches_of_one_duty_are_one_shift_even_past_midnight(instance: Instance) -> None:
    found = read_assignment(instance, parse_table(ROSTER.replace("2024-01-03T20:00", "2024-01-04T00:00"), "r"))
    assert found["B"] == row("--L")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("A,,w,E,E,2024-01-01", "C,,w,E,E,2024-01-01", 'r:2  the instance has no employee "C".'),
        ("B,,w,L,L", "B,,w,L,l", 'r:3  the instance has no shift "l". Did you mean "L"?'),
        ("2024-01-14T08", "2024-01-15T08", "r:5  2024-01-15 lies outside the horizon of 14 days from 2024-01-01."),
        ("2024-01-14T08", "2024-01-01T20", "r:5  A works E and E on day 0; one shift a day."),
        (
            "2024-01-14T08:00+00:00",
            "Sunday",
            'r:5  the start "Sunday" is not a date with a time; write it like 2024-01-01T07:00+00:00.',
        ),
        (",,duty\nB", ",,standby\nB", "r:2  a standby is nothing that an instance knows."),
        ("start", "begin", "r:1  this is not a roster: it has no column start."),
    ],
)
def test_a_roster_that_does_not_fit_is_refused(instance: Instance, before: str, after: str, message: str) -> None:
    assert before in ROSTER
    with pytest.raises(InputError) as error:
        read_assignment(instance, parse_table(ROSTER.replace(before, after), "r"))
    assert str(error.value) == message


def test_the_command_prints_the_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "i.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "r.csv").write_text(ROSTER, encoding="utf-8")
    assert main(["curtois", "score", str(tmp_path / "i.txt"), str(tmp_path / "r.csv")]) == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert (found["total"], found["hard"]) == (2 + 5 + 7 + 100, 0)
    assert printed.err == ""


def test_the_command_ends_with_2_if_a_file_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "i.txt").write_text(TEXT, encoding="utf-8")
    assert main(["curtois", "score", str(tmp_path / "i.txt"), str(tmp_path / "r.csv")]) == 2
    assert capsys.readouterr().err == f"{tmp_path / 'r.csv'}  there is no such file.\n"


@needs_instances
def test_instance_1_costs_what_was_counted_by_hand() -> None:
    instance = load_instance(FOLDER / "curtois" / "Instance1.txt")
    off: dict[str, list[str | None]] = {name: [None] * instance.days for name in instance.employees}
    assert score(instance, off)["total"] == 7137
    assert score(instance, off | {"A": row("--DD")})["total"] == 6933


@needs_instances
def test_all_instances_can_be_read() -> None:
    paths = sorted((FOLDER / "curtois").glob("Instance*.txt"))
    assert paths
    for path in paths:
        instance = load_instance(path)
        assert len(instance.cover) == instance.days * len(instance.shifts)
        assert all(set(one.max_shifts) == set(instance.shifts) for one in instance.employees.values())
