"""Changes of an operation as YAML that is laid over it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from patrolplan import config
from patrolplan.config.editing import Editor, with_amount
from patrolplan.config.source import flow_text, parse_yaml
from patrolplan.errors import InputError
from patrolplan.problem import Problem
from patrolplan.rules.hours.spec import Hours
from patrolplan.rules.rest.spec import Rest

BASE = """\
patrolplan: 1
extends: [polri/two-shift-12h]
operation: {name: Base, timezone: Asia/Pontianak, from: 2024-11-04 07:00, until: 2024-11-18 07:00}
contracts:
  part:
    share: 50%
    rules:
      - hours: {max: 20h per week}
sites:
  s:
    posts:
      p: {shifts: [day], needs: [{staff: 1}]}
personnel:
  - {id: A, name: Contoh A}
  - {id: B, name: Contoh B, contract: part}
rules:
  - hours: {id: week, max: 60h per week}
  - rest: {id: piket, min: 24h, after: {night: 36h}}
  - succession: {forbid: {night: day}}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "ops.yaml").write_text(BASE, encoding="utf-8")
    return tmp_path / "ops.yaml"


def changed(path: Path, text: str) -> Problem:
    return config.load(path, variant=Editor(path).what_if(text).variant).problem


def most(problem: Problem, rule: str) -> str:
    limit = cast(Hours, next(one for one in problem.rules if one.id == rule).spec).max
    assert limit is not None
    return f"{limit.minutes // 60}h {limit.period}"


def rests(problem: Problem) -> dict[str, tuple[int, dict[str, int]]]:
    found = {one.id: cast(Rest, one.spec) for one in problem.rules if one.name == "rest"}
    return {name: (spec.min // 60, {shift: m // 60 for shift, m in spec.after.items()}) for name, spec in found.items()}


def test_every_rule_of_a_name_gets_the_value(path: Path) -> None:
    problem = changed(path, "hours=66h")
    assert (most(problem, "week"), most(problem, "part/hours")) == ("66h week", "20h week")
    assert rests(changed(path, "rest=12h")) == {"rest": (12, {}), "piket": (12, {"night": 12})}


def test_a_rule_by_its_id(path: Path) -> None:
    assert most(changed(path, "week=48h per 14 days"), "week") == "48h any 14 days"
    assert rests(changed(path, "piket=12h"))["piket"] == (12, {"night": 12})
    assert most(changed(path, "part/hours=30h"), "part/hours") == "30h week"
    assert "piket" not in rests(changed(path, "piket=off"))


def test_several_changes_are_one(path: Path) -> None:
    problem = changed(path, "week=48h, part/hours=24h, piket.min=16h")
    assert (most(problem, "week"), most(problem, "part/hours")) == ("48h week", "24h week")
    assert rests(problem)["piket"][0] == 16


def test_another_shift_system_takes_the_place_of_the_first(path: Path) -> None:
    edit = Editor(path).what_if("shifts=three-shift-8h preset")
    loaded = config.load(path, variant=edit.variant)
    assert [shift.name for shift in loaded.problem.shifts] == ["morning", "afternoon", "night"]
    assert edit.lines == ("extends: [polri/three-shift-8h]",)
    assert loaded.problem.posts[0].shifts == (0, 1, 2)
    assert [one.name for one in loaded.problem.rules if one.name == "succession"] == []
    assert any('names the shift "day", which is gone' in one.message for one in loaded.warnings)


def test_more_people_stand_beside_those_who_are_there(path: Path) -> None:
    editor = Editor(path)
    edit = editor.more_people(2, {"qualifications": ["armed"]}, ["A", "MORE-7"])
    problem = config.load(path, variant=edit.variant).problem
    assert [who.id for who in problem.people] == ["A", "B", "MORE-2-1", "MORE-2-2"]
    assert [who.contract for who in problem.people][:2] == ["full", "part"]
    assert all("armed" in who.qualifications for who in problem.people[2:])
    path.write_text(
        BASE.replace("personnel:\n", "personnel:\n  placeholders: 3\n  people:\n").replace("  - {id:", "    - {id:"),
        encoding="utf-8",
    )
    before = [who.id for who in config.load(path).problem.people]
    more = config.load(path, variant=Editor(path).more_people(9, {}, before).variant).problem
    assert [who.id for who in more.people if who.id in before] == before and len(more.people) == len(before) + 9


def test_an_edit_is_a_whole_file_that_extends_the_operation(path: Path) -> None:
    editor = Editor(path)
    edit = editor.rule_with("week", {"max": "72h per week"}, before=[(738829, 738835)])
    assert edit is not None and edit.places[0].line == 17
    (path.parent / "changed.yaml").write_text(edit.text("ops.yaml"), encoding="utf-8")
    problem = config.load(path.parent / "changed.yaml").problem
    assert most(problem, "week") == "72h week" and most(problem, "week-elsewhere") == "60h week"
    both = edit + editor.more_people(1, {}, [])
    (path.parent / "changed.yaml").write_text(both.text("ops.yaml"), encoding="utf-8")
    problem = config.load(path.parent / "changed.yaml").problem
    assert most(problem, "week") == "72h week" and len(problem.people) == 3
    assert editor.rule_with("nothing", {}) is None


@pytest.mark.parametrize(
    ("old", "value", "new"),
    [
        ("60h per week", "66h", "66h per week"),
        ("40h per 7 days", "48h", "48h per 7 days"),
        ("60h per week", "10h per day", "10h per day"),
        ("5 per week", "6", "6 per week"),
        (3, "4", 4),
        ("11h", "12h30m", "12h30m"),
    ],
)
def test_an_amount_keeps_its_period(old: object, value: str, new: object) -> None:
    assert with_amount(old, value) == new


def test_plain_values_survive_being_written() -> None:
    value = {"id": "0041", "dates": ["2024-11-04..2024-11-06"], "off": True, "of": {"a b": "60h per week", "n": 3}}
    assert parse_yaml(f"x: {flow_text(value)}", "t").plain() == {"x": value}


def test_a_change_must_be_understood(path: Path) -> None:
    for text in ("rest", "=12h", "rest=", "nothing=3", "shifts=nothing"):
        with pytest.raises(InputError):
            Editor(path).what_if(text)
