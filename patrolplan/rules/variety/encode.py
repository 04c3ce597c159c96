"""Duties in a row at one place, for the solver."""

from __future__ import annotations

from typing import cast

from patrolplan.model.chains import BREAK
from patrolplan.model.person_model import PersonModel
from patrolplan.problem import Problem, Rule
from patrolplan.rules.variety.spec import Variety


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """One chain of all duties that the rule sees, labelled by their place."""
    spec = cast(Variety, rule.spec)
    labels = _labels(problem, spec)
    links: list[tuple[int, int, int | None, int]] = []
    for stint in model.stints:
        if rule.binds(stint.start):
            places: list[tuple[int | None, int | None]] = [*model.posts(stint)] or [(None, None)]
            links += [
                (stint.start, stint.end, key, BREAK if post is None else labels.get(post, BREAK))
                for post, key in places
            ]
    model.chain(rule, links, spec.max)


def _labels(problem: Problem, spec: Variety) -> dict[int, int]:
    """What makes two posts the same place, for the posts whose runs count."""
    chosen = set(spec.at)
    for group in chosen & set(problem.groups):
        chosen.update(problem.sites[site].name for site in problem.groups[group])
    return {
        index: index if spec.of == "post" else post.site
        for index, post in enumerate(problem.posts)
        if not chosen or {post.key, post.name, problem.sites[post.site].name} & chosen
    }
