"""What a repair of a roster comes back with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from patrolplan.analysis.changed import Reason, ShortNotice
from patrolplan.analysis.difference import Change, GapChange
from patrolplan.audit import Audit
from patrolplan.errors import EXIT_BUG, EXIT_DONE, EXIT_FINDINGS, Complaint
from patrolplan.findings import Finding
from patrolplan.problem import Problem
from patrolplan.roster import Roster


@dataclass(frozen=True)
class Replan:
    """A repaired roster, judged by the audit.

    Attributes
    ----------
    problem
        The facts with the absences.
    old, roster
        The roster as it was and as it is now, whole.
    frozen_until
        Instant before which nothing was touched, and in a word why.
    changes, reasons
        Changed duties and why each changes; standby is in `calls`.
    before, audit
        What is found from the frozen moment on, in the old roster and in the new one, under the facts as they are now.
    gaps
        What that is for the cover, need by need.
    short_notice
        Who hears of a change too late.
    least
        Fewest changed duties that are proved to be needed with this cover.
    cover_is_least
        Whether it is proved that no roster has smaller gaps.
    stuck
        People whose duties break a hard rule of their own whatever they are given now, and in words which.
    seconds
        What the search took.
    written
        The roster file.
    broken
        Hard rules that the repair itself broke; always empty unless there is a bug.
    """

    problem: Problem
    old: Roster
    roster: Roster
    frozen_until: tuple[int, str]
    changes: tuple[Change, ...]
    calls: tuple[Change, ...]
    reasons: tuple[Reason, ...]
    before: Audit
    audit: Audit
    gaps: tuple[GapChange, ...]
    short_notice: tuple[ShortNotice, ...]
    least: int
    cover_is_least: bool
    stuck: tuple[tuple[int, str], ...]
    seconds: float
    most_changes: int | None
    written: Path | None
    warnings: tuple[Complaint, ...] = ()
    broken: tuple[Finding, ...] = ()

    @property
    def is_within_limit(self) -> bool:
        """Whether no more duties change than were to."""
        return self.most_changes is None or len(self.changes) <= self.most_changes

    @property
    def is_least(self) -> bool:
        """Whether it is proved that no roster with this cover changes fewer duties."""
        return len(self.changes) <= self.least

    @property
    def exit_code(self) -> int:
        """0 without gaps or hard findings and within the limit of changes, else 1; 4 with a bug."""
        if self.broken:
            return EXIT_BUG
        return EXIT_FINDINGS if self.audit.fails("gap") or not self.is_within_limit else EXIT_DONE
