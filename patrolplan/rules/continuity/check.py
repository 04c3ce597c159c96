"""Whether few different people serve at each place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty, Roster
from patrolplan.rules.continuity.spec import Continuity
from patrolplan.rules.periods import period_text
from patrolplan.rules.verdict import count_text, date_span, dates_text, is_past, posts_named, violation
from patrolplan.units import COST_SCALE, Span

REASON = later("one person too many for the place")


def check(problem: Problem, rule: Rule, roster: Roster) -> Iterator[Finding]:
    """One finding per place and period with too many different people (PP304)."""
    spec = cast(Continuity, rule.spec)
    for name in spec.at or [site.name for site in problem.sites]:
        posts = posts_named(problem, [name])
        served = [duty for duty in roster.duties if _counts(rule, duty) and duty.post in posts]
        for first, last in spec.max.period.groups(problem.first_day, problem.last_day, problem.week_starts):
            inside = [duty for duty in served if first <= duty.day <= last]
            people = {duty.person for duty in inside}
            earlier = {duty.person for duty in inside if is_past(problem, duty)}
            excess = len(people) - max(spec.max.count, len(earlier))
            if excess > 0:
                yield _finding(problem, rule, name, (first, last), len(people), excess)


def _counts(rule: Rule, duty: Duty) -> bool:
    return duty.kind == "duty" and duty.person in rule.people and rule.binds(duty.start)


def _finding(problem: Problem, rule: Rule, name: str, period: Span, people: int, excess: int) -> Finding:
    limit = cast(Continuity, rule.spec).max
    found = violation(
        problem,
        rule,
        "PP304",
        _("{people} on duty at {name} in {dates}; at most {count} {period}").format(
            people=count_text(people, "different person", "different people"),
            name=name,
            dates=dates_text(problem, *period),
            count=limit.count,
            period=period_text(limit.period),
        ),
        amount=COST_SCALE * excess,
        span=date_span(problem, *period),
        actual=people,
        required=limit.count,
        unit="people",
    )
    is_post = name in problem.post_index
    site = problem.sites[problem.posts[problem.post_index[name]].site].name if is_post else name
    return replace(found, site=site, post=name if is_post else "")
