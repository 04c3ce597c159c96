"""``patrolplan export``."""

from __future__ import annotations

from pathlib import Path

import click

from patrolplan.cli.output import json_text, remark, remark_rows, write_result
from patrolplan.cli.parameters import PATH, operation_argument, roster_argument
from patrolplan.language import _


@click.command("export")
@operation_argument
@roster_argument
@click.option("--to", "kind", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option(
    "--layout",
    type=click.Choice(["long", "grid"]),
    default="long",
    show_default=True,
    help="For csv: one row per stretch at a post, or people by days.",
)
@click.option("-o", "--output", type=PATH, help="File to write. Default: standard output.")
@click.pass_context
def command(ctx: click.Context, operation: Path, roster: Path, kind: str, layout: str, output: Path | None) -> None:
    """Write ROSTER for a spreadsheet or another program."""
    from patrolplan.plan.loading import load_operation, load_roster

    if kind != "csv" and layout == "grid":
        raise click.UsageError(_("--layout grid goes with --to csv."))
    loaded = load_operation(operation)
    remark(loaded.warnings)
    file = load_roster(loaded.problem, roster)
    if kind == "json":
        from patrolplan.formats.roster_json import roster_json

        text = json_text(roster_json(loaded.problem, file.roster))
    elif layout == "grid":
        from patrolplan.formats.grid import write_grid

        text = write_grid(loaded.problem, file.roster)
    else:
        from patrolplan.formats.roster_csv import write_roster

        text = write_roster(loaded.problem, file.roster, file)
    remark_rows(roster, file.findings)
    write_result(text, output)
    ctx.exit(0)
