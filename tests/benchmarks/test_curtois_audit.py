"""Instances of Curtois and Qu as operations: patrolplan's audit against the independent scorer, and a plan of one."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.curtois import commands
from benchmarks.curtois.audited import as_roster, audited_score
from benchmarks.curtois.commands import load_instance
from benchmarks.curtois.convert import convert
from benchmarks.curtois.instance import Cover, Employee, Instance, Request, Shift, read_instance
from benchmarks.curtois.roster import read_assignment
from benchmarks.curtois.score import HARD, SOFT, score
from patrolplan.cli import main as patrolplan
from patrolplan.errors import InputError
from patrolplan.formats.roster_csv import write_roster
from patrolplan.plan.loading import load_operation
from patrolplan.tables import read_table
from tests.benchmarks.instances import FOLDER, needs_instances
from tests.benchmarks.test_curtois import ROSTER, TEXT

SHIFTS = ("N", "D1", "On", "3")
EMPLOYEES = ("A", "Y", "007", "No")

Rows = dict[str, list[str | None]]


def random_instance(rng: random.Random) -> Instance:
    """Few employees, one or two weeks, and anything that the format can say."""
    ids, days = SHIFTS[: rng.randint(1, 4)], rng.choice([7, 10, 14])
    shifts = {
        one: Shift(one, rng.choice([480, 600, 725, 1440]), frozenset(other for other in ids if rng.random() < 0.2))
        for one in ids
    }
    employees = {name: _employee(rng, name, ids, days) for name in EMPLOYEES[: rng.randint(1, 4)]}

    def requests(number: int) -> tuple[Request, ...]:
        people = list(employees)
        return tuple(
            Request(rng.choice(people), rng.randrange(days), rng.choice(ids), rng.randint(1, 3)) for _ in range(number)
        )

    cover = tuple(
        Cover(day, shift, rng.choice([0, 0, 1, 2]), rng.choice([100, 100, 7]), rng.choice([1, 1, 0, 5]))
        for day in range(days)
        for shift in ids
        if rng.random() < 0.9
    )
    return Instance(days, shifts, employees, requests(rng.randint(0, 9)), requests(rng.randint(0, 9)), cover)


def _employee(rng: random.Random, name: str, shifts: tuple[str, ...], days: int) -> Employee:
    least, most = sorted(rng.sample(range(0, days * 600, 60), 2))
    low, high = sorted((rng.randint(1, 4), rng.randint(1, 6)))
    limited = {shift: rng.choice([0, 2, 4, days]) for shift in shifts if rng.random() < 0.8}
    off = frozenset(day for day in range(days) if rng.random() < 0.1)
    return Employee(name, off, limited, most, least, high, low, rng.randint(1, 4), rng.randint(0, 2))


def random_rows(rng: random.Random, instance: Instance) -> Rows:
    """Any roster, good or bad, with streaks."""
    rows: Rows = {}
    stays = rng.random()
    for name in instance.employees:
        rows[name] = []
        shift: str | None = None
        for _ in range(instance.days):
            if rng.random() > stays:
                shift = rng.choice([None, *instance.shifts])
            rows[name].append(shift)
    return rows


@pytest.mark.parametrize("number", range(60))
def test_the_audit_agrees_with_the_scorer_constraint_by_constraint(number: int) -> None:
    rng = random.Random(f"curtois-{number}")
    instance = random_instance(rng)
    assert not convert(instance, "random").load().warnings
    for _ in range(4):
        rows = random_rows(rng, instance)
        assert audited_score(instance, rows) == score(instance, rows)


def test_random_rosters_reach_every_constraint() -> None:
    seen: set[str] = set()
    for number in range(60):
        rng = random.Random(f"curtois-{number}")
        instance = random_instance(rng)
        found = score(instance, random_rows(rng, instance))["by_constraint"]
        seen.update(kind for kind, value in found.items() if value)
    assert seen == {*HARD, *SOFT}


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("L,600,E", "L,1500,E", "shift L lasts 1500 min; an operation takes 1 to 1440 min"),
        ("480,5,2,2,1", "480,0,0,2,1", "employee A may work 0 days in a row; an operation takes 1 or more"),
    ],
)
def test_what_an_operation_cannot_say_is_refused(before: str, after: str, message: str) -> None:
    assert before in TEXT
    with pytest.raises(InputError, match=message):
        convert(read_instance(TEXT.replace(before, after)), "text")


def test_an_operation_opens_shifts_that_nobody_is_required_in() -> None:
    problem = convert(read_instance(TEXT), "text").load().problem
    assert len(problem.slots) == 14 * 2


def test_a_plan_of_patrolplan_costs_what_the_scorer_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance, operation, roster = tmp_path / "tiny.txt", tmp_path / "ops.yaml", tmp_path / "roster.csv"
    instance.write_text(TEXT, encoding="utf-8")
    assert main(["curtois", "convert", str(instance), "-o", str(operation)]) == 0
    assert load_operation(operation).warnings == ()
    with pytest.raises(SystemExit) as ended:
        patrolplan(["solve", str(operation), "-o", str(roster), "--time-limit", "20s", "--quiet"])
    assert ended.value.code == 0
    capsys.readouterr()
    assert main(["curtois", "score", str(instance), str(roster), "--audit"]) == 0
    found = json.loads(capsys.readouterr().out)
    (level,) = json.loads(roster.with_name("roster.csv.json").read_text(encoding="utf-8"))["levels"]
    assert (found["total"], found["hard"]) == (level["cost"], 0)
    assert level["proved"]


def test_the_command_ends_with_4_if_audit_and_scorer_differ(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "i.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "r.csv").write_text(ROSTER, encoding="utf-8")
    words = ["curtois", "score", str(tmp_path / "i.txt"), str(tmp_path / "r.csv"), "--audit"]
    assert main(words) == 0
    monkeypatch.setattr(commands, "audited_score", lambda *_: {})
    assert main(words) == 4
    assert "patrolplan's audit and the scorer differ" in capsys.readouterr().err


@needs_instances
def test_instance_1_costs_in_the_audit_what_was_counted_by_hand() -> None:
    instance = load_instance(FOLDER / "curtois" / "Instance1.txt")
    off: Rows = {name: [None] * instance.days for name in instance.employees}
    assert audited_score(instance, off)["total"] == 7137
    assert audited_score(instance, off | {"A": [None, None, "D", "D", *[None] * 10]})["total"] == 6933


@needs_instances
@pytest.mark.parametrize("number", [1, 2, 3, 10])
def test_the_audit_agrees_on_random_rosters_of_public_instances(number: int) -> None:
    rng = random.Random(number)
    instance = load_instance(FOLDER / "curtois" / f"Instance{number}.txt")
    assert convert(instance, "public").load().warnings == ()
    for _ in range(3):
        rows = random_rows(rng, instance)
        assert audited_score(instance, rows) == score(instance, rows)


def test_the_roster_file_of_an_assignment_is_read_back(tmp_path: Path) -> None:
    instance = read_instance(TEXT)
    rows = random_rows(random.Random(1), instance)
    problem = convert(instance, "text").load().problem
    (tmp_path / "r.csv").write_text(write_roster(problem, as_roster(problem, rows)), encoding="utf-8")
    assert read_assignment(instance, read_table(tmp_path / "r.csv")) == rows
