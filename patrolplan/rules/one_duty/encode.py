"""One duty at a time, for the solver."""

from __future__ import annotations

from typing import cast

from patrolplan.model.person_model import Linear, PersonModel, Row, Stint
from patrolplan.problem import Problem, Rule
from patrolplan.rules.one_duty.spec import OneDuty


def open_options(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """Say whether a date has at most one duty, before other rules count dates."""
    if cast(OneDuty, rule.spec).per_day == 1:
        model.one_a_day = True


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """No overlap, so many duties a date, no standby on duty, time to change sites."""
    spec = cast(OneDuty, rule.spec)
    stints = model.stints
    model.exclude(rule, stints, lambda earlier, later: later.start < earlier.end, 0)
    by_day: dict[int, list[Stint]] = {}
    for stint in stints:
        by_day.setdefault(stint.day, []).append(stint)
    for found in by_day.values():
        if len(found) > spec.per_day:
            count = Linear()
            for stint in found:
                count.add(stint.key)
            model.bind(rule, count, upper=spec.per_day)
    _standby(rule, model)
    if len(problem.sites) > 1:
        _travel(problem, rule, spec, model)


def _standby(rule: Rule, model: PersonModel) -> None:
    """Standby overlaps neither duty nor other standby."""
    standbys = model.standbys
    model.exclude(rule, standbys, lambda earlier, later: later.start < earlier.end, 0)
    for call in standbys:
        for stint in model.stints:
            if call.key is None and stint.key is None:
                continue
            if stint.start < call.end and call.start < stint.end:
                if call.key is None or stint.key is None:
                    key = call.key if stint.key is None else stint.key
                    assert key is not None
                    model.rows.append(Row((key,), (1,), None, 0, None, rule.level, rule.id))
                else:
                    model.at_most_one(rule, (call.key, stint.key))


def _travel(problem: Problem, rule: Rule, spec: OneDuty, model: PersonModel) -> None:
    """Consecutive duties at different sites leave time to travel."""
    furthest = max(spec.travel, max(problem.travel.values(), default=0))
    stints = model.stints
    for position, later in enumerate(stints):
        for index in range(position - 1, -1, -1):
            earlier = stints[index]
            pause = later.start - earlier.end
            if later.start - earlier.start > furthest + 7 * 1440:
                break
            if 0 <= pause < furthest:
                between = [
                    stint for stint in stints[index + 1 : position] if stint.start > earlier.start or stint.key is None
                ]
                _separate(problem, rule, spec, model, earlier, later, between, pause)


def _separate(
    problem: Problem,
    rule: Rule,
    spec: OneDuty,
    model: PersonModel,
    earlier: Stint,
    later: Stint,
    between: list[Stint],
    pause: int,
) -> None:
    """From each site of the earlier stint, sites of the later one that are too far, unless a duty lies between."""
    sites: dict[int, list[tuple[int, int | None]]] = {}
    for post, key in model.posts(earlier):
        sites.setdefault(problem.posts[post].site, []).append((post, key))
    for here in sites.values():
        first = here[0][0]
        far = [
            key
            for post, key in model.posts(later)
            if problem.posts[post].site != problem.posts[first].site
            and (problem.travel_between(first, post) or spec.travel) > pause
        ]
        if far:
            pair = Linear()
            for _, key in here:
                pair.add(key)
            for key in far:
                pair.add(key)
            for stint in between:
                pair.add(stint.key, -1)
            model.bind(rule, pair, upper=1)
