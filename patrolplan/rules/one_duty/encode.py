"""One duty at a time, for the solver."""

from __future__ import annotations

from typing import cast

from patrolplan.model.person_model import Linear, PersonModel, Row, Stint
from patrolplan.problem import Problem, Rule
from patrolplan.rules.one_duty.spec import OneDuty


def open_options(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """Say whether a date has at most one duty, before other rules count dates."""
    if cast(OneDuty, rule.spec).per_day == 1 and not problem.people[model.person].double:
        model.one_a_day = True


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """No overlap, so many duties a date, no standby on duty, time to change sites."""
    spec = cast(OneDuty, rule.spec)
    stints = model.stints
    model.exclude(rule, stints, lambda earlier, later: later.start < earlier.end, 0)
    by_day: dict[int, list[Stint]] = {}
    for stint in stints:
        by_day.setdefault(stint.day, []).append(stint)
    longest = problem.people[model.person].double
    for found in by_day.values():
        if len(found) > spec.per_day:
            if longest:
                _bind_starts(rule, model, found, spec.per_day, longest)
                continue
            count = Linear()
            for stint in found:
                count.add(stint.key)
            model.bind(rule, count, upper=spec.per_day)
    if longest:
        _no_third(rule, model)
    _standby(rule, model)
    if len(problem.sites) > 1:
        _travel(problem, rule, spec, model)


def _bind_starts(rule: Rule, model: PersonModel, stints: list[Stint], most: int, longest: int) -> None:
    """So many starts on a date at most, of which the two stints of a double are one."""

    def is_double(earlier: Stint, later: Stint) -> bool:
        return earlier.end == later.start and later.end - earlier.start <= longest

    pairs = [(one, two) for one in stints for two in stints if one is not two and is_double(one, two)]
    given = sum(stint.key is None for stint in stints) - sum(one.key is None and two.key is None for one, two in pairs)
    if most == 1 and given <= 1:
        span = stints[-1].start - stints[0].start + 1
        model.exclude(rule, stints, lambda earlier, later: not is_double(earlier, later), span)
        return
    count = Linear()
    for stint in stints:
        count.add(stint.key)
    for one, two in pairs:
        if one.key is not None and two.key is not None:
            count.add(model.derive((one.key, two.key)))
            count.add(one.key, -1)
            count.add(two.key, -1)
        else:
            count.add(two.key if one.key is None else one.key, -1)
    model.bind(rule, count, upper=max(most, given))


def _no_third(rule: Rule, model: PersonModel) -> None:
    """Around each stint, not both one that ends when it starts and one that starts when it ends."""
    ending: dict[int, list[Stint]] = {}
    starting: dict[int, list[Stint]] = {}
    for stint in model.stints:
        ending.setdefault(stint.end, []).append(stint)
        starting.setdefault(stint.start, []).append(stint)
    for stint in model.stints:
        before, after = ending.get(stint.start, []), starting.get(stint.end, [])
        if before and after:
            row = Linear()
            row.add(stint.key)
            for side in (before, after):
                row.constant += any(one.key is None for one in side)
                for one in side:
                    if one.key is not None:
                        row.add(one.key)
            model.bind(rule, row, upper=2)


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
