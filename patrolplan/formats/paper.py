"""Papers as facts in words: sheets made of blocks, which are laid out as HTML or as PDF from one description.

Every text may come from a file and is escaped by whoever lays it out. Lines of one cell or box are texts of their own,
so that names in different directions of writing do not run into one another.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

TEXT, NUMBER, OPEN, STRONG, QUIET = "text", "number", "open", "strong", "quiet"
"""Kinds of cells: plain, to the right, an open place, and what stands out or back."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cell or box with its kind."""

    text: str
    kind: str = TEXT


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading and its part of the width."""

    title: str
    share: float = 1.0
    kind: str = TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, each of several lines; the heading comes again on every page.

    Attributes
    ----------
    row_mm
        Least height of a row in millimetres, for rows to write in; 0 for what the text needs.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[tuple[Line, ...], ...], ...]
    row_mm: float = 0
    type: str = "table"


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values, side by side."""

    pairs: tuple[tuple[str, str], ...]
    type: str = "facts"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a sheet."""

    text: str
    type: str = "heading"


@dataclass(frozen=True, slots=True)
class Words:
    """Paragraphs, each of a lead in bold and what follows it."""

    entries: tuple[tuple[str, str], ...]
    quiet: bool = False
    type: str = "words"


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a chart."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A column of a chart: a head with what is beneath it."""

    head: Box
    below: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of command: those at the top, and branches beneath them."""

    top: tuple[Box, ...]
    branches: tuple[Branch, ...]
    type: str = "chart"


@dataclass(frozen=True, slots=True)
class Signer:
    """Room for a signature: words above, the office, and who signs."""

    above: str
    role: str
    name: str = ""
    beneath: str = ""


@dataclass(frozen=True, slots=True)
class Signing:
    """Signatures side by side."""

    signers: tuple[Signer, ...]
    type: str = "signing"


Block = Table | Facts | Heading | Words | Chart | Signing


@dataclass(frozen=True, slots=True)
class Sheet:
    """What begins on a new page.

    Attributes
    ----------
    official
        Whether it bears the whole letterhead.
    """

    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    official: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """Sheets of one kind.

    Attributes
    ----------
    head
        Lines of the letterhead, the highest office first.
    classification
        Printed at the head and foot of every page.
    foot
        From what it was made; printed at the foot of every page.
    page_words
        ``Page {page} of {pages}`` in the language of the paper.
    """

    kind: str
    title: str
    language: str
    operation: str
    head: tuple[str, ...]
    address: str
    classification: str
    foot: str
    page_words: str
    sheets: tuple[Sheet, ...]
    landscape: bool = False


def paper_data(papers: tuple[Paper, ...]) -> list[dict[str, Any]]:
    """Papers as plain data."""
    return [asdict(paper) for paper in papers]
