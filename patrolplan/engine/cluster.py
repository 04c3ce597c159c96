"""A Dask cluster as an executor; the only module that knows Dask, and it loads it only when asked for.

Dask does the scheduling: it gives the task of a worker that died to another one, and gives a task up after several
deaths. What remains here is to reach the cluster, to ask whether it fits, and to notice when nobody is left.
"""

from __future__ import annotations

import logging
import pickle
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from typing import Any

from patrolplan.engine.executors import WorkerLost
from patrolplan.engine.tasks import versions, words_of_versions
from patrolplan.errors import InputError
from patrolplan.language import _

REACH_SECONDS = 5.0
"""How long a scheduler may take to answer, and to name a first worker."""
START_SECONDS = 60.0
"""How long processes on this machine may take to start."""
LOOK_SECONDS = 1.0
"""How often the workers are counted."""
NOBODY_SECONDS = 5.0
"""How long a cluster may be without any worker: one that died is started again in less."""

_ADDRESS = re.compile(r"(tcp|tls|ws|wss|ucx)://.+:\d+")
_LOCAL = re.compile(r"local:([1-9]\d{0,2})")
_DEAF = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
"""Run by each local worker: Ctrl-C is for the search, which then ends the workers."""


def refuse_bad_address(address: str) -> None:
    """Complain about what is no address of a cluster.

    Raises
    ------
    InputError
        If it is none.
    """
    if not _ADDRESS.fullmatch(address) and not _LOCAL.fullmatch(address):
        raise InputError(
            _(
                '--cluster "{address}" is not an address. Write tcp://HOST:PORT for a Dask scheduler that is '
                "running, or local:4 for four processes on this machine."
            ).format(address=address)
        )


@contextmanager
def cluster(address: str) -> Iterator[ClusterExecutor]:
    """The executor of a cluster: ``tcp://HOST:PORT`` of a scheduler, or ``local:N`` for processes ended with the block.

    Raises
    ------
    InputError
        If Dask is not installed, nothing answers, or the workers do not fit.
    """
    refuse_bad_address(address)
    distributed = _dask()
    local = _LOCAL.fullmatch(address)
    with _quiet():
        processes = _start(distributed, int(local[1])) if local else None
        try:
            target = address if processes is None else processes.scheduler_address
            client = _reach(distributed, target, REACH_SECONDS if processes is None else START_SECONDS)
            try:
                _refuse_unsuited(client, address)
                with ClusterExecutor(client) as executor:
                    yield executor
            finally:
                client.close()
        finally:
            if processes is not None:
                processes.close()


def _dask() -> Any:
    try:
        import distributed
    except ImportError:
        raise InputError(
            _('--cluster needs Dask, which is not installed. Install it with: pip install "patrolplan[cluster]"')
        ) from None
    return distributed


def _start(distributed: Any, workers: int) -> Any:
    """Worker processes on this machine, each for one task at a time."""
    try:
        return distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            memory_limit=0,
            silence_logs=logging.CRITICAL,
            preload=[_DEAF],
        )
    except (OSError, RuntimeError) as error:
        raise InputError(
            _(
                "--cluster local:{workers}: the processes cannot be started ({error}). Leave --cluster out, "
                "or use fewer."
            ).format(workers=workers, error=error)
        ) from error


def _reach(distributed: Any, address: str, seconds: float) -> Any:
    """A client of a scheduler that has workers."""
    try:
        client = distributed.Client(address, timeout=seconds, set_as_default=False, name="patrolplan")
    except (OSError, ValueError) as error:
        raise InputError(
            _(
                "Nothing answers at {address} within {seconds:.0f} s ({error}). Start a scheduler there with "
                '"dask scheduler" and workers with "dask worker {address}", or leave --cluster out.'
            ).format(address=address, seconds=seconds, error=error)
        ) from None
    try:
        client.wait_for_workers(1, timeout=seconds)
    except TimeoutError:
        client.close()
        raise InputError(
            _('The scheduler at {address} has no workers. Start some with "dask worker {address}".').format(
                address=address
            )
        ) from None
    return client


