"""How the time to a roster without an avoidable gap grows with the number of people."""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import circumstances
from benchmarks.province.operation import OPERATION, make_province, sites_for
from patrolplan.errors import EXIT_DONE, EXIT_FINDINGS, InputError

PEOPLE = (50, 100, 200, 500, 1000, 2000, 5200)
DAYS = 28
FIT_FROM = 100
"""Fewest people of an operation that counts for the exponent: below, starting the program is most of the time."""
SECONDS, SECONDS_EACH = 30.0, 0.05
"""Time limit of a size: so much, and more for each person."""
TIMES = ("gap_free_seconds", "first_roster_seconds", "read_seconds")
KIBIBYTES = 1024

Result = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    sizes = ",".join(map(str, PEOPLE))
    parser.add_argument("--people", default=sizes, help=f"sizes, separated by commas (default {sizes})")
    parser.add_argument("--days", type=int, default=DAYS, help=f"default {DAYS}")
    parser.add_argument("--province-seed", type=int, default=1, help="of the operations (default 1)")
    parser.add_argument("--seed", type=int, default=0, help="of patrolplan solve (default 0)")
    parser.add_argument("--workers", type=int, default=2, help="of patrolplan solve (default 2)")
    parser.add_argument(
        "--time-limit", type=float, help=f"seconds for each size (default {SECONDS:g} and {SECONDS_EACH} a person)"
    )
    parser.add_argument("--json", type=Path, help="write the results to this file")
    parser.add_argument("--plot", type=Path, help="draw them into this file; needs matplotlib")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Solve an operation of each size; a line of JSON for each."""
    results: list[Result] = []
    for people in sizes(given.people):
        results.append(measure(people, given))
        print(json.dumps(results[-1]), flush=True)
        if given.json is not None:
            given.json.write_text(json.dumps(report(results, given), indent=1) + "\n", encoding="utf-8")
    print(json.dumps({"exponents": exponents(results)}))
    if given.plot is not None:
        plot(results, given.plot)
    return EXIT_DONE if all(result["gap_free_seconds"] is not None for result in results) else EXIT_FINDINGS


def sizes(text: str) -> list[int]:
    """Numbers of people that were asked for, ascending."""
    try:
        return sorted({int(one) for one in text.split(",")})
    except ValueError:
        raise InputError(f"--people takes numbers separated by commas, not {text!r}.") from None


# -- one size ----------------------------------------------------------------------------------------------------


def measure(people: int, given: argparse.Namespace) -> Result:
    """Read and solve a province, each in a process of its own."""
    limit = SECONDS + SECONDS_EACH * people if given.time_limit is None else given.time_limit
    with tempfile.TemporaryDirectory() as folder:
        path, roster = Path(folder) / OPERATION, Path(folder) / "roster.csv"
        make_province(people, sites_for(people), given.days, given.province_seed).write(path)
        read_seconds, _, _ = _timed("validate", str(path))
        seconds, memory, text = _timed(
            *("solve", str(path), "-o", str(roster), "--format", "json", "--quiet", "--time-limit", f"{limit:g}s"),
            *("--workers", str(given.workers), "--seed", str(given.seed)),
        )
    if not text:
        raise InputError(f"patrolplan solve gave no answer for {people} people.")
    found = judged(json.loads(text), read_seconds)
    return {"people": people, "sites": sites_for(people), **found, "whole_seconds": seconds, "memory_mib": memory}


def _timed(*arguments: str) -> tuple[float, int, str]:
    """Run a command of patrolplan: seconds on the clock, peak memory in MiB, and what it printed."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        process = subprocess.Popen([sys.executable, "-m", "patrolplan", *arguments], stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = round(time.perf_counter() - began, 3)
        output.seek(0)
        return seconds, usage.ru_maxrss // KIBIBYTES, output.read()


def judged(answer: Result, read_seconds: float) -> Result:
    """The figures of a size from the answer of ``patrolplan solve``.

    Times count from the start of the program, so reading the input is part of them. A roster is without an avoidable
    gap if its cost on level 1 is proved to be the least, and as a whole if the audit found no gap at all.
    """
    levels = {level["level"]: level for level in answer["levels"]}
    cover = levels.get(1)
    reached = answer["reached_seconds"].get("1")
    is_free = cover is not None and reached is not None and cover["cost"] == cover["bound"]
    first = answer["first_roster_seconds"]
    audit = answer["audit"]
    return {
        "status": answer["status"],
        "read_seconds": read_seconds,
        "first_roster_seconds": None if first is None else round(read_seconds + first, 3),
        "gap_free_seconds": round(read_seconds + reached, 3) if is_free else None,
        "open_person_shifts": None if audit is None else audit["summary"]["open_person_shifts"],
        "needed_person_shifts": None if audit is None else audit["summary"]["needed_person_shifts"],
        "hard_findings": None if audit is None else audit["summary"]["findings"]["hard"],
        "cost": {str(level): one["cost"] for level, one in levels.items()},
        "bound": {str(level): one["bound"] for level, one in levels.items()},
    }


# -- all sizes ---------------------------------------------------------------------------------------------------


def exponents(results: Iterable[Result]) -> dict[str, float | None]:
    """For each time the exponent of people with which it grows, from `FIT_FROM` people on; None if it is not known."""
    large = [result for result in results if result["people"] >= FIT_FROM]
    return {name: exponent([(one["people"], one[name]) for one in large]) for name in TIMES}


def exponent(points: Sequence[tuple[int, float | None]]) -> float | None:
    """Slope of the straight line through the logarithms, by least squares; None with fewer than two points."""
    known = [(math.log(people), math.log(seconds)) for people, seconds in points if seconds]
    if len(known) < 2 or len(known) < len(points):
        return None
    mean_x, mean_y = (sum(side) / len(known) for side in zip(*known, strict=True))
    spread = sum((x - mean_x) ** 2 for x, _ in known)
    together = sum((x - mean_x) * (y - mean_y) for x, y in known)
    return float(round(together / spread, 3))


def report(results: list[Result], given: argparse.Namespace) -> dict[str, Any]:
    """Results with what they were obtained on."""
    return {
        "kind": "growth",
        **circumstances(),
        "days": given.days,
        "workers": given.workers,
        "seed": given.seed,
        "province_seed": given.province_seed,
        "exponents": exponents(results),
        "results": results,
    }


def plot(results: Sequence[Result], path: Path) -> None:
    """Draw the times against the people, both by powers of ten; say so if there is nothing to draw with."""
    if importlib.util.find_spec("matplotlib") is None:
        print("No plot: matplotlib is not installed (pip install 'patrolplan[bench]').", file=sys.stderr)
        return
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.4), layout="constrained")
    axes = figure.add_subplot(xscale="log", yscale="log", xlabel="people", ylabel="seconds")
    names = {
        "gap_free_seconds": "first roster without an avoidable gap",
        "first_roster_seconds": "first roster",
        "read_seconds": "input read",
    }
    found = exponents(results)
    for name, words in names.items():
        known = [(one["people"], one[name]) for one in results if one[name] is not None]
        power = "" if found[name] is None else f" (n^{found[name]:.2f})"
        axes.plot([x for x, _ in known], [y for _, y in known], marker="o", label=words + power)
    axes.grid(which="both", alpha=0.3)
    axes.legend()
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
