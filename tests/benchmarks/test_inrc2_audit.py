"""Instances of the nurse rostering competition as operations: patrolplan's audit against the independent scorer."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.inrc2 import commands
from benchmarks.inrc2.audited import audited_score
from benchmarks.inrc2.convert import charged_before, convert
from benchmarks.inrc2.instance import (
    Contract,
    Demand,
    Instance,
    Nurse,
    NurseHistory,
    OffRequest,
    Scenario,
    ShiftType,
    WeekData,
    load_instance,
)
from benchmarks.inrc2.score import HARD, SOFT, TOTAL, WEEKENDS, score
from benchmarks.inrc2.solution import Assignment, load_solution
from patrolplan.cli import main as patrolplan
from patrolplan.errors import InputError
from patrolplan.plan.loading import load_operation
from tests.benchmarks.instances import FOLDER, needs_instances
from tests.benchmarks.test_inrc2 import SOLUTION, write_set, write_solution

SKILLS = ("Head", "N", "1")
SHIFTS = ("N", "Early", "On", "Late")
NURSES = ("A", "Y", "007", "No", "E e")


def random_instance(rng: random.Random) -> Instance:
    """Few nurses, one or two weeks, and anything that the format can say."""
    skills, shifts = SKILLS[: rng.randint(1, 3)], SHIFTS[: rng.randint(1, 4)]
    types = {name: ShiftType(name, *_span(rng, 1, 5), _some(rng, shifts, 0.2)) for name in shifts}
    contracts = {name: _contract(rng, name) for name in ("Full", "On", "unused")}
    nurses = {
        name: Nurse(name, contracts[rng.choice(["Full", "On"])], _some(rng, skills, 0.6) or frozenset(skills[:1]))
        for name in NURSES[: rng.randint(1, 5)]
    }
    scenario = Scenario("random", rng.randint(1, 2), skills, types, contracts, nurses)
    history = {name: _history(rng, name, shifts) for name in nurses}
    return Instance("random_0_0", scenario, history, tuple(_week(rng, scenario) for _ in range(scenario.weeks)))


def _span(rng: random.Random, least: int, most: int) -> tuple[int, int]:
    low, high = sorted((rng.randint(least, most), rng.randint(least, most)))
    return low, high


def _some(rng: random.Random, names: tuple[str, ...], share: float) -> frozenset[str]:
    return frozenset(name for name in names if rng.random() < share)


def _contract(rng: random.Random, name: str) -> Contract:
    return Contract(
        name, *_span(rng, 0, 12), *_span(rng, 1, 6), *_span(rng, 1, 6), rng.randint(0, 2), rng.random() < 0.5
    )


def _history(rng: random.Random, nurse: str, shifts: tuple[str, ...]) -> NurseHistory:
    counted = (rng.choice([0, 0, 5, 14]), rng.choice([0, 0, 1, 3]))
    if rng.random() < 0.4:
        return NurseHistory(nurse, *counted, None, 0, 0, rng.randint(1, 9))
    work = rng.randint(1, 7)
    same = work if len(shifts) == 1 else rng.randint(1, work)
    return NurseHistory(nurse, *counted, rng.choice(shifts), same, work, 0)


def _week(rng: random.Random, scenario: Scenario) -> WeekData:
    demands = [
        Demand(shift, skill, day, rng.choice([0, 0, 1, 2]), rng.choice([0, 1, 2, 3]))
        for shift in scenario.shift_types
        for skill in scenario.skills
        if rng.random() < 0.8
        for day in range(7)
    ]
    requests = [
        OffRequest(rng.choice(list(scenario.nurses)), rng.choice([None, *scenario.shift_types]), rng.randint(0, 6))
        for _ in range(rng.randint(0, 8))
    ]
    return WeekData(tuple(demands), tuple(requests))


def random_assignments(rng: random.Random, instance: Instance) -> Iterator[Assignment]:
    """Any assignments, good or bad: long streaks, missing skills, and sometimes two on a day."""
    shifts, skills = list(instance.scenario.shift_types), list(instance.scenario.skills)
    stays, wrong, twice = rng.random(), rng.choice([0, 0.1]), rng.choice([0, 0.05])
    for name, nurse in instance.scenario.nurses.items():
        held = sorted(nurse.skills) or skills
        shift: str | None = None
        for day in range(instance.days):
            if rng.random() > stays or day == 0:
                shift = rng.choice([None, *shifts])
            if shift is not None:
                yield Assignment(name, day, shift, rng.choice(skills if rng.random() < wrong else held))
                while rng.random() < twice:
                    yield Assignment(name, day, rng.choice(shifts), rng.choice(skills))


@pytest.mark.parametrize("number", range(60))
def test_the_audit_agrees_with_the_scorer_line_by_line(number: int) -> None:
    rng = random.Random(f"inrc2-{number}")
    instance = random_instance(rng)
    assert not convert(instance).load().warnings
    for _ in range(4):
        assignments = list(random_assignments(rng, instance))
        assert audited_score(instance, assignments) == score(instance, assignments)


def test_random_rosters_reach_every_line() -> None:
    seen: set[str] = set()
    for number in range(60):
        rng = random.Random(f"inrc2-{number}")
        instance = random_instance(rng)
        found = score(instance, list(random_assignments(rng, instance)))["by_constraint"]
        seen.update(line for line, value in found.items() if value)
    assert seen == {*HARD, *SOFT}


def test_what_the_counters_alone_exceed_is_a_constant_beside_the_costs(tmp_path: Path) -> None:
    instance = load_instance(write_set(tmp_path), "tiny_0_0-1")
    earlier = replace(instance.history["Ana"], assignments=11, weekends=3)
    over = replace(instance, history={**instance.history, "Ana": earlier})
    assert charged_before(over) == {TOTAL: 2 * 20, WEEKENDS: 2 * 30}
    works = [Assignment("Ana", 5, "Early", "Nurse")]
    found = audited_score(over, works)
    assert found == score(over, works)
    assert (found["by_constraint"][TOTAL], found["by_constraint"][WEEKENDS]) == (3 * 20, 3 * 30)


@pytest.mark.parametrize(
    "wrong",
    [
        {"consecutive_off": 2},
        {"consecutive_work": 0},
        {"consecutive_shift": 4},
        {"last_shift": None},
        {"consecutive_shift": 0},
    ],
)
def test_a_history_that_no_roster_can_have_is_refused(tmp_path: Path, wrong: dict[str, int | None]) -> None:
    instance = load_instance(write_set(tmp_path), "tiny_0_0-1")
    history = {**instance.history, "Ana": replace(instance.history["Ana"], **wrong)}  # type: ignore[arg-type]
    with pytest.raises(InputError, match="the history of Ana contradicts itself"):
        convert(replace(instance, history=history))


def test_the_converted_files_are_named_after_the_operation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "out" / "ops.yaml"
    assert main(["inrc2", "convert", str(write_set(tmp_path)), "tiny_0_0-1", "-o", str(output)]) == 0
    assert sorted(path.name for path in output.parent.iterdir()) == [
        "ops.history.csv",
        "ops.personnel.csv",
        "ops.yaml",
    ]
    assert capsys.readouterr().err.count("Written: ") == 3
    operation = load_operation(output)
    assert operation.warnings == ()
    assert [who.id for who in operation.problem.people] == ["Ana", "Ben"]
    assert len(operation.problem.slots) == 14 * 2 * 2


def test_a_plan_of_patrolplan_costs_what_the_score_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words, operation, roster = [str(write_set(tmp_path)), "tiny_0_0-1"], tmp_path / "ops.yaml", tmp_path / "roster.csv"
    assert main(["inrc2", "convert", *words, "-o", str(operation)]) == 0
    with pytest.raises(SystemExit) as ended:
        patrolplan(["solve", str(operation), "-o", str(roster), "--time-limit", "5s", "--quiet"])
    assert ended.value.code == 0
    capsys.readouterr()
    assert main(["inrc2", "score", *words, str(roster)]) == 0
    found = json.loads(capsys.readouterr().out)
    levels = json.loads(roster.with_name("roster.csv.json").read_text(encoding="utf-8"))["levels"]
    assert {level["level"]: level["cost"] for level in levels} == {1: found["hard"], 2: found["total"]}


def test_a_roster_with_rows_that_are_no_assignments_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head, time = "person,site,post,shift,start,end,kind\n", "Early,2024-01-01 00:00,2024-01-01 08:00"
    for line, message in (
        (f"Eve,ward,Nurse,{time},duty", "Eve"),
        (f"Ana,,,{time},duty", "names no post"),
        (f"Ana,ward,Nurse,{time},standby", "only duties with a shift and a post are assignments."),
    ):
        (tmp_path / "r.csv").write_text(f"{head}{line}\n", encoding="utf-8")
        assert main(["inrc2", "score", str(write_set(tmp_path)), "tiny_0_0-1", str(tmp_path / "r.csv")]) == 2
        assert message in capsys.readouterr().err


def test_the_command_ends_with_4_if_audit_and_scorer_differ(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["inrc2", "score", str(write_set(tmp_path)), "tiny_0_0-1", str(write_solution(tmp_path / "s", **SOLUTION))]
    assert main(words) == 0
    audited = json.loads(capsys.readouterr().out)
    assert main([*words, "--independent"]) == 0
    assert json.loads(capsys.readouterr().out) == audited
    monkeypatch.setattr(commands, "audited_score", lambda *_: {**audited, "total": 7})
    assert main(words) == 4
    printed = capsys.readouterr()
    assert not printed.out and "patrolplan's audit and the scorer differ" in printed.err


SOLVED = sorted((FOLDER / "inrc2" / "solutions").glob("*_*"))


@pytest.mark.parametrize("folder", SOLVED, ids=lambda folder: folder.name)
def test_the_audit_gives_every_line_of_the_official_validator(folder: Path) -> None:
    name, cost = folder.name.rsplit("_", 1)
    report = (folder / "validator.txt").read_text(encoding="utf-8")
    official = {line: int(value) for line, value in re.findall(r"^([A-Z][\w ]+): (\d+)$", report, re.MULTILINE)}
    instance = load_instance(FOLDER / "inrc2" / name.split("_")[0], name)
    found = audited_score(instance, load_solution(instance, folder).assignments)
    assert found["total"] == official.pop("Total cost") == int(cost)
    assert found["by_constraint"] == official


@needs_instances
@pytest.mark.parametrize("name", ["n005w4_0_1-2-3-3", "n012w8_2_4-5-6-7-2-1-2-1", "n021w4_0_0-1-2-3"])
def test_the_audit_agrees_on_random_rosters_of_public_instances(name: str) -> None:
    rng = random.Random(name)
    instance = load_instance(FOLDER / "inrc2" / name.split("_")[0], name)
    assert convert(instance).load().warnings == ()
    for _ in range(3):
        assignments = list(random_assignments(rng, instance))
        assert audited_score(instance, assignments) == score(instance, assignments)
