"""What a planner is told of a ground: promises kept, odds of intruders, the bound, and what a tighter promise costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from patrolplan.problem import Ground, Problem
from patrolplan.rounds.bound import least_teams, least_value
from patrolplan.rounds.lane import Clock, Lane, Shifts
from patrolplan.rounds.safety import Safety
from patrolplan.rounds.sheets import Drawing, Plan, Regime, Visit, closed_spans, team_clock
from patrolplan.rounds.tours import safe_tours, split, teams_needed
from patrolplan.rounds.training import Course, Effort, train
from patrolplan.rounds.walks import Walker
from patrolplan.rounds.watcher import Chance, Idleness, Watched, chance, idleness, no_evidence, observe
from patrolplan.units import Span, merge_spans, subtract_spans

_COPIES = 64
"""Teams that are drawn side by side for the odds."""
_CURVE = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
"""Parts of the promise for which the curve is drawn."""
_ROUGH = Effort(ways=10, copies=8, width=32)
"""How hard other promises are looked at."""


@dataclass(frozen=True)
class Point:
    """A promise on the curve.

    Attributes
    ----------
    minutes
        The promise (the tightest, where there are several).
    bound
        The surest detection of a watcher that is not ruled out.
    reached
        What a rough search reached; None if the teams cannot keep the promise.
    """

    minutes: int
    bound: float
    reached: float | None


@dataclass(frozen=True)
class FixedTour:
    """What fixed tours give: idleness in minutes, and a watcher's odds; he knows when the next visit comes."""

    worst: float
    average: float
    detection: float


@dataclass(frozen=True)
class PlaceReport:
    """One checkpoint: what the sheets keep, and the odds there on fresh draws (None if too few were drawn)."""

    name: str
    promise: int
    idle: Idleness
    odds: Chance | None


@dataclass(frozen=True)
class GroundReport:
    """Everything about one ground.

    Attributes
    ----------
    teams
        Number of teams for which the odds hold: the one with the most time on patrol.
    patrolled
        Minutes on patrol.
    visits
        Lines on the sheets.
    worst
        Index of the checkpoint where a watcher should strike, None if nowhere.
    value
        The watcher's best result on fresh draws: weight times chance to stay unseen.
    bound_value
        No way of walking leaves him less.
    needed
        Fewest teams for which a plan was found; None if none was. `least`: fewer are ruled out.
    tour
        Idleness at worst and on average of a fixed tour; None if it cannot keep the promises.
    drawn
        Duties drawn afresh for the odds.
    """

    ground: Ground
    teams: int
    patrolled: int
    visits: int
    places: tuple[PlaceReport, ...]
    worst: int | None
    value: float
    bound_value: float
    needed: int | None
    least: int
    tour: FixedTour | None
    curve: tuple[Point, ...]
    drawn: int

    @property
    def kept(self) -> bool:
        """Whether every promise is kept on the sheets."""
        return all(place.idle.worst <= place.promise + 1e-9 for place in self.places)

    @property
    def watcher(self) -> Chance | None:
        """The odds where a watcher should strike."""
        return None if self.worst is None else self.places[self.worst].odds

    @property
    def blind(self) -> float | None:
        """How surely a blind intruder is caught where that is least sure."""
        return min((place.odds.blind for place in self.places if place.odds is not None), default=None)

    @property
    def bound(self) -> float:
        """The surest detection of a watcher that is not ruled out, where he should strike now."""
        points = self.ground.checkpoints
        weight = max(point.weight for point in points) if self.worst is None else points[self.worst].weight
        return max(0.0, min(1.0, 1 - self.bound_value / weight))


def report(
    problem: Problem,
    drawing: Drawing,
    found: Sequence[Regime],
    visits: Sequence[Visit],
    draws: int,
    go_on: Callable[[], bool] = lambda: True,
) -> GroundReport:
    """Judge the sheets of a ground, and draw afresh for the odds.

    Parameters
    ----------
    draws
        Duties to draw; 0 for none.
    """
    ground, lane = drawing.ground, drawing.lane
    main = max(sorted(drawing.plans), key=lambda teams: sum(r.end - r.start for r in found if r.teams == teams))
    regime = max((one for one in found if one.teams == main), key=lambda one: one.end - one.start)
    odds: list[Chance | None] = [None] * lane.size
    drawn = 0
    for team, plan in enumerate(drawing.plans[main] if draws else []):
        for place, (one, count) in enumerate(_odds(problem, drawing, plan, regime, team, draws)):
            odds[plan.members[place]], drawn = one, max(drawn, count)
    patrolled = merge_spans((one.start, one.end) for one in found)
    places = tuple(
        PlaceReport(point.name, point.promise, _idle(problem, ground, place, visits, patrolled), odds[place])
        for place, point in enumerate(ground.checkpoints)
    )
    results = [
        0.0 if one is None else point.weight * (1 - one.watcher)
        for one, point in zip(odds, ground.checkpoints, strict=True)
    ]
    worst = int(np.argmax(results)) if any(one is not None for one in odds) else None
    shifts = team_clock(problem, ground, lane, range(lane.size), regime, 0).shifts
    return GroundReport(
        ground,
        main,
        sum(end - start for start, end in patrolled),
        len(visits),
        places,
        worst,
        max(results),
        least_value(lane, main),
        teams_needed(lane, shifts),
        least_teams(lane),
        tour_idleness(lane, main, shifts, ground.slot),
        tuple(_curve(drawing, main, shifts, go_on)),
        drawn,
    )


