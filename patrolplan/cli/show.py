"""``patrolplan show``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from patrolplan.cli.output import remark, remark_rows
from patrolplan.cli.parameters import DATES, operation_argument, roster_argument
from patrolplan.errors import InputError, nearest
from patrolplan.language import _
from patrolplan.problem import Problem


@click.command("show")
@operation_argument
@roster_argument
@click.option(
    "--by", "side", type=click.Choice(["site", "person", "day", "cover", "fairness"]), default="site", show_default=True
)
@click.option("--date", "dates", type=DATES, help="Only this date, or dates such as 2026-02-13..2026-02-15.")
@click.option(
    "--person", "people", multiple=True, help="Only this person (service number, name or part of it); may be repeated."
)
@click.option("--site", "sites", multiple=True, help="Only this site; may be repeated.")
@click.pass_context
def command(
    ctx: click.Context,
    operation: Path,
    roster: Path,
    side: str,
    dates: tuple[int, int] | None,
    people: tuple[str, ...],
    sites: tuple[str, ...],
) -> None:
    """Look at ROSTER from one side."""
    from patrolplan.plan.loading import load_operation, load_roster
    from patrolplan.plan.naming import people_named
    from patrolplan.terminal import coverview, fairview
    from patrolplan.terminal import days as days_view
    from patrolplan.terminal import people as people_view
    from patrolplan.terminal import sites as sites_view
    from patrolplan.terminal.console import output_console

    loaded = load_operation(operation)
    problem = loaded.problem
    file = load_roster(problem, roster)
    found = file.roster
    remark(loaded.warnings)
    remark_rows(roster, file.findings)
    console = output_console()
    days = None if dates is None else _days(problem, *dates)
    chosen = [index for one in people for index in people_named(one, problem)]
    if people and side in ("site", "person"):
        side = "person"
    if side == "person":
        people_view.view(console, problem, found, chosen or None, days)
    elif side == "day":
        days_view.view(console, problem, found, days or [problem.first_day])
    elif side == "cover":
        coverview.view(console, problem, found, days)
    elif side == "fairness":
        fairview.view(console, problem, found)
    else:
        sites_view.view(console, problem, found, _sites(sites, [site.name for site in problem.sites]), days)
    ctx.exit(0)


def _days(problem: Problem, first: int, last: int) -> Sequence[int]:
    """The dates of the operation in a range."""
    days = range(max(first, problem.first_day), min(last, problem.last_day) + 1)
    if not days:
        given = problem.zone.day_text(first) + (
            " " + _("to {last}").format(last=problem.zone.day_text(last)) if last > first else ""
        )
        opens, closes = problem.zone.day_text(problem.first_day), problem.zone.day_text(problem.last_day)
        raise InputError(
            _("{given} is outside the operation ({opens} to {closes}).").format(given=given, opens=opens, closes=closes)
        )
    return days


def _sites(wanted: tuple[str, ...], names: list[str]) -> list[int] | None:
    for one in wanted:
        if one not in names:
            raise InputError(_('there is no site "{one}".{nearest}').format(one=one, nearest=nearest(one, names)))
    return [names.index(one) for one in wanted] or None
