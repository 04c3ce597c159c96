"""Teams kept together, for the solver: each team chooses one shift for each date."""

from __future__ import annotations

from typing import cast

from patrolplan.model.link_rows import LinkRow, LinkRows, LinkTerm
from patrolplan.problem import Problem, Rule
from patrolplan.rules.teams.spec import Teams
from patrolplan.units import COST_SCALE


def link(problem: Problem, rule: Rule, links: LinkRows) -> None:
    """For every team and date: members on a shift that the team did not choose."""
    spec = cast(Teams, rule.spec)
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
            if team and (not spec.only or team in spec.only):
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
