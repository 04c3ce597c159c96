"""``python -m benchmarks inrc2``: what can be done with an instance of the nurse rostering competition."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path

from benchmarks.agreement import agree
from benchmarks.inrc2.audited import audited_score, from_roster
from benchmarks.inrc2.convert import MINIMUM_LEVEL, charged_before, convert
from benchmarks.inrc2.instance import Instance, load_instance, parse_name
from benchmarks.inrc2.score import score
from benchmarks.inrc2.solution import Assignment, load_solution
from benchmarks.running import Case, add_arguments, chosen, run_cases
from patrolplan.errors import EXIT_BUG, EXIT_DONE, InputError

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
    running = commands.add_parser("run", help="solve instances and compare cost and bound")
    add_arguments(running, "with the folders of the sets, such as n030w4, or one of these folders")
    running.set_defaults(run=run_run)


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
        if not agree(found, lambda: audited_score(instance, assignments)):
            return EXIT_BUG
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


def run_run(given: argparse.Namespace) -> int:
    """Solve instances."""
    known = {path.stem: path.parent for path in sorted(given.folder.glob("**/n[0-9]*w[0-9]*_*.txt"))}
    names = chosen(given.instances) or list(known)
    if not names:
        raise InputError("names no instance; use --instances n030w4_1_6-2-9-1.", str(given.folder))
    folders = {name: _set_folder(given.folder, name) for name in names}
    for name, folder in folders.items():
        load_instance(folder, name)
    return run_cases("inrc2", {name: partial(_case, folder, name) for name, folder in folders.items()}, given)


def _set_folder(folder: Path, name: str) -> Path:
    """The folder of an instance's set: of that name inside, or the folder itself."""
    inside = folder / parse_name(name).set
    return inside if inside.is_dir() else folder


def _case(folder: Path, name: str) -> Case:
    instance = load_instance(folder, name)

    def judge(roster: Path) -> tuple[int, int]:
        found = score(instance, read_assignments(instance, roster))
        return int(found["total"]), int(found["hard"])

    past = sum(charged_before(instance).values())
    return Case(name, convert(instance), judge, hard_level=MINIMUM_LEVEL, past=past)


def remark_on_the_past(instance: Instance) -> None:
    """Say on standard error what the competition charges for the past alone, and patrolplan does not."""
    cost = sum(charged_before(instance).values())
    if cost:
        print(
            f"The history alone exceeds limits: {cost} of every score are its, and not in the costs of patrolplan.",
            file=sys.stderr,
        )
