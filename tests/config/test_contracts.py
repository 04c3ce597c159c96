"""What goes before the values of rules: doubles, standby factors and pay of contracts and people."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from patrolplan.config import Loaded, load
from patrolplan.errors import Complaint
from patrolplan.rules.cost.spec import Cost
from tests.config.conftest import GATE, HEAD, TAIL, Write

Load = Callable[[str], Loaded]
Complaints = Callable[[str], list[Complaint]]

CREW = """\
personnel:
  - {id: P1}
  - {id: P2, contract: part, pay: 31000}
  - {id: P3, contract: guest}
"""
CONTRACTS = """\
contracts:
  full: {double: {max: 24h}, pay: 30000}
  part: {standby: 25%, pay: 20000}
  guest: {double: {max: 0h}}
"""
RULES = "rules: [{rest: 11h}, {one_duty: {double: {max: 16h}}}]\n"


def test_a_contract_goes_before_the_rule_and_a_person_before_the_contract(loaded: Load) -> None:
    people = loaded(HEAD + GATE + CONTRACTS + CREW + RULES).problem.people
    assert [who.double for who in people] == [24 * 60, 16 * 60, 0]
    assert [who.standby for who in people] == [None, 25, None]
    assert [who.pay for who in people] == [30000, 31000, None]


def test_without_any_of_it_there_are_no_doubles_and_no_pay(loaded: Load) -> None:
    for who in loaded(HEAD + GATE + TAIL).problem.people:
        assert (who.double, who.standby, who.pay) == (0, None, None)


def test_pay_from_a_table(write: Write) -> None:
    write("id,upah per jam\nP1,31000\nP2,\n", "people.csv")
    rules = "rules: [{rest: 11h}]\n"
    people = load(write(HEAD + GATE + "personnel: people.csv\n" + rules)).problem.people
    assert [who.pay for who in people] == [31000, None]


@pytest.mark.parametrize(
    ("contracts", "message"),
    [
        ("{full: {double: {max: 16}}}", "16h"),
        ("{full: {double: 16h}}", "such as {max: 16h}."),
        ("{full: {double: 16}}", "such as {max: 16h}."),
        ("{full: {standby: 25}}", "write it like 50%"),
        ("{full: {standby: 120%}}", "standby must be at most 100"),
        ("{full: {pay: 25.5}}", "write a whole number without separators, such as 25000"),
        ('{full: {pay: "25.000"}}', "write a whole number without separators, such as 25000"),
        ("{full: {pay: -1}}", "pay must be at least 0"),
    ],
)
def test_a_contract_that_is_not_understood(complaints: Complaints, contracts: str, message: str) -> None:
    (one,) = complaints(HEAD + GATE + TAIL + f"contracts: {contracts}\n")
    assert message in one.message


def test_the_standby_factor_of_hours_in_percent_or_as_a_number(loaded: Load) -> None:
    text = HEAD + GATE + TAIL + "  - hours: {max: 40h per week, standby: 25%}\n  - hours: {max: 90h, standby: 25}\n"
    assert [rule.spec.standby for rule in loaded(text).problem.rules if rule.name == "hours"] == [25, 25]  # type: ignore[attr-defined]


def test_a_budget_is_hard_and_keeping_low_is_not(loaded: Load) -> None:
    text = HEAD + GATE + TAIL + "  - cost: {pay: 25000}\n  - cost: {pay: 25000, budget: 9, weight: 3}\n"
    rules = [rule for rule in loaded(text + "  - cost: {pay: 25000, budget: 9}\n").problem.rules if rule.name == "cost"]
    assert [(rule.weight, rule.level) for rule in rules] == [(1, 3), (3, 3), (None, 3)]
    assert cast(Cost, rules[0].spec).currency_per_weight == 25000


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("{night: 25%}", "pay"),
        ("{pay: 25000, night: 25}", "write it like 50%"),
        ("{pay: 25000, severity: hard}", "give it a weight, or a budget"),
        ("{pay: 0}", "such as per: 1000"),
        ("{pay: 25, per: 1000000}", "costs nothing; take less"),
        ("{pay: 1, budget: 5, overtime: [{above: 40h per week, premium: 50%}]}", "list cost twice"),
        (
            "{pay: 1, overtime: [{above: 40h per week, premium: 50%}, {above: 40h per week, premium: 90%}]}",
            "begin above",
        ),
        (
            "{pay: 1, overtime: [{above: 48h per week, premium: 50%}, {above: 40h per week, premium: 50%}]}",
            "the premium above 48h per week must be more than the 50% above 40h per week",
        ),
    ],
)
def test_a_cost_that_makes_no_sense(complaints: Complaints, values: str, message: str) -> None:
    (one,) = complaints(HEAD + GATE + TAIL + f"  - cost: {values}\n")
    assert message in one.message


def test_steps_of_different_periods_need_not_rise(loaded: Load) -> None:
    steps = "[{above: 8h per day, premium: 50%}, {above: 40h per week, premium: 25%}]"
    assert loaded(HEAD + GATE + TAIL + f"  - cost: {{pay: 1, overtime: {steps}}}\n").problem.rules
