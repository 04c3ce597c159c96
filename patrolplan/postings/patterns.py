"""Settled plans as patterns: the same ways from post to post, given to the people of another turn of the same kind.

In most turns of a site the same posts are held in the same hours by as many people, and only the people are others. Who
walks which way of the pattern is then a question of few choices, since every way begins where a duty begins: it is
solved exactly, with the needs as rows and the unloved posts that everybody has had so far as costs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from patrolplan.postings.plans import MOST_SHARE, RESTING, Plan, unloved_half_hours
from patrolplan.postings.turns import Floor, Turn
from patrolplan.problem import Problem

KEPT = 3
"""Patterns of a kind that are remembered, the last ones."""
LACKING = 10**4
"""What a missing person-minute counts beside unloved half hours."""
SECONDS = 0.05
"""Deterministic seconds for giving out the ways of a pattern."""

Kind = tuple[int, tuple[int, ...], tuple[int, ...]]
"""Site, edges from the beginning on, and posts at which the duties begin, in order."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A turn with a plan that was found for it."""

    turn: Turn
    plan: Plan


@dataclass
class Patterns:
    """The last plans of each kind of turn, the newest first."""

    known: dict[Kind, list[Pattern]] = field(default_factory=lambda: defaultdict(list))

    def learn(self, turn: Turn, plan: Plan) -> None:
        """Remember a plan."""
        self.known[kind_of(turn)].insert(0, Pattern(turn, plan))
        del self.known[kind_of(turn)][KEPT:]

    def of(self, turn: Turn) -> tuple[Pattern, ...]:
        """Patterns that may fit a turn."""
        return tuple(self.known.get(kind_of(turn), ()))


def kind_of(turn: Turn) -> Kind:
    """What turns have in common of which one's plan may be another's."""
    firsts = (-1 if member.first is None else member.first for member in turn.members)
    return turn.key[0], tuple(edge - turn.edges[0] for edge in turn.edges), tuple(sorted(firsts))


def transferred(problem: Problem, turn: Turn, pattern: Pattern, shares: Mapping[int, int]) -> Plan | None:
    """The plan of a pattern for the people of a turn, or None if it does not fit them.

    Parameters
    ----------
    shares
        By person, half hours of unloved posts that the person has had more than others so far.
    """
    ways = [list(_takers(turn, pattern, way)) for way in range(len(pattern.plan.places))]
    if any(not takers for takers in ways):
        return None
    model = cp_model.CpModel()
    takes = {(number, way): model.new_bool_var("") for way, takers in enumerate(ways) for number in takers}
    for way, takers in enumerate(ways):
        model.add_exactly_one(takes[number, way] for number in takers)
    for number in range(len(turn.members)):
        model.add_exactly_one(var for (taker, _), var in takes.items() if taker == number)
    costs = [(gap, LACKING * minutes) for gap, minutes in _meet(model, turn, pattern, takes)]
    costs += _unloved(problem, turn, pattern, shares, takes)
    model.minimize(cp_model.LinearExpr.weighted_sum([var for var, _ in costs], [weight for _, weight in costs]))
    given = _given(model, takes)
    if given is None:
        return None
    moved = turn.edges[0] - pattern.turn.edges[0]
    by_number = sorted((number, way) for number, way in given)
    return Plan(
        tuple(pattern.plan.places[way] for _, way in by_number),
        tuple(
            tuple(None if start is None else start + moved for start in pattern.plan.rests[way]) for _, way in by_number
        ),
    )


def _takers(turn: Turn, pattern: Pattern, way: int) -> Iterator[int]:
    """Members who may walk a way of a pattern: they begin and end there and then, and may stand where it leads."""
    model, moved = pattern.turn.members[way], turn.edges[0] - pattern.turn.edges[0]
    posts = {place for place in pattern.plan.places[way] if place is not None and place != RESTING}
    for number, member in enumerate(turn.members):
        same = (member.first, member.start, member.end) == (model.first, model.start + moved, model.end + moved)
        if not same or not posts <= member.posts or len(member.pauses) != len(model.pauses):
            continue
        rests = zip(pattern.plan.rests[way], member.pauses, model.pauses, strict=True)
        if all(
            mine.one.minutes == its.one.minutes and (start is None or start + moved in mine.starts)
            for start, mine, its in rests
        ):
            yield number


Takes = Mapping[tuple[int, int], cp_model.IntVar]
"""By member and way: whether the member walks it."""


def _meet(model: cp_model.CpModel, turn: Turn, pattern: Pattern, takes: Takes) -> Iterator[tuple[cp_model.IntVar, int]]:
    """Rows for the needs; yields how many people are missing, and the minutes that this counts."""
    rows: dict[tuple[frozenset[tuple[int, int]], int, int], int] = defaultdict(int)
    for floor in turn.floors:
        for slot, wanted in enumerate(floor.wanted) if not floor.ideal else ():
            if wanted:
                there = _there(floor, pattern, slot)
                able = frozenset(pair for pair in takes if pair[0] in floor.able and pair[1] in there)
                rows[able, floor.least[slot], wanted] += turn.minutes[slot]
    for (able, least, wanted), minutes in rows.items():
        people = cp_model.LinearExpr.sum([takes[pair] for pair in sorted(able)])
        if least:
            model.add(people >= least)
        if wanted > least:
            gap = model.new_int_var(0, wanted - least, "")
            model.add(people + gap >= wanted)
            yield gap, minutes


def _there(floor: Floor, pattern: Pattern, slot: int) -> frozenset[int]:
    return frozenset(way for way, places in enumerate(pattern.plan.places) if places[slot] in floor.posts)


def _unloved(
    problem: Problem, turn: Turn, pattern: Pattern, shares: Mapping[int, int], takes: Takes
) -> Iterator[tuple[cp_model.IntVar, int]]:
    had = [unloved_half_hours(problem, pattern.turn, pattern.plan, way) for way in range(len(pattern.plan.places))]
    for (number, way), var in takes.items():
        duty = turn.members[number].duty
        yield var, had[way] * min(MOST_SHARE, shares.get(duty.person, 0) if duty is not None else 0)


def _given(model: cp_model.CpModel, takes: Takes) -> Sequence[tuple[int, int]] | None:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = SECONDS
    solver.parameters.catch_sigint_signal = False
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return [pair for pair, var in takes.items() if solver.boolean_value(var)]
