"""Cover: a table of posts by dates, and every post through the 24 hours of a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from patrolplan.analysis.cover import Cover, CoverShare, DateCover, phases_of, worst_dates
from patrolplan.language import _, date_words, figures, weekday_letters
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.terminal.console import Glyphs, compose, glyphs, layout_width, say, shorten
from patrolplan.units import DAY_MINUTES, clock_text, date_text

_SCALE_HOURS = 3
_COUNTS = 26
_ALL = 10**6


def view(console: Console, problem: Problem, roster: Roster, days: Sequence[int] | None = None) -> None:
    """Print the cover of one date through its hours, or a table of dates and the worst of them through its hours.

    Parameters
    ----------
    days
        Consecutive date ordinals, or None for the whole operation.
    """
    cover = Cover(problem, roster)
    if days is not None and len(days) == 1:
        _print_day(console, problem, cover, days[0])
        return
    _print_table(console, problem, cover, days or range(problem.first_day, problem.last_day + 1))
    if days is None:
        _print_phases(console, problem, cover.shares())
    worst = [day for day in worst_dates(problem, roster, most=_ALL) if days is None or day in days][:1]
    for one in worst:
        if days is None:
            console.print()
        _print_day(console, problem, cover, one, only_gaps=True)
    if not worst:
        say(console, _("Every post has the people that it needs at every minute."))


def _print_table(console: Console, problem: Problem, cover: Cover, days: Sequence[int]) -> None:
    """People present by post and date where the need is met; ``present/needed`` where it is not."""
    dates = {
        post: [date for date in cover.dates(post) if days[0] <= date.day <= days[-1]]
        for post in range(len(problem.posts))
    }
    used = [post for post, found in dates.items() if any(date.needed or date.present for date in found)]
    width = layout_width(console)
    label = max((len(problem.posts[post].key) for post in used), default=4)
    label = min(label, width // 3)
    cell = 1 + max((len(_count(date)) for post in used for date in dates[post]), default=2)
    cell = max(cell, 3)
    per_block = max(1, (width - 2 - label) // cell)
    say(
        console,
        (_("People at each post"), "bold"),
        _(", and present/needed at the worst minute where people are missing"),
    )
    for first in range(0, len(days), per_block):
        block = days[first : first + per_block]
        _print_heads(console, block, label, cell)
        for post in used:
            line = compose(f" {shorten(problem.posts[post].key, label).ljust(label)} ")
            for date in dates[post][first : first + per_block]:
                line += compose((_count(date).rjust(cell - 1) + " ", _heat(date)))
            line.rstrip()
            console.print(line, soft_wrap=True)
        console.print()


def _count(date: DateCover) -> str:
    if not date.needed and not date.present:
        return ""
    if not date.short:
        return str(date.present)
    if date.present >= date.needed:
        return f"{date.present}!"
    return f"{date.present}/{date.needed}"


def _heat(date: DateCover) -> str:
    if not date.short:
        return "dim"
    return "bold red" if 2 * date.short >= date.needed else "bold yellow"


def _print_heads(console: Console, block: Sequence[int], label: int, cell: int) -> None:
    months = weekdays = numbers = ""
    for index, day in enumerate(block):
        date = dt.date.fromordinal(day)
        if index == 0 or date.day == 1:
            months = months.ljust(index * cell + max(0, cell - 4)) + date_words(date, "MMM")
        weekdays += weekday_letters(date).rjust(cell - 1) + " "
        numbers += str(date.day).rjust(cell - 1) + " "
    for text in (months, weekdays, numbers):
        console.print(compose(" " * (label + 2), (text.rstrip(), "dim")), soft_wrap=True)


def _print_phases(console: Console, problem: Problem, shares: Sequence[CoverShare]) -> None:
    phases = dict.fromkeys(share.phase for share in shares)
    for phase in phases:
        inside = [share for share in shares if share.phase == phase]
        needed = sum(share.needed_minutes for share in inside)
        missing = sum(share.open_minutes for share in inside)
        if not needed:
            continue
        worst = min(inside, key=lambda share: (share.share, share.post))
        tail = (
            _("; worst {key} {share}").format(key=problem.posts[worst.post].key, share=share_text(worst.share))
            if missing
            else ""
        )
        style = "bold red" if missing else ""
        say(console, f"{phase:<16} ", (f"{share_text(1 - missing / needed):>8}", style), f"{tail}", hang=2)


def share_text(share: float) -> str:
    """A part in per cent, never rounded up to all of it."""
    if share >= 1:
        return "100 %"
    return figures(f"{min(99.9, 100 * share):.1f} %")


def _print_day(console: Console, problem: Problem, cover: Cover, day: int, only_gaps: bool = False) -> None:
    start, end = problem.zone.instant(day, 0), problem.zone.instant(day + 1, 0)
    drawing = glyphs(console)
    phases = ", ".join(phases_of(problem, day))
    title = f"{problem.zone.day_text(day)} ({phases})" if phases else problem.zone.day_text(day)
    say(console, (title, "bold"), "  " + _("{day}, local midnight to midnight").format(day=date_text(day)))
    shown = 0
    for post in range(len(problem.posts)):
        steps = cover.steps(post, start, end)
        if any(step.needed or step.present for step in steps) and (not only_gaps or any(step.short for step in steps)):
            _print_post(console, problem, cover, post, day, drawing)
            shown += 1
    if not shown:
        say(console, _("Nobody is needed and nobody is present."))
    signs = (
        f"{drawing.full} {_('need met')}",
        _("digit: people missing"),
        f"{drawing.off} {_('nobody needed')}",
    )
    say(console, (f" {drawing.dot} ".join(signs), "dim"))
    turns = [
        _("{start} ({handover} min)").format(start=clock_text(shift.start), handover=shift.handover)
        for shift in problem.shifts
        if shift.handover
    ]
    if turns:
        say(console, (_("handover {turns}").format(turns=", ".join(turns)), "dim"))


def _print_post(console: Console, problem: Problem, cover: Cover, post: int, day: int, drawing: Glyphs) -> None:
    start, end = problem.zone.instant(day, 0), problem.zone.instant(day + 1, 0)
    steps = cover.steps(post, start, end)
    low, high = min(step.needed for step in steps), max(step.needed for step in steps)
    kinds = ", ".join(f"{kind.count} {kind.label}" for kind in cover.kinds(post, start, end))
    need = _("need {count}").format(count=low if low == high else f"{low}-{high}")
    need += _(", of them {kinds}").format(kinds=kinds) if kinds else ""
    console.print()
    say(console, (problem.posts[post].key, "bold"), f" {drawing.dot} {need}", hang=2)
    columns = _columns(layout_width(console))
    console.print(compose(" ", (scale_text(columns), "dim")), soft_wrap=True)
    line = compose(" ") + cover_bar(problem, cover, post, day, columns, drawing)
    counts = counts_text(problem, cover, post, day)
    if line.cell_len + 2 + len(counts) <= layout_width(console):
        line += compose("  ", (counts, "dim"))
    console.print(line, soft_wrap=True)


def _columns(width: int) -> int:
    """Characters of the bar: whole parts of an hour each."""
    for columns in (96, 48, 24):
        if columns + _COUNTS <= width:
            return columns
    return 24


def scale_text(columns: int) -> str:
    """The hours above a bar of so many characters."""
    step = columns * _SCALE_HOURS // 24
    labels = "".join(f"{hour:02d}".ljust(step) for hour in range(0, 24, _SCALE_HOURS))
    return labels + "24"


def cover_bar(problem: Problem, cover: Cover, post: int, day: int, columns: int, drawing: Glyphs) -> Text:
    """A post through a date: need met, people missing as digits, nobody needed."""
    line = Text()
    each = DAY_MINUTES // columns
    for column in range(columns):
        opens = problem.zone.instant(day, column * each)
        closes = max(opens + 1, problem.zone.instant(day, (column + 1) * each))
        steps = cover.steps(post, opens, closes)
        short = max(step.short for step in steps)
        needed = max(step.needed for step in steps)
        if short:
            line += compose((str(short) if short < 10 else "+", "bold red"))
        else:
            line += compose((drawing.full, "green") if needed else (drawing.off, "dim"))
    return line


def counts_text(problem: Problem, cover: Cover, post: int, day: int) -> str:
    """Fewest people present in each part of the scale."""
    parts = []
    for hour in range(0, 24, _SCALE_HOURS):
        opens = problem.zone.instant(day, hour * 60)
        closes = problem.zone.instant(day, (hour + _SCALE_HOURS) * 60)
        parts.append(str(min(step.present for step in cover.steps(post, opens, closes))))
    return " ".join(parts)
