"""The snippets of a page, and the small operation over which they are laid."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "operation-file.md"
_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Snippet:
    """A piece of an operation file, the tables beside it, and what is shown of it."""

    line: int
    text: str
    tables: dict[str, str] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)


def snippets(page: str) -> list[Snippet]:
    """The YAML snippets of a page, in order; tables and output belong to the snippet before them."""
    found: list[Snippet] = []
    for match in _FENCE.finditer(page):
        kind, name, text = match.groups()
        if kind == "yaml":
            found.append(Snippet(page.count("\n", 0, match.start()) + 1, text))
        elif kind == "csv":
            found[-1].tables[name] = text
        else:
            found[-1].shown.append(text)
    return found


def small_operation() -> Snippet:
    """The operation over which all snippets are laid."""
    return snippets(PAGE.read_text(encoding="utf-8"))[0]


def lay(folder: Path, text: str, tables: dict[str, str]) -> Path:
    """Write a snippet, laid over the small operation; returns the file of the operation."""
    base = small_operation()
    for name, content in {**base.tables, **tables}.items():
        (folder / name).write_text(content, encoding="utf-8")
    (folder / "base.yaml").write_text(base.text, encoding="utf-8")
    named = re.search(r"^extends: \[(.*)\]$", text, re.MULTILINE)
    own = f", {named[1]}" if named else ""
    rest = text if named is None else text.replace(named[0], "")
    path = folder / "ops.yaml"
    path.write_text(f"patrolplan: 1\nextends: [base.yaml{own}]\n{rest}", encoding="utf-8")
    return path
