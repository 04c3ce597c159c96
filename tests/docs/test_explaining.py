"""The commands of docs/explaining.md print what the page shows."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from patrolplan.cli import main
from tests.docs.snippets import ROOT

PAGE = ROOT / "docs" / "explaining.md"
_FILE = re.compile(r"^```(?:yaml|csv) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^```console\n\$ patrolplan (.*)\n((?:.*\n)*?)^```$", re.MULTILINE)
OWN = ("explain", "staffing")


def commands() -> list[tuple[str, str]]:
    """Each command of the page that is tested here, with what the page shows of it."""
    found = [match.groups() for match in _COMMAND.finditer(PAGE.read_text(encoding="utf-8"))]
    return [(one[0], one[1]) for one in found if one[0].split()[0] in OWN]


@pytest.mark.parametrize("command", [one for one, _shown in commands()])
def test_a_command_prints_what_the_page_shows(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in _FILE.findall(PAGE.read_text(encoding="utf-8")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit) as ended:
        main(shlex.split(command))
    assert ended.value.code in (0, 1)
    said = "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines()) + "\n"
    if os.environ.get("PATROLPLAN_UPDATE_GOLDEN") == "1":
        text = PAGE.read_text(encoding="utf-8")
        start = text.index(f"$ patrolplan {command}\n") + len(f"$ patrolplan {command}\n")
        PAGE.write_text(text[:start] + said + text[text.index("```", start) :], encoding="utf-8")
    assert dict(commands())[command] == said


def test_the_page_shows_every_command() -> None:
    assert [one.split()[0] for one, _shown in commands()] == ["explain", "explain", "explain", "staffing"]
