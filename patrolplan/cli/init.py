"""``patrolplan init``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from patrolplan.cli.parameters import PATH
from patrolplan.errors import Complaint, InputError, Place
from patrolplan.language import _


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=PATH, default=".")
@click.option("--from", "old", type=PATH, help="An old roster (.xlsx, .csv) to draft people, sites and shifts from.")
def command(folder: Path, old: Path | None) -> None:
    """Write a first operation to edit: ops.yaml and people.csv, in DIR or the current folder.

    Files that are there already are not touched.
    """
    from patrolplan.plan.files import write_atomic
    from patrolplan.plan.starting import FIRST_FILES
    from patrolplan.terminal.console import error_console, output_console, say

    _refuse_present(folder, FIRST_FILES)
    files: Mapping[str, str] = FIRST_FILES
    objections: Sequence[str] = ()
    if old is not None:
        from patrolplan.plan.drafting import draft_operation

        draft = draft_operation(old)
        files, objections = draft.files, draft.objections
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            [Complaint(_("the folder cannot be made: {reason}.").format(reason=error.strerror), Place(str(folder)))]
        ) from None
    console = output_console()
    for name, text in files.items():
        write_atomic(folder / name, text)
        say(console, str(folder / name))
    for objection in objections:
        say(error_console(), objection, hang=2)
    operation = folder / "ops.yaml"
    if old is not None:
        words = _("Guesses are marked GUESS: look at them, then patrolplan validate {operation}")
        say(console, words.format(operation=operation), hang=6)
    else:
        words = _("Next: edit them, then patrolplan validate {operation} and patrolplan solve {operation}")
        say(console, words.format(operation=operation), hang=6)


def _refuse_present(folder: Path, names: Iterable[str]) -> None:
    present = [name for name in names if (folder / name).exists()]
    if present:
        raise InputError(
            [
                Complaint(_("is there already; name another folder, or remove it first."), Place(str(folder / name)))
                for name in present
            ]
        )
