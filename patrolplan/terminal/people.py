"""The roster by person: a calendar for everybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rich.console import Console
from rich.text import Text

from patrolplan.audit import complete
from patrolplan.problem import Person, Problem
from patrolplan.roster import Duty, Roster
from patrolplan.terminal.console import Glyphs, clean, compose, glyphs, layout_width, number_text, plural, say, shorten
from patrolplan.terminal.letters import ShiftMarks
from patrolplan.units import WEEK_DAYS, overlap, weekday

_MARGIN = 2
_WIDEST_CELL = 6


@dataclass(frozen=True, slots=True)
class _Calendar:
    """How a month is laid out: dates in rows, each date so many characters wide."""

    rows: tuple[tuple[int, ...], ...]
    cell: int


def view(console: Console, problem: Problem, roster: Roster, people: Sequence[int] | None = None) -> None:
    """Print a calendar for each person.

    Parameters
    ----------
    people
        Indices of people; default everybody who has a duty.
    """
    whole = complete(problem, roster)
    chosen = people if people is not None else sorted(whole.by_person, key=lambda one: problem.people[one].id)
    marks, drawing = ShiftMarks(problem), glyphs(console)
    calendar = _calendar(problem, layout_width(console), marks.width)
    for person in chosen:
        _print_person(console, problem, whole, person, marks, calendar, drawing)
    say(console, (f"{marks.legend(drawing).plain} {drawing.dot} - absent", "dim"))


def _calendar(problem: Problem, width: int, mark: int) -> _Calendar:
    """As few rows of whole weeks as fit, then cells as wide as there is room for."""
    days = range(problem.first_day, problem.last_day + 1)
    room = width - _MARGIN
    smallest = mark + 2
    if len(days) * smallest <= room:
        return _Calendar((tuple(days),), min(_WIDEST_CELL, room // max(1, len(days))))
    weeks = room // smallest // WEEK_DAYS
    per_row = weeks * WEEK_DAYS or max(1, room // smallest)
    lead = (weekday(problem.first_day) - problem.week_starts) % WEEK_DAYS if weeks else 0
    first = problem.first_day - lead
    rows = tuple(
        tuple(range(start, min(start + per_row, problem.last_day + 1)))
        for start in range(first, problem.last_day + 1, per_row)
    )
    return _Calendar(rows, min(_WIDEST_CELL, room // per_row))


def _print_person(
    console: Console,
    problem: Problem,
    roster: Roster,
    person: int,
    marks: ShiftMarks,
    calendar: _Calendar,
    drawing: Glyphs,
) -> None:
    who = problem.people[person]
    duties = [duty for duty in roster.of(person) if problem.start <= duty.start < problem.end]
    _print_heading(console, problem, who, duties, drawing)
    by_day: dict[int, list[Duty]] = defaultdict(list)
    for duty in duties:
        by_day[duty.day].append(duty)
    for row in calendar.rows:
        inside = [day for day in row if problem.first_day <= day]
        lines = (
            _months(problem, row, calendar.cell),
            _cells(problem, row, calendar.cell, lambda day: f"{date.fromordinal(day):%a}"[:2]),
            _cells(problem, row, calendar.cell, lambda day: str(date.fromordinal(day).day)),
            _letters(problem, who, row, by_day, marks, calendar.cell, drawing),
            _posts(problem, row, by_day, calendar.cell),
        )
        for line in lines:
            if inside and line.plain.strip():
                line.rstrip()
                console.print(compose(" " * (_MARGIN - 1)) + line, soft_wrap=True)
    console.print()


def _print_heading(console: Console, problem: Problem, who: Person, duties: Sequence[Duty], drawing: Glyphs) -> None:
    dot = f" {drawing.dot} "
    served = [duty for duty in duties if not duty.on_call]
    nights = sum(duty.shift is not None and problem.shifts[duty.shift].night for duty in served)
    rank = f"{problem.ranks[who.rank]} " if who.rank is not None else ""
    facts = [f"team {who.team}"] if who.team else []
    facts += [", ".join(sorted(who.qualifications))] if who.qualifications else []
    hours = number_text(sum(duty.end - duty.start for duty in served) / 60)
    totals = [f"{hours} h", plural(nights, "night")]
    on_call = sum(duty.on_call for duty in duties)
    totals += [f"{on_call} on call"] if on_call else []
    name = (f"{rank}{who.name or who.id}", "bold")
    left = compose(name, f" ({who.id})", (f"  {dot.join(facts)}", "dim"))
    gap = layout_width(console) - 2 - left.cell_len - len(dot.join(totals))
    if gap >= 2:
        console.print(compose(" ") + left + compose(" " * gap + dot.join(totals)), soft_wrap=True)
    else:
        say(console, name, f" ({who.id})  {dot.join([*facts, *totals])}", hang=2)


def _cells(problem: Problem, row: Sequence[int], cell: int, words: Callable[[int], str]) -> Text:
    line = Text()
    for day in row:
        style = "dim" if weekday(day) not in problem.weekend else "dim bold"
        line += compose((_head(words(day) if day >= problem.first_day else "", cell), style))
    return line


def _head(text: str, cell: int) -> str:
    """A heading or mark in its cell: two characters, right-aligned, then blanks."""
    return text.rjust(2)[: cell - 1].ljust(cell)


def _months(problem: Problem, row: Sequence[int], cell: int) -> Text:
    names: list[tuple[int, str]] = []
    for index, day in enumerate(row):
        if day >= problem.first_day and (not names or date.fromordinal(day).day == 1):
            names.append((index * cell, f"{date.fromordinal(day):%b}"))
    line = ""
    for column, name in names:
        line = line.ljust(column) + name
    return compose((line, "dim"))


def _letters(
    problem: Problem,
    who: Person,
    row: Sequence[int],
    by_day: dict[int, list[Duty]],
    marks: ShiftMarks,
    cell: int,
    drawing: Glyphs,
) -> Text:
    line = Text()
    for day in row:
        if day < problem.first_day:
            line += compose(" " * cell)
        elif by_day[day]:
            line += _day_marks(by_day[day], marks, cell)
        else:
            line += compose((_head("-" if _is_absent(problem, who, day) else drawing.off, cell), "dim"))
    return line


def _day_marks(duties: Sequence[Duty], marks: ShiftMarks, cell: int) -> Text:
    """The marks of one date's duties; ``*`` for those that find no room."""
    line = Text()
    for text, style in (marks.mark(duty) for duty in duties):
        if line.cell_len + len(text) > cell - 1:
            line.truncate(max(0, cell - 2))
            line += compose("*")
            break
        line += compose((text, style))
    if line.cell_len < 2:
        line.pad_left(2 - line.cell_len)
    line.pad_right(max(0, cell - line.cell_len))
    return line


