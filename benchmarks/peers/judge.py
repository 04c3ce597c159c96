"""What a roster is worth: patrolplan's audit says so, whoever made it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from patrolplan.findings import Severity
from patrolplan.plan.checking import check
from patrolplan.units import COST_SCALE

Result = dict[str, Any]
TOLERANCE = 1e-6
MINUTES_PER_HOUR = 60

NO_ROSTER: Result = {"hard": None, "costs": None, "gap_hours": None}


def judge(operation: Path, roster: Path) -> Result:
    """Number of broken hard rules, costs by level in weights, and open person-hours of a roster file."""
    if not roster.exists():
        return dict(NO_ROSTER)
    found = check(operation, roster).audit
    return {
        "hard": sum(finding.severity is Severity.HARD for finding in found.findings),
        "costs": {str(level): cost / COST_SCALE for level, cost in found.costs.items() if cost},
        "gap_hours": round(found.gap_minutes / MINUTES_PER_HOUR, 2),
    }


def is_proved(result: Mapping[str, Any]) -> bool:
    """Whether the bounds that a solver claims meet the costs that the audit found, on every level."""
    costs, bounds = result.get("costs"), result.get("bounds") or {}
    if costs is None or result.get("hard"):
        return False
    return bool(bounds) and all(cost <= bounds.get(level, 0) + TOLERANCE for level, cost in costs.items())


def contradicts(result: Mapping[str, Any]) -> bool:
    """Whether the first level costs less than a solver claims that any roster must cost."""
    costs, bounds = result.get("costs"), result.get("bounds") or {}
    if not costs or not bounds or result.get("hard"):
        return False
    first = min(bounds, key=int)
    return bool(costs.get(first, 0) < bounds[first] - TOLERANCE)


def best_of(results: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The best rosters of one operation: fewest broken hard rules, then level by level."""
    judged = [one for one in results if one.get("costs") is not None]
    levels = sorted({int(level) for one in judged for level in one["costs"]})
    ranks = [(one["hard"], *(round(one["costs"].get(str(level), 0.0), 4) for level in levels)) for one in judged]
    return [one for one, rank in zip(judged, ranks, strict=True) if rank == min(ranks)]
