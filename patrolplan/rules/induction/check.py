"""Whether newcomers learn a site before they count there, and have somebody to learn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty, Roster
from patrolplan.rules.induction.spec import Induction
from patrolplan.rules.verdict import count_text, is_past, violation
from patrolplan.units import COST_SCALE

REASON = later("still learning the site")


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per duty at a site before enough was shadowed there, and per training too many (PP219)."""
    asked = cast(Induction, rule.spec).duties
    shadowed: Counter[int] = Counter()
    for duty in duties:
        site = _site(problem, rule, duty)
        if site is None:
            continue
        if is_past(problem, duty):
            shadowed[site] += 1
        elif duty.kind == "training":
            shadowed[site] += 1
            if shadowed[site] > asked:
                yield _too_many(problem, rule, person, duty, shadowed[site])
        elif shadowed[site] < asked and rule.binds(duty.start):
            yield _too_early(problem, rule, person, duty, shadowed[site])


def _site(problem: Problem, rule: Rule, duty: Duty) -> int | None:
    """The site of a duty, if the rule is about it."""
    if duty.on_call or duty.post is None:
        return None
    site = problem.posts[duty.post].site
    named = cast(Induction, rule.spec).at
    return site if not named or problem.sites[site].name in named else None


def _too_early(problem: Problem, rule: Rule, person: int, duty: Duty, shadowed: int) -> Finding:
    asked = cast(Induction, rule.spec).duties
    site = problem.sites[problem.posts[cast(int, duty.post)].site].name
    return violation(
        problem,
        rule,
        "PP219",
        _("counts at {site} after {duties} there; {asked} are asked").format(
            site=site, duties=count_text(shadowed, "shadowed duty", "shadowed duties"), asked=asked
        ),
        amount=COST_SCALE * (asked - shadowed),
        person=person,
        duty=duty,
        actual=shadowed,
        required=asked,
        unit="duties",
    )


def _too_many(problem: Problem, rule: Rule, person: int, duty: Duty, shadowed: int) -> Finding:
    asked = cast(Induction, rule.spec).duties
    site = problem.sites[problem.posts[cast(int, duty.post)].site].name
    return violation(
        problem,
        rule,
        "PP219",
        _("{duties} at {site}; {asked} are asked").format(
            duties=count_text(shadowed, "shadowed duty", "shadowed duties"), site=site, asked=asked
        ),
        amount=COST_SCALE,
        person=person,
        duty=duty,
        actual=shadowed,
        required=asked,
        unit="duties",
    )


def check_guides(problem: Problem, rule: Rule, roster: Roster) -> Iterator[Finding]:
    """One finding per training without somebody on duty at the post in that shift to learn from (PP307)."""
    guides: Counter[tuple[int, int, int]] = Counter()
    learners: dict[tuple[int, int, int], list[Duty]] = {}
    for duty in roster.duties:
        if duty.on_call or duty.post is None or duty.shift is None or is_past(problem, duty):
            continue
        where = (duty.day, duty.shift, duty.post)
        if duty.kind != "training":
            guides[where] += 1
        elif duty.person in rule.people and rule.binds(duty.start) and _site(problem, rule, duty) is not None:
            learners.setdefault(where, []).append(duty)
    for where, duties in sorted(learners.items()):
        for duty in duties[guides[where] :]:
            yield violation(
                problem,
                rule,
                "PP307",
                _("in training at {key} with nobody on duty there to learn from").format(
                    key=problem.posts[where[2]].key
                )
                if not guides[where]
                else _("in training at {key} as one of {duties} with {people} on duty to learn from").format(
                    key=problem.posts[where[2]].key,
                    duties=len(duties),
                    people=count_text(guides[where], "person", "people"),
                ),
                amount=COST_SCALE,
                person=duty.person,
                duty=duty,
                actual=guides[where],
                required=len(duties),
                unit="people",
            )
