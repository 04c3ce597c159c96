"""Worked weekends, for the solver."""

from __future__ import annotations

from typing import cast

from patrolplan.model.person_model import Linear, PersonModel
from patrolplan.problem import Problem, Rule
from patrolplan.rules.weekends.spec import Weekends
from patrolplan.units import weekday


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """One row for each period, and one for each whole weekend."""
    spec = cast(Weekends, rule.spec)
    worked = model.on_days([stint for stint in model.stints if rule.binds(stint.start)])
    weekends = _weekends(problem, min([problem.first_day, *worked]))
    if spec.max is not None:
        begun = {weekend: _any(model, worked, weekend) for weekend in weekends}
        for first, last in spec.max.period.groups(problem.first_day, problem.last_day, problem.week_starts):
            total = Linear()
            for weekend, expression in begun.items():
                if first <= _anchor(problem, weekend) <= last:
                    total.include(expression)
            if spec.max.period.kind == "operation" and rule.during is None:
                total.add(None, problem.people[model.person].counted.weekends)
            model.bind(rule, total, upper=spec.max.count)
    if spec.complete:
        for weekend in weekends:
            if _is_judged(problem, rule, weekend):
                missing = Linear()
                missing.include(_any(model, worked, weekend), len(weekend))
                for day in weekend:
                    missing.include(worked.get(day, Linear()), -1)
                model.bind(rule, missing, upper=0)


def _weekends(problem: Problem, first: int) -> list[tuple[int, ...]]:
    """Runs of weekend dates that touch the operation or the history; runs at the ends are completed."""
    found: list[tuple[int, ...]] = []
    day = first - 7
    while day <= problem.last_day:
        run: list[int] = []
        while weekday(day) in problem.weekend and len(run) < 7:
            run.append(day)
            day += 1
        if run and run[-1] >= first:
            found.append(tuple(run))
        day += not run
    return found


def _is_judged(problem: Problem, rule: Rule, weekend: tuple[int, ...]) -> bool:
    """Whether a weekend lies wholly in the operation and in the time in which the rule binds."""
    if weekend[0] < problem.first_day or weekend[-1] > problem.last_day:
        return False
    return all(rule.binds(problem.zone.instant(day, problem.day_starts)) for day in weekend)


def _anchor(problem: Problem, weekend: tuple[int, ...]) -> int:
    """The date by which a weekend belongs to a period."""
    return max(weekend[0], problem.first_day) if weekend[-1] >= problem.first_day else weekend[0]


def _any(model: PersonModel, worked: dict[int, Linear], weekend: tuple[int, ...]) -> Linear:
    """Whether any date of a weekend is worked, as a yes or no."""
    days = [worked[day] for day in weekend if day in worked]
    if any(day.constant for day in days):
        return Linear(constant=1)
    keys = [key for day in days for key in day.terms]
    expression = Linear()
    if len(keys) == 1:
        expression.add(keys[0])
    elif keys:
        expression.add(model.derive(keys))
    return expression
