"""``patrolplan solve``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from patrolplan.cli.output import json_text, remark, write_result
from patrolplan.cli.parameters import MOMENT, PATH, PERCENT, SECONDS, operation_argument
from patrolplan.language import _

if TYPE_CHECKING:
    from patrolplan.plan.loading import Operation
    from patrolplan.plan.solving import Solution
    from patrolplan.terminal.progress import ProgressView
    from patrolplan.terminal.progress_lines import ProgressLines


@click.command("solve")
@operation_argument
@click.option("-o", "--output", type=PATH, help="Where the roster goes. Default: OPS.roster.csv in the current folder.")
@click.option("--from", "first", type=MOMENT, help="Plan only from this date on.")
@click.option("--until", "last", type=MOMENT, help="Plan only until this date.")
@click.option("--keep", type=PATH, help="A roster whose duties outside --from/--until stay, and count in every rule.")
@click.option("--start", type=PATH, help="A roster to begin with.")
@click.option("--time-limit", type=SECONDS, default="60s", show_default=True, help="How long to search.")
@click.option("--gap", type=PERCENT, default="0%", show_default=True, help="Good enough: so near to the bound.")
@click.option(
    "--workers", type=click.IntRange(1, 256), help="Searches at the same time. [default: 2, or the cluster's]"
)
@click.option("--cluster", metavar="ADDRESS", help="Use a Dask cluster: tcp://HOST:PORT, or local:N for N processes.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all random choices.")
@click.option("--deterministic", is_flag=True, help="Same roster every time; the limit counts work, not the clock.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--progress",
    type=click.Choice(["auto", "json", "none"]),
    default="auto",
    show_default=True,
    help="On standard error: for people, or as JSON lines for other programs.",
)
@click.option("--quiet", is_flag=True, help="The same as --progress none.")
@click.pass_context
def command(
    ctx: click.Context,
    operation: Path,
    output: Path | None,
    first: tuple[int, int | None] | None,
    last: tuple[int, int | None] | None,
    keep: Path | None,
    start: Path | None,
    time_limit: float,
    gap: float,
    workers: int | None,
    cluster: str | None,
    seed: int,
    deterministic: bool,
    style: str,
    progress: str,
    quiet: bool,
) -> None:
    """Make a roster for the operation file OPS.

    The best roster so far is on disk during the search; Ctrl-C keeps it. The result is audited before it is reported.
    """
    from patrolplan.engine.conductor import Settings
    from patrolplan.plan.solving import Request, prepare, solve_operation, stopped_by_signals

    settings = Settings(time_limit, gap, workers or 2, seed, deterministic)
    request = Request(operation, output, (first, last), keep, start, settings, cluster, workers is None)
    loaded = prepare(request)
    with stopped_by_signals() as stop:
        view = _view("none" if quiet else progress, loaded)
        with view:
            solution = solve_operation(request, loaded, view, stop, view.remark)
            view.ended(solution.proof, solution.written, solution.exit_code)
        _report(solution, operation, style)
    ctx.exit(solution.exit_code)


def _view(progress: str, loaded: Operation) -> ProgressView | ProgressLines:
    """What shows the search on standard error; the warnings come first."""
    if progress == "json":
        from patrolplan.terminal.complaints import merged
        from patrolplan.terminal.progress_lines import ProgressLines

        lines = ProgressLines(sys.stderr, loaded.problem)
        for warning in merged(loaded.warnings):
            lines.remark(str(warning))
        return lines
    from patrolplan.terminal.console import error_console
    from patrolplan.terminal.progress import ProgressView

    remark(loaded.warnings)
    return ProgressView(error_console(), loaded.problem, quiet=progress == "none")


def _report(solution: Solution, operation: Path, style: str) -> None:
    from patrolplan.terminal.console import output_console

    for words in solution.disagreements:
        click.echo(_("This is a bug, not in your input: {words}.").format(words=words), err=True)
    if style == "json":
        from patrolplan.formats.solution_json import solution_json

        data = solution_json(solution.problem, solution.proof, solution.audit, solution.written)
        write_result(json_text(data), None)
    else:
        from patrolplan.terminal import summary

        console = output_console()
        if solution.roster is None or solution.audit is None:
            summary.view_without_roster(console, solution.problem, solution.proof)
        else:
            summary.view(
                console,
                solution.problem,
                solution.roster,
                solution.audit,
                solution.proof,
                written=str(solution.written),
                operation=str(operation),
            )
