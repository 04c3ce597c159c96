"""Rows that tie people together."""

from __future__ import annotations

import pytest

from patrolplan.model.link_rows import LinkRow, LinkRows, LinkTerm
from patrolplan.model.variables import Variables
from patrolplan.problem import Problem
from tests.tiny import tiny_problem


def links_of(problem: Problem) -> LinkRows:
    return LinkRows(problem, Variables(problem))


def row(
    terms: tuple[LinkTerm, ...], lower: int | None, upper: int | None, *, level: int = 1, pool: int | None = None
) -> LinkRow:
    return LinkRow(
        terms, lower, upper, 5 if lower is not None else 0, 7 if upper is not None else 0, level, "r", pool=pool
    )


@pytest.mark.parametrize("upper_first", [False, True])
def test_two_sides_over_the_same_terms_are_one_row(upper_first: bool) -> None:
    links = links_of(tiny_problem(["A", "B"], 1))
    terms = (LinkTerm(links.mask([0, 1]), (0,)),)
    sides = [row(terms, 1, None), row(terms, None, 2)]
    for side in reversed(sides) if upper_first else sides:
        links.add(side)
    (joined,) = links.rows
    assert [joined.violation_cost(activity) for activity in range(5)] == [5, 0, 0, 7, 14]


@pytest.mark.parametrize(
    "second",
    [
        lambda terms: row(terms, None, 2, level=2),
        lambda terms: row(terms, None, 0),
        lambda terms: row(terms, None, 2, pool=0),
        lambda terms: row((LinkTerm(terms[0].mask, (1,)),), None, 2),
        lambda terms: row(terms, 1, None),
    ],
)
def test_rows_that_are_not_two_sides_of_one_stay_apart(second: object) -> None:
    links = links_of(tiny_problem(["A", "B"], 1))
    terms = (LinkTerm(links.mask([0, 1]), (0,)),)
    links.add(row(terms, 1, None))
    links.add(second(terms))  # type: ignore[operator]
    assert len(links.rows) == 2


def test_a_third_row_over_the_same_terms_is_a_row_of_its_own() -> None:
    links = links_of(tiny_problem(["A", "B"], 1))
    terms = (LinkTerm(links.mask([0, 1]), (0,)),)
    for lower, upper in ((1, None), (None, 2), (2, None), (None, 1)):
        links.add(row(terms, lower, upper))
    total = [sum(one.violation_cost(activity) for one in links.rows) for activity in range(4)]
    assert total == [15, 5, 7, 21]


def test_started_units_count_whole() -> None:
    one = LinkRow((), 0, None, 4, 0, 1, "r", unit=100)
    assert [one.violation_cost(activity) for activity in (0, -1, -100, -101)] == [0, 4, 4, 8]


def test_equal_sets_of_people_have_one_number() -> None:
    links = links_of(tiny_problem(["A", "B"], 1))
    assert links.mask([1, 0]) == links.mask({0, 1}) != links.mask([0])
    assert links.masks[links.mask([0])] == {0}


def test_time_falls_into_pieces_where_presence_may_change() -> None:
    problem = tiny_problem(
        days=2, shifts={"D": "07:00-19:00", "M": "10:00-16:00"}, posts=["s/p", "s/q"], history={"A": "D M"}
    )
    links = links_of(problem)
    day = problem.zone.instant(problem.first_day, 0)
    pieces = links.pieces([0], day, day + 1440)
    assert sorted(piece.minutes for piece in pieces) == [360, 360, 720]
    assert sum(piece.minutes for piece in pieces) == 1440
    by_keys = {
        tuple(problem.shifts[problem.slots[key].shift].name for key in piece.keys): piece.minutes for piece in pieces
    }
    assert by_keys == {(): 720, ("D",): 360, ("D", "M"): 360}
    assert all(problem.slots[key].post == 0 for piece in pieces for key in piece.keys)


def test_known_duties_that_run_on_are_present() -> None:
    problem = tiny_problem(days=1, shifts={"D": "07:00-19:00", "N": "19:00-09:00 night"}, history={"A": ". N"})
    links = links_of(problem)
    start = problem.zone.instant(problem.first_day, 7 * 60)
    pieces = links.pieces([0], start, start + 300)
    assert sorted((len(piece.known), piece.minutes) for piece in pieces) == [(0, 180), (1, 120)]
