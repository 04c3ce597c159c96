"""Whether duties of one person overlap, are too many on a date or in a row, or leave too little time to travel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.one_duty.spec import OneDuty
from patrolplan.rules.verdict import count_text, is_past, violation
from patrolplan.units import COST_SCALE, duration_text

REASON = later("on duty elsewhere")
TRAVEL_REASON = later("on the way between sites")


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """Overlaps, duties too many on a date or in a row (PP202), and travel time that is too short (PP203)."""
    ordered = sorted(duties, key=lambda duty: (duty.start, duty.end))
    real = [duty for duty in ordered if not duty.on_call]
    yield from _overlaps(problem, rule, person, ordered)
    yield from _in_two_places(problem, rule, person, ordered)
    yield from _crowded_dates(problem, rule, person, real)
    yield from _three_in_a_row(problem, rule, person, real)
    yield from _hurried(problem, rule, person, real)
    yield from _hurried_within(problem, rule, person, real)


def _overlaps(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    running: list[Duty] = []
    for duty in duties:
        running = [earlier for earlier in running if earlier.end > duty.start]
        if not is_past(problem, duty) and rule.binds(duty.start):
            for earlier in running:
                yield _overlap(problem, rule, person, earlier, duty)
        running.append(duty)


def _overlap(problem: Problem, rule: Rule, person: int, earlier: Duty, duty: Duty) -> Finding:
    end = min(earlier.end, duty.end)
    return violation(
        problem,
        rule,
        "PP202",
        _("{duty} from {start} overlaps the {earlier} of {when} by {time}").format(
            duty=_noun(duty),
            start=problem.zone.moment_text(duty.start),
            earlier=_noun(earlier),
            when=problem.zone.span_text(earlier.start, earlier.end),
            time=duration_text(end - duty.start),
        ),
        amount=COST_SCALE,
        person=person,
        duty=duty,
        span=(duty.start, end),
        actual=(end - duty.start) / 60,
        required=0,
        unit="h",
    )


def _in_two_places(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """Stretches of one duty that run at the same time."""
    for duty in duties:
        stretches = sorted(duty.stretches, key=lambda stretch: (stretch.start, stretch.end))
        if is_past(problem, duty) or not rule.binds(duty.start):
            continue
        for earlier, after in pairwise(stretches):
            end = min(earlier.end, after.end)
            if end > after.start:
                yield violation(
                    problem,
                    rule,
                    "PP202",
                    _("in two places at once {when}: {where} and {other}").format(
                        when=problem.zone.span_text(after.start, end),
                        where=_where(problem, earlier.post),
                        other=_where(problem, after.post),
                    ),
                    amount=COST_SCALE,
                    person=person,
                    duty=duty,
                    span=(after.start, end),
                    actual=(end - after.start) / 60,
                    required=0,
                    unit="h",
                )


def _where(problem: Problem, post: int | None) -> str:
    return problem.posts[post].key if post is not None else _("no post")


def _noun(duty: Duty) -> str:
    return _("standby") if duty.on_call else _("duty")


def _crowded_dates(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    most, longest = cast(OneDuty, rule.spec).per_day, problem.people[person].double
    by_day: dict[int, list[Duty]] = defaultdict(list)
    for duty in duties:
        if rule.binds(duty.start):
            by_day[duty.day].append(duty)
    for day, starting in by_day.items():
        allowed = max(most, _starts([duty for duty in starting if is_past(problem, duty)], longest))
        count = _starts(starting, longest)
        if count > allowed:
            doubled = _(", a double counted as one,") if count < len(starting) else ""
            yield violation(
                problem,
                rule,
                "PP202",
                _("{duties}{doubled} start on {day}; at most {most} may").format(
                    duties=count_text(count, "duty", "duties"),
                    doubled=doubled,
                    day=problem.zone.day_text(day),
                    most=most,
                ),
                amount=COST_SCALE * (count - allowed),
                person=person,
                duty=starting[-1],
                span=(starting[0].start, starting[-1].end),
                actual=count,
                required=most,
                unit="duties",
            )


def _starts(duties: Sequence[Duty], longest: int) -> int:
    """How many duties start, the two of a double counted as one."""
    doubles = sum(
        after.start == earlier.end and after.end - earlier.start <= longest
        for earlier in duties
        for after in duties
        if earlier is not after
    )
    return len(duties) - doubles


def _three_in_a_row(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """Three duties without a pause, for people who may work doubles."""
    if not problem.people[person].double:
        return
    by_end: dict[int, list[Duty]] = defaultdict(list)
    for duty in duties:
        by_end[duty.end].append(duty)
    for duty in duties:
        if is_past(problem, duty):
            continue
        first = next((first for second in by_end[duty.start] for first in by_end[second.start]), None)
        if first is not None:
            yield violation(
                problem,
                rule,
                "PP202",
                _("three duties in a row without a pause since {start}; a double has two").format(
                    start=problem.zone.moment_text(first.start)
                ),
                amount=COST_SCALE,
                person=person,
                duty=duty,
                span=(first.start, duty.end),
                actual=3,
                required=2,
                unit="duties",
            )


def _hurried(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    for earlier, duty in pairwise(duties):
        if is_past(problem, duty) or not rule.binds(duty.start):
            continue
        needed = _travel_minutes(problem, cast(OneDuty, rule.spec), earlier.stretches[-1].post, duty.post)
        pause = duty.start - earlier.end
        if 0 <= pause < needed:
            yield violation(
                problem,
                rule,
                "PP203",
                _("only {pause} to travel from the duty that ended {end}; {needed} are needed").format(
                    pause=duration_text(pause), end=problem.zone.moment_text(earlier.end), needed=duration_text(needed)
                ),
                amount=COST_SCALE,
                person=person,
                duty=duty,
                actual=pause,
                required=needed,
                unit="min",
            )


def _hurried_within(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """Stretches of one duty at two sites with too little time between them."""
    for duty in duties:
        if is_past(problem, duty) or not rule.binds(duty.start):
            continue
        for earlier, after in pairwise(sorted(duty.stretches, key=lambda stretch: (stretch.start, stretch.end))):
            needed = _travel_minutes(problem, cast(OneDuty, rule.spec), earlier.post, after.post)
            pause = after.start - earlier.end
            if 0 <= pause < needed:
                yield violation(
                    problem,
                    rule,
                    "PP203",
                    _("only {pause} to travel from {where} to {other}; {needed} are needed").format(
                        pause=duration_text(pause),
                        where=_where(problem, earlier.post),
                        other=_where(problem, after.post),
                        needed=duration_text(needed),
                    ),
                    amount=COST_SCALE,
                    person=person,
                    duty=duty,
                    span=(earlier.end, after.end),
                    actual=pause,
                    required=needed,
                    unit="min",
                )


def _travel_minutes(problem: Problem, spec: OneDuty, origin: int | None, target: int | None) -> int:
    if origin is None or target is None or problem.posts[origin].site == problem.posts[target].site:
        return 0
    return problem.travel_between(origin, target) or spec.travel
