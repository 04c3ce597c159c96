"""Pinned duties, for the solver."""

from __future__ import annotations

from typing import cast

from patrolplan.model.person_model import Linear, PersonModel
from patrolplan.problem import Problem, Rule
from patrolplan.rules.pins.spec import Pin, Pins


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """One row for each entry that names the person and a date that is planned."""
    planned = {turn.day for turn in model.variables.turns}
    for pin in cast(Pins, rule.spec).entries:
        if pin.person != problem.people[model.person].id or pin.date not in planned:
            continue
        total = _matching(problem, pin, model)
        if pin.on:
            model.bind(rule, total, lower=1)
        elif total.constant or not total.terms:
            continue
        elif rule.weight is None or model.one_a_day:
            model.bind(rule, total, upper=0)
        else:
            found = Linear()
            found.add(model.derive(total.terms))
            model.bind(rule, found, upper=0)


def _matching(problem: Problem, pin: Pin, model: PersonModel) -> Linear:
    """How many duties of the person are meant by a pin."""
    total = Linear()
    for stint in model.stints:
        if stint.day != pin.date or (pin.shift and stint.shift != problem.shift_index[pin.shift]):
            continue
        if pin.post is None:
            total.add(stint.key)
            continue
        for post, key in model.posts(stint):
            if pin.post in (problem.posts[post].key, problem.posts[post].name):
                total.add(key)
    return total
