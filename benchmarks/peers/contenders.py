"""Who takes part: patrolplan, plain CP-SAT, Timefold; each in a process of its own, each leaving a roster file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.subset import restrict
from benchmarks.peers.task import Unsupported
from benchmarks.running import Limits, last_line, read_answer, rounded
from benchmarks.watched import Ended, run_watched
from patrolplan.formats.roster_csv import write_roster
from patrolplan.plan.loading import load_operation
from patrolplan.problem import Problem
from patrolplan.roster import Roster, Stretch, duty_name, make_roster

Result = dict[str, Any]

TIMEFOLD_PYTHON = "PATROLPLAN_TIMEFOLD_PYTHON"
"""Environment variable: a Python in which Timefold is installed."""
MODEL = ("-m", "benchmarks.peers.timefold_model")
"""How that Python runs the model."""
HAS_TIMEFOLD = "import importlib.util, sys; sys.exit(importlib.util.find_spec('timefold') is None)"


@dataclass(frozen=True, slots=True)
class Ring:
    """What a contender is given: the operation, where its roster goes, a folder for its own files, and limits."""

    operation: Path
    roster: Path
    folder: Path
    limits: Limits

    def run(self, command: Sequence[str]) -> tuple[Ended, Mapping[str, Any], str]:
        """Run a command: how it ended, what it said as JSON, and the last line of its complaints."""
        output, errors = self.folder / "output.json", self.folder / "errors.txt"
        ended = run_watched(command, output=output, errors=errors, seconds=self.limits.patience)
        return ended, read_answer(output), last_line(errors)


Contender = Callable[[Ring], Result]


def patrolplan(ring: Ring) -> Result:
    """``patrolplan solve`` as a planner runs it, with two workers."""
    limits = ring.limits
    ended, said, complaint = ring.run(
        [
            *(sys.executable, "-m", "patrolplan", "solve", str(ring.operation), "-o", str(ring.roster)),
            *("--format", "json", "--quiet", "--time-limit", f"{limits.seconds:g}s"),
            *("--workers", str(limits.workers), "--seed", str(limits.seed)),
        ]
    )
    bounds = {str(level["level"]): level["bound"] for level in said.get("levels", ())}
    return outcome(ended, {**said, "bounds": bounds} if said else {}, complaint)


def plain_cp_sat(workers: int) -> Contender:
    """Plain CP-SAT with so many workers."""

    def contender(ring: Ring) -> Result:
        limits = ring.limits
        command = [sys.executable, "-m", "benchmarks.peers.plain", str(ring.operation), str(ring.roster)]
        command += ["--seconds", f"{limits.seconds:g}", "--workers", str(workers), "--seed", str(limits.seed)]
        return outcome(*ring.run(command))

    return contender


def timefold(ring: Ring) -> Result:
    """Timefold on the operation as plain numbers, if it can be put so, and if Timefold and Java are there."""
    reason = why_not_timefold()
    if reason:
        return skipped(reason)
    problem = load_operation(ring.operation).problem
    try:
        task = restrict(problem)
    except Unsupported as error:
        return skipped(f"not in the subset of rules: {error}")
    given, answer = ring.folder / "task.json", ring.folder / "answer.json"
    given.write_text(json.dumps(task.plain()), encoding="utf-8")
    limits = ring.limits
    arguments = [str(given), str(answer), f"{limits.seconds:g}", str(limits.seed)]
    ended, _, complaint = ring.run([timefold_python(), *MODEL, *arguments])
    said = dict(read_answer(answer))
    if said:
        ring.roster.write_text(write_roster(problem, roster_of(problem, said["held"])), encoding="utf-8", newline="")
        said["status"] = "feasible"
    return outcome(ended, said, complaint)


CONTENDERS: dict[str, Contender] = {
    "patrolplan": patrolplan,
    "cp-sat-2": plain_cp_sat(2),
    "cp-sat-8": plain_cp_sat(8),
    "timefold": timefold,
}


def outcome(ended: Ended, said: Mapping[str, Any], complaint: str) -> Result:
    """What is known of a run besides its roster."""
    reason = ended.fate or ("" if said else complaint or f"exit code {ended.exit_code}")
    return {
        "status": "killed" if ended.fate else said.get("status", "failed"),
        "reason": reason or "; ".join(said.get("reasons", ())),
        "bounds": said.get("bounds", {}),
        **{name: rounded(said.get(name)) for name in ("first_roster_seconds", "best_seconds", "seconds")},
        "wall_seconds": round(ended.seconds, 1),
        "memory_mib": ended.memory_mib,
        "versions": said.get("versions", {}),
    }


def skipped(reason: str) -> Result:
    """A contender that did not take part."""
    return {"status": "skipped", "reason": reason}


def timefold_python() -> str:
    """The Python that is to run Timefold."""
    return os.environ.get(TIMEFOLD_PYTHON) or sys.executable


def why_not_timefold() -> str:
    """Why Timefold cannot take part; empty if it can."""
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        return "Java is not installed"
    try:
        missing = subprocess.run([timefold_python(), "-c", HAS_TIMEFOLD], check=False, capture_output=True).returncode
    except OSError:
        return f"the Python that {TIMEFOLD_PYTHON} names cannot be run"
    return f"Timefold is not installed (a Python that has it can be named in {TIMEFOLD_PYTHON})" if missing else ""


def roster_of(problem: Problem, held: Sequence[Sequence[int]]) -> Roster:
    """A roster from pairs of person and slot."""
    stretches = []
    for person, number in held:
        slot = problem.slots[number]
        name = duty_name(problem, person, slot.day, slot.shift)
        stretches.append(Stretch(person, slot.post, slot.shift, slot.start, slot.end, name, "duty"))
    return make_roster(problem, stretches)
