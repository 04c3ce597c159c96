"""Command, for the solver: rows over the slots that people in charge may hold."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from patrolplan.model.link_rows import LinkRow, LinkRows, LinkTerm, Piece
from patrolplan.problem import Problem, Rule
from patrolplan.rules.command.spec import Command
from patrolplan.units import COST_SCALE, Span


def link(problem: Problem, rule: Rule, links: LinkRows) -> None:
    """Rows for every stretch of time in which somebody must be in charge."""
    spec = cast(Command, rule.spec)
    posts = _posts(problem, spec)
    for start, end in _spans(problem, rule, spec):
        for piece in _pieces(links, posts, start, end, problem.window[1]):
            by_mask: dict[int, list[int]] = {}
            for key in piece.keys:
                people = _in_charge(problem, rule, spec, problem.slots[key].end)
                by_mask.setdefault(links.mask(people), []).append(key)
            known = {duty.person for duty in piece.known if duty.person in _in_charge(problem, rule, spec, duty.end)}
            hard = rule.weight is None
            links.add(
                LinkRow(
                    tuple(LinkTerm(mask, tuple(keys)) for mask, keys in by_mask.items()),
                    spec.count - len(known),
                    None,
                    COST_SCALE if rule.weight is None else rule.weight * piece.minutes,
                    0,
                    0 if hard else rule.level,
                    rule.id,
                )
            )


def _pieces(links: LinkRows, posts: list[int], start: int, end: int, window_end: int) -> Iterator[Piece]:
    """Pieces within the planned time, and those after it into which something planned runs on."""
    yield from links.pieces(posts, start, min(end, window_end))
    yield from (piece for piece in links.pieces(posts, max(start, window_end), end) if piece.keys)


def _in_charge(problem: Problem, rule: Rule, spec: Command, end: int) -> frozenset[int]:
    return _people(problem, rule, spec.rank, spec.qualification, problem.last_date(end))


@lru_cache(maxsize=1024)
def _people(problem: Problem, rule: Rule, rank: str | None, qualification: str | None, last: int) -> frozenset[int]:
    """People of the rank or above, or with the qualification, among those whom the rule means."""
    least = problem.ranks.index(rank) if rank else None
    found = set()
    for index in rule.people:
        who = problem.people[index]
        by_rank = least is not None and who.rank is not None and who.rank >= least
        if by_rank or (qualification is not None and who.holds(qualification, last)):
            found.add(index)
    return frozenset(found)


def _posts(problem: Problem, spec: Command) -> list[int]:
    names = set(spec.at)
    sites = {site for group, members in problem.groups.items() if group in names for site in members}
    sites |= {index for index, site in enumerate(problem.sites) if site.name in names}
    return [
        index
        for index, post in enumerate(problem.posts)
        if not names or post.site in sites or post.key in names or post.name in names
    ]


def _spans(problem: Problem, rule: Rule, spec: Command) -> list[Span]:
    """The rule's time in the horizon, from where it is planned, cut to its clock window."""
    start, end = max(problem.start, problem.window[0]), problem.end
    inside = [
        (max(start, opens), min(end, closes))
        for opens, closes in (rule.during or ((start, end),))
        if opens < end and closes > start
    ]
    if spec.between is None:
        return inside
    opens, closes = spec.between
    daily = [
        (problem.zone.instant(day, opens), problem.zone.instant(day, closes + (1440 if closes <= opens else 0)))
        for day in range(problem.first_day - 1, problem.last_day + 2)
    ]
    return [
        (max(one[0], two[0]), min(one[1], two[1]))
        for one in inside
        for two in daily
        if max(one[0], two[0]) < min(one[1], two[1])
    ]
