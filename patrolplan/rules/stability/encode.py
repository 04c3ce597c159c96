"""Changes to the published roster, for the solver."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from patrolplan.model.person_model import Linear, PersonModel
from patrolplan.problem import HeldDuty, Problem, Rule
from patrolplan.rules.stability.spec import Stability
from patrolplan.units import COST_SCALE


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """One row for each published duty, and one over all other duties of the same price."""
    if not problem.published:
        return
    prices = _Prices(problem, rule, model.person)
    published = [duty for duty in problem.published_by_person.get(model.person, ()) if duty.kind == "duty"]
    kept: set[int] = set()
    for duty in published:
        keys = _same(problem, rule, model, duty)
        kept.update(keys)
        if keys and _is_planned(problem, duty) and rule.binds(duty.start):
            hard, unit = prices.of(duty.start)
            model.bind(hard, Linear(dict.fromkeys(keys, 1)), lower=1, unit=unit)
    added: dict[tuple[bool, int], tuple[Rule, Linear]] = {}
    for stint in model.stints:
        if stint.key is None or not rule.binds(stint.start):
            continue
        priced, unit = prices.of(stint.start)
        _, row = added.setdefault((priced is rule, unit), (priced, Linear()))
        for _, key in model.posts(stint):
            if key is not None and key not in kept and not problem.slots[key].training:
                row.add(key)
    for (_, unit), (priced, row) in added.items():
        model.bind(priced, row, upper=0, unit=unit)


class _Prices:
    """Which rule, the frozen or the written one, binds a change and in which unit."""

    def __init__(self, problem: Problem, rule: Rule, person: int) -> None:
        spec = cast(Stability, rule.spec)
        self.rule, self.frozen = rule, replace(rule, weight=None)
        self.factor = spec.notice
        self.freezes_until = -1
        now = problem.start
        if spec.frozen_until is not None:
            day, clock = spec.frozen_until
            now = self.freezes_until = problem.zone.instant(day, problem.day_starts if clock is None else clock)
        self.notice_until = now + problem.people[person].notice

    def of(self, start: int) -> tuple[Rule, int]:
        """For a duty that starts at an instant."""
        if start < self.freezes_until:
            return self.frozen, COST_SCALE
        return self.rule, COST_SCALE * (self.factor if start < self.notice_until else 1)


def _same(problem: Problem, rule: Rule, model: PersonModel, duty: HeldDuty) -> list[int]:
    """Keys of the slots that are the same duty as a published one."""
    if duty.shift is None or duty.post is None:
        return []
    posts = {duty.post}
    if not cast(Stability, rule.spec).posts:
        posts = {index for index, post in enumerate(problem.posts) if post.site == problem.posts[duty.post].site}
    return [
        key
        for stint in model.stints
        if stint.day == duty.day and stint.shift == duty.shift and rule.binds(stint.start)
        for post, key in model.posts(stint)
        if post in posts and key is not None and not problem.slots[key].training
    ]


def _is_planned(problem: Problem, duty: HeldDuty) -> bool:
    return max(problem.start, problem.window[0]) <= duty.start < min(problem.end, problem.window[1])
