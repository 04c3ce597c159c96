from __future__ import annotations

import io

import pytest
from rich.console import Console

from patrolplan.proof import Progress
from patrolplan.terminal.console import error_console
from patrolplan.terminal.progress import (
    ProgressView,
    headline,
    plain_line,
    progress_lines,
    sparkline,
    time_text,
)
from tests.terminal.guardhouse import guardhouse

STATE = Progress(
    seconds=23.4,
    limit=60.0,
    stage="neighbourhoods",
    level=3,
    costs=((1, 6000), (2, 0), (3, 60 * 318)),
    bounds=((1, 6000), (2, 0), (3, 60 * 311)),
    gaps_open=52 * 720,
    neighbourhoods=412,
    best_seconds=19.0,
)


def test_level_lines() -> None:
    console = error_console(io.StringIO(), 100)
    lines = [line.plain for line in progress_lines(console, STATE, 23.9, {3: [60 * 400, 60 * 350, 60 * 318]})]
    assert lines[0].startswith(" Level 1 cover")
    assert "proved" in lines[0]
    assert "624 person-hours open" in lines[0]
    assert "gap 2.2 %" in lines[2]
    assert "(bound 311)" in lines[2]
    assert lines[2].endswith("█▃▁")
    assert lines[3] == " 0:00:23 of 0:01:00 · 412 neighbourhoods · best at 0:00:19 · Ctrl-C keeps the best roster"


def test_the_headline_ends_with_a_whole_figure() -> None:
    heads = [headline(error_console(io.StringIO(), width), guardhouse()).plain for width in (80, 60, 50)]
    assert heads == [
        " Guardhouse · 7 people · 2 sites, 3 posts · 12 days · 2 shifts",
        " Guardhouse · 7 people · 2 sites, 3 posts · 12 days",
        " Guardhouse · 7 people · 2 sites, 3 posts",
    ]


@pytest.mark.parametrize("width", [80, 96, 160])
@pytest.mark.parametrize("neighbourhoods", [0, 412])
def test_whatever_matters_fits(width: int, neighbourhoods: int) -> None:
    """Cost, bound and gap of the level that is being settled, the open gaps, and how to end it."""
    costs, bounds = ((1, 60 * 94944), (2, 60 * 797)), ((1, 60 * 62400), (2, 0))
    state = Progress(3.1, 60.0, "columns", 1, costs, bounds, 39600, neighbourhoods, 2.2)
    console = error_console(io.StringIO(), width)
    lines = [line.plain for line in progress_lines(console, state, 3.2, {1: [60 * 99000, 60 * 94944]})]
    assert all(len(line) < width for line in lines)
    assert all(words in lines[0] for words in ("gap 34.3 %", "94,944", "(bound 62,400)"))
    assert "no bound" in lines[1]
    assert sum("660 person-hours open" in line for line in lines) == 1
    assert lines[2].endswith("Ctrl-C keeps the best roster")


def test_a_level_is_proved_only_after_the_earlier_ones() -> None:
    state = Progress(1, None, "bound", 1, costs=((1, 600), (2, 0)), bounds=((1, 500), (2, 0)))
    assert [level.proved for level in state.levels] == [False, False]


def test_plain_lines_only_now_and_then() -> None:
    stream = io.StringIO()
    with ProgressView(error_console(stream, 80), guardhouse()) as view:
        for second in range(35):
            view.progress(Progress(second, 60.0, "bound", 1, costs=((1, 600),), bounds=()))
        view.progress(Progress(35, 60.0, "dive", 1, costs=((1, 600),), bounds=((1, 600),)))
    lines = stream.getvalue().splitlines()
    assert lines[0] == " Guardhouse · 7 people · 2 sites, 3 posts · 12 days · 2 shifts"
    assert len(lines) == 6
    assert "cover 10 (no bound yet)" in lines[1]
    assert "cover 10 (proved)" in lines[-1]
    assert "\x1b" not in stream.getvalue()


def test_quiet_says_nothing() -> None:
    stream = io.StringIO()
    with ProgressView(error_console(stream, 80), guardhouse(), quiet=True) as view:
        view.progress(STATE)
    assert stream.getvalue() == ""


def test_live_on_a_terminal_leaves_nothing_broken() -> None:
    for width in (2, 40, 120):
        stream = io.StringIO()
        console = Console(file=stream, width=width, force_terminal=True, _environ={"TERM": "xterm"})
        with ProgressView(console, guardhouse()) as view:
            view.progress(STATE)
            view.progress(Progress(24, None, "neighbourhoods", 3, costs=((1, 0),), bounds=()))
        assert "\x1b[?25h" in stream.getvalue()


def test_words() -> None:
    assert time_text(3723.9) == "1:02:03"
    assert sparkline([7, 7], "▁█") == "▁▁"
    assert plain_line(Progress(0, None, "reading", 0)) == "0:00:00  reading"
