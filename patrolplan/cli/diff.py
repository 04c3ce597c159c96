"""``patrolplan diff``."""

from __future__ import annotations

from pathlib import Path

import click

from patrolplan.cli.output import json_text, remark, write_result
from patrolplan.cli.parameters import PATH, operation_argument


@click.command("diff")
@operation_argument
@click.argument("old", metavar="OLD", type=PATH)
@click.argument("new", metavar="NEW", type=PATH)
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--exit-code", "telling", is_flag=True, help="End with 1 if the rosters differ.")
@click.pass_context
def command(ctx: click.Context, operation: Path, old: Path, new: Path, style: str, telling: bool) -> None:
    """Say who gains and loses which duty from roster OLD to roster NEW, and what that does to cover and fairness.

    Any rosters of the operation file OPS will do, also those that were edited in a spreadsheet, and published versions.
    """
    from patrolplan.plan.comparing import compare

    result = compare(operation, old, new)
    remark(result.warnings)
    if style == "json":
        from patrolplan.plan.answers import diff_json

        write_result(json_text(diff_json(result)), None)
    else:
        from patrolplan.terminal import differview
        from patrolplan.terminal.console import output_console

        differview.view(output_console(), result, old=str(old), new=str(new))
    ctx.exit(result.exit_code(telling))
