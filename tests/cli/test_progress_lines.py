"""``solve --progress``: every line of a real run is an event that the documentation describes."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from patrolplan.terminal.progress_lines import ProgressLines
from tests.cli.conftest import Ran, environment, run_alone
from tests.cli.operations import MINIMAL, ROOT, write_two_sites
from tests.tiny import tiny_problem

ORDER = ["stage", "first_roster", "better_roster", "bound", "level_settled"]
STATE = {"event", "seconds", "stage", "level", "levels", "gaps_open", "neighbourhoods"}
END = {"event", "seconds", "status", "words", "levels", "gaps_open", "neighbourhoods", "best_seconds", "reasons"}
LEVEL = {"level", "name", "cost", "bound", "gap", "proved"}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A run with findings: bent rules on several levels, and gaps."""
    folder = tmp_path_factory.mktemp("events")
    path = write_two_sites(folder, ("  - rest: 11h\n", "  - rest: 11h\n  - fairness: {of: [nights], weight: 1}\n"))
    options = ["--deterministic", "--time-limit", "2s", "--progress", "json", "--format", "json"]
    return run_alone(["solve", path, "-o", "out.csv", *options], folder)


@pytest.fixture(scope="module")
def told(ran: Ran) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.err.splitlines()]


def test_every_line_is_an_event(told: list[dict[str, Any]], ran: Ran) -> None:
    assert told[0] == {"event": "start", "format": 1, "operation": "Two sites"}
    for event in told[1:-1]:
        if event["event"] == "remark":
            assert set(event) == {"event", "message"}
            continue
        assert event["event"] in ORDER
        assert set(event) == STATE
        assert all(set(level) == LEVEL for level in event["levels"])
    assert set(told[-1]) == END | {"written", "exit_code"}
    assert told[-1]["event"] == "end"
    assert told[-1]["exit_code"] == ran.code


def test_the_order_is_stable(told: list[dict[str, Any]]) -> None:
    states = [event for event in told if event["event"] in ORDER]
    names = [event["event"] for event in states]
    assert names[0] == "stage"
    assert names.count("first_roster") == 1
    assert "better_roster" not in names[: names.index("first_roster")]
    assert [event["seconds"] for event in states] == sorted(event["seconds"] for event in states)
    for one, other in itertools.pairwise(states):
        if one["seconds"] == other["seconds"] and one["stage"] == other["stage"] and one["levels"] == other["levels"]:
            assert ORDER.index(one["event"]) <= ORDER.index(other["event"])
    assert {event["level"] for event in states if event["event"] == "level_settled"} == {1, 3}


def test_the_end_is_the_result(told: list[dict[str, Any]], ran: Ran) -> None:
    end, result = told[-1], ran.data
    for name in ("status", "words", "levels", "neighbourhoods", "reasons", "written"):
        assert end[name] == result[name], name


def test_all_that_is_told_is_documented() -> None:
    page = (ROOT / "docs" / "solving.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert table == ["start", "remark", *ORDER, "end", *(name for name in table[-6:])]
    assert set(table[-6:]) == STATE - {"event"}
    assert all(f"`{name}`" in page for name in END | LEVEL | {"written", "exit_code", "message", "format", "operation"})


@pytest.mark.parametrize("options", [["--progress", "none"], ["--quiet"], ["--quiet", "--progress", "json"]])
def test_nothing_is_said_where_nothing_is_asked_for(options: list[str], tmp_path: Path) -> None:
    ran = run_alone(["solve", MINIMAL, "-o", "out.csv", *options], tmp_path)
    assert (ran.code, ran.err) == (0, "")


def test_a_reader_that_goes_away_does_not_end_the_search(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "patrolplan", "solve", str(MINIMAL), "-o", "out.csv", "--progress", "json"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None and process.stdout is not None
    process.stderr.readline()
    process.stderr.close()
    out = process.stdout.read()
    process.stdout.close()
    assert process.wait() == 0
    assert "Roster written to out.csv" in out


def test_what_nobody_reads_goes_nowhere_until_the_end() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        lines = ProgressLines(stream, tiny_problem(days=1))
        stream.write("what is still to be written\n")
        stream.flush()
        lines.remark("more")
