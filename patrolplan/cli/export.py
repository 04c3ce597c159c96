"""``patrolplan export``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from patrolplan.cli.choices import chosen_days, chosen_people, chosen_sites
from patrolplan.cli.output import remark, remark_rows, write_result
from patrolplan.cli.parameters import DATES, DURATION, PATH, operation_argument, roster_argument
from patrolplan.language import LANGUAGES, _, speaking

if TYPE_CHECKING:
    from patrolplan.plan.exporting import Export, Output

_BELONGS = {
    "layout": ("csv",),
    "excel": ("csv",),
    "dates": ("text", "png"),
    "sites": ("text", "png", "ics"),
    "people": ("ics",),
    "alarm": ("ics",),
}
"""Formats with which an option goes."""
_FLAGS = {"layout": "--layout grid", "dates": "--date", "sites": "--site", "people": "--person"}


@click.command("export")
@operation_argument
@roster_argument
@click.option(
    "--to",
    "kind",
    type=click.Choice(["csv", "xlsx", "ics", "json", "text", "png"]),
    default="csv",
    show_default=True,
    help="csv and json for other programs, xlsx for a spreadsheet, ics for calendars, text and png for a group chat.",
)
@click.option(
    "--layout",
    type=click.Choice(["long", "grid"]),
    default="long",
    show_default=True,
    help="For csv: one row per stretch at a post, or people by days.",
)
@click.option("--excel", is_flag=True, help="For csv: so that Excel opens it by a double click.")
@click.option(
    "--date", "dates", type=DATES, help="For text and png: this date, or dates such as 2026-02-13..2026-02-15."
)
@click.option("--site", "sites", multiple=True, help="For text, png and ics: only this site; may be repeated.")
@click.option("--person", "people", multiple=True, help="For ics: only this person; may be repeated.")
@click.option("--alarm", type=DURATION, help="For ics: remind so long before each duty, such as 2h.")
@click.option(
    "--names",
    type=click.Choice(["full", "initials", "id"]),
    default="full",
    show_default=True,
    help="How people are named.",
)
@click.option("--language", type=click.Choice(LANGUAGES), help="Language of what a person reads in it.")
@click.option("-o", "--output", type=PATH, help="File to write, or folder for calendars. Default: standard output.")
@click.pass_context
def command(
    ctx: click.Context,
    operation: Path,
    roster: Path,
    kind: str,
    layout: str,
    excel: bool,
    dates: tuple[int, int] | None,
    sites: tuple[str, ...],
    people: tuple[str, ...],
    alarm: int | None,
    names: str,
    language: str | None,
    output: Path | None,
) -> None:
    """Write ROSTER for spreadsheets, calendars, group chats or other programs."""
    from patrolplan.plan.exporting import BINARY, Export, make
    from patrolplan.plan.files import refuse_bad_target
    from patrolplan.plan.loading import load_operation, load_roster

    given = {"layout": layout == "grid", "excel": excel, "dates": dates, "sites": sites, "people": people}
    _refuse_strays(kind, {**given, "alarm": alarm is not None})
    if kind in BINARY and output is None:
        raise click.UsageError(_("--to {kind} needs a file: -o NAME.{kind}").format(kind=kind))
    if output is not None and kind != "ics":
        refuse_bad_target(output, (operation, roster))
    loaded = load_operation(operation)
    remark(loaded.warnings)
    problem = loaded.problem
    file = load_roster(problem, roster)
    remark_rows(roster, file.findings)
    export = Export(
        problem,
        file,
        layout,
        excel,
        None if dates is None else chosen_days(problem, *dates),
        chosen_sites(sites, problem) if sites else None,
        chosen_people(people, problem) if people else None,
        alarm,
        output,
    ).in_names(names)
    with speaking(language) if language else nullcontext():
        _write(make(kind, export), export)
    ctx.exit(0)


def _refuse_strays(kind: str, given: dict[str, object]) -> None:
    """Say which option does nothing with this format."""
    for name, value in given.items():
        if value and kind not in _BELONGS[name]:
            flag, kinds = _FLAGS.get(name, f"--{name}"), " or ".join(_BELONGS[name])
            raise click.UsageError(_("{flag} goes with --to {kinds}.").format(flag=flag, kinds=kinds))


def _write(content: Output, export: Export) -> None:
    from patrolplan.plan.exporting import write_calendars
    from patrolplan.plan.files import write_atomic

    if isinstance(content, str):
        write_result(content, export.target)
        return
    assert export.target is not None
    if isinstance(content, bytes):
        write_atomic(export.target, content)
    else:
        write_calendars(export.target, content)
