"""Postings as JSON facts: status, what was written, what could not be kept and what would help, and the audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from patrolplan.errors import Place
from patrolplan.formats.findings_json import Judged, findings_json
from patrolplan.problem import Problem
from patrolplan.units import date_text


class LapseFacts(Protocol):
    """See `patrolplan.postings.outcome.Lapse`."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def where(self) -> str: ...  # noqa: D102
    @property
    def person(self) -> int: ...  # noqa: D102
    @property
    def minutes(self) -> int: ...  # noqa: D102
    @property
    def asked(self) -> int: ...  # noqa: D102
    @property
    def place(self) -> Place: ...  # noqa: D102


class RemedyFacts(Protocol):
    """See `patrolplan.postings.outcome.Remedy`."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def amount(self) -> int: ...  # noqa: D102
    @property
    def qualities(self) -> Sequence[str]: ...  # noqa: D102


class UnmetFacts(Protocol):
    """See `patrolplan.postings.outcome.Unmet`."""

    @property
    def key(self) -> tuple[int, int | None, int]: ...  # noqa: D102
    @property
    def lapses(self) -> Sequence[LapseFacts]: ...  # noqa: D102
    @property
    def proved(self) -> bool: ...  # noqa: D102
    @property
    def remedies(self) -> Sequence[RemedyFacts] | None: ...  # noqa: D102


class OutcomeFacts(Protocol):
    """See `patrolplan.postings.outcome.Outcome`."""

    @property
    def turns(self) -> int: ...  # noqa: D102
    @property
    def left(self) -> int: ...  # noqa: D102
    @property
    def unmet(self) -> Sequence[UnmetFacts]: ...  # noqa: D102
    @property
    def changes(self) -> int: ...  # noqa: D102
    @property
    def walk_minutes(self) -> int: ...  # noqa: D102
    @property
    def unloved(self) -> Mapping[int, tuple[int, int]]: ...  # noqa: D102
    @property
    def optimal(self) -> bool: ...  # noqa: D102
    @property
    def unimproved(self) -> int: ...  # noqa: D102


def postings_json(
    problem: Problem, outcome: OutcomeFacts, judged: Judged, written: Path | None, seconds: float
) -> dict[str, Any]:
    """Postings as plain data.

    Returns
    -------
    dict
        ``status`` is ``unchanged`` if there was nothing to settle, ``kept`` if all of relief and breaks is kept, else
        ``infeasible`` if no plan is proved to miss less, or ``missed``; ``partial`` if somebody stopped the work before
        all was settled. ``unmet`` has a shift at a site each, with ``lapses`` and ``remedies`` (null where
        none were tried).
    """
    return {
        "operation": problem.name,
        "status": _status(outcome),
        "written": None if written is None else str(written),
        "seconds": round(seconds, 3),
        "shifts_settled": outcome.turns,
        "shifts_left": outcome.left,
        "shifts_not_improved": outcome.unimproved,
        "changes": outcome.changes,
        "walk_minutes": outcome.walk_minutes,
        "unmet": [_unmet(problem, one) for one in outcome.unmet],
        "unloved": {
            problem.people[person].id: {"minutes": minutes, "of_minutes": served}
            for person, (minutes, served) in sorted(outcome.unloved.items())
        },
        "audit": findings_json(problem, judged),
    }


def _status(outcome: OutcomeFacts) -> str:
    if outcome.left:
        return "partial"
    if not outcome.turns:
        return "unchanged"
    if not outcome.unmet:
        return "kept"
    return "infeasible" if all(one.proved for one in outcome.unmet) else "missed"


def _unmet(problem: Problem, unmet: UnmetFacts) -> dict[str, Any]:
    site, shift, day = unmet.key
    tried = unmet.remedies
    return {
        "site": problem.sites[site].name,
        "shift": "" if shift is None else problem.shifts[shift].name,
        "date": date_text(day),
        "proved": unmet.proved,
        "lapses": [
            {
                "rule": lapse.kind,
                "where": lapse.where,
                "person": problem.people[lapse.person].id,
                "minutes": lapse.minutes,
                "asked_minutes": lapse.asked,
                "file": lapse.place.file,
                "line": lapse.place.line,
            }
            for lapse in unmet.lapses
        ],
        "remedies": None
        if tried is None
        else [{"kind": one.kind, "amount": one.amount, "qualifications": list(one.qualities)} for one in tried],
    }
