"""Making a roster: load, search, audit, write. The only module of the plan that loads the solver."""

from __future__ import annotations

import datetime as dt
import os
import platform
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any

import patrolplan
from patrolplan.audit import Audit, audit
from patrolplan.config.calendar import Moment
from patrolplan.engine.conductor import Settings, solve
from patrolplan.engine.executors import threads
from patrolplan.engine.subproblem import StopSignal, solver_version
from patrolplan.errors import EXIT_BUG, EXIT_DONE, EXIT_FINDINGS, EXIT_TIME, Complaint, InputError
from patrolplan.formats.roster_csv import write_roster
from patrolplan.formats.sidecar import build_sidecar, parse_sidecar
from patrolplan.language import _
from patrolplan.plan.files import refuse_bad_roster, sha256_text, sidecar_path
from patrolplan.plan.loading import Operation, load_operation, sources_of, with_start
from patrolplan.plan.writing import write_pair
from patrolplan.problem import Problem
from patrolplan.proof import Listener, Proof, Status
from patrolplan.roster import Roster, join_rosters

CHECKPOINT_SECONDS = 2.0
"""Least time between two rosters written during the search."""
CHECKPOINT_REST = 10
"""And so many times what the last one took to write."""


@dataclass(frozen=True)
class Request:
    """What to solve and how.

    Attributes
    ----------
    operation
        The operation file.
    output
        Where the roster goes; None for a name of its own in the current folder.
    window, keep
        See `load_operation`.
    start
        A roster to begin with.
    settings
        Limits of the search.
    cluster
        Address of a Dask cluster that runs the search, ``tcp://HOST:PORT`` or ``local:N``; None for threads.
    every_worker
        As many searches at the same time as the cluster has room for, whatever the settings say.
    """

    operation: Path
    output: Path | None = None
    window: tuple[Moment | None, Moment | None] = (None, None)
    keep: Path | None = None
    start: Path | None = None
    settings: Settings = field(default_factory=Settings)
    cluster: str | None = None
    every_worker: bool = False


