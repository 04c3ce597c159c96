"""Duties that a roster pins: those that somebody has marked in it, or all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from patrolplan.errors import Complaint, InputError, Place, nearest
from patrolplan.formats.roster_csv import RosterFile
from patrolplan.language import _
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.pins.spec import Pin, Pins
from patrolplan.units import date_text

EVERY = "all"
"""Instead of a column: every duty of the roster is pinned."""
_NOT_MARKED = ("", "-", "0", "n", "no", "false", "tidak")


def with_pins(problem: Problem, rule: Rule, file: RosterFile, path: Path) -> tuple[Rule, list[Complaint]]:
    """A rule of pins with the duties of its roster, and what deserves a look about it.

    Raises
    ------
    InputError
        If the roster lacks the column that marks what is pinned.
    """
    spec = rule.spec
    assert isinstance(spec, Pins)
    marked = [duty for duty in file.roster.duties if _is_marked(file, spec.where, duty, path)]
    duties = [duty for duty in marked if duty.kind == "duty" and problem.start <= duty.start < problem.end]
    pinned = {_pin(problem, duty): Place(str(path), duty.row) for duty in duties}
    whole = spec.with_roster(pinned)
    named = {pin.person for pin in whole.entries}
    people = frozenset(person for person in rule.people if problem.people[person].id in named)
    return replace(rule, spec=whole, people=people), list(_remarks(spec, path, len(marked), len(duties)))


def _is_marked(file: RosterFile, where: str, duty: Duty, path: Path) -> bool:
    if where == EVERY or any(stretch in file.marked for stretch in duty.stretches):
        return True
    column = _column(file, where, path)
    if column is None:
        return False
    cells = (file.extra_cells.get(stretch.row, ()) for stretch in duty.stretches)
    return any(len(row) > column and row[column].strip().lower() not in _NOT_MARKED for row in cells)


def _column(file: RosterFile, where: str, path: Path) -> int | None:
    """The number of the column that marks pinned duties; a grid with marks of its own needs none."""
    headings = [heading.strip().lower() for heading in file.extra_headings]
    if where.strip().lower() in headings:
        return headings.index(where.strip().lower())
    if file.marked:
        return None
    hint = nearest(where, file.extra_headings)
    message = _(
        'no column "{where}" marks what is pinned.{hint} Add it to the roster with an x at every '
        "pinned duty, name another one with where, or pin every duty with where: {every}."
    ).format(where=where, hint=hint, every=EVERY)
    raise InputError([Complaint(message, Place(str(path), 1))], str(path))


def _pin(problem: Problem, duty: Duty) -> Pin:
    return Pin.model_validate(
        {
            "person": problem.people[duty.person].id,
            "date": date_text(duty.day),
            "shift": problem.shifts[duty.shift].name if duty.shift is not None else None,
            "post": problem.posts[duty.post].key if duty.post is not None else None,
        }
    )


def _remarks(spec: Pins, path: Path, marked: int, duties: int) -> Iterable[Complaint]:
    if not marked:
        message = _('no duty is marked in the column "{where}", so nothing is pinned.').format(where=spec.where)
        yield Complaint(message, Place(str(path)))
    if duties < marked:
        message = _(
            "{missing} of {marked} marked duties are not pinned: they are on call, in training, or "
            "outside the operation."
        ).format(missing=marked - duties, marked=marked)
        yield Complaint(message, Place(str(path)))