def _is_absent(problem: Problem, who: Person, day: int) -> bool:
    """Whether no shift of a date could be taken."""
    spans = [problem.shift_span(shift, day) for shift in range(len(problem.shifts))]
    return bool(spans) and all(
        any(overlap(span, (absence.start, absence.end)) and not absence.starts_only for absence in who.absences)
        for span in spans
    )


def _posts(problem: Problem, row: Sequence[int], by_day: dict[int, list[Duty]], cell: int) -> Text:
    """Where each duty is, under its letter, as long as there is room up to the next one at another post."""
    labels = list(_post_labels(problem, row, by_day))
    line = ""
    for index, (column, name) in enumerate(labels):
        room = (labels[index + 1][0] if index + 1 < len(labels) else len(row) + 2) - column
        start = column * cell + (1 if cell > 2 else 0)
        line = line.ljust(start) + shorten(name, room * cell - 1)
    return compose((line, "dim"))


def _post_labels(problem: Problem, row: Sequence[int], by_day: dict[int, list[Duty]]) -> Iterator[tuple[int, str]]:
    """Column and name of each post; consecutive dates at one post are named once."""
    before = ""
    for column, day in enumerate(row):
        posts = [problem.posts[duty.post] for duty in by_day[day] if duty.post is not None]
        name = posts[0].key if posts else ""
        if posts and name != before:
            yield column, clean(posts[0].name)
        before = name
