"""The page about decisions is true: its commands print what it shows, on the operation that it gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from patrolplan.cli import main
from tests.docs.consoles import consoles, is_shown, lay
from tests.docs.snippets import ROOT

PAGE = (ROOT / "docs" / "deciding.md").read_text(encoding="utf-8")
SECTIONS = ("replan", "publish", "diff")


def test_replan_publish_and_diff_print_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, PAGE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    shown = consoles(PAGE, SECTIONS)
    assert {one.arguments[0] for one in shown} == {"replan", "publish", "diff", "solve", "check"}
    for one in shown:
        with pytest.raises(SystemExit) as ended:
            main(list(one.arguments))
        said = capsys.readouterr()
        assert ended.value.code == 0, (one.line, said.err)
        assert is_shown(said.out, one), f"docs/deciding.md:{one.line}\n{said.out}"
