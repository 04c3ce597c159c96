"""Patrol sheets: which checkpoints each team visits when."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from patrolplan.errors import Complaint, InputError
from patrolplan.language import _, plural
from patrolplan.problem import Ground, Problem
from patrolplan.rounds.bound import least_teams, least_value
from patrolplan.rounds.dealing import Kind, dealt, kinds, make_pools
from patrolplan.rounds.fresh import fresh_odds, watcher_result
from patrolplan.rounds.lane import SELF, Clock, Ints, Lane, Shifts, due_after
from patrolplan.rounds.pool import Pool, PoolEffort
from patrolplan.rounds.regimes import Regime, closed_slots, longest_of, on_grid, team_clock
from patrolplan.rounds.safety import Safety
from patrolplan.rounds.seams import Seam, halves_have_room, seams
from patrolplan.rounds.symmetry import alike
from patrolplan.rounds.tours import Tour, safe_tours, split, teams_needed
from patrolplan.rounds.training import Effort, Style, train
from patrolplan.rounds.walks import Teams, Visits, Walker, beginning

_NEAR = 0.8
"""Pools or ways of walking that reach so much of the bound are taken without a look at the other."""
_NEAR_ALIKE = 0.9
"""The same for pools where all checkpoints are alike: ways of walking know that, and walks that end in the order of
one tour do not."""
_COMPARED = 256
"""Duties drawn afresh to compare pools with ways of walking, and the fewest gaps at risk for which an age counts."""
_AT_RISK = 60
_TRIES = 24
"""Copies of a duty from which one is chosen where the number of teams changes after it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One line of a sheet; instants."""

    ground: str
    checkpoint: int
    arrive: int
    leave: int
    team: str
    duty: str
    day: int


@dataclass(frozen=True, eq=False)
class Plan:
    """How one team of several walks its part of a ground.

    Attributes
    ----------
    members
        Its checkpoints.
    style
        Ways of walking; None where there are pools.
    value
        What the watcher was left in training.
    pools
        Finished walks for each kind of duty, instead of ways of walking.
    """

    members: tuple[int, ...]
    lane: Lane
    tours: tuple[Tour, ...]
    style: Style | None
    value: float
    pools: Mapping[Kind, Pool] | None = None


@dataclass(frozen=True, eq=False)
class Left:
    """What a regime leaves to the next one; instants.

    Attributes
    ----------
    last
        Shape (n,): when each checkpoint of the ground was left last, or patrols began.
    at
        By team, the last checkpoints of its people and when they were left; empty if they were nowhere.
    """

    last: Ints
    at: tuple[tuple[tuple[int, int], ...], ...]


Listed = tuple[list[int], list[int]]
"""Stops of one team, and departures."""


def whole_lane(ground: Ground) -> Lane:
    """A ground in slots: ways and visits are rounded up, promises and attacks down."""
    points, slot = ground.checkpoints, ground.slot
    size = len(points)
    steps = np.empty((size + 1, size), np.int64)
    for one in range(size):
        for other in range(size):
            steps[one, other] = _slots(ground.travel[one][other] + points[other].dwell, slot)
        steps[one, one] = SELF if size > 1 else _slots(points[one].dwell, slot)
    for other, point in enumerate(points):
        way = 0.0 if ground.start is None else ground.start[other]
        steps[size, other] = _slots(way + point.dwell, slot)
    return Lane(
        steps,
        np.array([math.ceil(point.dwell / slot) for point in points]),
        np.array([point.promise // slot for point in points]),
        np.array([max(1, point.attack // slot) for point in points]),
        np.array([point.weight for point in points], float),
    )


def _slots(minutes: float, slot: int) -> int:
    return max(1, math.ceil(minutes / slot - 1e-9))


# -- drawing ---------------------------------------------------------------------------------------------------------


def refuse_promise(problem: Problem, ground: Ground, lane: Lane, regime: Regime, shifts: Shifts) -> InputError:
    """Why the promises of a ground cannot be kept, and how many teams they take."""
    takes, least = teams_needed(lane, shifts), least_teams(lane)
    far = np.flatnonzero(lane.steps[lane.start] > lane.promise)
    if far.size:
        remedy = _(
            'the way from the start point to "{place}" and the visit there take longer than its promise; move the '
            "start point, shorten the visit, or lengthen the promise"
        ).format(place=ground.checkpoints[int(far[0])].name)
    elif takes is None:
        remedy = _("not even a team at each checkpoint keeps them; lengthen the promise, or shorten visits and ways")
    elif least > 1:
        remedy = _(
            "it takes {n} teams (fewer than {least} cannot, however they walk); send more, or lengthen the promise"
        ).format(n=takes, least=least)
    else:
        remedy = _("it takes {n} teams; send more, or lengthen the promise").format(n=takes)
    if least > regime.teams or far.size:
        message = _('the promises of "{zone}" cannot be kept with {teams}, as on patrol from {moment}: {remedy}.')
    else:
        message = _(
            'no rounds were found that keep the promises of "{zone}" with {teams}, as on patrol from {moment}: '
            "{remedy}."
        )
    message = message.format(
        zone=ground.name,
        teams=plural("{n} team", "{n} teams", regime.teams),
        moment=problem.zone.moment_text(regime.start),
        remedy=remedy,
    )
    return InputError([Complaint(message, ground.place)], ground.place.file)


def random_of(seed: int, number: int, *key: int) -> np.random.Generator:
    """Random numbers of their own for each key of a ground."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number, *key)))


