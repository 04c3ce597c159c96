"""``patrolplan check``."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

import patrolplan
from patrolplan.cli.output import json_text, remark, write_result
from patrolplan.cli.parameters import MOMENT, PATH, operation_argument, roster_argument
from patrolplan.errors import InputError

if TYPE_CHECKING:
    from patrolplan.audit import Threshold
    from patrolplan.formats.report import Report

_EXPLAINED = 3
"""Gaps for which it is said who could fill them; each takes a while."""


@click.command("check")
@operation_argument
@roster_argument
@click.option("--from", "since", type=MOMENT, help="Ignore what ended before this date.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github", "junit", "sarif"]),
    default="text",
    show_default=True,
    help="For people, other programs, or continuous integration.",
)
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
    fail_on: Threshold,
    require_fresh: bool,
) -> None:
    """Audit ROSTER against the operation file OPS: cover to the minute, every rule.

    Any roster will do, also one that was edited in a spreadsheet, and the folder of published versions.
    """
    from patrolplan.plan.checking import check
    from patrolplan.plan.files import refuse_bad_target
    from patrolplan.plan.loading import sources_of
    from patrolplan.plan.versions import roster_path

    roster = roster_path(roster)
    result = check(operation, roster, since=since, require_fresh=require_fresh)
    if output_file is not None:
        refuse_bad_target(output_file, sources_of(operation, result.problem, roster))
    remark(result.warnings)
    if style == "text":
        _print(result, roster, output_file, whole=since is None)
    elif style == "json":
        from patrolplan.formats.findings_json import findings_json

        data = findings_json(result.problem, result.audit) | {
            "written": None if output_file is None else str(output_file)
        }
        write_result(json_text(data), output_file)
    else:
        from patrolplan.plan.reporting import report

        told = report(result, operation, roster, fail_on)
        write_result(_report_text(told, style), output_file)
        if style == "github":
            _summarize(told)
    ctx.exit(result.exit_code(fail_on))


def _report_text(told: Report, style: str) -> str:
    """A report in the format of continuous integration."""
    if style == "github":
        from patrolplan.formats.github import workflow_commands

        return workflow_commands(told)
    if style == "junit":
        from patrolplan.formats.junit import junit_text

        return junit_text(told, dt.datetime.now())
    from patrolplan.formats.sarif import sarif

    return json_text(sarif(told, patrolplan.__version__))


def _summarize(told: Report) -> None:
    """Add all findings to the step summary, if GitHub Actions names one and there is room left in it."""
    from patrolplan.formats.github import SUMMARY_BYTES, step_summary
    from patrolplan.plan.files import append_text

    target = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if not target:
        return
    path = Path(target)
    taken = path.stat().st_size if path.is_file() else 0
    try:
        append_text(path, step_summary(told, SUMMARY_BYTES - taken))
    except InputError as error:
        remark(error.complaints)


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
