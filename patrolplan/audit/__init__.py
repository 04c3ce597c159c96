"""What a finished roster is worth: every rule checked and the cover swept minute by minute, without the engine."""

from patrolplan.audit.acceptance import unused, why_refused
from patrolplan.audit.audit import Audit, Threshold, audit, complete, failing
from patrolplan.audit.candidates import Candidates, candidate_duty, may_take
from patrolplan.audit.leaving import Leaving, Shortfall

__all__ = [
    "Audit",
    "Candidates",
    "Leaving",
    "Shortfall",
    "Threshold",
    "audit",
    "candidate_duty",
    "complete",
    "failing",
    "may_take",
    "unused",
    "why_refused",
]
