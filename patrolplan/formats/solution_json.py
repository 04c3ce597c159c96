"""A solution as JSON facts: status, what was written, what is proved, and the audit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from patrolplan.formats.findings_json import Judged, findings_json
from patrolplan.formats.sidecar import levels_json
from patrolplan.problem import Problem
from patrolplan.proof import Proof


def solution_json(problem: Problem, proof: Proof, judged: Judged | None, written: Path | None) -> dict[str, Any]:
    """A solution as plain data.

    Returns
    -------
    dict
        ``status`` is ``optimal``, ``feasible``, ``infeasible`` or ``unknown``; ``written`` the roster file or null;
        ``reached_seconds`` by level when its cost was last improved; ``audit`` as from ``check``, or null without a
        roster.
    """
    return {
        "operation": problem.name,
        "status": str(proof.status),
        "words": proof.words(),
        "written": None if written is None else str(written),
        "reasons": list(proof.reasons),
        "seconds": round(proof.seconds, 3),
        "first_roster_seconds": proof.first_roster_seconds,
        "best_seconds": proof.best_seconds,
        "reached_seconds": {str(level): round(seconds, 3) for level, seconds in proof.reached},
        "neighbourhoods": proof.neighbourhoods,
        "levels": levels_json(proof),
        "audit": None if judged is None else findings_json(problem, judged),
    }
