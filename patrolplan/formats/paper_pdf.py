"""Papers as PDF through typst: the description goes in as data, never as markup."""

from __future__ import annotations

import json
from collections.abc import Sequence

from patrolplan.errors import InputError
from patrolplan.formats.pages import TEMPLATES
from patrolplan.formats.paper import Paper, paper_data
from patrolplan.language import _

MOST_TAGGED = 50
"""Sheets up to which a PDF is tagged for screen readers; tags make a pile for the printer ten times as large."""


def can_make_pdf() -> bool:
    """Whether the library for PDF is there."""
    from importlib.util import find_spec

    return find_spec("typst") is not None


def refuse_without_library() -> None:
    """Say how to install what PDF needs.

    Raises
    ------
    InputError
        If the library is not installed.
    """
    if not can_make_pdf():
        raise InputError(_("PDF needs the library typst. Install it with: pip install 'patrolplan[paper]'"))


def papers_pdf(papers: Sequence[Paper]) -> bytes:
    """The papers as PDF; equal papers give equal bytes.

    Letters come from the typefaces inside the library (Latin, Greek, Cyrillic, Arabic, Hebrew), and those that these
    lack from the typefaces of the machine.

    Raises
    ------
    InputError
        If the library is not installed.
    """
    refuse_without_library()
    import typst

    data = json.dumps(paper_data(tuple(papers)), ensure_ascii=False)
    tagged = sum(len(paper.sheets) for paper in papers) <= MOST_TAGGED
    made = typst.compile(
        TEMPLATES / "paper.typ", format="pdf", sys_inputs={"papers": data}, timestamp=0, pdf_tags=tagged
    )
    assert isinstance(made, bytes)
    return made
