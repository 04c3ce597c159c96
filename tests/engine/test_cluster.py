"""A search on a Dask cluster: as good as one on threads, and not ended by the death of a worker."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any

import pytest

import patrolplan
from patrolplan.audit import audit
from patrolplan.engine import cluster as clusters
from patrolplan.engine import level as level_search
from patrolplan.engine.cluster import ClusterExecutor, cluster, refuse_bad_address
from patrolplan.engine.conductor import Settings, solve
from patrolplan.engine.executors import WorkerLost
from patrolplan.engine.subproblem import StopSignal
from patrolplan.errors import InputError
from patrolplan.formats.roster_csv import write_roster
from tests.engine.enumeration import tiny
from tests.engine.test_crew import mistaken
from tests.engine.test_determinism import guarded
from tests.tiny import tiny_problem

pytest.importorskip("distributed", reason="the extra patrolplan[cluster] is not installed")

SECONDS = 60.0
"""Longer than any answer takes; only a test that hangs meets it."""


@pytest.fixture(scope="module")
def two() -> Iterator[ClusterExecutor]:
    """A cluster of two processes."""
    with cluster("local:2") as executor:
        yield executor


def pid(number: int) -> int:
    return os.getpid()


def nap(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def test_calls_run_in_other_processes_and_mistakes_come_back(two: ClusterExecutor) -> None:
    assert two.slots == 2
    found = {future.result(SECONDS) for future in [two.submit(pid, number) for number in range(8)]}
    assert os.getpid() not in found
    with pytest.raises(ZeroDivisionError):
        two.submit(mistaken, "", 3).result(SECONDS)


@pytest.mark.parametrize("exact_size", [-1, 6000])
def test_a_deterministic_search_is_the_same_on_a_cluster(
    exact_size: int, two: ClusterExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(level_search, "EXACT_SIZE", exact_size)
    problem, settings = tiny_problem(**guarded()), Settings(0.5, seed=7, deterministic=True)
    here = solve(problem, settings)
    there = solve(problem, settings, executor=two, remark=pytest.fail)
    assert here.roster is not None and there.roster is not None
    assert write_roster(problem, here.roster) == write_roster(problem, there.roster)
    assert [(one.cost, one.bound) for one in here.proof.levels] == [(one.cost, one.bound) for one in there.proof.levels]


@pytest.mark.parametrize("number", [0, 3, 7])
def test_a_known_optimum_is_reached_and_proved(number: int, two: ClusterExecutor) -> None:
    case = tiny(f"columns-{number}")
    best = dict(zip(case.formulation.levels, case.best(), strict=True))
    assert not best.pop(0, 0)
    there = solve(case.problem, Settings(None, seed=number), executor=two, remark=pytest.fail)
    here = solve(case.problem, Settings(None, seed=number))
    for outcome in (there, here):
        assert {level.level: level.cost for level in outcome.proof.levels} == best
        assert all(level.proved for level in outcome.proof.levels)


class Killing(Executor):
    """Passes calls on to a cluster, and kills one of its workers each time when it has some of them."""

    def __init__(self, inner: ClusterExecutor, at: set[int]) -> None:
        self.inner = inner
        self.at = at
        self.killed: list[int] = []
        self._numbers = itertools.count()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future = self.inner.submit(function, *arguments)
        if next(self._numbers) in self.at:
            self.killed.append(self.inner.submit(pid, 0).result(SECONDS))
            os.kill(self.killed[-1], signal.SIGKILL)
        return future


def test_a_killed_worker_costs_time_and_not_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(level_search, "EXACT_SIZE", -1)
    problem, settings = tiny_problem(**guarded()), Settings(0.5, seed=7, deterministic=True)
    with cluster("local:2") as executor:
        killing = Killing(executor, {1, 5})
        outcome = solve(problem, settings, executor=killing, remark=pytest.fail)
    assert len(killing.killed) == 2
    assert outcome.roster is not None
    assert not audit(problem, outcome.roster).has_hard
    here = solve(problem, settings)
    assert here.roster is not None
    assert write_roster(problem, outcome.roster) == write_roster(problem, here.roster)


def kill_me(always: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_call_that_kills_every_worker_is_lost() -> None:
    import dask

    with dask.config.set({"distributed.scheduler.allowed-failures": 0}), cluster("local:1") as executor:
        with pytest.raises(WorkerLost):
            executor.submit(kill_me, "always").result(SECONDS)
        assert executor.submit(pid, 0).result(SECONDS) != os.getpid()


# -- a cluster that was there before -------------------------------------------------------------------------------


class Standing:
    """A scheduler and a worker, each a process, as somebody would start them by hand; nobody starts them again."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        place = ["--scheduler-file", str(self.file), "--no-dashboard"]
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--dashboard-address", ":0", *place
        )
        while not self.file.exists():
            assert self.scheduler.poll() is None
            time.sleep(0.05)
        self.worker = self._start("worker", "--no-nanny", "--nthreads", "1", "--host", "127.0.0.1", *place)

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        root = str(Path(__file__).parents[2])
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *words],
            env=os.environ | {"PYTHONPATH": root},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def address(self) -> str:
        return str(json.loads(self.file.read_text())["address"])

    def end(self) -> None:
        for process in (self.worker, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[Standing]:
    one = Standing(tmp_path)
    yield one
    one.end()


def test_threads_go_on_where_no_worker_is_left(standing: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(level_search, "EXACT_SIZE", -1)
    monkeypatch.setattr(clusters, "NOBODY_SECONDS", 1.0)
    monkeypatch.setattr(clusters, "REACH_SECONDS", SECONDS)
    remarks: list[str] = []
    problem, settings = tiny_problem(**guarded()), Settings(0.5, seed=7, deterministic=True)
    with cluster(standing.address) as executor:
        killing = Killing(executor, {2})
        outcome = solve(problem, settings, executor=killing, remark=remarks.append)
    assert killing.killed == [standing.worker.pid]
    assert remarks == ["No worker is left (the cluster has none). The search goes on with threads of this process."]
    assert outcome.roster is not None
    assert not audit(problem, outcome.roster).has_hard
    assert standing.scheduler.poll() is None


def test_a_lost_scheduler_is_no_worker_left(standing: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "NOBODY_SECONDS", 1.0)
    monkeypatch.setattr(clusters, "REACH_SECONDS", SECONDS)
    with cluster(standing.address) as executor:
        running = executor.submit(nap, SECONDS)
        standing.end()
        with pytest.raises((BrokenExecutor, WorkerLost)):
            running.result(SECONDS)
        with pytest.raises(BrokenExecutor):
            for _ in range(100):
                executor.submit(pid, 0).exception(SECONDS)
                time.sleep(0.1)


def test_a_stopped_search_leaves_the_cluster_alone(two: ClusterExecutor) -> None:
    stop = StopSignal()
    timer = threading.Timer(0.5, stop.set)
    timer.start()
    outcome = solve(tiny_problem(**guarded()), Settings(None, seed=3), stop=stop, executor=two, remark=pytest.fail)
    timer.join()
    assert outcome.roster is not None
    assert two.submit(pid, 0).result(SECONDS) != os.getpid()


# -- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["localhost", "local:0", "local:", "10.0.0.1:8786", "tcp://host", "http://host:80"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InputError, match=r"is not an address. Write tcp://HOST:PORT"):
        refuse_bad_address(address)


def test_an_address_where_nothing_answers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "REACH_SECONDS", 0.5)
    with (
        pytest.raises(InputError, match=r'Nothing answers at tcp://127\.0\.0\.1:9 .* "dask worker'),
        cluster("tcp://127.0.0.1:9"),
    ):
        pass


def test_workers_of_another_version_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patrolplan, "__version__", "0.0")
    with (
        pytest.raises(InputError, match=r"has patrolplan .*; here it is patrolplan 0\.0, .* on both sides"),
        cluster("local:1"),
    ):
        pass


def test_workers_that_cannot_run_it_are_refused(monkeypatch: pytest.MonkeyPatch, two: ClusterExecutor) -> None:
    monkeypatch.setattr(clusters, "versions", two_faced())
    with pytest.raises(InputError, match=r"cannot run patrolplan .*No module named"):
        clusters._refuse_unsuited(two._client, "tcp://there:1")


def two_faced() -> Callable[[], dict[str, str]]:
    """Versions that only this process can tell."""
    here = os.getpid()

    def versions() -> dict[str, str]:
        if os.getpid() != here:
            raise ModuleNotFoundError("No module named 'patrolplan'")
        return {"patrolplan": "1.0"}

    return versions


def test_a_scheduler_without_workers_is_refused(standing: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    standing.worker.kill()
    standing.worker.wait()
    monkeypatch.setattr(clusters, "REACH_SECONDS", 2.0)
    with pytest.raises(InputError, match="has no workers"), cluster(standing.address):
        pass


def test_without_dask_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install \"patrolplan\[cluster\]\""), cluster("local:1"):
        pass
