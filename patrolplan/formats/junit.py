"""A check as a JUnit report: a suite for each site, a case for each post and date, covered or not.

The layout satisfies the schema of Jenkins' xUnit plugin (junit-10.xsd) and the stricter one of Ant's JUnit report.
"""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from patrolplan.findings import Finding, Severity
from patrolplan.formats.report import Report, row_place, sentence, who_or_where, yaml_place
from patrolplan.language import plural
from patrolplan.problem import AT_LEAST, Demand, Problem
from patrolplan.units import date_text, duration_text, overlap

RULES_SUITE = "rules"
FILE_SUITE = "roster file"
_WHOLE = "whole site or group"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class _Case:
    """One case with what was found in it, each as its finding and its line of text."""

    group: str
    name: str
    found: list[tuple[Finding, str]] = field(default_factory=list)


Suites = dict[str, dict[str, _Case]]


def junit_text(report: Report, written: dt.datetime) -> str:
    """The report as XML text.

    Parameters
    ----------
    written
        Local time of the check.
    """
    suites: Suites = defaultdict(dict)
    _add_cover(report, suites)
    _add_rules(report, suites)
    _add_file(report, suites)
    root = ET.Element("testsuites")
    for number, (name, cases) in enumerate(suites.items()):
        root.append(_suite(report, number, name, list(cases.values()), written))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


# -- what is a case --------------------------------------------------------------------------------------------------


def _add_cover(report: Report, suites: Suites) -> None:
    """A case for every post, and for every site and group with needs of its own, on every date with a need."""
    problem = report.problem
    for site in problem.sites:
        suites[site.name] = {}
    for demand in problem.demands:
        if demand.kind not in AT_LEAST:
            continue
        suite, group, name = _place_of(problem, demand)
        windows = [window for window in demand.windows if window.count]
        for day in sorted({day for window in windows for day in _days_of(report, window.start, window.end)}):
            _case(suites, suite, group, f"{name} {date_text(day)}")
    _sort_by_post(problem, suites)
    for finding in report.findings:
        if not _is_cover(finding) or finding.start is None or finding.end is None:
            continue
        name = finding.post.partition("/")[2] or _WHOLE
        for day in _days_of(report, finding.start, finding.end):
            case = _case(suites, finding.site, finding.post or finding.site, f"{name} {date_text(day)}")
            case.found.append((finding, _line(report, finding) + _on_this_date(problem, finding, day)))


def _is_cover(finding: Finding) -> bool:
    return finding.code.startswith("PP1") and bool(finding.site) and None not in (finding.start, finding.end)


def _place_of(problem: Problem, demand: Demand) -> tuple[str, str, str]:
    """Suite, class and name of the cases of a need."""
    sites = {problem.posts[post].site for post in demand.posts}
    suite = problem.sites[next(iter(sites))].name if len(sites) == 1 else demand.where
    if len(demand.posts) == 1:
        post = problem.posts[next(iter(demand.posts))]
        return suite, post.key, post.name
    return suite, suite, _WHOLE


def _sort_by_post(problem: Problem, suites: Suites) -> None:
    """Cases in the order of the posts, then of the dates; those of the whole site last."""
    order = {post.key: index for index, post in enumerate(problem.posts)}
    for name, cases in suites.items():
        ordered = sorted(cases.values(), key=lambda case: (order.get(case.group, len(order)), case.name))
        suites[name] = {case.name: case for case in ordered}


def _days_of(report: Report, start: int, end: int) -> Iterator[int]:
    """Dates of duty that a stretch of time touches and that are not past."""
    zone = report.problem.zone
    for day in range(zone.local(start)[0] - 1, zone.local(end)[0] + 1):
        span = report.problem.day_span(day)
        if overlap(span, (start, end)) and (report.since is None or span[1] > report.since):
            yield day


def _on_this_date(problem: Problem, finding: Finding, day: int) -> str:
    whole = (finding.start or 0, finding.end or 0)
    here = overlap(problem.day_span(day), whole)
    return "" if here == whole[1] - whole[0] else f" [{duration_text(here)} on this date]"


