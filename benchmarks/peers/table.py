"""Results of all contenders as a table on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.peers.judge import best_of

Result = Mapping[str, Any]
HEADINGS = ("operation", "solver", "cost by level", "bound", "first s", "best s", "s", "MiB", "remark")
NUMBERS = ("first s", "best s", "s", "MiB")


def show(results: Sequence[Result], console: Console) -> None:
    """Print the table; the best rosters of each operation are marked."""
    table = Table()
    for heading in HEADINGS:
        table.add_column(heading, justify="right" if heading in NUMBERS else "left")
    for cells in rows(results):
        table.add_row(*cells)
    console.print(table)


def rows(results: Iterable[Result]) -> Iterable[Sequence[str]]:
    """Cells under `HEADINGS`, operation by operation."""
    for operation, group in groupby(results, key=lambda one: one["operation"]):
        together = list(group)
        best = best_of(together)
        for number, one in enumerate(together):
            mark = " *" if any(one is other for other in best) else ""
            yield (
                operation if number == 0 else "",
                one["contender"] + mark,
                levels_text(one["costs"]),
                levels_text(one["bounds"]) if one["bounds"] else "",
                number_text(one["first_roster_seconds"]),
                number_text(one["best_seconds"]),
                number_text(one["wall_seconds"]),
                "" if one["memory_mib"] is None else str(one["memory_mib"]),
                remark(one),
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


def levels_text(levels: Mapping[str, float] | None) -> str:
    """Costs or bounds by level: ``1: 2,100 · 3: 35.3``."""
    if levels is None:
        return "no roster"
    return " · ".join(f"{level}: {cost:,.10g}" for level, cost in _short(levels)) or "0"


def _short(levels: Mapping[str, float]) -> Iterable[tuple[str, float]]:
    return ((level, round(levels[level], 2)) for level in sorted(levels, key=int))


def number_text(value: float | None) -> str:
    """Seconds with one digit after the point."""
    return "" if value is None else f"{value:.1f}"
