"""What a finished roster is worth: every rule checked and the cover swept minute by minute, without the engine."""

from patrolplan.audit.acceptance import unused
from patrolplan.audit.audit import Audit, Threshold, audit, complete, failing
from patrolplan.audit.candidates import Candidates, may_take

__all__ = ["Audit", "Candidates", "Threshold", "audit", "complete", "failing", "may_take", "unused"]
