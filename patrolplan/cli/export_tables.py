"""``patrolplan export --to csv|json``: the roster for spreadsheets and other programs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patrolplan.cli.output import json_text, remark, remark_rows, write_result
from patrolplan.plan.loading import load_operation, load_roster


def write_csv(operation: Path, roster: Path, options: Mapping[str, Any]) -> None:
    """Write the roster as rows per stretch, or as people by days."""
    loaded = load_operation(operation)
    remark(loaded.warnings)
    file = load_roster(loaded.problem, roster)
    if options["layout"] == "grid":
        from patrolplan.formats.grid import write_grid

        text = write_grid(loaded.problem, file.roster)
    else:
        from patrolplan.formats.roster_csv import write_roster

        text = write_roster(loaded.problem, file.roster, file)
    remark_rows(roster, file.findings)
    write_result(text, options["output"])


def write_json(operation: Path, roster: Path, options: Mapping[str, Any]) -> None:
    """Write the roster as JSON."""
    from patrolplan.formats.roster_json import roster_json

    loaded = load_operation(operation)
    remark(loaded.warnings)
    file = load_roster(loaded.problem, roster)
    text = json_text(roster_json(loaded.problem, file.roster))
    remark_rows(roster, file.findings)
    write_result(text, options["output"])
