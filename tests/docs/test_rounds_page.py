"""The page about patrol sheets: its example is drawn as it stands there."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.docs.snippets import ROOT, lay, snippets
from tests.docs.test_pages import printed

EXAMPLE = """\
person,site,post,shift,start,end
0001,depot,patrol,day,2026-03-02 06:00,2026-03-02 18:00
0002,depot,patrol,night,2026-03-02 18:00,2026-03-03 06:00
"""


def test_the_example_of_the_page_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (snippet,) = snippets((ROOT / "docs" / "rounds.md").read_text(encoding="utf-8"))
    operation = lay(tmp_path, snippet.text, snippet.tables)
    (tmp_path / "roster.csv").write_text(EXAMPLE, encoding="utf-8")
    sheets = tmp_path / "rounds.csv"
    roster = tmp_path / "roster.csv"
    said = printed(capsys, "rounds", operation, roster, "-o", sheets, "--draws", "0", "--time-limit", "0.01s")
    assert "yard" in said and "5 checkpoints" in said
    rows = list(csv.DictReader(sheets.read_text(encoding="utf-8").splitlines()))
    assert {row["checkpoint"] for row in rows} == {"gate", "store", "tank", "ramp", "canteen"}
    closed = [row for row in rows if row["checkpoint"] == "canteen" and not "05:00" <= row["arrive"][11:16] < "22:00"]
    assert not closed
