"""``patrolplan show``."""

from __future__ import annotations

from pathlib import Path

import click

from patrolplan.cli.choosing import chosen_people, chosen_posts, chosen_sites
from patrolplan.cli.output import remark, remark_rows
from patrolplan.cli.parameters import DATES, operation_argument, roster_argument
from patrolplan.plan.naming import chosen_days


@click.command("show")
@operation_argument
@roster_argument
@click.option(
    "--by",
    "side",
    type=click.Choice(["site", "post", "person", "day", "cover", "fairness", "client", "cost"]),
    default="site",
    show_default=True,
)
@click.option("--date", "dates", type=DATES, help="Only this date, or dates such as 2026-02-13..2026-02-15.")
@click.option(
    "--person", "people", multiple=True, help="Only this person (service number, name or part of it); may be repeated."
)
@click.option("--site", "sites", multiple=True, help="Only this site; may be repeated.")
@click.option("--post", "posts", multiple=True, help="Only this post (site/post or post); may be repeated.")
@click.pass_context
def command(
    ctx: click.Context,
    operation: Path,
    roster: Path,
    side: str,
    dates: tuple[int, int] | None,
    people: tuple[str, ...],
    sites: tuple[str, ...],
    posts: tuple[str, ...],
) -> None:
    """Look at ROSTER from one side."""
    from patrolplan.plan.loading import load_operation, load_roster
    from patrolplan.terminal import clientview, coverview, fairview
    from patrolplan.terminal import days as days_view
    from patrolplan.terminal import people as people_view
    from patrolplan.terminal import posts as posts_view
    from patrolplan.terminal import sites as sites_view
    from patrolplan.terminal.console import output_console

    loaded = load_operation(operation)
    problem = loaded.problem
    file = load_roster(problem, roster)
    found = file.roster
    remark(loaded.warnings)
    remark_rows(roster, file.findings)
    console = output_console()
    days = None if dates is None else chosen_days(problem, dates)
    chosen = chosen_people(people, problem)
    if posts and side == "site":
        side = "post"
    if people and side in ("site", "person"):
        side = "person"
    if side == "person":
        people_view.view(console, problem, found, chosen or None, days)
    elif side == "day":
        days_view.view(console, problem, found, days or [problem.first_day])
    elif side == "post":
        there = chosen_posts(problem, posts, chosen_sites(problem, sites))
        posts_view.view(console, problem, found, days or [problem.first_day], there)
    elif side == "cover":
        coverview.view(console, problem, found, days)
    elif side == "fairness":
        fairview.view(console, problem, found)
    elif side == "client":
        clientview.view_clients(console, problem, found, chosen_sites(problem, sites) or None, days)
    elif side == "cost":
        clientview.view_costs(console, problem, found, chosen or None, days)
    else:
        sites_view.view(console, problem, found, chosen_sites(problem, sites) or None, days)
    ctx.exit(0)
