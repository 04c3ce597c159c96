"""Repairing a roster: absences and changed needs in, as few changed duties as can be out. Loads the solver."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from patrolplan.analysis.changed import reasons, short_notices
from patrolplan.analysis.difference import absence_reason, changes, gap_changes
from patrolplan.audit import audit
from patrolplan.config.calendar import Moment
from patrolplan.engine.repair import Repair, repair
from patrolplan.engine.search import Settings
from patrolplan.engine.subproblem import StopSignal
from patrolplan.errors import Complaint, InputError
from patrolplan.findings import Finding
from patrolplan.formats.roster_csv import RosterFile, write_roster
from patrolplan.formats.sidecar import build_sidecar
from patrolplan.language import _, later, plural
from patrolplan.plan.absences import Away, with_absences
from patrolplan.plan.comparing import newly_hard
from patrolplan.plan.files import refuse_bad_roster, sha256_text
from patrolplan.plan.loading import Operation, astray_remarks, load_operation, load_roster, sources_of
from patrolplan.plan.naming import person_named
from patrolplan.plan.repaired import Replan
from patrolplan.plan.solving import own_path, versions
from patrolplan.plan.versions import published_version
from patrolplan.plan.writing import write_pair
from patrolplan.problem import Problem
from patrolplan.proof import LevelProof, Proof, Status
from patrolplan.roster import Duty, Roster, Stretch, held_duties, make_roster
from patrolplan.units import date_text, instant_of, overlap


@dataclass(frozen=True)
class Request:
    """What to repair and how.

    Attributes
    ----------
    operation, roster
        The operation file as it is now, and the roster that people know: a file, a published version or their folder.
    away
        Who is absent beyond what the operation file says.
    output
        Where the repaired roster goes; None for a name of its own in the current folder.
    freeze_until
        Nothing that starts before is touched; None for a default, see `frozen_until`.
    most_changes
        Most duties that may be changed, or None.
    settings
        Limits of the search.
    now
        Aware moment; default the present.
    """

    operation: Path
    roster: Path
    away: tuple[Away, ...] = ()
    output: Path | None = None
    freeze_until: Moment | None = None
    most_changes: int | None = None
    settings: Settings = field(default_factory=Settings)
    now: dt.datetime | None = None


def replan(request: Request, stop: StopSignal | None = None) -> Replan:
    """Repair a roster and write it.

    Raises
    ------
    InputError
        If something cannot be read or written.
    """
    loaded, frozen = _load(request)
    problem, file = loaded.problem, load_roster(loaded.problem, request.roster)
    _refuse_target(request, problem)
    astray = astray_remarks(problem, request.roster, file.roster)
    old, fixed = _split(problem, file.roster)
    problem = replace(problem, held=(*problem.held, *held_duties(duty for duty in fixed if _is_planned(problem, duty))))
    heard = _heard(request, problem, frozen[0])
    known = make_roster(problem, (part for duty in old for part in duty.stretches))
    found = repair(
        problem,
        known,
        request.settings,
        heard=heard,
        most_changes=request.most_changes,
        stop=stop,
    )
    planned = _with_old_stretches(problem, known, found.roster)
    whole = make_roster(problem, (*(part for duty in fixed for part in duty.stretches), *planned.stretches))
    since = problem.window[0]
    before, after = audit(problem, known, since=since), audit(problem, planned, since=since)
    different = changes(problem, file.roster, whole)
    duties = tuple(change for change in different if not change.is_call)
    result = Replan(
        problem,
        file.roster,
        whole,
        frozen,
        duties,
        tuple(change for change in different if change.is_call),
        tuple(reasons(problem, duties, before.findings)),
        before,
        after,
        tuple(gap_changes(problem, before.findings, after.findings)),
        tuple(short_notices(problem, duties, heard)),
        found.changes_bound + _dropped(file.roster, [*old, *fixed]),
        found.cover <= found.cover_bound,
        found.stuck,
        found.seconds,
        request.most_changes,
        None,
        (*loaded.warnings, *astray, *_frozen_remarks(problem, request, fixed)),
        _bugs(problem, found, newly_hard(before, after)),
    )
    return replace(result, written=_write(request, result, file))


# -- what is given -----------------------------------------------------------------------------------------------------


def _load(request: Request) -> tuple[Operation, tuple[int, str]]:
    """The operation with everybody's absences, its window after the frozen moment."""
    version = published_version(request.roster)
    path = request.roster if version is None else version.path
    last = None if version is None else version.until
    freeze, why = request.freeze_until, later("as asked")
    if freeze is None:
        whole = with_absences(load_operation(request.operation).problem, request.away)
        freeze, why = frozen_until(whole, load_roster(whole, path).roster, request.away, request.now)
    if version is not None and version.until <= (freeze[0], freeze[1] or 0):
        raise InputError(
            _(
                "version {number} is published until {until}, and nothing before {freeze} is to be touched: "
                "nothing is left to repair. Repair the roster of what follows."
            ).format(number=version.number, until=date_text(version.until[0]), freeze=date_text(freeze[0]))
        )
    loaded = load_operation(request.operation, window=(freeze, last), keep=path)
    problem = with_absences(loaded.problem, request.away)
    return replace(loaded, problem=problem), (problem.window[0], why)


