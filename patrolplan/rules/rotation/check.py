"""Whether teams serve in the turns of their cycle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.fields import OFF
from patrolplan.rules.rotation.spec import Rotation
from patrolplan.rules.streaks import could_work
from patrolplan.rules.verdict import shift_name, violation
from patrolplan.units import COST_SCALE

REASON = later("not in the rotation")


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per duty off the rotation and per date of it that is not served (PP216)."""
    served: dict[int, list[Duty]] = {}
    for duty in duties:
        if not duty.on_call:
            served.setdefault(duty.day, []).append(duty)
    for day in range(problem.first_day, problem.last_day + 1):
        yield from _judge_date(problem, rule, person, day, served.get(day, []))


def _judge_date(problem: Problem, rule: Rule, person: int, day: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    spec = cast(Rotation, rule.spec)
    team = problem.people[person].team_at(problem.zone.instant(day, problem.day_starts))
    if team not in spec.offsets:
        return
    shift = _shift_due(spec, team, day)
    for duty in duties:
        if _is_judged(problem, rule, duty) and shift_name(problem, duty.shift) != shift:
            yield _wrong_duty(problem, rule, duty, team, shift)
    if shift and spec.serve and not duties and could_work(problem, rule, person, day, (shift,)):
        yield _missing(problem, rule, person, day, team, shift)


def _shift_due(spec: Rotation, team: str, day: int) -> str:
    """The shift that a team has on a date; empty for a day off."""
    first = cast(int, spec.starts) - spec.offsets[team]
    letter = spec.pattern[(day - first) % len(spec.pattern)]
    return "" if letter in OFF else spec.letters[letter]


def _is_judged(problem: Problem, rule: Rule, duty: Duty) -> bool:
    """Whether a duty is planned: inside the operation and the part of it that is planned."""
    inside = problem.start <= duty.start < problem.end and problem.window[0] <= duty.start < problem.window[1]
    return inside and rule.binds(duty.start)


def _wrong_duty(problem: Problem, rule: Rule, duty: Duty, team: str, shift: str) -> Finding:
    when = problem.zone.span_text(duty.start, duty.end)
    name = shift_name(problem, duty.shift)
    what = f"{when} ({name})" if name else when
    if shift:
        message = _("on duty {what} where the rotation of team {team} has {shift}")
    else:
        message = _("on duty {what} where the rotation of team {team} is off")
    message = message.format(what=what, team=team, shift=shift)
    return violation(problem, rule, "PP216", message, amount=COST_SCALE, person=duty.person, duty=duty)


def _missing(problem: Problem, rule: Rule, person: int, day: int, team: str, shift: str) -> Finding:
    date = problem.zone.day_text(day)
    return violation(
        problem,
        rule,
        "PP216",
        _("not on duty on {date} where the rotation of team {team} has {shift}").format(
            date=date, team=team, shift=shift
        ),
        amount=COST_SCALE,
        person=person,
        span=problem.shift_span(problem.shift_index[shift], day),
    )
