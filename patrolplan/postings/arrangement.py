"""A turn as a CP-SAT model, whole or in part, and the search for its best plan.

No minute may be covered worse than the roster covers it, and every duty begins where the roster begins it: so nothing
that is counted by whole duties changes. What remains is aimed at in this order:

1. gaps of the roster closed, if moving people about does it;
2. no post held for too long, no break missed: minutes of either count alike;
3. comfort: of a post one leaves at a moment, and single posts never change hands in a ring; nobody goes straight back
   to the post just left; rules between people at their weights; unloved posts shared by squares of what each person
   has had; few changes, short ways.

At first a turn is made `secure`: the plan of another turn of its kind is given to its people, or the whole turn is
solved for what is missed alone, which finds a plan that misses nothing, or proves how little can be missed. Then it is
`arrange`d: the search begins with the roster as it is, frees a few people at a time and solves their part exactly, so
that plans stay calm; or it begins with a plan of a turn like it, which is calm already, and needs few such steps.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import pairwise

from ortools.sat.python import cp_model

from patrolplan.postings.patterns import Pattern, transferred
from patrolplan.postings.plans import (
    IDLE_MINUTES,
    LEAVE,
    MOST_SHARE,
    OVER_LIMIT,
    RESTING,
    RETURN,
    TOGETHER,
    WALK,
    Places,
    Plan,
    Rests,
    Worth,
    as_rostered,
    bent_minutes,
    further_ways,
    may_stand_by,
    too_long,
    worth,
)
from patrolplan.postings.turns import Blend, Floor, Turn
from patrolplan.problem import Problem

MISSED = 10**5
"""How much more a missed minute counts than comfort, and a missing person-minute than a missed minute."""
STEP_SECONDS = 0.006
"""Deterministic seconds for a part, for each person freed."""
LEAST_SPENT = 0.001
"""Deterministic seconds that every part counts for at least: building the model takes time, too."""
FREED = (4, 3, 4, 5)
"""How many people are freed at a time, in turn."""
SMALL, SMALL_SECONDS = 4, 0.06
"""Turns of so few people are solved as a whole, within so many deterministic seconds."""
FEW, SLID, SLIDE_SECONDS, SLIDES = 6, 30, 0.1, 6
"""Of turns of so few people, everybody's places are settled anew over some slots, so many of all people together,
within so many deterministic seconds; from the first slots to the last, and again, at most so many times."""
STEPS = 1
"""Parts solved for each person of a turn."""
POLISH = 3
"""One part for so many people where the search begins with the plan of another turn."""

Watch = Callable[[cp_model.CpSolver], AbstractContextManager[None]]
"""Lets somebody stop a solver while it runs."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to try at one turn.

    Attributes
    ----------
    steps
        Parts solved for each person of the turn.
    exact
        Deterministic seconds for the whole turn where something is missed.
    seed
        Of all random choices.
    stopped
        Whether somebody wants an end.
    """

    steps: int = STEPS
    exact: float = 4.0
    seed: int = 0
    stopped: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Arranged:
    """The best plan found for a turn.

    Attributes
    ----------
    proved
        Whether no plan misses less.
    spent
        Deterministic seconds of the solver.
    """

    plan: Plan
    worth: Worth
    proved: bool
    spent: float = 0.0


def secure(
    problem: Problem, turn: Turn, effort: Effort, patterns: Sequence[Pattern] = (), watch: Watch | None = None
) -> Arranged:
    """A plan of a turn that misses as little as can be, at once and without any comfort.

    Parameters
    ----------
    patterns
        Plans of turns of the same kind; the first one with which these people miss nothing is taken.
    """
    search = _Search(problem, turn, effort, {}, watch)
    for pattern in patterns:
        search.begin(transferred(problem, turn, pattern, {}))
        if search.is_kept:
            break
    proved = search.is_kept or search.settle()
    if not proved and not effort.stopped():
        search.improve()
    return Arranged(search.plan, search.found, proved or search.is_kept, search.spent)


def arrange(
    problem: Problem,
    turn: Turn,
    effort: Effort,
    shares: Mapping[int, int] | None = None,
    watch: Watch | None = None,
    *,
    sure: Arranged | None = None,
    patterns: Sequence[Pattern] = (),
) -> Arranged:
    """The best plan of a turn within the effort; the roster as it is, at worst.

    Parameters
    ----------
    shares
        By person, half hours of unloved posts that the person has had more than others so far.
    watch
        Stops a solver from outside.
    sure
        What is known already; the result is never worse.
    patterns
        Good plans of turns of the same kind.
    """
    search = _Search(problem, turn, effort, shares or {}, watch)
    for pattern in patterns:
        search.begin(transferred(problem, turn, pattern, search.shares))
    if patterns and search.is_kept:
        search.polish()
    else:
        search.improve()
    if sure is not None and search.begin(sure.plan):
        search.improve()
    proved = search.is_kept or (sure is not None and sure.proved)
    if not proved and not effort.stopped():
        before = search.found
        proved = search.settle()
        if search.found < before:
            search.improve()
    return Arranged(search.plan, search.found, proved, search.spent)


class _Search:
    """A plan that gets better."""

    def __init__(
        self, problem: Problem, turn: Turn, effort: Effort, shares: Mapping[int, int], watch: Watch | None
    ) -> None:
        self.problem, self.turn, self.effort, self.shares, self.watch = problem, turn, effort, shares, watch
        self.plan = as_rostered(problem, turn)
        self.found = self._worth(self.plan)
        self.spent = 0.0
        self._random = random.Random(effort.seed)

    def _worth(self, plan: Plan) -> Worth:
        return worth(self.problem, self.turn, plan, self.shares)

    @property
    def is_kept(self) -> bool:
        """Whether nobody is missing, and relief and breaks are kept."""
        return self.found.short == 0 and self.found.missed == 0

    def begin(self, plan: Plan | None) -> bool:
        """Go on from a plan if it is better than what is known; whether it is."""
        return plan is not None and self._take(plan)

    def improve(self) -> None:
        """Free a few people at a time, until nothing has become better for a while."""
        people = len(self.turn.members)
        if people <= SMALL and self._free(range(people), SMALL_SECONDS, light=False):
            return
        self._step(self.effort.steps * people)
        if people <= FEW:
            self._slide()

    def polish(self) -> None:
        """Improve a plan that is good already."""
        self._step(-(-len(self.turn.members) // POLISH))

    def _step(self, steps: int) -> None:
        people, idle = len(self.turn.members), 0
        for step in range(steps):
            if idle > people or self.effort.stopped():
                return
            count = min(people, FREED[step % len(FREED)])
            before = self.found
            self._free(self._random.sample(range(people), count), STEP_SECONDS * count, light=True)
            idle = 0 if self.found < before else idle + 1

    def _slide(self) -> None:
        """Settle everybody anew over some slots after the other, as long as that helps."""
        people, slots = len(self.turn.members), len(self.turn.slots)
        length = max(2, SLID // people)
        for _ in range(self.effort.steps * SLIDES):
            before = self.found
            for first in range(0, max(1, slots - length // 2), length // 2):
                if self.effort.stopped():
                    return
                self._free(range(people), SLIDE_SECONDS, light=False, slots=range(first, first + length))
            if self.found == before:
                return

    def _free(self, numbers: Sequence[int], seconds: float, *, light: bool, slots: range | None = None) -> bool:
        """Settle some people anew, over some slots or all; whether nothing better is possible for them."""
        model = TurnModel(self.problem, self.turn, self.plan, frozenset(numbers), slots)
        model.aim_at_all(self.shares)
        better = model.solve(seconds, self.effort.seed, self.watch, light=light)
        self.spent += model.spent
        if better is not None:
            self._take(better.plan)
        return better is not None and better.optimal

    def _take(self, plan: Plan) -> bool:
        value = self._worth(plan)
        if value >= self.found:
            return False
        self.plan, self.found = plan, value
        return True

    def settle(self) -> bool:
        """Solve the whole turn for what is missed alone; whether no plan is proved to miss less."""
        model = TurnModel(self.problem, self.turn, self.plan, frozenset(range(len(self.turn.members))))
        model.aim_at_rules()
        answer = model.solve(self.effort.exact, self.effort.seed, self.watch)
        self.spent += model.spent
        if answer is None:
            return False
        self._take(answer.plan)
        value = self._worth(answer.plan)
        return answer.optimal and (value.short, value.missed) == (self.found.short, self.found.missed)


def misses_nothing(problem: Problem, turn: Turn, effort: Effort) -> bool:
    """Whether a plan is found that misses nothing."""
    return secure(problem, turn, effort).worth.missed == 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A plan from a model, what it costs there, and whether the model has no better one."""

    plan: Plan
    cost: int
    optimal: bool


