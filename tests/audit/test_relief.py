"""Relief and breaks in rosters written by hand, judged without the postings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patrolplan.audit import audit
from patrolplan.findings import Finding
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from tests.postings.scenes import BREAK_LINE, RELIEF_LINE, guarded
from tests.tiny import tiny_roster

POSTS: dict[str, dict[str, Any]] = {
    "s/gate": {"relief": 240},
    "s/lobby": {"relief": 240},
    "s/yard": {"kind": "patrol"},
}


def scene(*lines: str, breaks: Sequence[tuple[str, int, str]] = ()) -> tuple[Problem, Roster]:
    """Duties written as ``A gate 07-11 lobby 11-15``, one per person, all in the day shift."""
    problem, _ = guarded("ABCD", POSTS, {}, breaks=breaks)
    rows = []
    for line in lines:
        who, *rest = line.split()
        for post, span in zip(rest[::2], rest[1::2], strict=True):
            opens, closes = (f"2024-11-04 {edge if ':' in edge else edge + ':00'}" for edge in span.split("-"))
            rows.append(
                {"person": who, "post": f"s/{post}", "shift": "D", "start": opens, "end": closes, "duty": f"{who}/1"}
            )
    return problem, tiny_roster(problem, {}, rows)


def found(*lines: str, breaks: Sequence[tuple[str, int, str]] = ()) -> list[Finding]:
    problem, roster = scene(*lines, breaks=breaks)
    return [one for one in audit(problem, roster).findings if one.code in ("PP108", "PP109", "PP110", "PP111")]


def told(findings: Sequence[Finding]) -> list[tuple[str, str, str]]:
    return [(one.code, str(one.severity), one.person or one.post) for one in findings]


def test_whole_duties_are_one_soft_finding_for_each_post() -> None:
    findings = found("A gate 07-19", "B gate 07-19", "C lobby 07-19", "D yard 07-19")
    assert told(findings) == [("PP108", "soft", "s/gate"), ("PP108", "soft", "s/lobby")]
    assert findings[0].message.startswith("2 duties in shifts without postings")
    assert (findings[0].actual, findings[0].required, findings[0].unit) == (12, 4, "h")
    assert findings[0].place.line == RELIEF_LINE and findings[0].cost == 0


def test_in_a_shift_with_postings_each_stretch_too_long_is_a_gap() -> None:
    findings = found("A gate 07-11 lobby 11-15 gate 15-19", "B lobby 07-11 gate 11-15 lobby 15-19", "C gate 07-19")
    assert ("PP108", "gap", "C") in told(findings)
    assert next(one for one in findings if one.code == "PP108").start == scene("A gate 07-19")[0].start


def test_exactly_as_long_as_allowed_is_kept_and_a_minute_more_is_not() -> None:
    assert told(found("A gate 07-11 yard 11-19")) == []
    assert told(found("A gate 07-11:01 yard 11:01-19")) == [("PP108", "gap", "A")]


def test_rows_that_touch_at_one_post_are_one_stretch() -> None:
    assert told(found("A gate 07-10 gate 10-12 yard 12-19")) == [("PP108", "gap", "A")]


def test_a_pause_ends_a_stretch_but_back_at_once_is_said() -> None:
    findings = found("A gate 07-11 gate 11:30-15 yard 15-19")
    assert told(findings) == [("PP110", "soft", "A")]
    assert "30 min before" in findings[0].message


def test_a_break_is_a_hole_inside_its_window() -> None:
    meal = [("meal", 30, "11:00-13:00")]
    assert told(found("A yard 07-11:30 yard 12-19", breaks=meal)) == []
    (early,) = found("A yard 07-10:45 yard 11:15-19", breaks=meal)
    assert (early.code, str(early.severity), early.place.line) == ("PP109", "gap", BREAK_LINE)
    assert (early.actual, early.required) == (0.25, 0.5)


def test_whoever_is_not_on_duty_through_the_window_needs_no_break() -> None:
    assert told(found("A yard 12-19", breaks=[("meal", 30, "11:00-13:00")])) == []


def test_two_breaks_need_two_holes_or_one_that_holds_both() -> None:
    breaks = [("meal", 30, "11:00-13:00"), ("prayer", 30, "11:00-13:00")]
    assert told(found("A yard 07-11:30 yard 12-19", breaks=breaks)) == [("PP109", "gap", "A")]
    assert told(found("A yard 07-11:30 yard 12:30-19", breaks=breaks)) == []
    assert told(found("A yard 07-11 yard 11:30-12 yard 12:30-19", breaks=breaks)) == []


def test_two_who_swap_single_posts_leave_one_empty_for_the_walk() -> None:
    findings = found("A gate 07-11 lobby 11-15 yard 15-19", "B lobby 07-11 gate 11-15 yard 15-19")
    assert [one.post for one in findings if one.code == "PP111"] == ["s/gate", "s/lobby"]


def test_a_chain_that_begins_with_somebody_spare_is_in_order() -> None:
    lines = ("A gate 07-11 lobby 11-15 yard 15-19", "B lobby 07-11 yard 11-19", "C yard 07-11 gate 11-15 yard 15-19")
    assert [one.code for one in found(*lines)] == []


def test_somebody_who_stays_makes_a_change_safe() -> None:
    lines = (
        "A gate 07-11 lobby 11-15 yard 15-19",
        "B lobby 07-11 gate 11-15 yard 15-19",
        "C gate 07-10 yard 10-10:30 gate 10:30-14:30 yard 14:30-19",
        "D lobby 07-10 yard 10-10:30 lobby 10:30-14:30 yard 14:30-19",
    )
    assert [one.code for one in found(*lines)] == []
