"""Cover of every hour of every date: how many people are missing, and how many are on duty."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from patrolplan.audit import complete
from patrolplan.audit.staffing import need_pieces
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.rules.cover.check import posted_stretches, presence
from patrolplan.units import Span, count_steps

HOURS = 24
Step = tuple[int, int, int]
"""Start, end, number."""


@dataclass(frozen=True, slots=True)
class HeatMap:
    """One place through all dates of the operation and the hours of their local clock.

    Attributes
    ----------
    site
        Index of the site; None for the whole operation.
    missing
        By date and hour, most people missing at any minute: of staff, or of a qualification or rank if that is more;
        None where the clock skips the hour, or the operation does not run.
    present
        Fewest people on duty in the hour, None as above.
    """

    site: int | None
    days: tuple[int, ...]
    missing: tuple[tuple[int | None, ...], ...]
    present: tuple[tuple[int | None, ...], ...]


def heat_maps(problem: Problem, roster: Roster) -> list[HeatMap]:
    """The whole operation first, then every site that has posts.

    Needs of several sites together count for the whole operation only.

    Parameters
    ----------
    roster
        Duties of the plan; history and held duties of the problem are added where it lacks them.
    """
    whole = complete(problem, roster)
    missing = _missing(problem, whole)
    present = _present(problem, whole)
    every = [step for steps in missing.values() for step in steps]
    found = [_map(problem, None, every, [span for spans in present.values() for span in spans])]
    sites = [index for index, site in enumerate(problem.sites) if site.posts]
    return found + [_map(problem, site, missing.get(site, []), present.get(site, [])) for site in sites]


def _missing(problem: Problem, roster: Roster) -> dict[int | None, list[Step]]:
    """Stretches with people missing by site, which add up."""
    staff: dict[int | None, list[Step]] = defaultdict(list)
    for piece in need_pieces(problem, roster):
        if piece.missing:
            staff[problem.only_site(piece.need[0])].append((piece.start, piece.end, piece.missing))
    kinds: dict[int | None, dict[frozenset[int], list[Step]]] = defaultdict(lambda: defaultdict(list))
    posted = posted_stretches(roster)
    for demand in problem.demands:
        if demand.kind in ("qualified", "rank"):
            kinds[problem.only_site(demand.posts)][demand.posts] += [
                (part.start, part.end, part.window.count - part.people)
                for part in presence(problem, demand, posted)
                if part.people < part.window.count
            ]
    found: dict[int | None, list[Step]] = {}
    for site in {*staff, *kinds}:
        by_posts = [_worst([steps], together=False) for steps in kinds[site].values()]
        found[site] = _worst([_worst([staff[site]]), _worst(by_posts)], together=False)
    return found


def _worst(groups: Sequence[Sequence[Step]], together: bool = True) -> list[Step]:
    """Steps without overlaps: the sum of those that run at a time, or the largest of them."""
    steps = [step for group in groups for step in group]
    cuts = sorted({edge for start, end, _ in steps for edge in (start, end)})
    active: dict[int, list[int]] = defaultdict(list)
    place = {cut: index for index, cut in enumerate(cuts)}
    for start, end, count in steps:
        for index in range(place[start], place[end]):
            active[index].append(count)
    return [
        (cuts[index], cuts[index + 1], sum(counts) if together else max(counts))
        for index, counts in sorted(active.items())
    ]


def _present(problem: Problem, roster: Roster) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = defaultdict(list)
    for post, stretches in posted_stretches(roster).items():
        found[problem.posts[post].site] += [(stretch.start, stretch.end) for _, stretch in stretches]
    return found


def _map(problem: Problem, site: int | None, missing: Sequence[Step], present: Sequence[Span]) -> HeatMap:
    days = tuple(range(problem.first_day, problem.zone.local(problem.end - 1)[0] + 1))
    short = _filled(_worst([missing]), problem.start, problem.end)
    there = count_steps(present, problem.start, problem.end)
    hours = [[_hour(problem, day, hour) for hour in range(HOURS)] for day in days]
    return HeatMap(
        site,
        days,
        tuple(tuple(_extreme(short, span, max) for span in row) for row in hours),
        tuple(tuple(_extreme(there, span, min) for span in row) for row in hours),
    )


def _filled(steps: Sequence[Step], start: int, end: int) -> list[Step]:
    """Steps from start to end without holes."""
    found, cursor = [], start
    for opens, closes, count in steps:
        first, last = max(opens, start), min(closes, end)
        if first >= last:
            continue
        if first > cursor:
            found.append((cursor, first, 0))
        found.append((first, last, count))
        cursor = last
    return [*found, (cursor, end, 0)] if cursor < end else found


def _hour(problem: Problem, day: int, hour: int) -> Span | None:
    """The time of an hour on the local clock inside the operation; an hour shown twice is both, a skipped one none."""
    opens = max(problem.start, problem.zone.instant(day, hour * 60))
    closes = min(problem.end, problem.zone.instant(day, (hour + 1) * 60))
    return (opens, closes) if opens < closes and problem.zone.local(opens)[1] // 60 == hour else None


def _extreme(steps: Sequence[Step], span: Span | None, pick: Callable[[list[int]], int]) -> int | None:
    if span is None:
        return None
    index = bisect_right(steps, span[0], key=lambda step: step[0]) - 1
    counts = []
    while index < len(steps) and steps[index][0] < span[1]:
        counts.append(steps[index][2])
        index += 1
    return pick(counts)
