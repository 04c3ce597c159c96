"""The progress of a search on standard error: live on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from patrolplan.language import _, figures
from patrolplan.problem import Problem
from patrolplan.proof import LevelProof, Progress, Proof, cost_text
from patrolplan.terminal.console import compose, glyphs, layout_width, number_text, plural, say

LINE_SECONDS = 10.0
"""Where nothing is redrawn, a line is printed at most this often."""

_HISTORY = 400
_BAR = 20
_SPARKS = 12
_NAME = 18
_CLOCK = len("0:00:00  ")


class ProgressView:
    """Shows a search while it runs; use it as a context manager and hand it to the search as its listener.

    Parameters
    ----------
    console
        On standard error.
    quiet
        Show nothing at all.
    """

    def __init__(self, console: Console, problem: Problem, *, quiet: bool = False) -> None:
        self._console = console
        self._problem = problem
        self._quiet = quiet
        self._lock = threading.Lock()
        self._state: Progress | None = None
        self._heard = time.monotonic()
        self._history: dict[int, list[int]] = {}
        self._printed = float("-inf")
        self._told: set[str] = set()
        self._live: Live | None = None

    def __enter__(self) -> Self:
        """Begin to show."""
        if not self._quiet and self._console.is_terminal and not self._console.is_dumb_terminal:
            self._live = Live(
                console=self._console,
                get_renderable=self._draw,
                refresh_per_second=4,
                transient=True,
                redirect_stdout=False,
            )
            self._live.start()
        elif not self._quiet:
            name, figures = operation_words(self._console, self._problem)
            say(self._console, (name, "bold"), figures, hang=2)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the terminal as it was."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def progress(self, state: Progress) -> None:
        """Take note of a moment of the search; may be called from any thread."""
        with self._lock:
            self._state, self._heard = state, time.monotonic()
            for level, cost in state.costs:
                history = self._history.setdefault(level, [])
                if not history or history[-1] != cost:
                    history.append(cost)
                    del history[:-_HISTORY]
        if not self._quiet and self._live is None:
            self._print_line(state)

    def ended(self, proof: Proof, written: Path | None, exit_code: int) -> None:
        """Nothing more to show: the summary follows."""

    def remark(self, words: str) -> None:
        """Say something that matters whatever else is shown; may be called from any thread."""
        say(self._console, (_("note") + " ", "yellow"), words, hang=len(_("note")) + 1)

    def _print_line(self, state: Progress) -> None:
        """One plain line: when a stage or level is new, else now and then."""
        with self._lock:
            news = {state.stage, str(state.level)} - self._told
            if not news and state.seconds - self._printed < LINE_SECONDS:
                return
            self._printed = state.seconds
            self._told |= news
        say(self._console, plain_line(state), hang=_CLOCK)

    def _draw(self) -> RenderableType:
        with self._lock:
            state, since = self._state, time.monotonic() - self._heard
            history = {level: list(costs) for level, costs in self._history.items()}
        lines = [headline(self._console, self._problem), Text("")]
        if state is not None:
            lines += progress_lines(self._console, state, state.seconds + since, history)
        for line in lines:
            line.truncate(max(1, self._console.width - 1))
        return Text("\n").join(lines)


def operation_words(console: Console, problem: Problem) -> tuple[str, str]:
    """The name of the operation, and its figures, which follow it."""
    parts = (
        plural(len(problem.people), "person", "people"),
        f"{plural(len(problem.sites), 'site')}, {plural(len(problem.posts), 'post')}",
        plural(problem.last_day - problem.first_day + 1, "day"),
        plural(len(problem.shifts), "shift"),
    )
    return problem.name, "".join(f" {glyphs(console).dot} {part}" for part in parts)


def headline(console: Console, problem: Problem) -> Text:
    """The operation in one line, without the last figures where there is no room for them."""
    name, figures = operation_words(console, problem)
    line = compose(" ", (name, "bold"), figures)
    while figures and line.cell_len >= layout_width(console):
        figures = figures.rpartition(f" {glyphs(console).dot} ")[0]
        line = compose(" ", (name, "bold"), figures)
    return line


def progress_lines(console: Console, state: Progress, seconds: float, history: Mapping[int, list[int]]) -> list[Text]:
    """A line per level and one for the search as a whole.

    Parameters
    ----------
    seconds
        Since the search began.
    history
        Costs by level in the order in which they were found.
    """
    gaps = _("{hours} person-hours open").format(hours=number_text(state.gaps_open / 60)) if state.gaps_open else ""
    lines = [_level_line(console, state, level, history.get(level.level, []), gaps) for level in state.levels]
    is_shown = any(gaps in line.plain for line in lines)
    return [*lines, _state_line(console, state, seconds, "" if is_shown else gaps)]


def _level_line(console: Console, state: Progress, level: LevelProof, history: list[int], gaps: str) -> Text:
    """Cost, bound and gap of a level; the open gaps and the way of the cost, where there is room for them."""
    drawing = glyphs(console)
    room = layout_width(console)
    name = _("Level {level}").format(level=level.level)
    name += f" {level.title}" if level.is_named else ""
    line = compose(" ", (f"{name:<{_NAME}} ", "bold" if level.level == state.level else ""))
    known = any(one == level.level for one, _ in state.bounds) and (level.level <= state.level or level.bound > 0)
    part = 1.0 if level.proved else max(0.0, 1.0 - level.gap) if known else 0.0
    if room >= 76:
        line += _bar(drawing.bar, drawing.half_bar, part, level.proved)
    gap = _("gap {percent} %").format(percent=figures(f"{100 * level.gap:.1f}"))
    verdict = _("proved") if level.proved else gap if known else _("no bound")
    line += compose(f"  {verdict:<{max(10, len(gap))}} ", (f"{cost_text(level.cost):>8}", "bold"))
    if not level.proved and known:
        line += compose(("  " + _("(bound {bound})").format(bound=cost_text(level.bound)), "dim"))
    if level.level == 1 and gaps and line.cell_len + len(gaps) + 2 < room:
        line += compose(f"  {gaps}")
    if len(history) > 1 and level.level == state.level and line.cell_len + _SPARKS + 2 < room:
        line += compose("  ", (sparkline(history, drawing.sparks), "cyan"))
    return line


def _bar(full: str, half: str, part: float, proved: bool) -> Text:
    halves = round(2 * _BAR * part)
    done = full * (halves // 2) + (half if halves % 2 else "")
    return compose((done, "green" if proved else "cyan"), (full * (_BAR - len(done)), "bright_black"))


def _state_line(console: Console, state: Progress, seconds: float, gaps: str) -> Text:
    """Where the search as a whole stands; what matters least is left out where there is no room."""
    limit = " " + _("of {limit}").format(limit=time_text(state.limit)) if state.limit is not None else ""
    parts = [f"{time_text(seconds)}{limit}"]
    if gaps:
        parts.append(gaps)
    parts.append(plural(state.neighbourhoods, "neighbourhood") if state.neighbourhoods else _(state.stage))
    if state.best_seconds is not None:
        parts.append(_("best at {time}").format(time=time_text(state.best_seconds)))
    if state.costs:
        parts.append(_("Ctrl-C keeps the best roster"))
    words = f" {glyphs(console).dot} ".join(parts)
    while len(parts) > 2 and len(words) + 1 >= layout_width(console):
        del parts[-2]
        words = f" {glyphs(console).dot} ".join(parts)
    return compose(" ", (words, "dim"))


def plain_line(state: Progress) -> str:
    """The state of the search in one line without drawing."""
    parts = [f"{time_text(state.seconds)}  {_(state.stage)}"]
    for level in state.levels:
        known = any(one == level.level for one, _ in state.bounds)
        bound = (
            _("proved")
            if level.proved
            else _("bound {bound}").format(bound=cost_text(level.bound))
            if known
            else _("no bound yet")
        )
        parts.append(f"{level.title} {cost_text(level.cost)} ({bound})")
    if state.costs:
        parts.append(_("{hours} person-hours open").format(hours=number_text(state.gaps_open / 60)))
    return "  ".join(parts)


def sparkline(costs: list[int], sparks: str) -> str:
    """The way of the cost, high to low, over the last changes."""
    shown = costs[-_SPARKS:]
    low, high = min(shown), max(shown)
    if low == high:
        return sparks[0] * len(shown)
    return "".join(sparks[(cost - low) * (len(sparks) - 1) // (high - low)] for cost in shown)


def time_text(seconds: float) -> str:
    """Elapsed time as ``0:00:23``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"
