"""Everybody's fair share of hours, nights and weekends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from patrolplan.problem import Demand, Problem, Rule
from patrolplan.rules.binding import RuleSpec
from patrolplan.units import COST_SCALE, overlap, weekday

Kind = Literal["hours", "nights", "weekends"]


class Fairness(RuleSpec):
    """Each person's distance from the fair share of hours, nights and weekend duties.

    The fair share of a date's work is what the needs ask for on that date, divided among all people who are available
    on it, in proportion to their contracts; a person's share is the sum over the dates. So part-timers, people attached
    late and people on leave have smaller shares. With a history, what was served in it is shared in the same way
    and counts on both sides. ``hours`` costs the weight per hour of distance, ``nights`` (duties in shifts marked
    ``night``) and ``weekends`` (duties that start on a weekend date) cost it per duty.

    Example::

        rules:
          - fairness: {of: [hours, nights, weekends], weight: 1}
    """

    name: ClassVar[str] = "fairness"
    shorthand: ClassVar[str] = "of"
    default_weight: ClassVar[int | None] = 1
    default_level: ClassVar[int] = 3

    of: tuple[Kind, ...] = Field(("hours",), description="what is shared")

    @field_validator("of", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    def contradiction(self) -> str:
        """Nothing to share, or a share that must be met exactly."""
        if self.effective_weight() is None:
            return "fairness is a distance and cannot be hard; give it a weight."
        return "" if self.of else "fairness needs of: [hours, nights, weekends]."


def fair_shares(problem: Problem, rule: Rule, kind: Kind) -> dict[int, int]:
    """Fair share of every person, in sixtieths of the unit (minutes for hours, sixtieths of a duty else).

    Returns
    -------
    dict
        Person index to share, for all people whom the rule binds.
    """
    shares: dict[int, Fraction] = defaultdict(Fraction)
    for day, amount in _work_by_day(problem, rule, kind).items():
        weights = _weights(problem, day)
        total = sum(weights.values())
        if total:
            for person, weight in weights.items():
                shares[person] += amount * weight / total
    past = sum(
        _served(problem, kind, duty.shift, duty.day, duty.start, duty.end)
        for duty in problem.history
        if duty.kind != "standby"
    )
    if past:
        contracts = {person: Fraction(who.share).limit_denominator(1000) for person, who in enumerate(problem.people)}
        total = sum(contracts.values())
        for person, weight in contracts.items():
            shares[person] += past * weight / total
    return {person: round(shares[person]) for person in sorted(rule.people)}


def _served(problem: Problem, kind: Kind, shift: int | None, day: int, start: int, end: int) -> int:
    """What one duty counts, in sixtieths of the unit."""
    if kind == "hours":
        return end - start
    if kind == "nights":
        return COST_SCALE if shift is not None and problem.shifts[shift].night else 0
    return COST_SCALE if weekday(day) in problem.weekend else 0


def _weights(problem: Problem, day: int) -> dict[int, Fraction]:
    """Contract share of everybody who could take at least one shift on a date."""
    spans = [problem.shift_span(shift, day) for shift in range(len(problem.shifts))]
    found = {}
    for person, who in enumerate(problem.people):
        for start, end in spans:
            if not any(
                absence.start <= start < absence.end
                if absence.starts_only
                else overlap((start, end), (absence.start, absence.end))
                for absence in who.absences
            ):
                found[person] = Fraction(who.share).limit_denominator(1000)
                break
    return found


def _work_by_day(problem: Problem, rule: Rule, kind: Kind) -> dict[int, Fraction]:
    """What the needs ask for on each date, in sixtieths of the unit."""
    work: dict[int, Fraction] = defaultdict(Fraction)
    for start, end, count, posts in _needed(problem):
        shifts = sorted({shift for post in posts for shift in problem.posts[post].shifts})
        first = problem.zone.local(start)[0]
        turns = []
        for day in (first - 1, first):
            for shift in shifts:
                span = problem.shift_span(shift, day)
                if span[0] >= problem.start and overlap(span, (start, end)):
                    turns.append((day, shift, span))
        for day, shift, span in turns:
            if rule.binds(span[0]) and span[0] < problem.counted_until:
                served = _served(problem, kind, shift, day, *span)
                work[day] += Fraction(count * served * (end - start), len(turns) * (span[1] - span[0]))
    return work


def _needed(problem: Problem) -> Iterator[tuple[int, int, int, frozenset[int]]]:
    """Stretches of time, none of them across a shift boundary, with the staff needed at some posts."""
    staff = [demand for demand in problem.asked or problem.demands if demand.kind == "staff"]
    cuts = _boundaries(problem, staff)
    single: dict[tuple[int, int], int] = defaultdict(int)
    for demand in sorted(staff, key=lambda one: len(one.posts)):
        for window in demand.windows:
            inside = [cut for cut in cuts if window.start < cut < window.end]
            edges = [window.start, *inside, window.end]
            for start, end in pairwise(edges):
                if len(demand.posts) == 1:
                    (post,) = demand.posts
                    extra = window.count - single[post, start]
                    if extra > 0:
                        single[post, start] = window.count
                else:
                    extra = window.count - sum(single[post, start] for post in demand.posts)
                if extra > 0:
                    yield start, end, extra, demand.posts


def _boundaries(problem: Problem, staff: list[Demand]) -> list[int]:
    cuts = {edge for demand in staff for window in demand.windows for edge in (window.start, window.end)}
    for day in range(problem.first_day - 1, problem.last_day + 2):
        for shift in range(len(problem.shifts)):
            cuts.update(problem.shift_span(shift, day))
    return sorted(cuts)
