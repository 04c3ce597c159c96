"""Duties that do not fit the operation: unlike their shift, or outside its time."""

from __future__ import annotations

from collections.abc import Iterator

from patrolplan.findings import Finding, Severity
from patrolplan.language import _
from patrolplan.problem import Problem
from patrolplan.roster import Duty, Roster, given_roster
from patrolplan.units import Span, overlap


def unlike_shift(problem: Problem, roster: Roster) -> Iterator[Finding]:
    """One finding per duty of the operation that starts or ends elsewhere than its shift (PP902).

    Relief inside a shift splits a duty into stretches without a finding; the duty as a whole is compared.
    """
    for duty in roster.duties:
        if duty.shift is None or not problem.start <= duty.start < problem.end:
            continue
        span = _nearest_turn(problem, duty, duty.shift)
        if span != (duty.start, duty.end):
            name = problem.shifts[duty.shift].name
            yield _finding(
                problem,
                duty,
                "PP902",
                _("{start} is not the shift {name}, which runs {span}").format(
                    start=problem.zone.span_text(duty.start, duty.end), name=name, span=problem.zone.span_text(*span)
                ),
            )


def foreign_duties(problem: Problem, roster: Roster) -> Iterator[Finding]:
    """One finding per duty outside the operation that no history names (PP904)."""
    given = {(duty.person, duty.start, duty.end, duty.kind) for duty in given_roster(problem).duties}
    for duty in roster.duties:
        if problem.start <= duty.start < problem.end or (duty.person, duty.start, duty.end, duty.kind) in given:
            continue
        side = (
            _("before the operation and is not in its history")
            if duty.start < problem.start
            else _("after the operation")
        )
        when = problem.zone.span_text(duty.start, duty.end)
        yield _finding(
            problem, duty, "PP904", _("{when} starts {side}; it counts for nothing").format(when=when, side=side)
        )


def _nearest_turn(problem: Problem, duty: Duty, shift: int) -> Span:
    """The turn of the shift that shares most time with the duty."""
    turns = (problem.shift_span(shift, day) for day in (duty.day, duty.day - 1, duty.day + 1))
    return max(turns, key=lambda span: overlap(span, (duty.start, duty.end)))


def _finding(problem: Problem, duty: Duty, code: str, message: str) -> Finding:
    where = problem.posts[duty.post] if duty.post is not None else None
    return Finding(
        code,
        Severity.SOFT,
        message,
        person=problem.people[duty.person].id,
        site=problem.sites[where.site].name if where else "",
        post=where.key if where else "",
        start=duty.start,
        end=duty.end,
        row=duty.row,
    )
