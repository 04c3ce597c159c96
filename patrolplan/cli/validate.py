"""``patrolplan validate``."""

from __future__ import annotations

from pathlib import Path

import click

from patrolplan.cli.output import remark, write_result
from patrolplan.cli.parameters import PATH
from patrolplan.errors import EXIT_DONE, EXIT_INPUT, InputError
from patrolplan.language import _


@click.command("validate")
@click.argument("operations", metavar="OPS...", type=PATH, nargs=-1, required=True)
@click.option("--resolved", is_flag=True, help="Print the effective operation, with the origin of each line.")
@click.pass_context
def command(ctx: click.Context, operations: tuple[Path, ...], resolved: bool) -> None:
    """Check operation files, and everything that they name, without making a roster."""
    from patrolplan.terminal import complaints
    from patrolplan.terminal.console import error_console

    code = EXIT_DONE
    for path in operations:
        try:
            _validate(path, resolved)
        except InputError as error:
            complaints.view(error_console(), error)
            code = EXIT_INPUT
    ctx.exit(code)


def _validate(path: Path, resolved: bool) -> None:
    from patrolplan.plan.loading import load_operation

    operation = load_operation(path)
    if resolved:
        from patrolplan import config

        write_result(config.resolved_text(path), None)
        remark(operation.warnings)
        return
    from patrolplan.terminal.console import output_console, plural, say
    from patrolplan.terminal.summary import rules_text

    problem = operation.problem
    say(
        output_console(),
        (_("{path} is valid").format(path=path), "bold"),
        f": {problem.name}, {plural(len(problem.people), 'person', 'people')}, {plural(len(problem.sites), 'site')}, "
        f"{plural(len(problem.posts), 'post')}, {plural(problem.last_day - problem.first_day + 1, 'day')}, "
        f"{rules_text(problem)}.",
    )
    remark(operation.warnings)
