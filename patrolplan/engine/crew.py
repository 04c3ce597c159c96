"""Giving tasks to an executor, and again to somebody else where one was lost.

This is no scheduler: which worker runs which task is the executor's business. The crew sends the facts along where a
worker has none, gives a lost task out again, lets threads of this process go on where no worker is left, and gives up
waiting where the search is over.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, InvalidStateError
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from patrolplan.engine import work
from patrolplan.engine.executors import WorkerLost, runs_here, threads
from patrolplan.engine.tasks import Unsuited, facts_of, perform
from patrolplan.language import _

MOST_LOSSES = 3
"""How often a task that was lost is given to another worker."""
LINGER_SECONDS = 1.0
"""How long tasks elsewhere are waited for once the search is over."""
POLL_SECONDS = 0.1


class Abandoned(Exception):
    """The search is over, and nobody waits for the task any more."""


class Promise(Future[Any]):
    """The answer to come; the work done for it counts for whoever takes it."""

    work = 0

    def result(self, timeout: float | None = None) -> Any:
        """The answer, waited for."""
        answer = super().result(timeout)
        done, self.work = self.work, 0
        work.charge(done)
        return answer


@dataclass(eq=False, slots=True)
class _Task:
    """A task that was given out.

    Attributes
    ----------
    promise
        What the search waits for.
    running
        What the executor gave for it last.
    needs_facts
        Whether the facts go with it.
    losses
        How often its worker was lost.
    here
        Whether it was given to threads of this process.
    """

    function: Callable[..., Any]
    token: str
    arguments: tuple[Any, ...]
    promise: Promise = field(default_factory=Promise)
    running: Future[Any] | None = None
    needs_facts: bool = False
    losses: int = 0
    here: bool = False


class Crew(Executor):
    """An executor for tasks ``function(token, *arguments)`` that stands for another one, and for its losses.

    Parameters
    ----------
    executor
        Runs the tasks.
    spare
        Threads of this process that go on where no worker is left.
    is_over
        Whether nobody needs answers any more.
    remark
        Told once, in words, that the workers are gone.
    """

    def __init__(
        self, executor: Executor, spare: int, is_over: Callable[[], bool], remark: Callable[[str], None]
    ) -> None:
        self._executor = executor
        self._spare = spare
        self._is_over = is_over
        self._remark = remark
        self._here = runs_here(executor)
        self._local: Executor | None = None
        self._nobody_left = False
        self._open: set[_Task] = set()
        self._lock = threading.Lock()
        self._troubles: queue.SimpleQueue[tuple[_Task, BaseException | None] | None] = queue.SimpleQueue()
        self._over_since: float | None = None
        self._watch = threading.Thread(target=self._keep_watch, name="crew", daemon=True)

    def __enter__(self) -> Self:
        """Begin to keep watch."""
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the watch; the executor itself belongs to whoever made it."""
        self._troubles.put(None)
        self._watch.join()
        self._abandon(every=True)
        if self._local is not None:
            self._local.shutdown()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Give a task out; its token is the first argument."""
        assert not named
        token, *rest = arguments
        task = _Task(function, token, tuple(rest))
        with self._lock:
            self._open.add(task)
        self._give(task)
        return task.promise

    def _give(self, task: _Task) -> None:
        """Hand a task to the executor, or to threads of this process."""
        packed = facts_of(task.token).packed() if task.needs_facts else None
        task.here = self._here or self._nobody_left or task.losses > MOST_LOSSES
        executor = self._threads() if task.here and not self._here else self._executor
        try:
            task.running = executor.submit(perform, task.function, task.token, task.arguments, packed)
        except (RuntimeError, OSError) as error:
            if task.here:
                raise
            self._troubles.put((task, error if isinstance(error, BrokenExecutor) else BrokenExecutor(str(error))))
            return
        task.running.add_done_callback(lambda future: self._done(task, future))

    def _threads(self) -> Executor:
        with self._lock:
            if self._local is None:
                self._local = threads(self._spare)
            return self._local

    def _done(self, task: _Task, future: Future[Any]) -> None:
        """An answer goes on at once; everything else is seen to by the watch."""
        if future.cancelled():
            self._troubles.put((task, WorkerLost("cancelled")))
            return
        error = future.exception()
        if error is not None:
            self._troubles.put((task, error))
            return
        reply = future.result()
        if reply is None:
            self._troubles.put((task, None))
        else:
            answer, task.promise.work = reply
            self._settle(task, lambda: task.promise.set_result(answer))

    def _settle(self, task: _Task, say: Callable[[], None]) -> None:
        with self._lock:
            self._open.discard(task)
        with contextlib.suppress(InvalidStateError):
            say()

    # -- watch ---------------------------------------------------------------------------------------------------

    def _keep_watch(self) -> None:
        while True:
            try:
                trouble = self._troubles.get(timeout=POLL_SECONDS)
            except queue.Empty:
                pass
            else:
                if trouble is None:
                    return
                self._see_to(*trouble)
            if not self._is_over():
                self._over_since = None
            elif self._over_since is None:
                self._over_since = time.monotonic()
            elif time.monotonic() - self._over_since > LINGER_SECONDS:
                self._abandon()

    def _see_to(self, task: _Task, error: BaseException | None) -> None:
        """Give a task out again where its worker had no facts or was lost; a bug is a bug."""
        if task.promise.done():
            return
        if error is None:
            task.needs_facts = True
        elif task.here or not isinstance(error, (WorkerLost, BrokenExecutor, CancelledError, Unsuited, OSError)):
            self._settle(task, lambda: task.promise.set_exception(error))
            return
        else:
            task.losses += 1
            if isinstance(error, (BrokenExecutor, Unsuited)):
                self._go_on_here(error)
        try:
            self._give(task)
        except Exception as failure:
            reason = failure
            self._settle(task, lambda: task.promise.set_exception(reason))

    def _go_on_here(self, error: BaseException) -> None:
        """From now on threads of this process run the tasks."""
        if not self._nobody_left:
            self._nobody_left = True
            why = str(error).rstrip(".") or type(error).__name__
            self._remark(
                _("No worker is left ({why}). The search goes on with threads of this process.").format(why=why)
            )

    def _abandon(self, *, every: bool = False) -> None:
        """Wait no longer for tasks that run elsewhere, or for any."""
        with self._lock:
            late = [task for task in self._open if every or not task.here]
        for task in late:
            promise = task.promise
            self._settle(task, lambda promise=promise: promise.set_exception(Abandoned()))  # type: ignore[misc]
            if task.running is not None and not task.here:
                task.running.cancel()
