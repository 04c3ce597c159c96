"""``python -m benchmarks peers``: the same operations through several solvers, side by side."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from benchmarks.peers.arena import Arena, Result
from benchmarks.peers.contenders import CONTENDERS
from benchmarks.peers.operations import curtois_operations, default_names, operations
from benchmarks.peers.table import levels_text, remark, show
from benchmarks.running import Limits, chosen, seconds_of
from patrolplan.errors import EXIT_DONE, EXIT_FINDINGS, InputError, nearest

WORKERS = 2
"""Workers of patrolplan, its own default."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    names = ",".join(default_names())
    parser.add_argument("--time-limit", type=seconds_of, default=60.0, help="for each, such as 60s (default 60s)")
    parser.add_argument(
        "--operations", help=f"examples, generated ones, or files; default {names}; none with --curtois"
    )
    parser.add_argument("--contenders", default=",".join(CONTENDERS), help=f"default {','.join(CONTENDERS)}")
    parser.add_argument("--curtois", type=Path, metavar="FOLDER", help="also instances of Curtois and Qu from here")
    parser.add_argument("--instances", default="", help="which of them, such as 1,5; default all")
    parser.add_argument(
        "--seed", type=int, default=0, help="of the generated operations and of all solvers (default 0)"
    )
    parser.add_argument("--json", type=Path, help="write the results to this file after every run")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Solve all, print a table; 1 if somebody who took part has no roster."""
    contenders = chosen(given.contenders)
    for name in contenders:
        if name not in CONTENDERS:
            raise InputError(f'"{name}" is no contender.{nearest(name, CONTENDERS)}')
    names = chosen(given.operations) if given.operations is not None else ([] if given.curtois else default_names())
    wanted = operations(names, given.seed)
    if given.curtois:
        wanted |= curtois_operations(given.curtois, chosen(given.instances))
    arena = Arena(Limits(given.time_limit, WORKERS, given.seed), given.json, tell)
    arena.run(wanted, contenders)
    show(arena.results, Console())
    failed = any(one["costs"] is None and one["status"] != "skipped" for one in arena.results)
    return EXIT_FINDINGS if failed else EXIT_DONE


def tell(result: Result) -> None:
    """One line on standard error for each result as it comes."""
    words = remark(result)
    line = f"{result['operation']}, {result['contender']}: {levels_text(result['costs'])}"
    print(f"{line} ({words})" if words else line, file=sys.stderr, flush=True)
