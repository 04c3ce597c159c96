"""A plan of a turn, and what it is worth: the same that the model aims at, counted on the finished plan."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from patrolplan.postings.turns import Blend, Floor, Turn, weight_of
from patrolplan.problem import Problem

TOGETHER, RETURN, LEAVE, WALK, OVER_LIMIT = 400, 200, 10, 3, 50
"""What counts for comfort: each person who leaves a post with others at once, and each ring of single posts; going
straight back; each change; each minute on foot; each person above the most that may be there, in each slot."""
BENT_HOUR = 20
"""An hour of one person too few by a rule with weight 1."""
MOST_SHARE = 40
"""Half hours of unloved posts from which on having had even more makes no difference."""
IDLE_MINUTES = 3
"""So many minutes off the posts, and not on a break, count as one."""
RESTING = -1
"""In a plan: at no post, on a break or standing by."""

Places = tuple[int | None, ...]
"""By slot: the post, `RESTING`, or None outside the duty."""
Rests = tuple[int | None, ...]
"""By pause: when it begins, or None if it is not taken."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is where in a turn: by member."""

    places: tuple[Places, ...]
    rests: tuple[Rests, ...]


@dataclass(frozen=True, slots=True, order=True)
class Worth:
    """What is wrong with a plan, in the order in which it counts.

    Attributes
    ----------
    short
        Person-minutes missing.
    missed
        Minutes of posts held too long and of breaks not taken.
    comfort
        Cost of all that could be nicer.
    """

    short: int
    missed: int
    comfort: int


def as_rostered(problem: Problem, turn: Turn) -> Plan:
    """Everybody where the roster has them; who is at no post there stands by, and nobody has a break yet."""
    places = []
    for number, before in enumerate(turn.before):
        row: list[int | None] = [None] * len(turn.slots)
        last = turn.members[number].first
        for slot in turn.own[number]:
            last = before[slot] if before[slot] is not None else last
            may_rest = may_stand_by(problem, turn, number, slot)
            row[slot] = last if before[slot] is not None or not may_rest else RESTING
        places.append(tuple(row))
    return Plan(tuple(places), tuple(tuple(None for _ in member.pauses) for member in turn.members))


def carried(plan: Plan, turn: Turn, other: Turn) -> Plan:
    """A plan of a turn in the slots of another one, which has the same members and may be cut into more pieces."""
    where = [bisect_right(turn.edges, start) - 1 for start, _ in other.slots]
    places = tuple(
        tuple(row[slot] if 0 <= slot < len(row) and index in own else None for index, slot in enumerate(where))
        for row, own in zip(plan.places, other.own, strict=True)
    )
    return Plan(places, plan.rests)


def may_stand_by(problem: Problem, turn: Turn, number: int, slot: int) -> bool:
    """Whether a member may be at no post in a slot: not where the duty begins or ends, and not one who leads."""
    member, own = turn.members[number], turn.own[number]
    leads = member.first is not None and problem.posts[member.first].kind == "command"
    return not leads and slot not in (own[0], own[-1])


def worth(problem: Problem, turn: Turn, plan: Plan, shares: Mapping[int, int]) -> Worth:
    """What is wrong with a plan.

    Parameters
    ----------
    shares
        By person, half hours of unloved posts that the person has had more than others so far.
    """
    ideal = sum(
        gap * bent_minutes(1, turn.minutes[slot])
        for floor in turn.floors
        if floor.ideal
        for slot, gap in _gaps(turn, floor, plan)
    )
    comfort = ideal + sum(
        (
            *_changes(problem, turn, plan),
            *_together(problem, turn, plan),
            *_returns(turn, plan),
            *_idle(turn, plan),
            *(cost for blend in turn.blends for cost in _lacking(turn, blend, plan)),
            *_near(turn, plan),
            *_too_many(turn, plan),
            *_unloved(problem, turn, plan, shares),
        )
    )
    short = sum(
        gap * turn.minutes[slot] for floor in turn.floors if not floor.ideal for slot, gap in _gaps(turn, floor, plan)
    )
    return Worth(short, sum(missed_minutes(problem, turn, plan)), comfort)


