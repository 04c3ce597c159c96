"""The benchmark of patrolling maps: a map is read as it is written, and every row is stored as soon as it is there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import patrol

HEAD = "4\n100\n100\n0.5\n0\n0\n"
CORNERS = [(10, 10), (30, 10), (30, 30), (10, 30)]
DIRECTIONS = "ESWN"


def square() -> str:
    """Four places in a square, 20 pixels apart, each with two neighbours."""
    text = HEAD
    for number, (x, y) in enumerate(CORNERS):
        text += f"\n{number}\n{x}\n{y}\n2\n"
        for step in (1, -1):
            text += f"{(number + step) % 4}\n{DIRECTIONS[number]}\n20\n"
    return text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "square.graph").write_text(square(), encoding="utf-8")
    return tmp_path


def test_a_map_is_read_with_its_legs_and_shortest_ways(folder: Path) -> None:
    given = patrol.read_map(folder / "square.graph")
    assert (given.name, given.size, given.resolution) == ("square", 4, 0.5)
    assert given.legs[0, 1] == given.legs[1, 0] == 20 and (0, 2) not in given.legs
    assert np.array_equal(patrol.shortest(given), [[0, 20, 40, 20], [20, 0, 20, 40], [40, 20, 0, 20], [20, 40, 20, 0]])


def test_promises_are_kept_beside_a_fixed_tour_that_a_watcher_beats(folder: Path) -> None:
    row = patrol.measured(patrol.read_map(folder / "square.graph"), 1, 1)
    assert row["status"] == "kept"
    assert row["tour_worst"] <= row["worst"] <= row["promise"]
    assert row["tour_detection_watcher"] == 0 < row["detection_watcher"] <= row["bound"]


def test_rows_are_stored_one_by_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = folder / "rows.json"
    seen: list[list[int]] = []

    def row(given: patrol.Map, teams: int, seed: int) -> dict[str, Any]:
        seen.append([one["teams"] for one in json.loads(stored.read_text())["rows"]] if stored.exists() else [])
        return {"map": given.name, "checkpoints": given.size, "teams": teams, "promise": 1.0, "status": "refused"}

    monkeypatch.setattr(patrol, "measured", row)
    assert benchmarks.main(["patrol", str(folder), "--teams", "1", "2", "4", "--json", str(stored)]) == 0
    assert seen == [[], [1], [1, 2]]
    assert [one["teams"] for one in json.loads(stored.read_text())["rows"]] == [1, 2, 4]


@pytest.mark.parametrize("text", ["", "3\n1\n1\n1\n0\n0\n", "no map at all"], ids=["empty", "cut off", "words"])
def test_what_is_no_map_is_refused_by_name(folder: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bad.graph").write_text(text, encoding="utf-8")
    assert benchmarks.main(["patrol", str(folder)]) == 2
    assert "bad.graph" in capsys.readouterr().err
