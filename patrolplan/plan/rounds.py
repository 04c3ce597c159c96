"""Patrol sheets: load, draw, judge, write. The module of the plan that loads the drawing of walks."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import patrolplan
from patrolplan.engine.executors import process_beside
from patrolplan.errors import EXIT_DONE, EXIT_FINDINGS, Complaint, InputError, Place, nearest
from patrolplan.formats.rounds_csv import write_rounds
from patrolplan.language import _
from patrolplan.plan.files import refuse_bad_table, sha256_text, sidecar_path, write_atomic
from patrolplan.plan.loading import load_operation, load_roster, sources_of
from patrolplan.problem import Ground, Problem
from patrolplan.rounds.curve import PRESENT, Task, Values, going_until, sketch
from patrolplan.rounds.regimes import Regime, regimes, team_clock, usual
from patrolplan.rounds.report import GroundReport, report
from patrolplan.rounds.sheets import Drawing, Visit
from patrolplan.rounds.training import Effort

FORMAT = 1
"""Version of the sidecar's own layout."""
SECRET = 0o600
"""Permissions of the sidecar: it holds the seed."""


@dataclass(frozen=True)
class Request:
    """What to draw.

    Attributes
    ----------
    output
        The sheets; None to write none.
    seed
        None for one from the system's entropy.
    dates
        First and last date of the duties that are written; None for all.
    zones
        Names of grounds; empty for all.
    replay
        A date of sheets that were drawn before: `output` names them, and nothing is written.
    seconds
        Limit of the search for ways of walking, on the clock; None for none.
    draws
        Duties drawn afresh for the odds.
    """

    operation: Path
    roster: Path
    output: Path | None = None
    seed: int | None = None
    dates: tuple[int, int] | None = None
    zones: tuple[str, ...] = ()
    replay: int | None = None
    seconds: float | None = None
    draws: int = 2000


@dataclass(frozen=True)
class Rounds:
    """Sheets and what is to be said of them.

    Attributes
    ----------
    text
        The sheets as CSV.
    reports
        By ground; empty for a replay.
    written
        The file, or None.
    idle
        Grounds on which nobody is ever on patrol.
    """

    problem: Problem
    text: str
    visits: tuple[Visit, ...]
    reports: tuple[GroundReport, ...]
    written: Path | None
    warnings: tuple[Complaint, ...] = ()
    idle: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """1 if a promise is broken, or nobody walks a ground; else 0."""
        return EXIT_FINDINGS if self.idle or not all(one.kept for one in self.reports) else EXIT_DONE


def draw_rounds(request: Request) -> Rounds:
    """Draw patrol sheets for the patrol duties of a roster.

    Raises
    ------
    InputError
        If the input cannot be used, a promise cannot be kept, or the sheets cannot be written.
    """
    began = time.monotonic()
    loaded = load_operation(request.operation)
    problem = loaded.problem
    file = load_roster(problem, request.roster)
    if request.output is not None:
        refuse_bad_table(request.output, sources_of(request.operation, problem, request.roster))
    _refuse_names(problem, request)
    seed, limit = secrets.randbits(128) if request.seed is None else request.seed, request.seconds
    tried: dict[str, dict[str, int]] = {}
    if request.replay is not None:
        seed, tried = _recorded(request, problem)
        limit = None
    until = None if limit is None else time.time() + limit - (time.monotonic() - began)
    grounds = [one for one in enumerate(problem.grounds) if not request.zones or one[1].name in request.zones]
    found = {number: regimes(problem, file.roster, ground) for number, ground in grounds}
    drawings = [
        (Drawing(problem, ground, seed, number, _effort(ground), tried.get(ground.name)), found[number])
        for number, ground in grounds
        if found[number]
    ]
    for drawing, when in drawings:
        drawing.divide(when)
    visits: list[Visit] = []
    reports: list[GroundReport] = []
    with process_beside() as beside:
        sketches = [_Sketch(drawing, when, until, beside) for drawing, when in drawings if request.replay is None]
        for place, (drawing, when) in enumerate(drawings):
            drawing.prepare(when, going_until(until))
            tried[drawing.ground.name] = drawing.tried
            own = drawing.draw(when)
            visits += own
            if request.replay is None:
                reports.append(report(problem, drawing, when, own, request.draws, sketches[place].values))
    visits = _wanted(visits, request)
    text = write_rounds(problem, visits)
    if request.output is not None and request.replay is None:
        _write(request, problem, text, seed, tried)
    idle = tuple(ground.name for number, ground in grounds if not found[number])
    written = request.output if request.replay is None else None
    seconds = time.monotonic() - began
    return Rounds(problem, text, tuple(visits), tuple(reports), written, loaded.warnings, idle, seconds)


