"""Every contender on every operation, one after the other, with the results on disk after each."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.machine import circumstances, without_folders
from benchmarks.peers.contenders import CONTENDERS, Contender, Ring
from benchmarks.peers.judge import NO_ROSTER, contradicts, is_proved, judge
from benchmarks.peers.operations import Write
from benchmarks.running import Limits
from patrolplan.errors import InputError
from patrolplan.plan.files import write_atomic

Result = dict[str, Any]

NOTHING: Result = {
    **NO_ROSTER,
    "status": "failed",
    "reason": "",
    "bounds": {},
    "proved": False,
    "first_roster_seconds": None,
    "best_seconds": None,
    "seconds": None,
    "wall_seconds": None,
    "memory_mib": None,
}


@dataclass
class Arena:
    """Results so far.

    Attributes
    ----------
    tell
        Called with each result as it comes.
    versions
        Of what took part, as far as it said so.
    """

    limits: Limits
    path: Path | None = None
    tell: Callable[[Result], None] = lambda result: None
    results: list[Result] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)

    def run(self, operations: Mapping[str, Write], contenders: Sequence[str]) -> None:
        """All of them."""
        for operation, write in operations.items():
            for contender in contenders:
                found = attempt(write, CONTENDERS[contender], self.limits)
                self._keep_versions(found.pop("versions", {}))
                self._add({"operation": operation, "contender": contender, **NOTHING, **found})

    def _keep_versions(self, versions: Mapping[str, str]) -> None:
        self.versions.update({name: text for name, text in versions.items() if name in ("timefold", "java")})

    def _add(self, result: Result) -> None:
        self.results.append(result)
        self.tell(result)
        if self.path is not None:
            write_atomic(self.path, json.dumps(self.report(), indent=1) + "\n")

    def report(self) -> Mapping[str, Any]:
        """Results with what they were obtained on."""
        found = circumstances()
        return {
            "kind": "peers",
            **found,
            "versions": {**found["versions"], **self.versions},
            "time_limit": self.limits.seconds,
            "workers": self.limits.workers,
            "seed": self.limits.seed,
            "results": self.results,
        }


def attempt(write: Write, contender: Contender, limits: Limits) -> Result:
    """One contender on one operation, in a folder of its own; whatever goes wrong is a result."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            return contest(write, contender, limits, Path(folder))
    except InputError as error:
        reason = str(error)
    except Exception as error:  # the others are to have their turn
        reason = f"{type(error).__name__}: {error}"
    return {"status": "failed", "reason": without_folders(reason)}


def contest(write: Write, contender: Contender, limits: Limits, folder: Path) -> Result:
    """What a contender did, and what patrolplan's audit says of its roster."""
    operation = write(folder / "operation")
    own = folder / "own"
    own.mkdir()
    roster = own / "roster.csv"
    found = contender(Ring(operation, roster, own, limits))
    found |= judge(operation, roster)
    found["proved"] = is_proved(found)
    if contradicts(found):
        found["reason"] = "the bound that it claims lies above the cost of its own roster"
    return found
