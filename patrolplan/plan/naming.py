"""People, duties and dates as they are named on the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from patrolplan.errors import InputError, nearest
from patrolplan.language import _
from patrolplan.problem import Problem, Slot
from patrolplan.units import date_text, parse_date

_DUTY = re.compile(r"\s*(?P<post>.+?)\s*@\s*(?P<date>[^:@\s]+)\s*(?::\s*(?P<shift>.+?)\s*)?")
_LISTED = 10
"""Most people named in a question who is meant."""


def people_named(wanted: str, problem: Problem) -> list[int]:
    """Everybody with this service number or whole name, else the only one with it as a word or part of the name.

    Zeros before a service number may be missing.

    Raises
    ------
    InputError
        If nobody is meant, or several may be.
    """
    text = wanted.strip().casefold()
    if wanted.strip() in problem.person_index or not text:
        return [problem.person_index[wanted.strip()]] if text else []
    names = [who.name.casefold() for who in problem.people]
    for whole in (
        [index for index, who in enumerate(problem.people) if who.id.casefold() == text],
        [
            index
            for index, who in enumerate(problem.people)
            if text.isdigit() and who.id.lstrip("0") == text.lstrip("0")
        ],
        [index for index, name in enumerate(names) if name == text],
    ):
        if whole:
            return whole
    words = [index for index, name in enumerate(names) if text in re.split(r"[\s,]+", name)]
    found = words or [
        index for index, who in enumerate(problem.people) if text in f"{names[index]} {who.id.casefold()}"
    ]
    if not found:
        known = [text for who in problem.people for text in (who.id, who.name)]
        raise InputError(
            _('nobody has the service number or name "{wanted}".{nearest}').format(
                wanted=wanted, nearest=nearest(wanted, known)
            )
        )
    if len(found) > 1:
        raise InputError(_several(wanted, found, problem))
    return found


def _bare(number: str) -> str:
    return number.lstrip("0")


def person_named(wanted: str, problem: Problem) -> int:
    """The one person who is meant.

    Raises
    ------
    InputError
        If nobody is meant, or several may be.
    """
    found = people_named(wanted, problem)
    if not found:
        raise InputError(_("say who is meant, by service number or name."))
    if len(found) > 1:
        raise InputError(_several(wanted, found, problem))
    return found[0]


def _several(wanted: str, found: list[int], problem: Problem) -> str:
    listed = "; ".join(f"{problem.people[index].name} ({problem.people[index].id})" for index in found[:_LISTED])
    more = " " + _("and {n} more").format(n=len(found) - _LISTED) if len(found) > _LISTED else ""
    return _('"{wanted}" may be {listed}{more}. Give the whole name or the service number.').format(
        wanted=wanted, listed=listed, more=more
    )


def duty_named(text: str, problem: Problem) -> Slot:
    """A duty written ``POST@DATE:SHIFT``; the post with its site, ``site/post``, where its name alone is not enough.

    The shift may be left out where the post has one alone. Nobody need be asked for there at that time.

    Raises
    ------
    InputError
        If it is not understood.
    """
    match = _DUTY.fullmatch(text)
    if match is None:
        raise InputError(
            _('"{text}" is not a duty; write it POST@DATE:SHIFT, such as {example}.').format(
                text=text, example=example_duty(problem)
            )
        )
    post = post_named(match["post"], problem)
    try:
        day = parse_date(match["date"])
    except ValueError as error:
        raise InputError(str(error)) from None
    shift = _shift(match["shift"], post, day, problem)
    start, end = problem.shift_span(shift, day)
    if not problem.start <= start < problem.end:
        opens, closes = problem.zone.moment_text(problem.start), problem.zone.moment_text(problem.end)
        begins = problem.zone.moment_text(start)
        raise InputError(
            _("a duty from {begins} lies outside the operation ({opens} to {closes}).").format(
                begins=begins, opens=opens, closes=closes
            )
        )
    return Slot(post, shift, day, start, end)


def _shift(name: str | None, post: int, day: int, problem: Problem) -> int:
    served = [problem.shifts[one].name for one in problem.posts[post].shifts]
    if name is None:
        if len(served) == 1:
            return problem.posts[post].shifts[0]
        raise InputError(
            _("{post} has the shifts {names}; write {example}.").format(
                post=problem.posts[post].key,
                names=", ".join(served),
                example=f"{problem.posts[post].name}@{date_text(day)}:{served[0]}",
            )
        )
    if name in served:
        return problem.shift_index[name]
    if name in problem.shift_index:
        raise InputError(
            _('the shift "{shift}" does not serve {post} (its shifts: {served}).').format(
                shift=name, post=problem.posts[post].key, served=", ".join(served)
            )
        )
    names = list(problem.shift_index)
    hint = nearest(name, names) or " " + _("Shifts: {names}.").format(names=", ".join(names))
    raise InputError(_('there is no shift "{name}".{hint}').format(name=name, hint=hint))


def post_named(text: str, problem: Problem) -> int:
    """The post with a key ``site/post``, or the only one with a name or title.

    Raises
    ------
    InputError
        If there is none, or more than one.
    """
    wanted = text.strip()
    if wanted in problem.post_index:
        return problem.post_index[wanted]
    alike = [index for index in range(len(problem.posts)) if wanted.casefold() in _names_of(index, problem)]
    if len(alike) == 1:
        return alike[0]
    if alike:
        keys = ", ".join(problem.posts[index].key for index in alike)
        raise InputError(_('"{name}" may be {keys}. Write the post with its site.').format(name=wanted, keys=keys))
    known = [name for post in problem.posts for name in (post.key, post.name)]
    raise InputError(_('there is no post "{name}".{hint}').format(name=wanted, hint=nearest(wanted, known)))


def _names_of(index: int, problem: Problem) -> set[str]:
    post = problem.posts[index]
    site = problem.sites[post.site]
    return {name.casefold() for name in (post.name, post.title, post.key, f"{site.title}/{post.title}") if name}


def example_duty(problem: Problem) -> str:
    """How a duty of this operation is written."""
    if not problem.posts or not problem.shifts:
        return "gate@2024-12-07:night"
    return f"{problem.posts[0].key}@{date_text(problem.first_day)}:{problem.shifts[0].name}"


def slot_text(problem: Problem, slot: Slot) -> str:
    """A duty as a planner reads it."""
    return f"{problem.posts[slot.post].key} {problem.zone.span_text(slot.start, slot.end)}"


def chosen_days(problem: Problem, dates: tuple[int, int] | None) -> Sequence[int]:
    """The dates of the operation in a range, all of them without one.

    Raises
    ------
    InputError
        If none is in it.
    """
    if dates is None:
        return range(problem.first_day, problem.last_day + 1)
    first, last = dates
    days = range(max(first, problem.first_day), min(last, problem.last_day) + 1)
    if not days:
        given = problem.zone.day_text(first) + (
            " " + _("to {last}").format(last=problem.zone.day_text(last)) if last > first else ""
        )
        opens, closes = problem.zone.day_text(problem.first_day), problem.zone.day_text(problem.last_day)
        raise InputError(
            _("{given} is outside the operation ({opens} to {closes}).").format(given=given, opens=opens, closes=closes)
        )
    return days
