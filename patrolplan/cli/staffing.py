"""``patrolplan staffing``."""

from __future__ import annotations

from pathlib import Path

import click

from patrolplan.cli.output import json_text, remark, write_result
from patrolplan.cli.parameters import SECONDS, operation_argument


@click.command("staffing")
@operation_argument
@click.option(
    "--what-if",
    "changes",
    multiple=True,
    metavar="CHANGE",
    help="Count with a change, too: rest=12h, hours=66h, shifts=PRESET, or RULE=VALUE; several with commas between "
    "them are one change. May be repeated.",
)
@click.option("--time-limit", type=SECONDS, default="60s", show_default=True, help="How long to look for rosters.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(ctx: click.Context, operation: Path, changes: tuple[str, ...], time_limit: float, style: str) -> None:
    """Say how many people the operation file OPS needs, of which kind and when.

    Every lower bound is proved by counting, and every number above it is that of a roster that was made and audited.
    Ends with 0 if the people who are there are enough, with 1 if not, and with 3 if that is not known in time.
    """
    from patrolplan.plan.staffing import staffing

    found = staffing(operation, what_if=changes, time_limit=time_limit)
    remark(found.warnings)
    if style == "json":
        from patrolplan.formats.staffing_json import staffing_json

        write_result(json_text(staffing_json(found)), None)
    else:
        from patrolplan.terminal import staffing as view
        from patrolplan.terminal.console import output_console

        view.view(output_console(), found)
    ctx.exit(found.exit_code)
