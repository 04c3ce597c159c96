"""Teams for the solver: one that stays together chooses a shift for each date, people apart exclude each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, permutations
from typing import cast

from patrolplan.model.link_rows import LinkRow, LinkRows, LinkTerm
from patrolplan.model.variables import Turn
from patrolplan.problem import HeldDuty, Problem, Rule
from patrolplan.rules.teams.spec import Teams
from patrolplan.units import COST_SCALE


def link(problem: Problem, rule: Rule, links: LinkRows) -> None:
    """For every team and date: members on a shift that the team did not choose; or duties that may not overlap."""
    spec = cast(Teams, rule.spec)
    if spec.apart:
        _keep_apart(problem, rule, spec, links)
        return
    by_day: dict[int, list[int]] = {}
    for index, turn in enumerate(links.variables.turns):
        if rule.binds(turn.start):
            by_day.setdefault(turn.day, []).append(index)
    for turns in by_day.values():
        for team, members in _members(problem, rule, spec, links, turns).items():
            _bind_team(problem, rule, links, team, members)


def _members(
    problem: Problem, rule: Rule, spec: Teams, links: LinkRows, turns: list[int]
) -> dict[str, dict[int, list[int]]]:
    """Members of each team at each turn of a date."""
    found: dict[str, dict[int, list[int]]] = {}
    for index in turns:
        for person in sorted(rule.people):
            team = problem.people[person].team_at(links.variables.turns[index].start)
            if team and spec.keeps(team):
                found.setdefault(team, {}).setdefault(index, []).append(person)
    return found


def _bind_team(problem: Problem, rule: Rule, links: LinkRows, team: str, members: dict[int, list[int]]) -> None:
    held = _held(problem, rule, links, team, members)
    shifts = {links.variables.turns[index].shift for index in members} | set(held)
    if len(shifts) < 2:
        return
    options = sorted(shifts)
    choice = links.choice(len(options))
    price = COST_SCALE * (1 if rule.weight is None else rule.weight)
    by_shift = {links.variables.turns[index].shift: index for index in members}
    for alternative, shift in enumerate(options):
        people = members[by_shift[shift]] if shift in by_shift else []
        known = held.get(shift, 0)
        terms = (LinkTerm(links.mask(people), (links.variables.turn_key(by_shift[shift]),)),) if people else ()
        size = len(people) + known
        links.add(
            LinkRow(
                terms,
                None,
                -known,
                0,
                price,
                0 if rule.weight is None else rule.level,
                rule.id,
                choice=(choice, {alternative: -size}),
            )
        )


def _held(problem: Problem, rule: Rule, links: LinkRows, team: str, members: dict[int, list[int]]) -> dict[int, int]:
    """Known duties of the team's members on the date, by shift."""
    day = links.variables.turns[next(iter(members))].day
    found: dict[int, int] = {}
    for duty in problem.held:
        if (
            duty.day == day
            and duty.shift is not None
            and duty.kind == "duty"
            and duty.person in rule.people
            and rule.binds(duty.start)
            and problem.people[duty.person].team_at(duty.start) == team
        ):
            found[duty.shift] = found.get(duty.shift, 0) + 1
    return found


def _keep_apart(problem: Problem, rule: Rule, spec: Teams, links: LinkRows) -> None:
    """Rows for every list of people and every two turns that overlap, or the same, at one place."""
    lists = [[problem.person_index[name] for name in names if name in problem.person_index] for names in spec.apart]
    named = {person for people in lists for person in people}
    held = [duty for duty in problem.held if duty.kind == "duty" and duty.person in named and rule.binds(duty.start)]
    for posts in _places(problem, spec.within):
        slots = {turn: keys for turn, keys in enumerate(_slots_at(problem, rule, links, posts)) if keys}
        near = [duty for duty in held if spec.within == "operation" or duty.post in posts]
        for people in map(frozenset, lists):
            _bind_apart(rule, links, people, slots)
            _bind_to_held(problem, rule, links, people, slots, near)


def _places(problem: Problem, within: str) -> list[frozenset[int]]:
    """Posts at which people meet."""
    everywhere = frozenset(range(len(problem.posts)))
    if within == "operation":
        return [everywhere]
    if within == "post":
        return [frozenset({post}) for post in everywhere]
    return [frozenset(site.posts) for site in problem.sites]


def _slots_at(problem: Problem, rule: Rule, links: LinkRows, posts: frozenset[int]) -> list[tuple[int, ...]]:
    """Slots of each turn at some posts."""
    return [
        tuple(key for key in keys if problem.slots[key].post in posts and not problem.slots[key].training)
        if rule.binds(turn.start)
        else ()
        for turn, keys in zip(links.variables.turns, links.variables.slots_of_turn, strict=True)
    ]


def _bind_apart(rule: Rule, links: LinkRows, people: frozenset[int], slots: dict[int, tuple[int, ...]]) -> None:
    """In one turn of n people, n - 1 rows count the pairs: 1 over one, 2 over two, and so on."""
    for keys in slots.values():
        for most in range(1, len(people)):
            _limit(rule, links, (LinkTerm(links.mask(people), keys),), most)
    for one, other in _overlapping(links.variables.turns, list(slots)):
        for first, second in permutations(sorted(people), 2):
            terms = (LinkTerm(links.mask({first}), slots[one]), LinkTerm(links.mask({second}), slots[other]))
            _limit(rule, links, terms, 1)


def _overlapping(turns: Sequence[Turn], order: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Every two of some turns, given in order of time, that overlap."""
    for position, one in enumerate(order):
        for other in islice(order, position + 1, None):
            if turns[other].start >= turns[one].end:
                break
            yield one, other


def _bind_to_held(
    problem: Problem,
    rule: Rule,
    links: LinkRows,
    people: frozenset[int],
    slots: dict[int, tuple[int, ...]],
    held: list[HeldDuty],
) -> None:
    """Duties that are given already: whoever joins them pays for each."""
    turns = links.variables.turns
    for turn, keys in slots.items():
        for person in sorted(people):
            met = sum(
                duty.person in people - {person} and duty.start < turns[turn].end and duty.end > turns[turn].start
                for duty in held
            )
            if met:
                _limit(rule, links, (LinkTerm(links.mask({person}), keys),), 0, met)


def _limit(rule: Rule, links: LinkRows, terms: tuple[LinkTerm, ...], most: int, times: int = 1) -> None:
    price = COST_SCALE * (1 if rule.weight is None else rule.weight) * times
    links.add(LinkRow(terms, None, most, 0, price, 0 if rule.weight is None else rule.level, rule.id))
