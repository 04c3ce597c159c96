"""Whatever ends a search, the best roster so far is on disk, whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.cli.conftest import Run, environment
from tests.cli.operations import HEAD, KPU

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")

Process = subprocess.Popen[str]
Start = Callable[..., Process]


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Starts a long search for the election guard; whatever still runs in the end is killed."""
    with ExitStack() as stack:

        def start_search(*more: str) -> Process:
            command = [
                sys.executable,
                "-m",
                "patrolplan",
                "solve",
                str(KPU),
                "-o",
                "kpu.csv",
                "--time-limit",
                "10m",
                *more,
            ]
            process = subprocess.Popen(
                command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start_search


def wait_for(path: Path, process: Process, seconds: float = 40.0) -> None:
    """Wait until a file is there, while a process runs."""
    end = time.monotonic() + seconds
    while not path.exists():
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.02)


def end_with(process: Process, number: int) -> tuple[int, str, str]:
    process.send_signal(number)
    out, err = process.communicate(timeout=40)
    return process.returncode, out, err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_search_keeps_its_roster(number: int, run: Run, start: Start, folder: Path) -> None:
    process = start()
    wait_for(folder / "kpu.csv.json", process)
    code, out, err = end_with(process, number)
    assert code == 1, err
    assert "Roster written to kpu.csv" in out
    assert "Traceback" not in err
    ran = run("check", KPU, "kpu.csv", "--require-fresh", "--format", "json")
    assert ran.code == 1
    assert ran.data["status"] == "gaps"
    assert not any(one["code"].startswith("PP9") for one in ran.findings)
    assert sorted(path.name for path in folder.iterdir()) == ["kpu.csv", "kpu.csv.json"]


def test_a_killed_search_leaves_a_whole_roster(run: Run, start: Start, folder: Path) -> None:
    process = start("--quiet")
    wait_for(folder / "kpu.csv", process)
    code, out, _ = end_with(process, signal.SIGKILL)
    assert (code, out) == (-signal.SIGKILL, "")
    text = (folder / "kpu.csv").read_text(encoding="utf-8")
    assert text.startswith(HEAD) and text.endswith("\n")
    ran = run("check", KPU, "kpu.csv", "--format", "json")
    assert ran.data["status"] == "gaps"
    assert not any(one["code"].startswith("PP9") for one in ran.findings)


def test_an_early_stop_writes_nothing_or_a_roster(start: Start, folder: Path) -> None:
    process = start()
    assert process.stderr is not None
    process.stderr.readline()
    code, out, err = end_with(process, signal.SIGINT)
    assert "Traceback" not in err
    if code == 3:
        assert not (folder / "kpu.csv").exists()
    else:
        assert code == 1 and "Roster written to kpu.csv" in out


def test_the_second_stop_ends_at_once(start: Start, folder: Path) -> None:
    process = start("--quiet")
    wait_for(folder / "kpu.csv.json", process)
    process.send_signal(signal.SIGINT)
    code, _, err = end_with(process, signal.SIGINT)
    assert code in (1, 3)
    assert "Traceback" not in err
    assert (folder / "kpu.csv").read_text(encoding="utf-8").startswith(HEAD)


def workers_of(process: Process) -> set[int]:
    """Process numbers of the workers of a local cluster."""
    psutil = pytest.importorskip("psutil")
    found = set()
    for child in psutil.Process(process.pid).children():
        with suppress(psutil.Error):
            if "spawn_main" in " ".join(child.cmdline()):
                found.add(child.pid)
    return found


def test_a_killed_worker_leaves_the_search_alone(run: Run, start: Start, folder: Path) -> None:
    pytest.importorskip("distributed", reason="the extra patrolplan[cluster] is not installed")
    process = start("--cluster", "local:2", "--quiet")
    wait_for(folder / "kpu.csv.json", process)
    before = workers_of(process)
    assert len(before) == 2
    os.kill(min(before), signal.SIGKILL)
    end = time.monotonic() + 30
    while len(workers_of(process) - {min(before)}) < 2:
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.1)
    code, out, err = end_with(process, signal.SIGINT)
    assert (code, err) == (1, "")
    assert "Roster written to kpu.csv" in out
    assert run("check", KPU, "kpu.csv", "--require-fresh", "--format", "json").data["status"] == "gaps"
