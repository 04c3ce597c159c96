"""Results to standard output or a file, remarks to standard error."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from patrolplan.errors import Complaint


def remark(warnings: Iterable[Complaint]) -> None:
    """Print warnings on standard error."""
    from patrolplan.terminal.console import error_console, say

    console = error_console()
    for warning in warnings:
        say(console, ("warning ", "yellow"), str(warning), hang=8)


def write_result(text: str, target: Path | None) -> None:
    """Write a result to the file that was named, or to standard output."""
    if target is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    from patrolplan.plan.files import write_atomic

    write_atomic(target, text if text.endswith("\n") else text + "\n")


def json_text(data: Any) -> str:
    """Plain data as JSON."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
