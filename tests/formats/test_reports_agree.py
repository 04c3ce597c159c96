"""Whatever a roster lacks: every report fails exactly if the check does, and tells every finding that fails."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from patrolplan.audit import Threshold, audit
from patrolplan.findings import Finding, Severity
from patrolplan.formats.github import workflow_commands
from patrolplan.formats.junit import junit_text
from patrolplan.formats.report import EVERYWHERE
from patrolplan.formats.roster_csv import RosterFile
from patrolplan.formats.sarif import sarif
from patrolplan.plan.checking import Check
from patrolplan.plan.reporting import report
from patrolplan.units import parse_date
from tests.cli import reports
from tests.tiny import tiny_problem, tiny_roster

PLACES = ["s/p", "s/q", "t/p", "s", "t", "both"]
COUNTS: list[dict[str, Any]] = [
    {"staff": 1},
    {"staff": 2, "shift": "N"},
    {"ideal": 2},
    {"at_most": 0},
    {"qualified": {"armed": 1}},
    {"staff": 1, "between": "22:00-08:00"},
]
RULES: list[dict[str, Any]] = [
    {"rest": "24h"},
    {"hours": {"max": "20h per week", "weight": 3}},
    {"duties": {"max": "1 per week", "severity": "error"}},
    {"duties": {"id": "noted", "max": "1 per week", "severity": "note"}},
    {"command": {"rank": "Ipda", "at": "s", "weight": 2}},
    {"reserve": {"count": 1, "shifts": "D"}},
]


@st.composite
def checks(draw: st.DrawFn) -> Check:
    needs = [
        draw(st.sampled_from(COUNTS)) | {"at": draw(st.sampled_from(PLACES))} for _ in range(draw(st.integers(1, 5)))
    ]
    accept = (
        [{"finding": draw(st.sampled_from(["PP101", "PP204"])), "until": "2024-12-31"}] if draw(st.booleans()) else []
    )
    problem = tiny_problem(
        {"A": {"qualifications": ["armed"], "rank": "Ipda"}, "B": None},
        4,
        posts=["s/p", "s/q", "t/p"],
        groups={"both": ["s", "t"]},
        ranks=["Bripda", "Ipda"],
        needs=needs,
        rules=draw(st.lists(st.sampled_from(RULES), max_size=4, unique_by=lambda rule: json.dumps(rule))),
        accept=accept,
        always=True,
    )
    lines = {who: draw(st.text("..DNdn", min_size=4, max_size=4)) for who in "AB"}
    roster = tiny_roster(problem, lines)
    since = draw(st.sampled_from(["", "2024-11-05", "2024-11-07"]))
    instant = problem.zone.instant(parse_date(since), problem.day_starts) if since else None
    wrong = Finding("PP901", draw(st.sampled_from([Severity.HARD, Severity.SOFT])), "row 3 is odd", row=3)
    found = audit(problem, roster, since=instant)
    if draw(st.booleans()):
        found = type(found)(**{**vars_of(found), "findings": (wrong, *found.findings)})
    return Check(problem, RosterFile(roster), found, since=instant)


def vars_of(found: Any) -> dict[str, Any]:
    return {name: getattr(found, name) for name in type(found).__dataclass_fields__}


@settings(max_examples=40, deadline=None)
@given(checks(), st.sampled_from(["hard", "gap", "any"]))
def test_reports_agree_with_the_audit(found: Check, threshold: Threshold) -> None:
    told = report(found, Path("ops.yaml"), Path("r.csv"), threshold)
    failing = [one for one in found.audit.findings if one.severity in told.failing]
    assert bool(failing) == bool(told.exit_code)

    suites = reports.junit(junit_text(told, dt.datetime(2026, 1, 1)))
    failed = reports.failures(suites)
    text = "\n".join(case.result[0].text for case in failed)
    assert bool(failed) == bool(failing)
    assert all(one.message in text for one in failing)
    assert {"s", "t", "rules", "roster file"} <= set(suites)

    run = reports.sarif(json.dumps(sarif(told, "1.0")))
    assert len(run["results"]) == sum(
        one.severity is not Severity.NOTE or bool(one.accepted) or one.code not in EVERYWHERE
        for one in found.audit.findings
    )

    lines = reports.commands(workflow_commands(told))
    assert any(one.name == "error" for one in lines) == bool(failing)
    assert all(sum(one.name == level for one in lines) <= 10 for level in ("error", "warning", "notice"))
    shown = [one for one in told.entries if one.severity in told.failing]
    assert bool(shown) == bool(failing) and len(shown) <= len(failing)
