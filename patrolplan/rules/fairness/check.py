"""How far everybody is from the fair share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from patrolplan.findings import Finding, Severity
from patrolplan.language import _, figures, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty, Roster
from patrolplan.rules.fairness.spec import Fairness, Kind, counted_before, fair_shares
from patrolplan.rules.verdict import is_past, posts_named
from patrolplan.units import COST_SCALE, weekday

_UNITS = {
    "hours": later("h"),
    "nights": later("nights"),
    "weekends": later("weekend duties"),
    "holidays": later("holiday duties"),
}


def check(problem: Problem, rule: Rule, roster: Roster) -> Iterator[Finding]:
    """One note per person and kind of work whose amount is not the fair share (PP302)."""
    spec = cast(Fairness, rule.spec)
    posts = posts_named(problem, spec.at)
    for kind in spec.of:
        for person, share in fair_shares(problem, rule, kind).items():
            served = counted_before(spec, problem.people[person], kind)
            served += sum(
                _amount(problem, kind, duty)
                for duty in roster.of(person)
                if _is_counted(problem, rule, duty) and (not spec.at or duty.post in posts)
            )
            if served != share:
                yield _note(problem, rule, person, kind, served, share)


def _is_counted(problem: Problem, rule: Rule, duty: Duty) -> bool:
    if duty.on_call or duty.start >= problem.counted_until:
        return False
    return is_past(problem, duty) or rule.binds(duty.start)


def _amount(problem: Problem, kind: Kind, duty: Duty) -> int:
    """What a duty counts, in sixtieths of the unit."""
    if kind == "hours":
        return duty.end - duty.start
    if kind == "nights":
        return COST_SCALE if duty.shift is not None and problem.shifts[duty.shift].night else 0
    if kind == "holidays":
        return COST_SCALE if duty.day in problem.holidays else 0
    return COST_SCALE if weekday(duty.day) in problem.weekend else 0


def _note(problem: Problem, rule: Rule, person: int, kind: Kind, served: int, share: int) -> Finding:
    unit = _UNITS[kind]
    at = cast(Fairness, rule.spec).at
    where = " " + _("at {at}").format(at=", ".join(at)) if at else ""
    return Finding(
        "PP302",
        Severity.NOTE,
        _("{served} {unit}{where}; the fair share is {share}").format(
            served=figures(f"{served / COST_SCALE:.1f}"),
            unit=_(unit),
            where=where,
            share=figures(f"{share / COST_SCALE:.1f}"),
        ),
        rule=rule.id,
        person=problem.people[person].id,
        actual=served / COST_SCALE,
        required=share / COST_SCALE,
        unit=unit,
        cost=(rule.weight or 0) * abs(served - share),
        level=rule.level,
        place=rule.place,
    )
