"""Rules that tie people together, as they are written in an operation file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patrolplan.config import Loaded
from patrolplan.errors import Complaint
from patrolplan.rules.continuity.spec import Continuity
from patrolplan.rules.mix.spec import Mix
from patrolplan.rules.teams.spec import Teams
from patrolplan.units import Period
from tests.config.conftest import GATE, HEAD

PEOPLE = """\
ranks: [Bripda, Ipda]
qualifications:
  experienced: {years: 5}
personnel:
  - {id: P1, name: Contoh A, years: 7}
  - {id: P2, name: Contoh B}
  - {id: P3, name: Contoh C}
"""


def with_rules(*rules: str) -> str:
    return HEAD + GATE + PEOPLE + "rules:\n  - rest: 11h\n" + "".join(f"  - {rule}\n" for rule in rules)


def spec_of(result: Loaded, name: str) -> object:
    return next(rule.spec for rule in result.problem.rules if rule.name == name)


@pytest.mark.parametrize(
    ("share", "expected"), [("50%", 50), ("100%", 100), ("0.5", 50), ("0.29", 29), ("1", 100), ("1.0", 100)]
)
def test_a_share_of_the_experienced(loaded: Callable[[str], Loaded], share: str, expected: int) -> None:
    result = loaded(with_rules(f"mix: {{of: experienced, at: office/gate, share: {share}}}"))
    spec = spec_of(result, "mix")
    assert isinstance(spec, Mix)
    assert (spec.of, spec.at, spec.share, spec.min) == (("experienced",), ("office/gate",), expected, 0)
    (rule,) = [rule for rule in result.problem.rules if rule.name == "mix"]
    assert (rule.weight, rule.level, len(rule.people)) == (10, 2, 3)


def test_a_word_for_the_sex(loaded: Callable[[str], Loaded]) -> None:
    spec = spec_of(loaded(with_rules("mix: {sex: wanita, at: [office], min: 1}")), "mix")
    assert isinstance(spec, Mix) and spec.sex == "f"


def test_few_people_in_a_period(loaded: Callable[[str], Loaded]) -> None:
    result = loaded(with_rules("continuity: {max: 6 per month, at: office}", "continuity: 4 per 14 days"))
    specs = [rule.spec for rule in result.problem.rules if rule.name == "continuity"]
    assert all(isinstance(spec, Continuity) for spec in specs)
    limits = [spec.max for spec in specs if isinstance(spec, Continuity)]
    assert [(one.count, one.period) for one in limits] == [(6, Period("month")), (4, Period("rolling", 14))]


@pytest.mark.parametrize("written", ["[[P1, P2]]", "[P1, P2]", "[[P1, P2], [P2, P3]]"])
def test_people_apart_are_hard_unless_they_have_a_weight(loaded: Callable[[str], Loaded], written: str) -> None:
    result = loaded(with_rules(f"teams: {{apart: {written}}}", f"teams: {{apart: {written}, weight: 3}}", "teams: {}"))
    found = [rule for rule in result.problem.rules if rule.name == "teams"]
    assert [rule.weight for rule in found] == [None, 3, 1]
    assert isinstance(found[0].spec, Teams) and found[0].spec.apart[0] == ("P1", "P2")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("mix: {of: experianced, min: 1}", 'Did you mean "experienced"?'),
        ("mix: {rank_from: Ipdo, min: 1}", 'Did you mean "Ipda"?'),
        ("mix: {of: experienced, at: ofice, min: 1}", 'Did you mean "office"?'),
        ("mix: {of: experienced, sex: f, min: 1}", "mix asks for one quality"),
        ("mix: {min: 1}", "mix asks for one quality"),
        ("mix: {of: experienced}", "mix needs a share or a min"),
        ("mix: {of: experienced, share: 50}", "write it like 50%"),
        ("mix: {of: experienced, share: half}", "write it like 50%"),
        ("mix: {of: experienced, share: 120%}", "100"),
        ("mix: {sex: unknown, min: 1}", "write m or f"),
        ("mix: {of: experienced, min: 1, for: {people: P1}}", "mix takes no for"),
        ("continuity: {at: office}", "max"),
        ("continuity: {max: 0 per week}", "nobody may serve"),
        ("continuity: {max: six per week}", "write it like 6 per month"),
        ("continuity: {max: 6 per year}", "write it like 6 per month"),
        ("teams: {apart: [[P1, P9]]}", 'unknown person "P9"'),
        ("teams: {apart: [P1, P9]}", 'unknown person "P9"'),
        ("teams: {apart: [[P1]]}", "two or more people"),
        ("teams: {apart: []}", "apart names nobody"),
        ("teams: {apart: [[P1, P1]]}", "two or more people"),
        ("teams: {apart: [[P1, P2]], for: {people: P1}}", "an entry of their own"),
        ("teams: {within: site}", "within belongs to apart"),
        ("teams: {apart: [[P1, P2]], within: town}", "site"),
    ],
)
def test_what_is_wrong_is_said(complaints: Callable[[str], list[Complaint]], rule: str, words: str) -> None:
    found = complaints(with_rules(rule))
    assert any(words in one.message for one in found), [one.message for one in found]
    assert all(one.place.line for one in found)
