"""Public instances through the ordinary way: operation file, ``patrolplan solve``, roster file, independent score."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.operation_file import OPERATION, OperationFiles
from patrolplan.errors import EXIT_BUG, EXIT_DONE, InputError

Result = dict[str, Any]
MEBIBYTE = 1024


@dataclass(frozen=True)
class Case:
    """One instance, ready to be solved.

    Attributes
    ----------
    score
        Total cost and broken hard constraints of a roster file, by a scorer that knows nothing of patrolplan.
    """

    name: str
    files: OperationFiles
    score: Callable[[Path], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How each instance is solved."""

    seconds: float
    workers: int
    seed: int


def add_arguments(parser: argparse.ArgumentParser, folder_help: str) -> None:
    """Add the arguments of a run."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help=folder_help)
    parser.add_argument("--instances", default="", help="names or numbers, separated by commas; default all")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds for each (default 60)")
    parser.add_argument("--workers", type=int, default=2, help="of patrolplan solve (default 2)")
    parser.add_argument("--seed", type=int, default=0, help="of patrolplan solve (default 0)")
    parser.add_argument("--json", type=Path, help="write the results to this file, too")


def chosen(text: str) -> list[str]:
    """The names that were asked for."""
    return [name.strip() for name in text.split(",") if name.strip()]


def run_cases(cases: Iterable[Case], given: argparse.Namespace) -> int:
    """Solve all cases one after the other; results as lines of JSON, and in one file if wanted.

    Returns
    -------
    int
        4 if what patrolplan says a roster costs is not what the scorer says, else 0.
    """
    limits = Limits(given.time_limit, given.workers, given.seed)
    results, differ = [], False
    for case in cases:
        result = solve(case, limits)
        results.append(result)
        differ = differ or result["cost"] != result["claimed"]
        print(json.dumps(result), flush=True)
        if given.json is not None:
            given.json.write_text(json.dumps(report(results, limits), indent=1) + "\n", encoding="utf-8")
    return EXIT_BUG if differ else EXIT_DONE


def report(results: list[Result], limits: Limits) -> Mapping[str, Any]:
    """Results with what they were obtained on."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version()},
        "time_limit": limits.seconds,
        "workers": limits.workers,
        "seed": limits.seed,
        "results": results,
    }


def solve(case: Case, limits: Limits) -> Result:
    """Solve one case in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        operation = case.files.write(Path(folder) / OPERATION)[0]
        roster, answer = Path(folder) / "roster.csv", Path(folder) / "answer.json"
        command = [
            *(sys.executable, "-m", "patrolplan", "solve", str(operation), "-o", str(roster), "--format", "json"),
            *("--quiet", "--time-limit", f"{limits.seconds:g}s"),
            *("--workers", str(limits.workers), "--seed", str(limits.seed)),
        ]
        with answer.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(command, stdout=output)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        said = json.loads(answer.read_text(encoding="utf-8") or "{}")
        if not roster.exists():
            raise InputError(f"no roster for {case.name} ({said.get('status', 'no answer')}).")
        cost, hard = case.score(roster)
    levels = said["levels"]
    bound = sum(level["bound"] for level in levels)
    return {
        "instance": case.name,
        "status": said["status"],
        "cost": cost,
        "hard": hard,
        "claimed": round(sum(level["cost"] for level in levels), 6),
        "bound": round(bound, 6),
        "gap": round((cost - bound) / max(1, cost), 6),
        "first_roster_seconds": said["first_roster_seconds"],
        "best_seconds": said["best_seconds"],
        "seconds": said["seconds"],
        "memory_mib": usage.ru_maxrss // MEBIBYTE,
    }
