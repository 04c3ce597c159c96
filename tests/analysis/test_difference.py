"""What changes from one roster to another, and what that does to the cover."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from patrolplan.analysis.difference import Change, changes, gap_changes
from patrolplan.audit import audit
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from tests.tiny import tiny_problem, tiny_roster

RULES = [{"one_duty": {"per_day": 2}}, {"cover": {}}, {"availability": {}}]
LINES = st.fixed_dictionaries({name: st.text(alphabet=".DNd", min_size=4, max_size=4) for name in "ABC"})


def week() -> Problem:
    return tiny_problem(["A", "B", "C"], 4, needs=[{"staff": 1}], rules=RULES)


def told(problem: Problem, found: list[Change]) -> list[tuple[str, str]]:
    names = [
        tuple("" if one is None else problem.people[one.person].id for one in (change.before, change.after))
        for change in found
    ]
    return [(before, after) for before, after in names]


def test_a_duty_that_goes_from_one_to_another_is_one_change() -> None:
    problem = week()
    found = changes(problem, tiny_roster(problem, {"A": "DD.."}), tiny_roster(problem, {"A": "D...", "B": ".D.N"}))
    assert told(problem, found) == [("A", "B"), ("", "B")]


def test_whoever_is_absent_hands_over_before_others_drop() -> None:
    people = {"A": {}, "B": {"absences": [{"dates": "2024-11-04"}]}, "C": {}}
    problem = tiny_problem(people, 4, rules=RULES)
    found = changes(problem, tiny_roster(problem, {"A": "D...", "B": "D..."}), tiny_roster(problem, {"C": "D..."}))
    assert sorted(told(problem, found)) == [("A", ""), ("B", "C")]


def test_standby_is_told_apart_from_duty() -> None:
    problem = week()
    found = changes(problem, tiny_roster(problem, {"A": "d..."}), tiny_roster(problem, {"A": "D..."}))
    assert [(change.is_call, change.before is None) for change in found] == [(False, True), (True, False)]


def held(roster: Roster) -> Counter[tuple[int, int, int, str]]:
    return Counter((duty.person, duty.start, duty.end, duty.kind) for duty in roster.duties)


@given(LINES, LINES)
def test_changes_lead_from_the_old_roster_to_the_new_one_and_back(one: dict[str, str], other: dict[str, str]) -> None:
    problem = week()
    old, new = tiny_roster(problem, one), tiny_roster(problem, other)
    found = changes(problem, old, new)
    now = held(old)
    for change in found:
        now.subtract([(d.person, d.start, d.end, d.kind) for d in [change.before] if d is not None])
        now.update([(d.person, d.start, d.end, d.kind) for d in [change.after] if d is not None])
    assert +now == held(new) and not -now
    assert all(change.before is None or change.before not in new.duties for change in found)
    assert len(changes(problem, new, old)) == len(found)


@given(LINES, LINES)
def test_gaps_that_open_and_close_are_what_the_audits_differ_by(one: dict[str, str], other: dict[str, str]) -> None:
    problem = week()
    before, after = (audit(problem, tiny_roster(problem, lines)) for lines in (one, other))
    found = gap_changes(problem, before.findings, after.findings)
    opened, closed = sum(change.opened for change in found), sum(change.closed for change in found)
    assert opened - closed == after.gap_minutes - before.gap_minutes
    for change in found:
        assert change.opened == sum(end - start for start, end in change.opened_spans)
        assert change.closed == sum(end - start for start, end in change.closed_spans)
    swapped = gap_changes(problem, after.findings, before.findings)
    assert (sum(change.opened for change in swapped), sum(change.closed for change in swapped)) == (closed, opened)