@dataclass(frozen=True)
class Solution:
    """A roster, judged by the audit, with what is proved of it; or the reason why there is none.

    Attributes
    ----------
    written
        The roster file, or None if nothing was written.
    disagreements
        Where the audit and the search do not agree; always empty unless there is a bug.
    """

    problem: Problem
    roster: Roster | None
    audit: Audit | None
    proof: Proof
    written: Path | None
    warnings: tuple[Complaint, ...] = ()
    disagreements: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 without gaps or hard findings, 1 with them or if infeasible, 3 without roster and proof, 4 with a bug."""
        if self.disagreements:
            return EXIT_BUG
        if self.audit is None:
            return EXIT_FINDINGS if self.proof.status is Status.INFEASIBLE else EXIT_TIME
        return EXIT_FINDINGS if self.audit.fails("gap") else EXIT_DONE


def prepare(request: Request) -> Operation:
    """Read what a request names.

    Raises
    ------
    InputError
        If the input cannot be used, or the roster could not be written.
    """
    if request.cluster is not None:
        from patrolplan.engine.cluster import refuse_bad_address

        refuse_bad_address(request.cluster)
    loaded = load_operation(request.operation, window=request.window, keep=request.keep)
    if request.start is not None:
        loaded = with_start(loaded, request.start)
    if request.output is not None:
        refuse_bad_roster(request.output, sources_of(request.operation, loaded.problem), request.operation)
    return loaded


def solve_operation(
    request: Request,
    loaded: Operation,
    listener: Listener | None = None,
    stop: StopSignal | None = None,
    remark: Callable[[str], None] = lambda words: None,
) -> Solution:
    """Make a roster and write it; the best one so far is on disk all along.

    Parameters
    ----------
    loaded
        From `prepare`.
    listener
        Told of the progress.
    stop
        Ends the search early with the best roster so far.
    remark
        Told in words what happens to the workers of a cluster.

    Raises
    ------
    InputError
        If the roster cannot be written, or the cluster cannot be used.
    """
    problem = loaded.problem
    checkpoint = _Checkpoint(request, loaded)
    with _executor(request) as (executor, settings):
        outcome = solve(
            problem,
            settings,
            start=loaded.start,
            listener=listener,
            keep=checkpoint.keep,
            stop=stop,
            executor=executor,
            remark=remark,
        )
    if outcome.roster is None:
        return Solution(problem, None, None, outcome.proof, None, loaded.warnings)
    whole = join_rosters(problem, loaded.kept, outcome.roster)
    since = problem.window[0] if problem.window[0] > problem.start else None
    result = audit(problem, outcome.roster, since=since)
    checkpoint.write(whole, outcome.proof, result)
    differences = () if problem.held else tuple(_disagreements(outcome.proof, result))
    return Solution(problem, whole, result, outcome.proof, checkpoint.path, loaded.warnings, differences)


@contextmanager
def _executor(request: Request) -> Iterator[tuple[Executor, Settings]]:
    """Whoever runs the search, and how it is to be run there."""
    settings = request.settings
    if request.cluster is None:
        with threads(1 if settings.deterministic else settings.workers) as executor:
            yield executor, settings
        return
    from patrolplan.engine.cluster import cluster

    with cluster(request.cluster) as far:
        yield far, replace(settings, workers=far.slots) if request.every_worker else settings


def _disagreements(proof: Proof, result: Audit) -> Iterator[str]:
    """Costs of which search and audit think differently."""
    for level in proof.levels:
        judged = result.costs.get(level.level, 0)
        if judged != level.cost:
            yield _("level {level} costs {cost} in the search and {judged} in the audit (sixtieths)").format(
                level=level.level, cost=level.cost, judged=judged
            )
    if result.has_hard:
        yield _("the audit found a broken hard rule that the search believed to be kept")


class _Checkpoint:
    """Writes the best roster so far, whole or not at all, and not too often."""

    def __init__(self, request: Request, loaded: Operation) -> None:
        self.path = request.output or own_path(request.operation, "roster")
        self._request = request
        self._loaded = loaded
        self._next = 0.0

    def keep(self, roster: Roster) -> None:
        """Called with each better roster."""
        began = time.monotonic()
        if began >= self._next:
            kept = self._loaded.kept
            whole = join_rosters(self._loaded.problem, kept, roster) if kept.stretches else roster
            self.write(whole, Proof(Status.FEASIBLE), None)
            ended = time.monotonic()
            self._next = ended + max(CHECKPOINT_SECONDS, CHECKPOINT_REST * (ended - began))

    def write(self, roster: Roster, proof: Proof, result: Audit | None) -> None:
        """Write a roster and its sidecar; a pipe or a terminal gets none."""
        text = write_roster(self._loaded.problem, roster)
        data = build_sidecar(
            versions=versions(),
            roster=sha256_text(text),
            inputs=self._loaded.problem.sources,
            seed=self._request.settings.seed,
            options=_options(self._request),
            proof=proof,
            by_rule=result.by_rule if result is not None else {},
            written=dt.datetime.now(dt.UTC),
        )
        write_pair(self.path, text, data)


def versions() -> dict[str, str]:
    """What made a roster, for its sidecar."""
    return {"patrolplan": patrolplan.__version__, "python": platform.python_version(), "ortools": solver_version()}


def _options(request: Request) -> dict[str, Any]:
    options = asdict(request.settings)
    options.pop("seed")
    options["operation"] = mark_of(request.operation)
    for name in ("keep", "start"):
        path = getattr(request, name)
        if path is not None:
            options[name] = path.name
    return options


def own_path(operation: Path, kind: str) -> Path:
    """A name in the current folder at which nothing lies that is not our own unchanged output, nor beside it.

    Parameters
    ----------
    kind
        What the file is, as part of its name: ``roster``.
    """
    stem, number = operation.stem, 1
    while True:
        path = Path(f"{stem}.{kind}.csv" if number == 1 else f"{stem}.{kind}-{number}.csv")
        if _is_own(path, operation) if os.path.lexists(path) else not os.path.lexists(sidecar_path(path)):
            return path
        number += 1


def mark_of(operation: Path) -> str:
    """Tells one operation file from another without giving its path away."""
    return sha256_text(str(operation.resolve()))[:16]


def _is_own(path: Path, operation: Path) -> bool:
    """Whether a roster was written here for the same operation file, and is as it was written."""
    try:
        beside = sidecar_path(path)
        sidecar = parse_sidecar(beside.read_text(encoding="utf-8"), str(beside))
        is_ours = sidecar.data["options"].get("operation") == mark_of(operation)
        return is_ours and sidecar.roster == sha256_text(path.read_bytes())
    except (OSError, ValueError, KeyError, AttributeError, InputError):
        return False


@contextmanager
def stopped_by_signals() -> Iterator[StopSignal]:
    """While inside, Ctrl-C and a polite kill end the search with the best roster so far; a second one ends at once."""
    stop = StopSignal()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def on_signal(number: int, frame: FrameType | None) -> None:
        if stop.is_set:
            raise KeyboardInterrupt
        stop.set()

    wanted = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, on_signal) for number in wanted}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
