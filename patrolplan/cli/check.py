"""``patrolplan check``."""

from __future__ import annotations

from pathlib import Path

import click

from patrolplan.cli.output import json_text, remark, write_result
from patrolplan.cli.parameters import MOMENT, PATH, operation_argument, roster_argument

_EXPLAINED = 3
"""Gaps for which it is said who could fill them; each takes a while."""


@click.command("check")
@operation_argument
@roster_argument
@click.option("--from", "since", type=MOMENT, help="Ignore what ended before this date.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--output-file", type=PATH, help="Write the findings to this file instead of standard output.")
@click.option(
    "--fail-on",
    type=click.Choice(["hard", "gap", "any"]),
    default="gap",
    show_default=True,
    help="End with 1 on broken hard rules, on these and gaps, or on any finding.",
)
@click.option("--require-fresh", is_flag=True, help="The roster must stem from the present input.")
@click.pass_context
def command(
    ctx: click.Context,
    operation: Path,
    roster: Path,
    since: tuple[int, int | None] | None,
    style: str,
    output_file: Path | None,
    fail_on: str,
    require_fresh: bool,
) -> None:
    """Audit ROSTER against the operation file OPS: cover to the minute, every rule.

    Any roster will do, also one that was edited in a spreadsheet.
    """
    from patrolplan.plan.checking import check

    result = check(operation, roster, since=since, require_fresh=require_fresh)
    remark(result.warnings)
    if style == "json":
        from patrolplan.formats.findings_json import findings_json

        data = findings_json(result.problem, result.audit) | {
            "written": None if output_file is None else str(output_file)
        }
        write_result(json_text(data), output_file)
    else:
        _print(result, roster, output_file, whole=since is None)
    ctx.exit(result.exit_code(fail_on))


def _print(result: object, roster: Path, target: Path | None, whole: bool) -> None:
    import io

    from patrolplan.plan.checking import Check
    from patrolplan.terminal import findings
    from patrolplan.terminal.console import output_console

    assert isinstance(result, Check)
    text = io.StringIO()
    console = output_console() if target is None else output_console(text, 120)
    findings.view(console, result.problem, result.audit, file=str(roster), explained=_EXPLAINED, whole=whole)
    if target is not None:
        write_result(text.getvalue(), target)
