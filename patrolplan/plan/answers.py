"""What replan, publish and diff say, as JSON facts with stable keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from patrolplan.analysis.changed import Reason, ShortNotice
from patrolplan.analysis.difference import Change, GapChange
from patrolplan.analysis.fairness import Load
from patrolplan.analysis.substitutes import StandIn
from patrolplan.formats.findings_json import finding_json, findings_json
from patrolplan.plan.comparing import Difference
from patrolplan.plan.publishing import Published
from patrolplan.plan.repaired import Replan
from patrolplan.plan.standins import StandIns, Swap
from patrolplan.plan.versions import Version
from patrolplan.problem import Problem, Slot
from patrolplan.roster import Duty
from patrolplan.units import COST_SCALE, Span, date_text

_FACTS = ("minutes", "duties", "nights", "weekends", "holidays", "standby")


def replan_json(result: Replan) -> dict[str, Any]:
    """A repaired roster.

    Returns
    -------
    dict
        ``status`` as of `findings_json`; ``changes`` is the number of changed duties, ``least_changes`` what is proved
        to be the least with this cover, ``duties`` lists them with their reasons; ``cover`` says in person-minutes
        what opened and closed against the old roster.
    """
    problem = result.problem
    judged = findings_json(problem, result.audit)
    return {
        "operation": problem.name,
        "status": judged["status"],
        "written": None if result.written is None else str(result.written),
        "frozen_until": problem.zone.iso(result.frozen_until[0]),
        "frozen_because": result.frozen_until[1],
        "changes": len(result.changes),
        "least_changes": result.least,
        "proved_least": result.is_least,
        "max_changes": result.most_changes,
        "within_max_changes": result.is_within_limit,
        "duties": [
            change_json(problem, change) | _reason_json(problem, reason)
            for change, reason in zip(result.changes, result.reasons, strict=True)
        ],
        "standby": [change_json(problem, change) for change in result.calls],
        "short_notice": [_notice_json(problem, one) for one in result.short_notice],
        "notice_cost": len(result.short_notice),
        "cover": _cover_json(problem, result.gaps)
        | {
            "open_person_shifts_before": result.before.open_shifts,
            "open_person_shifts": result.audit.open_shifts,
            "proved_least": result.cover_is_least,
        },
        "stuck": [{"person": problem.people[person].id, "reason": words} for person, words in result.stuck],
        "seconds": round(result.seconds, 3),
        "audit": judged,
    }


def diff_json(result: Difference) -> dict[str, Any]:
    """Two rosters side by side.

    Returns
    -------
    dict
        ``status`` is ``same`` or ``different``; ``by_person`` and ``by_post`` say who gains and loses what.
    """
    problem = result.problem
    return {
        "operation": problem.name,
        "status": "same" if result.is_same else "different",
        "written": None,
        "until": None if result.until is None else problem.zone.iso(result.until),
        "changes": sum(not change.is_call for change in result.changes),
        "duties": [change_json(problem, change) for change in result.changes if not change.is_call],
        "standby": [change_json(problem, change) for change in result.changes if change.is_call],
        "by_person": _by_person(problem, result.changes, result.loads),
        "by_post": _by_post(problem, result.changes),
        "cover": _cover_json(problem, result.gaps)
        | {
            "open_person_shifts_before": result.before.open_shifts,
            "open_person_shifts": result.after.open_shifts,
        },
        "fairness": _fairness(result.loads),
        "broken": [finding_json(problem, one) for one in result.broken],
        "mended": [finding_json(problem, one) for one in result.mended],
        "costs": _weights(result.costs),
        "unread": {
            name: [finding_json(problem, one) for one in findings]
            for name, findings in zip(("old", "new"), result.unread, strict=True)
        },
    }


def stand_ins_json(result: StandIns) -> dict[str, Any]:
    """Who can step in for a duty: ``candidates`` best first, ``refused`` by reason."""
    problem, found = result.problem, result.found
    return {
        "operation": problem.name,
        "status": "found" if result.exit_code == 0 else "nobody",
        "written": None,
        "duty": _slot_json(problem, found.slot),
        "leaving": [problem.people[duty.person].id for duty in found.leaving],
        "candidates": [_stand_in_json(problem, one, rank) for rank, one in enumerate(found.stand_ins, 1)],
        "refused": [
            {
                "reason": refusal.phrase,
                "people": [problem.people[person].id for person in refusal.people],
                "example": finding_json(problem, refusal.sample),
            }
            for refusal in found.refusals
        ],
    }


def swap_json(result: Swap) -> dict[str, Any]:
    """Whether two people can swap."""
    problem = result.problem
    return {
        "operation": problem.name,
        "status": "possible" if result.is_possible else "impossible",
        "written": None if result.written is None else str(result.written),
        "from": problem.people[result.giver].id,
        "to": problem.people[result.taker].id,
        "given": duty_json(problem, result.given),
        "returned": None if result.returned is None else duty_json(problem, result.returned),
        "broken": [finding_json(problem, one) for one in result.broken],
        "cover": _cover_json(problem, result.gaps),
        "costs": _weights(result.costs),
        "short_notice": [_notice_json(problem, one) for one in result.short_notice],
    }


def published_json(result: Published) -> dict[str, Any]:
    """What came of publishing: ``status`` is ``published``, ``unchanged`` or ``refused``."""
    problem, version = result.problem, result.version
    status = "published" if version is not None else "unchanged" if result.is_same else "refused"
    return {
        "operation": problem.name,
        "status": status,
        "written": None if version is None else str(version.path),
        "version": None if version is None else dict(version.entry),
        "replaces": None if result.before is None else result.before.number,
        "changes": [change_json(problem, change) for change in result.changes],
        "open_person_shifts": result.audit.open_shifts,
        "hard_findings": [finding_json(problem, one) for one in result.findings],
    }


def log_json(versions: Sequence[Version]) -> dict[str, Any]:
    """The log of published versions, as written."""
    return {"status": "verified", "versions": [dict(version.entry) for version in versions]}


def change_json(problem: Problem, change: Change) -> dict[str, Any]:
    """A changed duty: ``from`` and ``to`` are service numbers, empty where nobody held it or holds it now."""
    return duty_json(problem, change.duty) | {
        "from": "" if change.before is None else problem.people[change.before.person].id,
        "to": "" if change.after is None else problem.people[change.after.person].id,
    }


def duty_json(problem: Problem, duty: Duty) -> dict[str, Any]:
    """Place and time of a duty."""
    post = None if duty.post is None else problem.posts[duty.post]
    return {
        "post": "" if post is None else post.key,
        "shift": "" if duty.shift is None else problem.shifts[duty.shift].name,
        "date": date_text(duty.day),
        "start": problem.zone.iso(duty.start),
        "end": problem.zone.iso(duty.end),
        "kind": duty.kind,
    }


def _slot_json(problem: Problem, slot: Slot) -> dict[str, Any]:
    return {
        "post": problem.posts[slot.post].key,
        "shift": problem.shifts[slot.shift].name,
        "date": date_text(slot.day),
        "start": problem.zone.iso(slot.start),
        "end": problem.zone.iso(slot.end),
    }


def _reason_json(problem: Problem, reason: Reason) -> dict[str, Any]:
    return {
        "reason": reason.code,
        "detail": reason.detail,
        "freed_for": None if reason.other is None else duty_json(problem, reason.other),
        "file": "" if reason.finding is None else reason.finding.place.file,
        "line": 0 if reason.finding is None else reason.finding.place.line,
    }


def _notice_json(problem: Problem, one: ShortNotice) -> dict[str, Any]:
    return {
        "person": problem.people[one.person].id,
        "gets": one.gets,
        "notice_hours": one.notice / 60,
        "given_hours": one.given / 60,
        "duty": duty_json(problem, one.duty),
    }


def _cover_json(problem: Problem, gaps: Iterable[GapChange]) -> dict[str, Any]:
    listed = list(gaps)
    return {
        "opened_minutes": sum(one.opened for one in listed),
        "closed_minutes": sum(one.closed for one in listed),
        "needs": [
            {
                "code": one.code,
                "site": one.site,
                "post": one.post,
                "kind": one.kind,
                "opened_minutes": one.opened,
                "closed_minutes": one.closed,
                "opened": _spans(problem, one.opened_spans),
                "closed": _spans(problem, one.closed_spans),
                "file": one.place.file,
                "line": one.place.line,
            }
            for one in listed
        ],
    }


def _spans(problem: Problem, spans: Iterable[Span]) -> list[dict[str, str]]:
    return [{"from": problem.zone.iso(start), "until": problem.zone.iso(end)} for start, end in spans]


def _stand_in_json(problem: Problem, one: StandIn, rank: int) -> dict[str, Any]:
    who = problem.people[one.person]
    return {
        "rank": rank,
        "person": who.id,
        "name": who.name,
        "gives_up": None if one.gives_up is None else duty_json(problem, one.gives_up),
        "on_call": bool(one.calls),
        "rest_before_hours": None if one.rest_before is None else one.rest_before / 60,
        "rest_after_hours": None if one.rest_after is None else one.rest_after / 60,
        "week_hours": one.week_minutes / 60,
        "total_hours": one.total_minutes / 60,
        "cover": _cover_json(problem, one.gaps) | {"left_open_minutes": one.left_open},
        "short_notice_hours": None if one.given is None else one.given / 60,
        "cost": one.cost / COST_SCALE,
        "bent": [finding_json(problem, found) for found in one.bent],
    }


def _by_person(problem: Problem, found: Sequence[Change], pairs: Sequence[tuple[Load, Load]]) -> list[dict[str, Any]]:
    gains: dict[int, list[Duty]] = defaultdict(list)
    losses: dict[int, list[Duty]] = defaultdict(list)
    for change in found:
        if change.before is not None:
            losses[change.before.person].append(change.before)
        if change.after is not None:
            gains[change.after.person].append(change.after)
    return [
        {
            "person": problem.people[person].id,
            "name": problem.people[person].name,
            "gains": [duty_json(problem, duty) for duty in gains.get(person, ())],
            "loses": [duty_json(problem, duty) for duty in losses.get(person, ())],
            "before": _load_json(pairs[person][0]),
            "after": _load_json(pairs[person][1]),
        }
        for person in sorted({*gains, *losses}, key=lambda one: problem.people[one].id)
    ]


def _load_json(load: Load) -> dict[str, Any]:
    return {name: getattr(load, name) for name in _FACTS} | {"fairness_cost": load.cost / COST_SCALE}


def _by_post(problem: Problem, found: Sequence[Change]) -> list[dict[str, Any]]:
    by_post: dict[str, list[Change]] = defaultdict(list)
    for change in found:
        post = change.duty.post
        by_post["" if post is None else problem.posts[post].key].append(change)
    return [
        {"post": post, "duties": [change_json(problem, change) for change in listed]}
        for post, listed in sorted(by_post.items())
    ]


def _fairness(pairs: Sequence[tuple[Load, Load]]) -> dict[str, Any]:
    """Cost of all distances from the fair share, and the most and least that people serve."""
    found: dict[str, Any] = {}
    for name, loads in (("before", [one for one, _ in pairs]), ("after", [other for _, other in pairs])):
        hours = [load.minutes / 60 for load in loads if load.present_minutes]
        nights = [load.nights for load in loads if load.present_minutes]
        found[name] = {
            "cost": sum(load.cost for load in loads) / COST_SCALE,
            "hours": [min(hours, default=0), max(hours, default=0)],
            "nights": [min(nights, default=0), max(nights, default=0)],
        }
    return found


def _weights(costs: Mapping[str, int]) -> dict[str, float]:
    return {rule: cost / COST_SCALE for rule, cost in costs.items()}
