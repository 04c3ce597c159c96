"""Whether people keep the duties that were published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import HeldDuty, Problem, Rule
from patrolplan.roster import Duty
from patrolplan.rules.stability.spec import Stability
from patrolplan.rules.streaks import could_work
from patrolplan.rules.verdict import shift_name, violation
from patrolplan.units import COST_SCALE, Span, duration_text

REASON = later("published otherwise")

Known = tuple[int, int | None, int | None]
"""What makes a duty the same: date, shift, and post or site."""


def check(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """One finding per duty that was published and is gone, and per duty that was not published (PP218)."""
    if not problem.published:
        return
    spec = cast(Stability, rule.spec)
    before = [duty for duty in problem.published_by_person.get(person, ()) if duty.kind == "duty"]
    after = [duty for duty in duties if duty.kind == "duty"]
    published = {_known(problem, spec, duty) for duty in before}
    planned = {_known(problem, spec, duty) for duty in after if _is_planned(problem, duty.start)}
    for old in before:
        is_gone = _is_compared(problem, rule, old.start) and _known(problem, spec, old) not in planned
        if is_gone and _can_be_kept(problem, rule, old):
            words = _("no longer on the published duty {duty}").format(duty=_duty_text(problem, old))
            yield _finding(problem, rule, person, words, (old.start, old.end))
    for new in after:
        if _is_compared(problem, rule, new.start) and _known(problem, spec, new) not in published:
            words = _("on duty {duty}, which was not published").format(duty=_duty_text(problem, new))
            yield _finding(problem, rule, person, words, (new.start, new.end), new)


def _known(problem: Problem, spec: Stability, duty: Duty | HeldDuty) -> Known:
    if spec.posts or duty.post is None:
        return duty.day, duty.shift, duty.post
    return duty.day, duty.shift, problem.posts[duty.post].site


def _is_planned(problem: Problem, start: int) -> bool:
    """Whether a duty that starts then lies in the operation and in the part of it that is planned."""
    return problem.start <= start < problem.end and problem.window[0] <= start < problem.window[1]


def _is_compared(problem: Problem, rule: Rule, start: int) -> bool:
    return _is_planned(problem, start) and rule.binds(start)


def _can_be_kept(problem: Problem, rule: Rule, duty: HeldDuty) -> bool:
    """Whether its person could still hold a published duty, as far as absences and posts are concerned."""
    if duty.shift is None or duty.post is None:
        return False
    post = problem.posts[duty.post]
    alike = {duty.post} if cast(Stability, rule.spec).posts else set(problem.sites[post.site].posts)
    shift = problem.shifts[duty.shift].name
    return could_work(problem, rule, duty.person, duty.day, (shift,), alike, counting=True)


def _duty_text(problem: Problem, duty: Duty | HeldDuty) -> str:
    where = "" if duty.post is None else _("at {key}").format(key=problem.posts[duty.post].key)
    what = " ".join(part for part in (shift_name(problem, duty.shift), where) if part)
    return problem.zone.span_text(duty.start, duty.end) + (f" ({what})" if what else "")


def _finding(problem: Problem, rule: Rule, person: int, words: str, span: Span, duty: Duty | None = None) -> Finding:
    """A change at its price: hard before the moment until which all is frozen, dearer within the notice."""
    spec = cast(Stability, rule.spec)
    since = problem.start
    if spec.frozen_until is not None:
        day, clock = spec.frozen_until
        since = problem.zone.instant(day, problem.day_starts if clock is None else clock)
        if span[0] < since:
            words += _("; frozen until {since}").format(since=problem.zone.moment_text(since))
            hard = replace(rule, weight=None)
            return violation(problem, hard, "PP218", words, amount=COST_SCALE, person=person, duty=duty, span=span)
    notice = problem.people[person].notice
    factor = spec.notice if span[0] - since < notice else 1
    if factor > 1:
        words += _("; within {notice} of notice, counted {factor} times").format(
            notice=duration_text(notice), factor=factor
        )
    return violation(problem, rule, "PP218", words, amount=COST_SCALE * factor, person=person, duty=duty, span=span)
