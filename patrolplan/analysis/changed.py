"""Why a repaired roster differs from the one that people know, duty by duty."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from patrolplan.analysis.difference import GAP_CODES, Change, absence_reason
from patrolplan.findings import Finding, Severity
from patrolplan.problem import Problem
from patrolplan.roster import Duty

NEAR = 36 * 60
"""Minutes between two duties of a person one of which was given up for the other, at most."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a duty changes.

    Attributes
    ----------
    code
        ``absent`` (its holder is), ``took_over`` (somebody gave it up), ``freed_for`` (its holder serves elsewhere
        instead), ``rule`` (its holder may not have it any more), ``gap`` (it was open), ``fewer`` (nothing of these).
    detail
        The reason of the absence, or the message of the rule or gap.
    other
        The duty for which its holder was freed.
    finding
        The finding behind a rule or gap.
    """

    code: str
    detail: str = ""
    other: Duty | None = None
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class ShortNotice:
    """Somebody who hears of a change later than the contract allows.

    Attributes
    ----------
    given
        Minutes from hearing of it to the start of the duty.
    notice
        Minutes that the contract asks for.
    gets
        Whether the duty is given; else it is taken.
    """

    person: int
    duty: Duty
    given: int
    notice: int
    gets: bool


def reasons(problem: Problem, changes: Sequence[Change], before: Sequence[Finding]) -> list[Reason]:
    """Why each duty changes, in the order of the changes.

    Parameters
    ----------
    before
        What an audit finds in the old roster under the facts as they are now.
    """
    gained: dict[int, list[Duty]] = {}
    for change in changes:
        if change.after is not None:
            gained.setdefault(change.after.person, []).append(change.after)
    return [_reason(problem, change, before, gained) for change in changes]


def _reason(problem: Problem, change: Change, before: Sequence[Finding], gained: dict[int, list[Duty]]) -> Reason:
    if change.before is not None:
        absence = absence_reason(problem, change.before)
        if absence is not None:
            return Reason("absent", absence)
        broken = _about(problem, before, change.before)
        if broken is not None:
            return Reason("rule", broken.message, finding=broken)
        near = [duty for duty in gained.get(change.before.person, ()) if _apart(duty, change.before) < NEAR]
        if near:
            return Reason("freed_for", other=min(near, key=lambda duty: _apart(duty, change.before)))
        return Reason("took_over" if change.after is not None else "fewer")
    gap = _gap(problem, before, change.duty)
    return Reason("fewer") if gap is None else Reason("gap", gap.message, finding=gap)


def _apart(one: Duty, other: Duty | None) -> int:
    """Minutes between two duties; 0 if they overlap."""
    assert other is not None
    return max(0, one.start - other.end, other.start - one.end)


def _about(problem: Problem, findings: Sequence[Finding], duty: Duty) -> Finding | None:
    """A broken hard rule of a person at the time of a duty."""
    who = problem.people[duty.person].id
    for one in findings:
        if one.severity is Severity.HARD and one.person == who and _touches(one, duty):
            return one
    return None


def _gap(problem: Problem, findings: Sequence[Finding], duty: Duty) -> Finding | None:
    """The gap that a duty closes, or makes smaller."""
    if duty.post is None:
        return None
    post = problem.posts[duty.post]
    names = {post.key, ""}
    sites = {problem.sites[post.site].name, *_groups(problem, post.site), ""}
    for one in findings:
        if one.code in GAP_CODES and one.post in names and one.site in sites and _touches(one, duty):
            return one
    return None


def _touches(finding: Finding, duty: Duty) -> bool:
    """Whether a finding with times lies at least partly in a duty."""
    if finding.start is None or finding.end is None:
        return False
    return finding.start < duty.end and duty.start < finding.end


def _groups(problem: Problem, site: int) -> Collection[str]:
    return [name for name, sites in problem.groups.items() if site in sites]


def short_notices(problem: Problem, changes: Sequence[Change], heard: int) -> list[ShortNotice]:
    """Who hears of a change within the notice of the contract; those who are absent then are not asked.

    Parameters
    ----------
    heard
        Instant at which people hear of changes.
    """
    found = []
    for change in changes:
        for duty, gets in ((change.before, False), (change.after, True)):
            if duty is None or duty.on_call or (not gets and absence_reason(problem, duty) is not None):
                continue
            notice, given = problem.people[duty.person].notice, duty.start - heard
            if given < notice:
                found.append(ShortNotice(duty.person, duty, given, notice, gets))
    return found
