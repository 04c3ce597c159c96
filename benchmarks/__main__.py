"""``python -m benchmarks``: how long the commands take, how that grows, public instances, and the tests of rules."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import commands, growth, mutation, page, patrol
from benchmarks.curtois import commands as curtois
from benchmarks.inrc2 import commands as inrc2
from benchmarks.peers import commands as peers
from benchmarks.province import operation as province
from patrolplan.errors import InputError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments name; the exit code is 0 if all ended as it should, and 2 if the input is wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    add_timing(kinds.add_parser("commands", help="time solve, check and validate on the examples"))
    curtois.add_commands(kinds.add_parser("curtois", help="shift scheduling instances of Curtois and Qu"))
    inrc2.add_commands(kinds.add_parser("inrc2", help="instances of the second nurse rostering competition"))
    province.add_arguments(kinds.add_parser("province", help="write a synthetic province of any size"))
    growth.add_arguments(kinds.add_parser("growth", help="how the time to solve grows with the number of people"))
    peers.add_arguments(kinds.add_parser("peers", help="solve small operations by other solvers, too, side by side"))
    patrol.add_arguments(kinds.add_parser("patrol", help="public patrolling maps as rounds, next to a fixed tour"))
    page.add_arguments(kinds.add_parser("page", help="print docs/benchmarks.md from the files of results"))
    add_mutation(kinds.add_parser("mutation", help="plant faults in the rules and see whether their tests find them"))
    given = parser.parse_args(arguments)
    try:
        return int(given.run(given))
    except InputError as error:
        print(error, file=sys.stderr)
        return error.exit_code


def add_timing(timing: argparse.ArgumentParser) -> None:
    """Add the arguments of the measurements."""
    timing.add_argument("--runs", type=int, default=5, help="runs of each command, of solve a third (default 5)")
    timing.add_argument("--only", default="", help="only measurements whose name contains this")
    timing.add_argument("--solve-seconds", type=int, default=20, help="time limit of solve (default 20)")
    baseline = timing.add_mutually_exclusive_group()
    baseline.add_argument("--baseline", type=Path, help="compare with this file, if it exists")
    baseline.add_argument("--write-baseline", type=Path, nargs="?", const=commands.BASELINE, help="store the medians")
    timing.set_defaults(run=run_timing)


def run_timing(given: argparse.Namespace) -> int:
    """Measure the commands on the examples."""
    return commands.run(
        runs=given.runs,
        only=given.only,
        solve_seconds=given.solve_seconds,
        baseline=given.baseline,
        write_to=given.write_baseline,
    )


def add_mutation(faults: argparse.ArgumentParser) -> None:
    """Add the arguments of the planted faults."""
    faults.add_argument("--sample", type=int, default=8, help="faults in each file (default 8)")
    faults.add_argument("--seed", type=int, default=1, help="which faults are drawn (default 1)")
    faults.add_argument("--rule", action="append", default=[], help="only this rule or shared module; may be repeated")
    faults.add_argument("--parity-cases", type=int, default=200, help="as of pytest, for each rule (default 200)")
    faults.add_argument("--seconds", type=int, default=60, help="tests that take longer have failed (default 60)")
    faults.add_argument("--json", type=Path, help="store the results in this file")
    faults.set_defaults(run=run_mutation)


def run_mutation(given: argparse.Namespace) -> int:
    """Plant faults and see what becomes of them."""
    return mutation.run(
        sample=given.sample,
        seed=given.seed,
        rules=given.rule,
        parity_cases=given.parity_cases,
        seconds=given.seconds,
        write_to=given.json,
    )


if __name__ == "__main__":
    sys.exit(main())
