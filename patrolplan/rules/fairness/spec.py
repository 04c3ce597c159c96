"""Everybody's fair share of hours, nights, weekends and holidays."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, cast, get_args

from pydantic import Field, WithJsonSchema, field_validator

from patrolplan.language import _
from patrolplan.problem import Demand, Person, Problem, Rule
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import PlaceNames
from patrolplan.units import COST_SCALE, Span, overlap, weekday

Kind = Literal["hours", "nights", "weekends", "holidays"]
_ONE: dict[str, Any] = {"type": "string", "enum": list(get_args(Kind))}
Kinds = Annotated[tuple[Kind, ...], WithJsonSchema({"anyOf": [_ONE, {"type": "array", "items": _ONE}]})]


class Fairness(RuleSpec):
    """Each person's distance from the fair share of hours, nights, weekend duties and holiday duties.

    The fair share of a date's work is what the needs ask for on that date, divided among all people who are available
    on it, in proportion to their contracts; a person's share is the sum over the dates. So part-timers, people attached
    late and people on leave have smaller shares. With a history, what was served in it is shared in the same way
    and counts on both sides, and so is what stands under ``counters``. ``hours`` costs the weight per hour of distance,
    ``nights`` (duties in shifts marked ``night``), ``weekends`` (duties that start on a weekend date) and ``holidays``
    (duties that start on a public holiday) cost it per duty.

    With ``at``, only the duties at these posts are shared, and only among those who may stand there by qualification
    and site; ``counters``, which know no posts, are left out. ``for`` says whose distance is priced: work is shared
    among all people all the same.

    Example::

        rules:
          - fairness: {of: [hours, nights, weekends, holidays], weight: 1}
          - fairness: {id: gate-nights, of: nights, at: hospital/entrance, weight: 2}
    """

    name: ClassVar[str] = "fairness"
    shorthand: ClassVar[str] = "of"
    default_weight: ClassVar[int | None] = 1
    default_level: ClassVar[int] = 3

    of: Kinds = Field(("hours",), description="what is shared")
    at: PlaceNames = Field((), description="only duties at these posts, sites or groups; default everywhere")

    @field_validator("of", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    def contradiction(self) -> str:
        """Nothing to share, or a share that must be met exactly."""
        if self.effective_weight() is None:
            return _("fairness is a distance and cannot be hard; give it a weight.")
        return "" if self.of else _("fairness needs of: [hours, nights, weekends, holidays].")


def fair_shares(problem: Problem, rule: Rule, kind: Kind) -> dict[int, int]:
    """Fair share of every person, in sixtieths of the unit (minutes for hours, sixtieths of a duty else).

    Returns
    -------
    dict
        Person index to share, for all people whom the rule binds.
    """
    spec = cast(Fairness, rule.spec)
    posts = shared_posts(problem, spec)
    shares: dict[int, Fraction] = {}
    alike = _alike(problem, posts)
    parts: dict[int, Fraction] = defaultdict(Fraction)
    for day, amount in _work_by_day(problem, rule, kind, posts).items():
        weights = _weights(problem, [people[0] for people in alike], day, posts)
        everybody = sum((weight * len(alike[number]) for number, weight in weights.items()), Fraction())
        if everybody:
            for number, weight in weights.items():
                parts[number] += amount * weight / everybody
    for number, people in enumerate(alike):
        shares.update(dict.fromkeys(people, parts[number]))
    past = sum(
        _served(problem, kind, duty.shift, duty.day, duty.start, duty.end)
        for duty in problem.history
        if duty.kind != "standby" and (posts is None or duty.post in posts)
    )
    past += sum(counted_before(spec, who, kind) for who in problem.people)
    if past:
        contracts = {
            person: Fraction(who.share).limit_denominator(1000)
            for person, who in enumerate(problem.people)
            if posts is None
            or any(problem.may_stand(person, post, problem.first_day, problem.start + 1) for post in posts)
        }
        total = sum(contracts.values())
        for person, weight in contracts.items():
            shares[person] += past * weight / total
    return {person: round(shares[person]) for person in sorted(rule.people)}


def shared_posts(problem: Problem, spec: Fairness) -> frozenset[int] | None:
    """The posts whose duties are shared, or None for all."""
    if not spec.at:
        return None
    names = set(spec.at)
    members = {site for name in names for site in problem.groups.get(name, ())}
    return frozenset(
        index
        for index, post in enumerate(problem.posts)
        if post.site in members or names & {post.key, post.name, problem.sites[post.site].name}
    )


def counted_before(spec: Fairness, who: Person, kind: Kind) -> int:
    """What a person served before the operation and stands in no roster, in sixtieths of the unit."""
    if spec.at:
        return 0
    amounts: dict[Kind, int] = {
        "hours": who.counted.minutes,
        "nights": COST_SCALE * who.counted.nights,
        "weekends": COST_SCALE * who.counted.weekend_duties,
        "holidays": COST_SCALE * who.counted.holidays,
    }
    return amounts[kind]


def _served(problem: Problem, kind: Kind, shift: int | None, day: int, start: int, end: int) -> int:
    """What one duty counts, in sixtieths of the unit."""
    if kind == "hours":
        return end - start
    if kind == "nights":
        return COST_SCALE if shift is not None and problem.shifts[shift].night else 0
    if kind == "holidays":
        return COST_SCALE if day in problem.holidays else 0
    return COST_SCALE if weekday(day) in problem.weekend else 0


def _alike(problem: Problem, posts: frozenset[int] | None) -> list[list[int]]:
    """People with the same contract share who could take the same shifts, and stand at the same of the named posts."""
    found: dict[object, list[int]] = defaultdict(list)
    for person, who in enumerate(problem.people):
        absences = frozenset((absence.start, absence.end, absence.starts_only) for absence in who.absences)
        places = None if posts is None else (who.trained_for, who.not_at, frozenset(who.qualifications.items()))
        found[who.share, absences, places].append(person)
    return list(found.values())


def _weights(problem: Problem, people: Sequence[int], day: int, posts: frozenset[int] | None) -> dict[int, Fraction]:
    """Contract share of those of some people who could take a shift on a date, by their place in the list."""
    turns = [(post, problem.shift_span(shift, day)) for post, shift in _turns(problem, posts)]
    return {
        number: Fraction(problem.people[person].share).limit_denominator(1000)
        for number, person in enumerate(people)
        if any(
            _is_free(problem.people[person], span) and (post is None or problem.may_stand(person, post, day, span[1]))
            for post, span in turns
        )
    }


def _turns(problem: Problem, posts: frozenset[int] | None) -> list[tuple[int | None, int]]:
    """Post and shift of every kind of duty; of posts that ask the same of people only the first."""
    if posts is None:
        return [(None, shift) for shift in range(len(problem.shifts))]
    kinds: dict[tuple[int, tuple[str, ...], int], int] = {}
    for index in sorted(posts):
        post = problem.posts[index]
        for shift in post.shifts:
            kinds.setdefault((post.site, post.requires, shift), index)
    return [(post, shift) for (_, _, shift), post in kinds.items()]


def _is_free(who: Person, span: Span) -> bool:
    """Whether somebody is not absent in a shift."""
    return not any(
        absence.start <= span[0] < absence.end if absence.starts_only else overlap(span, (absence.start, absence.end))
        for absence in who.absences
    )


def _work_by_day(problem: Problem, rule: Rule, kind: Kind, named: frozenset[int] | None) -> dict[int, Fraction]:
    """What the needs of the posts ask for on each date, in sixtieths of the unit.

    Of a need that several posts meet together, each of them has an equal part.
    """
    work: dict[tuple[int, int], int] = defaultdict(int)
    for start, end, count, posts in _needed(problem):
        inside = posts if named is None else posts & named
        shifts = sorted({shift for post in inside for shift in problem.posts[post].shifts})
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
                parts = len(posts) * len(turns) * (span[1] - span[0])
                work[day, parts] += count * served * (end - start) * len(inside)
    found: dict[int, Fraction] = defaultdict(Fraction)
    for (day, parts), amount in work.items():
        found[day] += Fraction(amount, parts)
    return found


def _needed(problem: Problem) -> Iterator[tuple[int, int, int, frozenset[int]]]:
    """Stretches of time, none of them across a shift boundary, with the staff needed at some posts."""
    staff = [demand for demand in problem.asked or problem.demands if demand.kind == "staff"]
    cuts = _boundaries(problem, staff)
    single: dict[tuple[int, int], int] = defaultdict(int)
    for demand in sorted(staff, key=lambda one: len(one.posts)):
        for window in demand.windows:
            edges = [
                window.start,
                *cuts[bisect_right(cuts, window.start) : bisect_left(cuts, window.end)],
                window.end,
            ]
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
