"""Whether somebody in charge is on duty at every minute."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from patrolplan.findings import Finding, Severity
from patrolplan.language import _
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty, Roster
from patrolplan.rules.command.spec import Command
from patrolplan.rules.verdict import count_text, posts_named, violation
from patrolplan.units import DAY_MINUTES, Span, count_steps, intersect_spans, merge_spans


def check(problem: Problem, rule: Rule, roster: Roster) -> Iterator[Finding]:
    """One finding per unbroken time with the same number of people in charge missing (PP103)."""
    spec = cast(Command, rule.spec)
    spans = _spans_in_charge(problem, rule, roster)
    for opens, closes in _bound_spans(problem, rule):
        for start, end, count in count_steps(spans, opens, closes):
            if count < spec.count:
                yield _finding(problem, rule, (start, end), count)


def _bound_spans(problem: Problem, rule: Rule) -> list[Span]:
    """When the rule asks for somebody: inside the horizon, `during` and `between`."""
    spans: list[Span] = [(problem.start, problem.end)]
    if rule.during is not None:
        spans = intersect_spans(spans, rule.during)
    between = cast(Command, rule.spec).between
    if between is None:
        return spans
    opens, closes = between
    closes += DAY_MINUTES if closes <= opens else 0
    days = range(problem.first_day - 1, problem.last_day + 2)
    return intersect_spans(
        spans, ((problem.zone.instant(day, opens), problem.zone.instant(day, closes)) for day in days)
    )


def _spans_in_charge(problem: Problem, rule: Rule, roster: Roster) -> list[Span]:
    spec = cast(Command, rule.spec)
    posts = posts_named(problem, spec.at) if spec.at else frozenset(range(len(problem.posts)))
    found: dict[int, list[Span]] = defaultdict(list)
    for duty in roster.duties:
        if duty.kind == "duty" and duty.person in rule.people and _is_in_charge(problem, spec, duty):
            found[duty.person] += [(stretch.start, stretch.end) for stretch in duty.stretches if stretch.post in posts]
    return [span for spans in found.values() for span in merge_spans(spans)]


def _is_in_charge(problem: Problem, spec: Command, duty: Duty) -> bool:
    who = problem.people[duty.person]
    if spec.rank and who.rank is not None and who.rank >= problem.ranks.index(spec.rank):
        return True
    return bool(spec.qualification) and who.holds(str(spec.qualification), problem.last_date(duty.end))


def _finding(problem: Problem, rule: Rule, span: Span, count: int) -> Finding:
    spec = cast(Command, rule.spec)
    wanted = _(" or ").join(
        part
        for part in (_("rank {rank} or above").format(rank=spec.rank) if spec.rank else "", spec.qualification or "")
        if part
    )
    where = ", ".join(spec.at) or _("the operation")
    found = violation(
        problem,
        rule,
        "PP103",
        _("{people} in charge ({wanted}) on duty for {where}; {count} needed").format(
            people=count_text(count, "person", "people"), wanted=wanted, where=where, count=spec.count
        ),
        amount=(spec.count - count) * (span[1] - span[0]),
        span=span,
        actual=count,
        required=spec.count,
        unit="people",
    )
    return found if rule.weight is None else replace(found, severity=Severity.GAP)
