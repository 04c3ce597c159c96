"""What every client asked for, what was delivered, and what stays open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from patrolplan.analysis.cover import day_span
from patrolplan.analysis.earnings import pay_at_sites
from patrolplan.audit import complete
from patrolplan.audit.staffing import need_pieces
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.units import Span, overlap


@dataclass(frozen=True, slots=True)
class Delivery:
    """One site, or what several sites ask for together; all in person-minutes of staff.

    Attributes
    ----------
    site
        Index of the site; None for needs of several sites together.
    contracted
        Asked for by the needs; nested needs count once.
    open
        Of these, not delivered.
    served
        Time on duty there, also beyond what was asked for.
    pay
        Paid for duties there, without overtime, in whole units of the currency; None if the file has no pay.
    """

    site: int | None
    client: str
    contracted: int
    open: int
    served: int
    pay: int | None

    @property
    def delivered(self) -> int:
        """Asked for and delivered."""
        return self.contracted - self.open

    @property
    def beyond(self) -> int:
        """On duty beyond what was asked for."""
        return max(0, self.served - self.delivered)


def deliveries(problem: Problem, roster: Roster, days: Sequence[int] | None = None) -> list[Delivery]:
    """Every site in the order of the file, then what several sites ask for together, if anything.

    Parameters
    ----------
    roster
        Duties of the plan; history and held duties of the problem are added where it lacks them.
    days
        Consecutive dates of duty, from one start of the day to the next; None for the whole operation.
    """
    whole = complete(problem, roster)
    span = problem.start, problem.end
    if days is not None:
        span = day_span(problem, days[0])[0], day_span(problem, days[-1])[1]
    asked: dict[int | None, int] = defaultdict(int)
    missing: dict[int | None, int] = defaultdict(int)
    for piece in need_pieces(problem, whole):
        site = problem.only_site(piece.need[0])
        minutes = overlap((piece.start, piece.end), span)
        asked[site] += piece.needed * minutes
        missing[site] += piece.missing * minutes
    served = _served(problem, whole, span)
    pay = pay_at_sites(problem, whole, days)
    sites: list[int | None] = [index for index, site in enumerate(problem.sites) if site.posts]
    return [
        Delivery(
            site,
            "" if site is None else problem.sites[site].client,
            asked[site],
            missing[site],
            served.get(site, 0),
            None if pay is None else pay.get(site, 0),
        )
        for site in [*sites, *([None] if asked[None] else [])]
    ]


def _served(problem: Problem, roster: Roster, span: Span) -> dict[int | None, int]:
    """Minutes of duty at posts, by site."""
    found: dict[int | None, int] = defaultdict(int)
    for duty in roster.duties:
        for part in duty.stretches if duty.kind == "duty" else ():
            if part.post is not None:
                found[problem.posts[part.post].site] += overlap((part.start, part.end), span)
    return found
