"""``staffing``: relief factor, bounds that no roster beats, rosters that attain them, and changes side by side."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from patrolplan.plan.staffing import staffing
from tests.cli.conftest import Run
from tests.cli.operations import KPU

THREE = """\
  morning:   {start: "07:00", end: "15:00"}
  afternoon: {start: "15:00", end: "23:00"}
  night:     {start: "23:00", end: "07:00", night: true}
"""
TWO = """\
  day:   {start: "07:00", end: "19:00"}
  night: {start: "19:00", end: "07:00", night: true}
"""
TEXTBOOK = """\
patrolplan: 1
operation:
  name: Textbook
  timezone: Asia/Pontianak
  from: 2024-11-04 07:00
  until: 2024-11-18 07:00
shifts:
SHIFTS\
sites:
  office:
    posts:
      gate: {needs: [{staff: 1}]}
personnel: [PEOPLE]
rules:
  - rest: 11h
  - hours: {max: 40h per week}
"""


def write(folder: Path, people: int, shifts: str = THREE, *changes: tuple[str, str]) -> Path:
    listed = ", ".join(f"{{id: P{number}, name: Contoh {number}}}" for number in range(1, people + 1))
    text = TEXTBOOK.replace("SHIFTS", shifts).replace("PEOPLE", listed)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "ops.yaml").write_text(text, encoding="utf-8")
    return folder / "ops.yaml"


def counted(run: Run, operation: Path, code: int, *more: object) -> list[dict[str, Any]]:
    ran = run("staffing", operation, "--format", "json", *more)
    assert ran.code == code, ran.err
    assert ran.data["status"] == ("short" if code else "enough")
    return list(ran.data["cases"])


def both(count: dict[str, Any]) -> tuple[int, int | None]:
    return count["at_least"], count["reached"]


@pytest.mark.parametrize("shifts", [THREE, TWO], ids=["8h", "12h"])
def test_the_textbook_case(shifts: str, run: Run, folder: Path) -> None:
    (case,) = counted(run, write(folder, 1, shifts), 1)
    assert (case["relief_factor"], case["hours_per_week"], case["limited_by"]) == (4.2, 40, ["hours"])
    assert both(case["total"]) == (5, 5)
    assert both(case["more"]) == (4, 4)
    assert case["posts"] == [{"post": "office/gate", "hours_per_week": 168.0, "people": 4.2}]
    text = " ".join(run("staffing", folder / "ops.yaml").out.split())
    assert "factor 4.2:" in text and "In all 5 people" in text and "Missing 4 more, of any kind" in text


def test_people_to_spare(run: Run, folder: Path) -> None:
    (case,) = counted(run, write(folder, 7), 0)
    assert both(case["more"]) == (0, 0) and both(case["total"]) == (5, 5)
    assert len(case["spare"]) == 2
    (case,) = counted(run, write(folder, 5), 0)
    assert case["spare"] == []
    assert "nobody" in run("staffing", folder / "ops.yaml").out


def test_the_scarce_qualification_decides(run: Run, folder: Path) -> None:
    needs = ("{needs: [{staff: 1}]}", "{needs: [{staff: 2, qualified: {armed: 1}}]}")
    first = ("name: Contoh 1}", "name: Contoh 1, qualifications: [armed]}")
    kinds = ("sites:", "qualifications: {armed: {}}\nsites:")
    (case,) = counted(run, write(folder, 10, THREE, needs, first, kinds), 1)
    (armed,) = case["kinds"]
    assert (armed["name"], *both(armed), armed["there"]) == ("armed", 5, 5, 1)
    assert (*both(case["more"]), case["more"]["holding"]) == (4, 4, ["armed"])
    assert both(case["total"]) == (9, 9)


def test_phases_are_counted_by_themselves(run: Run, folder: Path) -> None:
    needs = ("{needs: [{staff: 1}]}", "{needs: [{staff: 1}, {phase: busy, staff: 3}]}")
    phase = ("shifts:", "phases: {calm: {until: 2024-11-11}, busy: {from: 2024-11-11}}\nshifts:")
    (case,) = counted(run, write(folder, 5, THREE, phase, needs), 1)
    assert {one["name"]: both(one) for one in case["phases"]} == {"calm": (5, 5), "busy": (13, 13)}
    assert both(case["total"]) == (13, 13) and both(case["more"]) == (8, 8)


def test_absences_make_more_people_necessary(run: Run, folder: Path) -> None:
    leave = ("rules:", "absences:\n  - {person: P1, dates: 2024-11-11..2024-11-17, reason: leave}\nrules:")
    (case,) = counted(run, write(folder, 5, THREE, leave), 1)
    assert both(case["total"]) == (5, 5) and both(case["more"]) == (1, 1)
    assert case["relief_factor_with_absences"] > case["relief_factor"] == 4.2


def test_time_that_no_shift_serves_asks_for_nobody(run: Run, folder: Path) -> None:
    by_day = '  day: {start: "07:00", end: "19:00"}\n'
    (case,) = counted(run, write(folder, 3, by_day), 0)
    assert both(case["total"]) == (3, 3) and case["open_hours"] > 0


def test_changes_stand_side_by_side(run: Run, folder: Path) -> None:
    operation = write(folder, 4, THREE)
    changes = ["hours=48h", "hours=off", "shifts=guard/three-shift-8h preset"]
    cases = counted(run, operation, 1, *(word for change in changes for word in ("--what-if", change)))
    assert [one["change"] for one in cases] == ["", *changes]
    assert [one["relief_factor"] for one in cases] == [4.2, 3.5, 2.38, 4.2]
    assert [both(one["more"]) for one in cases] == [(1, 1), (0, 0), (0, 0), (1, 1)]
    ran = run("staffing", operation, *(word for change in changes for word in ("--what-if", change)))
    rows = re.findall(r"^   (as it is|hours=48h|hours=off)  +([\d.]+) +([\d.]+) +(\S+) +(\S+) +(\d+)$", ran.out, re.M)
    assert [row[:3] for row in rows] == [
        ("as it is", "40", "4.2"),
        ("hours=48h", "48", "3.5"),
        ("hours=off", "70.7", "2.38"),
    ]


def test_a_change_of_several_rules(run: Run, folder: Path) -> None:
    cases = counted(run, write(folder, 4, TWO), 1, "--what-if", "hours=60h, rest=36h")
    assert [(one["hours_per_week"], one["limited_by"]) for one in cases] == [(40, ["hours"]), (42, ["rest"])]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("rest", '"rest" is no change; write it like rest=12h'),
        ("ours=48h", 'there is no rule "ours" to change. Did you mean "hours"?'),
        ("hours=48", '--what-if "hours=48": max: hours need a unit, such as 48h per week.'),
        ("hours.mx=48h", 'hours has no field "mx". Did you mean "max"?'),
        ("shifts=three-shift-8", 'there is no shift system "three-shift-8". Did you mean "three-shift-8h"?'),
    ],
)
def test_a_change_that_is_not_understood(change: str, said: str, run: Run, folder: Path) -> None:
    err = run("staffing", write(folder, 2), "--what-if", change).refused()
    assert said in " ".join(err.split())


def test_the_short_plenary_is_26_people_short() -> None:
    """Bound and roster are within two people of each other, for those missing and for all."""
    case = staffing(KPU, time_limit=120.0, parts=False).cases[0]
    assert case.more.lower == 26 and case.total.lower == 198
    assert case.more.reached is not None and case.more.reached <= 28
    assert case.total.reached is not None and case.total.reached <= 200


def test_what_is_not_known_in_time_is_not_said(run: Run, folder: Path) -> None:
    ran = run("staffing", write(folder, 5), "--time-limit", "0.001s", "--format", "json")
    assert (ran.code, ran.data["status"]) == (3, "unknown")
    (case,) = ran.data["cases"]
    assert case["open_person_shifts"] is None and case["total"]["at_least"] <= 5 and not case["complete"]
    ran = run("staffing", folder / "ops.yaml", "--time-limit", "0.001s")
    assert (ran.code, "It is not known yet" in ran.out) == (3, True)
