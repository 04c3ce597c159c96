"""Cover of every place through the hours of every date, for the heat map."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from patrolplan.analysis.cover import Cover
from patrolplan.findings import Finding, Severity
from patrolplan.formats.report_facts import HeatMap
from patrolplan.language import _
from patrolplan.papers.names import shown
from patrolplan.problem import Problem
from patrolplan.units import DAY_MINUTES, Span

_HOURS = 24
_CODES = ("PP101", "PP102", "PP103")
_CLOSED = (-1, 0, 0)
"""An hour outside the operation, or one that the clock skips."""

Cell = tuple[int, int, int]
"""People present, needed and missing."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Time in which nothing changes at a place."""

    start: int
    end: int
    cell: Cell


def dates_of(problem: Problem) -> range:
    """Every calendar date that the operation touches."""
    return range(problem.zone.local(problem.start)[0], problem.zone.local(problem.end - 1)[0] + 1)


def heat_maps(problem: Problem, cover: Cover, findings: Iterable[Finding]) -> list[HeatMap]:
    """Cover of everything, of every site and of every post, by date and hour of the local clock.

    Gaps of whole sites and groups, which no post tells, come from the findings.
    """
    wide = [one for one in findings if one.code in _CODES and one.severity is not Severity.NOTE and not one.post]
    by_site: dict[int, list[Finding]] = {}
    names = {site.name: index for index, site in enumerate(problem.sites)}
    elsewhere = [one for one in wide if one.site not in names]
    for one in wide:
        if one.site in names:
            by_site.setdefault(names[one.site], []).append(one)
    posts = {post: _stretches(problem, cover, post) for post in range(len(problem.posts))}
    sites = {
        index: list(_raised(_summed([posts[post] for post in site.posts]), by_site.get(index, ())))
        for index, site in enumerate(problem.sites)
        if site.posts
    }
    everything = list(_raised(_summed(list(sites.values())), elsewhere))
    found = [HeatMap(_("All sites"), -1, _rows(problem, everything))] if len(sites) > 1 else []
    for index, stretches in sites.items():
        site = problem.sites[index]
        found.append(HeatMap(shown(site.title), index, _rows(problem, stretches)))
        if len(site.posts) > 1:
            found += [
                HeatMap(f"{shown(site.title)} / {shown(problem.posts[post].title)}", index, _rows(problem, posts[post]))
                for post in site.posts
            ]
    return found


def _stretches(problem: Problem, cover: Cover, post: int) -> list[_Stretch]:
    found = []
    for day in dates_of(problem):
        start, end = _within(problem, problem.zone.instant(day, 0), problem.zone.instant(day, DAY_MINUTES))
        found += [
            _Stretch(step.start, step.end, (step.present, step.needed, step.short))
            for step in cover.steps(post, start, end)
            if start < end
        ]
    return found


def _within(problem: Problem, start: int, end: int) -> Span:
    return max(start, problem.start), min(end, problem.end)


def _summed(places: Sequence[Sequence[_Stretch]]) -> list[_Stretch]:
    """Several places as one: people added up at every minute."""
    changes: dict[int, list[int]] = {}
    for stretch in (one for place in places for one in place):
        for instant, sign in ((stretch.start, 1), (stretch.end, -1)):
            change = changes.setdefault(instant, [0, 0, 0])
            for index, amount in enumerate(stretch.cell):
                change[index] += sign * amount
    edges = sorted(changes)
    level = [0, 0, 0]
    found = []
    for start, end in pairwise(edges):
        level = [value + change for value, change in zip(level, changes[start], strict=True)]
        found.append(_Stretch(start, end, (level[0], level[1], level[2])))
    return found


def _raised(stretches: Iterable[_Stretch], findings: Iterable[Finding]) -> Iterator[_Stretch]:
    """The stretches with at least as many people missing as gaps of the whole place say."""
    gaps = [(one.start or 0, one.end or 0, round((one.required or 0) - (one.actual or 0))) for one in findings]
    for stretch in stretches:
        edges = {stretch.start, stretch.end}
        for start, end, _short in gaps:
            edges.update(edge for edge in (start, end) if stretch.start < edge < stretch.end)
        cuts = sorted(edges)
        present, needed, short = stretch.cell
        for start, end in pairwise(cuts):
            wide = max((missing for opens, closes, missing in gaps if opens <= start < closes), default=0)
            yield _Stretch(start, end, (present, needed, max(short, wide)))


def _rows(problem: Problem, stretches: Sequence[_Stretch]) -> tuple[tuple[tuple[int, int, int, int], ...], ...]:
    hours = _by_hour(problem, stretches)
    return tuple(
        tuple(
            (len(list(run)), *cell) for cell, run in groupby(hours.get((day, hour), _CLOSED) for hour in range(_HOURS))
        )
        for day in dates_of(problem)
    )


def _by_hour(problem: Problem, stretches: Sequence[_Stretch]) -> Mapping[tuple[int, int], Cell]:
    """The worst minute of every hour: most people missing, then fewest present."""
    found: dict[tuple[int, int], Cell] = {}
    for stretch in stretches:
        instant = stretch.start
        while instant < stretch.end:
            day, clock = problem.zone.local(instant)
            key = (day, clock // 60)
            before = found.get(key)
            if before is None or (-stretch.cell[2], stretch.cell[0]) < (-before[2], before[0]):
                found[key] = stretch.cell
            instant += 60 - clock % 60
    return found
