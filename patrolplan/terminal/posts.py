"""The day of a post: who stands there when, on the clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from patrolplan.analysis.cover import Cover, phases_of
from patrolplan.audit import complete
from patrolplan.language import _
from patrolplan.problem import Problem
from patrolplan.roster import Duty, Roster
from patrolplan.terminal.console import Glyphs, clean, compose, glyphs, layout_width, say, shorten
from patrolplan.terminal.coverview import counts_text, cover_bar, scale_text
from patrolplan.terminal.letters import ShiftMarks
from patrolplan.units import DAY_MINUTES, Span, clock_text, intersect_spans, merge_spans, overlap

_LONGEST_NAME = 28
_SHORTEST_NAME = 8
_COLUMNS = (96, 48, 24)
"""Characters of a bar: whole parts of an hour each."""
_TAIL = 19
"""Characters behind a bar: the counts, or the times of one stretch."""


def view(
    console: Console, problem: Problem, roster: Roster, days: Sequence[int], posts: Sequence[int] | None = None
) -> None:
    """Print posts through the 24 hours of dates: cover, and a line for everybody who stands there.

    Parameters
    ----------
    days
        Date ordinals.
    posts
        Indices of posts; default all. Without a choice those are left out at which nobody stands or is needed.
    """
    chart = _Chart(console, problem, roster)
    shown = 0
    for day in days:
        for post in posts if posts is not None else range(len(problem.posts)):
            if chart.has_anything(post, day):
                if shown:
                    console.print()
                chart.print_post(post, day)
                shown += 1
    if not shown:
        say(console, _("Nobody stands there, and nobody is needed."))
        return
    for words in chart.handovers():
        console.print()
        say(console, (words, "dim"))


class _Chart:
    """Prints posts of one roster."""

    def __init__(self, console: Console, problem: Problem, roster: Roster) -> None:
        self._console, self._problem = console, problem
        self._drawing: Glyphs = glyphs(console)
        self._cover, self._marks = Cover(problem, roster), ShiftMarks(problem)
        self._standing: dict[int, list[tuple[Duty, Span]]] = defaultdict(list)
        for duty in complete(problem, roster).duties:
            for stretch in duty.stretches if not duty.on_call else ():
                if stretch.post is not None:
                    self._standing[stretch.post].append((duty, (stretch.start, stretch.end)))

    def _date(self, day: int) -> Span:
        return self._problem.zone.instant(day, 0), self._problem.zone.instant(day + 1, 0)

    def has_anything(self, post: int, day: int) -> bool:
        """Whether anybody stands at a post on a date, or is needed there."""
        return any(step.needed or step.present for step in self._cover.steps(post, *self._date(day))) or bool(
            self._people(post, day)
        )

    def _people(self, post: int, day: int) -> list[tuple[Duty, list[Span]]]:
        """Duties that stand at a post on a date, with when, in order of time."""
        date = self._date(day)
        found: dict[int, tuple[Duty, list[Span]]] = {}
        for duty, span in self._standing[post]:
            if overlap(span, date):
                found.setdefault(id(duty), (duty, []))[1].append(span)
        people = [(duty, intersect_spans(merge_spans(spans), [date])) for duty, spans in found.values()]
        return sorted(people, key=lambda one: (one[1][0], self._problem.people[one[0].person].id))

    def print_post(self, post: int, day: int) -> None:
        """Print one post on one date."""
        problem, dot = self._problem, f" {self._drawing.dot} "
        where = problem.posts[post]
        known = ", ".join([*phases_of(problem, day), *filter(None, [problem.holidays.get(day)])])
        date = problem.zone.day_text(day) + (f" ({known})" if known else "")
        title = clean(where.title if where.title != where.key else where.name)
        site = clean(problem.sites[where.site].title)
        say(self._console, (f"{title}, {site}", "bold"), f"{dot}{date}{dot}{self._need(post, day)}", hang=2)
        people = self._people(post, day)
        room = layout_width(self._console) - 2
        label = max(_SHORTEST_NAME, max((len(self._name(duty)) for duty, _spans in people), default=0))
        label = min(label, _LONGEST_NAME, room // 4)
        columns = next((one for one in _COLUMNS if label + one + _TAIL <= room), _COLUMNS[-1])
        margin = " " * (label + 2)
        self._line(compose(margin, (scale_text(columns), "dim")))
        counts = f"  {counts_text(problem, self._cover, post, day)}"
        bar = compose(margin) + cover_bar(problem, self._cover, post, day, columns, self._drawing)
        self._line(bar, counts)
        for duty, spans in people:
            self._line(self._row(duty, spans, day, label, columns), f"  {self._times(spans, day)}", label + 2)

    def _need(self, post: int, day: int) -> str:
        start, end = self._date(day)
        steps = self._cover.steps(post, start, end)
        low, high = min(step.needed for step in steps), max(step.needed for step in steps)
        need = _("need {count}").format(count=low if low == high else f"{low}-{high}")
        kinds = list(dict.fromkeys(f"{kind.count} {kind.label}" for kind in self._cover.kinds(post, start, end)))
        return need + (_(", of them {kinds}").format(kinds=", ".join(kinds)) if kinds else "")

    def _name(self, duty: Duty) -> str:
        who = self._problem.people[duty.person]
        return clean(who.name or who.id) + (_(" in training") if duty.kind == "training" else "")

    def _row(self, duty: Duty, spans: Sequence[Span], day: int, label: int, columns: int) -> Text:
        line = compose(f" {shorten(self._name(duty), label).ljust(label)} ")
        each = DAY_MINUTES // columns
        for column in range(columns):
            opens = self._problem.zone.instant(day, column * each)
            closes = max(opens + 1, self._problem.zone.instant(day, (column + 1) * each))
            is_there = any(overlap(span, (opens, closes)) for span in spans)
            drawn = (self._drawing.full, self._marks.style(duty.shift)) if is_there else (self._drawing.off, "dim")
            line += compose(drawn)
        return line

    def _times(self, spans: Sequence[Span], day: int) -> str:
        zone, midnight = self._problem.zone, self._date(day)[1]
        return ", ".join(
            f"{clock_text(zone.local(start)[1])}-{'24:00' if end == midnight else clock_text(zone.local(end)[1])}"
            for start, end in spans
        )

    def _line(self, line: Text, tail: str = "", indent: int = 0) -> None:
        """Print a line with its tail behind it, or below it at an indent if there is no room."""
        fits = line.cell_len + len(tail) <= layout_width(self._console)
        if fits:
            line += compose((tail, "dim"))
        line.rstrip()
        self._console.print(line, soft_wrap=True)
        if not fits and indent:
            say(self._console, (tail.strip(), "dim"), indent=indent)

    def handovers(self) -> Iterator[str]:
        """When shifts hand over, if they do."""
        turns = [
            _("{start} ({handover} min)").format(start=clock_text(shift.start), handover=shift.handover)
            for shift in self._problem.shifts
            if shift.handover
        ]
        if turns:
            yield _("handover {times}").format(times=", ".join(turns))
