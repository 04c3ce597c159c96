"""How a planner names people and duties: ``P07``, ``gate@2024-12-07:night``, ``P07/2024-11-27/night``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from patrolplan import units
from patrolplan.errors import InputError, nearest
from patrolplan.language import _
from patrolplan.problem import Problem, Slot
from patrolplan.roster import Duty, Roster, duty_name

_PLACED = re.compile(r"(?P<post>.+)@(?P<date>\d{4}-\d{1,2}-\d{1,2})(?::(?P<shift>.+))?")


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


def find_person(problem: Problem, text: str) -> int:
    """The person with a service number (leading zeros may be lost) or the only one with a name.

    Raises
    ------
    InputError
        If nobody or more than one person is meant.
    """
    wanted = text.strip()
    if wanted in problem.person_index:
        return problem.person_index[wanted]
    folded = wanted.casefold()
    people = list(enumerate(problem.people))
    for alike in (
        [index for index, who in people if who.id.casefold() == folded],
        [index for index, who in people if wanted.isdigit() and who.id.lstrip("0") == wanted.lstrip("0")],
        [index for index, who in people if who.name and who.name.casefold() == folded],
    ):
        if len(alike) == 1:
            return alike[0]
        if alike:
            raise InputError(
                _('{count} people are called "{wanted}"; give the service number.').format(
                    count=len(alike), wanted=wanted
                )
            )
    known = [name for who in problem.people for name in (who.id, who.name) if name]
    raise InputError(
        _('nobody has the service number or name "{wanted}".{nearest}').format(
            wanted=wanted, nearest=nearest(wanted, known)
        )
    )


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
            _('{count} duties of the roster are called "{wanted}"; write it like POST@DATE:SHIFT.').format(
                count=len(by_id), wanted=wanted
            )
        )
    if by_id:
        return NamedDuty(wanted, _slot_of(by_id[0], wanted), (by_id[0],))
    match = _PLACED.fullmatch(wanted)
    if match is None:
        raise InputError(
            _(
                '"{wanted}" is no duty of the roster; write it like gate@2024-12-07:night, or give the id of '
                "a duty.{nearest}"
            ).format(
                wanted=wanted,
                nearest=nearest(wanted, {one for duty in roster.duties for one in _ids(problem, duty)}, 0.8),
            )
        )
    post = find_post(problem, match["post"])
    try:
        day = units.parse_date(match["date"])
    except ValueError as error:
        raise InputError(str(error)) from None
    slot = _slot(problem, post, day, match["shift"])
    holders = tuple(
        duty
        for duty in roster.duties
        if duty.kind == "duty" and duty.post == post and duty.shift == slot.shift and duty.day == day
    )
    return NamedDuty(wanted, slot, holders)


def find_post(problem: Problem, text: str) -> int:
    """The post with a key ``site/post``, or the only one with a name.

    Raises
    ------
    InputError
        If there is none, or more than one.
    """
    wanted = text.strip()
    if wanted in problem.post_index:
        return problem.post_index[wanted]
    alike = [index for index, post in enumerate(problem.posts) if wanted.casefold() in _post_names(problem, index)]
    if len(alike) == 1:
        return alike[0]
    if alike:
        keys = ", ".join(problem.posts[index].key for index in alike)
        raise InputError(
            _('{count} posts are called "{wanted}": write {keys}.').format(count=len(alike), wanted=wanted, keys=keys)
        )
    known = [name for post in problem.posts for name in (post.key, post.name)]
    raise InputError(_('there is no post "{wanted}".{nearest}').format(wanted=wanted, nearest=nearest(wanted, known)))


def _post_names(problem: Problem, index: int) -> Iterable[str]:
    post = problem.posts[index]
    site = problem.sites[post.site]
    return {name.casefold() for name in (post.name, post.title, post.key, f"{site.title}/{post.title}") if name}


def _ids(problem: Problem, duty: Duty) -> Sequence[str]:
    return duty.id, duty_name(problem, duty.person, duty.day, duty.shift, duty.kind)


def _slot_of(duty: Duty, text: str) -> Slot:
    if duty.post is None or duty.shift is None:
        words = _('the duty "{text}" names no shift, so nobody can be given it.')
        if duty.post is None:
            words = _('the duty "{text}" names no post, so nobody can be given it.')
        raise InputError(words.format(text=text))
    return Slot(duty.post, duty.shift, duty.day, duty.start, duty.end)


def _slot(problem: Problem, post: int, day: int, shift_name: str | None) -> Slot:
    """The possible duty of a post on a date."""
    shifts = problem.posts[post].shifts
    names = [problem.shifts[one].name for one in shifts]
    if shift_name is None:
        if len(shifts) != 1:
            raise InputError(
                _("{key} has the shifts {names}; write {name}@{day}:{shift}.").format(
                    key=problem.posts[post].key,
                    names=", ".join(names),
                    name=problem.posts[post].name,
                    day=units.date_text(day),
                    shift=names[0],
                )
            )
        shift = shifts[0]
    elif shift_name.strip() not in names:
        raise InputError(
            _('{key} has no shift "{shift}"; it has {names}.{nearest}').format(
                key=problem.posts[post].key,
                shift=shift_name.strip(),
                names=", ".join(names),
                nearest=nearest(shift_name, names),
            )
        )
    else:
        shift = problem.shift_index[shift_name.strip()]
    start, end = problem.shift_span(shift, day)
    if not problem.start <= start < problem.end:
        opens, closes = problem.zone.day_text(problem.first_day), problem.zone.day_text(problem.last_day)
        raise InputError(
            _("{day} is outside the operation ({opens} to {closes}).").format(
                day=problem.zone.day_text(day), opens=opens, closes=closes
            )
        )
    return Slot(post, shift, day, start, end)
