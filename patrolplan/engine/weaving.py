"""A better roster for some people: their schedules priced against each other, and a whole roster made of them.

The linear program of a few people over a few turns says within some tenths of a second whether anything can be gained
there at all; if so, a dive from it mostly finds it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import replace

from patrolplan.engine.branching import Branching, Dive, Sway, plunge
from patrolplan.engine.columns import Columns
from patrolplan.engine.formulation import Schedule
from patrolplan.engine.guide import Pool
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.layers import TooLarge
from patrolplan.engine.linking import Lead, Linking
from patrolplan.engine.master import Column
from patrolplan.engine.mending import mend
from patrolplan.engine.neighbourhoods import Region
from patrolplan.engine.subproblem import Answer, Effort, StopSignal
from patrolplan.engine.windows import WindowPricer
from patrolplan.engine.work import Watch

WINDOW_ARCS = 500_000
"""A person with more possible steps than this within a window is not looked at there."""
MOST_ROUNDS = 120
"""Rounds of pricing in one region."""
STALLED = 30
"""Rounds without a better linear program after which a region that promises nothing is left."""
FROM_POOL = 25
"""Known schedules of each person to begin with."""
DIVING = 0.5
"""Share of the time that is kept for a roster from the program."""
NOISE, DIVE_NOISE, FRESH_NOISE, GUIDED_NOISE = 0.1, 0.02, 0.04, 0.1
"""Most by which chance changes how sure a duty looks in branching, in a dive, in one for another roster, and in one
that the roster guides."""
GUIDANCE = 0.2
"""By how much surer a duty looks there if the roster has it."""
DIVES, DIVE_SHARE, MISSED = 3, 0.7, 0.2
"""Most dives in one region, each in a share of the time that is left. Within some turns the first is no longer than the
program took, and others follow where more than a part of what the program promises was missed."""
FRESH, GUIDED = "fresh", "guided"
"""Kinds of the region of everybody of whom another roster is wanted: whatever it costs, or a better one nearby."""
FEW = 24
"""Most people of a region among whom branching may follow a dive that led nowhere."""
ROUNDS_EACH, FEWEST_STEPS = 5, 10
"""Rounds of pricing that a step takes, about; with fewer steps, whole schedules are fixed instead of duties."""
MENDING = 0.2
"""Share of the time that there is always for what a dive costs more on earlier levels."""
FAR = 0.03
"""If the roster of everybody costs so much more than the program, any roster from it is looked at more closely."""


def weave(
    linking: Linking, base: Incumbent, region: Region, lead: Lead | None, pool: Pool, effort: Effort, stop: StopSignal
) -> Answer:
    """Price the schedules of a region's people, and branch for a roster of them.

    Parameters
    ----------
    lead
        Prices to begin with; None if there are none yet.
    pool
        Schedules to begin with; good new ones are added.

    Returns
    -------
    Answer
        `solved` if it is proved that nothing can be gained.
    """
    watch = Watch(effort.deterministic)
    whole = region.offered is None and len(region.turns) == len(base.formulation.variables.turns)
    try:
        pricers = None if whole else _window_pricers(linking, base, region)
    except TooLarge:
        return Answer(None, False, 0, effort.seconds)
    turns = None if whole else region.turns
    columns = Columns(linking, base, lambda: effort, stop, None, region.people, pricers, lead, turns)
    if whole and lead is not None:
        _begin(columns, linking, lead, pool)
    aim = columns.master.now - linking.step
    state = _generate(columns, aim, watch, effort)
    if state in ("hopeless", "stalled") or stop.is_set:
        return Answer(None, state == "hopeless", 0, watch.seconds)

    def is_late() -> bool:
        return watch.seconds > effort.seconds

    rng = random.Random(effort.seed)
    plan = None
    if region.kind == GUIDED:
        plan = _dive(columns, aim, watch, effort.seconds - watch.seconds, _guided(columns, base, rng)).run()
    elif region.kind == FRESH or (whole and len(region.people) == len(base.held) and _is_far(columns)):
        plan = _whole_roster(columns, watch, effort, rng)
        if plan is not None:
            left = max(effort.seconds - watch.seconds, MENDING * effort.seconds)
            plan = _mended(base, plan, linking.level, replace(effort, seconds=left), stop)
    else:
        plan = _by_dives(columns, aim, watch, effort, rng, quick=math.inf if whole else watch.seconds)
        if plan is None and len(region.people) <= FEW:
            plan = Branching(columns, aim, is_late, lambda: NOISE * rng.random()).run()
    if whole:
        _remember(columns, pool)
    return Answer(plan, False, 0, watch.seconds)


def _whole_roster(columns: Columns, watch: Watch, effort: Effort, rng: random.Random) -> dict[int, Schedule] | None:
    """A roster of everybody, whatever it costs: by a dive, or by a plunge where rounds take too long for one."""
    each, left = watch.seconds / max(1, columns.rounds), effort.seconds - watch.seconds
    steps = max(1.0, left / (ROUNDS_EACH * each + 1e-9))
    if steps >= FEWEST_STEPS:
        return _dive(columns, None, watch, left, _by_chance(FRESH_NOISE, rng)).run()
    people = len(columns.master.groups)
    return plunge(columns, lambda: watch.seconds > effort.seconds, max(1, int(steps / math.log1p(people))))


def _by_dives(
    columns: Columns, aim: float, watch: Watch, effort: Effort, rng: random.Random, quick: float
) -> dict[int, Schedule] | None:
    """A better roster by a dive, or by others as long as a quick one keeps too little of the program's promise.

    Parameters
    ----------
    quick
        Longest time for the first dive; if that is no limit, any better roster is enough.
    """
    assert columns.point is not None
    now, least = columns.master.now, columns.point.cost
    enough = least + MISSED * (now - least) if quick < math.inf else aim
    best, plan = float(now), None
    for number in range(DIVES):
        left = effort.seconds - watch.seconds
        if columns.stop.is_set or left < 0 or best <= enough + 1e-6:
            break
        limit = DIVE_SHARE * left if number else min(DIVE_SHARE * left, quick)
        dive = _dive(columns, min(aim, best - columns.linking.step), watch, limit, _by_chance(DIVE_NOISE, rng))
        found = dive.run()
        if found is not None:
            plan, best = found, dive.cost
    return plan


def _dive(columns: Columns, aim: float | None, watch: Watch, limit: float, sway: Sway) -> Dive:
    """A dive that begins now and takes at most so long."""
    start, limit = watch.seconds, max(1e-9, limit)

    def progress() -> float:
        return (watch.seconds - start) / limit

    return Dive(columns, progress, aim, sway)


def _by_chance(most: float, rng: random.Random) -> Sway:
    return lambda group, key: most * rng.random()


def _guided(columns: Columns, base: Incumbent, rng: random.Random) -> Sway:
    """Towards what the roster has: guided dives (Danna, Rothberg and Le Pape 2005)."""
    held = [base.held[group.people[0]] for group in columns.master.groups]
    return lambda group, key: GUIDED_NOISE * rng.random() + (GUIDANCE if key in held[group] else 0.0)


def _is_far(columns: Columns) -> bool:
    """Whether the roster costs so much more than the program that any whole roster of it may help."""
    assert columns.point is not None
    return columns.master.now - columns.point.cost > FAR * columns.master.now


def _mended(
    base: Incumbent,
    plan: Mapping[int, Schedule],
    level: int,
    effort: Effort,
    stop: StopSignal,
) -> dict[int, Schedule]:
    """A plan without what it costs more than the roster before it on earlier levels."""
    roster = base.copy()
    roster.apply(plan)
    mend(roster, base, level, effort, stop)
    return {person: roster.held[person] for person in plan}


def _window_pricers(linking: Linking, base: Incumbent, region: Region) -> dict[int, WindowPricer]:
    """A pricing problem for each person of a region, who keeps what he holds outside its turns."""
    turns, offered = frozenset(region.turns), region.offered or {}
    return {
        person: WindowPricer(
            base.formulation,
            base.formulation.model_of(person),
            base.held[person],
            turns,
            offered.get(person),
            linking.level,
            WINDOW_ARCS,
            region.share,
        )
        for person in region.people
    }


def _begin(columns: Columns, linking: Linking, lead: Lead, pool: Pool) -> None:
    """Take in the cheapest schedules of the pool."""
    pool.sow(lead)
    for place, group in enumerate(columns.master.groups):
        shared = linking.group_of[group.people[0]]
        for column in pool.cheapest(shared, place, lead.whole, FROM_POOL):
            columns.master.add_column(column)


def _generate(columns: Columns, aim: float, watch: Watch, effort: Effort) -> str:
    """Rounds until the program is complete, hopeless, or out of time; stalled if it does not reach the aim by then."""
    best, since = float("inf"), 0
    while True:
        more = columns.step()
        if columns.proved > aim:
            return "hopeless"
        if columns.point is None or not (more or columns.is_complete):
            return "stalled"
        if not more:
            return "complete" if columns.point.cost <= aim + 1e-6 else "hopeless"
        if columns.point.cost < best - 1e-6:
            best, since = columns.point.cost, columns.rounds
        if columns.rounds - since >= STALLED and best > aim + 1e-6:
            return "stalled"
        if columns.rounds >= MOST_ROUNDS or watch.seconds > (1 - DIVING) * effort.seconds:
            return "late" if columns.point.cost <= aim + 1e-6 else "stalled"


def _remember(columns: Columns, pool: Pool) -> None:
    """Keep what the linear program takes in part."""
    point, master = columns.point, columns.master
    if point is None:
        return
    kept = []
    for column, value in zip(master.columns, point.values, strict=False):
        if value > 1e-6:
            person = master.groups[column.group].people[0]
            shared = columns.linking.group_of[person]
            kept.append(Column(shared, column.schedule, column.cost, column.activity))
    pool.keep(kept)
