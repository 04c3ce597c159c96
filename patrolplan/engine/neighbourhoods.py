"""Which part of a roster to free next: adaptive large neighbourhood search.

Nine kinds. Six are solved by CP-SAT: everybody over a few turns, a few people over the whole time, some people over
some turns, more people over the whole time who only exchange what they hold, many who exchange turns while posts are
dealt out anew, and everybody over a few dates on which two teams change places. In two the schedules of people are
priced against each other, over the whole time or over some days; these are led by where the roster loses most against
the linear program. As long as there is none, in one people's schedules are priced one after the other. Each kind keeps
a size that grows when its subproblems gain nothing more and shrinks when they are too hard, and is chosen by what it
has gained per effort of late (Ropke and Pisinger 2006): one that is twice as good has twice the time where a program
leads, else four times.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from patrolplan.engine.formulation import Formulation
from patrolplan.engine.guide import Guide
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.loyalty import Loyalty
from patrolplan.engine.nearness import Nearness
from patrolplan.engine.seating import Seating

SMALLEST, FIRST_SIZE, FIRST_SHIFTS, LARGEST = 60, 600, 1_200, 25_000
"""Yes/no variables of regions: fewest, at first, at first where people exchange turns, and most."""
CROWD = 1.25
"""How many people exchange turns at the start of a level, as a multiple of what is usual at first."""
ANYBODY = 400
"""Most people of an operation whose regions take anybody: of more, people are taken who serve at the same posts."""
SLOW, QUICK = 0.4, 0.1
"""A region that takes more of its limit than one share is too large; one that takes less than the other may grow."""
TEAMS = "teams"
"""Kind of a region in which two teams change places."""
SHIFTS = "shifts"
"""Kind of a region in which people exchange turns; posts are dealt out anew."""
TEAM_DATES, TEAM_MARGIN = 3, 2
"""Most dates of such a region, and most turns around them that are freed, too."""
SWEPT = "swept"
"""Kind of a region whose people are given new schedules one after the other."""
WOVEN = frozenset({"woven", "woven turns", SWEPT})
"""Kinds whose regions are solved by pricing schedules against each other."""
WOVEN_SIZE, WOVEN_TURNS, SWEPT_SIZE = 7.0, 120.0, 25.0
"""First sizes: people over the whole time, person-days, and people one after the other."""
GREED, EXPLORE = 2.0, 0.03
"""Power of what a kind has gained, compared with the best one, in its weight; least weight, less if it takes longer."""
LED_GREED, LED_EXPLORE, FAVOUR = 1.0, 0.1, 3.0
"""The same where a program leads, and factor for schedules over the whole time then."""
LEAST_SPENT = 0.05
"""Seconds that are added to what each region took, for all that is done around it."""
DECAY, MOST_FRESH = 0.85, 0.3
"""What is kept of what was learned before; without a lead where a region takes no longer than others, and most that a
long one counts there."""
SHORTEST, SHORTER = 12, 0.5
"""Fewest turns over which people exchange, and how often it is not over the whole time."""
PASSED = 4.0
"""Duties that people exchange, as a multiple of the square root of a region's size."""
AIMED = 0.8
"""How often a region is aimed at a cost, if there is one."""
LOYAL_KINDS, LOYAL = frozenset({"turns", "people", "mixed"}), 0.8
"""Kinds in whose regions people may join their team but not leave it, and how often."""


@dataclass(frozen=True, slots=True)
class Region:
    """People and turns to be freed.

    Attributes
    ----------
    offered
        The only slots and standby that each may hold then; None for all.
    share
        Number of this region, and of all that are searched at once with these people at other turns: what rules over a
        long time leave open is divided among them.
    """

    kind: str
    people: tuple[int, ...]
    turns: tuple[int, ...]
    offered: Mapping[int, frozenset[int]] | None = None
    share: tuple[int, int] = (0, 1)


