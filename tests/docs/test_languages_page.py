"""The commands of the page about languages print what the page shows, and its lists are those of the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from patrolplan.language import LANGUAGES
from tests.docs.snippets import ROOT
from tests.docs.test_pages import printed

PAGE = (ROOT / "docs" / "languages.md").read_text(encoding="utf-8")
STEP = re.compile(r"((?:^    patrolplan [^\n]*\n)+)\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_commands_print_what_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    steps = STEP.findall(PAGE)
    assert len(steps) == 2
    for commands, shown in steps:
        for command in commands.splitlines():
            out = printed(capsys, *command.split()[1:])
        lines = [" ".join(line.split()) for line in out.splitlines()]
        for line in shown.splitlines():
            assert " ".join(line.split()) in lines, line


def test_the_page_names_every_language() -> None:
    for language in LANGUAGES:
        assert f"--language {language}" in PAGE
