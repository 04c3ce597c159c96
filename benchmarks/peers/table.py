"""Results of all contenders as tables on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.peers.judge import best_of

Result = Mapping[str, Any]
HEADINGS = ("solver", "cost by level", "bound", "first s", "best s", "s", "MiB")
NUMBERS = ("first s", "best s", "s", "MiB")


def show(results: Sequence[Result], console: Console) -> None:
    """Print a table for each operation, in which the best rosters are marked, and below it what else has to be said."""
    for operation, group in groupby(results, key=lambda one: one["operation"]):
        together = list(group)
        table = Table(
            title=Text(operation), title_justify="left", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True
        )
        for heading in HEADINGS:
            table.add_column(heading, justify="right" if heading in NUMBERS else "left", no_wrap=True)
        for cells in rows(together):
            table.add_row(*cells)
        console.print(table)
        for one in together:
            if words := remark(one):
                console.print(f"  {one['contender']}: {words}", markup=False, highlight=False)


def rows(results: Sequence[Result]) -> Iterable[Sequence[str]]:
    """Cells under `HEADINGS` for the results of one operation, every level on a line of its own."""
    best = best_of(results)
    for one in results:
        mark = " *" if any(one is other for other in best) else ""
        yield (
            one["contender"] + mark,
            levels_text(one["costs"], "\n"),
            levels_text(one["bounds"], "\n") if one["bounds"] else "",
            number_text(one["first_roster_seconds"]),
            number_text(one["best_seconds"]),
            number_text(one["wall_seconds"]),
            "" if one["memory_mib"] is None else str(one["memory_mib"]),
        )


def remark(one: Result) -> str:
    """What has to be said besides the figures."""
    parts = []
    if one["hard"]:
        parts.append(f"{one['hard']} broken hard rules")
    if one["proved"]:
        parts.append("proved optimal")
    elif one["status"] not in ("feasible", "optimal"):
        parts.append(one["status"])
    if one["reason"]:
        parts.append(one["reason"])
    return "; ".join(parts)


def levels_text(levels: Mapping[str, float] | None, between: str = " · ") -> str:
    """Costs or bounds by level: ``1: 2,100 · 3: 35.3``."""
    if levels is None:
        return "no roster"
    return between.join(f"{level}: {cost:,.10g}" for level, cost in _short(levels)) or "0"


def _short(levels: Mapping[str, float]) -> Iterable[tuple[str, float]]:
    return ((level, round(levels[level], 2)) for level in sorted(levels, key=int))


def number_text(value: float | None) -> str:
    """Seconds with one digit after the point."""
    return "" if value is None else f"{value:.1f}"
