"""Every command on the page about exports runs, in the order of the page, and prints what is shown."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.docs.snippets import ROOT
from tests.docs.test_pages import printed

PAGE = (ROOT / "docs" / "exporting.md").read_text(encoding="utf-8")
STEP = re.compile(r"^    patrolplan ([^\n]+)$|^```(\w*) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WRITES = {
    "roster.xlsx", "next.csv", "excel.csv", "contoh-a.ics", "harbour.ics", "wednesday.png", "roster.json", "grid.csv",
}  # fmt: skip


def test_the_page_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("typst")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LC_ALL", "C")
    said = ""
    for match in STEP.finditer(PAGE):
        command, _kind, name, text = match.groups()
        if command:
            said = printed(capsys, *shlex.split(command))
        elif name:
            Path(name).write_text(text, encoding="utf-8")
        else:
            assert said == text, "what is shown"
    assert {path.name for path in tmp_path.iterdir()} >= WRITES
    assert {path.name for path in Path("calendars").rglob("*.ics")} == {
        "0001.ics", "0002.ics", "0003.ics", "0004.ics", "harbour.ics",
    }  # fmt: skip
