"""``python -m benchmarks inrc2``: what can be done with an instance of the nurse rostering competition."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.inrc2.audited import audited_score, from_roster
from benchmarks.inrc2.convert import charged_before, convert
from benchmarks.inrc2.instance import Instance, load_instance
from benchmarks.inrc2.score import score
from benchmarks.inrc2.solution import Assignment, load_solution
from patrolplan.errors import EXIT_BUG, EXIT_DONE

ROSTER_SUFFIX = ".csv"


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands; each leaves the function that runs it in ``run``."""
    commands = parser.add_subparsers(dest="command", required=True)
    scoring = commands.add_parser(
        "score",
        help="what a solution costs, line by line as the competition's validator",
        description="Scores a solution by patrolplan's own audit of the converted instance, and compares the result "
        "with a scorer that knows nothing of patrolplan; if the two differ, both are shown and the exit code is 4.",
    )
    add_instance(scoring)
    scoring.add_argument(
        "solution", type=Path, metavar="SOLUTION", help="a folder with one solution file for each week, or a roster.csv"
    )
    scoring.add_argument("--independent", action="store_true", help="only the scorer that knows nothing of patrolplan")
    scoring.set_defaults(run=run_score)
    converting = commands.add_parser("convert", help="write an instance as an operation of patrolplan")
    add_instance(converting)
    converting.add_argument("-o", "--output", type=Path, required=True, metavar="OPS.yaml", help="the operation file")
    converting.set_defaults(run=run_convert)


def add_instance(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that name an instance."""
    parser.add_argument("set_folder", type=Path, metavar="SET_FOLDER", help="with the Sc-, H0- and WD- files")
    parser.add_argument("instance", metavar="INSTANCE_NAME", help="such as n030w4_1_6-2-9-1")


def run_score(given: argparse.Namespace) -> int:
    """Print the score as JSON."""
    instance = load_instance(given.set_folder, given.instance)
    assignments = read_assignments(instance, given.solution)
    found = score(instance, assignments)
    if not given.independent:
        remark_on_the_past(instance)
        try:
            audited = audited_score(instance, assignments)
        except ValueError as error:
            print(f"patrolplan's audit is not understood: {error}", file=sys.stderr)
            return EXIT_BUG
        if audited != found:
            print(f"patrolplan's audit and the scorer differ:\n{audited}\n{found}", file=sys.stderr)
            return EXIT_BUG
        found = audited
    print(json.dumps(found, indent=2))
    return EXIT_DONE


def read_assignments(instance: Instance, path: Path) -> tuple[Assignment, ...]:
    """A solution in the competition's format (a folder), or a roster of patrolplan for the converted instance."""
    if path.suffix.lower() == ROSTER_SUFFIX and path.is_file():
        return from_roster(convert(instance).load().problem, path)
    solution = load_solution(instance, path)
    for name in solution.left_out:
        print(f"{name} is left out: it is not for the scenario {instance.scenario.name}.", file=sys.stderr)
    return solution.assignments


def run_convert(given: argparse.Namespace) -> int:
    """Write the operation file and its tables."""
    instance = load_instance(given.set_folder, given.instance)
    for path in convert(instance).write(given.output):
        print(f"Written: {path}", file=sys.stderr)
    remark_on_the_past(instance)
    return EXIT_DONE


def remark_on_the_past(instance: Instance) -> None:
    """Say on standard error what the competition charges for the past alone, and patrolplan does not."""
    cost = sum(charged_before(instance).values())
    if cost:
        print(
            f"The history alone exceeds limits: {cost} of every score are its, and not in the costs of patrolplan.",
            file=sys.stderr,
        )
