"""The roster of a site, week by week: who stands at which post, to hang up at the site."""

from __future__ import annotations

from collections.abc import Sequence

from patrolplan.formats.paper import QUIET, Block, Column, Heading, Line, Paper, Sheet, Table, Words
from patrolplan.language import _
from patrolplan.papers.calendar import shift_keys
from patrolplan.papers.names import shown
from patrolplan.papers.numbers import date_text
from patrolplan.papers.scope import Scope, Turn
from patrolplan.terminal.letters import by_start
from patrolplan.units import WEEK_DAYS, weekday


def site_rosters(scope: Scope) -> Paper:
    """A sheet for every site with whole weeks one beneath another."""
    sheets = [sheet for site in scope.sites for sheet in [_sheet(scope, site)] if sheet is not None]
    return scope.paper("site", _("Roster by site"), sheets, landscape=True)


def _sheet(scope: Scope, site: int) -> Sheet | None:
    blocks: list[Block] = []
    for week in _weeks(scope):
        table = _table(scope, site, week)
        if table.rows:
            first, last = date_text(week[0], "d MMM"), date_text(week[-1], "d MMM yyyy")
            blocks += [Heading(f"{first} - {last}"), table]
    if not blocks:
        return None
    keys = shift_keys(scope.problem)
    used = sorted({shift for post in scope.problem.sites[site].posts for shift in scope.problem.posts[post].shifts})
    legend = "   ".join(f"{keys[shift].letter} {keys[shift].name} {keys[shift].clock}" for shift in used)
    blocks.append(Words(((_("Shifts"), legend),), quiet=True))
    return Sheet(scope.site_title(site), _("Duty roster"), tuple(blocks))


def _weeks(scope: Scope) -> list[list[int]]:
    """Calendar weeks, or all dates together where they are no more than a week."""
    if len(scope.days) <= WEEK_DAYS:
        return [list(scope.days)]
    weeks: list[list[int]] = []
    for day in scope.days:
        if not weeks or weekday(day) == scope.problem.week_starts or day != weeks[-1][-1] + 1:
            weeks.append([])
        weeks[-1].append(day)
    return weeks


def _table(scope: Scope, site: int, week: Sequence[int]) -> Table:
    """A week of a site; a week that is not whole leaves its columns as wide as those of others."""
    keys = shift_keys(scope.problem)
    holidays = scope.problem.holidays
    columns = [Column(_("Post"), 1.5), Column(_("Shift"), 0.9)]
    columns += [Column(date_text(day) + (f" ({shown(holidays[day])})" if day in holidays else ""), 2.2) for day in week]
    blanks = WEEK_DAYS - len(week) if len(scope.days) > WEEK_DAYS else 0
    columns += [Column("", 2.2)] * blanks
    rows = []
    for post in scope.problem.sites[site].posts:
        first = True
        for shift in by_start(scope.problem, range(len(scope.problem.shifts))):
            cells = [scope.lines(post, Turn(day, shift)) for day in week]
            if any(cells):
                label = (Line(scope.post_title(post)),) if first else ()
                when = (Line(keys[shift].letter), Line(keys[shift].clock, QUIET))
                rows.append((label, when, *cells, *[()] * blanks))
                first = False
    return Table(tuple(columns), tuple(rows))
