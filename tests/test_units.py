"""Clock arithmetic: sweeps over spans, and runs of dates."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from patrolplan.units import Span, count_steps, date_runs, intersect_spans, merge_spans, subtract_spans

SPANS = st.lists(st.tuples(st.integers(-5, 30), st.integers(0, 12)).map(lambda pair: (pair[0], pair[0] + pair[1])))


def minutes(spans: list[Span]) -> set[int]:
    """Every minute inside one of the spans."""
    return {minute for start, end in spans for minute in range(start, end)}


def test_count_steps_by_hand() -> None:
    assert count_steps([(0, 4), (2, 6), (4, 8)], 0, 10) == [(0, 2, 1), (2, 6, 2), (6, 8, 1), (8, 10, 0)]
    assert count_steps([], 3, 5) == [(3, 5, 0)]
    assert count_steps([(0, 9)], 5, 5) == []


@given(SPANS, st.integers(-5, 20), st.integers(0, 20))
def test_count_steps_counts_every_minute(spans: list[Span], start: int, length: int) -> None:
    steps = count_steps(spans, start, start + length)
    counted = {minute: count for opens, closes, count in steps for minute in range(opens, closes)}
    assert counted == {
        minute: sum(opens <= minute < closes for opens, closes in spans) for minute in range(start, start + length)
    }
    assert all(one[1] == other[0] and one[2] != other[2] for one, other in pairwise(steps))


@given(SPANS, SPANS)
def test_span_sets(spans: list[Span], others: list[Span]) -> None:
    assert minutes(intersect_spans(spans, others)) == minutes(spans) & minutes(others)
    assert minutes(subtract_spans(spans, others)) == minutes(spans) - minutes(others)
    assert merge_spans(intersect_spans(spans, others)) == intersect_spans(spans, others)


def test_date_runs() -> None:
    assert date_runs([5, 1, 2, 2, 3, 7]) == [(1, 3), (5, 5), (7, 7)]
    assert date_runs([]) == []
