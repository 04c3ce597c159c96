"""The roster of one date: who is where in which shift, and who is away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rich.console import Console

from patrolplan.analysis.cover import Cover, OpenPart, phases_of
from patrolplan.audit import complete
from patrolplan.language import _
from patrolplan.problem import Problem
from patrolplan.roster import Duty, Roster
from patrolplan.terminal.console import layout_width, name_list, plural, say
from patrolplan.terminal.letters import ShiftMarks, by_start
from patrolplan.units import Span, clock_text, overlap, subtract_spans

_LABEL = 26
_NAMED = 12
"""Of more people absent for one reason only the number is given."""


def view(console: Console, problem: Problem, roster: Roster, days: Sequence[int]) -> None:
    """Print everybody whose duty starts on a date, by shift, site and post, and who is absent.

    Parameters
    ----------
    days
        Date ordinals.
    """
    duties = complete(problem, roster).duties
    cover, marks = Cover(problem, roster), ShiftMarks(problem)
    for index, day in enumerate(days):
        if index:
            console.print()
        _print_date(console, problem, day, [duty for duty in duties if duty.day == day], cover, marks)


def _print_date(
    console: Console, problem: Problem, day: int, duties: Sequence[Duty], cover: Cover, marks: ShiftMarks
) -> None:
    known = ", ".join([*phases_of(problem, day), *filter(None, [problem.holidays.get(day)])])
    say(console, (problem.zone.day_text(day), "bold"), f" ({known})" if known else "")
    for shift in by_start(problem, range(len(problem.shifts))):
        _print_shift(console, problem, day, shift, duties, cover, marks)
    _print_rest(console, problem, [duty for duty in duties if duty.shift is None])
    _print_absent(console, problem, day)


def _print_shift(
    console: Console,
    problem: Problem,
    day: int,
    shift: int,
    duties: Sequence[Duty],
    cover: Cover,
    marks: ShiftMarks,
) -> None:
    one, span = problem.shifts[shift], problem.shift_span(shift, day)
    here = [duty for duty in duties if duty.shift == shift]
    on_duty = [duty for duty in here if not duty.on_call]
    posts = [
        post
        for site in problem.sites
        for post in site.posts
        if shift in problem.posts[post].shifts or any(duty.post == post for duty in on_duty)
    ]
    parts = {post: cover.open_parts(post, shift, day) for post in posts}
    if not here and not any(parts.values()):
        return
    console.print()
    say(
        console,
        (f"{marks.letter(shift)} {one.name}", f"bold {marks.style(shift)}"),
        " "
        + _("{start}-{end}, {people} on duty").format(
            start=clock_text(one.start), end=clock_text(one.end), people=plural(len(on_duty), "person", "people")
        ),
    )
    for post in posts:
        people = [duty for duty in on_duty if any(part.post == post for part in duty.stretches)]
        names = [_name(problem, duty) + _times(problem, duty, post, span) for duty in people]
        _print_post(console, problem.posts[post].key, names, _open_text(problem, parts[post]))
    _print_post(console, _("no post"), [_name(problem, duty) for duty in on_duty if duty.post is None], "")
    on_call = [problem.people[duty.person] for duty in here if duty.on_call]
    _print_post(console, _("on call"), [who.name or who.id for who in on_call], "")


def _print_post(console: Console, label: str, names: Sequence[str], gap: str) -> None:
    """Names in one line and what is open in the next, so that neither is taken for the other."""
    label_room = min(_LABEL, layout_width(console) // 3)
    place = {"indent": 3, "hang": label_room + 1}
    head = (label.ljust(label_room) + " ", "dim")
    if names:
        say(console, head, name_list(names), **place)
    if gap:
        say(console, (" " * (label_room + 1), "") if names else head, (gap, "bold red"), **place)


def _open_text(problem: Problem, parts: Sequence[OpenPart]) -> str:
    """What is open in words: ``1 open``, or ``1 more open 13:00-14:00 only``."""
    words: list[str] = []
    for part in parts:
        times = _(" and ").join(_clocks(problem, span) for span in part.spans)
        if not times:
            form = _("{people} open")
        else:
            form = _("{people} more open {times} only") if words else _("{people} open {times} only")
        words.append(form.format(people=part.people, times=times))
    return ", ".join(words)


def _times(problem: Problem, duty: Duty, post: int, span: Span) -> str:
    """When somebody is at a post, if not for the whole shift."""
    own = [(part.start, part.end) for part in duty.stretches if part.post == post]
    if not subtract_spans([span], own) and not subtract_spans(own, [span]):
        return ""
    return " " + "+".join(_clocks(problem, one) for one in own)


def _clocks(problem: Problem, span: Span) -> str:
    return "-".join(clock_text(problem.zone.local(edge)[1]) for edge in span)


def _print_rest(console: Console, problem: Problem, duties: Sequence[Duty]) -> None:
    if duties:
        console.print()
    for duty in duties:
        where = problem.posts[duty.post].key if duty.post is not None else _("no post")
        say(console, (f"{where} ", "dim"), f"{_name(problem, duty)} {problem.zone.span_text(duty.start, duty.end)}")


def _print_absent(console: Console, problem: Problem, day: int) -> None:
    """Who is away for the whole or a part of the date, by reason."""
    date = problem.zone.instant(day, 0), problem.zone.instant(day + 1, 0)
    away: dict[str, dict[str, None]] = defaultdict(dict)
    for who in problem.people:
        for absence in who.absences:
            if overlap(date, (absence.start, absence.end)):
                away[absence.reason][who.name or who.id] = None
    if not away:
        return
    console.print()
    say(console, (_("Absent"), "bold"))
    label_room = min(_LABEL, layout_width(console) // 3)
    for reason, names in sorted(away.items()):
        words = name_list([*names]) if len(names) <= _NAMED else plural(len(names), "person", "people")
        say(console, (reason.ljust(label_room) + " ", "dim"), words, indent=3, hang=label_room + 1)


def _name(problem: Problem, duty: Duty) -> str:
    who = problem.people[duty.person]
    rank = f"{problem.ranks[who.rank]} " if who.rank is not None else ""
    number = f" ({who.id})" if who.name and who.name != who.id else ""
    training = " " + _("in training") if duty.kind == "training" else ""
    return f"{rank}{who.name or who.id}{number}{training}"