class _Sketch:
    """The curve of a ground, looked for beside the drawing of its sheets."""

    def __init__(self, drawing: Drawing, found: Sequence[Regime], until: float | None, beside: Executor) -> None:
        lane, regime = drawing.lane, usual(found)
        shifts = team_clock(drawing.problem, drawing.ground, lane, range(lane.size), regime, 0).shifts
        self._task = Task(lane, regime.teams, shifts, drawing.seed, drawing.number, until)
        self._future: Future[Values] | None = None
        with suppress(OSError, RuntimeError):  # no other process: it is looked for here
            self._future = beside.submit(sketch, self._task)

    def values(self, present: bool) -> Values:
        """See `sketch`; also of the present promise if wanted."""
        values = None
        with suppress(BrokenExecutor):
            values = None if self._future is None else self._future.result()
        if values is None:
            values = sketch(self._task)
        if present:
            own = sketch(replace(self._task, factors=PRESENT))
            values = [one if other is None else other for one, other in zip(own, values, strict=True)]
        return values


def _effort(ground: Ground) -> Effort:
    """How hard to look: many checkpoints make each step dear, and few need fewer walks side by side."""
    each = len(ground.checkpoints) / ground.teams
    is_even = len({point.promise for point in ground.checkpoints}) == 1 and not any(
        point.closed for point in ground.checkpoints
    )
    if not is_even or each <= 6:
        return Effort(width=32 if each <= 12 else 16)
    return Effort(width=64 if each <= 10 else max(16, int(640 / each)))


def _refuse_names(problem: Problem, request: Request) -> None:
    names = [ground.name for ground in problem.grounds]
    for name in request.zones:
        if name not in names:
            raise InputError(
                _('there is no zone "{name}" in rounds.{hint}').format(name=name, hint=nearest(name, names))
            )
    if not names:
        message = _("there are no rounds; name grounds in the section rounds, and in a post the ground that it walks.")
        raise InputError([Complaint(message, Place(str(request.operation)))], str(request.operation))
    walked = {post.rounds for post in problem.posts}
    if not walked & set(request.zones or names):
        message = _("no post walks it; write rounds: and its name at a patrol post.")
        raise InputError([Complaint(message, problem.grounds[0].place)], str(request.operation))


def _wanted(visits: Sequence[Visit], request: Request) -> list[Visit]:
    first, last = request.dates or (0, 10**9)
    if request.replay is not None:
        first = last = request.replay
    kept = [one for one in visits if first <= one.day <= last]
    return sorted(kept, key=lambda one: (one.day, one.ground, one.duty, one.arrive, one.team))


# -- the sidecar -----------------------------------------------------------------------------------------------------


def _sources(request: Request, problem: Problem) -> dict[str, str]:
    return {**problem.sources, "roster": sha256_text(request.roster.read_bytes())}


def _write(request: Request, problem: Problem, text: str, seed: int, tried: dict[str, dict[str, int]]) -> None:
    assert request.output is not None
    data = {
        "sidecar": FORMAT,
        "kind": "rounds",
        "written": dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "versions": _versions(),
        "rounds": sha256_text(text),
        "inputs": _sources(request, problem),
        "seed": str(seed),
        "tried": tried,
    }
    write_secret(request.output, text)
    if request.output.is_file():
        write_secret(sidecar_path(request.output), json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def _versions() -> dict[str, str]:
    import numpy

    return {"patrolplan": patrolplan.__version__, "numpy": numpy.__version__}


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner may read, before there is anything in it to read."""
    if not os.path.lexists(path):
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, SECRET))
        except FileExistsError:
            pass
        except OSError as error:
            message = _("cannot be written: {reason}").format(reason=f"{error.strerror or error}.")
            raise InputError([Complaint(message, Place(str(path)))], str(path)) from error
    if path.is_file():
        path.chmod(SECRET)
    write_atomic(path, text)


def _recorded(request: Request, problem: Problem) -> tuple[int, dict[str, dict[str, int]]]:
    """The seed of sheets that were drawn before, and how many ways of walking were tried for them.

    Raises
    ------
    InputError
        If there is no sidecar, or the input is another one.
    """
    if request.output is None:
        raise InputError(_("--replay needs the sheets that were drawn: name them with -o."))
    path = sidecar_path(request.output)
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
        seed, inputs, tried = int(data["seed"]), dict(data["inputs"]), dict(data["tried"])
    except OSError as error:
        message = _("there is no sidecar to replay from: {reason}").format(reason=f"{error.strerror or error}.")
        raise InputError([Complaint(message, Place(str(path)))], str(path)) from None
    except (ValueError, KeyError, TypeError):
        message = _("cannot be used: it is no sidecar of patrol sheets.")
        raise InputError([Complaint(message, Place(str(path)))], str(path)) from None
    now = _sources(request, problem)
    changed = sorted(name for name in {*now, *inputs} if now.get(name) != inputs.get(name))
    if changed:
        message = _("the sheets were drawn from other input ({names} changed); replay with the old files.").format(
            names=", ".join(changed)
        )
        raise InputError([Complaint(message, Place(str(path)))], str(path))
    return seed, tried
