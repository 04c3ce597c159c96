"""Processor and wall seconds of a command, and a yardstick for the speed of the machine at that moment."""

from __future__ import annotations

import resource
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

YARDSTICK_STEPS = 1_000_000
POLL_SECONDS = 0.01


@dataclass(frozen=True)
class Sample:
    """One run of a command.

    Attributes
    ----------
    cpu, wall
        Seconds; processor seconds are those of the command and its children, user and system.
    yardstick
        Processor seconds of a fixed loop, just before and just after together, see `yardstick`.
    exit_code
        As the command ended.
    """

    cpu: float
    wall: float
    yardstick: float
    exit_code: int

    @property
    def relative(self) -> float:
        """Processor seconds in units of the yardstick, so that a slower machine gives the same number."""
        return self.cpu / self.yardstick


def measure(command: Sequence[str], until: Path | None = None) -> Sample:
    """Run a command to its end, or until a file appears.

    Parameters
    ----------
    until
        If given, the command is interrupted as by Ctrl-C as soon as this file exists; `Sample.wall` ends there.
    """
    speed = yardstick()
    before, start = _children_seconds(), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = None
    if until is not None:
        while process.poll() is None and not until.exists():
            time.sleep(POLL_SECONDS)
        wall = time.perf_counter() - start
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
    exit_code = process.wait()
    if wall is None:
        wall = time.perf_counter() - start
    return Sample(
        cpu=_children_seconds() - before,
        wall=wall,
        yardstick=speed + yardstick(),
        exit_code=exit_code,
    )


def yardstick() -> float:
    """Processor seconds that a fixed loop of integer and dictionary work takes now."""
    start = time.process_time()
    seen: dict[int, int] = {}
    number = 1
    for _ in range(YARDSTICK_STEPS):
        number = (number * 1_103_515_245 + 12_345) % 2_147_483_648
        seen[number & 4095] = number
    return time.process_time() - start


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
