"""The roster as JSON facts, for other programs."""

from __future__ import annotations

from typing import Any

from patrolplan.formats.roster_csv import COLUMNS, roster_rows
from patrolplan.problem import Problem
from patrolplan.roster import Roster


def roster_json(problem: Problem, roster: Roster) -> dict[str, Any]:
    """A roster as plain data: the operation, and its stretches under the headings of the roster file."""
    return {
        "operation": problem.name,
        "timezone": problem.zone.name,
        "from": problem.zone.iso(problem.start),
        "until": problem.zone.iso(problem.end),
        "duties": len(roster.duties),
        "people": len(roster.by_person),
        "stretches": [dict(zip(COLUMNS, cells, strict=True)) for cells, _ in roster_rows(problem, roster)],
    }
