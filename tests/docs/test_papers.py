"""The commands of the page on papers, run as they stand over the first operation that ``init`` writes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from patrolplan.cli import main
from patrolplan.plan.starting import FIRST_FILES
from tests.docs.snippets import ROOT, snippets

PAGE = (ROOT / "docs" / "papers.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    patrolplan (export .+)$", PAGE, re.MULTILINE)
ROUNDS = "date,duty,team,zone,checkpoint,arrive,leave\n2026-01-07,office/patrol,A,yard,fence,06:10,06:15\n"


@pytest.fixture
def first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first operation with the letterhead of the page, and a roster of one week written by hand."""
    monkeypatch.chdir(tmp_path)
    for name, text in FIRST_FILES.items():
        Path(name).write_text(text, encoding="utf-8")
    (letterhead,) = snippets(PAGE)
    with Path("ops.yaml").open("a", encoding="utf-8") as stream:
        stream.write(letterhead.text)
    rows = ["person,site,post,shift,start,end,duty,kind"]
    for day in range(5, 12):
        date = f"2026-01-{day:02d}"
        for person, post in (("0001", "gate"), ("0006", "gate"), ("0007", "patrol")):
            rows.append(f"{person},office,{post},day,{date}T06:00+07:00,{date}T18:00+07:00,,duty")
    Path("roster.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    Path("rounds.csv").write_text(ROUNDS, encoding="utf-8")
    return tmp_path


def test_every_command_of_the_page_writes_what_it_names(first: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(COMMANDS) == 6
    for command in COMMANDS:
        arguments = shlex.split(command)
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = capsys.readouterr()
        assert ended.value.code == 0, (command, said.err)
        written = first / arguments[arguments.index("-o") + 1]
        assert written.is_dir() or written.stat().st_size > 5000, command
    assert len(list((first / "papers").iterdir())) == 14
    assert b"Control room" in (first / "papers" / "card.html").read_bytes()


def test_the_page_names_every_kind_of_paper() -> None:
    from patrolplan.papers.kinds import KINDS

    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(KINDS)
