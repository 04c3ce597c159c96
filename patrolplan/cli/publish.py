"""``patrolplan publish``."""

from __future__ import annotations

from pathlib import Path

import click

from patrolplan.cli.output import json_text, remark, write_result
from patrolplan.cli.parameters import MOMENT, PATH, operation_argument
from patrolplan.language import _


@click.command("publish")
@operation_argument
@click.argument("roster", metavar="ROSTER", type=PATH, required=False)
@click.option("--until", type=MOMENT, help="Duties that start before this date are published.")
@click.option("--by", metavar="NAME", help="Who publishes it.")
@click.option("--note", default="", help="A remark for the log.")
@click.option("--force", is_flag=True, help="Also publish a roster that breaks hard rules; the log says so.")
@click.option("--log", "wants_log", is_flag=True, help="Publish nothing; verify the log and print who changed what.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(
    ctx: click.Context,
    operation: Path,
    roster: Path | None,
    until: tuple[int, int | None] | None,
    by: str | None,
    note: str,
    force: bool,
    wants_log: bool,
    style: str,
) -> None:
    """Publish ROSTER until a date: a numbered version that is never changed, in the folder OPS.published beside OPS.

    What follows takes it as given: solve --keep, replan, check and diff accept the folder (the last version) or one of
    its files. A log beside it says who published what when and what changed, each entry chained to the one before.
    """
    if wants_log:
        _print_log(operation, style)
        ctx.exit(0)
    missing = [name for name, value in (("ROSTER", roster), ("--until", until), ("--by", by)) if value is None]
    if roster is None or until is None or by is None:
        raise click.UsageError(_("publish needs {missing}.").format(missing=", ".join(missing)))
    from patrolplan.plan.publishing import publish

    result = publish(operation, roster, until=until, by=by, note=note, force=force)
    remark(result.warnings)
    if style == "json":
        from patrolplan.plan.answers import published_json

        write_result(json_text(published_json(result)), None)
    else:
        from patrolplan.terminal import publishview
        from patrolplan.terminal.console import output_console

        publishview.view(output_console(), result)
    ctx.exit(result.exit_code)


def _print_log(operation: Path, style: str) -> None:
    from patrolplan.plan.publishing import history

    versions = history(operation)
    if style == "json":
        from patrolplan.plan.answers import log_json

        write_result(json_text(log_json(versions)), None)
    else:
        from patrolplan.terminal import publishview
        from patrolplan.terminal.console import output_console

        publishview.log_view(output_console(), versions)
