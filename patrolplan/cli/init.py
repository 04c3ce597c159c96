"""``patrolplan init``."""

from __future__ import annotations

from pathlib import Path

import click

from patrolplan.cli.parameters import PATH
from patrolplan.errors import Complaint, InputError, Place
from patrolplan.language import _


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=PATH, default=".")
def command(folder: Path) -> None:
    """Write a first operation to edit: ops.yaml and people.csv, in DIR or the current folder.

    Files that are there already are not touched.
    """
    from patrolplan.plan.files import write_atomic
    from patrolplan.plan.starting import FIRST_FILES
    from patrolplan.terminal.console import output_console, say

    present = [name for name in FIRST_FILES if (folder / name).exists()]
    if present:
        raise InputError(
            [
                Complaint(_("is there already; name another folder, or remove it first."), Place(str(folder / name)))
                for name in present
            ]
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            [Complaint(_("the folder cannot be made: {reason}.").format(reason=error.strerror), Place(str(folder)))]
        ) from None
    console = output_console()
    for name, text in FIRST_FILES.items():
        write_atomic(folder / name, text)
        say(console, str(folder / name))
    operation = folder / "ops.yaml"
    say(
        console,
        _("Next: edit them, then patrolplan validate {operation} and patrolplan solve {operation}").format(
            operation=operation
        ),
        hang=6,
    )
