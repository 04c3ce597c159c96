"""``patrolplan rounds``."""

from __future__ import annotations

from pathlib import Path

import click

from patrolplan.cli.output import json_text, remark, write_result
from patrolplan.cli.parameters import DATES, PATH, SECONDS, operation_argument, roster_argument
from patrolplan.language import _


@click.command("rounds")
@operation_argument
@roster_argument
@click.option("-o", "--output", type=PATH, help="Patrol sheets to write (CSV). Without it only the report is printed.")
@click.option("--seed", type=click.IntRange(min=0), help="Same seed, same sheets. Default: from the system's entropy.")
@click.option("--replay", type=DATES, metavar="DATE", help="Print one day of the sheets -o again, from their sidecar.")
@click.option("--date", "dates", type=DATES, help="Write only duties of this date, or of FIRST..LAST.")
@click.option("--zone", "zones", multiple=True, help="Only this zone; may be repeated.")
@click.option("--time-limit", type=SECONDS, help="End the search for ways of walking after this time. Default: none.")
@click.option(
    "--draws",
    type=click.IntRange(min=0),
    default=2000,
    show_default=True,
    help="Duties drawn afresh to measure what a watcher learns.",
)
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(
    ctx: click.Context,
    operation: Path,
    roster: Path,
    output: Path | None,
    seed: int | None,
    replay: tuple[int, int] | None,
    dates: tuple[int, int] | None,
    zones: tuple[str, ...],
    time_limit: float | None,
    draws: int,
    style: str,
) -> None:
    """Draw patrol sheets for the patrol duties of ROSTER: which checkpoint when, by OPS.

    Every promise is kept, also where duties change; when a team comes can be told as little as possible. The seed
    stands in the sidecar of the sheets, which only you may read.
    """
    from patrolplan.plan.rounds import Request, draw_rounds

    if replay is not None and replay[0] != replay[1]:
        raise click.UsageError(_("--replay takes one date, such as 2024-11-27."))
    if replay is not None and (seed is not None or dates is not None):
        raise click.UsageError(_("--replay takes the seed from the sidecar and names the date itself."))
    day = None if replay is None else replay[0]
    request = Request(operation, roster, output, seed, dates, zones, day, time_limit, draws)
    result = draw_rounds(request)
    remark(result.warnings)
    if replay is not None:
        write_result(result.text, None)
    elif style == "json":
        from patrolplan.formats.rounds_json import rounds_json

        write_result(json_text(rounds_json(result.problem, result.reports, result.written, result.idle)), None)
    else:
        from patrolplan.terminal import rounds
        from patrolplan.terminal.console import output_console

        written = "" if result.written is None else str(result.written)
        console = output_console()
        rounds.view(
            console, result.problem, result.reports, written=written, visits=len(result.visits), idle=result.idle
        )
    ctx.exit(result.exit_code)
