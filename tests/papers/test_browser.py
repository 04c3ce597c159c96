"""Pages in a real browser: no complaint, no request, filters that filter, keys, phones, colours and paper."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import pytest
from pypdf import PdfReader

from patrolplan.cli import main
from tests.browser import BROWSER, MISSING, Page, opened
from tests.papers.harbour import ARABIC, write_harbour

pytestmark = pytest.mark.skipif(not BROWSER, reason=MISSING)

CHANGE = "dispatchEvent(new Event('change', {bubbles: true}))"
VISIBLE_PEOPLE = "[...document.querySelectorAll('#grid tbody tr')].filter(one => !one.hidden).length"
VISIBLE_DATES = "[...document.querySelectorAll('#grid thead th')].filter(one => one.offsetWidth).length - 3"
VISIBLE_SITES = (
    "[...document.querySelectorAll('.site')].filter(one => !one.hidden).map(one => one.querySelector('h4').textContent)"
)


def exported(folder: Path, *arguments: str) -> Path:
    operation, roster = write_harbour(folder)
    page = folder / "page.html"
    with pytest.raises(SystemExit) as ended:
        main(["export", str(operation), str(roster), "--to", "html", "-o", str(page), *arguments])
    assert ended.value.code == 0
    return page


def choose(page: Page, field: str, value: str) -> None:
    page.run(f"document.getElementById('{field}').value = {value!r}; document.getElementById('{field}').{CHANGE}")


def assert_quiet(page: Page, path: Path) -> None:
    page.run("1")
    assert page.complaints == []
    assert page.requests == [path.resolve().as_uri()]


def test_the_report(tmp_path: Path) -> None:
    path = exported(tmp_path)
    with opened(path, tmp_path) as page:
        assert page.run("document.querySelectorAll('.gap').length") == 4
        assert page.run("typeof alert.called") == "undefined" and page.run("document.images.length") == 0
        assert page.run("document.querySelectorAll('script').length") == 2
        _filters(page)
        _cover(page)
        _loads(page)
        _keys(page)
        _colours(page)
        _phone(page)
        pdf = PdfReader(io.BytesIO(page.print_pdf()))
        assert {round(float(one.mediabox.width)) for one in pdf.pages} == {842}
        text = unicodedata.normalize("NFKC", " ".join("".join(one.extract_text() for one in pdf.pages).split()))
        assert "Gaps, worst first" in text and "Show everything" not in text
        assert_quiet(page, path)


def _filters(page: Page) -> None:
    assert (page.run(VISIBLE_PEOPLE), page.run(VISIBLE_DATES)) == (10, 3)
    choose(page, "by-site", "1")
    assert page.run(VISIBLE_PEOPLE) == 1 and page.run(VISIBLE_SITES) == ["Depot"]
    assert page.run("document.getElementById('shown').textContent") == "1 of 10 people, 3 dates"
    choose(page, "by-site", "")
    choose(page, "by-phase", "1")
    assert (page.run(VISIBLE_PEOPLE), page.run(VISIBLE_DATES)) == (10, 1)
    choose(page, "by-phase", "")
    choose(page, "by-person", ARABIC)
    assert page.run(VISIBLE_PEOPLE) == 1
    assert page.run("document.querySelectorAll('#lists li').length") == 3
    assert 'head, Harbour "A" <north>' in page.run("document.querySelector('#lists').textContent")
    assert page.run("document.querySelectorAll('.posts .hit').length") == 3
    choose(page, "by-person", "nguyen thi")
    assert page.run(VISIBLE_PEOPLE) == 1
    choose(page, "by-person", "nobody at all")
    assert page.run(VISIBLE_PEOPLE) == 0
    page.run("document.querySelector('#filter button').click(); new Promise(done => setTimeout(done, 50))")
    assert (page.run(VISIBLE_PEOPLE), page.run("document.querySelectorAll('#lists li').length")) == (10, 0)


def _cover(page: Page) -> None:
    row = "[...row.cells].slice(1).map(one => one.textContent.trim()).join(' ')"
    text = f"[...document.querySelectorAll('#heat tbody tr')].map(row => {row})"
    drawn = page.run(text)
    choose(page, "heat-place", "1")
    assert page.run(text) != drawn
    choose(page, "heat-place", "0")
    assert page.run(text) == drawn, "the script draws other cells than the page came with"
    places = page.run("[...document.getElementById('heat-place').options].map(one => one.text)")
    choose(page, "heat-place", str(places.index('Harbour "A" <north> / gate')))
    rows = page.run(text)
    assert rows[1].split()[18:20] == ["2", "\u22121"] and rows[2].split()[6:8] == ["\u22121", "2"]
    page.run(f"document.getElementById('heat-gaps').checked = true; document.getElementById('heat-gaps').{CHANGE}")
    assert page.run("[...document.querySelectorAll('#heat tbody tr')].filter(one => !one.hidden).length") == 2


def _loads(page: Page) -> None:
    values = "[...document.querySelectorAll('#loads tbody tr')].map(row => Number(row.cells[2].dataset.v))"
    button = "document.querySelectorAll('#loads thead button')[2].click()"
    page.run(button)
    falling = page.run(values)
    assert falling == sorted(falling, reverse=True)
    page.run(button)
    assert page.run(values) == falling[::-1] or page.run(values) == sorted(falling)
    assert page.run("document.querySelectorAll('#loads thead th')[2].getAttribute('aria-sort')") == "ascending"


def _keys(page: Page) -> None:
    page.run("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.press("Tab", 9)
    assert page.run("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(40):
        page.press("Tab", 9)
        reached.add(
            page.run("document.activeElement.id || document.activeElement.className || document.activeElement.tagName")
        )
    assert {"theme", "heat-place", "by-site", "by-phase", "by-person", "scroll"} <= reached


def _colours(page: Page) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    page.prefer("light")
    light = page.run(colour)
    page.prefer("dark")
    dark = page.run(colour)
    assert light != dark
    choose(page, "theme", "light")
    assert page.run(colour) == light
    page.prefer("light")
    choose(page, "theme", "dark")
    assert page.run(colour) == dark
    choose(page, "theme", "")


def _phone(page: Page) -> None:
    page.resize(390, 844, phone=True)
    assert page.run("document.documentElement.scrollWidth") <= 390


def test_the_papers(tmp_path: Path) -> None:
    kinds = ("annex", "site", "card", "handover", "occurrence", "patrol", "command")
    path = exported(tmp_path, *(word for kind in kinds for word in ("--paper", kind)), "--date", "2025-03-04")
    with opened(path, tmp_path) as page:
        sheets = page.run("document.querySelectorAll('.sheet').length")
        pdf = PdfReader(io.BytesIO(page.print_pdf()))
        assert len(pdf.pages) == sheets, "a sheet that should fit one page runs over"
        assert {round(float(one.mediabox.width)) for one in pdf.pages} == {595, 842}
        assert page.run("document.scripts.length") == 0
        page.resize(390, 844, phone=True)
        assert page.run("document.documentElement.scrollWidth") <= 390
        assert_quiet(page, path)
