"""The roster by person: a calendar for everybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rich.console import Console
from rich.text import Text

from patrolplan.audit import complete
from patrolplan.language import _, date_words, weekday_letters
from patrolplan.problem import Person, Problem
from patrolplan.roster import Duty, Roster
from patrolplan.terminal.console import KEEP, Glyphs, compose, glyphs, layout_width, number_text, plural, say
from patrolplan.terminal.letters import ShiftMarks
from patrolplan.terminal.postlabels import PostLabels
from patrolplan.units import WEEK_DAYS, overlap, weekday

_MARGIN = 2
_WIDEST_CELL = 6
_LABELLED_CELL = 5
"""Least characters of a date under which posts are named."""
_ABSENT = "-"


@dataclass(frozen=True, slots=True)
class _Calendar:
    """How a month is laid out: dates in rows, each so many characters wide; 0 stands for a cell left blank."""

    rows: tuple[tuple[int, ...], ...]
    cell: int

    @property
    def dates(self) -> list[int]:
        """All dates."""
        return [day for row in self.rows for day in row if day]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What all calendars of a view share."""

    calendar: _Calendar
    labels: PostLabels
    marks: ShiftMarks
    drawing: Glyphs


def view(
    console: Console,
    problem: Problem,
    roster: Roster,
    people: Sequence[int] | None = None,
    days: Sequence[int] | None = None,
) -> None:
    """Print what the marks mean, and a calendar for each person.

    Parameters
    ----------
    people
        Indices of people; default everybody who has a duty in these dates.
    days
        Consecutive date ordinals; default the whole operation.
    """
    span = days or range(problem.first_day, problem.last_day + 1)
    duties: dict[int, list[Duty]] = defaultdict(list)
    for duty in complete(problem, roster).duties:
        if problem.start <= duty.start < problem.end and span[0] <= duty.day <= span[-1]:
            duties[duty.person].append(duty)
    chosen = people if people is not None else sorted(duties, key=lambda one: problem.people[one].id)
    shown = [duty for person in chosen for duty in duties[person]]
    posts = {duty.post for duty in shown if duty.post is not None}
    marks, drawing = ShiftMarks(problem), glyphs(console)
    longest = max((len(problem.posts[post].name) for post in posts), default=0)
    calendar = _calendar(problem, span, layout_width(console), marks.width, longest)
    sheet = _Sheet(calendar, PostLabels(problem, posts, calendar.cell - 1), marks, drawing)
    _print_legend(console, problem, sheet, shown, [problem.people[person] for person in chosen])
    if not chosen:
        say(console, _("Nobody has a duty."))
    for person in chosen:
        _print_person(console, problem, person, duties[person], sheet)


def _print_legend(
    console: Console, problem: Problem, sheet: _Sheet, duties: Sequence[Duty], people: Sequence[Person]
) -> None:
    """What the marks and labels mean that occur."""
    dates = sheet.calendar.dates
    busy = {(duty.person, duty.day) for duty in duties}
    free = [(who, day) for who in people for day in dates if (problem.person_index[who.id], day) not in busy]
    away = any(_is_absent(problem, who, day) for who, day in free)
    signs = [*sheet.marks.legend(duties), *([f"{_ABSENT} {_('absent')}"] if away else [])]
    if any(_is_crowded(one, sheet) for one in _by_person_and_day(duties)):
        signs.append(f"* {_('more duties')}")
    dot = f" {sheet.drawing.dot} "
    for parts in (signs, sheet.labels.legend()):
        if parts:
            say(console, (dot.join(part.replace(" ", KEEP) for part in parts), "dim"))


def _by_person_and_day(duties: Sequence[Duty]) -> Iterator[list[Duty]]:
    found: dict[tuple[int, int], list[Duty]] = defaultdict(list)
    for duty in duties:
        found[duty.person, duty.day].append(duty)
    yield from found.values()


def _is_crowded(duties: Sequence[Duty], sheet: _Sheet) -> bool:
    return _day_marks(duties, sheet.marks, sheet.calendar.cell).plain.rstrip().endswith("*")