@dataclass(slots=True)
class Kind:
    """One way of choosing a region, with what has been learned of it.

    Attributes
    ----------
    first, smallest, largest, size
        Aim for the number of yes/no variables; of people or person-days where schedules are woven.
    credit
        Recent gain per effort, for the choice among kinds.
    spent
        Recent effort for one region.
    """

    choose: Callable[[Incumbent, int, int], Region]
    first: float = FIRST_SIZE
    smallest: float = SMALLEST
    largest: float = LARGEST
    size: float = 0.0
    credit: float = 0.0
    spent: float = 0.0

    def restart(self) -> None:
        """Forget what was learned."""
        self.size, self.credit, self.spent = self.first, 0.0, 0.0


@dataclass(slots=True)
class Neighbourhoods:
    """Chooses regions and learns from the answers.

    Parameters
    ----------
    formulation
        The problem.
    seed
        Of the random choices.
    settled
        Turns whose costs are proved to be as low as they can be; no region is aimed at them.
    guide
        Where the roster loses against the linear program over schedules; None before there is one.
    may_weave
        Whether schedules over the whole time can be priced against each other.
    may_swap_teams
        Whether teams may change places.
    least
        What the own rules of each person cost on the level in any schedule.
    """

    formulation: Formulation
    seed: int
    kinds: dict[str, Kind] = field(init=False)
    all_turns: tuple[int, ...] = field(init=False)
    _random: random.Random = field(init=False)
    _weights: list[float] = field(init=False)
    _days: list[list[int]] = field(init=False)
    settled: frozenset[int] = frozenset()
    guide: Guide | None = None
    may_weave: bool = False
    may_swap_teams: bool = False
    least: list[int] = field(init=False)
    loyalty: Loyalty = field(init=False)
    _nearness: Nearness = field(init=False)
    _level: int = 0
    _spent: float = 0.0
    _shared: float = 0.0
    _personal: set[int] = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self.loyalty = Loyalty(self.formulation)
        self._nearness = Nearness(self.formulation)
        self.kinds = {
            "turns": Kind(self._turns),
            "people": Kind(self._people),
            "mixed": Kind(self._mixed),
            "exchange": Kind(self._exchange),
            SHIFTS: Kind(self._shifts, FIRST_SHIFTS),
            TEAMS: Kind(self._teams),
            "woven": Kind(self._woven, WOVEN_SIZE, 2, 200),
            "woven turns": Kind(self._woven_turns, WOVEN_TURNS, 2, 2000),
            SWEPT: Kind(self._swept, SWEPT_SIZE, 2, 200),
        }
        turns = self.formulation.variables.turns
        self.all_turns = tuple(range(len(turns)))
        by_day: dict[int, list[int]] = defaultdict(list)
        for number in self.all_turns:
            by_day[turns[number].day].append(number)
        self._days = [by_day[day] for day in sorted(by_day)]
        total = [0] * len(turns)
        for one in self.formulation.classes:
            for turn in self.all_turns:
                total[turn] += len(one.people) * (len(one.slots.get(turn, ())) + (turn in one.standby))
        people = max(1, len(self.formulation.problem.people))
        self._weights = [count / people for count in total]
        slots_of_turn = self.formulation.variables.slots_of_turn
        shared = {turn for turn in Seating(self.formulation).turns if len(slots_of_turn[turn]) > 1}
        classes = self.formulation.classes
        self._shared = sum(len(one.people) * len(shared & one.slots.keys()) for one in classes) / people
        self._personal = {self.loyalty.level}.union(*(one.priced_levels for one in classes))
        self.restart()

    def next(self, incumbent: Incumbent, level: int) -> Region:
        """A region to free, aimed at the costs of a level; where teams choose, mostly everybody stays with theirs."""
        region = self._choose(incumbent, level)
        if region.kind == SHIFTS or (region.kind in LOYAL_KINDS and self._random.random() < LOYAL):
            return replace(region, offered=self.loyalty.offered(incumbent, region.people, region.turns))
        return region

    def _choose(self, incumbent: Incumbent, level: int) -> Region:
        self._level = level
        names = [name for name in self.kinds if self._suits(name, incumbent)]
        best = max(names, key=lambda name: self.kinds[name].credit)
        weights = [self._weight(name, best) * self._pace(name) for name in names]
        name = self._random.choices(names, weights)[0]
        return self.kinds[name].choose(incumbent, level, int(self.kinds[name].size))

    def _weight(self, name: str, best: str) -> float:
        """Share of the time of a kind, compared with the best one."""
        most = self.kinds[best].credit
        share = self.kinds[name].credit / most if most else 0.0
        return self._floor(name, best) + math.pow(share, GREED if self.guide is None else LED_GREED)

    def _floor(self, name: str, best: str) -> float:
        """Least weight of a kind; where pricing has no lead, it is shared with pricing in time, not in turns."""
        if self.guide is not None:
            return FAVOUR * LED_EXPLORE if name == "woven" else LED_EXPLORE
        if (name in WOVEN) == (best in WOVEN):
            return EXPLORE
        share = (self.kinds[best].spent + LEAST_SPENT) / (self.kinds[name].spent + LEAST_SPENT)
        return EXPLORE * (min(1.0, share * self._pace(best)) if name in WOVEN else max(1.0, share))

    def _pace(self, name: str) -> float:
        """How many regions of a kind fit into a time, compared with others whose schedules are not priced either."""
        if name in WOVEN or not self.kinds[name].spent:
            return 1.0
        known = [kind.spent for other, kind in self.kinds.items() if other not in WOVEN and kind.spent]
        paces = [1 / (spent + LEAST_SPENT) for spent in known]
        return len(paces) / (self.kinds[name].spent + LEAST_SPENT) / sum(paces)

    def _suits(self, kind: str, incumbent: Incumbent) -> bool:
        """Whether a kind can be of use now.

        To price schedules over the whole time takes graphs of them, and to sweep is for want of a program. On the level
        on which teams are kept together they change places for nothing else: later levels have to live with how often
        each has which shift.
        """
        if kind == TEAMS:
            is_split = self.loyalty.level == self._level and self._is_split(incumbent)
            return self.may_swap_teams and (self.loyalty.level < self._level or is_split)
        if kind == SHIFTS:
            return self.guide is None and self._may_exchange(self._level)
        return kind not in ("woven", SWEPT) or (self.may_weave and (kind != SWEPT or self.guide is None))

    def _may_exchange(self, level: int) -> bool:
        """Whether turns can be exchanged while posts are dealt out anew, and who has which of them costs on a level."""
        return self._shared > 0 and level in self._personal

    def _is_split(self, incumbent: Incumbent) -> bool:
        """Whether somebody is not with his team though that is not proved to be so."""
        turns_of = self.formulation.turns_of_unit
        split = (unit for unit in self.loyalty.choices if incumbent.unit_costs[unit])
        return any(not self.settled.issuperset(turns_of(unit)) for unit in split)

    def whole(self, clusters: Iterable[Sequence[int]], loyal_to: Incumbent | None = None) -> list[Region]:
        """Regions that free everybody over each of some runs of turns, as far as they are not too large.

        Parameters
        ----------
        loyal_to
            A roster with whose teams everybody stays; None for nobody.
        """
        everyone = tuple(range(len(self.formulation.problem.people)))
        return [
            Region(
                "turns",
                everyone,
                tuple(cluster),
                None if loyal_to is None else self.loyalty.offered(loyal_to, everyone, cluster),
            )
            for cluster in clusters
            if self.load(cluster) <= 1.5 * LARGEST
        ]

    def load(self, turns: Iterable[int]) -> float:
        """How many yes/no variables everybody has in some turns."""
        return sum(self._weights[turn] for turn in turns) * len(self.formulation.problem.people)

    def exchanges(self, incumbent: Incumbent, level: int) -> list[Region]:
        """Regions in which everybody takes part once in an exchange of turns, with his team; none if useless.

        Of many people, none either: at first smaller regions gain more for their time.
        """
        everyone = list(range(len(incumbent.held)))
        if len(everyone) > ANYBODY or not self._may_exchange(level):
            return []
        self._random.shuffle(everyone)
        count = max(2, int(CROWD * FIRST_SHIFTS / max(1.0, self._shared)))
        crowds = [sorted(everyone[at : at + count]) for at in range(0, len(everyone), count)]
        offered = self.loyalty.offered
        return [Region(SHIFTS, tuple(one), self.all_turns, offered(incumbent, one, self.all_turns)) for one in crowds]

    def strips(self, passes: Sequence[tuple[int, int, int]]) -> list[Region]:
        """Regions that together free everybody over the whole time, again and again, and then one after the other.

        Parameters
        ----------
        passes
            Days of each run, of the first run if it is shorter or 0, and runs in each region: several far from each
            other can exchange what rules over a long time allow.
        """
        everyone, days = tuple(range(len(self.formulation.problem.people))), self._days
        found = []
        for length, shorter, together in passes:
            starts = [0, *range(shorter or length, len(days), length)]
            runs = [[turn for day in days[start:end] for turn in day] for start, end in pairwise([*starts, len(days)])]
            apart = -(-len(runs) // together)
            turns = [tuple(turn for run in runs[first::apart] for turn in run) for first in range(apart)]
            found += [Region("woven turns", everyone, one) for one in (*turns[::2], *turns[1::2])]
            found.append(Region(SWEPT, everyone, self.all_turns))
        return found

    def learn(self, region: Region, *, solved: bool, gain: float, spent: float, limit: float) -> None:
        """Take in how a region went.

        Parameters
        ----------
        solved
            Whether its best was found and proved.
        gain
            How much cheaper the roster became on the level, in sixtieths.
        spent, limit
            Effort that it took, and that it might have taken.
        """
        kind = self.kinds[region.kind]
        self._spent = DECAY * self._spent + (1 - DECAY) * spent if self._spent else spent
        fresh = 1 - DECAY
        if self.guide is None:
            fresh = min(MOST_FRESH, fresh * (spent + LEAST_SPENT) / (self._spent + LEAST_SPENT))
        kind.credit = (1 - fresh) * kind.credit + fresh * gain / (spent + LEAST_SPENT)
        kind.spent = DECAY * kind.spent + (1 - DECAY) * spent if kind.spent else spent
        if spent > SLOW * limit or not (solved or region.kind in WOVEN):
            kind.size = max(kind.smallest, kind.size * 0.9)
        elif not gain:
            may_grow = spent < QUICK * limit or (solved and region.kind in WOVEN)
            kind.size = min(kind.largest, kind.size * (1.15 if may_grow else 1.04))

    def restart(self) -> None:
        """Forget who was successful and how large regions may be, before another level."""
        for kind in self.kinds.values():
            kind.restart()
        self.guide = None
        self.may_weave = self.may_swap_teams = False
        self.settled = frozenset()
        self.least = [0] * len(self.formulation.problem.people)

    # -- choices -------------------------------------------------------------------------------------------------

    def _turns(self, incumbent: Incumbent, level: int, size: int) -> Region:
        """Everybody over as many neighbouring turns as the size allows."""
        everyone = range(len(self.formulation.problem.people))
        turns = self._window(self._focus(incumbent, level), size / max(1, len(everyone)))
        load = sum(self._weights[turn] for turn in turns) * len(everyone)
        people: Sequence[int] = everyone
        if load > 1.5 * size:
            people = self._sample(incumbent, level, max(2, int(len(everyone) * size / load)))
        return Region("turns", tuple(people), turns)

    def _people(self, incumbent: Incumbent, level: int, size: int) -> Region:
        """A few people over the whole time."""
        count = max(1, int(size / max(1.0, sum(self._weights))))
        return Region("people", self._sample(incumbent, level, count), tuple(range(len(self._weights))))

    def _mixed(self, incumbent: Incumbent, level: int, size: int, kind: str = "mixed") -> Region:
        """Some people over some turns."""
        everyone = len(self.formulation.problem.people)
        count = min(everyone, max(3, self._random.randint(4, 24)))
        turns = self._window(self._focus(incumbent, level), size / count)
        return Region(kind, self._sample(incumbent, level, count), turns)

    def _exchange(self, incumbent: Incumbent, level: int, size: int) -> Region:
        """People who may take over what any of them holds: many over some turns, or few over the whole time."""
        everyone, turns = len(incumbent.held), len(self._weights)
        length = turns
        if turns > SHORTEST and self._random.random() < SHORTER:
            length = round(SHORTEST * (turns / SHORTEST) ** self._random.random())
        first = min(max(0, self._focus(incumbent, level) - length // 2), turns - length)
        chosen = range(first, first + length)
        held = sum(len(schedule) for schedule in incumbent.held) / max(1, everyone) * length / turns
        count = max(2, min(everyone, int(PASSED * size**0.5 / max(1.0, held))))
        people = self._sample(incumbent, level, count)
        turn_of = self.formulation.variables.turn_of
        offered = frozenset(key for person in people for key in incumbent.held[person] if turn_of(key) in chosen)
        return Region("exchange", people, tuple(chosen), dict.fromkeys(people, offered))

    def _shifts(self, incumbent: Incumbent, level: int, size: int) -> Region:
        """People who exchange turns over the whole time."""
        count = max(2, min(len(incumbent.held), int(size / max(1.0, self._shared))))
        return Region(SHIFTS, self._sample(incumbent, level, count), self.all_turns)

    def _teams(self, incumbent: Incumbent, level: int, size: int) -> Region:
        """Everybody over a few dates on which two teams change places, or one chooses something else."""
        loyalty = self.loyalty
        place = self._random.randrange(len(loyalty.dates))
        dates = loyalty.dates[place : place + self._random.randint(1, TEAM_DATES)]
        chosen = {unit: loyalty.chosen(incumbent, unit) for _, units in dates for unit in units}
        first = self._random.choice(dates[0][1])
        rivals = [unit for unit in dates[0][1] if chosen[unit] != chosen[first]]
        teams = [loyalty.team(unit) for unit in (first, *self._random.sample(rivals, min(1, len(rivals))))]
        instead: dict[int, int] = {}
        for _, units in dates:
            mine = [unit for unit in units if loyalty.team(unit) in teams]
            if len(teams) == 1:
                instead |= {unit: (chosen[unit] + 1) % self.formulation.alternatives(unit) for unit in mine}
            elif len(mine) == len(teams):
                instead |= {mine[0]: chosen[mine[1]], mine[1]: chosen[mine[0]]}
        here = range(dates[0][0][0], dates[-1][0][-1] + 1)
        return self.otherwise(incumbent, here, instead, self._random.randint(0, TEAM_MARGIN))

    def otherwise(
        self,
        incumbent: Incumbent,
        turns: Sequence[int],
        instead: Mapping[int, int],
        margin: int,
        *,
        may_stay: bool = False,
    ) -> Region:
        """Everybody around some turns with his team, and teams that choose something else.

        Parameters
        ----------
        instead
            What some units choose.
        margin
            Turns before and after that are freed, too.
        may_stay
            Whether their people may go on as they do, too.
        """
        everyone, wide = tuple(range(len(incumbent.held))), tuple(self.formulation.around(turns, margin))
        return Region(
            TEAMS, everyone, wide, self.loyalty.offered(incumbent, everyone, wide, instead, may_stay=may_stay)
        )

    def _woven(self, incumbent: Incumbent, level: int, size: int) -> Region:
        """Some people over the whole time."""
        count = max(2, min(len(incumbent.held), round(size * self._random.uniform(0.6, 1.4))))
        return Region("woven", self._led_sample(incumbent, level, count), self.all_turns)

    def _swept(self, incumbent: Incumbent, level: int, size: int) -> Region:
        """Some people, one after the other, over the whole time."""
        count = max(2, min(len(incumbent.held), size))
        people = list(self._led_sample(incumbent, level, count))
        self._random.shuffle(people)
        return Region(SWEPT, tuple(people), self.all_turns)

    def _woven_turns(self, incumbent: Incumbent, level: int, size: int) -> Region:
        """Many people over some days."""
        everyone = len(incumbent.held)
        days = max(self._random.uniform(2.5, 10.0), size / everyone)
        turns = self._window(self._focus(incumbent, level), days * self._per_day())
        count = max(2, min(everyone, round(size / days)))
        return Region("woven turns", self._led_sample(incumbent, level, count), turns)

    def _led_sample(self, incumbent: Incumbent, level: int, count: int) -> tuple[int, ...]:
        """People, those with whom the roster loses more likely, and those near one linking row where it does."""
        if self.guide is None:
            return self._sample(incumbent, level, count)
        excess = self.guide.people(incumbent)
        mean = sum(excess) / len(excess) + 1e-9
        weights = [0.3 + one / mean for one in excess]
        units = self.guide.units(incumbent)
        if units and self._random.random() < AIMED:
            unit = self._random.choices(list(units), list(units.values()))[0]
            turns = set(self.formulation.turns_of_unit(unit))
            turn_of = self.formulation.variables.turn_of
            for person, held in enumerate(incumbent.held):
                if any(turn_of(key) in turns for key in held):
                    weights[person] *= 2.0
        return self._draw(weights, count)

    def _draw(self, weights: Sequence[float], count: int) -> tuple[int, ...]:
        """So many people, each with a chance in proportion to a weight (Efraimidis and Spirakis 2006)."""
        keyed = sorted(range(len(weights)), key=lambda one: -(self._random.random() ** (1.0 / weights[one])))
        return tuple(sorted(keyed[:count]))

    def _per_day(self) -> float:
        """Load of a day for each person, as `_window` counts it."""
        return sum(self._weights) / max(1, len(self._days))

    def _focus(self, incumbent: Incumbent, level: int) -> int:
        """A turn where something costs on the level, or any turn."""
        formulation = self.formulation
        variables = formulation.variables
        led = self.guide.units(incumbent) if self.guide is not None else {}
        if led and self._random.random() < AIMED:
            turns = formulation.turns_of_unit(self._random.choices(list(led), list(led.values()))[0])
            return self._random.choice(turns)
        costly = [
            unit
            for unit, cost in enumerate(incumbent.unit_costs)
            if cost
            and formulation.unit_level(unit) == level
            and not self.settled.issuperset(formulation.turns_of_unit(unit))
        ]
        if costly and self._random.random() < AIMED:
            return self._random.choice(formulation.turns_of_unit(self._random.choice(costly)))
        return self._random.randrange(len(variables.turns))

    def _window(self, focus: int, size: float) -> tuple[int, ...]:
        """Neighbouring turns around one, as many as a size per person allows, at least one."""
        first = last = focus
        load = self._weights[focus]
        while True:
            left = self._weights[first - 1] if first > 0 else None
            right = self._weights[last + 1] if last + 1 < len(self._weights) else None
            if left is None and right is None:
                break
            to_left = right is None or (left is not None and self._random.random() < 0.5)
            step = left if to_left else right
            assert step is not None
            if load + step > size:
                break
            load += step
            first, last = (first - 1, last) if to_left else (first, last + 1)
        return tuple(range(first, last + 1))

    def _sample(self, incumbent: Incumbent, level: int, count: int) -> tuple[int, ...]:
        """People, those with costs of their own on the level that another schedule might not have more likely.

        Of many people, those who have much in common with one of them are more likely.
        """
        everyone = range(len(self.formulation.problem.people))
        if count >= len(everyone):
            return tuple(everyone)
        costs = [max(0, incumbent.personal_cost(person, level) - self.least[person]) for person in everyone]
        mean = sum(costs) / len(costs)
        weights = [1.0 + cost / (mean + 1.0) for cost in costs]
        if len(everyone) > ANYBODY:
            near = self._nearness.to(self._random.choices(everyone, weights)[0])
            weights = [weight * share for weight, share in zip(weights, near, strict=True)]
        return self._draw(weights, count)
