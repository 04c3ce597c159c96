"""Hours of duty in a period, for the solver."""

from __future__ import annotations

from typing import cast

from patrolplan.model.person_model import Linear, PersonModel
from patrolplan.problem import Problem, Rule
from patrolplan.rules.hours.spec import Hours


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """One row for each period and side."""
    spec = cast(Hours, rule.spec)
    for rate, upper in ((spec.max, True), (spec.min, False)):
        if rate is None:
            continue
        for first, last in rate.period.groups(problem.first_day, problem.last_day, problem.week_starts):
            total = _minutes(rule, spec, model, first, last)
            if rate.period.kind == "operation" and rule.during is None:
                total.add(None, problem.people[model.person].counted.minutes)
            if upper:
                model.bind(rule, total, upper=rate.minutes, unit=1)
            elif rate.period.kind == "operation" or _is_whole(problem, rule, first, last):
                model.bind(rule, total, lower=rate.minutes, unit=1)


def _minutes(rule: Rule, spec: Hours, model: PersonModel, first: int, last: int) -> Linear:
    """Minutes of duty, and the counted part of standby, that start on some dates."""
    total = Linear()
    for stint in model.stints:
        if first <= stint.day <= last and rule.binds(stint.start):
            total.add(stint.key, stint.end - stint.start)
    factor = model.problem.people[model.person].standby
    if factor is None:
        factor = spec.standby
    if factor:
        for call in model.standbys:
            if first <= call.day <= last and rule.binds(call.start):
                total.add(call.key, (call.end - call.start) * factor // 100)
    return total


def _is_whole(problem: Problem, rule: Rule, first: int, last: int) -> bool:
    """Whether a period lies in the operation and in the rule's time, so that a minimum can be asked of it."""
    if first < problem.first_day or last > problem.last_day:
        return False
    return all(rule.binds(problem.zone.instant(day, problem.day_starts)) for day in range(first, last + 1))
