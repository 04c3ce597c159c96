"""Consoles for standard output and standard error, and text that is safe to show on them."""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from patrolplan.formats.names import TURNING
from patrolplan.language import figures, plural_form

SMALLEST_WIDTH = 24
"""Views never lay out for less than this; a narrower terminal wraps their lines."""

KEEP = "\u00a0"
"""A blank at which `say` does not break a line; it is printed as a blank."""

_TURNING = {chr(code) for code in TURNING}


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Characters for drawing, as the terminal's encoding allows."""

    line: str = "─"
    bar: str = "━"
    half_bar: str = "╸"
    full: str = "█"
    off: str = "·"
    dot: str = "·"
    caret: str = "^"
    edge: str = "│"
    plus_minus: str = "±"
    sparks: str = "▁▂▃▄▅▆▇█"


_ASCII = Glyphs("-", "=", "-", "#", ".", "-", "^", "|", "+-", ".:-=+*%#")


def output_console(file: IO[str] | None = None, width: int | None = None) -> Console:
    """A console on standard output: drawn plainly where there is no terminal, and under ``NO_COLOR``.

    Parameters
    ----------
    width
        In characters; default that of the terminal, of ``COLUMNS``, or 80.
    """
    return _console(file or sys.stdout, width)


def error_console(file: IO[str] | None = None, width: int | None = None) -> Console:
    """A console on standard error, for progress, remarks and complaints."""
    return _console(file or sys.stderr, width)


def _console(file: IO[str], width: int | None) -> Console:
    if isinstance(file, io.TextIOWrapper):
        file.reconfigure(errors="replace")
    plain = False if os.environ.get("NO_COLOR") else None
    return Console(file=file, width=width, force_terminal=plain, markup=False, highlight=False, emoji=False)


def glyphs(console: Console) -> Glyphs:
    """The characters for drawing that the console can show."""
    try:
        "".join((Glyphs().line, Glyphs().bar, Glyphs().full, Glyphs().sparks)).encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return _ASCII
    return Glyphs()


def layout_width(console: Console) -> int:
    """Characters to lay out for: the console's width, within reason."""
    return max(SMALLEST_WIDTH, console.width)


def clean(text: str) -> str:
    """Text from a file without characters that steer a terminal or turn the direction of writing."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("?" if unicodedata.category(one) in ("Cc", "Cs") or one in _TURNING else one for one in text)


def compose(*parts: str | tuple[str, str]) -> Text:
    """One line from pieces, each a text or a text with its style."""
    line = Text()
    for part in parts:
        words, style = part if isinstance(part, tuple) else (part, "")
        line.append(clean(words), style)
    return line


def say(console: Console, *parts: str | tuple[str, str], indent: int = 1, hang: int = 0) -> None:
    """Print one line, wrapped at blanks; continued lines are indented by `indent` plus `hang`.

    Words joined by `KEEP` stay on one line.
    """
    room = layout_width(console) - indent
    margin = indent
    for line in _wrapped(compose(*parts), room, max(8, room - hang)):
        console.print(compose(" " * margin) + line, soft_wrap=True)
        margin = indent + hang


def _wrapped(text: Text, first: int, later: int) -> Iterator[Text]:
    """Lines of at most so many terminal cells, the first and the later ones."""
    plain, start, room = text.plain, 0, first
    while True:
        end = _line_end(plain, start, room)
        line = text[start:end]
        line.plain = line.plain.replace(KEEP, " ")
        line.rstrip()
        yield line
        start, room = end + len(plain[end:]) - len(plain[end:].lstrip(" ")), later
        if start >= len(plain):
            return


def _line_end(plain: str, start: int, room: int) -> int:
    """Where a line that begins at `start` ends: after its last whole word, or inside a word that is too long."""
    width, last_blank = 0, -1
    for index in range(start, len(plain)):
        width += cell_len(plain[index])
        if plain[index] == " " and index > start and plain[start:index].strip(" "):
            last_blank = index
        if width > room:
            return last_blank if last_blank > start else max(index, start + 1)
    return len(plain)


def shorten(text: str, room: int) -> str:
    """Text cut to so many characters, with a full stop where it was cut."""
    if len(text) <= room:
        return text
    return text[: max(0, room - 1)] + "." if room > 2 else text[: max(0, room)]


def name_list(names: Sequence[str]) -> str:
    """Names one after another, each kept on one line; semicolons where names hold commas themselves."""
    separator = "; " if any("," in name for name in names) else ", "
    return separator.join(name.replace(" ", KEEP) for name in names)


def number_text(amount: float) -> str:
    """A number with thousands separated and at most one decimal."""
    return figures(f"{amount:,.0f}" if abs(amount - round(amount)) < 0.05 else f"{amount:,.1f}")


def plural(count: int, one: str, many: str = "") -> str:
    """A number with its noun in the language spoken."""
    return f"{figures(f'{count:,}')} {plural_form(one, many or one + 's', count)}"
