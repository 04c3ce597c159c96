"""Instances solved through the ordinary way: what is reported is what the scorer says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from patrolplan.errors import EXIT_INPUT
from tests.benchmarks import test_curtois, test_inrc2


def test_an_instance_of_each_family_is_solved_and_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Instance1.txt").write_text(test_curtois.TEXT, encoding="utf-8")
    assert main(["curtois", "run", str(tmp_path), "--instances", "1", "--workers", "1"]) == 0
    one = json.loads(capsys.readouterr().out)
    assert (one["instance"], one["status"], one["gap"]) == ("Instance1", "optimal", 0)
    assert one["cost"] == one["claimed"] == one["bound"]
    assert 0 < one["first_roster_seconds"] <= one["best_seconds"] <= one["seconds"] and one["memory_mib"] > 10

    folder = test_inrc2.write_set(tmp_path)
    written = tmp_path / "results.json"
    name = "tiny_0_0-1"
    assert main(["inrc2", "run", str(folder), "--instances", name, "--json", str(written)]) == 0
    report = json.loads(written.read_text(encoding="utf-8"))
    assert [result["instance"] for result in report["results"]] == [name]
    assert report["results"][0]["hard"] == 0 and report["time_limit"] == 60


def test_an_unknown_instance_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Instance1.txt").write_text(test_curtois.TEXT, encoding="utf-8")
    assert main(["curtois", "run", str(tmp_path), "--instances", "7"]) == EXIT_INPUT
    assert "no instance 7" in capsys.readouterr().err
    assert main(["inrc2", "run", str(tmp_path)]) == EXIT_INPUT
