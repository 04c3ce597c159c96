"""``patrolplan show``."""

from __future__ import annotations

from pathlib import Path

import click

from patrolplan.cli.output import remark, remark_rows
from patrolplan.cli.parameters import DATE, operation_argument, roster_argument
from patrolplan.errors import InputError, nearest


@click.command("show")
@operation_argument
@roster_argument
@click.option(
    "--by", "side", type=click.Choice(["site", "person", "day", "cover", "fairness"]), default="site", show_default=True
)
@click.option("--date", "day", type=DATE, help="Only this date.")
@click.option("--person", "people", multiple=True, help="Only this person (service number or name); may be repeated.")
@click.option("--site", "sites", multiple=True, help="Only this site; may be repeated.")
@click.pass_context
def command(
    ctx: click.Context,
    operation: Path,
    roster: Path,
    side: str,
    day: int | None,
    people: tuple[str, ...],
    sites: tuple[str, ...],
) -> None:
    """Look at ROSTER from one side."""
    from patrolplan.plan.loading import load_operation, load_roster
    from patrolplan.terminal import coverview, days, fairview
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
    if day is not None and not problem.first_day <= day <= problem.last_day:
        first, last = problem.zone.day_text(problem.first_day), problem.zone.day_text(problem.last_day)
        raise InputError(f"{problem.zone.day_text(day)} is outside the operation ({first} to {last}).")
    chosen = _people(people, [who.id for who in problem.people], [who.name for who in problem.people])
    if people and side in ("site", "person"):
        side = "person"
    if side == "person":
        people_view.view(console, problem, found, chosen or None)
    elif side == "day":
        days.view(console, problem, found, problem.first_day if day is None else day)
    elif side == "cover":
        coverview.view(console, problem, found, day)
    elif side == "fairness":
        fairview.view(console, problem, found)
    else:
        sites_view.view(
            console,
            problem,
            found,
            _sites(sites, [site.name for site in problem.sites]),
            None if day is None else [day],
        )
    ctx.exit(0)


def _people(wanted: tuple[str, ...], ids: list[str], names: list[str]) -> list[int]:
    found = []
    for one in wanted:
        matches = [index for index, id_ in enumerate(ids) if id_ == one]
        matches = matches or [index for index, name in enumerate(names) if name.lower() == one.lower()]
        if not matches:
            raise InputError(f'nobody has the service number or name "{one}".{nearest(one, [*ids, *names])}')
        found += matches
    return found


def _sites(wanted: tuple[str, ...], names: list[str]) -> list[int] | None:
    for one in wanted:
        if one not in names:
            raise InputError(f'there is no site "{one}".{nearest(one, names)}')
    return [names.index(one) for one in wanted] or None
