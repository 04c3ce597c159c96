"""What a planner is told of patrol sheets, as JSON facts; never the sheets themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from patrolplan.problem import Problem


def rounds_json(problem: Problem, reports: Sequence[Any], written: Path | None, idle: Sequence[str]) -> dict[str, Any]:
    """Reports (see `patrolplan.rounds.report.GroundReport`) as plain data.

    Returns
    -------
    dict
        ``status`` is ``kept`` or ``broken``; ``zones`` holds each ground. Detections and the bound are shares from 0 to
        1; where too little was drawn for an estimate they are null.
    """
    kept = all(one.kept for one in reports) and not idle
    return {
        "operation": problem.name,
        "status": "kept" if kept else "broken",
        "written": None if written is None else str(written),
        "zones": [zone_json(one) for one in reports],
        "not_patrolled": list(idle),
    }


def zone_json(one: Any) -> dict[str, Any]:
    """One ground."""
    chance = one.watcher
    return {
        "zone": one.ground.name,
        "teams": one.teams,
        "promise_minutes": min(place.promise for place in one.places),
        "promise_kept": one.kept,
        "worst_idleness_minutes": max(place.idle.worst for place in one.places),
        "average_idleness_minutes": round(sum(place.idle.average for place in one.places) / len(one.places), 3),
        "detection_watcher": None if chance is None else chance.watcher,
        "standard_error": None if chance is None else chance.error,
        "detection_blind": one.blind,
        "bound": one.bound,
        "distance_to_bound": None if chance is None else one.bound - chance.watcher,
        "watcher_value": None if chance is None else one.value,
        "watcher_value_bound": one.bound_value,
        "strike": None if chance is None else _strike(one, chance),
        "duties_drawn": one.drawn,
        "patrolled_hours": one.patrolled / 60,
        "visits": one.visits,
        "teams_needed": one.needed,
        "teams_needed_at_least": one.least,
        "fixed_tour": None if one.tour is None else _tour(one.tour),
        "curve": [
            {
                "promise_minutes": point.minutes,
                "bound": point.bound,
                "reached": point.reached,
                "looked_at": point.looked_at,
            }
            for point in one.curve
        ],
        "checkpoints": [_place(place) for place in one.places],
    }


def _strike(one: Any, chance: Any) -> dict[str, Any]:
    name = one.places[one.worst].name
    return {"checkpoint": name, "age_minutes": chance.age, "gaps_at_risk": chance.at_risk}


def _tour(tour: Any) -> dict[str, Any]:
    return {
        "worst_idleness_minutes": tour.worst,
        "average_idleness_minutes": tour.average,
        "detection_watcher": tour.detection,
    }


def _place(place: Any) -> dict[str, Any]:
    odds = place.odds
    return {
        "checkpoint": place.name,
        "promise_minutes": place.promise,
        "worst_idleness_minutes": place.idle.worst,
        "average_idleness_minutes": place.idle.average,
        "detection_watcher": None if odds is None else odds.watcher,
        "detection_blind": None if odds is None else odds.blind,
        "strike_age_minutes": None if odds is None else odds.age,
    }
