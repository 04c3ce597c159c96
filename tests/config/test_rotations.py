"""The section ``rotations`` and the rules that name its patterns."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patrolplan.config import Loaded, resolved_text
from patrolplan.errors import Complaint
from patrolplan.problem import Person, Shift
from patrolplan.rules.fields import cycle_letters
from patrolplan.rules.rotation.spec import Rotation, settle
from patrolplan.units import parse_between, parse_date
from tests.config.conftest import GATE, HEAD, Write

Load = Callable[[str], Loaded]
Complaints = Callable[[str], list[Complaint]]
TEAMS = """\
personnel:
  - {id: P1, name: Contoh A, team: regu-2}
  - {id: P2, name: Contoh B, team: regu-10}
  - {id: P3, name: Contoh C, team: regu-1}
  - {id: P4, name: Contoh D}
rules:
  - rest: 11h
"""
SOUND = HEAD + GATE + TEAMS


def rotation(loaded: Loaded) -> Rotation:
    (spec,) = (rule.spec for rule in loaded.problem.rules if rule.name == "rotation")
    assert isinstance(spec, Rotation)
    return spec


def test_a_rotation_is_spelt_out(loaded: Load) -> None:
    text = SOUND + "  - rotation: ddn noo\n"
    spec = rotation(loaded(text))
    assert (spec.pattern, spec.starts) == ("DDNNOO", parse_date("2024-11-04"))
    assert spec.letters == {"D": "day", "N": "night"}
    assert spec.offsets == {"regu-1": 0, "regu-2": 2, "regu-10": 4}
    assert not loaded(text).warnings


@pytest.mark.parametrize("section", ["{pattern: D-N.OO, title: quick}", "D-N.OO"])
def test_a_named_pattern(section: str, loaded: Load) -> None:
    rule = "  - rotation: {pattern: quick, starts: 2024-11-01, offsets: {regu-1: -1, regu-2: 8}, letters: {d: night}}\n"
    spec = rotation(loaded(f"rotations:\n  quick: {section}\n" + SOUND + rule))
    assert (spec.pattern, spec.starts) == ("DONOOO", parse_date("2024-11-01"))
    assert spec.letters == {"D": "night", "N": "night"}
    assert spec.offsets == {"regu-1": 5, "regu-2": 2}


def test_the_names_of_the_section_survive_merging(write: Write) -> None:
    path = write("rotations: {quick: DNOO}\n" + SOUND + "  - rotation: quick\n")
    assert "quick: DNOO" in resolved_text(path)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("rotation: DXO", '"X" of the pattern means no shift (day, night). Say which: letters: {X: day}.'),
        ("rotation: {pattern: DDO, letters: {X: day}}", 'the pattern DDO has no letter "X".'),
        ("rotation: {pattern: DDO, letters: {D: dya}}", 'unknown shift "dya". Did you mean "day"?'),
        ("rotation: {pattern: DDO, letters: {O: day}}", 'letters: "O" is a day off; take another letter.'),
        ("rotation: {pattern: DDO, letters: {DD: day}}", 'letters: "DD" is not one letter'),
        ("rotation: {pattern: DDO, offsets: {regu1: 2}}", 'unknown team "regu1". Did you mean "regu-1"?'),
        ("rotation: OO.", '"OO." has no duty in it'),
        ('rotation: ""', '"" has no duty in it'),
        ("rotation: 2-2-3", '"2-2-3" is no pattern: "2" is no letter'),
        ("rotation: quikc", 'there is no rotation "quikc". Did you mean "quick"?'),
        ("rotation: {}", '"pattern" is missing.'),
    ],
)
def test_what_is_wrong_with_a_rotation(rule: str, message: str, complaints: Complaints) -> None:
    text = SOUND + f"  - {rule}\nrotations: {{quick: DNOO}}\n"
    (complaint,) = complaints(text)
    assert message in complaint.message
    assert text.splitlines()[complaint.place.line - 1] == f"  - {rule}"


@pytest.mark.parametrize("pattern", ["D3N", "OOO", "[D, N]", "{pattern: D_O}"])
def test_what_is_wrong_with_a_pattern(pattern: str, complaints: Complaints) -> None:
    (complaint,) = complaints(SOUND + f"rotations: {{quick: {pattern}}}\n")
    assert "per date" in complaint.message


def test_a_rotation_of_which_nobody_is_part(loaded: Load) -> None:
    (warning,) = loaded(SOUND + "  - rotation: {pattern: DO, for: {people: P4}}\n").warnings
    assert "binds nobody: none of its people is in a team that has a rotation" in warning.message
    assert warning.place.line


@pytest.mark.parametrize(
    ("shifts", "letters", "meant"),
    [
        ({"pagi": "07:00-19:00", "malam": "19:00-07:00 night"}, "DN", {"D": "pagi", "N": "malam"}),
        ({"day": "07:00-19:00", "desk": "08:00-16:00"}, "D", None),
        ({"noon": "07:00-19:00", "night": "19:00-07:00 night"}, "DN", {"D": "noon", "N": "night"}),
        (
            {"siang": "15:00-23:00", "pagi": "07:00-15:00", "malam": "23:00-07:00 night"},
            "ELN",
            {"E": "pagi", "L": "siang", "N": "malam"},
        ),
        ({"early": "06:00-14:00", "late": "14:00-22:00"}, "EL", {"E": "early", "L": "late"}),
        ({"early": "06:00-14:00", "late": "14:00-22:00"}, "D", None),
        ({"whole": "08:00-08:00 night", "day": "08:00-20:00"}, "TD", {"D": "day", "T": "whole"}),
        ({"whole": "08:00-08:00 night", "watch": "00:00-24:00"}, "S", None),
        ({"day": "07:00-19:00"}, "N", None),
        ({}, "D", None),
    ],
)
def test_what_letters_mean_by_themselves(shifts: dict[str, str], letters: str, meant: dict[str, str] | None) -> None:
    made = [
        Shift(name, *parse_between(text.partition(" ")[0]), night=text.endswith("night"))
        for name, text in shifts.items()
    ]
    people = [Person("A", "A", team="red")]
    settled, unclear = settle(Rotation.model_validate({"pattern": letters}), {}, made, people, 1)
    assert [one.key for one in unclear] == ([] if meant else ["pattern"])
    assert meant is None or settled.letters == meant


def test_letters_are_kept_in_one_way() -> None:
    assert cycle_letters(" dd-. nO ") == "DDOONO"


NOTICE = """\
contracts:
  full: {notice: 2d}
  part: {title: half, notice: 36h}
