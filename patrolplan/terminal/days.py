"""The roster of one date: who is where in which shift."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from patrolplan.analysis.cover import Cover, phases_of
from patrolplan.audit import complete
from patrolplan.problem import Problem
from patrolplan.roster import Duty, Roster
from patrolplan.terminal.console import KEEP, layout_width, plural, say
from patrolplan.terminal.letters import ShiftMarks
from patrolplan.units import clock_text

_LABEL = 26


def view(console: Console, problem: Problem, roster: Roster, day: int) -> None:
    """Print everybody whose duty starts on a date, by shift, site and post.

    Parameters
    ----------
    day
        Date ordinal.
    """
    duties = [duty for duty in complete(problem, roster).duties if duty.day == day]
    cover, marks = Cover(problem, roster), ShiftMarks(problem)
    phases = ", ".join(phases_of(problem, day))
    say(console, (problem.zone.day_text(day), "bold"), f" ({phases})" if phases else "")
    for shift in range(len(problem.shifts)):
        _print_shift(console, problem, day, shift, duties, cover, marks)
    _print_rest(console, problem, [duty for duty in duties if duty.shift is None])


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
    console.print()
    say(
        console,
        (f"{marks.letter(shift)} {one.name}", f"bold {marks.style(shift)}"),
        f" {clock_text(one.start)}-{clock_text(one.end)}, {plural(len(on_duty), 'person', 'people')} on duty",
    )
    for site in problem.sites:
        for post in site.posts:
            if shift not in problem.posts[post].shifts and not any(duty.post == post for duty in on_duty):
                continue
            people = [duty for duty in on_duty if any(part.post == post for part in duty.stretches)]
            missing = cover.missing(post, *span)
            if people or missing:
                _print_post(console, problem, problem.posts[post].key, people, missing)
    _print_post(console, problem, "no post", [duty for duty in on_duty if duty.post is None], 0)
    _print_post(console, problem, "on call", [duty for duty in here if duty.on_call], 0)


def _print_post(console: Console, problem: Problem, label: str, duties: Sequence[Duty], missing: int) -> None:
    if not duties and not missing:
        return
    names = ", ".join(_name(problem, duty) for duty in duties)
    label_room = min(_LABEL, layout_width(console) // 3)
    gap = f"{missing} open" if missing else ""
    separator = ", " if names and gap else ""
    say(
        console,
        (label.ljust(label_room) + " ", "dim"),
        names + separator,
        (gap, "bold red"),
        indent=3,
        hang=label_room + 1,
    )


def _print_rest(console: Console, problem: Problem, duties: Sequence[Duty]) -> None:
    for duty in duties:
        where = problem.posts[duty.post].key if duty.post is not None else "no post"
        say(console, (f"{where} ", "dim"), f"{_name(problem, duty)} {problem.zone.span_text(duty.start, duty.end)}")


def _name(problem: Problem, duty: Duty) -> str:
    who = problem.people[duty.person]
    rank = f"{problem.ranks[who.rank]} " if who.rank is not None else ""
    number = f" ({who.id})" if who.name and who.name != who.id else ""
    training = " in training" if duty.kind == "training" else ""
    return f"{rank}{who.name or who.id}{number}{training}".replace(" ", KEEP)
