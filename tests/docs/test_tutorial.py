"""The tutorial, word for word: its files, its commands in order, and what they print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from patrolplan.cli import main
from tests.docs.consoles import is_shown, lay, steps
from tests.docs.snippets import ROOT

PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
FINDINGS = {("solve", "saturday.yaml"), ("explain", "saturday.yaml"), ("check", "museum.yaml")}
"""Commands of the tutorial that end with 1, as it says."""


def test_the_tutorial_can_be_followed_word_for_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, PAGE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "96")
    run = steps(PAGE)
    assert [one.arguments[0] for one in run].count("solve") == 2
    for one in run:
        if "edited.csv" in one.arguments:
            edit_by_hand(tmp_path)
        with pytest.raises(SystemExit) as ended:
            main(list(one.arguments))
        said = capsys.readouterr()
        assert ended.value.code == (one.arguments[:2] in FINDINGS), (one.line, said.err)
        assert is_shown(said.out, one), f"docs/tutorial.md:{one.line}\n{said.out}"
    assert (tmp_path / "week.html").is_file()
    assert len(list((tmp_path / "calendars" / "people").iterdir())) == 6


def edit_by_hand(folder: Path) -> None:
    """What the tutorial asks for: the entrance on Friday by day begins seven minutes late."""
    text = (folder / "week.csv").read_text(encoding="utf-8")
    edited, count = re.subn(r"(entrance,day,2026-03-06T08:)00", r"\g<1>07", text)
    assert count == 1
    (folder / "edited.csv").write_text(edited, encoding="utf-8")


def test_a_misspelt_name_is_answered_as_the_tutorial_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, PAGE)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "museum.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("shift: night, max", "shift: nigth, max"), encoding="utf-8"
    )
    with pytest.raises(SystemExit) as ended:
        main(["validate", "museum.yaml"])
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert "museum.yaml:27:" in said and 'Did you mean "night"?' in said
