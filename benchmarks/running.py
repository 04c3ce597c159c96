"""Public instances through the ordinary way: operation file, ``patrolplan solve``, roster file, independent score."""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.best_known import distance, read_best_known, summary, summary_text
from benchmarks.machine import circumstances, without_folders
from benchmarks.operation_file import OPERATION, OperationFiles
from benchmarks.watched import Ended, run_watched
from patrolplan.errors import EXIT_BUG, EXIT_DONE, EXIT_FINDINGS, InputError
from patrolplan.plan.files import write_atomic

Result = dict[str, Any]

GRACE_SECONDS = 120.0
GRACE_SHARE = 0.5
"""A run is killed when it lasts longer than its limit by this long and this share of the limit."""

NOTHING: Result = {
    "instance": "",
    "status": "failed",
    "cost": None,
    "hard": None,
    "claimed": None,
    "bound": None,
    "gap": None,
    "levels": [],
    "best_known": None,
    "distance": None,
    "first_roster_seconds": None,
    "best_seconds": None,
    "seconds": None,
    "wall_seconds": None,
    "memory_mib": None,
    "reason": "",
}
"""What is reported of an instance of which nothing is known."""


@dataclass(frozen=True)
class Case:
    """One instance, ready to be solved.

    Attributes
    ----------
    score
        Total cost and broken hard constraints of a roster file, by a scorer that knows nothing of patrolplan.
    names
        Other names under which a table of best known costs may have it.
    hard_level
        Level of the operation whose cost is the number of broken hard constraints, if there is one.
    past
        What the format charges every roster for the time before the first day, and patrolplan does not.
    """

    name: str
    files: OperationFiles
    score: Callable[[Path], tuple[int, int]]
    names: Sequence[str] = ()
    hard_level: int | None = None
    past: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """How each instance is solved."""

    seconds: float
    workers: int
    seed: int

    @property
    def patience(self) -> float:
        """Seconds after which a run is killed."""
        return self.seconds * (1 + GRACE_SHARE) + GRACE_SECONDS


@dataclass
class Campaign:
    """Results so far, and where they are written after every instance."""

    limits: Limits
    family: str = ""
    best_known: Mapping[str, int] = field(default_factory=dict)
    path: Path | None = None
    results: list[Result] = field(default_factory=list)

    def add(self, result: Result, names: Iterable[str]) -> None:
        """Take in one result, print it as a line of JSON, and write the file anew."""
        best = next((self.best_known[name] for name in names if name in self.best_known), None)
        away = distance(result["cost"], result["hard"], best)
        result = {**result, "best_known": best, "distance": None if away is None else round(away, 6)}
        self.results.append(result)
        print(json.dumps(result), flush=True)
        if self.path is not None:
            write_atomic(self.path, json.dumps(self.report(), indent=1) + "\n")

    def report(self) -> Mapping[str, Any]:
        """Results with what they were obtained on."""
        return {
            "kind": "instances",
            "family": self.family,
            **circumstances(),
            "time_limit": self.limits.seconds,
            "workers": self.limits.workers,
            "seed": self.limits.seed,
            "summary": summary(self.results),
            "results": self.results,
        }


def add_arguments(parser: argparse.ArgumentParser, folder_help: str) -> None:
    """Add the arguments of a run."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help=folder_help)
    parser.add_argument("--instances", default="", help="names or numbers, separated by commas; default all")
    parser.add_argument("--time-limit", type=seconds_of, default=60.0, help="for each, such as 60 or 60s (default 60s)")
    parser.add_argument("--workers", type=int, default=2, help="of patrolplan solve (default 2)")
    parser.add_argument("--seed", type=int, default=0, help="of patrolplan solve (default 0)")
    parser.add_argument("--best-known", type=Path, metavar="FILE.csv", help="table with the columns instance and cost")
    parser.add_argument("--json", type=Path, help="write the results to this file after every instance, too")


def chosen(text: str) -> list[str]:
    """The names that were asked for."""
    return [name.strip() for name in text.split(",") if name.strip()]


def seconds_of(text: str) -> float:
    """A time limit: ``60``, ``60s`` or ``2m``."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m|)", text.strip())
    if match is None:
        raise argparse.ArgumentTypeError(f'"{text}" is not a time limit; write it like 60s.')
    return float(match[1]) * (60 if match[2] == "m" else 1)


