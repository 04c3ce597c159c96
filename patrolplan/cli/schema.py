"""``patrolplan schema``."""

from __future__ import annotations

from pathlib import Path

import click

from patrolplan.cli.output import json_text, write_result
from patrolplan.cli.parameters import PATH


@click.command("schema")
@click.option("-o", "--output", type=PATH, help="File to write. Default: standard output.")
def command(output: Path | None) -> None:
    """Print the JSON Schema of the operation file.

    An editor with the YAML language server completes and checks the file if its first line is
    "# yaml-language-server: $schema=./ops.schema.json".
    """
    from patrolplan import config

    write_result(json_text(config.schema()), output)
