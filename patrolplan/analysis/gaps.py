"""Gaps told as a planner would tell them: equal windows one after another are one gap."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from patrolplan.errors import Place
from patrolplan.findings import Finding, Severity
from patrolplan.language import _, date_words
from patrolplan.problem import Problem
from patrolplan.rules.verdict import posts_named
from patrolplan.units import DAY_MINUTES, clock_text

GAP_CODES = ("PP101", "PP102", "PP103", "PP105")
"""Codes of findings that say how many people are missing for how long."""

Key = tuple[str, str, str, str, Severity, Place, float | None, float | None, str]


@dataclass(frozen=True, slots=True)
class GapGroup:
    """Gaps of one place and need that lack the same number of people, on consecutive windows.

    Attributes
    ----------
    short
        People missing throughout.
    start, end
        From the first minute to the last; between them there may be time without a gap.
    when
        The time in words, such as ``7-9 Dec, every shift``.
    windows
        Shifts of single dates that are touched.
    person_shifts
        `windows` times `short`.
    person_minutes
        People missing times minutes.
    findings
        The findings behind it, in order of time.
    """

    code: str
    severity: Severity
    rule: str
    site: str
    post: str
    short: int
    actual: float | None
    required: float | None
    start: int
    end: int
    when: str
    windows: int
    person_shifts: int
    person_minutes: int
    message: str
    place: Place
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """Unbroken time of a gap, with the findings that touch one another in it."""

    start: int
    end: int
    findings: tuple[Finding, ...]


def merge_gaps(problem: Problem, findings: Iterable[Finding]) -> list[GapGroup]:
    """Gaps of the same post, code, need and shortfall joined over consecutive shifts or dates; worst first.

    Accepted findings and those that are no gaps are left out. Worst is what lacks most person-minutes.
    """
    by_key: dict[Key, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.code in GAP_CODES and finding.severity is not Severity.NOTE and _has_time(finding):
            by_key[_key(finding)].append(finding)
    groups = [_group(problem, series) for alike in by_key.values() for series in _series(problem, _runs(alike))]
    return sorted(groups, key=lambda gap: (-gap.person_minutes, gap.start, gap.code, gap.site, gap.post, gap.message))


def _has_time(finding: Finding) -> bool:
    return finding.start is not None and finding.end is not None


def _key(finding: Finding) -> Key:
    """What gaps must have in common; of their messages only those that name a qualification tell needs apart."""
    message = finding.message if finding.code in ("PP102", "PP103") else ""
    return (
        finding.code,
        finding.rule,
        finding.site,
        finding.post,
        finding.severity,
        finding.place,
        finding.actual,
        finding.required,
        message,
    )


def _runs(findings: Sequence[Finding]) -> list[_Run]:
    runs: list[_Run] = []
    for finding in sorted(findings, key=lambda one: (one.start or 0, one.end or 0)):
        start, end = finding.start or 0, finding.end or 0
        if runs and runs[-1].end == start:
            runs[-1] = _Run(runs[-1].start, end, (*runs[-1].findings, finding))
        else:
            runs.append(_Run(start, end, (finding,)))
    return runs


def _series(problem: Problem, runs: Sequence[_Run]) -> list[list[_Run]]:
    """Runs at the same clock time on consecutive dates together."""
    series: list[list[_Run]] = []
    latest: dict[tuple[int, int], list[_Run]] = {}
    for run in runs:
        day, clock = problem.zone.local(run.start)
        length = run.end - run.start
        before = latest.get((clock, length))
        if before and length < DAY_MINUTES and problem.zone.local(before[-1].start)[0] == day - 1:
            before.append(run)
        else:
            latest[clock, length] = [run]
            series.append(latest[clock, length])
    return series


def _group(problem: Problem, runs: Sequence[_Run]) -> GapGroup:
    findings = tuple(finding for run in runs for finding in run.findings)
    first = findings[0]
    short = round(abs((first.required or 0) - (first.actual or 0)))
    shifts = _shifts_there(problem, first)
    windows = sum(_windows(problem, shifts, run) for run in runs)
    return GapGroup(
        first.code,
        first.severity,
        first.rule,
        first.site,
        first.post,
        short,
        first.actual,
        first.required,
        runs[0].start,
        runs[-1].end,
        _when(problem, shifts, runs),
        windows,
        windows * short,
        short * sum(run.end - run.start for run in runs),
        first.message,
        first.place,
        findings,
    )


def _shifts_there(problem: Problem, finding: Finding) -> list[int]:
    """Shifts that serve the place of a gap."""
    if finding.post in problem.post_index:
        posts: Iterable[int] = [problem.post_index[finding.post]]
    else:
        posts = posts_named(problem, [finding.site]) or range(len(problem.posts))
    return sorted({shift for post in posts for shift in problem.posts[post].shifts})


def _windows(problem: Problem, shifts: Sequence[int], run: _Run) -> int:
    """Shifts of single dates in a run; time that two shifts share belongs to the earlier one."""
    first, last = problem.zone.local(run.start)[0], problem.zone.local(run.end)[0]
    spans = sorted(problem.shift_span(shift, day) for day in range(first - 1, last + 1) for shift in shifts)
    count, cursor = 0, run.start
    for start, end in spans:
        opens, closes = max(start, cursor), min(end, run.end)
        if opens < closes:
            count, cursor = count + 1, closes
    return max(1, count)


def _when(problem: Problem, shifts: Sequence[int], runs: Sequence[_Run]) -> str:
    run, zone = runs[0], problem.zone
    day, clock = zone.local(run.start)
    if len(runs) > 1:
        last = zone.local(runs[-1].start)[0]
        names = [
            problem.shifts[shift].name for shift in shifts if problem.shift_span(shift, day) == (run.start, run.end)
        ]
        ends = zone.local(run.end)[1]
        dates = days_text(problem, day, last)
        if names:
            return _("{dates}, every {shift} shift").format(dates=dates, shift=names[0])
        return _("{dates}, daily {start}-{end}").format(dates=dates, start=clock_text(clock), end=clock_text(ends))
    closing_day, closing = zone.local(run.end)
    opens = {problem.day_starts, min((problem.shifts[shift].start for shift in shifts), default=problem.day_starts)}
    if closing == clock and clock in opens and closing_day > day and _windows(problem, shifts, run) > 1:
        return _("{dates}, every shift").format(dates=days_text(problem, day, closing_day - 1))
    return zone.span_text(run.start, run.end)


def days_text(problem: Problem, first: int, last: int) -> str:
    """Dates in few words: ``Wed 27 Nov``, ``7-9 Dec`` or ``28 Nov - 3 Dec``."""
    if first == last:
        return problem.zone.day_text(first)
    opens, closes = dt.date.fromordinal(first), dt.date.fromordinal(last)
    if (opens.year, opens.month) == (closes.year, closes.month):
        return f"{opens.day}-{date_words(closes, 'd MMM')}"
    return f"{date_words(opens, 'd MMM')} - {date_words(closes, 'd MMM')}"
