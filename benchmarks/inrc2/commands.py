"""``python -m benchmarks inrc2``: what can be done with an instance of the nurse rostering competition."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.inrc2.instance import load_instance
from benchmarks.inrc2.score import score
from benchmarks.inrc2.solution import load_solution


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands; each leaves the function that runs it in ``run``."""
    commands = parser.add_subparsers(dest="command", required=True)
    scoring = commands.add_parser("score", help="what a solution costs, line by line as the competition's validator")
    scoring.add_argument("set_folder", type=Path, metavar="SET_FOLDER", help="with the Sc-, H0- and WD- files")
    scoring.add_argument("instance", metavar="INSTANCE_NAME", help="such as n030w4_1_6-2-9-1")
    scoring.add_argument("solution", type=Path, metavar="SOLUTION_FOLDER", help="with one solution file for each week")
    scoring.set_defaults(run=run_score)


def run_score(given: argparse.Namespace) -> int:
    """Print the score as JSON."""
    instance = load_instance(given.set_folder, given.instance)
    solution = load_solution(instance, given.solution)
    for name in solution.left_out:
        print(f"{name} is left out: it is not for the scenario {instance.scenario.name}.", file=sys.stderr)
    print(json.dumps(score(instance, solution.assignments), indent=2))
    return 0
