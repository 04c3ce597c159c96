"""How many people an operation needs: bounds that are proved, and rosters that attain them."""

from __future__ import annotations

from dataclasses import dataclass

from patrolplan.analysis.headcount import Limit
from patrolplan.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_TIME, Complaint
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.units import Span


@dataclass(frozen=True)
class Count:
    """A number of people.

    Attributes
    ----------
    lower
        No fewer can do: proved by counting.
    reached
        A roster with so many people has no gap, and the audit agrees; None if none was found in the time given.
    roster, problem
        That roster and what it is a roster of.
    span
        The stretch of time that the bound comes from.
    """

    lower: int
    reached: int | None = None
    roster: Roster | None = None
    problem: Problem | None = None
    span: Span | None = None


@dataclass(frozen=True)
class Part:
    """Everybody during a phase, or people of one kind over the whole operation.

    Attributes
    ----------
    there
        How many of them the operation has.
    limit
        What one person may serve a week.
    """

    name: str
    span: Span
    count: Count
    there: int
    limit: Limit


@dataclass(frozen=True, slots=True)
class Relief:
    """What one post takes.

    Attributes
    ----------
    minutes
        Person-minutes a week, on average over the operation.
    people
        The same in people, by what one person may serve.
    """

    post: str
    minutes: float
    people: float


@dataclass(frozen=True)
class Case:
    """The operation as it is, or with a change.

    Attributes
    ----------
    name
        The change as it was given; empty for the operation as it is.
    limit
        What one person may serve a week, on average over the operation.
    present
        Share of the time for which the people are not absent.
    total
        People needed in all, each of whom holds everything and is never absent.
    more
        People needed besides those who are there, with their qualifications, absences and limits.
    kind
        What each of these holds; empty for nothing in particular.
    open_shifts, open_minutes
        Person-shifts and person-minutes that the people who are there leave open; None if no roster was found in time.
    spare
        People without whom a roster without gaps was made, too; None if that was not asked.
    """

    name: str
    problem: Problem
    limit: Limit
    present: float
    total: Count
    more: Count
    kind: tuple[str, ...]
    open_shifts: int | None
    open_minutes: int | None
    phases: tuple[Part, ...]
    kinds: tuple[Part, ...]
    posts: tuple[Relief, ...]
    spare: tuple[int, ...] | None = None
    warnings: tuple[Complaint, ...] = ()
    complete: bool = True

    @property
    def is_short(self) -> bool:
        """Whether the people who are there are known to be too few: by counting, or in the best roster found."""
        return self.more.lower > 0 or (self.more.reached != 0 and self.open_shifts is not None)


@dataclass(frozen=True)
class Staffing:
    """The operation as it is first, then with each change."""

    cases: tuple[Case, ...]
    warnings: tuple[Complaint, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 if the people who are there are enough for the operation as it is, 1 if not, 3 if it is not known."""
        if self.cases[0].more.reached == 0:
            return EXIT_DONE
        return EXIT_FINDINGS if self.cases[0].is_short else EXIT_TIME
