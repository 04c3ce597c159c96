"""Duty cards: for everybody what, where and when, whom to relieve, and whom to call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patrolplan.formats.paper import QUIET, STRONG, Block, Column, Facts, Heading, Line, Paper, Sheet, Table, Words
from patrolplan.language import _, plural
from patrolplan.papers.names import shown
from patrolplan.papers.numbers import clocks, date_text, number_words
from patrolplan.papers.scope import Scope, Turn
from patrolplan.roster import Duty, Stretch
from patrolplan.units import clock_text


def duty_cards(scope: Scope) -> Paper:
    """A card for everybody who has a duty; for people chosen by name also without one."""
    sheets = []
    for person in scope.people:
        duties = scope.duties(person)
        if duties or scope.narrowed:
            sheets.append(_card(scope, person, duties))
    return scope.paper("card", _("Duty cards"), sheets)


def _card(scope: Scope, person: int, duties: Sequence[Duty]) -> Sheet:
    blocks: list[Block] = [Facts(tuple(_facts(scope, person, duties)))]
    if duties:
        blocks.append(_table(scope, duties))
    else:
        blocks.append(Words((("", _("No duty in this time.")),)))
    tasks = _tasks(scope, duties)
    if tasks:
        blocks += [Heading(_("What to do")), Words(tuple(tasks))]
    calls = list(_calls(scope, person, duties))
    if calls:
        blocks += [Heading(_("Whom to call")), Facts(tuple(calls))]
    return Sheet(scope.names.ranked(person), _("Duty card"), tuple(blocks))


def _facts(scope: Scope, person: int, duties: Sequence[Duty]) -> Iterator[tuple[str, str]]:
    who, served = scope.problem.people[person], [duty for duty in duties if not duty.on_call]
    if scope.names.in_full:
        yield _("Service number"), scope.names.number(person)
        if who.unit:
            yield _("Unit"), shown(who.unit)
    if who.team:
        yield _("Team"), shown(who.team)
    yield _("Dates"), f"{date_text(scope.days[0])} - {date_text(scope.days[-1], 'EEE d MMM yyyy')}"
    nights = sum(duty.shift is not None and scope.problem.shifts[duty.shift].night for duty in served)
    hours = number_words(sum(duty.end - duty.start for duty in served) / 60)
    yield (
        _("In all"),
        _("{duties}, {hours} h, {nights}").format(
            duties=plural("{n} duty", "{n} duties", len(served)),
            hours=hours,
            nights=plural("{n} night", "{n} nights", nights),
        ),
    )


def _table(scope: Scope, duties: Sequence[Duty]) -> Table:
    columns = (
        Column(_("Date"), 1.7),
        Column(_("Be there"), 1.1),
        Column(_("Duty"), 2.5),
        Column(_("Post"), 4),
        Column(_("Relieve"), 2.5),
        Column(_("Relieved by"), 2.5),
        Column(_("In command"), 2.5),
    )
    return Table(columns, tuple(row for duty in duties for row in _rows(scope, duty)))


def _rows(scope: Scope, duty: Duty) -> Iterator[tuple[tuple[Line, ...], ...]]:
    """A row for every stretch of a duty; the date stands in the first."""
    shift = None if duty.shift is None else scope.problem.shifts[duty.shift]
    for index, part in enumerate(duty.stretches):
        date: tuple[Line, ...] = ()
        there: tuple[Line, ...] = ()
        when = clocks(scope.problem, (part.start, part.end))
        if index == 0:
            note = scope.problem.holidays.get(duty.day)
            date = (Line(date_text(duty.day), STRONG), *([Line(shown(note), QUIET)] if note else []))
            early = part.start - (shift.handover if shift is not None else 0)
            there = () if duty.on_call else (Line(clock_text(scope.problem.zone.local(early)[1])),)
            when = f"{when} {shown(shift.name)}" if shift is not None else when
        where = _where(scope, part)
        if duty.kind != "duty":
            where = (Line(_("on call") if duty.on_call else _("training"), STRONG), *where)
        yield date, there, (Line(when),), where, *_reliefs(scope, duty, part), _lead(scope, duty, part)


def _where(scope: Scope, part: Stretch) -> tuple[Line, ...]:
    if part.post is None:
        return ()
    site = scope.problem.posts[part.post].site
    return Line(scope.post_title(part.post), STRONG), Line(scope.site_title(site))


def _reliefs(scope: Scope, duty: Duty, part: Stretch) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    if part.post is None or duty.kind != "duty":
        return (), ()
    before = scope.reliefs.relieved(part.post, part.start, part.person)
    after = scope.reliefs.relievers(part.post, part.end, part.person)
    return (
        tuple(Line(scope.names.ranked(one)) for one in before) or (Line(_("nobody"), QUIET),),
        tuple(Line(scope.names.ranked(one)) for one in after) or (Line(_("nobody"), QUIET),),
    )


def _lead(scope: Scope, duty: Duty, part: Stretch) -> tuple[Line, ...]:
    """Who leads where the stretch is, with telephone numbers; for whoever leads there, who leads the operation."""
    if part.post is None or duty.shift is None:
        return ()
    leading = scope.commanders(scope.problem.posts[part.post].site, Turn(duty.day, duty.shift))
    own: list[Line] = []
    if duty.person in leading:
        own = [Line(_("yourself"), STRONG)]
        leading = [one for one in scope.leaders((part.start, part.end)) if one not in leading][:1]
    lines = []
    for person in leading:
        lines.append(Line(scope.names.ranked(person)))
        phone = scope.names.phone(person)
        lines += [Line(phone, QUIET)] if phone else []
    return (*own, *lines)


def _tasks(scope: Scope, duties: Sequence[Duty]) -> list[tuple[str, str]]:
    posts = dict.fromkeys(part.post for duty in duties for part in duty.stretches if part.post is not None)
    found = []
    for post in sorted(posts):
        task = shown(scope.problem.posts[post].task)
        if task:
            site = scope.site_title(scope.problem.posts[post].site)
            found.append((f"{scope.post_title(post)}, {site}", task))
    return found


def _calls(scope: Scope, person: int, duties: Sequence[Duty]) -> Iterator[tuple[str, str]]:
    sites = {scope.problem.posts[part.post].site for duty in duties for part in duty.stretches if part.post is not None}
    for one in scope.problem.contacts:
        if not one.sites or one.sites & sites:
            yield shown(one.name), shown(one.phone)
    leaders = dict.fromkeys(one for duty in duties for one in scope.leaders((duty.start, duty.end)))
    for leader in leaders:
        if scope.names.phone(leader) and leader != person:
            yield scope.names.ranked(leader), scope.names.phone(leader)
