"""Every rule's check against the cases written by hand, and the roll calls against each other."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from patrolplan.audit import complete
from patrolplan.findings import CODES, Finding
from patrolplan.rules.checks import LINKING, PERSONAL, REASONS
from patrolplan.rules.specs import SPECS
from tests.rules.cases import Case, blame, cases_of, line, measure, rules_with_cases

CASES = [case for rule in rules_with_cases() for case in cases_of(rule)]


def judge(case: Case) -> list[Finding]:
    """What the rule of a case finds in its roster."""
    problem, roster = case.problem, complete(case.problem, case.roster)
    found: list[Finding] = []
    for rule in problem.rules:
        if rule.name != case.rule:
            continue
        if rule.name in PERSONAL:
            check = PERSONAL[rule.name]
            found += chain.from_iterable(check(problem, rule, one, roster.of(one)) for one in sorted(rule.people))
        if rule.name in LINKING:
            found += LINKING[rule.name](problem, rule, roster)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.name}")
def test_check_finds_what_the_case_expects(case: Case) -> None:
    found = judge(case)
    assert sorted(line(case.problem, finding) for finding in found) == list(case.expect)
    for words in case.says:
        assert any(words in finding.message for finding in found), [finding.message for finding in found]
    assert {*case.measured} <= {measure(finding) for finding in found}
    assert {*case.blames} <= {blame(finding) for finding in found}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.name}")
def test_findings_are_complete(case: Case) -> None:
    for finding in judge(case):
        assert finding.code in CODES
        assert finding.rule and finding.place.file and finding.level
        assert finding.post.partition("/")[0] in ("", finding.site)
        assert (finding.start is None) == (finding.end is None)
        assert finding.start is None or finding.end is None or finding.start < finding.end
        assert not re.search(r"[!\n]|\b(None|constraint)\b|\.$", finding.message), finding.message


def test_every_rule_has_a_check() -> None:
    assert list(SPECS) == list(dict.fromkeys((*PERSONAL, *LINKING)))


def test_every_rule_has_at_least_four_cases() -> None:
    assert {rule: len(cases_of(rule)) >= 4 for rule in SPECS} == dict.fromkeys(SPECS, True)


def test_every_personal_code_explains_a_gap() -> None:
    assert {code for code in REASONS if code.startswith("PP2")} == {code for code in CODES if code.startswith("PP2")}