def frozen_until(problem: Problem, roster: Roster, away: Sequence[Away], now: dt.datetime | None) -> tuple[Moment, str]:
    """Before which moment nothing is touched if nobody says so, and in a word why.

    It is the present while the operation runs. Before and after, it is the first absence, or the start of the first
    duty that runs into it; without absences, the start of the operation.

    Parameters
    ----------
    problem
        The facts with the absences.
    """
    present = _present(now)
    if problem.start <= present < problem.end:
        return problem.zone.local(present), later("now")
    starts = [one.span(problem)[0] for one in away]
    who = {person_named(one.person, problem) for one in away}
    starts += [
        duty.start
        for person in who
        for duty in roster.of(person)
        if absence_reason(problem, duty) is not None and duty.end > min(starts)
    ]
    first = max(problem.start, min(starts, default=problem.start))
    why = later("the first absence") if first > problem.start else later("the start of the operation")
    return problem.zone.local(min(first, problem.end - 1)), why


def _present(now: dt.datetime | None) -> int:
    """The present as an instant."""
    return instant_of(now or dt.datetime.now(dt.UTC))


def _heard(request: Request, problem: Problem, frozen: int) -> int:
    """When people hear of changes: at the frozen moment, if that was asked for or the operation is over; else now."""
    present = _present(request.now)
    return frozen if request.freeze_until is not None or present >= problem.end else min(present, frozen)


def _refuse_target(request: Request, problem: Problem) -> None:
    if request.output is not None:
        refuse_bad_roster(request.output, sources_of(request.operation, problem, request.roster), request.operation)


def _split(problem: Problem, roster: Roster) -> tuple[list[Duty], list[Duty]]:
    """Duties that may change, and those that stay as they are.

    What starts outside the window stays, and what is unlike every possible duty, such as one of other hours; unless its
    person is absent then.
    """
    slots = {(slot.post, slot.shift, slot.start, slot.end, slot.training) for slot in problem.slots}
    turns = {(slot.shift, slot.start, slot.end) for slot in problem.slots}
    free: list[Duty] = []
    fixed: list[Duty] = []
    for duty in roster.duties:
        if not _is_planned(problem, duty):
            fixed.append(duty)
        elif duty.on_call:
            (free if (duty.shift, duty.start, duty.end) in turns else fixed).append(duty)
        elif (duty.post, duty.shift, duty.start, duty.end, duty.kind == "training") in slots:
            free.append(duty)
        elif absence_reason(problem, duty) is None:
            fixed.append(duty)
    return free, fixed


