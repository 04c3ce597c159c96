"""Lost tasks are given out again, and the search goes on where no worker is left; nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest

from patrolplan.engine import crew as crews
from patrolplan.engine.conductor import Settings, solve
from patrolplan.engine.crew import Abandoned, Crew
from patrolplan.engine.executors import WorkerLost, processes
from patrolplan.engine.formulation import Formulation
from patrolplan.engine.subproblem import StopSignal
from patrolplan.engine.tasks import Facts, Unsuited, share
from patrolplan.formats.roster_csv import write_roster
from tests.engine.test_determinism import guarded
from tests.tiny import tiny_problem

SECONDS = 30.0
"""Longer than any of these tests takes; only a test that hangs meets it."""


class Elsewhere(Executor):
    """Stands for workers elsewhere; each task is answered by a function of how many came before it."""

    def __init__(self, answer: Callable[[int, Callable[[], Any]], Any]) -> None:
        self.answer = answer
        self.given: list[tuple[Any, ...]] = []
        self.futures: list[Future[Any]] = []

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        number = len(self.given)
        self.given.append(arguments)
        self.futures.append(future)
        try:
            result = self.answer(number, lambda: function(*arguments))
        except Exception as error:
            future.set_exception(error)
        else:
            if result is not NEVER:
                future.set_result(result)
        return future


NEVER = object()


def double(token: str, number: int) -> int:
    return 2 * number


def where(token: str, number: int) -> str:
    return threading.current_thread().name


def mistaken(token: str, number: int) -> int:
    raise ZeroDivisionError(number)


@pytest.fixture
def facts() -> Facts:
    return share(Formulation(tiny_problem(**guarded(3, 2))), StopSignal())


@pytest.fixture
def remarks() -> list[str]:
    return []


@pytest.fixture
def over() -> threading.Event:
    return threading.Event()


Hire = Callable[[Executor], Crew]


@pytest.fixture
def hire(remarks: list[str], over: threading.Event) -> Iterator[Hire]:
    hired: list[Crew] = []

    def one(executor: Executor) -> Crew:
        hired.append(Crew(executor, 1, over.is_set, remarks.append).__enter__())
        return hired[-1]

    yield one
    for crew in hired:
        crew.__exit__(None, None, None)


def fail_first(times: int, error: Exception) -> Callable[[int, Callable[[], Any]], Any]:
    def answer(number: int, run: Callable[[], Any]) -> Any:
        if number < times:
            raise error
        return run()

    return answer


def test_facts_go_along_where_a_worker_has_none(hire: Hire, facts: Facts) -> None:
    executor = Elsewhere(lambda number, run: None if number == 0 else run())
    assert hire(executor).submit(double, facts.token, 4).result(SECONDS) == 8
    assert [arguments[3] for arguments in executor.given] == [None, facts.packed()]


@pytest.mark.parametrize("times", [1, 3])
def test_a_lost_task_is_given_to_another_worker(times: int, hire: Hire, facts: Facts, remarks: list[str]) -> None:
    executor = Elsewhere(fail_first(times, WorkerLost("gone")))
    assert hire(executor).submit(double, facts.token, 4).result(SECONDS) == 8
    assert len(executor.given) == times + 1
    assert remarks == []


def test_a_task_that_is_always_lost_is_done_here(hire: Hire, facts: Facts, remarks: list[str]) -> None:
    executor = Elsewhere(fail_first(99, WorkerLost("gone")))
    crew = hire(executor)
    assert crew.submit(where, facts.token, 4).result(SECONDS).startswith("search")
    assert len(executor.given) == 1 + crews.MOST_LOSSES
    executor.answer = lambda number, run: run()
    assert crew.submit(where, facts.token, 4).result(SECONDS) == threading.current_thread().name
    assert remarks == []


@pytest.mark.parametrize("error", [BrokenExecutor("all gone"), Unsuited("ortools 1 there, ortools 2 here")])
def test_without_workers_threads_of_this_process_go_on(
    error: Exception, hire: Hire, facts: Facts, remarks: list[str]
) -> None:
    executor = Elsewhere(fail_first(99, error))
    crew = hire(executor)
    promises = [crew.submit(where, facts.token, number) for number in range(4)]
    assert all(promise.result(SECONDS).startswith("search") for promise in promises)
    assert remarks == [f"No worker is left ({error}). The search goes on with threads of this process."]
    given = len(executor.given)
    assert crew.submit(double, facts.token, 1).result(SECONDS) == 2
    assert len(executor.given) == given


def test_an_executor_that_takes_no_more_tasks_is_as_good_as_none(
    hire: Hire, facts: Facts, remarks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    monkeypatch.setattr(crews, "runs_here", lambda one: False)
    assert hire(executor).submit(double, facts.token, 4).result(SECONDS) == 8
    assert len(remarks) == 1


@pytest.mark.parametrize("make", [lambda: ThreadPoolExecutor(1), lambda: Elsewhere(lambda number, run: run())])
def test_a_bug_stays_a_bug(make: Callable[[], Executor], hire: Hire, facts: Facts, remarks: list[str]) -> None:
    with make() as executor, pytest.raises(ZeroDivisionError):
        hire(executor).submit(mistaken, facts.token, 4).result(SECONDS)
    assert remarks == []


def test_nobody_waits_for_tasks_elsewhere_once_the_search_is_over(
    hire: Hire, facts: Facts, over: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crews, "LINGER_SECONDS", 0.0)
    executor = Elsewhere(lambda number, run: NEVER)
    promise = hire(executor).submit(double, facts.token, 4)
    over.set()
    with pytest.raises(Abandoned):
        promise.result(SECONDS)
    assert executor.futures[0].cancelled()


def test_a_search_that_is_stopped_elsewhere_keeps_its_roster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crews, "LINGER_SECONDS", 0.0)
    stop = StopSignal()

    def answer(number: int, run: Callable[[], Any]) -> object:
        stop.set()
        return NEVER

    outcome = solve(tiny_problem(**guarded(4, 2)), Settings(None), stop=stop, executor=Elsewhere(answer))
    assert outcome.roster is not None


def test_processes_find_the_same_roster_as_threads() -> None:
    problem, settings = tiny_problem(**guarded()), Settings(0.4, seed=7, deterministic=True)
    with processes(1) as executor:
        there = solve(problem, settings, executor=executor, remark=pytest.fail)
    here = solve(problem, settings)
    assert here.roster is not None and there.roster is not None
    assert write_roster(problem, here.roster) == write_roster(problem, there.roster)
    assert [(one.cost, one.bound) for one in here.proof.levels] == [(one.cost, one.bound) for one in there.proof.levels]


def die(token: str, number: int) -> int:
    import os
    import signal

    os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_broken_pool_is_replaced_by_threads(hire: Hire, facts: Facts, remarks: list[str]) -> None:
    with processes(1) as executor:
        crew = hire(executor)
        executor.submit(die, "", 0).exception(SECONDS)
        assert crew.submit(double, facts.token, 4).result(SECONDS) == 8
    assert len(remarks) == 1
