"""Whether people come to other posts or sites often enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.variety.spec import Variety
from patrolplan.rules.verdict import is_past, posts_named, violation
from patrolplan.units import COST_SCALE

REASON = later("too often at the same place")


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per duty beyond the longest run at one place (PP217)."""
    spec = cast(Variety, rule.spec)
    watched = posts_named(problem, spec.at) if spec.at else None
    place: int | None = None
    run = 0
    for duty in duties:
        if duty.on_call or not rule.binds(duty.start):
            continue
        here = duty.post if watched is None or duty.post in watched else None
        if here is not None and spec.of == "site":
            here = problem.posts[here].site
        run = run + 1 if here is not None and here == place else 1
        place = here
        if here is not None and run > spec.max and not is_past(problem, duty):
            yield _finding(problem, rule, person, duty, run, spec)


def _finding(problem: Problem, rule: Rule, person: int, duty: Duty, run: int, spec: Variety) -> Finding:
    post = problem.posts[cast(int, duty.post)]
    where = post.key if spec.of == "post" else problem.sites[post.site].name
    return violation(
        problem,
        rule,
        "PP217",
        _("{run} duties in a row at {where}; at most {max}").format(run=run, where=where, max=spec.max),
        amount=COST_SCALE,
        person=person,
        duty=duty,
        actual=run,
        required=spec.max,
        unit="duties",
    )
