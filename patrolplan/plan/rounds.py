"""Patrol sheets: load, draw, judge, write. The module of the plan that loads the drawing of walks."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from patrolplan.engine.executors import process_beside
from patrolplan.errors import EXIT_DONE, EXIT_FINDINGS, Complaint, InputError, Place, nearest
from patrolplan.formats.rounds_csv import write_rounds
from patrolplan.language import _
from patrolplan.plan.files import refuse_bad_table, sha256_text
from patrolplan.plan.loading import load_operation, load_roster, sources_of
from patrolplan.plan.naming import chosen_days
from patrolplan.plan.sheet_record import (
    SheetRecord,
    is_as_written,
    read_record,
    record_of,
    refuse_other_sheets,
    write_sheets,
)
from patrolplan.problem import Ground, Problem
from patrolplan.rounds.curve import PRESENT, Task, Values, going_until, sketch
from patrolplan.rounds.regimes import Regime, closed_spans, regimes, team_clock, usual
from patrolplan.rounds.report import GroundReport, report
from patrolplan.rounds.sheets import Drawing, Visit
from patrolplan.rounds.training import Effort
from patrolplan.units import subtract_spans


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
    chosen_days(problem, request.dates if request.replay is None else (request.replay, request.replay))
    seed, limit = secrets.randbits(128) if request.seed is None else request.seed, request.seconds
    tried: dict[str, dict[str, int]] = {}
    zones, dates = request.zones, request.dates
    record = _recorded(request, problem)
    if record is not None:
        seed, tried, limit = int(record.seed), record.tried, None
        zones, dates = tuple(record.zones), record.dates
    until = None if limit is None else time.time() + limit - (time.monotonic() - began)
    grounds = [one for one in enumerate(problem.grounds) if not zones or one[1].name in zones]
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
    visits = _between(visits, dates)
    text = write_rounds(problem, visits)
    warnings = (*loaded.warnings, *_never_open(drawings, request))
    if record is not None and request.output is not None:
        refuse_other_sheets(request.output, text, record)
        if not is_as_written(request.output, record):
            message = _("was changed since it was written; what is printed is what was written.")
            warnings = (*warnings, Complaint(message, Place(str(request.output))))
        visits = [one for one in visits if one.day == request.replay and one.ground in (request.zones or record.zones)]
        text = write_rounds(problem, visits)
    elif request.output is not None:
        names = [ground.name for _number, ground in grounds]
        write_sheets(request.output, text, record_of(text, _sources(request, problem), seed, tried, names, dates))
    idle = tuple(ground.name for number, ground in grounds if not found[number])
    written = request.output if request.replay is None else None
    seconds = time.monotonic() - began
    return Rounds(problem, text, tuple(visits), tuple(reports), written, warnings, idle, seconds)


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


def _never_open(drawings: Sequence[tuple[Drawing, Sequence[Regime]]], request: Request) -> Iterator[Complaint]:
    """Checkpoints that are closed whenever somebody is on patrol."""
    for drawing, found in drawings if request.replay is None else ():
        problem, ground = drawing.problem, drawing.ground
        for place, point in enumerate(ground.checkpoints):
            if all(
                not subtract_spans([(one.start, one.end)], closed_spans(problem, ground, place, one.start, one.end))
                for one in found
            ):
                message = _('"{name}" of "{zone}" is closed whenever there is a patrol: nobody goes there.')
                yield Complaint(message.format(name=point.name, zone=ground.name), ground.place)


def _between(visits: Sequence[Visit], dates: tuple[int, int] | None) -> list[Visit]:
    first, last = dates or (0, 10**9)
    kept = [one for one in visits if first <= one.day <= last]
    return sorted(kept, key=lambda one: (one.day, one.ground, one.duty, one.arrive, one.team))


def _sources(request: Request, problem: Problem) -> dict[str, str]:
    return {**problem.sources, "roster": sha256_text(request.roster.read_bytes())}


def _recorded(request: Request, problem: Problem) -> SheetRecord | None:
    """What was recorded of the sheets from which a day is to be drawn again; None if none is.

    Raises
    ------
    InputError
        If there is no sidecar, the input is another one, or the day was not written.
    """
    if request.replay is None:
        return None
    if request.output is None:
        raise InputError(_("--replay needs the sheets that were drawn: name them with -o."))
    record = read_record(request.output, _sources(request, problem))
    first, last = record.dates or (request.replay, request.replay)
    missing = sorted(set(request.zones) - set(record.zones))
    if not first <= request.replay <= last:
        message = _("holds no sheets of that date; they were drawn for other dates only.")
    elif missing:
        message = _('holds no sheets of "{zone}"; they were drawn for other zones only.').format(zone=missing[0])
    else:
        return record
    raise InputError([Complaint(message, Place(str(request.output)))], str(request.output))
