"""``python -m benchmarks curtois``: what can be done with an instance of Curtois and Qu."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.curtois.instance import Instance, read_instance
from benchmarks.curtois.roster import read_assignment
from benchmarks.curtois.score import score, violations
from patrolplan.tables import decode, read_bytes, read_table


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands; each leaves the function that runs it in ``run``."""
    commands = parser.add_subparsers(dest="command", required=True)
    scoring = commands.add_parser("score", help="what a roster costs and which hard constraints it breaks")
    scoring.add_argument("instance", type=Path, metavar="INSTANCE.txt", help="the instance")
    scoring.add_argument("roster", type=Path, metavar="ROSTER.csv", help="a roster file of patrolplan")
    scoring.set_defaults(run=run_score)


def run_score(given: argparse.Namespace) -> int:
    """Print the score as JSON, and broken hard constraints one by one on standard error."""
    instance = load_instance(given.instance)
    assignment = read_assignment(instance, read_table(given.roster))
    for violation in violations(instance, assignment):
        print(violation, file=sys.stderr)
    print(json.dumps(score(instance, assignment), indent=2))
    return 0


def load_instance(path: Path) -> Instance:
    """Read an instance from its file."""
    return read_instance(decode(read_bytes(path, str(path)), str(path)), str(path))
