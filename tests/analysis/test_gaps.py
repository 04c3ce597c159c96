from __future__ import annotations

from patrolplan.analysis.gaps import GapGroup, days_text, merge_gaps
from patrolplan.audit import audit
from patrolplan.problem import Problem
from patrolplan.units import parse_date
from tests.tiny import tiny_problem, tiny_roster


def gaps(problem: Problem, **lines: str) -> list[GapGroup]:
    return merge_gaps(problem, audit(problem, tiny_roster(problem, lines)).findings)


def test_unbroken_time_is_one_gap_over_every_shift() -> None:
    problem = tiny_problem(["A"], 3, needs=[{"staff": 4}], always=True)
    (gap,) = gaps(problem, A="...")
    assert gap.when == "4-6 Nov, every shift"
    assert (gap.short, gap.windows, gap.person_shifts, gap.person_minutes) == (4, 6, 24, 4 * 3 * 1440)


def test_shift_windows_that_touch_are_one_gap() -> None:
    needs = [{"staff": 1, "shift": "D"}, {"staff": 1, "shift": "N"}]
    problem = tiny_problem(["A"], 2, needs=needs, always=True)
    (gap,) = gaps(problem, A="..")
    assert (gap.windows, len(gap.findings)) == (4, 4)


def test_the_same_shift_on_consecutive_dates() -> None:
    problem = tiny_problem(["A"], 5, needs=[{"staff": 1, "shift": "N"}], always=True)
    first, second = gaps(problem, A="..N..")
    assert {first.when, second.when} == {"4-5 Nov, every N shift", "7-8 Nov, every N shift"}


def test_a_clock_window_without_a_shift_of_its_own() -> None:
    problem = tiny_problem(["A"], 2, needs=[{"staff": 1, "between": "09:00-12:00"}], always=True)
    (gap,) = gaps(problem, A="..")
    assert gap.when == "4-5 Nov, daily 09:00-12:00"
    assert gap.person_minutes == 360


def test_one_window() -> None:
    problem = tiny_problem(["A", "B"], 2, needs=[{"staff": 1}], always=True)
    (gap,) = gaps(problem, A="DD", B="N.")
    assert gap.when == "Tue 5 Nov 19:00-07:00"
    assert gap.windows == 1


def test_different_qualifications_are_different_gaps() -> None:
    needs = [{"qualified": {"armed": 1}}, {"qualified": {"radio": 1}}]
    problem = tiny_problem(["A"], 1, needs=needs, always=True)
    assert len(gaps(problem, A="D")) == 2


def test_worst_first_and_accepted_left_out() -> None:
    problem = tiny_problem(
        ["A"],
        2,
        posts=["s/p", "s/q", "s/r"],
        needs=[{"staff": 1, "at": "s/p"}, {"staff": 3, "at": "s/q"}, {"staff": 9, "at": "s/r"}],
        always=True,
        accept=[{"finding": "PP101", "at": "s/r", "until": "2024-12-01"}],
    )
    assert [gap.post for gap in gaps(problem, A="..")] == ["s/q", "s/p"]


def test_days() -> None:
    problem = tiny_problem()
    days = [parse_date(text) for text in ("2024-11-27", "2024-11-30", "2024-12-03")]
    assert days_text(problem, days[0], days[0]) == "Wed 27 Nov"
    assert days_text(problem, days[0], days[1]) == "27-30 Nov"
    assert days_text(problem, days[0], days[2]) == "27 Nov - 3 Dec"
    assert days_text(problem, parse_date("2023-11-27"), days[0]) == "27 Nov - 27 Nov"
