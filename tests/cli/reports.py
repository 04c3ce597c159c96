"""Reads what ``check`` writes for continuous integration as its readers do."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import xmlschema
from junitparser import JUnitXml, TestCase, TestSuite

SCHEMAS = Path(__file__).parents[1] / "formats" / "schemas"
_COMMAND = re.compile(r"::(?P<name>[a-z]+)(?: (?P<properties>[^:]*))?::(?P<data>.*)")


@dataclass(frozen=True)
class Command:
    """One workflow command, its escapes undone as the runner of GitHub Actions does."""

    name: str
    properties: dict[str, str]
    data: str


def commands(text: str) -> list[Command]:
    """The workflow commands among lines of a log."""
    found = []
    for line in text.splitlines():
        match = _COMMAND.fullmatch(line)
        if match is None:
            assert not line.startswith("::"), line
            continue
        listed = (match["properties"] or "").split(",")
        properties = {key: _plain(value) for key, _, value in (one.partition("=") for one in listed if one)}
        found.append(Command(match["name"], properties, _plain(match["data"])))
    return found


def _plain(text: str) -> str:
    for code, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, character)
    return text


@cache
def _junit_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMAS / "junit.xsd")


@cache
def _sarif_validator() -> Any:
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())


def junit(text: str) -> dict[str, TestSuite]:
    """The suites of a valid report by name; their figures are those of their cases."""
    _junit_schema().validate(text)
    suites = {suite.name: suite for suite in JUnitXml.fromstring(text.encode())}
    for suite in suites.values():
        cases = list(suite)
        assert suite.tests == len(cases)
        assert suite.failures == sum(case.is_failure for case in cases)
        assert suite.skipped == sum(case.is_skipped for case in cases)
        assert len({(case.classname, case.name) for case in cases}) == len(cases)
    return suites


def failures(suites: dict[str, TestSuite]) -> list[TestCase]:
    """The failing cases of all suites."""
    return [case for suite in suites.values() for case in suite if case.is_failure]


def sarif(text: str) -> dict[str, Any]:
    """The run of a valid log; every result is of a rule that the tool describes."""
    log = json.loads(text)
    _sarif_validator().validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for location in result["locations"]:
            assert not location["physicalLocation"]["artifactLocation"]["uri"].startswith("/")
    marks = [tuple(result["partialFingerprints"].values()) for result in run["results"]]
    assert len(set(marks)) == len(marks)
    assert isinstance(run, dict)
    return run
