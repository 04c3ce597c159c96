"""The commands on the page about postings run with the operation that it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from patrolplan.cli import main
from tests.docs.snippets import ROOT, snippets

PAGE = (ROOT / "docs" / "postings.md").read_text(encoding="utf-8")


def test_the_commands_of_the_page_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = snippets(PAGE)[0]
    for name, content in {**shown.tables, "ops.yaml": shown.text}.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^    patrolplan (.*)$", PAGE, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["solve", "postings", "check", "show"]
    for command in commands:
        extra = ["--time-limit", "5s"] if command.startswith("solve") else []
        with pytest.raises(SystemExit) as ended:
            main([*command.split(), *extra])
        said = capsys.readouterr()
        assert ended.value.code == 0, (command, said.out, said.err)
    assert "entrance, clinic" in said.out
    assert (tmp_path / "posted.csv").read_text(encoding="utf-8").count("\n") > 20
