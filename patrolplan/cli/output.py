"""Results to standard output or a file, remarks to standard error."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from patrolplan.errors import Complaint, InputError
from patrolplan.findings import Finding
from patrolplan.language import _


def remark(warnings: Iterable[Complaint]) -> None:
    """Print warnings on standard error."""
    from patrolplan.terminal.complaints import merged
    from patrolplan.terminal.console import error_console, say

    console = error_console()
    for warning in merged(warnings):
        say(console, (_("warning") + " ", "yellow"), str(warning), hang=len(_("warning")) + 1)


def remark_rows(roster: Path, findings: Iterable[Finding]) -> None:
    """Print on standard error which rows of a roster were not understood."""
    from patrolplan.terminal.console import error_console, say

    console = error_console()
    for finding in findings:
        say(console, f"{roster}:{finding.row}  {finding.message}", hang=2)


def write_result(text: str, target: Path | None) -> None:
    """Write a result to the file that was named, or to standard output; UTF-8, but on a terminal what it can show."""
    if target is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            on_terminal = sys.stdout.isatty()
            sys.stdout.reconfigure(encoding=None if on_terminal else "utf-8", errors="replace")
        click.echo(text, nl=not text.endswith("\n"))
        return
    from patrolplan.plan.files import write_atomic

    write_atomic(target, text if text.endswith("\n") else text + "\n")


def write_bytes(content: bytes, target: Path | None) -> None:
    """Write a result that is no text to the file that was named, or to standard output unless that is a terminal.

    Raises
    ------
    InputError
        If it would go to a terminal, or the file cannot be written.
    """
    if target is None:
        if sys.stdout.isatty():
            raise InputError(_("this is no text for a terminal; name a file with -o."))
        click.echo(content, nl=False)
        return
    from patrolplan.plan.files import write_atomic

    write_atomic(target, content)


def json_text(data: Any) -> str:
    """Plain data as JSON."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
