"""``patrolplan export --to csv|xlsx|ics|json|text|png``: the roster for spreadsheets, calendars, chats and programs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from patrolplan.cli.choosing import chosen_people, chosen_sites
from patrolplan.cli.output import remark, remark_rows, write_bytes, write_result
from patrolplan.language import _
from patrolplan.plan.exporting import BINARY, Export, make, write_calendars
from patrolplan.plan.files import refuse_bad_target
from patrolplan.plan.loading import load_operation, load_roster, sources_of
from patrolplan.plan.naming import chosen_days


def _write(kind: str, operation: Path, roster: Path, options: Mapping[str, Any]) -> None:
    """Write the roster in one of the formats of `patrolplan.plan.exporting`."""
    target: Path | None = options["output"]
    if kind in BINARY and target is None:
        raise click.UsageError(_("--to {kind} needs a file: -o NAME.{kind}").format(kind=kind))
    loaded = load_operation(operation)
    problem = loaded.problem
    if target is not None and kind != "ics":
        refuse_bad_target(target, sources_of(operation, problem, roster))
    remark(loaded.warnings)
    file = load_roster(problem, roster)
    remark_rows(roster, file.findings)
    export = Export(
        problem,
        file,
        options["layout"],
        options["excel"],
        chosen_days(problem, options["dates"]) if options["dates"] is not None else None,
        chosen_sites(problem, options["sites"]) or None,
        chosen_people(options["people"], problem) or None,
        options["alarm"],
        target,
    ).in_names(options["names"])
    content = make(kind, export)
    if isinstance(content, str):
        write_result(content, target)
    elif isinstance(content, bytes):
        write_bytes(content, target)
    else:
        assert target is not None
        write_calendars(target, content)


write_csv = partial(_write, "csv")
write_xlsx = partial(_write, "xlsx")
write_ics = partial(_write, "ics")
write_json = partial(_write, "json")
write_text = partial(_write, "text")
write_png = partial(_write, "png")
