"""On what something was measured: date, machine and versions."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import patrolplan

CPUINFO = Path("/proc/cpuinfo")
MEMINFO = Path("/proc/meminfo")
KIBIBYTES_PER_MEBIBYTE = 1024

_PATH = re.compile(r"(?<![\w.])/(?:[^\s/:;,'\"]+/)+(?P<name>[^\s/:;,'\"]*)")


def without_folders(text: str) -> str:
    """A complaint in which files are named without their folders, so that results say nothing of anybody's disk."""
    return _PATH.sub(lambda match: match["name"] or "a folder", text)


def circumstances() -> dict[str, Any]:
    """Date, machine and versions, as they stand at the head of every file of results."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {
            "cores": os.cpu_count(),
            "processor": processor(),
            "memory_mib": memory_mib(),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "versions": {
            "patrolplan": patrolplan.__version__,
            "python": platform.python_version(),
            "ortools": version("ortools"),
        },
    }


def processor() -> str:
    """Model of the processor, or what the system calls its kind."""
    return _entry(CPUINFO, "model name") or platform.processor() or platform.machine()


def memory_mib() -> int | None:
    """Memory of the machine in MiB, where the system says it."""
    words = _entry(MEMINFO, "MemTotal").split()
    return int(words[0]) // KIBIBYTES_PER_MEBIBYTE if words else None


def _entry(file: Path, name: str) -> str:
    """The first entry of that name in a file of lines ``name : value``."""
    if not file.is_file():
        return ""
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""
