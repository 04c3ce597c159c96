"""What a planner is told of a ground: promises kept, odds of intruders, the bound, and what a tighter promise costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from patrolplan.problem import Ground, Problem
from patrolplan.rounds.bound import least_teams, least_value
from patrolplan.rounds.curve import Point, Values, points
from patrolplan.rounds.fresh import fresh_odds
from patrolplan.rounds.lane import Lane, Shifts
from patrolplan.rounds.regimes import Regime, closed_spans, team_clock, usual
from patrolplan.rounds.sheets import Drawing, Visit
from patrolplan.rounds.tours import safe_tours, split, teams_needed
from patrolplan.rounds.watcher import Chance, Idleness, idleness
from patrolplan.units import Span, merge_spans


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
    values: Callable[[bool], Values],
) -> GroundReport:
    """Judge the sheets of a ground, and draw afresh for the odds.

    Parameters
    ----------
    draws
        Duties to draw; 0 for none.
    values
        Gives what other promises leave a watcher, and also the present one if asked for; see
        `patrolplan.rounds.curve.sketch`.
    """
    ground, lane = drawing.ground, drawing.lane
    regime = usual(found)
    main = regime.teams
    odds: list[Chance | None] = [None] * lane.size
    drawn = 0
    for team, plan in enumerate(drawing.plans[main] if draws else []):
        clock = team_clock(problem, ground, plan.lane, plan.members, regime, team)
        found_odds, drawn = fresh_odds(ground, plan, clock, draws, drawing.effort.width, drawing.rng(4, team))
        for place, one in zip(plan.members, found_odds, strict=True):
            odds[place] = one
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
    whole = team_clock(problem, ground, lane, range(lane.size), regime, 0)
    shifts, measured = whole.shifts, None if worst is None else 1 - max(results) / float(lane.weight.max())
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
        tuple(points(ground, lane, main, values(measured is None), measured)),
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
