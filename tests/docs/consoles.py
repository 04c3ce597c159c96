"""Console blocks of a page: commands that are run, and what they are said to print."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VARYING = (
    (re.compile(r"\b[0-9a-f]{12}\b"), "HASH"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"), "MOMENT"),
)
"""What is different each time, and what stands for it."""


@dataclass(frozen=True)
class Shown:
    """A command of a page and its output; a last line of three dots stands for more."""

    line: int
    arguments: tuple[str, ...]
    output: str


def files(page: str) -> dict[str, str]:
    """The files that a page gives: fenced blocks with a name."""
    return {name: text for kind, name, text in _FENCE.findall(page) if name and kind != "console"}


def consoles(page: str, headings: Sequence[str]) -> list[Shown]:
    """The commands of some sections, in order."""
    found = []
    for match in _FENCE.finditer(page):
        section = re.findall(r"^## (.*)$", page[: match.start()], re.MULTILINE)
        if match[1] == "console" and section and section[-1] in headings:
            command, _, output = match[3].partition("\n")
            arguments = shlex.split(command.removeprefix("$ patrolplan "))
            found.append(Shown(page.count("\n", 0, match.start()) + 1, tuple(arguments), output))
    return found


def steps(page: str) -> list[Shown]:
    """All commands of a page in order; a block may hold several, one after the other."""
    found: list[Shown] = []
    for match in _FENCE.finditer(page):
        if match[1] == "console":
            first = page.count("\n", 0, match.start()) + 1
            for part in re.split(r"^(?=\$ )", match[3], flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                found.append(Shown(first, tuple(shlex.split(command.removeprefix("$ patrolplan "))), output))
    return found


def lay(folder: Path, page: str) -> None:
    """Write the files of a page."""
    for name, text in files(page).items():
        (folder / name).write_text(text, encoding="utf-8")


def settled(text: str) -> list[str]:
    """Lines without what is different each time."""
    for pattern, word in VARYING:
        text = pattern.sub(word, text)
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def is_shown(printed: str, shown: Shown) -> bool:
    """Whether a command prints what a page shows."""
    found, wanted = settled(printed), settled(shown.output)
    if wanted and wanted[-1] == "...":
        return found[: len(wanted) - 1] == wanted[:-1]
    return found == wanted
