"""What the words of a need mean, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patrolplan.config import Loaded
from patrolplan.problem import Demand, Problem
from tests.config.conftest import HEAD, TAIL

Load = Callable[[str], Loaded]
PHASES = (
    "phases: {quiet: {until: 2024-11-06}, voting: {from: 2024-11-06, until: 2024-11-07}, late: {from: 2024-11-10}}\n"
)


@pytest.fixture
def needs(loaded: Load) -> Callable[..., Problem]:
    """An operation of one post with these needs, Monday 4 to Monday 11 November, days starting at 07:00."""

    def _needs(*entries: str, post: str = "", rules: str = "", head: str = HEAD) -> Problem:
        lines = "".join(f"          - {entry}\n" for entry in entries)
        middle = f"sites:\n  office:\n    posts:\n      gate:\n        title: Gate\n{post}        needs:\n{lines}"
        return loaded(head + PHASES + middle + TAIL + rules).problem

    return _needs


def _pick(problem: Problem, kind: str, label: str = "") -> list[Demand]:
    return [one for one in problem.demands if (one.kind, one.label) == (kind, label)]


def _windows(problem: Problem, kind: str, label: str = "") -> list[tuple[str, str, int]]:
    """Day and clock of start and end, and the count, of all demands of a kind."""

    def text(instant: int) -> str:
        day, clock = problem.zone.local(instant)
        return f"{day - problem.first_day + 4:02d} {clock // 60:02d}:{clock % 60:02d}"

    found = [(text(w.start), text(w.end), w.count) for one in _pick(problem, kind, label) for w in one.windows]
    return sorted(found)


def test_without_a_window_a_need_holds_always(needs: Callable[..., Problem]) -> None:
    problem = needs("{staff: 2}")
    assert _windows(problem, "staff") == [("04 07:00", "11 07:00", 2)]
    assert _windows(problem, "surplus") == [("04 07:00", "11 07:00", 2)]
    assert len(problem.slots) == 14
    (staff,) = _pick(problem, "staff")
    assert (staff.cost, staff.level, staff.per, staff.where) == (100, 1, "hour", "office/gate")
    assert staff.place.line == 17


def test_a_phase_replaces_only_the_counts_that_it_names(needs: Callable[..., Problem]) -> None:
    problem = needs("{staff: 2, ideal: 3}", "{phase: voting, staff: 4}")
    assert _windows(problem, "staff") == [
        ("04 07:00", "06 07:00", 2),
        ("06 07:00", "07 07:00", 4),
        ("07 07:00", "11 07:00", 2),
    ]
    assert _windows(problem, "ideal") == [("04 07:00", "11 07:00", 3)]
    assert _windows(problem, "surplus") == [
        ("04 07:00", "06 07:00", 3),
        ("06 07:00", "07 07:00", 4),
        ("07 07:00", "11 07:00", 3),
    ]


def test_replace_drops_all_counts(needs: Callable[..., Problem]) -> None:
    problem = needs("{staff: 2, ideal: 3}", "{phase: voting, staff: 1, replace: true}")
    assert _windows(problem, "ideal") == [("04 07:00", "06 07:00", 3), ("07 07:00", "11 07:00", 3)]
    assert ("06 07:00", "07 07:00", 1) in _windows(problem, "surplus")


def test_a_phase_with_a_window_replaces_only_there(needs: Callable[..., Problem]) -> None:
    problem = needs("{staff: 2}", "{phase: voting, between: 22:00-04:00, staff: 1}")
    assert _windows(problem, "staff") == [
        ("04 07:00", "06 22:00", 2),
        ("06 22:00", "07 04:00", 1),
        ("07 04:00", "11 07:00", 2),
    ]


def test_overlapping_phases_take_the_larger_count(needs: Callable[..., Problem]) -> None:
    problem = needs(
        "{dates: 2024-11-06, staff: 3}", "{phase: voting, staff: 5}", "{dates: 2024-11-06..2024-11-07, staff: 4}"
    )
    assert _windows(problem, "staff") == [("06 07:00", "07 07:00", 5), ("07 07:00", "08 07:00", 4)]


def test_zero_removes_a_general_need(needs: Callable[..., Problem]) -> None:
    problem = needs("{staff: 2}", "{phase: [voting, late], staff: 0}")
    assert _windows(problem, "staff") == [("04 07:00", "06 07:00", 2), ("07 07:00", "10 07:00", 2)]
    assert ("06 07:00", "07 07:00", 0) in _windows(problem, "surplus")
    assert len(problem.slots) == 10


def test_general_needs_of_different_windows_are_both_kept(needs: Callable[..., Problem]) -> None:
    problem = needs("{staff: 1}", "{between: 07:00-19:00, staff: 2, days: mon}")
    assert _windows(problem, "staff") == [("04 07:00", "04 19:00", 2), ("04 07:00", "11 07:00", 1)]
    assert _windows(problem, "surplus") == [("04 07:00", "04 19:00", 2), ("04 19:00", "11 07:00", 1)]


def test_a_window_past_midnight_belongs_to_the_date_it_starts_on(needs: Callable[..., Problem]) -> None:
    problem = needs("{between: 22:00-04:00, days: tue, staff: 1}")
    assert _windows(problem, "staff") == [("05 22:00", "06 04:00", 1)]
    problem = needs("{between: 22:00-04:00, dates: 2024-11-05, staff: 1}")
    assert _windows(problem, "staff") == [("05 22:00", "06 04:00", 1)]


def test_windows_are_clipped_to_the_operation(needs: Callable[..., Problem]) -> None:
    problem = needs("{between: 22:00-08:00, staff: 1}")
    windows = _windows(problem, "staff")
    assert (
        windows[0] == ("04 07:00", "04 08:00", 1) and windows[-1] == ("10 22:00", "11 07:00", 1) and len(windows) == 8
    )


def test_days_and_dates_begin_where_the_day_starts(needs: Callable[..., Problem]) -> None:
    assert _windows(needs("{days: tue, staff: 1}"), "staff") == [("05 07:00", "06 07:00", 1)]
    assert _windows(needs("{dates: 2024-11-05..2024-11-06, staff: 1}"), "staff") == [("05 07:00", "07 07:00", 1)]
    midnight = HEAD.replace("  name: Test", "  name: Test\n  day_starts: 00:00")
    assert _windows(needs("{days: tue, staff: 1}", head=midnight), "staff") == [("05 00:00", "06 00:00", 1)]
    assert _windows(needs("{phase: voting, staff: 1}", head=midnight), "staff") == [("06 00:00", "07 00:00", 1)]


def test_by_shift_counts_turns(needs: Callable[..., Problem]) -> None:
    problem = needs(
        "{shift: night, staff: 2}", "{shift: night, phase: voting, staff: 3}", "{shift: day, days: sat, staff: 1}"
    )
    night = [w for one in _pick(problem, "staff") for w in one.windows if w.turn and w.turn[1] == 1]
    assert sorted((w.turn[0] - problem.first_day, w.count) for w in night if w.turn) == [
        (0, 2), (1, 2), (2, 3), (3, 2), (4, 2), (5, 2), (6, 2),
    ]  # fmt: skip
    assert ("06 19:00", "07 07:00", 3) in _windows(problem, "staff")
    assert {(slot.day - problem.first_day, slot.shift) for slot in problem.slots} == {(n, 1) for n in range(7)} | {
        (5, 0)
    }
    surplus = [w for one in _pick(problem, "surplus") for w in one.windows]
    assert all(w.turn for w in surplus) and len(surplus) == 8


def test_a_clock_phase_drops_turns_that_start_inside(needs: Callable[..., Problem]) -> None:
    problem = needs("{shift: night, staff: 2}", "{phase: voting, staff: 1}")
    turns = sorted(w.turn[0] - problem.first_day for one in _pick(problem, "staff") for w in one.windows if w.turn)
    assert turns == [0, 1, 3, 4, 5, 6]


def test_a_specific_turn_leaves_other_shifts_alone(needs: Callable[..., Problem]) -> None:
    head = HEAD.replace("shifts:\n", 'shifts:\n  mid: {start: "10:00", end: "18:00"}\n')
    problem = needs("{shift: mid, staff: 1}", "{shift: day, phase: voting, staff: 3}", head=head)
    turns = [w.turn for one in _pick(problem, "staff") for w in one.windows if w.turn and w.turn[1] == 0]
    assert len(turns) == 7


def test_qualified_and_rank(needs: Callable[..., Problem]) -> None:
    head = HEAD.replace("shifts:\n", "qualifications: {armed: {}, driver: {}}\nranks: [A, B]\nshifts:\n")
    problem = needs(
        "{staff: 2, qualified: {armed: 2, driver: 1}, rank: {B: 1}}",
        "{phase: voting, qualified: {armed: 1}}",
        head=head,
    )
    assert _windows(problem, "qualified", "armed") == [
        ("04 07:00", "06 07:00", 2),
        ("06 07:00", "07 07:00", 1),
        ("07 07:00", "11 07:00", 2),
    ]
    assert _windows(problem, "qualified", "driver") == [("04 07:00", "11 07:00", 1)]
    assert _windows(problem, "rank", "B") == [("04 07:00", "11 07:00", 1)]


def test_costs_and_levels(needs: Callable[..., Problem]) -> None:
    problem = needs("{staff: 1, ideal: 2, at_most: 3}")
    assert [(one.kind, one.cost, one.level) for one in problem.demands] == [
        ("staff", 100, 1),
        ("ideal", 1, 3),
        ("at_most", 10, 1),
    ]
    problem = needs(
        "{staff: 1, short: {cost: 7, level: 2}, surplus: 3, ideal: 2, ideal_cost: 4}", post="        priority: high\n"
    )
    assert [(one.kind, one.cost, one.level) for one in problem.demands] == [
        ("staff", 14, 2),
        ("ideal", 4, 3),
        ("surplus", 6, 1),
    ]
    problem = needs(
        "{staff: 1, per: window, level: 4}",
        post="        priority: low\n",
        rules="  - cover: {short: 50, surplus: 2}\n",
    )
    assert [(one.kind, one.cost, one.level, one.per) for one in problem.demands] == [
        ("staff", 25, 4, "window"),
        ("surplus", 1, 4, "window"),
    ]


def test_no_surplus_where_an_upper_bound_holds_or_it_is_free(needs: Callable[..., Problem]) -> None:
    assert _windows(needs("{staff: 1}", "{between: 07:00-19:00, days: mon, at_most: 2}"), "surplus") == [
        ("04 19:00", "11 07:00", 1)
    ]
    assert _windows(needs("{staff: 1, surplus: 0}"), "surplus") == []
    assert _windows(needs("{ideal: 1}"), "surplus") == []


def test_pieces_of_one_window_share_a_group(needs: Callable[..., Problem]) -> None:
    problem = needs("{staff: 2}", "{phase: voting, staff: 3}")
    general, special = _pick(problem, "staff")
    assert [w.group for w in general.windows] == [0, 0] and len(special.windows) == 1
    daily = _pick(needs("{between: 08:00-10:00, staff: 1}"), "staff")[0]
    assert len({w.group for w in daily.windows}) == len(daily.windows) == 7


def test_sites_and_groups_count_their_posts_together(loaded: Load) -> None:
    text = HEAD + (
        "sites:\n  a:\n    needs: [{staff: 3}]\n    posts: {p: {}, q: {shifts: day}}\n"
        "  b: {shifts: [night], posts: {r: {}}}\n"
        "groups: {both: {sites: [a, b], needs: [{shift: night, staff: 2}]}, plain: [b]}\n"
    )
    problem = loaded(text + TAIL).problem
    staff = _pick(problem, "staff")
    assert [(one.where, sorted(one.posts)) for one in staff] == [("a", [0, 1]), ("both", [0, 1, 2])]
    assert problem.groups == {"both": (0, 1), "plain": (1,)}
    assert [post.shifts for post in problem.posts] == [(0, 1), (0,), (1,)]
    assert len(problem.slots) == 7 * (2 + 1 + 1)


def test_a_night_on_which_the_clock_changes(loaded: Load) -> None:
    head = (
        HEAD.replace("Asia/Pontianak", "Europe/Berlin")
        .replace("2024-11-04", "2024-10-26")
        .replace("2024-11-11", "2024-10-28")
    )
    text = head + "sites: {a: {posts: {p: {needs: [{between: 19:00-07:00, staff: 1}]}}}}\n" + TAIL
    problem = loaded(text).problem
    assert [window.end - window.start for one in _pick(problem, "staff") for window in one.windows] == [
        13 * 60,
        12 * 60,
    ]
