"""``patrolplan show``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import click

from patrolplan.cli.output import remark, remark_rows
from patrolplan.cli.parameters import DATES, operation_argument, roster_argument
from patrolplan.errors import InputError, nearest
from patrolplan.problem import Problem

_LISTED = 10
"""Most people named in a question who is meant."""


@click.command("show")
@operation_argument
@roster_argument
@click.option(
    "--by",
    "side",
    type=click.Choice(["site", "post", "person", "day", "cover", "fairness"]),
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
    from patrolplan.terminal import coverview, fairview
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
    days = None if dates is None else days_of(problem, *dates)
    chosen = _people(people, problem)
    wanted = sites_of(sites, [site.name for site in problem.sites])
    if posts and side == "site":
        side = "post"
    if people and side in ("site", "person"):
        side = "person"
    if side == "person":
        people_view.view(console, problem, found, chosen or None, days)
    elif side == "day":
        days_view.view(console, problem, found, days or [problem.first_day])
    elif side == "post":
        posts_view.view(console, problem, found, days or [problem.first_day], _posts(posts, wanted, problem))
    elif side == "cover":
        coverview.view(console, problem, found, days)
    elif side == "fairness":
        fairview.view(console, problem, found)
    else:
        sites_view.view(console, problem, found, wanted, days)
    ctx.exit(0)


def days_of(problem: Problem, first: int, last: int) -> Sequence[int]:
    """The dates of the operation in a range."""
    days = range(max(first, problem.first_day), min(last, problem.last_day) + 1)
    if not days:
        given = problem.zone.day_text(first) + (f" to {problem.zone.day_text(last)}" if last > first else "")
        opens, closes = problem.zone.day_text(problem.first_day), problem.zone.day_text(problem.last_day)
        raise InputError(f"{given} is outside the operation ({opens} to {closes}).")
    return days


def _people(wanted: Sequence[str], problem: Problem) -> list[int]:
    """Indices of the people who are meant."""
    return [index for one in wanted for index in _meant(one, problem)]


def _meant(wanted: str, problem: Problem) -> list[int]:
    """Everybody with this service number or whole name, else the only one with it as a word or part of the name."""
    whole = [index for index, who in enumerate(problem.people) if wanted == who.id]
    text = wanted.strip().casefold()
    names = [who.name.casefold() for who in problem.people]
    whole = whole or [index for index, name in enumerate(names) if name == text]
    if whole or not text:
        return whole
    words = [index for index, name in enumerate(names) if text in re.split(r"[\s,]+", name)]
    found = words or [
        index for index, who in enumerate(problem.people) if text in f"{names[index]} {who.id.casefold()}"
    ]
    if not found:
        known = [text for who in problem.people for text in (who.id, who.name)]
        raise InputError(f'nobody has the service number or name "{wanted}".{nearest(wanted, known)}')
    if len(found) > 1:
        listed = "; ".join(f"{problem.people[index].name} ({problem.people[index].id})" for index in found[:_LISTED])
        more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        raise InputError(f'"{wanted}" may be {listed}{more}. Give the whole name or the service number.')
    return found


def _posts(wanted: Sequence[str], sites: Sequence[int] | None, problem: Problem) -> list[int]:
    """Indices of the posts that are meant, by key or by name, at the chosen sites."""
    inside = [number for number, post in enumerate(problem.posts) if sites is None or post.site in sites]
    known = [text for number in inside for text in (problem.posts[number].key, problem.posts[number].name)]
    for one in wanted:
        if one not in known:
            raise InputError(f'there is no post "{one}".{nearest(one, known)}')
    return [
        number
        for number in inside
        if not wanted or problem.posts[number].key in wanted or problem.posts[number].name in wanted
    ]


def sites_of(wanted: tuple[str, ...], names: list[str]) -> list[int] | None:
    """Indices of the sites that are meant; None for all."""
    for one in wanted:
        if one not in names:
            raise InputError(f'there is no site "{one}".{nearest(one, names)}')
    return [names.index(one) for one in wanted] or None
