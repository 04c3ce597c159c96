from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from patrolplan.cli import main
from patrolplan.plan.files import write_atomic
from tests.cli.operations import KPU, ROOT, write_two_sites

_STEERING = ("COLUMNS", "LINES", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "NO_COLOR", "PATROLPLAN_TRACEBACK")


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The findings of ``check --format json``."""
        return list(self.data["findings"])

    def refused(self) -> str:
        """What was said of bad input, after the promises that hold for all of it."""
        assert self.code == 2, (self.code, self.out, self.err)
        assert self.out == ""
        assert "Traceback" not in self.err and "bug" not in self.err
        return self.err


class Run(Protocol):
    """Runs a command in this process."""

    def __call__(self, *arguments: object) -> Ran: ...


def environment(**more: str) -> dict[str, str]:
    """The environment of a command that runs by itself."""
    plain = {name: value for name, value in os.environ.items() if name not in _STEERING}
    return plain | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"} | more


def run_alone(arguments: Sequence[object], folder: Path, **more: str) -> Ran:
    """Run a command in a process of its own."""
    command = [sys.executable, "-m", "patrolplan", *map(str, arguments)]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _STEERING:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_here(*arguments: object) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(one) for one in arguments])
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Ran(ended.value.code, said.out, said.err)

    return run_here


@dataclass(frozen=True)
class Solved:
    """An operation file with a roster, and how the roster was made."""

    operation: Path
    roster: Path
    ran: Ran


@pytest.fixture(scope="session")
def two_sites(tmp_path_factory: pytest.TempPathFactory) -> Solved:
    """The operation of two sites, solved; not to be changed."""
    place = tmp_path_factory.mktemp("two-sites")
    operation, roster = write_two_sites(place), place / "roster.csv"
    arguments = ["solve", operation, "-o", roster, "--deterministic", "--seed", "1", "--workers", "1"]
    return Solved(operation, roster, run_alone(arguments, place))


@pytest.fixture(scope="session")
def kpu(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Solved:
    """The election guard with a roster from a short search, made once for all workers; not to be changed."""
    base = tmp_path_factory.getbasetemp()
    place = (base if worker_id == "master" else base.parent) / "kpu"
    done = place / "done.json"
    try:
        place.mkdir()
    except FileExistsError:
        return Solved(KPU, place / "kpu.csv", _await(done))
    ran = run_alone(["solve", KPU, "-o", place / "kpu.csv", "--time-limit", "4s"], place)
    write_atomic(done, json.dumps([ran.code, ran.out, ran.err]))
    return Solved(KPU, place / "kpu.csv", ran)


def _await(done: Path, seconds: float = 60.0) -> Ran:
    """What another worker has run, when it is done."""
    end = time.monotonic() + seconds
    while not done.exists():
        assert time.monotonic() < end, f"{done} does not come"
        time.sleep(0.1)
    return Ran(*json.loads(done.read_text(encoding="utf-8")))
