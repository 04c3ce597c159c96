"""What is found out about open gaps, and about rules that contradict each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from patrolplan.analysis.reasons import ExplainedGap, Step
from patrolplan.analysis.remedies import RuleChange
from patrolplan.audit import Audit
from patrolplan.config.editing import Edit
from patrolplan.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_TIME, Complaint, Place
from patrolplan.findings import Finding
from patrolplan.problem import Problem
from patrolplan.proof import Status
from patrolplan.roster import Roster
from patrolplan.units import Span


@dataclass(frozen=True)
class Remedy:
    """A change that closes gaps, verified: a roster for it was made and audited.

    Attributes
    ----------
    words
        What is changed.
    asks
        What it takes, as seen in the roster that was made: how often and of whom.
    edit
        The change of the operation; None if nothing is changed but the roster.
    by_hand
        Changes of single lines of other files: file, line and what to do.
    closed, closed_shifts, closed_minutes
        Gaps, person-shifts and person-minutes that are closed of those of the roster.
    left
        Gaps that stay.
    people
        How many people more it needs.
    price
        How many duties of the new roster the operation as it is would not allow.
    least
        Whether it is proved that less of the same kind does not close as much.
    roster
        The roster that was made.
    """

    words: str
    asks: str
    edit: Edit | None
    by_hand: tuple[str, ...]
    closed: int
    closed_shifts: int
    closed_minutes: int
    left: int
    people: int
    price: int
    least: bool
    roster: Roster
    problem: Problem
    changes: tuple[RuleChange, ...] = ()


@dataclass(frozen=True)
class Confirmed:
    """Somebody who could fill a gap as things are, with what the audit says of the roster then.

    Attributes
    ----------
    gap
        Its number among the gaps.
    closed_minutes
        What it closes of this gap and of others of the same need.
    """

    gap: int
    step: Step
    closed_minutes: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """More is asked of people of a kind in a stretch of time than they can serve: no roster closes that.

    Attributes
    ----------
    label
        The qualification or rank; empty for everybody.
    needed, most
        Person-minutes asked for, and those that all of the kind who are there can serve at most by the hard rules.
    """

    label: str
    span: Span
    needed: int
    most: int


@dataclass(frozen=True)
class Explanation:
    """Every gap of a roster with its reasons and remedies.

    Attributes
    ----------
    gaps
        Worst first.
    avoidable
        People who could fill a gap without breaking a hard rule or leaving another place short.
    solved_anew
        Gaps that a new search closes without any change, as a remedy; None if there are none or it was not asked.
    remedies
        Cheapest first.
    shortages
        Kinds of people of whom there are too few, by counting alone.
    remarks
        What deserves a look about the remedies.
    looked
        Whether remedies were looked for.
    rows
        Rows of the roster that were not understood.
    warnings
        What deserves a look about the operation.
    roster
        The roster file as it was named.
    """

    path: Path
    problem: Problem
    audit: Audit
    gaps: tuple[ExplainedGap, ...]
    avoidable: tuple[Confirmed, ...] = ()
    solved_anew: Remedy | None = None
    remedies: tuple[Remedy, ...] = ()
    shortages: tuple[Shortage, ...] = ()
    remarks: tuple[str, ...] = ()
    looked: bool = False
    rows: tuple[Finding, ...] = ()
    warnings: tuple[Complaint, ...] = ()
    roster: Path = Path("ROSTER")

    @property
    def exit_code(self) -> int:
        """0 without gaps, 1 with them."""
        return EXIT_FINDINGS if self.gaps else EXIT_DONE


@dataclass(frozen=True, slots=True)
class Part:
    """One rule, pin or fact of a contradiction, with where it stands."""

    words: str
    place: Place = Place()


@dataclass(frozen=True)
class Contradicting:
    """Rules and pins that contradict each other.

    Attributes
    ----------
    people
        Who has no schedule; empty if it is everybody together.
    is_smallest
        Whether it is confirmed that each of them alone, taken away, leaves a roster.
    """

    people: tuple[int, ...]
    parts: tuple[Part, ...]
    is_smallest: bool


@dataclass(frozen=True)
class Contradiction:
    """Whether the hard rules of an operation can be kept, and which sets of them cannot."""

    problem: Problem
    status: Status
    sets: tuple[Contradicting, ...]
    warnings: tuple[Complaint, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 if a roster keeps every hard rule, 1 if none does, 3 if it is not known."""
        if self.status is Status.UNKNOWN:
            return EXIT_TIME
        return EXIT_FINDINGS if self.sets else EXIT_DONE