def bent_minutes(weight: int | None, minutes: int) -> int:
    """The cost of some minutes of a rule between people that is bent."""
    return max(1, weight_of(weight) * BENT_HOUR * minutes // 60)


def missed_minutes(problem: Problem, turn: Turn, plan: Plan) -> Iterator[int]:
    """Minutes by which posts are held too long, and of breaks not taken, member by member."""
    for number, member in enumerate(turn.members):
        yield sum(
            pause.one.minutes for pause, start in zip(member.pauses, plan.rests[number], strict=True) if start is None
        )
        for post in member.posts:
            for first, last in too_long(problem, turn, number, post):
                if all(plan.places[number][slot] == post for slot in range(first, last + 1)):
                    yield turn.minutes[last]


def too_long(problem: Problem, turn: Turn, number: int, post: int) -> Iterator[tuple[int, int]]:
    """First and last of any slots in a row that are together just longer than a member may hold a post."""
    relief = problem.posts[post].relief
    if relief is None:
        return
    slots = turn.own[number]
    last = slots.start
    for first in slots:
        while last < slots.stop and turn.edges[last + 1] - turn.edges[first] <= relief.most:
            last += 1
        if last == slots.stop:
            return
        yield first, last


def _gaps(turn: Turn, floor: Floor, plan: Plan) -> Iterator[tuple[int, int]]:
    for slot, wanted in enumerate(floor.wanted):
        if wanted:
            there = sum(plan.places[number][slot] in floor.posts for number in floor.able)
            if there < wanted:
                yield slot, wanted - there


def leaves(turn: Turn, plan: Plan) -> Iterator[tuple[int, int, int, int]]:
    """Every change inside a duty: member, slot at whose end it is, and place before and after."""
    for number, places in enumerate(plan.places):
        for slot, following in pairwise(turn.own[number]):
            before, after = places[slot], places[following]
            if before != after and before is not None and after is not None:
                yield number, slot, before, after


def further_ways(problem: Problem, turn: Turn) -> dict[tuple[int, int], int]:
    """Minutes on foot from post to post beyond the shortest way of the site, where there are any."""
    ways = {
        (one, other): problem.walks.get((min(one, other), max(one, other)), 0)
        for one in turn.posts
        for other in turn.posts
        if one != other
    }
    least = min(ways.values(), default=0)
    return {way: minutes - least for way, minutes in ways.items() if minutes > least}


def _changes(problem: Problem, turn: Turn, plan: Plan) -> Iterator[int]:
    further = further_ways(problem, turn)
    for _, _, before, after in leaves(turn, plan):
        if before != RESTING:
            yield LEAVE
            yield WALK * further.get((before, after), 0)


def _together(problem: Problem, turn: Turn, plan: Plan) -> Iterator[int]:
    moves = list(leaves(turn, plan))
    left = Counter((before, slot) for _, slot, before, _ in moves if before != RESTING and problem.posts[before].relief)
    yield from (TOGETHER * (count - 1) for count in left.values())
    for slot in sorted({slot for _, slot, _, _ in moves}):
        if _has_ring(turn, plan, slot, [(before, after) for _, at, before, after in moves if at == slot]):
            yield TOGETHER


def _has_ring(turn: Turn, plan: Plan, slot: int, moves: list[tuple[int, int]]) -> bool:
    """Whether single posts change hands in a circle, with nobody who stays or comes from elsewhere."""
    staying = {
        places[slot]
        for number, places in enumerate(plan.places)
        if slot + 1 in turn.own[number] and places[slot] == places[slot + 1]
    }
    arcs = {(one, other) for one, other in moves if one in turn.single and other in turn.single and one not in staying}
    while arcs:
        ends = {other for _, other in arcs}
        kept = {(one, other) for one, other in arcs if one in ends}
        if kept == arcs:
            return True
        arcs = kept
    return False


def _returns(turn: Turn, plan: Plan) -> Iterator[int]:
    """Times after which somebody who was at no post is back at the post before."""
    for number, member in enumerate(turn.members):
        if len(member.posts) < 2:
            continue
        last: int | None = None
        for slot, following in pairwise(turn.own[number]):
            here, there = plan.places[number][slot], plan.places[number][following]
            last = last if here == RESTING else here
            if here == RESTING and there == last:
                yield RETURN


def _idle(turn: Turn, plan: Plan) -> Iterator[int]:
    for number, member in enumerate(turn.members):
        off = sum(turn.minutes[slot] for slot, place in enumerate(plan.places[number]) if place == RESTING)
        starts = zip(member.pauses, plan.rests[number], strict=True)
        yield (off - sum(pause.one.minutes for pause, start in starts if start is not None)) // IDLE_MINUTES


def _lacking(turn: Turn, blend: Blend, plan: Plan) -> Iterator[int]:
    for slot, other in enumerate(blend.others):
        if other is None:
            continue
        people = other[0] + sum(places[slot] in blend.posts for places in plan.places)
        able = other[1] + sum(plan.places[number][slot] in blend.posts for number in blend.able)
        required = max(-(-people * blend.share // 100), min(blend.least, people))
        if able < required:
            yield (required - able) * bent_minutes(blend.weight, turn.minutes[slot])


def _near(turn: Turn, plan: Plan) -> Iterator[int]:
    for one, other, weight in turn.apart:
        pairs = zip(plan.places[one], plan.places[other], strict=True)
        if any(here == there and here is not None and here != RESTING for here, there in pairs):
            yield bent_minutes(weight, 60)


def _too_many(turn: Turn, plan: Plan) -> Iterator[int]:
    for limit in turn.limits:
        for slot, most in enumerate(limit.most):
            if most is not None:
                yield OVER_LIMIT * max(0, sum(places[slot] in limit.posts for places in plan.places) - most)


def _unloved(problem: Problem, turn: Turn, plan: Plan, shares: Mapping[int, int]) -> Iterator[int]:
    for number, member in enumerate(turn.members):
        if member.duty is not None:
            had = unloved_half_hours(problem, turn, plan, number)
            yield had * had + 2 * min(MOST_SHARE, shares.get(member.duty.person, 0)) * had


def unloved_half_hours(problem: Problem, turn: Turn, plan: Plan, number: int) -> int:
    """Half hours of a member at unloved posts, those at the least loved post in full and others in part."""
    most = max((problem.posts[post].unloved for post in turn.posts), default=0)
    weighed = sum(
        turn.minutes[slot] * problem.posts[place].unloved
        for slot, place in enumerate(plan.places[number])
        if place is not None and place != RESTING
    )
    return -(-weighed // (30 * most)) if most else 0
