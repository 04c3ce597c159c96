"""A turn as a CP-SAT model: first as little of relief and breaks is missed as can be, then all is made comfortable.

No minute may be covered worse than the roster covers it, and every duty begins where the roster begins it: so nothing
that is counted by whole duties changes. What remains is asked for in this order:

1. gaps of the roster closed, if moving people about does it;
2. no post held for too long, no break missed: minutes of either count alike;
3. one at a time: of a post with several people one leaves at a moment, and single posts never change hands in a ring;
   nobody goes straight back to the post just left; weighted rules between people at their weights;
4. unloved posts shared by squares of what each person has had, few changes, short ways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import pairwise

from ortools.sat.python import cp_model

from patrolplan.postings.turns import Blend, Floor, Member, Turn, weight_of
from patrolplan.problem import Problem

SHORT, MISSED = 100, 1
"""What a missing person-minute, and a minute of a post held too long or of a missed break, counts in the first round."""
TOGETHER, RETURN, LEAVE, WALK, OVER_LIMIT = 400, 200, 10, 3, 50
"""In the second round: leaving together or in a ring, going straight back, each change, a minute on foot, each person
above the most that may be there, in each slot."""
BENT_HOUR = 20
"""In the second round: an hour of one person too few by a rule with weight 1."""
MOST_SHARE = 40
"""Half hours of unloved posts from which on having had even more makes no difference."""
RESTING = -1
"""In a plan: at no post, on a break."""

Watch = Callable[[cp_model.CpSolver], AbstractContextManager[None]]
"""Lets somebody stop a solver while it runs."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to try at one turn: the solver's own deterministic seconds for each round, and a limit on the clock."""

    first: float = 4.0
    second: float = 2.0
    clock: float | None = None
    seed: int = 0


@dataclass(frozen=True)
class Plan:
    """Who is where in a turn.

    Attributes
    ----------
    places
        For each member and slot the post, `RESTING`, or None outside the duty.
    missed
        Minutes of posts held too long and of breaks not taken.
    short
        Person-minutes missing.
    proved
        Whether no plan misses less.
    best
        Whether no plan that misses as little is more comfortable, either.
    """

    places: tuple[tuple[int | None, ...], ...]
    missed: int
    short: int
    proved: bool
    best: bool = False


def arrange(
    problem: Problem,
    turn: Turn,
    effort: Effort,
    shares: Mapping[int, int] | None = None,
    watch: Watch | None = None,
) -> Plan | None:
    """The best plan of a turn.

    Parameters
    ----------
    shares
        By person, half hours of unloved posts that the person has had more than others so far.
    watch
        Stops a solver from outside.

    Returns
    -------
    Plan or None
        None if the limits passed before any plan was found.
    """
    first = _Model(problem, turn)
    first.aim_at_rules()
    plan = first.solve(effort, effort.first, watch)
    if plan is None:
        return None
    second = _Model(problem, turn)
    second.keep(plan)
    second.aim_at_comfort(shares or {})
    better = second.solve(effort, effort.second, watch)
    return plan if better is None else Plan(better.places, plan.missed, plan.short, plan.proved, better.proved)


def least_missed(problem: Problem, turn: Turn, effort: Effort) -> Plan | None:
    """The plan of a turn that misses least, whatever its comfort."""
    model = _Model(problem, turn)
    model.aim_at_rules()
    return model.solve(effort, effort.first, None)


Var = cp_model.IntVar
Term = tuple[cp_model.LinearExprT, int]


