"""Who is on patrol when, in which team: stretches of time with the same number of teams, and their clocks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from patrolplan.problem import Ground, Problem
from patrolplan.roster import Duty, Roster
from patrolplan.rounds.lane import Clock, Lane, Shifts, make_clock
from patrolplan.units import DAY_MINUTES, Span, merge_spans


@dataclass(frozen=True, slots=True)
class Crew:
    """Who walks as one team from an instant on; the first of the members leads it."""

    start: int
    members: tuple[str, ...]
    duties: tuple[Duty, ...]


@dataclass(frozen=True)
class Walk:
    """The duties of one team in a stretch of time with the same number of teams.

    Attributes
    ----------
    duties
        Spans of instants; each begins at the start point.
    crews
        Who it is, in order of time.
    before
        Teams of the stretch before from which somebody walks on in this one, without a break.
    """

    duties: tuple[Span, ...]
    crews: tuple[Crew, ...]
    before: tuple[int, ...] = ()


@dataclass(frozen=True)
class Regime:
    """An unbroken stretch of time with the same number of teams.

    Attributes
    ----------
    follows
        Whether another stretch ends where this one begins.
    """

    start: int
    end: int
    walks: tuple[Walk, ...]
    follows: bool = False

    @property
    def teams(self) -> int:
        """How many teams walk."""
        return len(self.walks)


def regimes(problem: Problem, roster: Roster, ground: Ground) -> list[Regime]:
    """Stretches of time with the same number of teams on a ground, from the duties at the posts that walk it."""
    posts = {index for index, post in enumerate(problem.posts) if post.rounds == ground.name}
    on_duty = [
        (stretch, duty)
        for duty in roster.duties
        if duty.kind == "duty"
        for stretch in duty.stretches
        if stretch.post in posts
    ]
    edges = sorted({edge for stretch, _ in on_duty for edge in (stretch.start, stretch.end)})
    spans: list[tuple[int, int, list[tuple[str, ...]], dict[str, Duty]]] = []
    teams: list[tuple[str, ...]] = []
    for start, end in pairwise(edges):
        present = {
            problem.people[duty.person].id: duty
            for stretch, duty in on_duty
            if stretch.start <= start and stretch.end >= end
        }
        teams = _teams(problem, posts, ground, teams, present)
        if teams:
            spans.append((start, end, teams, present))
    return _joined(spans)


def _teams(
    problem: Problem, posts: set[int], ground: Ground, before: list[tuple[str, ...]], present: Mapping[str, Duty]
) -> list[tuple[str, ...]]:
    """The people present in teams; who walked together goes on together, and asked-for skills are spread.

    Who is left over when every team has its size stays at the post.
    """
    if not present:
        return []
    count = min(ground.teams, max(1, len(present) // ground.team_size), len(ground.checkpoints))
    kept = [tuple(one for one in team if one in present) for team in before[:count]]
    kept += [()] * (count - len(kept))
    taken = {one for team in kept for one in team}
    asked = {demand.label for demand in problem.demands if demand.kind == "qualified" and demand.posts & posts}

    def order(one: str) -> tuple[int, str]:
        holds = problem.people[problem.person_index[one]].qualifications
        return -sum(label in holds for label in asked), one

    for one in sorted(set(present) - taken, key=order):
        smallest = min(range(count), key=lambda index: (len(kept[index]), index))
        if len(kept[smallest]) < ground.team_size:
            kept[smallest] = (*kept[smallest], one)
    return kept


def _joined(spans: Sequence[tuple[int, int, list[tuple[str, ...]], dict[str, Duty]]]) -> list[Regime]:
    groups: list[list[tuple[int, int, list[tuple[str, ...]], dict[str, Duty]]]] = []
    for span in spans:
        if groups and groups[-1][-1][1] == span[0] and len(groups[-1][-1][2]) == len(span[2]):
            groups[-1].append(span)
        else:
            groups.append([span])
    found: list[Regime] = []
    for number, group in enumerate(groups):
        follows = bool(found) and found[-1].end == group[0][0]
        teams_before = groups[number - 1][-1][2] if follows else []
        walks = []
        for team in range(len(group[0][2])):
            mine = set(group[0][2][team])
            before = tuple(index for index, others in enumerate(teams_before) if mine & set(others))
            duties: list[list[int]] = []
            crews: list[Crew] = []
            for start, end, teams, present in group:
                members = teams[team]
                if not crews or crews[-1].members != members:
                    fresh = not crews or not set(crews[-1].members) & set(members)
                    crews.append(Crew(start, members, tuple(present[one] for one in members)))
                    if fresh:
                        duties.append([start, end])
                duties[-1][1] = end
            walks.append(Walk(tuple((a, b) for a, b in duties), tuple(crews), before))
        found.append(Regime(group[0][0], group[-1][1], tuple(walks), follows))
    return found


def closed_spans(problem: Problem, ground: Ground, place: int, start: int, end: int) -> list[Span]:
    """When a checkpoint is closed between two instants."""
    first, last = problem.zone.local(start)[0] - 1, problem.zone.local(end)[0]
    found = []
    for day in range(first, last + 1):
        for opens, closes in ground.checkpoints[place].closed:
            until = closes + (DAY_MINUTES if closes <= opens else 0)
            found.append((problem.zone.instant(day, opens), problem.zone.instant(day, until)))
    return [span for span in merge_spans(found) if span[1] > start and span[0] < end]


def closed_slots(problem: Problem, ground: Ground, place: int, regime: Regime, start: int) -> tuple[Span, ...]:
    """The same from an instant until a regime ends, in slots from its beginning."""
    slot, origin = ground.slot, regime.start
    return tuple(
        ((a - origin) // slot, math.ceil((b - origin) / slot))
        for a, b in closed_spans(problem, ground, place, start, regime.end)
    )


@lru_cache(maxsize=256)
def _clock(lane: Lane, begins: tuple[int, ...], ends: tuple[int, ...], closed: tuple[tuple[Span, ...], ...]) -> Clock:
    return make_clock(lane, Shifts(begins, ends, closed))


def team_clock(
    problem: Problem, ground: Ground, lane: Lane, members: Sequence[int], regime: Regime, team: int
) -> Clock:
    """The clock of one team in a regime; slots count from its beginning."""
    slot, origin = ground.slot, regime.start
    begins, ends = [], []
    for start, end in regime.walks[team].duties:
        begins.append(math.ceil((start - origin) / slot))
        ends.append((end - origin) // slot)
    closed = tuple(closed_slots(problem, ground, place, regime, regime.start) for place in members)
    return _clock(lane, tuple(begins), tuple(ends), closed)


def usual(found: Sequence[Regime]) -> Regime:
    """The longest regime with as many teams as there mostly are."""
    teams = {one.teams for one in found}
    main = max(sorted(teams), key=lambda number: sum(one.end - one.start for one in found if one.teams == number))
    return max((one for one in found if one.teams == main), key=lambda one: one.end - one.start)


def longest_of(found: Sequence[Regime]) -> Regime:
    """The longest regime, the first one of several."""
    return max(found, key=lambda regime: (regime.end - regime.start, -regime.start))


def on_grid(found: Sequence[Regime], slot: int) -> bool:
    """Whether all duties begin and end on the grid of time of their regime."""
    return all(
        (edge - regime.start) % slot == 0
        for regime in found
        for edge in (regime.end, *(edge for walk in regime.walks for duty in walk.duties for edge in duty))
    )
