"""Whether enough people are on call in every shift."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from patrolplan.findings import Finding, Severity
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Roster
from patrolplan.rules.reserve.spec import Reserve
from patrolplan.rules.verdict import count_text, violation
from patrolplan.units import Span

REASON = later("needed on call")


@dataclass(frozen=True, slots=True)
class _Turn:
    """One shift of one date, with the people on call and on duty in it."""

    day: int
    shift: int
    span: Span
    on_call: int
    on_duty: int

    @property
    def minutes(self) -> int:
        return self.span[1] - self.span[0]


def check(problem: Problem, rule: Rule, roster: Roster) -> Iterator[Finding]:
    """One finding per shift and date with too few (PP105) or, without a share, too many (PP107) on call."""
    spec = cast(Reserve, rule.spec)
    for turn in _turns(problem, rule, roster):
        required = max(spec.count, -(-spec.share * turn.on_duty // 100))
        if turn.on_call < required:
            yield _shortfall(problem, rule, turn, required)
        elif turn.on_call > required and not spec.share:
            yield _surplus(problem, rule, turn, required)


def _turns(problem: Problem, rule: Rule, roster: Roster) -> Iterator[_Turn]:
    wanted = cast(Reserve, rule.spec).shifts
    on_duty: dict[tuple[int, int | None], set[int]] = defaultdict(set)
    on_call: dict[tuple[int, int | None], list[tuple[int, int, int]]] = defaultdict(list)
    for duty in roster.duties:
        if not duty.on_call:
            on_duty[duty.day, duty.shift].add(duty.person)
        elif duty.person in rule.people:
            on_call[duty.day, duty.shift].append((duty.person, duty.start, duty.end))
    for day in range(problem.first_day, problem.last_day + 1):
        for shift, one in enumerate(problem.shifts):
            start, end = problem.shift_span(shift, day)
            if (wanted and one.name not in wanted) or not problem.start <= start < problem.end or not rule.binds(start):
                continue
            called = {person for person, opens, closes in on_call[day, shift] if opens <= start and closes >= end}
            yield _Turn(day, shift, (start, end), len(called), len(on_duty[day, shift]))


def _shortfall(problem: Problem, rule: Rule, turn: _Turn, required: int) -> Finding:
    return violation(
        problem,
        rule,
        "PP105",
        _("{who}; {required} needed").format(who=_who(problem, turn), required=required),
        amount=turn.minutes * (required - turn.on_call),
        span=turn.span,
        actual=turn.on_call,
        required=required,
        unit="people",
    )


def _surplus(problem: Problem, rule: Rule, turn: _Turn, required: int) -> Finding:
    return Finding(
        "PP107",
        Severity.NOTE,
        _("{who}; {required} would do").format(who=_who(problem, turn), required=required),
        rule=rule.id,
        start=turn.span[0],
        end=turn.span[1],
        actual=turn.on_call,
        required=required,
        unit="people",
        cost=turn.minutes * (turn.on_call - required),
        level=rule.level,
        place=rule.place,
    )


def _who(problem: Problem, turn: _Turn) -> str:
    people = count_text(turn.on_call, "person", "people")
    return _("{people} on call for {name} of {day}").format(
        people=people, name=problem.shifts[turn.shift].name, day=problem.zone.day_text(turn.day)
    )
