"""A check as SARIF 2.1.0, the format of code-scanning services (OASIS standard of March 2020)."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from patrolplan.errors import Place
from patrolplan.findings import CODES, Finding, Severity
from patrolplan.formats.findings_json import finding_json
from patrolplan.formats.report import Report, row_place, sentence, yaml_place
from patrolplan.problem import Problem

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "patrolplanFinding/v1"
"""Key of the fingerprints: what is found of whom, where and when, whatever the lines are."""
LEVELS = {Severity.HARD: "error", Severity.GAP: "error", Severity.SOFT: "warning", Severity.NOTE: "note"}

_NOTES = ("PP106", "PP107", "PP302", "PP305")
_WARNINGS = ("PP104", "PP110", "PP111", "PP214", "PP902", "PP904")
_FAMILIES = {
    "PP1": ("cover", "Somebody is missing, or too many are there, at the time that the finding names. Fill or thin "
            "out the post, or change its need in the operation file."),
    "PP2": ("person", "The duties of one person break a rule of the operation, or bend it at a cost. Change a duty, "
            "or the rule."),
    "PP3": ("between people", "The duties of several people together break a rule of the operation, or bend it at a "
            "cost. Change a duty, or the rule."),
    "PP9": ("roster file", "A row of the roster file is not understood or does not fit the operation. Correct the "
            "row."),
}  # fmt: skip
_ACCEPT = "A known finding is accepted under `accept:` in the operation file; a worse or an expired one fails again."


def sarif(report: Report, version: str) -> dict[str, Any]:
    """The report as a SARIF log.

    Parameters
    ----------
    version
        Version of patrolplan.
    """
    codes = list(CODES)
    prints = _fingerprints(report.problem, report.findings)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "patrolplan", "version": version, "rules": [_rule(code) for code in codes]}
                },
                "automationDetails": {"id": f"patrolplan/{report.operation}/"},
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": True, "exitCode": report.exit_code}],
                "results": [
                    _result(report, finding, codes.index(finding.code), mark)
                    for finding, mark in zip(report.findings, prints, strict=True)
                ],
            }
        ],
    }


def _rule(code: str) -> dict[str, Any]:
    title = CODES[code]
    family, help_text = _FAMILIES[code[:3]]
    level = "note" if code in _NOTES else "warning" if code in _WARNINGS else "error"
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in re.findall(r"[a-z]+", title.lower())),
        "shortDescription": {"text": f"{title[0].upper()}{title[1:]}."},
        "fullDescription": {"text": f"{title[0].upper()}{title[1:]}. {help_text}"},
        "help": {
            "text": f"{help_text} {_ACCEPT.replace('`', '')}",
            "markdown": f"**{code}** {title}\n\n{help_text}\n\n{_ACCEPT}",
        },
        "defaultConfiguration": {"level": level},
        "properties": {"tags": [family]},
    }


def _result(report: Report, finding: Finding, number: int, mark: str) -> dict[str, Any]:
    facts = finding_json(report.problem, finding)
    told = ("severity", "rule", "person", "site", "post", "from", "until", "actual", "required", "unit", "cost")
    found: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": number,
        "level": LEVELS[finding.severity],
        "message": {"text": sentence(report.problem, finding)},
        "locations": [_location(yaml_place(report, finding))],
        "partialFingerprints": {FINGERPRINT: mark},
        "properties": {key: facts[key] for key in told if facts[key] not in ("", None)},
    }
    row = row_place(report, finding)
    if row is not None and row.file != yaml_place(report, finding).file:
        found["relatedLocations"] = [_location(row) | {"id": 1, "message": {"text": f"row {row.line} of the roster"}}]
    if finding.accepted:
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": finding.accepted}]
    return found


def _location(place: Place) -> dict[str, Any]:
    region = {key: value for key, value in (("startLine", place.line), ("startColumn", place.column)) if value}
    physical: dict[str, Any] = {"artifactLocation": _artifact(place.file)}
    if region:
        physical["region"] = region
    return {"physicalLocation": physical}


def _artifact(file: str) -> dict[str, str]:
    """A file as a URI: relative to the top of the repository, or with its scheme if it lies elsewhere."""
    if file.startswith("file://"):
        return {"uri": file}
    return {"uri": quote(file), "uriBaseId": "%SRCROOT%"}


def _fingerprints(problem: Problem, findings: Sequence[Finding]) -> list[str]:
    """Hashes that stay the same while a finding does; equal ones are numbered."""
    seen: Counter[str] = Counter()
    marks = []
    for finding in findings:
        facts: Mapping[str, Any] = finding_json(problem, finding)
        keys = ("code", "rule", "person", "site", "post", "from", "until", "required")
        plain = hashlib.sha256("\n".join(str(facts[key]) for key in keys).encode()).hexdigest()[:32]
        seen[plain] += 1
        marks.append(f"{plain}:{seen[plain]}")
    return marks
