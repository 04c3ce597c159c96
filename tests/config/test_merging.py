"""Extends: presets, files, rules by id, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from patrolplan.config import folder as folder_module
from patrolplan.config import load
from patrolplan.errors import InputError
from tests.config.conftest import GATE, HEAD, TAIL, Write

MINE = HEAD + GATE + "personnel: [{id: P1}]\n"


def _ids(path: Path) -> list[str]:
    return [
        rule.id
        for rule in load(path).problem.rules
        if rule.name not in ("availability", "eligibility", "one_duty", "cover")
    ]


def _first(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        load(path)
    return str(caught.value.complaints[0])


def test_a_preset_by_name(write: Write) -> None:
    path = write("extends: [polri/two-shift-12h]\n" + MINE)
    problem = load(path).problem
    assert problem.ranks[0] == "Bharada"
    assert _ids(path) == ["rest", "nights"]
    assert "presets/polri/ranks.yaml" in problem.sources and "ops.yaml" in problem.sources
    assert problem.rules[-1].place.file == "presets/polri/two-shift-12h.yaml"


def test_unknown_preset_is_answered_with_the_nearest(write: Write) -> None:
    text = _first(write("extends: [polri/two-shift-12]\n" + MINE))
    assert 'Did you mean "polri/two-shift-12h"?' in text
    assert "ops.yaml:1:11" in text


def test_own_file_is_last_and_lists_are_replaced(write: Write) -> None:
    write("ranks: [A, B]\nphases: {x: {until: 2024-11-06}, y: {from: 2024-11-06}}\n", "one.yaml")
    write("ranks: [C]\nphases: {x: {until: 2024-11-07}}\n", "two.yaml")
    problem = load(write("extends: [one.yaml, two.yaml]\nranks: [D, E]\n" + MINE)).problem
    assert problem.ranks == ("D", "E")
    assert [phase.name for phase in problem.phases] == ["x", "y"]
    assert problem.zone.iso(problem.phases[0].end) == "2024-11-07T07:00+07:00"


def test_marks_survive_merging(write: Write) -> None:
    write("phases:\n  x: {until: 2024-11-40}\n", "base.yaml")
    assert "base.yaml:2:14" in _first(write("extends: base.yaml\n" + MINE))


def test_a_file_reached_twice_counts_once(write: Write) -> None:
    write("rules: [{rest: 8h}]\n", "d.yaml")
    write("extends: d.yaml\nrules: [{rest: {id: rest, min: 10h}}]\n", "b.yaml")
    write("extends: d.yaml\nranks: [X]\n", "c.yaml")
    path = write("extends: [b.yaml, c.yaml]\n" + MINE)
    (rest,) = [rule for rule in load(path).problem.rules if rule.name == "rest"]
    assert rest.spec.min == 600  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("base", "own", "expected"),
    [
        ("[{rest: 11h}]", "[{rest: 9h}]", ["rest", "rest-2"]),
        ("[{rest: 11h}]", "[{rest: {id: rest, min: 9h}}]", ["rest"]),
        ("[{rest: {id: a, min: 11h}}]", "[{rest: 9h}]", ["a", "rest"]),
        (
            "[{rest: 11h}, {work_streak: {max: 6}}]",
            "[{work_streak: {id: work_streak, max: 5}}, {rest: {id: rest, min: 9h}}]",
            ["rest", "work_streak"],
        ),
        ("[]", "[{rest: 9h}, {rest: 12h}]", ["rest", "rest-2"]),
        ("[]", "[{rest: 9h}, {rest: {id: rest, min: 12h}}]", ["rest-2", "rest"]),
        ("[{rest: {id: a, min: 11h}}]", "[{id: a, off: true}]", []),
        ("[{rest: {id: a, min: 11h}}]", "[{rest: {id: a, off: true}}]", []),
        ("[{rest: 11h}]", "[{rest: {off: true}}]", []),
        ("[{rest: 11h}]", "[{work_streak: {max: 3, off: true}}]", ["rest"]),
        ("[{rest: 11h}, {work_streak: {max: 6}}]", "[{hours: {id: rest, max: 8h per day}}]", ["rest", "work_streak"]),
    ],
)
def test_rules_append_and_replace_by_id(write: Write, base: str, own: str, expected: list[str]) -> None:
    write(f"rules: {base}\n", "base.yaml")
    assert _ids(write(f"extends: base.yaml\nrules: {own}\n" + MINE)) == expected


def test_off_of_an_unknown_id(write: Write) -> None:
    text = _first(write(MINE + "rules:\n  - rest: {id: long-rest, min: 11h}\n  - {id: long-rst, off: true}\n"))
    assert 'Did you mean "long-rest"?' in text and "ops.yaml:17:5" in text


def test_rules_that_always_hold_cannot_be_switched_off(write: Write) -> None:
    assert "always holds" in _first(write(MINE + "rules: [{one_duty: {off: true}}]\n"))


def test_one_id_twice_in_one_file(write: Write) -> None:
    text = _first(write(MINE + "rules:\n  - rest: {id: a, min: 9h}\n  - rest: {id: a, min: 8h}\n"))
    assert "stands twice: also in line 16" in text


def test_a_preset_that_extends_itself(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    presets = tmp_path / "presets"
    presets.mkdir()
    (presets / "a.yaml").write_text("extends: b\n")
    (presets / "b.yaml").write_text("extends: a\n")
    monkeypatch.setattr(folder_module, "presets_folder", lambda: presets)
    text = _first(write("extends: a\n" + MINE, "site/ops.yaml"))
    assert "presets/a.yaml -> presets/b.yaml -> presets/a.yaml" in text


def test_a_file_that_extends_itself(write: Write) -> None:
    assert "ops.yaml -> " in _first(write("extends: ops.yaml\n" + MINE))


@pytest.mark.parametrize("name", ["../other.yaml", "/etc/hostname", "a/../../other.yaml", "link.yaml"])
def test_files_outside_the_folder_are_refused(write: Write, tmp_path: Path, name: str) -> None:
    write("ranks: [A]\n", "other.yaml")
    path = write(f"extends: [{name}]\n" + MINE, "site/ops.yaml")
    (tmp_path / "site" / "link.yaml").symlink_to(tmp_path / "other.yaml")
    text = _first(path)
    assert "outside the folder" in text and "ops.yaml:1:11" in text


@pytest.mark.parametrize(
    ("own", "warned"),
    [
        ("{rest: {id: daily, min: 9h}}", True),
        ("{rest: {id: daily, min: 11h, weight: 5}}", True),
        ("{rest: {id: daily, min: 11h, for: {people: P1}}}", True),
        ("{rest: {id: daily, min: 12h}}", False),
        ("{id: daily, off: true}", True),
        ("{hours: {id: weekly, max: 50h per week}}", True),
        ("{hours: {id: weekly, max: 40h per week}}", False),
    ],
)
def test_relaxing_a_law_is_a_warning(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str, warned: bool
) -> None:
    law = tmp_path / "presets" / "law"
    law.mkdir(parents=True)
    (law / "x.yaml").write_text("rules:\n  - rest: {id: daily, min: 11h}\n  - hours: {id: weekly, max: 48h per week}\n")
    monkeypatch.setattr(folder_module, "presets_folder", lambda: tmp_path / "presets")
    found = load(write(f"extends: law/x\nrules:\n  - {own}\n" + MINE, "site/ops.yaml")).warnings
    about_law = [one for one in found if "law/x.yaml" in one.message]
    assert bool(about_law) is warned
    assert all(one.place.line == 3 for one in about_law)


def test_tail_and_head_are_sound(write: Write) -> None:
    assert load(write(HEAD + GATE + TAIL)).warnings == ()
