"""``python -m benchmarks curtois``: what can be done with an instance of Curtois and Qu."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.agreement import agree
from benchmarks.curtois.audited import audited_score
from benchmarks.curtois.convert import convert
from benchmarks.curtois.instance import Instance, read_instance
from benchmarks.curtois.roster import read_assignment
from benchmarks.curtois.score import score, violations
from benchmarks.running import Case, add_arguments, chosen, run_cases
from patrolplan.errors import EXIT_BUG, EXIT_DONE, InputError
from patrolplan.tables import decode, read_bytes, read_table


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands; each leaves the function that runs it in ``run``."""
    commands = parser.add_subparsers(dest="command", required=True)
    scoring = commands.add_parser("score", help="what a roster costs and which hard constraints it breaks")
    scoring.add_argument("instance", type=Path, metavar="INSTANCE.txt", help="the instance")
    scoring.add_argument("roster", type=Path, metavar="ROSTER.csv", help="a roster file of patrolplan")
    scoring.add_argument(
        "--audit", action="store_true", help="take the score from patrolplan's audit, and compare both"
    )
    scoring.set_defaults(run=run_score)
    converting = commands.add_parser("convert", help="write an instance as an operation of patrolplan")
    converting.add_argument("instance", type=Path, metavar="INSTANCE.txt", help="the instance")
    converting.add_argument("-o", "--output", type=Path, required=True, metavar="OPS.yaml", help="the operation file")
    converting.set_defaults(run=run_convert)
    running = commands.add_parser("run", help="solve instances and compare cost and bound")
    add_arguments(running, "with the files Instance1.txt, Instance2.txt ...")
    running.set_defaults(run=run_run)


def run_score(given: argparse.Namespace) -> int:
    """Print the score as JSON, and broken hard constraints one by one on standard error."""
    instance = load_instance(given.instance)
    assignment = read_assignment(instance, read_table(given.roster))
    for violation in violations(instance, assignment):
        print(violation, file=sys.stderr)
    found = score(instance, assignment)
    if given.audit and not agree(found, lambda: audited_score(instance, assignment)):
        return EXIT_BUG
    print(json.dumps(found, indent=2))
    return EXIT_DONE


def run_convert(given: argparse.Namespace) -> int:
    """Write the operation file."""
    for path in convert(load_instance(given.instance), given.instance.stem).write(given.output):
        print(f"Written: {path}", file=sys.stderr)
    return EXIT_DONE


def run_run(given: argparse.Namespace) -> int:
    """Solve instances."""
    found = find_instances(given.folder, chosen(given.instances))
    return run_cases("curtois", {name: partial(_case, path) for name, path in found.items()}, given)


def find_instances(folder: Path, wanted: Sequence[str]) -> dict[str, Path]:
    """Files of instances by number; those that were asked for, or all.

    Raises
    ------
    InputError
        If one is not there.
    """
    paths = sorted(folder.glob("Instance*.txt"), key=lambda path: (len(path.stem), path.stem))
    known = {path.stem.removeprefix("Instance"): path for path in paths}
    names = [name.removeprefix("Instance") for name in wanted]
    unknown = [name for name in names if name not in known]
    if unknown or not known:
        raise InputError(f"no instance {', '.join(unknown) or 'at all'} in the folder.", str(folder))
    return {name: known[name] for name in names or known}


def _case(path: Path) -> Case:
    instance = load_instance(path)

    def judge(roster: Path) -> tuple[int, int]:
        assignment = read_assignment(instance, read_table(roster))
        return int(score(instance, assignment)["total"]), len(list(violations(instance, assignment)))

    return Case(path.stem, convert(instance, path.stem), judge, names=(path.stem.removeprefix("Instance"),))


def load_instance(path: Path) -> Instance:
    """Read an instance from its file."""
    return read_instance(decode(read_bytes(path, str(path)), str(path)), str(path))
