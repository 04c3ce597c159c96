"""Best known costs as somebody hands them in, and how far from them a campaign ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from patrolplan.errors import InputError
from patrolplan.tables import read_table

INSTANCE, COST = "instance", "cost"
PERCENT = 100

Result = Mapping[str, Any]


def read_best_known(path: Path) -> dict[str, int]:
    """Instance to cost, from a table with the columns ``instance`` and ``cost``; other columns are left alone.

    Raises
    ------
    InputError
        If the file is no such table.
    """
    table = read_table(path)
    headings = {heading.lower() for heading in table.headings}
    missing = [heading for heading in (INSTANCE, COST) if heading not in headings]
    if missing:
        raise InputError(f"has no column {missing[0]}; it needs instance and cost.", str(path))
    found = {}
    for row in table.rows:
        name, cost = row.cells.get(INSTANCE, ""), row.cells.get(COST, "")
        if cost and not cost.isdecimal():
            raise InputError(f'line {row.line}: the cost "{cost}" is not a whole number.', str(path))
        if cost:
            found[name] = int(cost)
    return found


def distance(cost: int | None, hard: int | None, best: int | None) -> float | None:
    """How far a cost lies above the best known one, as a share of it; None if there is nothing to compare."""
    if cost is None or hard or best is None:
        return None
    return (cost - best) / max(1, best)


def summary(results: Sequence[Result]) -> dict[str, Any]:
    """What all results together come to; means and worst are over the instances that have the figure."""
    distances = _figures(results, "distance")
    gaps = _figures(results, "gap")
    return {
        "instances": len(results),
        "with_roster": sum(one["cost"] is not None for one in results),
        "proved_optimal": sum(one["status"] == "optimal" for one in results),
        "hard_broken": sum(bool(one["hard"]) for one in results),
        "failed": [one["instance"] for one in results if one["cost"] is None],
        "at_best_known": sum(value <= 0 for value in distances),
        "compared": len(distances),
        "mean_distance": _rounded(distances, mean),
        "worst_distance": _rounded(distances, max),
        "mean_gap": _rounded(gaps, mean),
        "worst_gap": _rounded(gaps, max),
    }


def summary_text(found: Mapping[str, Any]) -> str:
    """The summary in a few lines."""
    lines = [
        f"{found['instances']} instances: {found['with_roster']} with a roster, {found['proved_optimal']} proved "
        f"optimal, {found['hard_broken']} with broken hard constraints."
    ]
    if found["failed"]:
        lines.append(f"Without a roster: {', '.join(found['failed'])}.")
    if found["mean_gap"] is not None:
        mean_gap, worst_gap = percent(found["mean_gap"]), percent(found["worst_gap"])
        lines.append(f"Gap to the proved bound: {mean_gap} mean, {worst_gap} worst.")
    if found["compared"]:
        lines.append(
            f"Distance to the best known cost: {percent(found['mean_distance'])} mean, "
            f"{percent(found['worst_distance'])} worst; at it {found['at_best_known']} of {found['compared']}."
        )
    return "\n".join(lines)


def percent(share: float) -> str:
    """A share for people: ``0.25 %``."""
    return f"{share * PERCENT:.2f} %"


def _figures(results: Iterable[Result], name: str) -> list[float]:
    return [one[name] for one in results if one[name] is not None]


def _rounded(values: list[float], together: Any) -> float | None:
    return round(together(values), 6) if values else None
