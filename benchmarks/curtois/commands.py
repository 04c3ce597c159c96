"""``python -m benchmarks curtois``: what can be done with an instance of Curtois and Qu."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.curtois.audited import audited_score
from benchmarks.curtois.convert import convert
from benchmarks.curtois.instance import Instance, read_instance
from benchmarks.curtois.roster import read_assignment
from benchmarks.curtois.score import score, violations
from patrolplan.errors import EXIT_BUG, EXIT_DONE
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


def run_score(given: argparse.Namespace) -> int:
    """Print the score as JSON, and broken hard constraints one by one on standard error."""
    instance = load_instance(given.instance)
    assignment = read_assignment(instance, read_table(given.roster))
    for violation in violations(instance, assignment):
        print(violation, file=sys.stderr)
    found = score(instance, assignment)
    if given.audit:
        try:
            audited = audited_score(instance, assignment)
        except ValueError as error:
            print(f"patrolplan's audit is not understood: {error}", file=sys.stderr)
            return EXIT_BUG
        if audited != found:
            print(f"patrolplan's audit and the scorer differ:\n{audited}\n{found}", file=sys.stderr)
            return EXIT_BUG
    print(json.dumps(found, indent=2))
    return EXIT_DONE


def run_convert(given: argparse.Namespace) -> int:
    """Write the operation file."""
    for path in convert(load_instance(given.instance), given.instance.stem).write(given.output):
        print(f"Written: {path}", file=sys.stderr)
    return EXIT_DONE


def load_instance(path: Path) -> Instance:
    """Read an instance from its file."""
    return read_instance(decode(read_bytes(path, str(path)), str(path)), str(path))
