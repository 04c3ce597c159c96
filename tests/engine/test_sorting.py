"""Sorting by radix against sorting by comparison."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from patrolplan.engine.sorting import distinct, in_order

WIDE = st.one_of(st.integers(0, 5), st.integers(0, 2**16 + 5), st.integers(0, 2**62))


@given(st.lists(WIDE, max_size=200))
def test_numbers_are_sorted_as_by_comparison_and_equal_ones_stay_in_their_order(numbers: list[int]) -> None:
    values = np.array(numbers, dtype=np.int64)
    assert in_order(values).tolist() == np.argsort(values, kind="stable").tolist()


def test_only_as_many_bits_count_as_are_asked_for() -> None:
    values = np.array([2**40 + 1, 2, 2**40], dtype=np.int64)
    assert in_order(values, 16).tolist() == [2, 0, 1]


@given(st.lists(st.tuples(st.integers(-2, 3), st.integers(-(2**40), 2**40)), min_size=1, max_size=100))
def test_rows_are_of_one_kind_if_and_only_if_they_are_equal(rows: list[tuple[int, int]]) -> None:
    columns = [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)]
    first, kind = distinct(columns, len(rows))
    assert [rows[first[one]] for one in kind] == rows
    assert len(first) == len(set(rows)) == len(set(kind.tolist()))
    assert [rows.index(rows[one]) for one in first] == first.tolist()


def test_without_columns_all_rows_are_alike() -> None:
    first, kind = distinct([], 3)
    assert (first.tolist(), kind.tolist()) == ([0], [0, 0, 0])
