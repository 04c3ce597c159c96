"""Whom a rule binds and when: contracts with rules of their own, and people who change their team."""

from __future__ import annotations

from collections.abc import Callable

import jsonschema
import pytest

from patrolplan.audit import audit
from patrolplan.config import Loaded, load, resolved_text
from patrolplan.config.json_schema import schema
from patrolplan.errors import Complaint
from patrolplan.problem import Rule
from patrolplan.roster import Stretch, make_roster
from tests.config.conftest import GATE, HEAD, Write

Load = Callable[[str], Loaded]
Complaints = Callable[[str], list[Complaint]]
PEOPLE = """\
personnel:
  - {id: P1}
  - {id: P2, contract: part}
  - {id: P3, contract: mini, rank: senior}
ranks: [guard, senior]
"""
CONTRACTS = """\
contracts:
  part:
    share: 50%
    rules:
      - hours: {max: 24h per week}
      - duties: {max: 3 per month, shifts: night}
  mini: {share: 25%}
"""
RULES = "rules:\n  - rest: 11h\n  - hours: {max: 48h per week}\n"
SOUND = HEAD + GATE + PEOPLE + CONTRACTS + RULES


def bound(loaded: Loaded) -> dict[str, list[str]]:
    """Rule ids with the people whom they bind, without what always holds."""
    found: dict[str, list[str]] = {}
    for rule in loaded.problem.rules:
        if rule.name not in ("availability", "eligibility", "one_duty", "cover"):
            found.setdefault(rule.id, []).extend(loaded.problem.people[one].id for one in sorted(rule.people))
    return found


def test_rules_of_a_contract_bind_its_people_besides_the_general_ones(loaded: Load) -> None:
    found = loaded(SOUND)
    everybody = ["P1", "P2", "P3"]
    assert bound(found) == {"rest": everybody, "hours": everybody, "part/hours": ["P2"], "part/duties": ["P2"]}
    assert not found.warnings
    rule = next(one for one in found.problem.rules if one.id == "part/hours")
    assert str(rule.place).endswith("ops.yaml:23:9")


def test_people_without_a_contract_have_the_full_one(loaded: Load) -> None:
    found = loaded(SOUND.replace("  mini:", "  full: {notice: 2d, rules: [{work_streak: {max: 5}}]}\n  mini:"))
    assert bound(found)["full/work_streak"] == ["P1"]
    assert [(who.contract, who.share) for who in found.problem.people] == [("full", 1), ("part", 0.5), ("mini", 0.25)]
    assert bound(loaded(SOUND.replace("- rest: 11h", "- rest: {min: 11h, for: {contracts: full}}")))["rest"] == ["P1"]


def test_the_selector_of_a_rule_narrows_the_contract(loaded: Load) -> None:
    text = SOUND.replace("  mini: {share: 25%}", "  mini: {rules: [{rest: {min: 13h, for: {ranks: senior}}}]}")
    assert bound(loaded(text))["mini/rest"] == ["P3"]
    nobody = loaded(text.replace("for: {ranks: senior}", "for: {ranks: guard}"))
    assert [one.message for one in nobody.warnings] == ['the rule "mini/rest" binds nobody.']
    assert nobody.warnings[0].place.line == 25


def test_rules_of_contracts_merge_by_id(write: Write) -> None:
    write(SOUND, "base.yaml")
    own = """\
patrolplan: 1
extends: base.yaml
contracts:
  part:
    title: half
    rules:
      - hours: {id: hours, max: 30h per week}
      - {id: duties, off: true}
      - hours: {max: 10h per day}
      - rest: 12h
"""
    path = write(own)
    problem = load(path).problem
    assert [rule.id for rule in problem.rules if "/" in rule.id] == ["part/hours", "part/hours-2", "part/rest"]
    assert problem.rules[-3].spec.max.minutes == 30 * 60  # type: ignore[attr-defined]
    assert problem.people[1].share == 0.5
    text = resolved_text(path)
    assert '- hours: {id: hours, max: "30h per week"}' in text and "ops.yaml:7" in text and "base.yaml:21" in text
    again = load(write(text, "again.yaml")).problem
    assert [(rule.id, rule.people) for rule in again.rules] == [(rule.id, rule.people) for rule in problem.rules]


@pytest.mark.parametrize(
    ("rules", "line", "words"),
    [
        ("{hours: 3}", 22, "rules must be a list"),
        ("[{hourz: {max: 3h per day}}]", 22, 'unknown rule "hourz". Did you mean "hours"?'),
        ("[{hours: {maxx: 3h per day}}]", 22, 'unknown key "maxx". Did you mean "max"?'),
        ("[{shift_streak: {shift: nigth, max: 2}}]", 22, 'unknown shift "nigth". Did you mean "night"?'),
        ("[{cover: {short: 5}}]", 22, "cover cannot bind the people of one contract"),
        ("[{id: rest, off: true}]", 22, 'no rule with the id "rest" to switch off with the contract "part"'),
        ("[{rest: {id: a, min: 9h}}, {rest: {id: a, min: 8h}}]", 22, 'the id "a" stands twice'),
    ],
)
def test_mistakes_in_the_rules_of_a_contract(rules: str, line: int, words: str, complaints: Complaints) -> None:
    head, _, rest = SOUND.partition("    rules:\n")
    tail = rest[rest.index("  mini") :]
    (complaint,) = complaints(f"{head}    rules: {rules}\n{tail}")
    assert words in complaint.message
    assert complaint.place.line == line


