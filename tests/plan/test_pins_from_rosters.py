"""A roster may pin duties: those marked in it by hand, in a column or by a sign in a grid."""

from __future__ import annotations

from pathlib import Path

import pytest

from patrolplan.errors import InputError
from patrolplan.plan.checking import check
from patrolplan.plan.loading import Operation, load_operation
from patrolplan.rules.pins.spec import Pins
from patrolplan.units import date_text

OPERATION = """\
patrolplan: 1
operation: {name: Post, timezone: Asia/Jakarta, from: 2026-03-02 06:00, until: 2026-03-06 06:00}
shifts:
  day:   {start: "06:00", end: "18:00"}
  night: {start: "18:00", end: "06:00", night: true}
sites:
  s:
    posts:
      p: {needs: [{staff: 1}]}
      q: {needs: [{staff: 1, short: 1}]}
personnel: people.csv
rules:
  - rest: 11h
"""
PEOPLE = "id,name\n" + "".join(f"{one},Contoh {one}\n" for one in "ABCDEF")
DRAFT = """\
Fixed;person;site;post;date;shift;start;end;kind
x;A;s;p;02/03/2026;day;06:00;18:00;
;B;s;p;02/03/2026;night;18:00;06:00;
no;C;s;p;03/03/2026;day;06:00;18:00;
yes;D;s;q;13/03/2026;day;06:00;18:00;
x;E;s;q;04/03/2026;night;18:30;06:00;
x;F;;;03/03/2026;night;18:00;06:00;standby
;;;;;;;;
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    return tmp_path


def loaded(folder: Path, pins: str, draft: str = DRAFT) -> Operation:
    (folder / "draft.csv").write_bytes(draft.encode("cp1252"))
    (folder / "ops.yaml").write_text(f"{OPERATION}  - pins: {pins}\n", encoding="utf-8")
    return load_operation(folder / "ops.yaml")


def pinned(operation: Operation) -> list[str]:
    rule = next(rule for rule in operation.problem.rules if rule.name == "pins")
    assert isinstance(rule.spec, Pins)
    assert {operation.problem.people[one].id for one in rule.people} == {pin.person for pin in rule.spec.entries}
    return sorted(f"{pin.person} {date_text(pin.date)[8:]} {pin.shift} {pin.post}" for pin in rule.spec.entries)


def test_marked_rows_are_pinned(folder: Path) -> None:
    operation = loaded(folder, "{from: draft.csv}")
    assert pinned(operation) == ["A 02 day s/p", "E 04 night s/q"]
    (warning,) = operation.warnings
    assert "2 of 4 marked duties are not pinned" in warning.message
    assert set(operation.problem.sources) == {"draft.csv", "ops.yaml", "people.csv"}


def test_another_column_or_every_duty(folder: Path) -> None:
    assert len(pinned(loaded(folder, "{from: draft.csv, where: all}"))) == 4
    renamed = DRAFT.replace("Fixed", "settled by  hand", 1)
    assert len(pinned(loaded(folder, "{from: draft.csv, where: Settled by  hand}", renamed))) == 2


def test_entries_may_stand_beside_a_roster(folder: Path) -> None:
    entries = '[{person: "B", date: 2026-03-04}]'
    assert "B 04 None None" in pinned(loaded(folder, f"{{from: draft.csv, entries: {entries}}}"))


def test_a_grid_marks_by_column_or_by_sign(folder: Path) -> None:
    grid = "person,fixed,2026-03-02,2026-03-03\nA,,day p!,night p\nB,x,night p,night q\n"
    assert pinned(loaded(folder, "{from: draft.csv}", grid)) == ["A 02 day s/p", "B 02 night s/p", "B 03 night s/q"]
    assert pinned(loaded(folder, "{from: draft.csv}", grid.replace("fixed", "remark"))) == ["A 02 day s/p"]


def test_for_limits_whose_duties_are_pinned(folder: Path) -> None:
    operation = loaded(folder, "{from: draft.csv, for: {people: [A]}}")
    rule = next(rule for rule in operation.problem.rules if rule.name == "pins")
    assert [operation.problem.people[one].id for one in rule.people] == ["A"]


@pytest.mark.parametrize(
    ("pins", "words", "where"),
    [
        ("{from: draft.csv, where: fixd}", 'Did you mean "Fixed"?', "draft.csv:1"),
        ("{from: drat.csv}", 'there is no file "drat.csv"', "ops.yaml:14"),
        ("{from: ../draft.csv}", "outside the folder", "ops.yaml:14"),
        ("{weight: 2}", "names no duty", "ops.yaml:14"),
    ],
)
def test_what_cannot_be_pinned(pins: str, words: str, where: str, folder: Path) -> None:
    with pytest.raises(InputError) as caught:
        loaded(folder, pins)
    (complaint,) = caught.value.complaints
    assert words in complaint.message
    assert str(complaint.place).startswith(str(folder / where))


def test_a_roster_without_marks_is_said(folder: Path) -> None:
    bare = "\n".join(line.removeprefix("x").removeprefix("yes") for line in DRAFT.splitlines())
    operation = loaded(folder, "{from: draft.csv}", bare.replace("no;", ";"))
    assert pinned(operation) == []
    assert ["no duty is marked" in one.message for one in operation.warnings] == [True]


def test_a_pin_that_is_not_kept_names_its_row(folder: Path) -> None:
    loaded(folder, "{from: draft.csv}")
    (folder / "other.csv").write_text("person,post,date,shift\nA,s/q,2026-03-02,day\nE,s/q,2026-03-04,night\n")
    found = check(folder / "ops.yaml", folder / "other.csv").audit.findings
    (broken,) = (one for one in found if one.code == "PP211")
    assert broken.person == "A" and "(day at s/p)" in broken.message
    assert broken.place.file == str(folder / "draft.csv") and broken.place.line == 2


def test_rows_that_are_not_understood_are_said(folder: Path) -> None:
    wrong = DRAFT.replace("x;A;s;p", "x;A;s;r").replace("x;E;", "x;X;")
    operation = loaded(folder, "{from: draft.csv}", wrong)
    message = operation.warnings[0].message
    assert message.startswith('s has no post "r": ') and message.endswith("the row is left out; so is row 6.")
    assert operation.warnings[0].place.line == 2
    assert pinned(operation) == []
