"""The progress of a search as JSON lines on standard error."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from patrolplan.formats.progress_json import Event, end_events, event_line, events, remark_event, start_event
from patrolplan.problem import Problem
from patrolplan.proof import Progress, Proof


class ProgressLines:
    """Writes events while a search runs; a listener of the search, as `ProgressView` is.

    Parameters
    ----------
    stream
        Where the lines go. If nobody reads them any more, the search goes on without.
    """

    def __init__(self, stream: TextIO, problem: Problem) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._last: Progress | None = None
        self._is_read = True
        self._write([start_event(problem)])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to put back."""

    def progress(self, state: Progress) -> None:
        """Take note of a moment of the search; may be called from any thread."""
        with self._lock:
            self._write(events(self._last, state))
            self._last = state

    def remark(self, words: str) -> None:
        """Say something in words; may be called from any thread."""
        with self._lock:
            self._write([remark_event(words)])

    def ended(self, proof: Proof, written: Path | None, exit_code: int) -> None:
        """Say how the search ended."""
        with self._lock:
            self._write(end_events(self._last, proof, written, exit_code))

    def _write(self, found: Iterable[Event]) -> None:
        if not self._is_read:
            return
        try:
            for event in found:
                self._stream.write(event_line(event))
            self._stream.flush()
        except OSError:
            self._is_read = False
            self._throw_away()

    def _throw_away(self) -> None:
        """Let what is still to be written go nowhere, so that the program does not fail on it at its end."""
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