def test_the_schema_knows_the_rules_of_contracts() -> None:
    validator = jsonschema.Draft7Validator(schema())
    given = {"patrolplan": 1, "operation": {"name": "a", "timezone": "b", "from": "c", "until": "d"}}
    assert not list(validator.iter_errors({**given, "contracts": {"part": {"rules": [{"rest": "11h"}]}}}))
    assert list(validator.iter_errors({**given, "contracts": {"part": {"rules": [{"rezt": "11h"}]}}}))


TEAMS = """\
phases:
  busy: {from: 2024-11-07, until: 2024-11-09}
personnel:
  - {id: P1, team: A}
  - {id: P2, team: A, team_by_phase: {busy: B}}
  - {id: P3, team: B, team_by_phase: {busy: A}}
  - {id: P4, team: B}
"""
STREAK = "rules:\n  - rest: 11h\n  - work_streak: {max: 1, for: {teams: A}}\n"


def instances(loaded: Loaded, name: str) -> list[Rule]:
    return [rule for rule in loaded.problem.rules if rule.name == name]


def test_a_rule_of_a_team_binds_while_one_belongs_to_it(loaded: Load) -> None:
    found = loaded(HEAD + GATE + TEAMS + STREAK)
    rules = instances(found, "work_streak")
    assert {rule.id for rule in rules} == {"work_streak"}
    assert [rule.people for rule in rules] == [{0}, {1}, {2}]
    days = [found.problem.zone.instant(found.problem.first_day + day, 7 * 60) for day in range(7)]
    assert ["".join("x" if rule.binds(day) else "." for day in days) for rule in rules] == [
        "xxxxxxx",
        "xxx..xx",
        "...xx..",
    ]


def test_the_same_days_in_a_row_count_only_in_the_team(loaded: Load) -> None:
    problem = loaded(HEAD + GATE + TEAMS + STREAK).problem
    rows = [
        Stretch(person, 0, 0, *problem.shift_span(0, problem.first_day + day), f"{person}-{day}")
        for person in range(4)
        for day in (2, 3, 4)
    ]
    judged = audit(problem, make_roster(problem, rows))
    assert {one.person: one.actual for one in judged.findings if one.code == "PP207"} == {"P1": 3, "P3": 2}


def test_during_and_the_time_in_the_team_meet(loaded: Load) -> None:
    text = HEAD + GATE + TEAMS + STREAK.replace("for:", "during: {dates: 2024-11-08..2024-11-09}, for:")
    rules = instances(loaded(text), "work_streak")
    assert [sorted(rule.people) for rule in rules] == [[0], [1], [2]]
    starts = [rule.during[0][0] for rule in rules if rule.during]
    assert starts[1] - starts[0] == 24 * 60 and starts[2] == starts[0]
    never = text.replace("2024-11-08..2024-11-09", "2024-11-04..2024-11-05").replace("P2, team: A", "P2, team: C")
    assert [sorted(rule.people) for rule in instances(loaded(never), "work_streak")] == [[0]]


def test_rules_that_tie_people_together_stay_in_one_piece(loaded: Load) -> None:
    rules = "rules:\n  - rest: 11h\n  - continuity: {max: 2 per week, for: {teams: A}}\n"
    (rule,) = instances(loaded(HEAD + GATE + TEAMS + rules), "continuity")
    assert rule.people == {0, 1, 2}


def test_a_rotation_spreads_all_teams_it_binds(loaded: Load) -> None:
    rules = "rules:\n  - rest: 11h\n  - rotation: {pattern: DNOO, for: {teams: [A, B]}}\n"
    rules += "  - rotation: {pattern: DO, for: {teams: A}}\n"
    found = loaded(HEAD + GATE + TEAMS + rules)
    assert [rule.spec.offsets for rule in instances(found, "rotation")] == [  # type: ignore[attr-defined]
        {"A": 0, "B": 2},
        *[{"A": 0}] * 3,
    ]


@pytest.mark.parametrize(
    ("selector", "line"),
    [
        ("for: {people: P1, teams: B}", 24),
        ("for: {qualifications: armed}", 24),
        ("for: {contracts: part}", 24),
        ("for: {sex: f}", 24),
    ],
)
def test_a_rule_that_binds_nobody(selector: str, line: int, loaded: Load) -> None:
    text = HEAD + GATE + TEAMS + "qualifications: {armed: {}}\n" + STREAK.replace("for: {teams: A}", selector)
    (warning,) = loaded(text).warnings
    assert (warning.message, warning.place.line) == ('the rule "work_streak" binds nobody.', line)


@pytest.mark.parametrize("dates", ["2024-10-01..2024-11-03", "2024-11-11"])
def test_a_rule_whose_time_lies_outside_the_operation(dates: str, loaded: Load) -> None:
    text = HEAD + GATE + TEAMS + STREAK.replace("for:", f"during: {{dates: {dates}}}, for:")
    (warning,) = loaded(text).warnings
    assert warning.message == 'the time of the rule "work_streak" (during) lies outside the operation.'
    assert warning.place.line == 23