@dataclass
class _Model:
    """Variables and rows of one turn."""

    problem: Problem
    turn: Turn
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)

    def __post_init__(self) -> None:
        self.spans = self.turn.slots
        self.at: dict[tuple[int, int, int], Var] = {}
        """By member, post and slot: whether the member is there."""
        self.rest: dict[tuple[int, int, int], Var] = {}
        """By member, pause and beginning: whether the pause is taken then."""
        self.missed: list[Term] = []
        self.short: list[Term] = []
        self.bent: list[Term] = []
        self._places()
        self._covered()
        self._relieved()

    # What there is to decide

    def _places(self) -> None:
        for number, member in enumerate(self.turn.members):
            for slot in self._slots_of(member):
                for post in sorted(member.posts):
                    self.at[number, post, slot] = self.model.new_bool_var("")
            for index, pause in enumerate(member.pauses):
                options = {start: self.model.new_bool_var("") for start in pause.starts}
                self.rest |= {(number, index, start): var for start, var in options.items()}
                self.model.add(sum(options.values()) <= 1)
                self.missed.append((1 - sum(options.values()), MISSED * pause.one.minutes))
            for slot in self._slots_of(member):
                here = [self.at[number, post, slot] for post in sorted(member.posts)]
                self.model.add_exactly_one(*here, *self._resting(number, slot))
            if member.first is not None:
                self.model.add(self.at[number, member.first, self._slots_of(member)[0]] == 1)

    def _slots_of(self, member: Member) -> list[int]:
        return [k for k, (start, end) in enumerate(self.spans) if member.start <= start and end <= member.end]

    def _resting(self, number: int, slot: int) -> list[Var]:
        """Pauses of a member that cover a slot."""
        start, end = self.spans[slot]
        return [
            self.rest[number, index, at]
            for index, pause in enumerate(self.turn.members[number].pauses)
            for at in pause.starts
            if at <= start and end <= at + pause.one.minutes
        ]

    def _there(self, able: Iterable[int], posts: frozenset[int], slot: int) -> list[Var]:
        return [
            var
            for number in sorted(able)
            for post in sorted(posts)
            if (var := self.at.get((number, post, slot))) is not None
        ]

    # What must hold, and what is missed where it does not

    def _covered(self) -> None:
        for floor in self.turn.floors:
            for slot in range(len(self.spans)):
                self._floor(floor, slot)

    def _floor(self, floor: Floor, slot: int) -> None:
        least, wanted = floor.least[slot], floor.wanted[slot]
        if not wanted and not least:
            return
        people = sum(self._there(floor.able, floor.posts, slot))
        if least:
            self.model.add(people >= least)
        if wanted > least:
            gap = self.model.new_int_var(0, wanted - least, "")
            self.model.add(people + gap >= wanted)
            minutes = self._minutes(slot)
            if floor.quality == ("staff", "") and floor.weight == 1:
                self.bent.append((gap, max(1, minutes * BENT_HOUR // 60)))
            else:
                self.short.append((gap, SHORT * minutes))

    def _minutes(self, slot: int) -> int:
        start, end = self.spans[slot]
        return end - start

    def _relieved(self) -> None:
        """Of any slots in a row that together are longer than a post may be held, one is spent elsewhere, or missed."""
        for number, member in enumerate(self.turn.members):
            slots = self._slots_of(member)
            for post in sorted(member.posts):
                relief = self.problem.posts[post].relief
                if relief is None:
                    continue
                last = 0
                for first in range(len(slots)):
                    last = max(last, first)
                    while last < len(slots) and self.spans[slots[last]][1] - self.spans[slots[first]][0] <= relief.most:
                        last += 1
                    if last == len(slots):
                        break
                    over = self.model.new_bool_var("")
                    row = [self.at[number, post, slots[k]].negated() for k in range(first, last + 1)]
                    self.model.add_bool_or(*row, over)
                    self.missed.append((over, MISSED * self._minutes(slots[last])))

    # What is aimed at

    def aim_at_rules(self) -> None:
        """As few people missing as possible, then as little of relief and breaks missed."""
        self._minimize([*self.short, *self.missed])
        for number, places in enumerate(self.turn.before):
            self._hint(number, places)

    def keep(self, plan: Plan) -> None:
        """No worse than a plan."""
        self.model.add(_sum(self.short) <= plan.short * SHORT)
        self.model.add(_sum(self.missed) <= plan.missed * MISSED)
        for number, places in enumerate(plan.places):
            self._hint(number, places)

    def _hint(self, number: int, places: Sequence[int | None]) -> None:
        for slot, place in enumerate(places):
            if place is not None:
                for post in sorted(self.turn.members[number].posts):
                    if (number, post, slot) in self.at:
                        self.model.add_hint(self.at[number, post, slot], post == place)

    def aim_at_comfort(self, shares: Mapping[int, int]) -> None:
        """One at a time, not back again, rules between people, unloved posts shared, few changes and short ways."""
        terms = [*self.bent]
        leaving = self._leaving()
        terms += [(var, LEAVE) for var in leaving.values()]
        terms += self._together(leaving)
        terms += self._rings(leaving)
        terms += self._returns()
        terms += [term for blend in self.turn.blends for term in self._blend(blend)]
        terms += self._kept_apart()
        terms += self._limited()
        terms += self._shared(shares)
        terms += self._walks()
        self._minimize(terms)

    def _leaving(self) -> dict[tuple[int, int, int], Var]:
        """By member, post and slot: whether the post is left at the end of the slot, inside the duty."""
        found = {}
        for number, post, slot in self.at:
            if (number, post, slot + 1) in self.at:
                var = self.model.new_bool_var("")
                stays = self.at[number, post, slot + 1]
                self.model.add_bool_or(self.at[number, post, slot].negated(), stays, var)
                found[number, post, slot] = var
        return found

    def _together(self, leaving: Mapping[tuple[int, int, int], Var]) -> Iterator[Term]:
        by_moment: dict[tuple[int, int], list[Var]] = {}
        for (_, post, slot), var in leaving.items():
            if self.problem.posts[post].relief is not None:
                by_moment.setdefault((post, slot), []).append(var)
        for group in by_moment.values():
            if len(group) > 1:
                extra = self.model.new_int_var(0, len(group), "")
                self.model.add(sum(group) <= 1 + extra)
                yield extra, TOGETHER

    def _rings(self, leaving: Mapping[tuple[int, int, int], Var]) -> Iterator[Term]:
        """Single posts are handed over in some order: each after whoever comes was relieved, or from outside."""
        single = sorted(self.turn.single)
        for slot in range(len(self.spans) - 1) if len(single) > 1 else ():
            ring = self.model.new_bool_var("")
            order = {post: self.model.new_int_var(0, len(single), "") for post in single}
            held = {post: self._held_on(post, slot, leaving) for post in single}
            for one in single:
                for other in single:
                    moved = self._moved(one, other, slot) if one != other else None
                    if moved is not None:
                        later = self.model.add(order[other] >= order[one] + 1)
                        later.only_enforce_if(moved, held[one].negated(), ring.negated())
            yield ring, TOGETHER

    def _held_on(self, post: int, slot: int, leaving: Mapping[tuple[int, int, int], Var]) -> Var:
        """Whether somebody stays at a post when a slot ends."""
        held = self.model.new_bool_var("")
        numbers = range(len(self.turn.members))
        staying = [
            self.at[number, post, slot] - leaving[number, post, slot]
            for number in numbers
            if (number, post, slot) in leaving
        ]
        self.model.add(sum(staying) >= 1).only_enforce_if(held)
        return held

    def _moved(self, one: int, other: int, slot: int) -> Var | None:
        """Whether anybody goes from one post to another when a slot ends; None if nobody can."""
        pairs = [
            (before, after)
            for number in range(len(self.turn.members))
            if (before := self.at.get((number, one, slot))) is not None
            and (after := self.at.get((number, other, slot + 1))) is not None
        ]
        if not pairs:
            return None
        moved = self.model.new_bool_var("")
        for before, after in pairs:
            self.model.add_bool_or(before.negated(), after.negated(), moved)
        return moved

    def _returns(self) -> Iterator[Term]:
        """Breaks after which somebody is back at the post that was left for it."""
        for (number, index, start), taken in self.rest.items():
            member = self.turn.members[number]
            end = start + member.pauses[index].one.minutes
            before = next((k for k, span in enumerate(self.spans) if span[1] == start), None)
            after = next((k for k, span in enumerate(self.spans) if span[0] == end), None)
            others = [post for post in member.posts if self.problem.posts[post].kind != "command"]
            for post in sorted(member.posts) if len(others) > 1 else ():
                left, back = self.at.get((number, post, before or 0)), self.at.get((number, post, after or 0))
                if before is not None and after is not None and left is not None and back is not None:
                    again = self.model.new_bool_var("")
                    self.model.add_bool_or(taken.negated(), left.negated(), back.negated(), again)
                    yield again, RETURN

    def _blend(self, blend: Blend) -> Iterator[Term]:
        everybody = range(len(self.turn.members))
        for slot in range(len(self.spans)):
            other = blend.others[slot]
            if other is None:
                continue
            people = sum(self._there(everybody, blend.posts, slot)) + other[0]
            able = sum(self._there(blend.able, blend.posts, slot)) + other[1]
            lacking = self.model.new_int_var(0, len(self.turn.members) + 1, "")
            if blend.share:
                self.model.add(100 * (able + lacking) >= blend.share * people)
            if blend.least:
                enough = self.model.new_bool_var("")
                self.model.add(able + lacking >= blend.least).only_enforce_if(enough)
                self.model.add(able + lacking >= people).only_enforce_if(enough.negated())
            yield lacking, max(1, weight_of(blend.weight) * BENT_HOUR * self._minutes(slot) // 60)

    def _kept_apart(self) -> Iterator[Term]:
        for one, other, weight in self.turn.apart:
            near = self.model.new_bool_var("")
            for number, post, slot in list(self.at):
                if number == one and (other, post, slot) in self.at:
                    there = self.at[one, post, slot], self.at[other, post, slot]
                    self.model.add_bool_or(there[0].negated(), there[1].negated(), near)
            yield near, weight_of(weight) * BENT_HOUR

    def _limited(self) -> Iterator[Term]:
        everybody = range(len(self.turn.members))
        for limit in self.turn.limits:
            for slot, most in enumerate(limit.most):
                if most is not None:
                    extra = self.model.new_int_var(0, len(self.turn.members), "")
                    self.model.add(sum(self._there(everybody, limit.posts, slot)) <= most + extra)
                    yield extra, OVER_LIMIT

    def _shared(self, shares: Mapping[int, int]) -> Iterator[Term]:
        """Squares of the half hours that each person has had at unloved posts, the present turn's included."""
        unloved = {post: self.problem.posts[post].unloved for post in self.turn.posts if self.problem.posts[post].unloved}
        if not unloved:
            return
        unit = 30 * max(unloved.values())
        for number, member in enumerate(self.turn.members):
            parts = [
                weight * self._minutes(slot) * var
                for (who, post, slot), var in self.at.items()
                if who == number and (weight := unloved.get(post, 0))
            ]
            if not parts or member.duty is None:
                continue
            most = (member.end - member.start + 29) // 30
            had = self.model.new_int_var(0, most, "")
            self.model.add(unit * had >= sum(parts))
            square = self.model.new_int_var(0, most * most, "")
            for step in range(most):
                self.model.add(square >= (2 * step + 1) * had - step * (step + 1))
            yield square, 1
            yield had, 2 * min(MOST_SHARE, shares.get(member.duty.person, 0))

    def _walks(self) -> Iterator[Term]:
        """Minutes on foot from post to post; the shortest way between two posts of the site is left out for all."""
        walks = self.problem.walks
        ways = {
            (one, other): minutes
            for one in self.turn.posts
            for other in self.turn.posts
            if one != other and (minutes := walks.get((min(one, other), max(one, other)), 0))
        }
        for number, member in enumerate(self.turn.members) if ways else ():
            for slot, following in pairwise(self._slots_of(member)):
                far = self.model.new_int_var(0, max(ways.values()), "")
                for (one, other), minutes in ways.items():
                    before, after = self.at.get((number, one, slot)), self.at.get((number, other, following))
                    if before is not None and after is not None:
                        self.model.add(far >= minutes * (before + after - 1))
                yield far, WALK

    def _minimize(self, terms: Iterable[Term]) -> None:
        self.model.minimize(_sum(terms))

    # The answer

    def solve(self, effort: Effort, seconds: float, watch: Watch | None) -> Plan | None:
        """The plan found within so many deterministic seconds."""
        solver = cp_model.CpSolver()
        parameters = solver.parameters
        parameters.num_workers = 1
        parameters.random_seed = effort.seed % 2**31
        parameters.max_deterministic_time = seconds
        if effort.clock is not None:
            parameters.max_time_in_seconds = effort.clock
        parameters.catch_sigint_signal = False
        with watch(solver) if watch is not None else nullcontext():
            status = solver.solve(self.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        missed = sum(weight * solver.value(expression) for expression, weight in self.missed) // MISSED
        short = sum(weight * solver.value(expression) for expression, weight in self.short) // SHORT
        places = tuple(self._places_of(number, solver) for number in range(len(self.turn.members)))
        return Plan(places, missed, short, status == cp_model.OPTIMAL)

    def _places_of(self, number: int, solver: cp_model.CpSolver) -> tuple[int | None, ...]:
        member = self.turn.members[number]
        own = set(self._slots_of(member))
        found: list[int | None] = []
        for slot in range(len(self.spans)):
            there = (post for post in sorted(member.posts) if (number, post, slot) in self.at)
            here = next((post for post in there if solver.boolean_value(self.at[number, post, slot])), RESTING)
            found.append(here if slot in own else None)
        return tuple(found)


def _sum(terms: Iterable[Term]) -> cp_model.LinearExprT:
    listed = list(terms)
    return cp_model.LinearExpr.weighted_sum([term for term, _ in listed], [weight for _, weight in listed])
