"""Findings that somebody has accepted: they become notes, as long as they are not worse and the word still holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from patrolplan.findings import Finding, Severity
from patrolplan.language import _, figures
from patrolplan.problem import Acceptance, Problem
from patrolplan.units import date_text, duration_text, subtract_spans


def accept(problem: Problem, finding: Finding) -> Finding:
    """The finding as a note if an acceptance covers it; else unchanged, or with why its acceptance does not hold."""
    if finding.severity is Severity.NOTE:
        return finding
    for acceptance in problem.acceptances:
        if _is_meant(problem, acceptance, finding) and not _refusal(problem, acceptance, finding):
            return replace(finding, severity=Severity.NOTE, accepted=_words(acceptance))
    refusal = why_refused(problem, finding)
    return replace(finding, message=f"{finding.message} ({refusal})") if refusal else finding


def why_refused(problem: Problem, finding: Finding) -> str:
    """Why acceptances that are about a finding do not hold for it; empty if there is none."""
    meant = (one for one in problem.acceptances if _is_meant(problem, one, finding))
    return next((why for why in (_refusal(problem, one, finding) for one in meant) if why), "")


def unused(problem: Problem, findings: Iterable[Finding]) -> list[Acceptance]:
    """Acceptances that are about none of these findings."""
    found = list(findings)
    return [one for one in problem.acceptances if not any(_is_meant(problem, one, finding) for finding in found)]


def _is_meant(problem: Problem, acceptance: Acceptance, finding: Finding) -> bool:
    if acceptance.code != finding.code or acceptance.person not in ("", finding.person):
        return False
    return _is_at(problem, acceptance.at, finding) and _is_during(acceptance, finding)


def _is_at(problem: Problem, place: str, finding: Finding) -> bool:
    """Whether a finding is at a post (by key or name), a site or a group."""
    if place in ("", finding.post, finding.site):
        return True
    if finding.post and problem.posts[problem.post_index[finding.post]].name == place:
        return True
    return finding.site in (problem.sites[site].name for site in problem.groups.get(place, ()))


def _is_during(acceptance: Acceptance, finding: Finding) -> bool:
    """Cover findings must lie wholly inside the accepted time, others start in it."""
    if acceptance.during is None:
        return True
    if finding.start is None or finding.end is None:
        return False
    if finding.code.startswith("PP1"):
        return not subtract_spans([(finding.start, finding.end)], acceptance.during)
    return any(start <= finding.start < end for start, end in acceptance.during)


def _refusal(problem: Problem, acceptance: Acceptance, finding: Finding) -> str:
    """Why the acceptance does not hold for this finding; empty if it does."""
    if finding.start is not None and _last_day(problem, finding) > acceptance.until_day:
        return _("accepted by {by}, but only until {day}").format(by=acceptance.by, day=date_text(acceptance.until_day))
    if acceptance.short is not None and _amount(finding) > acceptance.short:
        return (
            _("accepted by {by}, but only up to {short} {unit}")
            .format(
                by=acceptance.by, short=figures(f"{acceptance.short:g}"), unit=_(finding.unit) if finding.unit else ""
            )
            .rstrip()
        )
    length = (finding.end or 0) - (finding.start or 0)
    if acceptance.longest is not None and length > acceptance.longest:
        return _("accepted by {by}, but only up to {longest}, and it lasts {length}").format(
            by=acceptance.by, longest=duration_text(acceptance.longest), length=duration_text(length)
        )
    return ""


def _last_day(problem: Problem, finding: Finding) -> int:
    """The last date that a gap touches; of another finding the date on which it starts."""
    start, end = finding.start or 0, finding.end or 0
    return problem.zone.local(max(start, end - 1) if finding.code.startswith("PP1") else start)[0]


def _amount(finding: Finding) -> float:
    """How far the finding is from what is required, in its unit."""
    if finding.actual is None or finding.required is None:
        return 0.0
    return abs(finding.actual - finding.required)


def _words(acceptance: Acceptance) -> str:
    words = _("accepted by {by} until {day}").format(by=acceptance.by, day=date_text(acceptance.until_day))
    return f"{words}: {acceptance.reason}" if acceptance.reason else words
