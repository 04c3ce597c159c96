"""``patrolplan postings``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from patrolplan.cli.output import json_text, remark, remark_rows, write_result
from patrolplan.cli.parameters import DATES, PATH, SECONDS, operation_argument, roster_argument
from patrolplan.language import _

if TYPE_CHECKING:
    from patrolplan.plan.posting import Posted


@click.command("postings")
@operation_argument
@roster_argument
@click.option(
    "-o", "--output", type=PATH, help="Where the roster goes. Default: OPS.postings.csv in the current folder."
)
@click.option("--date", "dates", type=DATES, help="Only this date, or dates such as 2026-02-13..2026-02-15.")
@click.option("--site", "sites", multiple=True, help="Only this site; may be repeated.")
@click.option("--time-limit", type=SECONDS, default="10m", show_default=True, help="How long at most.")
@click.option("--workers", type=click.IntRange(1, 256), default=2, show_default=True, help="Sites at the same time.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all random choices.")
@click.option("--deterministic", is_flag=True, help="The limit counts the solver's seconds, never the clock.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--quiet", is_flag=True, help="No progress on standard error.")
@click.pass_context
def command(
    ctx: click.Context,
    operation: Path,
    roster: Path,
    output: Path | None,
    dates: tuple[int, int] | None,
    sites: tuple[str, ...],
    time_limit: float,
    workers: int,
    seed: int,
    deterministic: bool,
    style: str,
    quiet: bool,
) -> None:
    """Settle who stands where inside every shift of ROSTER, and who relieves whom.

    Nobody holds a post longer than its relief in the operation file OPS allows, breaks are taken, and no minute is
    covered worse than before. The new roster has a row for each stretch at a post. Where the file asks for no relief
    and no breaks, nothing changes.
    """
    from patrolplan.cli.choosing import chosen_sites
    from patrolplan.plan.naming import chosen_days
    from patrolplan.plan.posting import Request, post, prepare, read
    from patrolplan.plan.solving import stopped_by_signals
    from patrolplan.terminal.console import error_console
    from patrolplan.terminal.postings import Told

    request = Request(operation, roster, output, dates, sites, time_limit, workers, seed, deterministic)
    loaded = prepare(request)
    remark(loaded.warnings)
    chosen_days(loaded.problem, dates)
    chosen_sites(loaded.problem, sites)
    file = read(request, loaded)
    remark_rows(roster, file.findings)
    with stopped_by_signals() as stop:
        posted = post(request, loaded, file, stop, Told(error_console(), quiet=quiet).told)
    _report(posted, style)
    ctx.exit(posted.exit_code)


def _report(posted: Posted, style: str) -> None:
    for words in posted.disagreements:
        click.echo(_("This is a bug, not in your input: {words}.").format(words=words), err=True)
    if style == "json":
        from patrolplan.formats.postings_json import postings_json

        data = postings_json(posted.problem, posted.outcome, posted.audit, posted.written, posted.seconds)
        write_result(json_text(data), None)
        return
    from patrolplan.terminal import postings
    from patrolplan.terminal.console import output_console

    postings.view(
        output_console(),
        posted.problem,
        posted.outcome,
        posted.findings,
        written=str(posted.written),
        operation=str(posted.request.operation),
    )
