"""Cases written by hand: small rosters with the findings that a rule's check must make, one file per rule.

A file holds ``defaults`` (facts for every case) and ``cases``. A case has the arguments of `tests.tiny.tiny_problem`, a
``roster`` (and ``stretches``), and ``expect``: one line per finding, in any order::

    PP204 A 5 07:00..5 19:00 hard
    PP101 s/p 4 07:00..4 19:00 gap 1200

These are code, person (or post, site, or - for none), from and until as day of the month and clock, severity, and the
cost in weights if there is one. Three lists hold what must be found in any of the findings: ``says`` words of the
message, ``measured`` what is and what should be (``10 of 11 h``), and ``blames`` the post with the line of the
operation file and the row of the roster (``s/p line 101 row 3``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from patrolplan.findings import Finding
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.units import COST_SCALE, clock_text, date_text
from tests.tiny import tiny_problem, tiny_roster

FOLDER = Path(__file__).parent
_EXPECTATIONS = ("name", "roster", "stretches", "expect", "says", "measured", "blames")


def _is_plain(tag: str, first: str) -> bool:
    if tag.endswith(":bool"):
        return first in "tTfF"
    return not tag.endswith(":timestamp")


class _PlainLoader(yaml.SafeLoader):
    """YAML in which dates stay text, and only true and false are truth values."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [(tag, pattern) for tag, pattern in resolvers if _is_plain(tag, first)]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


@dataclass(frozen=True)
class Case:
    """One small roster and what is to be found in it."""

    rule: str
    name: str
    problem: Problem
    roster: Roster
    expect: tuple[str, ...]
    says: tuple[str, ...]
    measured: tuple[str, ...]
    blames: tuple[str, ...]


def rules_with_cases() -> list[str]:
    """Rules for which a file of cases exists."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def cases_of(rule: str) -> list[Case]:
    """The cases of one rule."""
    content = yaml.load((FOLDER / f"{rule}.yaml").read_text(encoding="utf-8"), _PlainLoader)
    return [_case(rule, {**content.get("defaults", {}), **case}) for case in content["cases"]]


def _case(rule: str, facts: Mapping[str, Any]) -> Case:
    problem = tiny_problem(**{name: value for name, value in facts.items() if name not in _EXPECTATIONS})
    roster = tiny_roster(problem, facts.get("roster", {}), facts.get("stretches", ()))
    expect, *others = (tuple(facts.get(key, ())) for key in ("expect", "says", "measured", "blames"))
    return Case(rule, facts["name"], problem, roster, tuple(sorted(expect)), *others)


def line(problem: Problem, finding: Finding) -> str:
    """A finding as cases write it."""
    who = finding.person or finding.post or finding.site or "-"
    price = f" {finding.cost / COST_SCALE:g}" if finding.cost else ""
    return f"{finding.code} {who} {_span(problem, finding)} {finding.severity}{price}"


def measure(finding: Finding) -> str:
    """What is and what should be, as cases write it."""
    if finding.actual is None or finding.required is None:
        return ""
    return f"{finding.actual:g} of {finding.required:g} {finding.unit}"


def blame(finding: Finding) -> str:
    """The post with its line and row, as cases write it."""
    return f"{finding.post or '-'} line {finding.place.line} row {finding.row}"


def _span(problem: Problem, finding: Finding) -> str:
    if finding.start is None or finding.end is None:
        return "-"
    return "..".join(_moment(problem, instant) for instant in (finding.start, finding.end))


def _moment(problem: Problem, instant: int) -> str:
    day, clock = problem.zone.local(instant)
    return f"{int(date_text(day)[-2:])} {clock_text(clock)}"
