"""Questions that are answered by short searches: how hard they are tried, and how long at most."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from patrolplan.engine.subproblem import StopSignal

DETERMINISTIC_SECONDS = 0.3
"""How hard one question is tried, in seconds of counted work, so that the answer does not depend on the clock."""
SEARCH_SECONDS = 2.0
"""And a question that takes a whole search, with reading the rules and a first roster."""
POLL_SECONDS = 0.1


@contextmanager
def ended_after(seconds: float, stop: StopSignal | None = None) -> Iterator[StopSignal]:
    """A stop signal that is given after some seconds on the clock, or together with another one."""
    signal, done = StopSignal(), threading.Event()

    def watch() -> None:
        left = max(0.0, seconds)
        while left > 0 and not done.wait(min(POLL_SECONDS, left)):
            left -= POLL_SECONDS
            if stop is not None and stop.is_set:
                break
        if not done.is_set():
            signal.set()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield signal
    finally:
        done.set()
        watcher.join()
