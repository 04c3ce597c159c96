"""``patrolplan explain``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from patrolplan.cli.output import json_text, remark, remark_rows, write_result
from patrolplan.cli.parameters import PATH, SECONDS, operation_argument
from patrolplan.language import _

if TYPE_CHECKING:
    from patrolplan.analysis.explained import Contradiction, Explanation


@click.command("explain")
@operation_argument
@click.argument("roster", metavar="[ROSTER]", type=PATH, required=False)
@click.option("--person", help="Why this person (service number, name or part of it) is, or is not, on --duty.")
@click.option("--duty", help="A duty, written POST@DATE:SHIFT, such as gate@2024-12-07:night.")
@click.option("--remedies/--no-remedies", default=True, show_default=True, help="Look for what closes the gaps.")
@click.option("--time-limit", type=SECONDS, default="30s", show_default=True, help="How long to look for that.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(
    ctx: click.Context,
    operation: Path,
    roster: Path | None,
    person: str | None,
    duty: str | None,
    remedies: bool,
    time_limit: float,
    style: str,
) -> None:
    """Say why gaps of ROSTER are open, person by person, and what closes them.

    Each way out was found by solving, and the roster with it was audited. Without ROSTER: which rules and pins of the
    operation contradict each other, if no roster can keep them all.
    """
    if (person is None) != (duty is None):
        raise click.UsageError(_("--person and --duty go together: who, and which duty."))
    if roster is None:
        if person is not None:
            raise click.UsageError(_("--person and --duty are about a roster; name it after the operation."))
        from patrolplan.plan.contradicting import contradiction

        found = contradiction(operation, time_limit=time_limit)
        remark(found.warnings)
        _print_contradiction(found, str(operation), style)
        ctx.exit(found.exit_code)
    if person is not None and duty is not None:
        _explain_duty(operation, roster, person, duty, style)
        ctx.exit(0)
    from patrolplan.plan.explaining import explain

    explanation = explain(operation, roster, remedies=remedies, time_limit=time_limit)
    remark(explanation.warnings)
    remark_rows(roster, explanation.rows)
    _print(explanation, operation, roster, style)
    ctx.exit(explanation.exit_code)


def _print(explanation: Explanation, operation: Path, roster: Path, style: str) -> None:
    if style == "json":
        from patrolplan.formats.explanation_json import explanation_json

        write_result(json_text(explanation_json(explanation, operation.name)), None)
        return
    from patrolplan.terminal import explanation as view
    from patrolplan.terminal.console import output_console

    view.view(output_console(), explanation, operation=str(operation), roster=str(roster))


def _print_contradiction(found: Contradiction, operation: str, style: str) -> None:
    if style == "json":
        from patrolplan.formats.explanation_json import contradiction_json

        write_result(json_text(contradiction_json(found)), None)
        return
    from patrolplan.terminal import explanation as view
    from patrolplan.terminal.console import output_console

    view.view_contradiction(output_console(), found, operation=operation)


def _explain_duty(operation: Path, roster: Path, person: str, duty: str, style: str) -> None:
    from patrolplan.plan.one_duty import explain_duty

    problem, found, warnings = explain_duty(operation, roster, person, duty)
    remark(warnings)
    if style == "json":
        from patrolplan.formats.explanation_json import duty_json

        write_result(json_text(duty_json(problem, found)), None)
        return
    from patrolplan.terminal import explanation as view
    from patrolplan.terminal.console import output_console

    view.view_duty(output_console(), problem, found)
