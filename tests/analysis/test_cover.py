from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from patrolplan.analysis.cover import Cover, worst_dates
from patrolplan.audit import audit
from tests.tiny import tiny_problem, tiny_roster


def test_steps_have_no_holes_and_name_kinds() -> None:
    needs: list[Mapping[str, Any]] = [{"staff": 1}, {"qualified": {"armed": 1}, "between": "07:00-19:00"}]
    problem = tiny_problem({"A": None, "B": {"qualifications": ["armed"]}}, 2, needs=needs)
    cover = Cover(problem, tiny_roster(problem, {"A": "D.", "B": ".D"}))
    steps = cover.steps(0, problem.start, problem.end)
    assert [(step.present, step.needed, step.short) for step in steps] == [(1, 1, 1), (0, 1, 1), (1, 1, 0), (0, 1, 1)]
    assert all(one.end == other.start for one, other in pairwise(steps))
    (kind,) = cover.kinds(0, problem.start, problem.end)[:1]
    assert (kind.label, kind.count) == ("armed", 1)


def test_dates_phases_and_the_audit_agree() -> None:
    problem = tiny_problem(
        ["A", "B"], 3, needs=[{"staff": 1}], always=True, phases={"one": "2024-11-04", "two": "2024-11-05..2024-11-06"}
    )
    roster = tiny_roster(problem, {"A": "DD.", "B": "N.."})
    cover = Cover(problem, roster)
    assert [date.open_minutes for date in cover.dates(0)] == [0, 720, 1440]
    assert [(one.phase, one.share) for one in cover.shares()] == [("one", 1.0), ("two", 0.25)]
    assert sum(one.open_minutes for one in cover.shares()) == audit(problem, roster).gap_minutes
    assert worst_dates(problem, roster) == [problem.first_day + 2, problem.first_day + 1]
    assert cover.missing(0, problem.start, problem.start + 1440) == 0


def test_nothing_needed() -> None:
    problem = tiny_problem(["A"], 1)
    (share,) = Cover(problem, tiny_roster(problem, {})).shares()
    assert (share.phase, share.share) == ("operation", 1.0)
