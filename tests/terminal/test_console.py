from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from patrolplan.terminal.console import KEEP, clean, say, shorten
from tests.terminal.conftest import printed


def said(text: str, width: int, *, indent: int = 1, hang: int = 0) -> list[str]:
    return printed(lambda console: say(console, text, indent=indent, hang=hang), width).splitlines()


def test_lines_break_at_blanks_and_hang() -> None:
    assert said("one two three four five six seven", 24, hang=2) == [" one two three four five", "   six seven"]


def test_words_that_belong_together_stay_together() -> None:
    assert said(f"one two three Bripka{KEEP}Contoh", 24) == [" one two three", " Bripka Contoh"]


def test_a_word_without_end_is_cut() -> None:
    assert "".join(line.strip() for line in said("x" * 100, 30)) == "x" * 100


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120), st.integers(24, 90), st.integers(0, 6))
def test_no_line_is_wider_than_the_terminal_and_nothing_is_lost(text: str, width: int, hang: int) -> None:
    lines = printed(lambda console: say(console, text, hang=hang), width).split("\n")
    assert all(cell_len(line) <= width for line in lines)
    written = "".join("".join(lines).split())
    assert written == "".join(clean(text).replace(KEEP, " ").split())


@given(st.text())
def test_clean_text_has_no_control_characters(text: str) -> None:
    assert "\x1b" not in clean(text)
    assert "\u202e" not in clean(text)
    assert len(clean(text)) == len(text)


def test_shorten() -> None:
    assert [shorten("perimeter", room) for room in (9, 5, 2, 0)] == ["perimeter", "peri.", "pe", ""]
