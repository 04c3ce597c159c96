"""What a check has to say to continuous integration, before it is written in the words of one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from patrolplan.errors import Place
from patrolplan.findings import Finding, Severity
from patrolplan.problem import Problem
from patrolplan.units import duration_text

EVERYWHERE = ("PP107", "PP302", "PP305")
"""Notes that every roster has; they are left out where only what deserves a look is told."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a report: a finding, or gaps that a planner would tell as one.

    Attributes
    ----------
    severity
        That of its findings.
    where, when
        Post, site or person, and the time, in words; empty where they do not apply.
    text
        What is wrong.
    place
        File, relative to the repository, and line that deserve the look; without a file if it is in none of its files.
    """

    severity: Severity
    code: str
    where: str
    when: str
    text: str
    place: Place


@dataclass(frozen=True)
class Report:
    """A check, with what its reader needs to know of the circumstances.

    Attributes
    ----------
    operation, roster
        Files relative to the repository.
    findings
        Worst first, without the notes that every roster has.
    entries
        The same, gaps merged, in the order in which a planner would look at them.
    failing
        Severities that make the check fail.
    since
        Instant before which nothing is reported, or None.
    locate
        The path of a file relative to the repository; empty if it is not in there.
    headline
        Result and cover in a few words.
    exit_code
        How the command ends.
    """

    problem: Problem
    operation: str
    roster: str
    findings: Sequence[Finding]
    entries: Sequence[Entry]
    failing: frozenset[Severity]
    since: int | None
    locate: Callable[[str], str]
    headline: str
    exit_code: int


def who_or_where(problem: Problem, finding: Finding) -> str:
    """Person with the name, and post or site."""
    person = finding.person
    if person in problem.person_index:
        name = problem.people[problem.person_index[person]].name
        person = f"{person} {name}" if name and name != person else person
    return ", ".join(part for part in (person, finding.post or finding.site) if part)


def time_words(problem: Problem, finding: Finding) -> str:
    """When, and for cover how long: ``Tue 4 Mar 13:00-13:07 (7 min)``."""
    if finding.start is None or finding.end is None:
        return ""
    words = problem.zone.span_text(finding.start, finding.end)
    return f"{words} ({duration_text(finding.end - finding.start)})" if finding.code.startswith("PP1") else words


def sentence(problem: Problem, finding: Finding) -> str:
    """A finding in one line: whom and when it concerns, and what is wrong."""
    head = ", ".join(part for part in (who_or_where(problem, finding), time_words(problem, finding)) if part)
    return ": ".join(part for part in (head, finding.message) if part)


def yaml_place(report: Report, finding: Finding) -> Place:
    """The rule or need behind a finding, in the repository; the operation file where it stands in a preset."""
    file = report.locate(finding.place.file) if finding.place.file else ""
    return Place(file, finding.place.line, finding.place.column) if file else Place(report.operation, 1)


def row_place(report: Report, finding: Finding) -> Place | None:
    """The row of the roster, or None if the finding has none."""
    return Place(report.roster, finding.row) if finding.row else None
