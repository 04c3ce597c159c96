"""Workflow commands and step summaries, whatever stands in names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrolplan.audit import audit
from patrolplan.formats.github import command, step_summary, workflow_commands
from patrolplan.formats.report import Report
from patrolplan.formats.roster_csv import RosterFile
from patrolplan.plan.checking import Check
from patrolplan.plan.reporting import report
from tests.cli.reports import commands
from tests.tiny import tiny_problem, tiny_roster

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"))


def told(site: str = "s", days: int = 3, posts: int = 1) -> Report:
    """The report of a roster with nobody on duty."""
    names = [f"{site}/p{number}" for number in range(posts)]
    needs = [{"staff": 1 + number % 7, "at": name, "cost": 1} for number, name in enumerate(names)]
    problem = tiny_problem(["A"], days, posts=names, needs=needs)
    rules = tiny_problem(["A"], days, always=True).rules
    problem = replace(problem, rules=rules)
    empty = tiny_roster(problem, {})
    found = Check(problem, RosterFile(empty), audit(problem, empty))
    return report(found, Path("ops.yaml"), Path("r.csv"), "gap")


def test_escapes() -> None:
    line = command("error", {"file": "a,b:c%.yaml", "line": "3"}, "100 %: a, b\r\nnext")
    assert line == "::error file=a%2Cb%3Ac%25.yaml,line=3::100 %25: a, b%0D%0Anext"
    assert command("notice", {}, "x") == "::notice::x"


@given(TEXT, TEXT)
def test_what_is_escaped_comes_back(title: str, data: str) -> None:
    (found,) = commands(command("warning", {"title": title}, data))
    assert (found.name, found.properties, found.data) == ("warning", {"title": title}, data)


def test_names_cannot_give_commands_or_break_the_table() -> None:
    found = told(site="a|b\n::error::<b>*x*`%")
    (one,) = commands(workflow_commands(found))
    assert one.properties["title"].endswith("a|b\n::error::<b>*x*`%/p0")
    rows = [line for line in step_summary(found).splitlines() if line.startswith("| error")]
    assert len(rows) == 1
    assert r"a\|b ::error::\<b\>\*x\*\`%/p0" in rows[0]
    assert len([bar for index, bar in enumerate(rows[0]) if bar == "|" and rows[0][index - 1] != "\\"]) == 7


@pytest.mark.parametrize("limit", [200, 1000, 5000])
def test_a_summary_keeps_to_its_size_and_says_what_is_left_out(limit: int) -> None:
    found = told(posts=60)
    assert len(found.entries) == 60
    text = step_summary(found, limit)
    assert len(text.encode()) <= limit
    if text:
        kept = sum(line.startswith("| error") for line in text.splitlines())
        assert f"and {60 - kept} more" in text and 0 < kept < 60
    assert sum(line.startswith("| error") for line in step_summary(found).splitlines()) == 60


def test_worst_gaps_come_first() -> None:
    found = told(posts=12)
    lines = commands(workflow_commands(found))
    assert len(lines) == 10
    needed = [int(one.data.rpartition(" needed")[0].rsplit(" ", 1)[1]) for one in lines]
    assert needed == sorted(needed, reverse=True) and needed[0] == 7