personnel:
  - {id: P1}
  - {id: P2, contract: part}
rules:
  - rest: 11h
"""


def test_the_notice_of_a_contract_and_the_share_that_it_keeps(loaded: Load) -> None:
    people = loaded(HEAD + GATE + NOTICE).problem.people
    assert [(who.notice, who.share) for who in people] == [(2880, 1.0), (2160, 0.5)]


def test_a_rule_without_a_published_roster_and_a_roster_without_a_rule(loaded: Load, write: Write) -> None:
    (warning,) = loaded(SOUND + "  - stability: {weight: 1}\n").warnings
    assert 'the rule "stability" has no roster to keep to' in warning.message and warning.place.line
    write("person,start,end\n", "roster.csv")
    (warning,) = loaded(SOUND + "published: roster.csv\n").warnings
    assert "no rule keeps to the published roster" in warning.message and warning.place.line
    both = loaded(SOUND + "  - stability: {weight: 1}\npublished: roster.csv\n")
    assert not both.warnings and [path.name for path in both.published] == ["roster.csv"]


def test_a_published_roster_that_is_not_there(complaints: Complaints) -> None:
    (complaint,) = complaints(SOUND + "  - stability: {weight: 1}\npublished: roster.csv\n")
    assert complaint.message == 'there is no file "roster.csv".' and complaint.place.line


@pytest.mark.parametrize("chosen", ["people: P1", "contracts: full, people: [P1]"])
def test_for_moves_no_team_in_the_cycle(chosen: str, loaded: Load) -> None:
    spec = rotation(loaded(SOUND + f"  - rotation: {{pattern: DDNNOO, for: {{{chosen}}}}}\n"))
    assert spec.offsets == {"regu-1": 0, "regu-2": 2, "regu-10": 4}


@pytest.mark.parametrize(
    ("written", "preset"),
    [("dupont", "dupont"), ("DuPont", "dupont"), ("4-on-4-off", "four-on-four-off"), ("24/48", "24-48")],
)
def test_a_preset_that_is_not_extended(written: str, preset: str, complaints: Complaints) -> None:
    (complaint,) = complaints(SOUND + f'  - rotation: "{written}"\n')
    assert complaint.message == (
        f'there is no rotation "{written}". Did you mean the preset? extends: [rotations/{preset}].'
    )


def test_letters_of_a_preset_without_shifts(complaints: Complaints) -> None:
    (complaint,) = complaints("extends: [rotations/24-48]\n" + SOUND)
    assert "your own rule: - rotation: {id: rotation, pattern: 24-48, letters: ..., weight: 1}." in complaint.message
    assert complaint.place.file == "presets/rotations/24-48.yaml"


def test_a_notice_is_a_factor(complaints: Complaints) -> None:
    (complaint,) = complaints(SOUND + "  - stability: {weight: 5, notice: 3d}\n")
    assert complaint.message.endswith("write a factor, such as 3; how long it is stands with the contract: notice: 3d.")


def test_a_factor_of_a_notice_that_nobody_has(loaded: Load) -> None:
    warnings = [one.message for one in loaded(SOUND + "  - stability: {weight: 5, notice: 3}\n").warnings]
    assert any('the notice of the rule "stability" does nothing' in one for one in warnings)
    contract = "contracts: {full: {notice: 3d}}\n"
    warnings = [one.message for one in loaded(contract + SOUND + "  - stability: {weight: 5, notice: 3}\n").warnings]
    assert not any("does nothing" in one for one in warnings)
