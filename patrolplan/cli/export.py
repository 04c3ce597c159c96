"""``patrolplan export``."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from patrolplan.cli.parameters import DATES, DURATION, PATH, operation_argument, roster_argument
from patrolplan.language import _
from patrolplan.plan.files import format_of_ending

WRITERS: Mapping[str, str] = {
    "csv": "patrolplan.cli.export_tables:write_csv",
    "xlsx": "patrolplan.cli.export_tables:write_xlsx",
    "ics": "patrolplan.cli.export_tables:write_ics",
    "json": "patrolplan.cli.export_tables:write_json",
    "text": "patrolplan.cli.export_tables:write_text",
    "png": "patrolplan.cli.export_tables:write_png",
    "html": "patrolplan.cli.export_pages:write_html",
    "pdf": "patrolplan.cli.export_pages:write_pdf",
    "papers": "patrolplan.cli.export_pages:write_papers",
}
"""For every format the function that writes it, given the operation, the roster and the options; imported when used."""

_PAPERS = ("html --paper", "pdf", "papers")
_BELONGS: Mapping[str, tuple[str, ...]] = {
    "--layout grid": ("csv",),
    "--excel": ("csv",),
    "--alarm": ("ics",),
    "--paper": _PAPERS,
    "--rounds": _PAPERS,
    "--date": ("text", "png", *_PAPERS),
    "--site": ("text", "png", "ics", *_PAPERS),
    "--person": ("ics", *_PAPERS),
}
"""Formats with which an option goes; with the others it would be passed over."""


@click.command("export")
@operation_argument
@roster_argument
@click.option(
    "--to",
    "kind",
    type=click.Choice(list(WRITERS)),
    default="csv",
    show_default=True,
    help="csv and json for programs, xlsx for spreadsheets, ics for calendars, text and png for a group chat, "
    "html for a report, pdf and papers to hand out.",
)
@click.option(
    "--layout",
    type=click.Choice(["long", "grid"]),
    default="long",
    show_default=True,
    help="For csv: one row per stretch at a post, or people by days.",
)
@click.option("--excel", is_flag=True, help="For csv: so that Excel opens it by a double click.")
@click.option("--alarm", type=DURATION, help="For ics: remind so long before each duty, such as 2h.")
@click.option("--date", "dates", type=DATES, help="Only this date, or dates such as 2026-02-13..2026-02-15.")
@click.option("--site", "sites", multiple=True, help="Only this site; may be repeated.")
@click.option("--person", "people", multiple=True, help="Only this person; may be repeated.")
@click.option(
    "--paper",
    "papers",
    metavar="KIND",
    multiple=True,
    type=click.Choice(["annex", "site", "card", "handover", "occurrence", "patrol", "command"]),
    help="For html, pdf and papers: annex (to the duty order), site (rosters), card (duty cards), handover, occurrence "
    "(book), patrol (sheets) or command (chain of); may be repeated.",
)
@click.option("--rounds", type=PATH, help="For patrol sheets: the rounds as written by the command rounds.")
@click.option(
    "--names",
    type=click.Choice(["full", "initials", "id"]),
    default="full",
    show_default=True,
    help="How people are named.",
)
@click.option(
    "-o", "--output", type=PATH, help="File to write, or a folder for calendars and papers. Default: standard output."
)
@click.pass_context
def command(ctx: click.Context, /, operation: Path, roster: Path, kind: str, **options: Any) -> None:
    """Write ROSTER for spreadsheets, calendars, group chats or programs, as a report, or as papers to hand out."""
    module, _sign, function = WRITERS[kind].partition(":")
    write: Callable[[Path, Path, Mapping[str, Any]], None] = getattr(importlib.import_module(module), function)
    _refuse_strangers(kind, options)
    target: Path | None = options["output"]
    if target is not None and target not in (operation, roster):
        _refuse_other_ending(kind, target)
    write(operation, roster, options)
    ctx.exit(0)


def _refuse_strangers(kind: str, options: Mapping[str, Any]) -> None:
    """Say which options do not go with a format, rather than pass over them."""
    wanted = f"{kind} --paper" if kind == "html" and options["papers"] else kind
    given = {
        "--layout grid": options["layout"] == "grid",
        "--excel": options["excel"],
        "--alarm": options["alarm"] is not None,
        "--paper": options["papers"],
        "--rounds": options["rounds"] is not None,
        "--date": options["dates"] is not None,
        "--site": options["sites"],
        "--person": options["people"],
    }
    for flag, kinds in _BELONGS.items():
        if given[flag] and wanted not in kinds:
            raise click.UsageError(_("{flag} goes with --to {kinds}.").format(flag=flag, kinds=" or ".join(kinds)))


def _refuse_other_ending(kind: str, target: Path) -> None:
    """Say that a file would not hold what its ending promises; a file where a folder is wanted is told of elsewhere."""
    promised = format_of_ending(target)
    if not promised or (kind in ("papers", "ics") and target.exists()):
        return
    if promised != kind:
        words = _("{name} would hold {kind}; write --to {promised}, or another name.")
        raise click.UsageError(words.format(name=target, kind=kind, promised=promised))
    if target.suffix.lower() not in (f".{kind}", ".htm"):
        words = _("{name} would hold {kind}; name it {better}.")
        raise click.UsageError(words.format(name=target, kind=kind, better=target.with_suffix(f".{kind}")))
