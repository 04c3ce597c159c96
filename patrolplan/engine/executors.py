"""Who runs the tasks of a search: threads of this process, or processes of this machine."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager


class WorkerLost(Exception):
    """The worker that had the task is gone; others may be there."""


def threads(number: int) -> Executor:
    """Threads of this process: the solver works outside Python's lock, and nothing is copied."""
    return ThreadPoolExecutor(number, thread_name_prefix="search")


def processes(number: int) -> Executor:
    """Processes of this machine, each with its own copy of the facts; started afresh, so that no lock is inherited."""
    return ProcessPoolExecutor(number, mp_context=multiprocessing.get_context("spawn"))


@contextmanager
def process_beside() -> Iterator[Executor]:
    """Another process for as long as this is not left; then it ends at once, with whatever it does."""
    others = set(multiprocessing.active_children())
    executor = processes(1)
    try:
        yield executor
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()


def runs_here(executor: Executor) -> bool:
    """Whether tasks run in this process, where the stop signal reaches them."""
    return isinstance(executor, ThreadPoolExecutor)
