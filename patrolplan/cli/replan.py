"""``patrolplan replan``."""

from __future__ import annotations

from pathlib import Path

import click

from patrolplan.cli.output import json_text, remark, write_result
from patrolplan.cli.parameters import AWAY, MOMENT, PATH, SECONDS, operation_argument, roster_argument
from patrolplan.language import _
from patrolplan.plan.absences import Away


@click.command("replan")
@operation_argument
@roster_argument
@click.option(
    "--absent",
    "away",
    type=AWAY,
    multiple=True,
    help="PERSON=FIRST..LAST, such as P07=2024-11-27..2024-11-29; may be repeated.",
)
@click.option(
    "-o", "--output", type=PATH, help="Where the repaired roster goes. Default: OPS.replan.csv in the current folder."
)
@click.option(
    "--freeze-until",
    type=MOMENT,
    help="Nothing that starts before is touched. Default: now; unless OPS runs now, the first absence.",
)
@click.option("--max-changes", type=click.IntRange(0), help="Change at most so many duties, and leave gaps for it.")
@click.option("--substitutes", metavar="DUTY", help="Only say who can step in, such as for gate@2024-12-07:night.")
@click.option(
    "--swap", metavar="DUTY=PERSON", help="Only check whether this person can take that duty, and what goes back."
)
@click.option("--time-limit", type=SECONDS, default="8s", show_default=True, help="How long to search.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all random choices.")
@click.option("--deterministic", is_flag=True, help="Same roster every time; the limit counts work, not the clock.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(
    ctx: click.Context,
    operation: Path,
    roster: Path,
    away: tuple[Away, ...],
    output: Path | None,
    freeze_until: tuple[int, int | None] | None,
    max_changes: int | None,
    substitutes: str | None,
    swap: str | None,
    time_limit: float,
    seed: int,
    deterministic: bool,
    style: str,
) -> None:
    """Repair ROSTER with the fewest changed duties.

    Absences are named here; new needs and changed phases come from the operation file OPS as it is now. ROSTER is a
    roster file, or the folder of what was published. Every change is listed with its reason.
    """
    if substitutes is not None and swap is not None:
        raise click.UsageError(_("--substitutes and --swap ask two questions; ask one at a time."))
    if substitutes is not None:
        code = _substitutes(operation, roster, substitutes, away, freeze_until, output, style)
    elif swap is not None:
        code = _swap(operation, roster, swap, away, freeze_until, output, style)
    else:
        code = _repair(
            operation, roster, away, output, freeze_until, max_changes, time_limit, seed, deterministic, style
        )
    ctx.exit(code)


def _substitutes(
    operation: Path,
    roster: Path,
    duty: str,
    away: tuple[Away, ...],
    heard: tuple[int, int | None] | None,
    output: Path | None,
    style: str,
) -> int:
    from patrolplan.plan.standins import find_substitutes

    if output is not None:
        raise click.UsageError(_("--substitutes writes no roster; leave out -o."))
    result = find_substitutes(operation, roster, duty, away=away, heard=heard)
    remark(result.warnings)
    if style == "json":
        from patrolplan.plan.answers import stand_ins_json

        write_result(json_text(stand_ins_json(result)), None)
    else:
        from patrolplan.terminal import standinview
        from patrolplan.terminal.console import output_console

        standinview.view(output_console(), result)
    return result.exit_code


def _swap(
    operation: Path,
    roster: Path,
    wish: str,
    away: tuple[Away, ...],
    heard: tuple[int, int | None] | None,
    output: Path | None,
    style: str,
) -> int:
    from patrolplan.plan.standins import swap

    result = swap(operation, roster, wish, away=away, heard=heard, output=output)
    remark(result.warnings)
    if style == "json":
        from patrolplan.plan.answers import swap_json

        write_result(json_text(swap_json(result)), None)
    else:
        from patrolplan.terminal import standinview
        from patrolplan.terminal.console import output_console

        standinview.swap_view(output_console(), result)
    return result.exit_code


def _repair(
    operation: Path,
    roster: Path,
    away: tuple[Away, ...],
    output: Path | None,
    freeze_until: tuple[int, int | None] | None,
    max_changes: int | None,
    time_limit: float,
    seed: int,
    deterministic: bool,
    style: str,
) -> int:
    from patrolplan.engine.search import Settings
    from patrolplan.plan.replanning import Request, replan
    from patrolplan.plan.solving import stopped_by_signals

    settings = Settings(time_limit, 0.0, 2, seed, deterministic)
    with stopped_by_signals() as stop:
        result = replan(Request(operation, roster, away, output, freeze_until, max_changes, settings), stop)
    remark(result.warnings)
    for finding in result.broken:
        click.echo(
            _("This is a bug, not in your input: the repair breaks {rule}: {message}.").format(
                rule=finding.rule, message=finding.message
            ),
            err=True,
        )
    if style == "json":
        from patrolplan.plan.answers import replan_json

        write_result(json_text(replan_json(result)), None)
    else:
        from patrolplan.terminal import replanview
        from patrolplan.terminal.console import output_console

        replanview.view(output_console(), result, operation=str(operation))
    return result.exit_code