def _idle(problem: Problem, ground: Ground, place: int, visits: Sequence[Visit], patrolled: Sequence[Span]) -> Idleness:
    arrivals = [one.arrive for one in visits if one.checkpoint == place]
    closed = closed_spans(problem, ground, place, patrolled[0][0], patrolled[-1][1])
    return idleness(arrivals, patrolled, closed)


def tour_idleness(lane: Lane, teams: int, shifts: Shifts, slot: int) -> FixedTour | None:
    """Worst and average idleness, in minutes, where every team walks its fixed tour again and again."""
    parts = split(lane, teams, shifts)
    if parts is None:
        return None
    worst, ages, caught = 0.0, [], 1.0
    for part in parts:
        tour = safe_tours(lane.part(part), shifts)[0]
        times = np.cumsum(tour.legs)
        for place in range(len(part)):
            own = times[tour.stops == place]
            gaps = np.diff(np.append(own, own[0] + tour.length))
            worst = max(worst, float(gaps.max()))
            ages.append(float((gaps**2).sum()) / (2 * tour.length))
            if gaps.max() > lane.attack[part[place]]:
                caught = 0.0
    return FixedTour(worst * slot, float(np.mean(ages)) * slot, caught)


# -- odds ------------------------------------------------------------------------------------------------------------


def _odds(
    problem: Problem, drawing: Drawing, plan: Plan, regime: Regime, team: int, draws: int
) -> Iterator[tuple[Chance | None, int]]:
    """The odds at each checkpoint of a team on fresh draws, and how many duties were drawn."""
    ground = drawing.ground
    clock = team_clock(problem, ground, plan.lane, plan.members, regime, team)
    evidence = [no_evidence(_watched(ground, place), ground.slot) for place in plan.members]
    drawn = 0
    rounds = max(1, -(-draws // _COPIES))
    for start, end, arrivals in histories(drawing, plan, clock, team, rounds):
        for index, place in enumerate(plan.members):
            closed = [(a * ground.slot, b * ground.slot) for a, b in _closed(clock, index)]
            dwell = ground.checkpoints[place].dwell
            for opens, closes in subtract_spans([(start * ground.slot, end * ground.slot)], closed):
                times = arrivals[index] * ground.slot - dwell
                inside = times[(times >= opens) & (times <= closes)]
                observe(evidence[index], _watched(ground, place), inside, closes)
    drawn = rounds * _COPIES
    for one in evidence:
        yield chance(one), drawn


def _closed(clock: Clock, index: int) -> tuple[Span, ...]:
    return clock.shifts.closed[index] if clock.shifts.closed else ()


def _watched(ground: Ground, place: int) -> Watched:
    point = ground.checkpoints[place]
    return Watched(point.promise, point.attack, point.weight)


def histories(
    drawing: Drawing, plan: Plan, clock: Clock, team: int, rounds: int
) -> Iterator[tuple[int, int, list[np.ndarray]]]:
    """Fresh walks of one team: for each unbroken history its first and last slot, and departures by checkpoint."""
    rng = drawing.rng(4, team, len(drawing.plans))
    safety = Safety(clock, list(safe_tours(plan.lane, clock.shifts)))
    course = Course(Walker(clock, safety, drawing.effort.width, rng), _COPIES)
    shifts = clock.shifts
    stops: list[list[np.ndarray]] = [[] for _ in range(_COPIES)]
    slots: list[list[np.ndarray]] = [[] for _ in range(_COPIES)]
    start = shifts.begins[0]
    for step in range(rounds):
        before, visits = course.run(plan.style.draw(_COPIES, rng))
        for copy in range(_COPIES):
            held = visits.stops[copy] >= 0
            stops[copy].append(visits.stops[copy][held])
            slots[copy].append(visits.slots[copy][held])
        if before.duty + 1 == len(shifts.begins) or step + 1 == rounds:
            for copy in range(_COPIES):
                where, when = np.concatenate(stops[copy]), np.concatenate(slots[copy])
                yield start, shifts.ends[before.duty], [when[where == place] for place in range(plan.lane.size)]
                stops[copy], slots[copy] = [], []


# -- the curve -------------------------------------------------------------------------------------------------------


def _curve(drawing: Drawing, teams: int, shifts: Shifts, go_on: Callable[[], bool]) -> Iterator[Point]:
    """Other promises, all longer or shorter by the same factor."""
    lane, ground = drawing.lane, drawing.ground
    tightest = min(point.promise for point in ground.checkpoints)
    top = float(lane.weight.max())
    for index, factor in enumerate(_CURVE):
        promise = np.maximum(1, np.round(lane.promise * factor)).astype(np.int64)
        other = Lane(lane.steps, lane.dwell, promise, lane.attack, lane.weight)
        bound = 1 - least_value(other, teams) / top
        parts = split(other, teams, shifts)
        reached = None
        if parts is not None and go_on():
            value = 0.0
            for team, part in enumerate(parts):
                own = other.part(part)
                plain = Shifts(shifts.begins, shifts.ends)
                clock = Clock(own, plain)
                tours = safe_tours(own, plain)
                trained = train(clock, Safety(clock, tours), _ROUGH, drawing.rng(5, index, team), go_on)
                value = max(value, trained.game.value)
            reached = 1 - value / top
        yield Point(round(tightest * factor), bound, reached)
