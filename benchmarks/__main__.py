"""``python -m benchmarks commands``: how long the commands take on the examples."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks import commands


def main() -> int:
    """Run the benchmark that the arguments name; the exit code is 0 if all commands ended as they should."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    timing = kinds.add_parser("commands", help="time solve, check and validate on the examples")
    timing.add_argument("--runs", type=int, default=5, help="runs of each command, of solve a third (default 5)")
    timing.add_argument("--only", default="", help="only measurements whose name contains this")
    timing.add_argument("--solve-seconds", type=int, default=20, help="time limit of solve (default 20)")
    baseline = timing.add_mutually_exclusive_group()
    baseline.add_argument("--baseline", type=Path, help="compare with this file, if it exists")
    baseline.add_argument("--write-baseline", type=Path, nargs="?", const=commands.BASELINE, help="store the medians")
    given = parser.parse_args()
    return commands.run(
        runs=given.runs,
        only=given.only,
        solve_seconds=given.solve_seconds,
        baseline=given.baseline,
        write_to=given.write_baseline,
    )


if __name__ == "__main__":
    sys.exit(main())