def _add_rules(report: Report, suites: Suites) -> None:
    """A case for every rule that holds, and one for every person with whom it does not."""
    names = dict.fromkeys(rule.id for rule in report.problem.rules if rule.name != "cover")
    by_rule: dict[str, list[Finding]] = {name: [] for name in names}
    for finding in report.findings:
        if not _is_cover(finding) and not finding.code.startswith("PP9"):
            by_rule.setdefault(finding.rule, []).append(finding)
    for rule, findings in by_rule.items():
        telling = [one for one in findings if one.severity is not Severity.NOTE or one.accepted]
        if not any(one.severity in report.failing for one in telling):
            _case(suites, RULES_SUITE, RULES_SUITE, rule).found += [(one, _line(report, one)) for one in telling]
            continue
        for one in telling:
            who = f"{rule}: {who_or_where(report.problem, one)}" if one.person else rule
            _case(suites, RULES_SUITE, RULES_SUITE, who).found.append((one, _line(report, one)))


def _add_file(report: Report, suites: Suites) -> None:
    """A case for every row of the roster file that is not understood or does not fit; one that passes if all do."""
    found = [finding for finding in report.findings if finding.code.startswith("PP9")]
    for finding in found:
        name = f"row {finding.row}" if finding.row else finding.code
        _case(suites, FILE_SUITE, FILE_SUITE, name).found.append((finding, _line(report, finding)))
    if not found:
        _case(suites, FILE_SUITE, FILE_SUITE, "rows are understood")


def _case(suites: Suites, suite: str, group: str, name: str) -> _Case:
    return suites.setdefault(suite, {}).setdefault(name, _Case(group, name))


def _line(report: Report, finding: Finding) -> str:
    """A finding in a line, with where to look."""
    place = row_place(report, finding) or yaml_place(report, finding)
    words = f"{finding.code} {sentence(report.problem, finding)}"
    return f"{words} ({finding.accepted})" if finding.accepted else f"{words} [{place}]"


# -- as XML ----------------------------------------------------------------------------------------------------------


def _suite(report: Report, number: int, name: str, cases: Sequence[_Case], written: dt.datetime) -> ET.Element:
    suite = ET.Element("testsuite")
    ET.SubElement(suite, "properties")
    outcomes = [_outcome(report, suite, case) for case in cases]
    remarks = [text for case in cases for one, text in case.found if _is_remark(report, one)]
    ET.SubElement(suite, "system-out").text = _xml("\n".join(dict.fromkeys(remarks)))
    ET.SubElement(suite, "system-err")
    suite.attrib.update(
        name=_xml(name) or "-",
        package=_xml(report.operation),
        id=str(number),
        timestamp=written.replace(tzinfo=None).isoformat(timespec="seconds"),
        hostname="localhost",
        tests=str(len(cases)),
        failures=str(outcomes.count("failure")),
        errors="0",
        skipped=str(outcomes.count("skipped")),
        time="0",
    )
    return suite


def _outcome(report: Report, suite: ET.Element, case: _Case) -> str:
    """Add a case; it fails by what makes the check fail, and is skipped if only something accepted is found."""
    element = ET.SubElement(suite, "testcase", name=_xml(case.name), classname=_xml(case.group), time="0")
    failing = [(one, text) for one, text in case.found if one.severity in report.failing]
    accepted = [one for one, _ in case.found if one.accepted]
    if failing:
        first, words = failing[0]
        others = len(failing) - 1
        more = " (" + plural("and {n} more", "and {n} more", others) + ")" if others else ""
        child = ET.SubElement(element, "failure", type=first.code, message=_xml(f"{words}{more}"))
        child.text = _xml("\n".join(text for _, text in failing))
        return "failure"
    if accepted:
        ET.SubElement(element, "skipped", message=_xml(f"{accepted[0].code} {accepted[0].accepted}"))
        return "skipped"
    return "passed"


def _is_remark(report: Report, finding: Finding) -> bool:
    """Whether a finding does not fail and is yet worth a line."""
    return finding.severity not in report.failing and (finding.severity is not Severity.NOTE or bool(finding.accepted))


def _xml(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _NOT_XML.sub("?", text)