Var = cp_model.IntVar
Term = tuple[cp_model.LinearExprT, int]


@dataclass
class TurnModel:
    """Variables and rows of one turn.

    Parameters
    ----------
    plan
        Where those are who are not free; also the hint for those who are.
    free
        Members whose places are decided.
    window
        Slots in which they are; None for all.
    """

    problem: Problem
    turn: Turn
    plan: Plan
    free: frozenset[int]
    window: range | None = None
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)

    def __post_init__(self) -> None:
        self.at: dict[tuple[int, int, int], Var] = {}
        """By member, post and slot: whether the member is there."""
        self.rest: dict[tuple[int, int, int], Var] = {}
        """By member, pause and beginning: whether the pause is taken then."""
        self.idle: dict[tuple[int, int], Var] = {}
        """By member and slot: whether the member is at no post and on no break."""
        self._resting_by: dict[int, dict[int, list[Var]]] = {}
        self.spent = 0.0
        self.missed: list[Term] = []
        self.short: list[Term] = []
        self.bent: list[Term] = []
        self._numbers = sorted(self.free)
        self._fixed = [number for number in range(len(self.turn.members)) if number not in self.free]
        for number in self._numbers:
            self._open(number)
        for floor in self.turn.floors:
            for slot in range(len(self.turn.slots)):
                self._floor(floor, slot)
        self._relieve()
        if self.window is not None:
            self._hold(self.window)

    # What there is to decide

    def _open(self, number: int) -> None:
        """The places of a member: one at a time, or a break; the first is where the roster has the member."""
        member, places = self.turn.members[number], self.plan.places[number]
        resting = self._resting_by[number] = {}
        for index, pause in enumerate(member.pauses):
            options = [self._pause(number, index, start, resting) for start in pause.starts]
            self.model.add_at_most_one(options)
            self.missed.append((1 - sum(options), pause.one.minutes))
        for slot in self.turn.own[number]:
            here = []
            for post in sorted(member.posts):
                var = self.at[number, post, slot] = self.model.new_bool_var("")
                self.model.add_hint(var, places[slot] == post)
                here.append(var)
            if may_stand_by(self.problem, self.turn, number, slot):
                idle = self.idle[number, slot] = self.model.new_bool_var("")
                here.append(idle)
            self.model.add_exactly_one(*here, *resting.get(slot, ()))
        if member.first is not None:
            self.model.add(self.at[number, member.first, self.turn.own[number][0]] == 1)

    def _pause(self, number: int, index: int, start: int, resting: dict[int, list[Var]]) -> Var:
        """Whether a break is taken from a moment on."""
        var = self.rest[number, index, start] = self.model.new_bool_var("")
        self.model.add_hint(var, self.plan.rests[number][index] == start)
        end = start + self.turn.members[number].pauses[index].one.minutes
        for slot in range(self.turn.edges.index(start), self.turn.edges.index(end)):
            resting.setdefault(slot, []).append(var)
        return var

    def _hold(self, window: range) -> None:
        """Leave everybody as they are outside a window."""
        for (number, post, slot), var in self.at.items():
            if slot not in window:
                self.model.add(var == (self.plan.places[number][slot] == post))
        for (number, index, start), var in self.rest.items():
            end = start + self.turn.members[number].pauses[index].one.minutes
            if not all(slot in window for slot in (self.turn.edges.index(start), self.turn.edges.index(end) - 1)):
                self.model.add(var == (self.plan.rests[number][index] == start))

    def _people(self, able: Collection[int], posts: frozenset[int], slot: int) -> cp_model.LinearExpr:
        """How many of some members are at some posts."""
        free = [
            var
            for number in self._numbers
            if number in able
            for post in sorted(posts)
            if (var := self.at.get((number, post, slot))) is not None
        ]
        return cp_model.LinearExpr.sum([*free, self._there(able, posts, slot)])

    def _there(self, able: Collection[int], posts: frozenset[int], slot: int) -> int:
        """How many of some members are at some posts in any case."""
        return sum(self.plan.places[number][slot] in posts for number in self._fixed if number in able)

    # What must hold, and what is missed where it does not

    def _floor(self, floor: Floor, slot: int) -> None:
        least, wanted = floor.least[slot], floor.wanted[slot]
        if not (wanted or least) or not self.free & floor.able:
            return
        if self._there(floor.able, floor.posts, slot) >= wanted:
            return
        people = self._people(floor.able, floor.posts, slot)
        if least:
            self.model.add(people >= least)
        if wanted > least:
            gap = self.model.new_int_var(0, wanted - least, "")
            self.model.add(people + gap >= wanted)
            if floor.ideal:
                self.bent.append((gap, bent_minutes(1, self.turn.minutes[slot])))
            else:
                self.short.append((gap, self.turn.minutes[slot]))

    def _relieve(self) -> None:
        """Of slots in a row that are together longer than a post may be held, one is spent elsewhere, or missed."""
        for number in self._numbers:
            for post in sorted(self.turn.members[number].posts):
                for first, last in too_long(self.problem, self.turn, number, post):
                    over = self.model.new_bool_var("")
                    row = [~self.at[number, post, slot] for slot in range(first, last + 1)]
                    self.model.add_bool_or(*row, over)
                    self.missed.append((over, self.turn.minutes[last]))

    # What is aimed at

    def aim_at_rules(self) -> None:
        """As few people missing as possible, then as little of relief and breaks missed."""
        self._minimize([*((term, weight * MISSED) for term, weight in self.short), *self.missed])

    def aim_at_all(self, shares: Mapping[int, int]) -> None:
        """The same, and comfort with what is left."""
        leaving = self._leaving()
        self._minimize(
            (
                *((term, weight * MISSED * MISSED) for term, weight in self.short),
                *((term, weight * MISSED) for term, weight in self.missed),
                *self.bent,
                *((var, LEAVE) for var in leaving.values()),
                *self._together(leaving),
                *self._rings(leaving),
                *self._returns(),
                *self._standing_by(),
                *(term for blend in self.turn.blends for term in self._blend(blend)),
                *self._near(),
                *self._limited(),
                *self._shared(shares),
                *self._walks(),
            )
        )

    def _leaving(self) -> dict[tuple[int, int, int], Var]:
        """By member, post and slot: whether the post is left at the end of the slot, inside the duty."""
        found = {}
        for number, post, slot in self.at:
            stays = self.at.get((number, post, slot + 1))
            if stays is not None:
                var = self.model.new_bool_var("")
                self.model.add_bool_or(~self.at[number, post, slot], stays, var)
                found[number, post, slot] = var
        return found

    def _stays(self, number: int, slot: int) -> bool:
        """Whether a member who is not free stays at a post when a slot ends."""
        places = self.plan.places[number]
        return slot + 1 < len(places) and places[slot] == places[slot + 1] and places[slot] not in (None, RESTING)

    def _leaves(self, number: int, slot: int) -> bool:
        """Whether a member who is not free leaves a place when a slot ends, and goes on to another."""
        places = self.plan.places[number]
        return slot + 1 < len(places) and None not in places[slot : slot + 2] and places[slot] != places[slot + 1]

    def _together(self, leaving: Mapping[tuple[int, int, int], Var]) -> Iterator[Term]:
        for post in self.turn.posts:
            for slot in range(len(self.turn.slots) - 1) if self.problem.posts[post].relief else ():
                group = [leaving[key] for number in self._numbers if (key := (number, post, slot)) in leaving]
                fixed = sum(
                    self._leaves(number, slot) and self.plan.places[number][slot] == post for number in self._fixed
                )
                if group and len(group) + fixed > 1:
                    extra = self.model.new_int_var(0, len(group) + fixed, "")
                    self.model.add(sum(group) + fixed <= 1 + extra)
                    yield extra, TOGETHER

    def _rings(self, leaving: Mapping[tuple[int, int, int], Var]) -> Iterator[Term]:
        """Single posts are handed over in some order: each after whoever comes was relieved, or from outside."""
        single = sorted(self.turn.single)
        for slot in range(len(self.turn.slots) - 1) if len(single) > 1 else ():
            held = {post: self._held(post, slot, leaving) for post in single}
            open_posts = [post for post in single if held[post] is not True]
            moves = [
                (one, other, moved)
                for one in open_posts
                for other in single
                if one != other and (moved := self._moved(one, other, slot)) is not None
            ]
            if not moves:
                continue
            ring = self.model.new_bool_var("")
            order = {post: self.model.new_int_var(0, len(single), "") for post in single}
            for one, other, conditions in moves:
                row = self.model.add(order[other] >= order[one] + 1)
                row.only_enforce_if(~ring, *(~var for var in [held[one]] if not isinstance(var, bool)), *conditions)
            yield ring, TOGETHER

    def _held(self, post: int, slot: int, leaving: Mapping[tuple[int, int, int], Var]) -> Var | bool:
        """Whether somebody stays at a post when a slot ends: known, or to be decided."""
        if any(self._stays(number, slot) and self.plan.places[number][slot] == post for number in self._fixed):
            return True
        staying = [self.at[key] - leaving[key] for number in self._numbers if (key := (number, post, slot)) in leaving]
        if not staying:
            return False
        held = self.model.new_bool_var("")
        self.model.add(sum(staying) >= 1).only_enforce_if(held)
        return held

    def _moved(self, one: int, other: int, slot: int) -> list[Var] | None:
        """What must be true for somebody to go from one post to another when a slot ends; None if nobody can."""
        for number in self._fixed:
            places = self.plan.places[number]
            if places[slot] == one and places[slot + 1] == other:
                return []
        pairs = [
            (before, after)
            for number in self._numbers
            if (before := self.at.get((number, one, slot))) is not None
            and (after := self.at.get((number, other, slot + 1))) is not None
        ]
        if not pairs:
            return None
        moved = self.model.new_bool_var("")
        for before, after in pairs:
            self.model.add_bool_or(~before, ~after, moved)
        return [moved]

    def _returns(self) -> Iterator[Term]:
        """Times after which somebody who was at no post is back at the post before."""
        for number in self._numbers:
            posts = sorted(self.turn.members[number].posts)
            own = self.turn.own[number]
            last: dict[int, Var] = {}
            for before, slot, after in zip(own, own[1:], own[2:], strict=False) if len(posts) > 1 else ():
                resting = self._resting(number, slot)
                if not resting:
                    last = {}
                    continue
                off = self.model.new_bool_var("")
                for var in resting:
                    self.model.add_implication(var, off)
                for post in posts:
                    left = self.model.new_bool_var("")
                    self.model.add_bool_or(~self.at[number, post, before], ~off, left)
                    if post in last:
                        self.model.add_bool_or(~last[post], ~off, left)
                    again = self.model.new_bool_var("")
                    self.model.add_bool_or(~left, ~self.at[number, post, after], again)
                    last[post] = left
                    yield again, RETURN

    def _resting(self, number: int, slot: int) -> list[Var]:
        """What puts a member at no post in a slot."""
        idle = self.idle.get((number, slot))
        return [*self._resting_by[number].get(slot, ()), *([] if idle is None else [idle])]

    def _standing_by(self) -> Iterator[Term]:
        """Minutes off the posts that are no breaks; rounded as they are counted for each person."""
        for number in self._numbers:
            parts = [
                self.turn.minutes[slot] * self.idle[key]
                for slot in self.turn.own[number]
                if (key := (number, slot)) in self.idle
            ]
            if parts:
                tens = self.model.new_int_var(0, sum(self.turn.minutes) // IDLE_MINUTES, "")
                self.model.add(IDLE_MINUTES * (tens + 1) >= sum(parts) + 1)
                yield tens, 1

    def _blend(self, blend: Blend) -> Iterator[Term]:
        for slot, other in enumerate(blend.others):
            if other is None:
                continue
            if self._is_blended(blend, slot, other):
                continue
            people = self._people(range(len(self.turn.members)), blend.posts, slot) + other[0]
            able = self._people(blend.able, blend.posts, slot) + other[1]
            lacking = self.model.new_int_var(0, len(self.turn.members) + other[0], "")
            if blend.share:
                self.model.add(100 * (able + lacking) >= blend.share * people)
            if blend.least:
                enough = self.model.new_bool_var("")
                self.model.add(able + lacking >= blend.least).only_enforce_if(enough)
                self.model.add(able + lacking >= people).only_enforce_if(~enough)
            yield lacking, bent_minutes(blend.weight, self.turn.minutes[slot])

    def _is_blended(self, blend: Blend, slot: int, other: tuple[int, int]) -> bool:
        """Whether enough able people are there, wherever those go who are free."""
        able = other[1] + self._there(blend.able, blend.posts, slot)
        unfit = sum(any((number, post, slot) in self.at for post in blend.posts) for number in self.free - blend.able)
        people = other[0] + self._there(range(len(self.turn.members)), blend.posts, slot) + unfit
        return 100 * able >= blend.share * people and able >= min(blend.least, people)

    def _near(self) -> Iterator[Term]:
        """Pairs who are to stay apart and are at one post at any time."""
        for one, other, weight in self.turn.apart:
            if one not in self.free and other not in self.free:
                continue
            near = self.model.new_bool_var("")
            for post in self.turn.posts:
                for slot in range(len(self.turn.slots)):
                    both = [self._is_at(number, post, slot) for number in (one, other)]
                    if all(one is not False for one in both):
                        self.model.add_bool_or(*(~var for var in both if not isinstance(var, bool)), near)
            yield near, bent_minutes(weight, 60)

    def _is_at(self, number: int, post: int, slot: int) -> Var | bool:
        if number in self.free:
            return self.at.get((number, post, slot), False)
        return self.plan.places[number][slot] == post

    def _limited(self) -> Iterator[Term]:
        everybody = range(len(self.turn.members))
        for limit in self.turn.limits:
            for slot, most in enumerate(limit.most):
                if most is not None:
                    extra = self.model.new_int_var(0, len(everybody), "")
                    self.model.add(self._people(everybody, limit.posts, slot) <= most + extra)
                    yield extra, OVER_LIMIT

    def _shared(self, shares: Mapping[int, int]) -> Iterator[Term]:
        """Squares of the half hours that each person has had at unloved posts, the present turn's included."""
        unloved = {post: weight for post in self.turn.posts if (weight := self.problem.posts[post].unloved)}
        for number in self._numbers if unloved else ():
            member = self.turn.members[number]
            parts = [
                unloved[post] * self.turn.minutes[slot] * self.at[number, post, slot]
                for post in sorted(member.posts & unloved.keys())
                for slot in self.turn.own[number]
            ]
            if parts and member.duty is not None:
                most = -(-(member.end - member.start) // 30)
                had = self.model.new_int_var(0, most, "")
                self.model.add(30 * max(unloved.values()) * had >= sum(parts))
                square = self.model.new_int_var(0, most * most, "")
                for step in range(most):
                    self.model.add(square >= (2 * step + 1) * had - step * (step + 1))
                yield square, 1
                yield had, 2 * min(MOST_SHARE, shares.get(member.duty.person, 0))

    def _walks(self) -> Iterator[Term]:
        """Minutes on foot from post to post, beyond the shortest way."""
        ways = further_ways(self.problem, self.turn)
        for number in self._numbers if ways else ():
            for slot, following in pairwise(self.turn.own[number]):
                far = self.model.new_int_var(0, max(ways.values()), "")
                for one in sorted(self.turn.members[number].posts):
                    parts = [
                        minutes * after
                        for (begin, other), minutes in ways.items()
                        if begin == one and (after := self.at.get((number, other, following))) is not None
                    ]
                    if parts and (before := self.at.get((number, one, slot))) is not None:
                        self.model.add(far >= sum(parts)).only_enforce_if(before)
                yield far, WALK

    def _minimize(self, terms: Iterable[Term]) -> None:
        listed = list(terms)
        self.model.minimize(
            cp_model.LinearExpr.weighted_sum([term for term, _ in listed], [weight for _, weight in listed])
        )

    # The answer

    def solve(self, seconds: float, seed: int, watch: Watch | None, light: bool = False) -> Answer | None:
        """The best plan found within so many deterministic seconds, or None."""
        solver = cp_model.CpSolver()
        parameters = solver.parameters
        parameters.num_workers = 1
        parameters.random_seed = seed % 2**31
        parameters.max_deterministic_time = seconds
        parameters.catch_sigint_signal = False
        if light:
            parameters.cp_model_presolve = False
            parameters.symmetry_level = 0
            parameters.linearization_level = 0
        with watch(solver) if watch is not None else nullcontext():
            status = solver.solve(self.model)
        self.spent = max(LEAST_SPENT, solver.response_proto.deterministic_time)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        places, rests = list(self.plan.places), list(self.plan.rests)
        for number in self._numbers:
            places[number] = self._places(number, solver)
            rests[number] = self._rests(number, solver)
        return Answer(Plan(tuple(places), tuple(rests)), round(solver.objective_value), status == cp_model.OPTIMAL)

    def _places(self, number: int, solver: cp_model.CpSolver) -> Places:
        posts = sorted(self.turn.members[number].posts)
        found: list[int | None] = [None] * len(self.turn.slots)
        for slot in self.turn.own[number]:
            here = (post for post in posts if solver.boolean_value(self.at[number, post, slot]))
            found[slot] = next(here, RESTING)
        return tuple(found)

    def _rests(self, number: int, solver: cp_model.CpSolver) -> Rests:
        return tuple(
            next((start for start in pause.starts if solver.boolean_value(self.rest[number, index, start])), None)
            for index, pause in enumerate(self.turn.members[number].pauses)
        )
