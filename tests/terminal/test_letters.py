from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from patrolplan.terminal.letters import shift_letters


def test_first_letters_where_they_are_unique() -> None:
    assert shift_letters(["day", "night"]) == ["D", "N"]
    assert shift_letters(["early", "late", "night"]) == ["E", "L", "N"]


def test_two_letters_where_they_clash() -> None:
    assert shift_letters(["day", "dusk", "night"]) == ["Da", "Du", "N"]
    assert shift_letters(["d8", "d12"]) == ["D8", "D1"]
    assert shift_letters(["D", "d"]) == ["D1", "D2"]


@given(st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=9))
def test_letters_are_short_and_never_fail(names: list[str]) -> None:
    letters = shift_letters(names)
    assert len(letters) == len(names)
    assert all(letters)


@given(st.lists(st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True), unique=True, max_size=9))
def test_letters_are_unique(names: list[str]) -> None:
    assert len(set(shift_letters(names))) == len(names)
