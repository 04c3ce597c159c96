"""Who can step in for a duty, and whether two people can swap: answers without the solver."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from patrolplan.analysis.changed import ShortNotice, short_notices
from patrolplan.analysis.difference import Change, GapChange, absence_reason, changes, gap_changes
from patrolplan.analysis.substitutes import Substitutes, substitutes, without
from patrolplan.audit import Audit, Candidates, audit
from patrolplan.config.calendar import Moment
from patrolplan.errors import EXIT_DONE, EXIT_FINDINGS, Complaint, InputError
from patrolplan.findings import Finding
from patrolplan.formats.roster_csv import RosterFile, write_roster
from patrolplan.language import _
from patrolplan.plan.absences import Away, with_absences
from patrolplan.plan.comparing import cost_changes, newly_hard
from patrolplan.plan.duties import NamedDuty, find_duty
from patrolplan.plan.files import refuse_bad_roster
from patrolplan.plan.loading import astray_remarks, left_out_remarks, load_operation, load_roster, sources_of
from patrolplan.plan.naming import person_named
from patrolplan.plan.versions import published_version
from patrolplan.plan.writing import write_with_sidecar
from patrolplan.problem import Problem, Slot
from patrolplan.roster import Duty, Roster, Stretch, duty_name, make_roster
from patrolplan.units import instant_of


@dataclass(frozen=True)
class StandIns:
    """Who can step in for a duty.

    Attributes
    ----------
    heard
        Instant at which people hear of it.
    """

    problem: Problem
    duty: NamedDuty
    found: Substitutes
    heard: int
    warnings: tuple[Complaint, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 if somebody can step in without giving up another duty, else 1."""
        return EXIT_DONE if any(one.gives_up is None for one in self.found.stand_ins) else EXIT_FINDINGS


@dataclass(frozen=True)
class Swap:
    """Two people who exchange duties, or one who takes over from the other.

    Attributes
    ----------
    giver, taker
        The people.
    given, returned
        The duty that goes from giver to taker, and the one that goes back, or None.
    broken
        Hard rules that are kept before and not afterwards.
    gaps
        What it does to the cover.
    costs
        What each rule costs more or less, in sixtieths, by its id.
    """

    problem: Problem
    giver: int
    taker: int
    given: Duty
    returned: Duty | None
    changes: tuple[Change, ...]
    broken: tuple[Finding, ...]
    gaps: tuple[GapChange, ...]
    costs: dict[str, int]
    short_notice: tuple[ShortNotice, ...]
    audit: Audit
    written: Path | None
    warnings: tuple[Complaint, ...] = ()

    @property
    def is_possible(self) -> bool:
        """Whether every hard rule is kept that was kept before, and no gap opens."""
        return not self.broken and not any(change.opened for change in self.gaps)

    @property
    def exit_code(self) -> int:
        """0 if the swap is possible, else 1."""
        return EXIT_DONE if self.is_possible else EXIT_FINDINGS


def find_substitutes(
    operation: Path,
    roster: Path,
    duty: str,
    *,
    away: Sequence[Away] = (),
    heard: Moment | None = None,
    now: dt.datetime | None = None,
) -> StandIns:
    """Rank who can step in for a duty.

    Parameters
    ----------
    duty
        ``POST@DATE:SHIFT`` or the id of a duty.
    away
        Who is absent beyond what the operation file says.
    heard
        When people hear of it; default the present.

    Raises
    ------
    InputError
        If something cannot be read, or no duty is meant.
    """
    problem, file, warnings = _load(operation, roster, away)
    found = file.roster
    named = find_duty(problem, found, duty)
    gone = _leaving(problem, named)
    moment = _heard(problem, heard, now)
    return StandIns(problem, named, substitutes(problem, found, named.slot, gone, moment), moment, warnings)


def _load(operation: Path, roster: Path, away: Sequence[Away]) -> tuple[Problem, RosterFile, tuple[Complaint, ...]]:
    version = published_version(roster)
    loaded = load_operation(operation, window=(None, None if version is None else version.until))
    problem = with_absences(loaded.problem, away)
    file = load_roster(problem, roster)
    remarks = (*left_out_remarks(roster, file), *astray_remarks(problem, roster, file.roster))
    return problem, file, (*loaded.warnings, *remarks)


def _leaving(problem: Problem, named: NamedDuty) -> tuple[Duty, ...]:
    """Those who do not come: who was named by the id of the duty, who is absent, or the only one there."""
    absent = tuple(duty for duty in named.holders if absence_reason(problem, duty) is not None)
    return absent or (named.holders if len(named.holders) == 1 else ())


