"""Whether teams are kept together, and people apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty, Roster, Stretch
from patrolplan.rules.teams.spec import Teams
from patrolplan.rules.verdict import count_text, is_past, violation
from patrolplan.units import COST_SCALE, Span

REASON = later("not with the team")
APART_REASON = later("to stay apart from somebody there")


def check(problem: Problem, rule: Rule, roster: Roster) -> Iterator[Finding]:
    """One finding per team and date on which its members are not all on one shift (PP301), or see `_judge_apart`."""
    spec = cast(Teams, rule.spec)
    if spec.apart:
        yield from _judge_apart(problem, rule, roster)
        return
    served: dict[tuple[int, str], list[Duty]] = defaultdict(list)
    for duty in roster.duties:
        if duty.on_call or duty.shift is None or duty.day < problem.first_day:
            continue
        if duty.person in rule.people and rule.binds(duty.start):
            team = problem.people[duty.person].team_at(duty.start)
            if team and spec.keeps(team):
                served[duty.day, team].append(duty)
    for (day, team), duties in sorted(served.items()):
        yield from _judge(problem, rule, day, team, duties)


def _judge(problem: Problem, rule: Rule, day: int, team: str, duties: Sequence[Duty]) -> Iterator[Finding]:
    on_shift: dict[int, int] = defaultdict(int)
    for duty in duties:
        on_shift[cast(int, duty.shift)] += 1
    together = max(on_shift.values())
    apart = len(duties) - together
    if apart:
        shifts = ", ".join(
            _("{count} on {name}").format(count=count, name=problem.shifts[shift].name)
            for shift, count in sorted(on_shift.items())
        )
        yield violation(
            problem,
            rule,
            "PP301",
            _("team {team} is split on {day}: {shifts}; {members} not with the others").format(
                team=team, day=problem.zone.day_text(day), shifts=shifts, members=count_text(apart, "member")
            ),
            amount=COST_SCALE * apart,
            span=(min(duty.start for duty in duties), max(duty.end for duty in duties)),
            actual=together,
            required=len(duties),
            unit="people",
        )


def _judge_apart(problem: Problem, rule: Rule, roster: Roster) -> Iterator[Finding]:
    """One finding per pair of overlapping duties of two people who are to stay apart (PP306)."""
    for names in cast(Teams, rule.spec).apart:
        people = [problem.person_index[name] for name in dict.fromkeys(names) if name in problem.person_index]
        for one, other in combinations(people, 2):
            for first in _duties(problem, rule, roster, one):
                for second in _duties(problem, rule, roster, other):
                    span = _together(problem, rule, first, second)
                    if span is not None:
                        yield _meeting(problem, rule, first, second, span)


def _duties(problem: Problem, rule: Rule, roster: Roster, person: int) -> list[Duty]:
    return [
        duty
        for duty in roster.of(person)
        if duty.kind == "duty" and rule.binds(duty.start) and not is_past(problem, duty)
    ]


def _together(problem: Problem, rule: Rule, first: Duty, second: Duty) -> Span | None:
    """The first time at which two duties bring their people together, or None."""
    if first.end <= second.start or second.end <= first.start:
        return None
    within = cast(Teams, rule.spec).within
    spans = [
        (max(one.start, other.start), min(one.end, other.end))
        for one in first.stretches
        for other in second.stretches
        if _is_near(problem, within, one, other)
    ]
    return min((span for span in spans if span[0] < span[1]), default=None)


def _is_near(problem: Problem, within: str, one: Stretch, other: Stretch) -> bool:
    if within == "operation":
        return True
    if one.post is None or other.post is None:
        return False
    if within == "site":
        return problem.posts[one.post].site == problem.posts[other.post].site
    return one.post == other.post


def _meeting(problem: Problem, rule: Rule, first: Duty, second: Duty, span: Span) -> Finding:
    names = [problem.people[duty.person].name or problem.people[duty.person].id for duty in (first, second)]
    where = {
        "post": _("at one post"),
        "site": _("at one site"),
        "operation": _("at the same time"),
    }[cast(Teams, rule.spec).within]
    return violation(
        problem,
        rule,
        "PP306",
        _("{name} and {other} are on duty together {where}; they are to stay apart").format(
            name=names[0], other=names[1], where=where
        ),
        amount=COST_SCALE,
        person=first.person,
        duty=second,
        span=span,
    )
