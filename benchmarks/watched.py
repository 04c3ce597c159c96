"""A command in a process of its own: its time and memory are measured, and it is ended if it takes far too long."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.05
MEMORY_SECONDS = 0.5
"""Time between two looks at the memory of the command and its children."""
BYTES_PER_MEBIBYTE = 1024 * 1024
SESSION, RESIDENT = 3, 21
"""Positions in ``/proc/<pid>/stat`` after the name: session, and resident pages."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended.

    Attributes
    ----------
    exit_code
        Negative for the signal that ended it.
    overran
        Whether it was killed because its time was over.
    seconds
        Wall time.
    memory_mib
        Largest resident memory of the command and its children together, as far as it was seen (twice a second; where
        the system does not show the children, that of the command alone).
    """

    exit_code: int
    overran: bool
    seconds: float
    memory_mib: int

    @property
    def fate(self) -> str:
        """Why the command came to no good end, in words; empty if no signal ended it."""
        if self.overran:
            return f"still running after {self.seconds:.0f} s, and killed"
        if self.exit_code < 0:
            return f"ended by signal {signal.Signals(-self.exit_code).name}"
        return ""


def run_watched(command: Sequence[str], *, output: Path, errors: Path, seconds: float) -> Ended:
    """Run a command to its end.

    Parameters
    ----------
    output, errors
        Files for standard output and standard error.
    seconds
        When it is killed with all its children.
    """
    begin = time.monotonic()
    with output.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True)
    try:
        return _wait(process, begin, seconds)
    finally:
        if process.returncode is None:
            _kill(process)


def _wait(process: subprocess.Popen[bytes], begin: float, seconds: float) -> Ended:
    peak, looked, overran = 0, 0.0, False
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        now = time.monotonic()
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            peak = max(peak, _largest(usage.ru_maxrss))
            return Ended(process.returncode, overran, now - begin, peak // BYTES_PER_MEBIBYTE)
        if not overran and now - begin > seconds:
            overran = True
            os.killpg(process.pid, signal.SIGKILL)
        if now - looked >= MEMORY_SECONDS:
            peak, looked = max(peak, session_memory(process.pid)), now
        time.sleep(POLL_SECONDS)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a command and its children when nobody waits for them any more."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _largest(resident: int) -> int:
    """Bytes of the largest single process; all systems but macOS count in KiB."""
    return resident if sys.platform == "darwin" else resident * 1024


def session_memory(session: int) -> int:
    """Resident bytes of all processes of a session; 0 where the system does not show them."""
    total = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[SESSION]) == session:
            total += int(fields[RESIDENT])
    return total * os.sysconf("SC_PAGE_SIZE")