def _heard(problem: Problem, heard: Moment | None, now: dt.datetime | None) -> int:
    """When people hear of a change: as asked, or now; of an operation that is over, when it started."""
    if heard is not None:
        day, clock = heard
        return problem.zone.instant(day, problem.day_starts if clock is None else clock)
    present = instant_of(now or dt.datetime.now(dt.UTC))
    return present if present < problem.end else problem.start


def swap(
    operation: Path,
    roster: Path,
    wish: str,
    *,
    away: Sequence[Away] = (),
    heard: Moment | None = None,
    output: Path | None = None,
    now: dt.datetime | None = None,
) -> Swap:
    """Check whether somebody can take a duty of another, and what goes back for it.

    Parameters
    ----------
    wish
        ``DUTY=PERSON``, and then what stands in the way of that person goes back; or ``DUTY=DUTY``.
    output
        Where the roster with the swap goes; None to write nothing.

    Raises
    ------
    InputError
        If something cannot be read or written, or it is not clear whose duty is meant.
    """
    problem, file, warnings = _load(operation, roster, away)
    if output is not None:
        refuse_bad_roster(output, sources_of(operation, problem, roster), operation)
    found = file.roster
    given, taker, returned = _parties(problem, found, wish)
    parts = [given, *([] if returned is None else [returned])]
    rest = without(problem, found, parts)
    moved = [_handed(problem, given, taker)] + ([] if returned is None else [_handed(problem, returned, given.person)])
    after = make_roster(problem, (*rest.stretches, *(part for duty in moved for part in duty.stretches)))
    old, new = audit(problem, found), audit(problem, after)
    different = tuple(changes(problem, found, after))
    written = None
    if output is not None:
        text = write_roster(problem, after, file)
        write_with_sidecar(output, problem, text, {"roster": roster.name, "swap": wish})
        written = output
    return Swap(
        problem,
        given.person,
        taker,
        given,
        returned,
        different,
        tuple(newly_hard(old, new)),
        tuple(gap_changes(problem, old.findings, new.findings)),
        cost_changes(old, new),
        tuple(short_notices(problem, different, _heard(problem, heard, now))),
        new,
        written,
        warnings,
    )


def _parties(problem: Problem, roster: Roster, text: str) -> tuple[Duty, int, Duty | None]:
    """The duty that is given, who takes it, and what goes back for it."""
    left, is_split, right = text.partition("=")
    if not is_split or not left.strip() or not right.strip():
        raise InputError(_('"{text}" is not a swap; write it like gate@2024-12-07:night=P12.').format(text=text))
    named = find_duty(problem, roster, left)
    wanted = _other_side(problem, roster, right)
    if isinstance(wanted, Duty):
        holders = [duty for duty in named.holders if duty.person != wanted.person]
        return _only(problem, named, holders), wanted.person, wanted
    if any(duty.person == wanted for duty in named.holders):
        who = problem.people[wanted]
        raise InputError(
            _('{name} ({id}) is already on the duty "{text}".').format(
                name=who.name or who.id, id=who.id, text=named.text
            )
        )
    given = _only(problem, named, named.holders)
    return given, wanted, _in_the_way(problem, without(problem, roster, [given]), wanted, named.slot)


def _other_side(problem: Problem, roster: Roster, text: str) -> int | Duty:
    if text.strip() not in problem.person_index and ("@" in text or "/" in text):
        named = find_duty(problem, roster, text)
        return _only(problem, named, named.holders)
    return person_named(text, problem)


def _only(problem: Problem, named: NamedDuty, holders: Sequence[Duty]) -> Duty:
    if not holders:
        raise InputError(
            _('nobody holds the duty "{text}"; --substitutes "{text}" says who can take it.').format(text=named.text),
        )
    if len(holders) > 1:
        names = ", ".join(duty.id for duty in holders)
        raise InputError(
            _('{count} people hold "{text}"; name one duty by its id: {names}.').format(
                count=len(holders), text=named.text, names=names
            )
        )
    return holders[0]


def _in_the_way(problem: Problem, roster: Roster, taker: int, slot: Slot) -> Duty | None:
    """What the taker must give up, nearest first; None if nothing stands in the way or nothing helps."""
    candidates = Candidates(problem, roster)
    if candidates.obstacle(taker, slot) is None:
        return None
    held = [duty for duty in candidates.duties(taker) if duty.start >= problem.start]
    held.sort(key=lambda duty: abs(duty.start - slot.start))
    return next((duty for duty in held if candidates.obstacle(taker, slot, (duty,)) is None), None)


def _handed(problem: Problem, duty: Duty, person: int) -> Duty:
    """A duty as another person's, every stretch of it."""
    name = duty_name(problem, person, duty.day, duty.shift, duty.kind)
    parts: Iterable[Stretch] = (replace(part, person=person, duty=name, row=0) for part in duty.stretches)
    return replace(duty, person=person, id=name, stretches=tuple(parts))