def _frozen_remarks(problem: Problem, request: Request, fixed: Sequence[Duty]) -> list[Complaint]:
    """Whose duties stay in spite of an absence that was named, because nothing so early is touched."""
    away = [(person_named(one.person, problem), one.span(problem)) for one in request.away]
    first = problem.window[0]
    found: list[Complaint] = []
    for person in dict.fromkeys(person for person, _span in away):
        spans = [span for one, span in away if one == person]
        kept = [
            duty
            for duty in fixed
            if duty.person == person
            and problem.start <= duty.start < first
            and any(overlap((duty.start, duty.end), span) for span in spans)
        ]
        if kept:
            words = plural(
                "{person} is absent, but keeps {n} duty that starts before {moment}: {spans}.",
                "{person} is absent, but keeps {n} duties that start before {moment}: {spans}.",
                len(kept),
                person=problem.people[person].id,
                moment=problem.zone.moment_text(first),
                spans=", ".join(problem.zone.span_text(duty.start, duty.end) for duty in kept),
            )
            found.append(Complaint(words))
    return found


def _bugs(problem: Problem, found: Repair, broken: Sequence[Finding]) -> tuple[Finding, ...]:
    """Newly broken hard rules of which the search believes that they are kept."""
    if found.links_broken:
        return ()
    stuck = {problem.people[person].id for person, _why in found.stuck}
    return tuple(one for one in broken if one.person not in stuck)


def _dropped(old: Roster, kept: Sequence[Duty]) -> int:
    """Duties unlike every possible one, whose people are absent: they fall away."""
    return sum(not duty.on_call for duty in old.duties) - sum(not duty.on_call for duty in kept)


def _is_planned(problem: Problem, duty: Duty) -> bool:
    first, last = problem.window
    return max(first, problem.start) <= duty.start < min(last, problem.end)


def _with_old_stretches(problem: Problem, old: Roster, new: Roster) -> Roster:
    """The new roster with the rows of the old one where a duty stays; whoever takes over takes over every stretch."""
    rows: dict[tuple[object, ...], list[Duty]] = {}
    for duty in old.duties:
        rows.setdefault(_place(duty), []).append(duty)
    stretches: list[Stretch] = []
    for duty in new.duties:
        here = rows.get(_place(duty), [])
        mine = next((one for one in here if one.person == duty.person), None)
        if mine is not None:
            here.remove(mine)
            stretches += mine.stretches
    taken = {(stretch.person, stretch.start, stretch.end, stretch.kind) for stretch in stretches}
    for duty in new.duties:
        if any((duty.person, part.start, part.end, part.kind) in taken for part in duty.stretches):
            continue
        here = [one for one in rows.get(_place(duty), []) if len(one.stretches) > 1]
        if not here:
            stretches += duty.stretches
            continue
        rows[_place(duty)].remove(here[0])
        stretches += [replace(part, person=duty.person, duty=duty.id, row=0) for part in here[0].stretches]
    return make_roster(problem, stretches)


def _place(duty: Duty) -> tuple[object, ...]:
    return duty.kind, duty.shift, duty.day, None if duty.on_call else duty.post


# -- writing -----------------------------------------------------------------------------------------------------------


def _write(request: Request, result: Replan, file: RosterFile) -> Path:
    """The roster and its sidecar."""
    path = request.output or own_path(request.operation, "replan")
    text = write_roster(result.problem, result.roster, file)
    options = asdict(request.settings)
    options |= {"roster": request.roster.name, "frozen_until": result.problem.zone.iso(result.frozen_until[0])}
    options["absent"] = [one.text for one in request.away]
    options["changes"], options["least_changes"] = len(result.changes), result.least
    data = build_sidecar(
        versions=versions(),
        roster=sha256_text(text),
        inputs=result.problem.sources,
        seed=options.pop("seed"),
        options=options,
        proof=_proof(result),
        by_rule=result.audit.by_rule,
        written=dt.datetime.now(dt.UTC),
    )
    write_pair(path, text, data)
    return path


def _proof(result: Replan) -> Proof:
    """Costs by level as the audit has them; a repair proves nothing of them."""
    costs: Mapping[int, int] = result.audit.costs
    levels: Iterable[LevelProof] = (LevelProof(level, cost, 0, cost == 0) for level, cost in sorted(costs.items()))
    return Proof(Status.FEASIBLE, tuple(levels), result.seconds)
