"""The chain of command of a shift as a chart: the operation, its sites, and their posts."""

from __future__ import annotations

from collections.abc import Iterator

from patrolplan.formats.paper import OPEN, QUIET, STRONG, Box, Branch, Chart, Line, Paper, Sheet
from patrolplan.language import _
from patrolplan.papers.numbers import clocks, date_text
from patrolplan.papers.scope import Scope, Turn
from patrolplan.terminal.letters import by_start

_LONG_DATE = "EEEE d MMMM yyyy"
_ABREAST = 6
"""Most sites side by side on a sheet."""


def command_charts(scope: Scope) -> Paper:
    """A chart for every shift of the chosen dates, on several sheets where there are many sites."""
    shifts = by_start(scope.problem, range(len(scope.problem.shifts)))
    sheets = [sheet for day in scope.days for shift in shifts for sheet in _sheets(scope, Turn(day, shift))]
    return scope.paper("command", _("Chain of command"), sheets, landscape=True)


def _sheets(scope: Scope, turn: Turn) -> Iterator[Sheet]:
    branches = [
        branch
        for site in scope.sites
        if site not in scope.leading_sites
        for branch in [_branch(scope, site, turn)]
        if branch is not None
    ]
    top = tuple(box for site in scope.leading_sites for box in _leading(scope, site, turn))
    if not branches and not (top and set(scope.leading_sites) & set(scope.sites)):
        return
    when = f"{date_text(turn.day, _LONG_DATE)}, {scope.shift_name(turn)} {clocks(scope.problem, scope.span(turn))}"
    for first in range(0, max(1, len(branches)), _ABREAST):
        yield Sheet(_("Chain of command"), when, (Chart(top, tuple(branches[first : first + _ABREAST])),))


def _leading(scope: Scope, site: int, turn: Turn) -> list[Box]:
    """The command of the operation: every post of a site that only commands."""
    found = []
    for post in scope.problem.sites[site].posts:
        lines = _people(scope, post, turn)
        if lines:
            found.append(Box(f"{scope.site_title(site)} · {scope.post_title(post)}", lines))
    return found


def _branch(scope: Scope, site: int, turn: Turn) -> Branch | None:
    posts = scope.problem.sites[site].posts
    below = []
    for post in posts:
        lines = scope.lines(post, turn)
        if lines and scope.problem.posts[post].kind != "command":
            below.append(Box(scope.post_title(post), lines))
    leading = [post for post in posts if scope.problem.posts[post].kind == "command"]
    if leading:
        head = [line for post in leading for line in _people(scope, post, turn)]
    else:
        head = _called(scope, scope.commanders(site, turn))
    if not below and not head:
        return None
    if not any(line.kind == STRONG for line in head):
        head.append(Line(_("nobody in command"), OPEN))
    return Branch(Box(scope.site_title(site), tuple(head)), tuple(below))


def _people(scope: Scope, post: int, turn: Turn) -> tuple[Line, ...]:
    missing = scope.open_words(post, turn)
    lines = _called(scope, scope.standing(post, turn))
    return (*lines, Line(missing, OPEN)) if missing else tuple(lines)


def _called(scope: Scope, people: list[int]) -> list[Line]:
    """People with their telephone numbers."""
    lines = []
    for person in people:
        lines.append(Line(scope.names.ranked(person), STRONG))
        phone = scope.names.phone(person)
        lines += [Line(phone, QUIET)] if phone else []
    return lines
