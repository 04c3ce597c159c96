"""Few different people at a site, for the solver: who serves there at all in a period."""

from __future__ import annotations

from typing import cast

from patrolplan.model.link_rows import LinkRow, LinkRows, LinkTerm
from patrolplan.problem import Problem, Rule
from patrolplan.rules.continuity.spec import Continuity
from patrolplan.units import COST_SCALE


def link(problem: Problem, rule: Rule, links: LinkRows) -> None:
    """One row for each place and period, over the people who are not known to have served there in it."""
    spec = cast(Continuity, rule.spec)
    for posts in _places(problem, spec):
        slots = [
            key
            for key, slot in enumerate(problem.slots)
            if slot.post in posts and rule.binds(slot.start) and not slot.training
        ]
        known = [
            duty
            for duty in (*problem.history, *problem.held)
            if duty.kind == "duty" and duty.post in posts and duty.person in rule.people and rule.binds(duty.start)
        ]
        for first, last in spec.max.period.groups(problem.first_day, problem.last_day, problem.week_starts):
            keys = [key for key in slots if first <= problem.slots[key].day <= last]
            served = {duty.person for duty in known if first <= duty.day <= last}
            limit = max(0, spec.max.count - len(served))
            if keys and limit < len(rule.people - served):
                links.add(
                    LinkRow(
                        (LinkTerm(links.mask(rule.people - served), (links.variables.derive(keys),)),),
                        None,
                        limit,
                        0,
                        COST_SCALE * (1 if rule.weight is None else rule.weight),
                        0 if rule.weight is None else rule.level,
                        rule.id,
                    )
                )


def _places(problem: Problem, spec: Continuity) -> list[set[int]]:
    """Posts that count together, for each place."""
    if not spec.at:
        return [set(site.posts) for site in problem.sites]
    found = []
    for name in spec.at:
        sites = {index for index, site in enumerate(problem.sites) if site.name == name}
        sites.update(problem.groups.get(name, ()))
        found.append(
            {index for index, post in enumerate(problem.posts) if post.site in sites or name in (post.key, post.name)}
        )
    return found