class Drawing:
    """Draws the sheets of one ground.

    Parameters
    ----------
    seed
        Everything that is random comes from it.
    number
        Of the ground, to tell its randomness from that of others.
    tried
        Ways of walking and rounds of the pools that were tried when the same sheets were drawn before, by name.
    """

    def __init__(
        self,
        problem: Problem,
        ground: Ground,
        seed: int,
        number: int,
        effort: Effort,
        tried: Mapping[str, int] | None = None,
        pool_effort: PoolEffort | None = None,
    ) -> None:
        self.problem, self.ground, self.effort = problem, ground, effort
        self.pool_effort = pool_effort or PoolEffort()
        self.lane = whole_lane(ground)
        self._recorded = tried
        self.seed, self.number = seed, number
        self._parts: dict[int, list[list[int]]] = {}
        self.plans: dict[int, list[Plan]] = {}
        self.tried: dict[str, int] = dict(tried or {})

    def rng(self, *key: int) -> np.random.Generator:
        """Random numbers of their own for each key."""
        return random_of(self.seed, self.number, *key)

    def divide(self, found: Sequence[Regime]) -> None:
        """Split the ground among the teams, for every number of teams.

        Raises
        ------
        InputError
            If the promises cannot be kept.
        """
        for teams in sorted({regime.teams for regime in found}):
            same = [regime for regime in found if regime.teams == teams]
            longest = longest_of(same)
            shifts = team_clock(self.problem, self.ground, self.lane, range(self.lane.size), longest, 0).shifts
            split_up = split(self.lane, teams, shifts)
            if split_up is None:
                raise refuse_promise(self.problem, self.ground, self.lane, same[0], shifts)
            self._parts[teams] = split_up

    def prepare(self, found: Sequence[Regime], go_on: Callable[[], bool] = lambda: True) -> None:
        """Find out how each team is to walk its part, after `divide`."""
        walked, left = None, 0.0
        if self._suit_ways(found):
            walked = self.plans = self._walked(found, go_on)
            teams, values = self._measured(walked, found, 1)
            left = max(values)
            if all(is_near(plan.lane, value, _NEAR) for plan, value in zip(walked[teams], values, strict=True)):
                return
        dealt_plans = self._pooled(self._parts, found, go_on)
        if dealt_plans is not None and self._is_good(dealt_plans):
            self.plans = dealt_plans
            return
        self.plans = walked or self._walked(found, go_on)
        if dealt_plans is not None:
            left = left or max(self._measured(self.plans, found, 1)[1])
            if max(self._measured(dealt_plans, found, 0)[1]) < left:
                self.plans = dealt_plans

    def _suit_ways(self, found: Sequence[Regime]) -> bool:
        """Whether ways of walking come first: all checkpoints are alike, and pools could only end in a fixed order."""
        slack = 0 if on_grid(found, self.ground.slot) else 1
        fewest = self._parts[min(self._parts)]
        if halves_have_room(self.lane, fewest, slack):
            return False
        return all(len(alike(self.lane.part(part))) == 1 for arcs in self._parts.values() for part in arcs)

    def _walked(self, found: Sequence[Regime], go_on: Callable[[], bool]) -> dict[int, list[Plan]]:
        """Plans of ways of walking."""
        plans = {}
        for teams, arcs in self._parts.items():
            longest = longest_of([regime for regime in found if regime.teams == teams])
            plans[teams] = [self._plan(part, longest, team, teams, go_on) for team, part in enumerate(arcs)]
        return plans

    def _pooled(
        self, parts: Mapping[int, list[list[int]]], found: Sequence[Regime], go_on: Callable[[], bool]
    ) -> dict[int, list[Plan]] | None:
        """Plans that deal finished walks; None unless every duty can be walked so, whichever came before.

        A finished walk begins anywhere, so nobody may walk on from where another number of teams has left him.
        """
        if any(walk.before for regime in found for walk in regime.walks):
            return None
        slack = 0 if on_grid(found, self.ground.slot) else 1
        best: dict[int, list[Plan]] | None = None
        for number, seam in seams(self.lane, parts[min(parts)], slack):
            if best is not None and self._is_good(best):
                break
            plans = self._pooled_with(seam, number, parts, found, go_on)
            if plans is not None and (best is None or _left(plans) < _left(best)):
                best = plans
        return best

    def _pooled_with(
        self,
        seam: Seam,
        number: int,
        parts: Mapping[int, list[list[int]]],
        found: Sequence[Regime],
        go_on: Callable[[], bool],
    ) -> dict[int, list[Plan]] | None:
        every = sum(len(arcs) for arcs in parts.values())
        effort = replace(
            self.pool_effort, rounds=min(self.pool_effort.rounds, max(12, 2 * self.pool_effort.rounds // every))
        )
        plans: dict[int, list[Plan]] = {}
        for teams, arcs in parts.items():
            same = [regime for regime in found if regime.teams == teams]
            plans[teams] = []
            for team, part in enumerate(arcs):
                plan = self._pool_plan(part, same, team, effort, (number, seam, len(parts) == 1), go_on)
                if plan is None:
                    return None
                plans[teams].append(plan)
        return plans

    def _pool_plan(
        self,
        part: list[int],
        same: list[Regime],
        team: int,
        effort: PoolEffort,
        at_ends: tuple[int, Seam, bool],
        go_on: Callable[[], bool],
    ) -> Plan | None:
        lane, teams = self.lane.part(part), same[0].teams
        clocks = [team_clock(self.problem, self.ground, lane, part, regime, team) for regime in same]
        number, seam, alone = at_ends

        def rng(kind: int) -> np.random.Generator:
            return self.rng(6, number, teams, team, kind)

        wanted = [kind for clock in clocks for kind in kinds(clock)]
        name = "/".join(map(str, ("pool", number, teams, team)))
        pools = make_pools(lane, wanted, effort, seam.part(part), rng, go_on, self.tried, self._recorded, name, alone)
        if pools is None:
            return None
        return Plan(tuple(part), lane, (), None, max(pool.value for pool in pools.values()), pools)

    def _is_good(self, plans: Mapping[int, list[Plan]]) -> bool:
        """Whether pools come so near to the bound that ways of walking need not be tried."""
        return all(is_near(plan.lane, plan.value) for row in plans.values() for plan in row)

    def _measured(
        self, plans: Mapping[int, list[Plan]], found: Sequence[Regime], number: int
    ) -> tuple[int, list[float]]:
        """What each team leaves a watcher on fresh draws where patrols are longest; and how many teams these are."""
        teams = max(sorted(plans), key=lambda one: sum(r.end - r.start for r in found if r.teams == one))
        regime = longest_of([one for one in found if one.teams == teams])
        values = []
        for team, plan in enumerate(plans[teams]):
            clock = team_clock(self.problem, self.ground, plan.lane, plan.members, regime, team)
            rng = self.rng(7, number, team)
            odds, _drawn = fresh_odds(self.ground, plan, clock, _COMPARED, self.effort.width, rng, _AT_RISK)
            values.append(watcher_result(self.ground, plan.members, odds))
        return teams, values

    def _plan(self, part: list[int], regime: Regime, team: int, teams: int, go_on: Callable[[], bool]) -> Plan:
        lane = self.lane.part(part)
        clock = team_clock(self.problem, self.ground, lane, part, regime, team)
        tours = safe_tours(lane, clock.shifts)
        key = f"{teams}/{team}"
        effort = replace(self.effort, ways=self.tried.get(key, self.effort.ways))
        trained = train(clock, Safety(clock, tours), effort, self.rng(1, teams, team), go_on)
        self.tried[key] = trained.tried
        return Plan(tuple(part), lane, tuple(tours), trained.style, trained.game.value)

    def draw(self, found: Sequence[Regime]) -> list[Visit]:
        """The visits of all regimes, in order of time.

        Raises
        ------
        InputError
            If the promises cannot be kept where the number of teams changes.
        """
        visits: list[Visit] = []
        hands = self._hands(found)
        left: Left | None = None
        for index, regime in enumerate(found):
            after = found[index + 1] if index + 1 < len(found) and found[index + 1].follows else None
            if left is None or not regime.follows:
                left = self._fresh(regime.start)
            drawn, left = self._regime(regime, left, after, hands)
            visits += drawn
        return sorted(visits, key=lambda one: (one.arrive, one.team, one.checkpoint))

    def _hands(self, found: Sequence[Regime]) -> dict[tuple[int, int], Iterator[tuple[Ints, Ints]]]:
        """Walks from pools, by number of teams and team, for all regimes with so many teams together."""
        hands = {}
        for teams, plans in self.plans.items():
            same = [regime for regime in found if regime.teams == teams]
            for team, plan in enumerate(plans if same else ()):
                if plan.pools is not None:
                    clocks = [
                        team_clock(self.problem, self.ground, plan.lane, plan.members, regime, team) for regime in same
                    ]
                    hands[teams, team] = dealt(plan.pools, clocks, self.rng(2, team, same[0].start))
        return hands

    def _fresh(self, start: int) -> Left:
        """Where patrols begin: promises begin to run everywhere."""
        return Left(np.full(self.lane.size, start), ())

    def _lane(self, plan: Plan, regime: Regime, team: int, left: Left) -> Lane:
        """The lane of a team in a regime; who walks on from the one before has a row of ways of his own, the last."""
        on = _people_at(regime, team, left)
        if not on:
            return plan.lane
        points, travel, slot = self.ground.checkpoints, self.ground.travel, self.ground.slot
        row = []
        for place in plan.members:
            way = max(since + (0 if at == place else travel[at][place]) for at, since in on)
            row.append(max(_slots(points[place].dwell, slot), _slots(way + points[place].dwell - regime.start, slot)))
        return replace(plan.lane, steps=np.vstack([plan.lane.steps, row]))

    def _begin(self, plan: Plan, clock: Clock, regime: Regime, left: Left) -> Teams:
        """The team at the beginning of a regime."""
        teams, lane, slot = beginning(clock, 1), clock.lane, self.ground.slot
        if len(lane.steps) > lane.start + 1:
            teams.place[:] = lane.start + 1
        if not regime.follows:
            return teams
        for index, place in enumerate(plan.members):
            last, promise = int(left.last[place] - regime.start) // slot, int(lane.promise[index])
            early = regime.start + (last - promise) * slot
            closed = closed_slots(self.problem, self.ground, place, regime, early)
            teams.due[0, index] = due_after(last, last, closed, promise, int(lane.dwell[index]))
            teams.last[0, index] = last
        return teams

    def _regime(
        self,
        regime: Regime,
        left: Left,
        after: Regime | None,
        hands: Mapping[tuple[int, int], Iterator[tuple[Ints, Ints]]],
    ) -> tuple[list[Visit], Left]:
        ended = []
        for team, plan in enumerate(self.plans[regime.teams]):
            clock = self._clock(plan, regime, team, left)
            if plan.pools is not None:
                after = None
                ended.append([_together(islice(hands[regime.teams, team], len(clock.shifts.begins)))])
                continue
            tours = safe_tours(plan.lane, clock.shifts)
            if not tours:
                raise refuse_promise(self.problem, self.ground, self.lane, regime, clock.shifts)
            ended.append(self._walk(plan, clock, tours, regime, team, left, 1 if after is None else _TRIES))
        chosen = self._handed_over(ended, regime, left, after)
        visits: list[Visit] = []
        for team, (plan, pick) in enumerate(zip(self.plans[regime.teams], chosen, strict=True)):
            visits += self._visits(plan, regime, team, *ended[team][pick])
        walks = [versions[pick] for versions, pick in zip(ended, chosen, strict=True)]
        return visits, self._left_by(walks, regime, left)

    def _clock(self, plan: Plan, regime: Regime, team: int, left: Left) -> Clock:
        lane = self._lane(plan, regime, team, left)
        return team_clock(self.problem, self.ground, lane, plan.members, regime, team)

    def _walk(
        self, plan: Plan, clock: Clock, tours: list[Tour], regime: Regime, team: int, left: Left, copies: int
    ) -> list[Listed]:
        """Visits of one team through a regime, in as many versions as there are copies; they part in the last duty."""
        safety = Safety(clock, tours)
        stops: list[int] = []
        slots: list[int] = []
        teams: Teams | None = None
        duties = regime.walks[team].duties
        for duty, (start, _end) in enumerate(duties):
            rng = self.rng(2, team, start)
            walker = Walker(clock, safety, self.effort.width, rng)
            if teams is None:
                teams = self._begin(plan, clock, regime, left)
                if not safety.safe(teams.place, teams.slot, teams.due, 0)[0]:
                    raise _cannot_change(self.problem, self.ground, regime)
            if duty == len(duties) - 1 and copies > 1:
                teams = _copied(teams, copies)
            count = len(teams.place)
            assert plan.style is not None
            visits, teams = walker.walk(teams, plan.style.draw(count, rng))
            versions = [_listed(visits, index) for index in range(count)]
            if count == 1:
                stops += versions[0][0]
                slots += versions[0][1]
        if copies == 1:
            return [(stops, slots)]
        return [(stops + more, slots + times) for more, times in versions]

    def _left_by(self, walks: Sequence[Listed], regime: Regime, left: Left) -> Left:
        """What teams leave behind that have walked so through a regime."""
        last, at = left.last.copy(), []
        for team, (plan, (stops, slots)) in enumerate(zip(self.plans[regime.teams], walks, strict=True)):
            places = [plan.members[stop] for stop in stops]
            since = [regime.start + slot * self.ground.slot for slot in slots]
            np.maximum.at(last, places, since)
            at.append(((places[-1], since[-1]),) if places else _people_at(regime, team, left))
        return Left(last, tuple(at))

    def _handed_over(self, ended: list[list[Listed]], regime: Regime, left: Left, after: Regime | None) -> list[int]:
        """Which version of each team's walk is taken: one from which the next regime can keep all promises."""
        if after is None:
            return [0] * len(ended)
        rng = self.rng(3, regime.end)
        tries = [[0] * len(ended)] + [[int(rng.integers(len(one))) for one in ended] for _ in range(12 * _TRIES)]
        for pick in tries:
            walks = [versions[index] for versions, index in zip(ended, pick, strict=True)]
            if self._can_follow(after, self._left_by(walks, regime, left)):
                return pick
        raise _cannot_change(self.problem, self.ground, after)

    def _can_follow(self, regime: Regime, left: Left) -> bool:
        for team, plan in enumerate(self.plans[regime.teams]):
            clock = self._clock(plan, regime, team, left)
            tours = safe_tours(plan.lane, clock.shifts)
            if not tours:
                return False
            safety = Safety(clock, tours)
            teams = self._begin(plan, clock, regime, left)
            if not safety.safe(teams.place, teams.slot, teams.due, 0)[0]:
                return False
        return True

    def _visits(
        self, plan: Plan, regime: Regime, team: int, stops: Sequence[int], slots: Sequence[int]
    ) -> Iterable[Visit]:
        crews = regime.walks[team].crews
        for stop, slot in zip(stops, slots, strict=True):
            place = plan.members[stop]
            leave = regime.start + slot * self.ground.slot
            arrive = leave - self.ground.checkpoints[place].dwell
            crew = [one for one in crews if one.start <= arrive and one.start < leave][-1]
            lead = crew.duties[0]
            name = lead.id or f"{crew.members[0]}"
            yield Visit(self.ground.name, place, arrive, leave, "+".join(crew.members), name, lead.day)


def _people_at(regime: Regime, team: int, left: Left) -> tuple[tuple[int, int], ...]:
    """Where those are who walk on in a team from the regime before, and since when."""
    return tuple(one for index in regime.walks[team].before for one in left.at[index])


def _left(plans: Mapping[int, list[Plan]]) -> float:
    """What a watcher is left, over all numbers of teams."""
    return sum(max(plan.value for plan in row) for row in plans.values())


def is_near(lane: Lane, value: float, near: float | None = None) -> bool:
    """Whether one team leaves a watcher about as little as can be.

    Parameters
    ----------
    near
        The part of the bound that it takes; that for pools if not given.
    """
    top = float(lane.weight.max())
    if near is None:
        near = _NEAR if len(alike(lane)) > 1 else _NEAR_ALIKE
    return top - value >= near * (top - least_value(lane, 1))


def _together(duties: Iterable[tuple[Ints, Ints]]) -> tuple[list[int], list[int]]:
    both = list(duties)
    return [int(x) for stops, _ in both for x in stops], [int(x) for _, slots in both for x in slots]


def _listed(visits: Visits, copy: int) -> tuple[list[int], list[int]]:
    held = visits.stops[copy] >= 0
    return visits.stops[copy][held].tolist(), visits.slots[copy][held].tolist()


def _copied(teams: Teams, copies: int) -> Teams:
    return replace(
        teams,
        place=np.repeat(teams.place, copies),
        slot=np.repeat(teams.slot, copies),
        last=np.repeat(teams.last, copies, axis=0),
        due=np.repeat(teams.due, copies, axis=0),
    )


def _cannot_change(problem: Problem, ground: Ground, regime: Regime) -> InputError:
    message = _(
        'the promises of "{zone}" cannot be kept where the number of teams changes to {n} ({moment}); give the same '
        "number of teams before and after, or lengthen the promise."
    ).format(zone=ground.name, n=regime.teams, moment=problem.zone.moment_text(regime.start))
    return InputError([Complaint(message, ground.place)], ground.place.file)
