"""Whether pinned duties are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.pins.spec import Pin, Pins
from patrolplan.rules.verdict import date_span, posts_named, shift_name, violation
from patrolplan.units import COST_SCALE

REASON = later("pinned otherwise")


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per entry that is not kept (PP211); dates outside the operation are left alone."""
    for pin in cast(Pins, rule.spec).entries:
        if pin.person != problem.people[person].id or not problem.first_day <= pin.date <= problem.last_day:
            continue
        meant = [duty for duty in duties if _is_meant(problem, pin, duty)]
        if bool(meant) != pin.on:
            yield _finding(problem, rule, person, pin, meant[0] if meant else None)


def _is_meant(problem: Problem, pin: Pin, duty: Duty) -> bool:
    if duty.on_call or duty.day != pin.date:
        return False
    if pin.shift is not None and shift_name(problem, duty.shift) != pin.shift:
        return False
    posts = posts_named(problem, (pin.post,) if pin.post else ())
    return pin.post is None or any(stretch.post in posts for stretch in duty.stretches)


def _finding(problem: Problem, rule: Rule, person: int, pin: Pin, duty: Duty | None) -> Finding:
    what = " ".join(part for part in (pin.shift, _("at {post}").format(post=pin.post) if pin.post else None) if part)
    date = problem.zone.day_text(pin.date)
    kind = f" ({what})" if what else ""
    message = (
        _("is not on the pinned duty of {date}{kind}").format(date=date, kind=kind)
        if pin.on
        else _("is pinned not to be on duty on {date}{kind}").format(date=date, kind=kind)
    )
    return violation(
        problem,
        rule,
        "PP211",
        message,
        amount=COST_SCALE,
        person=person,
        duty=duty,
        span=None if duty else date_span(problem, pin.date, pin.date),
        place=cast(Pins, rule.spec).place_of(pin),
    )
