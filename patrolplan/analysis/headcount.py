"""How many people of a kind the needs ask for, minute by minute, and how much one person may serve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

from patrolplan.problem import AT_LEAST, Demand, Problem, Rule
from patrolplan.rules.hours.spec import Hours
from patrolplan.rules.rest.spec import Rest
from patrolplan.units import DAY_MINUTES, WEEK_DAYS, Period, Span, intersect_spans, merge_spans, overlap

WEEK_MINUTES = WEEK_DAYS * DAY_MINUTES
_MONTH_DAYS = 365.25 / 12

Step = tuple[int, int, int]
"""Start, end and people asked for in between."""


@dataclass(frozen=True, slots=True)
class Kind:
    """People who are counted: everybody, holders of a qualification, or those of a rank or above."""

    qualification: str = ""
    rank: str = ""

    @property
    def label(self) -> str:
        """The qualification or rank; empty for everybody."""
        return self.qualification or self.rank

    def holds(self, problem: Problem, person: int, day: int) -> bool:
        """Whether a person is of this kind on a date."""
        who = problem.people[person]
        if self.qualification:
            return who.holds(self.qualification, day)
        return not self.rank or (who.rank is not None and who.rank >= problem.ranks.index(self.rank))

    def is_counted_by(self, problem: Problem, demand: Demand) -> bool:
        """Whether everybody who counts for a demand must be of this kind."""
        if demand.kind not in AT_LEAST:
            return False
        if not self.label:
            return True
        if self.qualification:
            required = all(self.qualification in problem.posts[post].requires for post in demand.posts)
            return required or (demand.kind == "qualified" and demand.label == self.qualification)
        return demand.kind == "rank" and problem.ranks.index(demand.label) >= problem.ranks.index(self.rank)


def kinds(problem: Problem) -> list[Kind]:
    """Everybody, then each qualification and rank that the needs ask for."""
    asked = [demand for demand in problem.demands if demand.kind in AT_LEAST and any(w.count for w in demand.windows)]
    names = {demand.label for demand in asked if demand.kind == "qualified"}
    names |= {name for demand in asked for post in demand.posts for name in problem.posts[post].requires}
    ranks = {demand.label for demand in asked if demand.kind == "rank"}
    return [
        Kind(),
        *(Kind(name) for name in sorted(names)),
        *(Kind(rank=rank) for rank in problem.ranks if rank in ranks),
    ]


def head_count(problem: Problem, kind: Kind) -> list[Step]:
    """The people of a kind who must at least be there, minute by minute, in order of time; pieces with nobody left out.

    Needs of disjoint places are added up. Of needs that hold at the same places the larger one counts, and a need of
    several places only what it asks for beyond the places inside it; so nobody is asked for twice. Time that no shift
    serves is left out, since nobody could be there.
    """
    asked = [demand for demand in problem.demands if kind.is_counted_by(problem, demand)]
    planned = _planned(problem)
    pieces = [
        (start, end, demand.posts, window.count)
        for demand in asked
        for spans in [[span for post in demand.posts for span in planned.get(post, ())]]
        for window in demand.windows
        if window.count
        for start, end in intersect_spans([(window.start, window.end)], spans)
    ]
    cuts = sorted({edge for start, end, _, _ in pieces for edge in (start, end)})
    starting: dict[int, list[tuple[int, frozenset[int], int]]] = {}
    for start, end, posts, count in pieces:
        starting.setdefault(start, []).append((end, posts, count))
    found: list[Step] = []
    active: list[tuple[int, frozenset[int], int]] = []
    for start, end in pairwise(cuts):
        active = [one for one in active if one[0] > start] + starting.get(start, [])
        count = _without_twice((posts, count) for _, posts, count in active)
        if found and found[-1][1] == start and found[-1][2] == count:
            found[-1] = (found[-1][0], end, count)
        elif count:
            found.append((start, end, count))
    return found


def _planned(problem: Problem) -> dict[int, list[Span]]:
    """The time that shifts serve, by post."""
    found: dict[int, list[Span]] = {}
    for slot in problem.slots:
        if not slot.training:
            found.setdefault(slot.post, []).append((slot.start, slot.end))
    return {post: merge_spans(spans) for post, spans in found.items()}


def _without_twice(needs: Iterable[tuple[frozenset[int], int]]) -> int:
    """People asked for by needs of overlapping places: a sum over disjoint places that none of them exceeds."""
    largest: dict[frozenset[int], int] = {}
    for posts, count in needs:
        largest[posts] = max(largest.get(posts, 0), count)
    blocks: list[tuple[frozenset[int], int]] = []
    for posts, count in sorted(largest.items(), key=lambda one: (len(one[0]), sorted(one[0]))):
        touching = [one for one in blocks if one[0] & posts]
        if all(one[0] <= posts for one in touching):
            inside = sum(one[1] for one in touching)
            if count > inside:
                blocks = [one for one in blocks if one not in touching] + [(posts, count)]
    return sum(count for _, count in blocks)


def minutes_in(steps: Sequence[Step], span: Span) -> int:
    """Person-minutes asked for inside a span."""
    return sum(count * overlap((start, end), span) for start, end, count in steps)


def windows(problem: Problem, spans: Sequence[Span]) -> Iterator[Span]:
    """Stretches of time over which it is worth counting: a few shifts, a week, two weeks, each phase, everything.

    Parameters
    ----------
    spans
        Start and end of every shift on every date, in order of time.
    """
    starts = sorted({start for start, _ in spans})
    ends = sorted({end for _, end in spans})
    seen: set[Span] = set()
    for start in starts:
        later = [end for end in ends if start < end <= start + 3 * DAY_MINUTES // 2]
        for end in (*later, start + WEEK_MINUTES, start + 2 * WEEK_MINUTES):
            seen.add((start, min(end, problem.end)))
    seen |= {(phase.start, phase.end) for phase in problem.phases}
    seen.add((problem.start, problem.end))
    yield from sorted(one for one in seen if one[0] < one[1])


# -- relief ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limit:
    """How much one person may serve.

    Attributes
    ----------
    minutes
        A week.
    rules
        Ids of the rules that set it; empty if none does.
    """

    minutes: float
    rules: tuple[str, ...] = ()

    @property
    def factor(self) -> float:
        """People for one position that is filled day and night: 168 hours over the hours that one person may serve."""
        return WEEK_MINUTES / self.minutes if self.minutes else 0.0


def limit(problem: Problem, person: int, span: Span) -> Limit:
    """The hours a week that hard rules on hours and rest leave to a person during a span, on average.

    An amount of hours in a period counts in proportion, also where whole shifts do not fill it. With a rest of `r`
    after each duty of length `d`, at most `d / (d + r)` of the time can be served.
    """
    bound = [rule for rule in problem.rules if person in rule.people and rule.weight is None]
    cuts = {span[0], span[1]}
    for rule in bound:
        cuts |= {edge for part in rule.during or () for edge in part if span[0] < edge < span[1]}
    total, names = 0.0, []
    for start, end in pairwise(sorted(cuts)):
        options = [(minutes, rule.id) for rule in bound if rule.binds(start) for minutes in _weekly(problem, rule)]
        least = min(options, default=(float(WEEK_MINUTES), ""))
        total += least[0] * (end - start)
        names += [least[1]] if least[1] else []
    return Limit(total / max(1, span[1] - span[0]), tuple(dict.fromkeys(names)))


def _weekly(problem: Problem, rule: Rule) -> Iterator[float]:
    """Minutes a week that a rule leaves."""
    if rule.name == "hours":
        most = cast(Hours, rule.spec).max
        if most is not None:
            yield most.minutes * WEEK_DAYS / _days(problem, most.period)
    if rule.name == "rest":
        spec = cast(Rest, rule.spec)
        shares = []
        for shift in problem.shifts:
            length = (shift.end - shift.start) % DAY_MINUTES or DAY_MINUTES
            shares.append(length / (length + spec.required_after(shift.name)))
        if shares:
            yield WEEK_MINUTES * max(shares)


def _days(problem: Problem, period: Period) -> float:
    if period.kind == "operation":
        return max(1.0, (problem.end - problem.start) / DAY_MINUTES)
    return {"day": 1, "week": WEEK_DAYS, "month": _MONTH_DAYS}.get(period.kind, period.days or 1)


def present_share(problem: Problem) -> float:
    """Share of the operation for which the people are there and not absent, on average; 1 without people."""
    whole = problem.end - problem.start
    if not problem.people or not whole:
        return 1.0
    away = 0
    for who in problem.people:
        spans = sorted((max(one.start, problem.start), min(one.end, problem.end)) for one in who.absences)
        cursor = problem.start
        for start, end in spans:
            away += max(0, end - max(start, cursor))
            cursor = max(cursor, end)
    return 1 - away / (whole * len(problem.people))
