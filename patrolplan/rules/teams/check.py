"""Whether teams are kept together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import cast

from patrolplan.findings import Finding
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty, Roster
from patrolplan.rules.teams.spec import Teams
from patrolplan.rules.verdict import count_text, violation
from patrolplan.units import COST_SCALE


def check(problem: Problem, rule: Rule, roster: Roster) -> Iterator[Finding]:
    """One finding per team and date on which its members are not all on one shift (PP301)."""
    only = cast(Teams, rule.spec).only
    served: dict[tuple[int, str], list[Duty]] = defaultdict(list)
    for duty in roster.duties:
        if duty.on_call or duty.shift is None or duty.day < problem.first_day:
            continue
        if duty.person in rule.people and rule.binds(duty.start):
            team = problem.people[duty.person].team_at(duty.start)
            if team and (not only or team in only):
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
        shifts = ", ".join(f"{count} on {problem.shifts[shift].name}" for shift, count in sorted(on_shift.items()))
        yield violation(
            problem,
            rule,
            "PP301",
            f"team {team} is split on {problem.zone.day_text(day)}: {shifts}; "
            f"{count_text(apart, 'member')} not with the others",
            amount=COST_SCALE * apart,
            span=(min(duty.start for duty in duties), max(duty.end for duty in duties)),
            actual=together,
            required=len(duties),
            unit="people",
        )
