"""Papers of any words are laid out, as HTML that says them and as PDF."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from patrolplan.formats.paper import (
    NUMBER,
    OPEN,
    QUIET,
    STRONG,
    TEXT,
    Box,
    Branch,
    Chart,
    Column,
    Facts,
    Heading,
    Line,
    Paper,
    Sheet,
    Signer,
    Signing,
    Table,
    Words,
)
from patrolplan.formats.paper_html import papers_html
from patrolplan.formats.paper_pdf import papers_pdf
from patrolplan.papers.names import shown

WORDS = st.text(max_size=24).map(shown)


class Said(HTMLParser):
    """The texts of all ``bdi`` elements, as a browser would show them."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "bdi":
            self._open = True
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "bdi"

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[-1] += data


@settings(max_examples=12, deadline=None)
@given(st.lists(WORDS, min_size=12, max_size=12), st.sampled_from([TEXT, OPEN, STRONG, QUIET]), st.booleans())
def test_any_words_are_laid_out(words: list[str], kind: str, official: bool) -> None:
    title, subtitle, label, value, lead, text, cell, other, box, role, name, head = words
    blocks = (
        Facts(((label, value),)),
        Heading(lead),
        Words(((lead, text),)),
        Table((Column(label), Column("", kind=NUMBER)), (((Line(cell, kind), Line(other)), ()), ((), (Line(cell),)))),
        Table((Column(""),), (((),),), row_mm=8),
        Chart((Box(box, (Line(name, kind),)),), (Branch(Box(box, ()), (Box(other, (Line(cell),)),)),)),
        Chart((), ()),
        Signing((Signer(f"{lead}\n{text}", role, name, value),)),
    )
    sheet = Sheet(title, subtitle, blocks, official=official)
    paper = Paper("card", title, "en", text, (head,), other, label, value, "page {page} of {pages}", (sheet,), official)
    said = Said(papers_html([paper])).texts
    assert all(one in said for one in (title, value, text, cell, other, box, role, name))
    assert papers_pdf([paper]).startswith(b"%PDF-")


def test_no_papers_at_all() -> None:
    assert "<main>" in papers_html([])