def run_cases(family: str, cases: Mapping[str, Callable[[], Case]], given: argparse.Namespace) -> int:
    """Solve all cases one after the other; one that fails is reported as such, and the next one begins.

    Parameters
    ----------
    cases
        Name of each instance, and what makes a case of it.

    Returns
    -------
    int
        4 if what patrolplan says a roster costs is not what the scorer says, else 1 if an instance has no roster, else
        0.
    """
    limits = Limits(given.time_limit, given.workers, given.seed)
    known = read_best_known(given.best_known) if given.best_known is not None else {}
    campaign = Campaign(limits, family, known, given.json)
    for name, make in cases.items():
        campaign.add(*attempt(name, make, limits))
    found = summary(campaign.results)
    print(summary_text(found), file=sys.stderr)
    if any(differs(result) for result in campaign.results):
        return EXIT_BUG
    return EXIT_FINDINGS if found["failed"] else EXIT_DONE


def differs(result: Result) -> bool:
    """Whether patrolplan claimed another cost than the scorer found."""
    return result["claimed"] is not None and result["cost"] != result["claimed"]


def attempt(name: str, make: Callable[[], Case], limits: Limits) -> tuple[Result, Sequence[str]]:
    """The result of one instance, and its names; whatever goes wrong is a result, too."""
    names: Sequence[str] = (name,)
    try:
        case = make()
        names = (case.name, *case.names, name)
        return solve(case, limits), names
    except InputError as error:
        reason = str(error)
    except Exception as error:  # a campaign of hours does not end with one instance
        reason = f"{type(error).__name__}: {error}"
    return {**NOTHING, "instance": names[0], "reason": without_folders(reason)}, names


def solve(case: Case, limits: Limits) -> Result:
    """Solve one case in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        operation = case.files.write(Path(folder) / OPERATION)[0]
        roster, answer, errors = (Path(folder) / name for name in ("roster.csv", "answer.json", "errors.txt"))
        command = [
            *(sys.executable, "-m", "patrolplan", "solve", str(operation), "-o", str(roster), "--format", "json"),
            *("--quiet", "--time-limit", f"{limits.seconds:g}s"),
            *("--workers", str(limits.workers), "--seed", str(limits.seed)),
        ]
        ended = run_watched(command, output=answer, errors=errors, seconds=limits.patience)
        said = read_answer(answer)
        result = {**NOTHING, "instance": case.name, **_how_it_went(ended, said, errors)}
        if roster.exists():
            cost, hard = case.score(roster)
            result |= {"cost": cost, "hard": hard}
    return {**result, **claims(case, said)} if said else result


def read_answer(path: Path) -> Mapping[str, Any]:
    """What a command said as JSON; nothing if it did not come so far."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _how_it_went(ended: Ended, said: Mapping[str, Any], errors: Path) -> Result:
    """Status, reason, times and memory."""
    reason = ended.fate
    if not reason and (not said or said.get("reasons") or ended.exit_code == EXIT_BUG):
        complaint = last_line(errors) or f"exit code {ended.exit_code}"
        reason = "; ".join(said.get("reasons", ())) or complaint
    return {
        "status": "killed" if ended.fate else said.get("status", "failed"),
        "reason": reason,
        "wall_seconds": round(ended.seconds, 1),
        "memory_mib": ended.memory_mib,
        **{name: rounded(said.get(name)) for name in ("first_roster_seconds", "best_seconds", "seconds")},
    }


def rounded(seconds: float | None) -> float | None:
    """Seconds to the millisecond."""
    return None if seconds is None else round(seconds, 3)


def last_line(path: Path) -> str:
    """The last line of a file that is not empty, without folders."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    return without_folders(next((line for line in reversed(lines) if line), ""))


def claims(case: Case, said: Mapping[str, Any]) -> Result:
    """Cost, bound and gap as patrolplan claims them, in the terms of the format.

    A bound of a level holds given the costs of the levels before it. So the bound of the whole takes in the levels up
    to the first that is not proved; the gap is that of the sum of all levels.
    """
    levels = said["levels"]
    if not levels:
        return {}
    whole, bound, proved = 0.0, 0.0, True
    for level in levels:
        whole += level["cost"]
        bound += level["bound"] if proved else 0
        proved = proved and level["proved"]
    claimed = sum(level["cost"] for level in levels if level["level"] != case.hard_level)
    return {
        "claimed": round(claimed + case.past, 6),
        "bound": round(bound + case.past, 6),
        "gap": round((whole - bound) / max(1, whole + case.past), 6),
        "levels": [{key: level[key] for key in ("level", "cost", "bound", "gap", "proved")} for level in levels],
    }
