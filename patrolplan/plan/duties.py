"""Duties of a roster as a planner names them: ``gate@2024-12-07:night``, ``P07/2024-11-27/night``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from patrolplan.errors import InputError, nearest
from patrolplan.language import _
from patrolplan.plan.naming import duty_named, example_duty
from patrolplan.problem import Problem, Slot
from patrolplan.roster import Duty, Roster, duty_name


@dataclass(frozen=True, slots=True)
class NamedDuty:
    """A duty that somebody asked about.

    Attributes
    ----------
    text
        As it was named.
    slot
        Post, shift, date and times.
    holders
        Duties of those who hold it, each; only the one that was named, where it was named by its id.
    """

    text: str
    slot: Slot
    holders: tuple[Duty, ...]


def find_duty(problem: Problem, roster: Roster, text: str) -> NamedDuty:
    """The duty that a text names, in a roster.

    Parameters
    ----------
    text
        ``POST@DATE:SHIFT``, with ``site/post`` where several sites have the post, and without the shift where the post
        has one shift alone; or the id of a duty of the roster.

    Raises
    ------
    InputError
        If no duty or more than one is meant.
    """
    wanted = text.strip()
    by_id = [duty for duty in roster.duties if not duty.on_call and wanted in _ids(problem, duty)]
    if len(by_id) > 1:
        raise InputError(
            _('{n} duties of the roster are called "{text}"; write it like POST@DATE:SHIFT.').format(
                n=len(by_id), text=wanted
            )
        )
    if by_id:
        return NamedDuty(wanted, _slot_of(by_id[0], wanted), (by_id[0],))
    if "@" not in wanted:
        hint = nearest(wanted, {one for duty in roster.duties for one in _ids(problem, duty)}, 0.8)
        raise InputError(
            _(
                '"{text}" is no duty of the roster; write it POST@DATE:SHIFT, such as {example}, or give its id.{hint}'
            ).format(text=wanted, example=example_duty(problem), hint=hint)
        )
    slot = duty_named(wanted, problem)
    holders = tuple(
        duty
        for duty in roster.duties
        if duty.kind == "duty" and (duty.post, duty.shift, duty.day) == (slot.post, slot.shift, slot.day)
    )
    return NamedDuty(wanted, slot, holders)


def _ids(problem: Problem, duty: Duty) -> Sequence[str]:
    return duty.id, duty_name(problem, duty.person, duty.day, duty.shift, duty.kind)


def _slot_of(duty: Duty, text: str) -> Slot:
    if duty.post is None or duty.shift is None:
        words = _('the duty "{text}" names no post, so nobody can be given it.')
        if duty.post is not None:
            words = _('the duty "{text}" names no shift, so nobody can be given it.')
        raise InputError(words.format(text=text))
    return Slot(duty.post, duty.shift, duty.day, duty.start, duty.end)