def _refuse_unsuited(client: Any, address: str) -> None:
    """Complain if a worker has other versions than this process."""
    here = versions()
    for worker, there in sorted(client.run(versions, on_error="return").items()):
        if isinstance(there, BaseException):
            raise InputError(
                _(
                    "The worker {worker} of {address} cannot run patrolplan ({there}). Install there what is "
                    "installed here: {here}."
                ).format(worker=worker, address=address, there=there, here=words_of_versions(here))
            )
        if there != here:
            raise InputError(
                _(
                    "The worker {worker} of {address} has {there}; here it is {here}. "
                    "Install the same versions on both sides."
                ).format(
                    worker=worker,
                    address=address,
                    there=words_of_versions(there),
                    here=words_of_versions(here),
                )
            )


def _perform(call: bytes) -> Any:
    """Run a call that was packed by `ClusterExecutor.submit`."""
    function, arguments = pickle.loads(call)
    return function(*arguments)


class ClusterExecutor(Executor):
    """Runs calls on a cluster.

    A call whose worker was lost too often fails with `WorkerLost`; if the cluster has no workers any more, all fail
    with `BrokenExecutor`.

    Parameters
    ----------
    client
        Of the cluster; belongs to the caller.

    Attributes
    ----------
    slots
        How many calls run at the same time.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._inner: Executor = client.get_executor(pure=False)
        self.slots = max(1, sum(client.nthreads().values()))
        self._open: set[Future[Any]] = set()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._broken = ""
        self._watch = threading.Thread(target=self._keep_watch, name="cluster", daemon=True)
        self._watch.start()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Send a call; it travels as bytes, so that nobody looks into its arguments on the way."""
        assert not named
        call = pickle.dumps((function, arguments), pickle.HIGHEST_PROTOCOL)
        promise: Future[Any] = Future()
        with self._lock:
            if self._broken:
                raise BrokenExecutor(self._broken)
        try:
            running = self._inner.submit(_perform, call)
        except Exception as error:  # a client that is closed says so with any of them
            raise BrokenExecutor(str(error)) from error
        with self._lock:
            self._open.add(promise)
            broken = self._broken
        if broken:
            self._fail(broken)
        promise.add_done_callback(lambda one: running.cancel() if one.cancelled() else None)
        running.add_done_callback(lambda one: self._done(promise, one))
        return promise

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the watch, and wait for no calls."""
        self._closing.set()
        self._watch.join()
        self._fail(_("the cluster was left"))

    def _done(self, promise: Future[Any], running: Future[Any]) -> None:
        with self._lock:
            if promise not in self._open:
                return
            self._open.discard(promise)
        if not promise.set_running_or_notify_cancel():
            return
        error = WorkerLost("cancelled") if running.cancelled() else running.exception()
        if error is None:
            promise.set_result(running.result())
        else:
            promise.set_exception(WorkerLost(str(error)) if self._is_loss(error) else error)

    def _is_loss(self, error: BaseException) -> bool:
        from distributed import KilledWorker

        return isinstance(error, (KilledWorker, OSError))

    # -- watch ---------------------------------------------------------------------------------------------------

    def _keep_watch(self) -> None:
        """Notice when no worker is there for a while."""
        alone = 0.0
        while not self._closing.wait(LOOK_SECONDS):
            alone = 0.0 if self._has_workers() else alone + LOOK_SECONDS
            if alone >= NOBODY_SECONDS:
                self._fail(_("the cluster has none"))
                return

    def _has_workers(self) -> bool:
        """Whether the scheduler knows of workers, as far as it is heard from."""
        return self._client.status == "running" and bool(self._client.scheduler_info().get("workers"))

    def _fail(self, why: str) -> None:
        """Let all calls fail, those under way and those to come."""
        with self._lock:
            self._broken = self._broken or why
            left = [*self._open]
            self._open.clear()
        for promise in left:
            if promise.set_running_or_notify_cancel():
                promise.set_exception(BrokenExecutor(why))


@contextmanager
def _quiet() -> Iterator[None]:
    """While inside, Dask keeps its own log to itself; what matters is said by this program."""
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in ("distributed", "tornado")]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="distributed")
            yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
