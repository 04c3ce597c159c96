"""Learning a site before counting there, for the solver: duties beyond the cover come first."""

from __future__ import annotations

from typing import cast

from patrolplan.model.link_rows import LinkRow, LinkRows, LinkTerm
from patrolplan.model.person_model import Linear, PersonModel
from patrolplan.problem import Problem, Rule
from patrolplan.rules.induction.spec import Induction
from patrolplan.units import COST_SCALE

Moment = tuple[int, int]
"""Start and end."""


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """At each site, rows that let each duty come after enough was shadowed, and one that lets no more be shadowed."""
    asked = cast(Induction, rule.spec).duties
    for site in sorted(_sites(problem, rule)):
        known, shadowed, duties = _given(problem, model.person, site)
        duties = [one for one in duties if rule.binds(one[0])]
        learning: list[tuple[Moment, int]] = []
        counting: dict[Moment, list[int]] = {one: [] for one in duties}
        for stint in model.stints:
            for post, key in model.posts(stint):
                if key is None or problem.posts[post].site != site:
                    continue
                if problem.slots[key].training:
                    learning.append(((stint.start, stint.end), key))
                elif rule.binds(stint.start):
                    counting.setdefault((stint.start, stint.end), []).append(key)
        for moment, keys in counting.items():
            early = Linear(dict.fromkeys(keys, asked), asked * duties.count(moment) - known)
            for other, key in learning:
                if other < moment:
                    early.add(key, -1)
            early.constant -= sum(other < moment for other in shadowed)
            model.bind(rule, early, upper=0)
        total = Linear(dict.fromkeys((key for _, key in learning), 1), len(shadowed))
        model.bind(rule, total, upper=max(0, asked - known))


def _given(problem: Problem, person: int, site: int) -> tuple[int, list[Moment], list[Moment]]:
    """Number of past duties at a site, and what is known to be shadowed and served there in the operation."""
    here = [
        duty
        for duty in problem.given.get(person, ())
        if duty.kind != "standby" and duty.post is not None and problem.posts[duty.post].site == site
    ]
    inside = [duty for duty in here if duty.start >= problem.start]
    return (
        len(here) - len(inside),
        [(duty.start, duty.end) for duty in inside if duty.kind == "training"],
        [(duty.start, duty.end) for duty in inside if duty.kind != "training"],
    )


def _sites(problem: Problem, rule: Rule) -> set[int]:
    names = cast(Induction, rule.spec).at
    return {index for index, site in enumerate(problem.sites) if not names or site.name in names}


def link(problem: Problem, rule: Rule, links: LinkRows) -> None:
    """At every post and shift no more people learn than there are to learn from."""
    sites = _sites(problem, rule)
    slots = {(slot.day, slot.shift, slot.post): key for key, slot in enumerate(problem.slots) if not slot.training}
    everybody = links.mask(range(len(problem.people)))
    learners = links.mask(rule.people)
    for key, slot in enumerate(problem.slots):
        if not slot.training or problem.posts[slot.post].site not in sites or not rule.binds(slot.start):
            continue
        where = (slot.day, slot.shift, slot.post)
        here = [duty for duty in problem.held if (duty.day, duty.shift, duty.post) == where]
        known = sum(duty.kind == "duty" for duty in here)
        known -= sum(duty.kind == "training" and duty.person in rule.people for duty in here)
        links.add(
            LinkRow(
                (LinkTerm(learners, (key,)), LinkTerm(everybody, (slots[where],), -1)),
                None,
                known,
                0,
                COST_SCALE * (1 if rule.weight is None else rule.weight),
                0 if rule.weight is None else rule.level,
                rule.id,
            )
        )
