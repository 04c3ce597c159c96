"""Whether everybody may stand where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.verdict import is_past, violation
from patrolplan.units import COST_SCALE

REASON = later("not qualified")


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per duty and post that the person may not hold (PP210); training needs only a permitted site."""
    for duty in duties:
        if is_past(problem, duty) or duty.on_call or not rule.binds(duty.start):
            continue
        for post in dict.fromkeys(stretch.post for stretch in duty.stretches if stretch.post is not None):
            obstacle = _obstacle(problem, person, post, duty)
            if obstacle:
                there = [stretch for stretch in duty.stretches if stretch.post == post]
                where = problem.posts[post]
                found = violation(
                    problem, rule, "PP210", obstacle, amount=COST_SCALE, person=person, duty=duty, place=where.place
                )
                yield replace(found, post=where.key, site=problem.sites[where.site].name, row=there[0].row)


def _obstacle(problem: Problem, person: int, post: int, duty: Duty) -> str:
    """Why a person may not hold a post in a duty; empty if nothing stands against it."""
    who, where = problem.people[person], problem.posts[post]
    site = problem.sites[where.site].name
    if where.site in who.not_at:
        return _("may not stand at {site}").format(site=site)
    if duty.kind == "training":
        return ""
    if who.trained_for and where.site not in who.trained_for:
        return _("is not trained for {site}").format(site=site)
    last = problem.zone.local(duty.end - 1)[0]
    for name in where.requires:
        if name not in who.qualifications:
            return _("{key} requires {name}").format(key=where.key, name=name)
        if who.qualifications[name] < last:
            until = problem.zone.day_text(who.qualifications[name])
            return _("{key} requires {name} for the whole duty, which was valid until {until}").format(
                key=where.key, name=name, until=until
            )
    return ""
