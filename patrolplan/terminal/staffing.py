"""How many people an operation needs, of which kind and when."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from patrolplan.analysis.staffed import Case, Count, Part, Relief, Staffing
from patrolplan.language import _, figures, plural
from patrolplan.problem import Problem
from patrolplan.terminal.console import layout_width, name_list, number_text, say, shorten
from patrolplan.terminal.explanation import hours_text, person_text

_INDENT = 3
_NAMED = 8
_NAME = 34
"""Widest name of a post, phase or kind in a table."""


def view(console: Console, staffing: Staffing) -> None:
    """Print the operation as it is, and side by side with each change."""
    first, *others = staffing.cases
    _print_head(console, first)
    _print_parts(console, _("By phase: everybody"), first.phases, first.problem)
    _print_parts(console, _("By kind: over the whole operation"), first.kinds, first.problem)
    _print_posts(console, first)
    _print_spare(console, first)
    if others:
        _print_comparison(console, staffing.cases)
    console.print()
    words = _(
        "At least: proved by counting what one person can serve at most in each stretch of time. Reached: a "
        "roster with so many people, made and audited without a gap."
    )
    say(console, (words, "dim"))
    if not all(case.complete for case in staffing.cases):
        say(console, (_("The time was over before all rosters were tried; see --time-limit."), "yellow"))


def _print_head(console: Console, case: Case) -> None:
    problem = case.problem
    say(console, (problem.name, "bold"))
    there = len(problem.people)
    if case.more.reached == 0:
        words = plural("{n} person is enough", "{n} people are enough", there)
        say(console, (words, "bold green"))
    elif not case.is_short:
        words = _("It is not known yet whether the people are enough; see --time-limit.")
        say(console, (words, "bold yellow"), hang=2)
    else:
        words = plural("{n} person is not enough", "{n} people are not enough", there)
        tail = ""
        if case.open_shifts is not None and case.open_minutes is not None:
            open_ = plural(
                "{n} person-shift stays open in the best roster found",
                "{n} person-shifts stay open in the best roster found",
                case.open_shifts,
            )
            tail = f": {open_} ({hours_text(case.open_minutes)})"
        say(console, (words, "bold red"), tail, hang=2)
        more = _more_words(case.more) + ", " + (", ".join(case.kind) or _("of any kind"))
        say(console, (_("Missing   "), "bold"), more + _tightest(problem, case.more), hang=10)
    say(
        console,
        (_("In all    "), "bold"),
        _("{count} people who hold everything and are never absent").format(count=_range(case.total))
        + _tightest(problem, case.total),
        hang=10,
    )
    say(console, (_("Relief    "), "bold"), _relief_words(case), hang=10)


def _range(count: Count) -> str:
    """Bound and what was reached: ``26``, ``at least 26, 28 reached``."""
    if count.reached == count.lower:
        return f"{count.lower:,}"
    if count.reached is None:
        return _("at least {n}").format(n=f"{count.lower:,}")
    return _("at least {n}, {m} reached").format(n=f"{count.lower:,}", m=f"{count.reached:,}")


def _more_words(count: Count) -> str:
    if count.reached == count.lower:
        return _("{n} more").format(n=f"{count.lower:,}")
    words = _("at least {n} more").format(n=f"{count.lower:,}")
    return words if count.reached is None else words + " " + _("({m} reached)").format(m=f"{count.reached:,}")


def _tightest(problem: Problem, count: Count) -> str:
    if count.span is None or not count.lower:
        return ""
    return " " + _("(tightest {when})").format(when=problem.zone.span_text(*count.span))


def _relief_words(case: Case) -> str:
    hours = number_text(case.limit.minutes / 60)
    words = _(
        "factor {factor}: a position filled day and night takes 168 h a week, one person may serve {hours} h"
    ).format(factor=factor_text(case.limit.factor), hours=hours)
    if case.limit.rules:
        words += " (" + ", ".join(case.limit.rules) + ")"
    if case.present < 0.9995:
        words += "; " + _("factor {factor} with the absences known").format(
            factor=factor_text(case.limit.factor / case.present)
        )
    return words


def factor_text(factor: float) -> str:
    """A relief factor with at most two decimals: ``4.2``."""
    return figures(f"{factor:.2f}".rstrip("0").rstrip("."))


def _print_parts(console: Console, title: str, parts: Sequence[Part], problem: Problem) -> None:
    if not parts:
        return
    heads = (_("at least"), _("reached"), _("there"), _("factor"))
    rows = [
        (
            one.name,
            f"{one.count.lower:,}",
            "-" if one.count.reached is None else f"{one.count.reached:,}",
            f"{one.there:,}",
            factor_text(one.limit.factor),
            "" if one.there >= one.count.lower else _("{n} short").format(n=one.count.lower - one.there),
        )
        for one in parts
    ]
    console.print()
    say(console, (title, "bold"))
    width = min(_NAME, max(len(row[0]) for row in rows))
    line = "  ".join(head.rjust(max(8, len(head))) for head in heads)
    say(console, (f"{'':<{width}}  {line}", "dim"), indent=_INDENT)
    for name, *numbers, short in rows:
        cells = "  ".join(text.rjust(max(8, len(head))) for text, head in zip(numbers, heads, strict=True))
        tail = f"  {short}" if short else ""
        say(console, f"{shorten(name, width):<{width}}  {cells}", (tail, "bold red"), indent=_INDENT)


def _print_posts(console: Console, case: Case) -> None:
    if not case.posts:
        return
    console.print()
    say(console, (_("By post: hours a week, and people for them by the relief factor"), "bold"))
    width = min(_NAME, max(len(one.post) for one in case.posts))
    each = width + 2 + 8 + 2 + 8
    columns = max(1, (layout_width(console) - _INDENT) // (each + 4))
    rows = -(-len(case.posts) // columns)
    for row in range(rows):
        cells = [_post_cell(one, width) for one in case.posts[row::rows]]
        say(console, "    ".join(cells), indent=_INDENT)


def _post_cell(one: Relief, width: int) -> str:
    hours = _("{hours} h").format(hours=f"{number_text(one.minutes / 60):>6}")
    return f"{shorten(one.post, width):<{width}}  {hours}  {factor_text(one.people):>8}"


def _print_spare(console: Console, case: Case) -> None:
    if case.spare is None:
        return
    console.print()
    if not case.spare:
        say(
            console, (_("To spare  "), "bold"), _("nobody: no roster without gaps was found with fewer people"), hang=10
        )
        return
    named = name_list([person_text(case.problem, person) for person in case.spare[:_NAMED]])
    rest = len(case.spare) - _NAMED
    more = " " + plural("and {n} more", "and {n} more", rest) if rest > 0 else ""
    words = plural(
        "{n} person, without whom there is a roster without gaps",
        "{n} people, without whom there is a roster without gaps",
        len(case.spare),
    )
    say(console, (_("To spare  "), "bold"), f"{words}: {named}{more}", hang=10)


# -- comparison --------------------------------------------------------------------------------------------------------


def _print_comparison(console: Console, cases: Sequence[Case]) -> None:
    """One line for the operation as it is, and one for each change."""
    console.print()
    say(console, (_("What if"), "bold"))
    names = [_("as it is"), *(case.name for case in cases[1:])]
    heads = (_("h/week"), _("factor"), _("in all"), _("more"), _("open now"))
    rows = [_figures(case) for case in cases]
    widths = [max(len(head), *(len(row[number]) for row in rows)) for number, head in enumerate(heads)]
    room = layout_width(console) - _INDENT - sum(widths) - 2 * len(widths)
    width = max(12, min(max(map(len, names)), room))
    line = "  ".join(head.rjust(size) for head, size in zip(heads, widths, strict=True))
    say(console, (f"{'':<{width}}  {line}", "dim"), indent=_INDENT)
    for name, row in zip(names, rows, strict=True):
        cells = "  ".join(text.rjust(size) for text, size in zip(row, widths, strict=True))
        say(console, f"{shorten(name, width):<{width}}  {cells}", indent=_INDENT)
    words = _(
        "hours a week that one person may serve, relief factor, people in all, people missing, person-shifts open"
    )
    say(console, (words, "dim"), indent=_INDENT, hang=2)
    for name, case in list(zip(names, cases, strict=True))[1:]:
        for warning in case.warnings:
            if warning not in cases[0].warnings:
                say(console, (f"{name}: {warning.message}", "yellow"), indent=_INDENT, hang=2)


def _figures(case: Case) -> tuple[str, ...]:
    return (
        number_text(case.limit.minutes / 60),
        factor_text(case.limit.factor),
        _short_range(case.total),
        _short_range(case.more),
        "-" if case.open_shifts is None else f"{case.open_shifts:,}",
    )


def _short_range(count: Count) -> str:
    """``26``, ``26-28`` from the bound to what was reached, ``26 or more`` if no roster was found."""
    if count.reached is None:
        return _("{n} or more").format(n=f"{count.lower:,}")
    return f"{count.lower:,}" if count.reached == count.lower else f"{count.lower:,}-{count.reached:,}"
