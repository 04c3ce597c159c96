"""Wishes, for the solver."""

from __future__ import annotations

from typing import cast

from patrolplan.model.person_model import Linear, PersonModel
from patrolplan.problem import Problem, Rule
from patrolplan.rules.requests.spec import Request, Requests
from patrolplan.units import COST_SCALE


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """One row for each date of each wish of the person that can be planned."""
    planned = {turn.day for turn in model.variables.turns}
    for wish in cast(Requests, rule.spec).entries:
        if wish.person != problem.people[model.person].id:
            continue
        wished = {day for first, last in wish.dates for day in range(first, last + 1)}
        for day in sorted(wished & planned):
            _bind(problem, rule, model, wish, day)


def _bind(problem: Problem, rule: Rule, model: PersonModel, wish: Request, day: int) -> None:
    keys = _matching(problem, rule, wish, day, model)
    known = any(key is None for key in keys)
    granted = Linear(constant=int(known))
    free = [key for key in keys if key is not None]
    if not known and len(free) == 1:
        granted.add(free[0])
    elif not known and free:
        granted.add(model.derive(free))
    unit = COST_SCALE * wish.weight
    if wish.on and rule.binds(problem.zone.instant(day, problem.day_starts)):
        model.bind(rule, granted, lower=1, unit=unit)
    elif not wish.on:
        model.bind(rule, granted, upper=0, unit=unit)


def _matching(problem: Problem, rule: Rule, wish: Request, day: int, model: PersonModel) -> list[int | None]:
    """Keys of the duties that a wish means; None for one that is known."""
    found: list[int | None] = []
    for stint in model.stints:
        if stint.day != day or not rule.binds(stint.start):
            continue
        if wish.shift and stint.shift != problem.shift_index[wish.shift]:
            continue
        if wish.post is None:
            found.append(stint.key)
        else:
            names = ((problem.posts[post], key) for post, key in model.posts(stint))
            found += [key for post, key in names if wish.post in (post.key, post.name)]
    return found
