"""Tables that drop their least column rather than wrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from patrolplan.terminal.console import clean, compose, layout_width


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; the one with the highest `rank` is dropped first where room is short."""

    title: str
    cells: Sequence[str]
    rank: int = 0
    right: bool = True
    styles: Sequence[str] = ()

    @property
    def width(self) -> int:
        """Terminal cells of the widest text."""
        return max(cell_len(clean(self.title)), *(cell_len(clean(cell)) for cell in self.cells), 0)

    def padded(self, text: str) -> str:
        """A text as wide as the column."""
        blanks = " " * (self.width - cell_len(clean(text)))
        return blanks + text if self.right else text + blanks


def print_table(console: Console, columns: Sequence[Column]) -> None:
    """Print a line of titles, and the cells of the columns for which there is room."""
    shown = _fitting(columns, layout_width(console) - 1)
    rows = max((len(column.cells) for column in shown), default=0)
    _print_line(console, [(column.padded(column.title), "dim") for column in shown])
    for row in range(rows):
        _print_line(
            console,
            [(column.padded(column.cells[row]), column.styles[row] if column.styles else "") for column in shown],
        )


def _print_line(console: Console, parts: Sequence[tuple[str, str]]) -> None:
    line = Text(" ")
    for text, style in parts:
        line += compose((text + "  ", style))
    line.rstrip()
    console.print(line, soft_wrap=True)


def _fitting(columns: Sequence[Column], room: int) -> list[Column]:
    """The columns without the least important ones for which there is no room."""
    kept = list(columns)
    while sum(column.width + 2 for column in kept) > room and any(column.rank for column in kept):
        kept.remove(max(kept, key=lambda column: column.rank))
    return kept
