"""Number of duties in a period, for the solver."""

from __future__ import annotations

from typing import cast

from patrolplan.model.person_model import Linear, PersonModel
from patrolplan.problem import Problem, Rule
from patrolplan.rules.duties.spec import Duties


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """One row for each period and side."""
    spec = cast(Duties, rule.spec)
    counted = _counted(problem, rule, spec, model)
    for rate, upper in ((spec.max, True), (spec.min, False)):
        if rate is None:
            continue
        for first, last in rate.period.groups(problem.first_day, problem.last_day, problem.week_starts):
            total = Linear()
            for day, key in counted:
                if first <= day <= last:
                    total.add(key)
            if _is_any(spec) and rate.period.kind == "operation" and rule.during is None:
                total.add(None, problem.people[model.person].counted.duties)
            if upper:
                model.bind(rule, total, upper=rate.count)
            elif rate.period.kind == "operation" or _is_whole(problem, rule, first, last):
                model.bind(rule, total, lower=rate.count)


def _is_any(spec: Duties) -> bool:
    """Whether every duty counts, so that those known as a number alone do, too."""
    return not spec.shifts and not spec.at


def _is_whole(problem: Problem, rule: Rule, first: int, last: int) -> bool:
    """Whether a period lies in the operation and in the rule's time, so that a minimum can be asked of it."""
    if first < problem.first_day or last > problem.last_day:
        return False
    return all(rule.binds(problem.zone.instant(day, problem.day_starts)) for day in range(first, last + 1))


def _counted(problem: Problem, rule: Rule, spec: Duties, model: PersonModel) -> list[tuple[int, int | None]]:
    """Date and key of everything that counts."""
    shifts = {problem.shift_index[name] for name in spec.shifts}
    posts = _posts(problem, spec)
    found: list[tuple[int, int | None]] = []
    for stint in model.stints:
        if not rule.binds(stint.start) or (shifts and stint.shift not in shifts):
            continue
        if posts is None:
            found.append((stint.day, stint.key))
        else:
            found += [(stint.day, key) for post, key in model.posts(stint) if post in posts]
    return found


def _posts(problem: Problem, spec: Duties) -> set[int] | None:
    """Posts of the places named, or None for all."""
    if not spec.at:
        return None
    names = set(spec.at)
    sites = {site for group, members in problem.groups.items() if group in names for site in members}
    sites |= {index for index, site in enumerate(problem.sites) if site.name in names}
    return {
        index
        for index, post in enumerate(problem.posts)
        if post.site in sites or post.key in names or post.name in names
    }
