"""What one roster changes against another: which duty goes from whom to whom, and what that does to the cover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from patrolplan.analysis.explanation import asked_for
from patrolplan.errors import Place
from patrolplan.findings import Finding, Severity
from patrolplan.problem import Problem
from patrolplan.roster import Duty, Roster
from patrolplan.units import Span, merge_spans, overlap

GAP_CODES = ("PP101", "PP102", "PP103")
"""Findings that say how many people are missing for how long."""

Where = tuple[str, int | None, tuple[tuple[int | None, int, int], ...]]
"""What makes a duty the same whoever holds it: kind, shift, and posts with their times."""


@dataclass(frozen=True, slots=True)
class Change:
    """One changed duty: handed over if there is somebody before and after, else dropped or new.

    Attributes
    ----------
    before, after
        The duty in the old and in the new roster, the same but for its person.
    """

    before: Duty | None
    after: Duty | None

    @property
    def duty(self) -> Duty:
        """The duty, with one of its holders."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def is_call(self) -> bool:
        """Whether it is standby, which is no duty."""
        return self.duty.on_call


@dataclass(frozen=True, slots=True)
class GapChange:
    """Time in which one need is met less, or more, than before.

    Attributes
    ----------
    kind
        Qualification or rank that is missing; empty for anyone.
    opened, closed
        Person-minutes missing that were not before, and the other way round.
    opened_spans, closed_spans
        When, in instants.
    """

    code: str
    site: str
    post: str
    kind: str
    place: Place
    opened: int
    closed: int
    opened_spans: tuple[Span, ...]
    closed_spans: tuple[Span, ...]


def changes(problem: Problem, old: Roster, new: Roster) -> list[Change]:
    """Changed duties in order of time and post.

    Whoever is absent hands over before others do.
    """
    before, after = _holders(old.duties), _holders(new.duties)
    found: list[Change] = []
    for where in {**before, **after}:
        gone, come = _apart(before.get(where, []), after.get(where, []))
        gone.sort(key=lambda duty: (not is_absent(problem, duty), problem.people[duty.person].id))
        come.sort(key=lambda duty: problem.people[duty.person].id)
        for number in range(max(len(gone), len(come))):
            found.append(
                Change(gone[number] if number < len(gone) else None, come[number] if number < len(come) else None)
            )
    return sorted(found, key=lambda change: _order(problem, change))


def is_absent(problem: Problem, duty: Duty) -> bool:
    """Whether an absence of its person forbids a duty."""
    return absence_reason(problem, duty) is not None


def absence_reason(problem: Problem, duty: Duty) -> str | None:
    """The reason of the absence that forbids a duty, or None."""
    for gap in problem.people[duty.person].absences:
        until = duty.start + 1 if gap.starts_only else duty.end
        if overlap((gap.start, gap.end), (duty.start, until)):
            return gap.reason
    return None


def _holders(duties: Iterable[Duty]) -> dict[Where, list[Duty]]:
    found: dict[Where, list[Duty]] = defaultdict(list)
    for duty in duties:
        found[_where(duty)].append(duty)
    return found


def _where(duty: Duty) -> Where:
    """Touching stretches at one post are one."""
    parts: list[tuple[int | None, int, int]] = []
    for stretch in sorted(duty.stretches, key=lambda one: (one.start, one.end)):
        if parts and parts[-1][0] == stretch.post and parts[-1][2] == stretch.start:
            parts[-1] = (stretch.post, parts[-1][1], stretch.end)
        else:
            parts.append((stretch.post, stretch.start, stretch.end))
    return duty.kind, duty.shift, tuple(parts)


def _apart(old: Sequence[Duty], new: Sequence[Duty]) -> tuple[list[Duty], list[Duty]]:
    """Duties of one place and time without those that a person holds in both rosters."""
    left = list(new)
    gone = []
    for duty in old:
        same = next((one for one in left if one.person == duty.person), None)
        if same is None:
            gone.append(duty)
        else:
            left.remove(same)
    return gone, left


def _order(problem: Problem, change: Change) -> tuple[int, int, str, str, str]:
    duty = change.duty
    post = "" if duty.post is None else problem.posts[duty.post].key
    return duty.start, duty.end, post, duty.kind, problem.people[duty.person].id


def gap_changes(problem: Problem, before: Sequence[Finding], after: Sequence[Finding]) -> list[GapChange]:
    """What the findings of two audits say about cover, need by need; worst first.

    Accepted gaps count as gaps.
    """
    old, new = _shortfalls(problem, before), _shortfalls(problem, after)
    found = []
    for key in {**old, **new}:
        opened, closed = _compared(old.get(key, []), new.get(key, []))
        if opened or closed:
            code, site, post, kind, place = key
            minutes = [sum((end - start) * people for start, end, people in part) for part in (opened, closed)]
            spans = [tuple(merge_spans((start, end) for start, end, _ in part)) for part in (opened, closed)]
            found.append(GapChange(code, site, post, kind, place, minutes[0], minutes[1], spans[0], spans[1]))
    return sorted(found, key=lambda one: (-one.opened, -one.closed, one.code, one.site, one.post, one.kind))


Key = tuple[str, str, str, str, Place]
Short = tuple[int, int, int]


def _shortfalls(problem: Problem, findings: Iterable[Finding]) -> dict[Key, list[Short]]:
    """By need, when how many people are missing."""
    found: dict[Key, list[Short]] = defaultdict(list)
    for one in findings:
        is_gap = one.code in GAP_CODES and (one.severity in (Severity.GAP, Severity.HARD) or one.accepted)
        if is_gap and one.start is not None and one.end is not None:
            people = round(abs((one.required or 0) - (one.actual or 0)))
            key = (one.code, one.site, one.post, asked_for(problem, one), one.place)
            found[key].append((one.start, one.end, people))
    return found


def _compared(old: Sequence[Short], new: Sequence[Short]) -> tuple[list[Short], list[Short]]:
    """When more people are missing than before, and when fewer, and how many."""
    edges = sorted({edge for start, end, _ in (*old, *new) for edge in (start, end)})
    opened: list[Short] = []
    closed: list[Short] = []
    for start, end in pairwise(edges):
        more = _missing(new, start) - _missing(old, start)
        if more:
            (opened if more > 0 else closed).append((start, end, abs(more)))
    return opened, closed


def _missing(shorts: Iterable[Short], instant: int) -> int:
    """People missing at an instant; windows of one need that overlap ask for the same people."""
    return max((people for start, end, people in shorts if start <= instant < end), default=0)
