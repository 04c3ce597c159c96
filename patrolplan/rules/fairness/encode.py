"""Distance from the fair share, for the solver: personal, because the share is a fixed number."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from patrolplan.model.person_model import Linear, PersonModel
from patrolplan.problem import Person, Problem, Rule
from patrolplan.rules.fairness.spec import Fairness, Kind, fair_shares, shared_posts
from patrolplan.units import COST_SCALE, weekday


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """One two-sided row for each kind of share."""
    spec = cast(Fairness, rule.spec)
    posts = shared_posts(problem, spec)
    for kind in spec.of:
        total = Linear()
        for stint in model.stints:
            is_past = stint.start < problem.start
            if not is_past and (not rule.binds(stint.start) or stint.start >= problem.counted_until):
                continue
            counted = _counted(problem, kind, stint.shift, stint.day, stint.end - stint.start)
            if not counted:
                continue
            if posts is None:
                total.add(stint.key, counted)
                continue
            for post, key in model.posts(stint):
                if post in posts:
                    total.add(key, counted)
        if posts is None:
            total.add(None, _before(problem.people[model.person], kind))
        share = _shares(problem, rule, kind)[model.person]
        model.bind_to(rule, total, share)


@lru_cache(maxsize=64)
def _shares(problem: Problem, rule: Rule, kind: Kind) -> dict[int, int]:
    return fair_shares(problem, rule, kind)


def _counted(problem: Problem, kind: Kind, shift: int | None, day: int, minutes: int) -> int:
    if kind == "hours":
        return minutes
    if kind == "nights":
        return COST_SCALE if shift is not None and problem.shifts[shift].night else 0
    return COST_SCALE * (day in problem.holidays if kind == "holidays" else weekday(day) in problem.weekend)


def _before(who: Person, kind: Kind) -> int:
    """What was served before and stands in no roster."""
    if kind == "hours":
        return who.counted.minutes
    duties = {"nights": who.counted.nights, "weekends": who.counted.weekend_duties, "holidays": who.counted.holidays}
    return COST_SCALE * duties[kind]