def _calendar(problem: Problem, days: Sequence[int], width: int, mark: int, longest: int) -> _Calendar:
    """As few rows of whole weeks as fit, then cells as wide as there is room and use for.

    Parameters
    ----------
    mark, longest
        Characters of the widest mark and of the longest post.
    """
    room = width - _MARGIN
    smallest = max(mark + 2, min(_LABELLED_CELL, longest + 1))
    widest = max(_WIDEST_CELL, min(2 * _WIDEST_CELL, longest + 1))
    if len(days) * smallest <= room:
        return _Calendar((tuple(days),), min(widest, room // max(1, len(days))))
    weeks = room // smallest // WEEK_DAYS
    per_row = weeks * WEEK_DAYS or max(1, room // smallest)
    lead = (weekday(days[0]) - problem.week_starts) % WEEK_DAYS if weeks else 0
    blank = (0,) * lead
    whole = (*blank, *days)
    rows = tuple(whole[start : start + per_row] for start in range(0, len(whole), per_row))
    return _Calendar(rows, min(widest, room // per_row))


def _print_person(console: Console, problem: Problem, person: int, duties: Sequence[Duty], sheet: _Sheet) -> None:
    who, cell = problem.people[person], sheet.calendar.cell
    console.print()
    _print_heading(console, problem, who, duties, sheet.drawing)
    by_day: dict[int, list[Duty]] = defaultdict(list)
    for duty in duties:
        by_day[duty.day].append(duty)
    for row in sheet.calendar.rows:
        lines = (
            _months(row, cell),
            _heads(problem, row, cell, lambda day: weekday_letters(date.fromordinal(day))),
            _heads(problem, row, cell, lambda day: str(date.fromordinal(day).day)),
            _letters(problem, who, row, by_day, sheet),
            *_posts(row, by_day, sheet),
        )
        for line in lines:
            if line.plain.strip():
                line.rstrip()
                console.print(compose(" " * (_MARGIN - 1)) + line, soft_wrap=True)


def _print_heading(console: Console, problem: Problem, who: Person, duties: Sequence[Duty], drawing: Glyphs) -> None:
    dot = f" {drawing.dot} "
    served = [duty for duty in duties if not duty.on_call]
    nights = sum(duty.shift is not None and problem.shifts[duty.shift].night for duty in served)
    rank = f"{problem.ranks[who.rank]} " if who.rank is not None else ""
    facts = [_("team {team}").format(team=who.team)] if who.team else []
    facts += [", ".join(sorted(who.qualifications))] if who.qualifications else []
    hours = number_text(sum(duty.end - duty.start for duty in served) / 60)
    totals = [_("{hours} h").format(hours=hours), plural(nights, "night")]
    on_call = sum(duty.on_call for duty in duties)
    totals += [_("{on_call} on call").format(on_call=on_call)] if on_call else []
    name = (f"{rank}{who.name or who.id}", "bold")
    left = compose(name, f" ({who.id})", (f"  {dot.join(facts)}", "dim"))
    gap = layout_width(console) - 2 - left.cell_len - len(dot.join(totals))
    if gap >= 2:
        console.print(compose(" ") + left + compose(" " * gap + dot.join(totals)), soft_wrap=True)
    else:
        say(console, name, f" ({who.id})  {dot.join(part.replace(' ', KEEP) for part in (*facts, *totals))}", hang=2)


def _heads(problem: Problem, row: Sequence[int], cell: int, words: Callable[[int], str]) -> Text:
    line = Text()
    for day in row:
        is_free = weekday(day) in problem.weekend or day in problem.holidays
        style = "dim bold" if is_free else "dim"
        line += compose(((words(day) if day else "").ljust(cell), style))
    return line


def _months(row: Sequence[int], cell: int) -> Text:
    line, named = "", False
    for column, day in enumerate(row):
        if day and (not named or date.fromordinal(day).day == 1):
            line, named = line.ljust(column * cell) + date_words(date.fromordinal(day), "MMM"), True
    return compose((line, "dim"))


def _letters(problem: Problem, who: Person, row: Sequence[int], by_day: dict[int, list[Duty]], sheet: _Sheet) -> Text:
    line, cell = Text(), sheet.calendar.cell
    for day in row:
        if by_day.get(day):
            line += _day_marks(by_day[day], sheet.marks, cell)
        elif day:
            mark = _ABSENT if _is_absent(problem, who, day) else sheet.drawing.off
            line += compose((mark.ljust(cell), "dim"))
        else:
            line += compose(" " * cell)
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
    line.pad_right(max(0, cell - line.cell_len))
    return line


def _is_absent(problem: Problem, who: Person, day: int) -> bool:
    """Whether no shift of a date could be taken."""
    spans = [problem.shift_span(shift, day) for shift in range(len(problem.shifts))]
    return bool(spans) and all(
        any(overlap(span, (absence.start, absence.end)) and not absence.starts_only for absence in who.absences)
        for span in spans
    )


def _posts(row: Sequence[int], by_day: dict[int, list[Duty]], sheet: _Sheet) -> list[Text]:
    """The post of each date under its mark; a second line where dates have duties at two posts."""
    named = [_labels_of(by_day.get(day, ()), sheet) for day in row]
    return [
        compose(
            ("".join((own[number] if number < len(own) else "").ljust(sheet.calendar.cell) for own in named), "dim")
        )
        for number in range(max(map(len, named), default=0))
    ]


def _labels_of(duties: Sequence[Duty], sheet: _Sheet) -> list[str]:
    return list(dict.fromkeys(sheet.labels[duty.post] for duty in duties if duty.post is not None))
