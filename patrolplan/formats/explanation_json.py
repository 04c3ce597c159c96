"""Explanations as JSON facts with stable keys: gaps with reasons and remedies, one duty, contradictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patrolplan.errors import Place
from patrolplan.formats.findings_json import finding_json
from patrolplan.problem import Problem


def explanation_json(explanation: Any, operation: str) -> dict[str, Any]:
    """An `patrolplan.analysis.explained.Explanation` as plain data.

    Parameters
    ----------
    operation
        Name of the operation file, for the files that extend it.

    Returns
    -------
    dict
        ``status`` is ``gaps`` or ``clean``. Of each remedy, ``edit`` is a whole operation file that extends the present
        one, or null where the change is in other files (``by_hand``).
    """
    problem = explanation.problem
    return {
        "operation": problem.name,
        "status": "gaps" if explanation.gaps else "clean",
        "open_person_shifts": explanation.audit.open_shifts,
        "open_hours": explanation.audit.gap_minutes / 60,
        "gaps": [_gap(problem, one) for one in explanation.gaps],
        "avoidable": [_avoidable(problem, one) for one in explanation.avoidable],
        "shortages": [
            {
                "kind": one.label,
                "from": problem.zone.iso(one.span[0]),
                "until": problem.zone.iso(one.span[1]),
                "needed_hours": one.needed / 60,
                "most_hours": one.most / 60,
            }
            for one in explanation.shortages
        ],
        "solving_again": None if explanation.solved_anew is None else _effect(explanation.solved_anew),
        "remedies": [_remedy(one, operation) for one in explanation.remedies],
        "remarks": list(explanation.remarks),
    }


def _gap(problem: Problem, explained: Any) -> dict[str, Any]:
    gap = explained.gap
    return {
        "code": gap.code,
        "site": gap.site,
        "post": gap.post,
        "from": problem.zone.iso(gap.start),
        "until": problem.zone.iso(gap.end),
        "when": gap.when,
        "short": gap.short,
        "required": gap.required,
        "kind": explained.kind,
        "person_shifts": gap.person_shifts,
        "person_hours": gap.person_minutes / 60,
        **_place(gap.place),
        "reasons": [
            {
                "answer": str(one.answer),
                "phrase": one.phrase,
                "count": len(one.people),
                "people": [problem.people[person].id for person in one.people],
                "rule": one.rule,
                **_place(one.place),
            }
            for one in explained.reasons
        ],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line}


def _avoidable(problem: Problem, one: Any) -> dict[str, Any]:
    slot, old = one.step.slot, one.step.instead_of
    return {
        "gap": one.gap,
        "person": problem.people[one.step.person].id,
        "post": problem.posts[slot.post].key,
        "from": problem.zone.iso(slot.start),
        "until": problem.zone.iso(slot.end),
        "instead_of": None if old is None else problem.posts[old.post].key,
        "closed_hours": one.closed_minutes / 60,
    }


def _effect(remedy: Any) -> dict[str, Any]:
    return {
        "words": remedy.words,
        "closed_gaps": remedy.closed,
        "closed_person_shifts": remedy.closed_shifts,
        "closed_hours": remedy.closed_minutes / 60,
        "gaps_left": remedy.left,
    }


def _remedy(remedy: Any, operation: str) -> dict[str, Any]:
    return {
        **_effect(remedy),
        "takes": remedy.asks,
        "people": remedy.people,
        "duties_beyond_today": remedy.price,
        "fewer_are_not_enough": remedy.least,
        "edit": None if remedy.edit is None else remedy.edit.text(operation),
        "instead_of": [] if remedy.edit is None else [_place(place) for place in remedy.edit.places],
        "by_hand": list(remedy.by_hand),
    }


def duty_json(problem: Problem, placing: Any) -> dict[str, Any]:
    """A `patrolplan.analysis.placing.Placing` as plain data.

    Returns
    -------
    dict
        With ``on_duty`` true, what would fail without the person; else what would fail with them.
    """
    slot = placing.slot

    def found(findings: Sequence[Any]) -> list[dict[str, Any]]:
        return [finding_json(problem, one) for one in findings]

    return {
        "operation": problem.name,
        "person": problem.people[placing.person].id,
        "post": problem.posts[slot.post].key,
        "from": problem.zone.iso(slot.start),
        "until": problem.zone.iso(slot.end),
        "on_duty": placing.held is not None,
        "asked_for": placing.is_asked,
        "possible": placing.held is not None or not placing.broken,
        "broken": found(placing.broken),
        "opened": found(placing.opened),
        "closed": found(placing.closed),
        "bent": found(placing.bent),
        "ways": [
            {
                "words": way.words,
                "enough": way.enough,
                "leaves_short": [{"where": one.demand.where, "short": one.short} for one in way.leaves],
            }
            for way in placing.ways
        ],
    }


def contradiction_json(found: Any) -> dict[str, Any]:
    """A `patrolplan.analysis.explained.Contradiction` as plain data."""
    return {
        "operation": found.problem.name,
        "status": str(found.status),
        "contradictions": [
            {
                "people": [found.problem.people[person].id for person in one.people],
                "parts": [{"words": part.words, **_place(part.place)} for part in one.parts],
                "smallest": one.is_smallest,
            }
            for one in found.sets
        ],
    }
