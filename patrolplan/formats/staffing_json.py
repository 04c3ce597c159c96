"""How many people an operation needs, as JSON facts with stable keys."""

from __future__ import annotations

from typing import Any

from patrolplan.problem import Problem


def staffing_json(staffing: Any) -> dict[str, Any]:
    """A `patrolplan.analysis.staffed.Staffing` as plain data.

    Returns
    -------
    dict
        ``cases`` holds the operation as it is (``change`` empty) and then each change. Of every count, ``at_least`` is
        proved, and ``reached`` the number of people of a roster without gaps, or null.
    """
    first = staffing.cases[0]
    return {
        "operation": first.problem.name,
        "status": "enough" if first.more.reached == 0 else "short" if first.is_short else "unknown",
        "cases": [_case(one) for one in staffing.cases],
    }


def _case(case: Any) -> dict[str, Any]:
    problem = case.problem
    return {
        "change": case.name,
        "people_there": len(problem.people),
        "hours_per_week": round(case.limit.minutes / 60, 2),
        "limited_by": list(case.limit.rules),
        "relief_factor": round(case.limit.factor, 2),
        "present_share": round(case.present, 4),
        "relief_factor_with_absences": round(case.limit.factor / case.present, 2) if case.present else None,
        "total": _count(problem, case.total),
        "more": {**_count(problem, case.more), "holding": list(case.kind)},
        "open_person_shifts": case.open_shifts,
        "open_hours": None if case.open_minutes is None else case.open_minutes / 60,
        "phases": [_part(problem, one) for one in case.phases],
        "kinds": [_part(problem, one) for one in case.kinds],
        "posts": [
            {
                "post": one.post,
                "hours_per_week": round(one.minutes / 60, 2),
                "people": round(one.people, 2),
            }
            for one in case.posts
        ],
        "spare": None if case.spare is None else [problem.people[person].id for person in case.spare],
        "complete": case.complete,
    }


def _count(problem: Problem, count: Any) -> dict[str, Any]:
    span = count.span
    return {
        "at_least": count.lower,
        "reached": count.reached,
        "tightest_from": None if span is None else problem.zone.iso(span[0]),
        "tightest_until": None if span is None else problem.zone.iso(span[1]),
    }


def _part(problem: Problem, part: Any) -> dict[str, Any]:
    return {
        "name": part.name,
        "from": problem.zone.iso(part.span[0]),
        "until": problem.zone.iso(part.span[1]),
        **_count(problem, part.count),
        "there": part.there,
        "relief_factor": round(part.limit.factor, 2),
    }
