"""``solve --cluster``: what is refused, and a roster from other processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from patrolplan.engine import cluster as clusters
from tests.cli.conftest import Run, environment, run_alone
from tests.cli.operations import MINIMAL

_LISTENING = """
import sys
from patrolplan.cli import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    print(ended.code, sorted({"dask", "distributed", "tornado"} & set(sys.modules)))
"""


def test_nothing_loads_dask_unless_asked_for(folder: Path) -> None:
    command = [sys.executable, "-c", _LISTENING, "solve", str(MINIMAL), "-o", "out.csv", "--quiet"]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"


def test_a_roster_from_other_processes(run: Run, folder: Path) -> None:
    pytest.importorskip("distributed", reason="the extra patrolplan[cluster] is not installed")
    options = ["--deterministic", "--seed", "4", "--quiet"]
    there = run_alone(["solve", MINIMAL, "-o", "there.csv", "--cluster", "local:2", *options], folder)
    assert (there.code, there.err) == (0, "")
    assert run("solve", MINIMAL, "-o", "here.csv", *options).code == 0
    assert (folder / "there.csv").read_bytes() == (folder / "here.csv").read_bytes()
    assert run("check", MINIMAL, "there.csv", "--require-fresh").code == 0


@pytest.mark.parametrize("address", ["localhost", "local:none", "tcp://host"])
def test_no_address(address: str, run: Run, folder: Path) -> None:
    said = run("solve", MINIMAL, "--cluster", address).refused()
    assert f'--cluster "{address}" is not an address' in " ".join(said.split())
    assert list(folder.iterdir()) == []


def test_no_dask(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = run("solve", MINIMAL, "--cluster", "local:2").refused()
    assert 'Install it with: pip install "patrolplan[cluster]"' in " ".join(said.split())
    assert list(folder.iterdir()) == []


def test_nobody_answers(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="the extra patrolplan[cluster] is not installed")
    monkeypatch.setattr(clusters, "REACH_SECONDS", 0.5)
    said = run("solve", MINIMAL, "--cluster", "tcp://127.0.0.1:9").refused()
    assert "Nothing answers at tcp://127.0.0.1:9" in " ".join(said.split())
    assert list(folder.iterdir()) == []
