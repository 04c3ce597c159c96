"""Whether wishes are met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from patrolplan.findings import Finding, Severity
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.requests.spec import Request, Requests
from patrolplan.rules.verdict import date_span, shift_name, violation
from patrolplan.units import COST_SCALE

REASON = later("wishes otherwise")


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per wish and date on which it is not met (PP214); dates outside the operation are left alone."""
    for wish in cast(Requests, rule.spec).entries:
        if wish.person != problem.people[person].id:
            continue
        meant = [duty for duty in duties if rule.binds(duty.start) and _is_meant(problem, wish, duty)]
        for day in _dates(problem, wish):
            found = next((duty for duty in meant if duty.day == day), None)
            if wish.on and found is None and _binds_on(problem, rule, day):
                yield _finding(problem, rule, person, wish, day, None)
            elif not wish.on and found is not None:
                yield _finding(problem, rule, person, wish, day, found)


def _dates(problem: Problem, wish: Request) -> list[int]:
    """The dates of a wish inside the operation, each once."""
    days = {
        day
        for first, last in wish.dates
        for day in range(max(first, problem.first_day), min(last, problem.last_day) + 1)
    }
    return sorted(days)


def _binds_on(problem: Problem, rule: Rule, day: int) -> bool:
    return rule.binds(problem.zone.instant(day, problem.day_starts))


def _is_meant(problem: Problem, wish: Request, duty: Duty) -> bool:
    if duty.on_call:
        return False
    if wish.shift is not None and shift_name(problem, duty.shift) != wish.shift:
        return False
    return wish.post is None or any(
        wish.post in (problem.posts[stretch.post].key, problem.posts[stretch.post].name)
        for stretch in duty.stretches
        if stretch.post is not None
    )


def _finding(problem: Problem, rule: Rule, person: int, wish: Request, day: int, duty: Duty | None) -> Finding:
    what = " ".join(part for part in (wish.shift, _("at {post}").format(post=wish.post) if wish.post else None) if part)
    kind = f" ({what})" if what else ""
    words = _("wishes to be on duty on {day}{kind}") if wish.on else _("wishes not to be on duty on {day}{kind}")
    finding = violation(
        problem,
        rule,
        "PP214",
        words.format(day=problem.zone.day_text(day), kind=kind),
        amount=COST_SCALE * wish.weight,
        person=person,
        duty=duty,
        span=None if duty else date_span(problem, day, day),
    )
    return finding if rule.weight is None else replace(finding, severity=Severity.NOTE)
