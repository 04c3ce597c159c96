"""Other solvers beside patrolplan: what they are given, what is made of their answers, and who judges."""

from __future__ import annotations

import io
import json
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from rich.console import Console

from benchmarks.__main__ import main
from benchmarks.operation_file import Document, OperationFiles, dates, heading
from benchmarks.peers import arena, contenders
from benchmarks.peers.arena import NOTHING, Arena
from benchmarks.peers.contenders import Ring, roster_of, skipped, timefold, timefold_python, why_not_timefold
from benchmarks.peers.generate import DEFAULT, generate
from benchmarks.peers.judge import best_of, contradicts, is_proved, judge
from benchmarks.peers.operations import operations
from benchmarks.peers.plain import solve_plain
from benchmarks.peers.subset import restrict
from benchmarks.peers.table import remark, rows, show
from benchmarks.peers.task import HARD, Task, Unsupported
from benchmarks.running import Limits
from patrolplan.audit import audit
from patrolplan.errors import EXIT_DONE, EXIT_INPUT
from patrolplan.plan.loading import load_operation
from patrolplan.problem import Problem
from tests.cli.operations import KPU, MINIMAL

LIMITS = Limits(5, 1, 0)
ROOT = Path(__file__).parents[2]


def tiny(*rules: Document, staff: int = 2) -> OperationFiles:
    """Two people for three days on which both are needed; a missing one costs 100 on level 1."""
    need = {"shift": "D", "staff": staff, "per": "window", "short": {"cost": 100, "level": 1}}
    document = {
        **heading("tiny", 3),
        "shifts": {"D": {"start": "08:00", "end": "16:00"}},
        "sites": {"yard": {"posts": {"gate": {"needs": [need]}}}},
        "personnel": [{"id": "A"}, {"id": "B"}],
        "rules": [{"rest": "11h"}, *rules],
    }
    return OperationFiles(document)


def wish(person: str, day: int, weight: int) -> Document:
    return {"person": person, "dates": dates([day]), "weight": weight}


WISHES = {"requests": {"level": 3, "entries": [wish("A", 1, 5), wish("A", 2, 4), wish("B", 0, 3)]}}
NO_THREE = {"work_streak": {"max": 2}}


# -- plain CP-SAT ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_plain_cp_sat_settles_level_by_level(workers: int) -> None:
    """Each of the two must be off once, which leaves 200 open; A takes the dearer wish, and B the only one."""
    problem = tiny(NO_THREE, WISHES).load().problem
    found = solve_plain(problem, 20, workers, 0)
    assert found.status == "optimal" and found.roster is not None
    assert [(one.level, one.cost, one.bound) for one in found.levels] == [(1, 200 * 60, 200 * 60), (3, 4 * 60, 4 * 60)]
    assert audit(problem, found.roster).costs == {1: 200 * 60, 3: 4 * 60}
    assert found.first_seconds is not None and found.best_seconds is not None


def test_plain_cp_sat_says_where_nothing_can_be_found() -> None:
    files = tiny({"duties": {"min": "3 per operation"}}, NO_THREE)
    found = solve_plain(files.load().problem, 20, 1, 0)
    assert (found.status, found.roster) == ("infeasible", None)
    assert solve_plain(files.load().problem, 0, 1, 0).status in ("unknown", "infeasible")


# -- operations as plain numbers -------------------------------------------------------------------------------------


def cost_of(task: Task, held: list[tuple[int, int]]) -> dict[int, int]:
    """What a roster costs by the plain numbers alone, level by level."""
    costs: dict[int, int] = defaultdict(int)
    for level, cost in (*_shared_costs(task, held), *_own_costs(task, held)):
        costs[level] += cost
    return {level: cost for level, cost in costs.items() if cost}


def _shared_costs(task: Task, held: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for need in task.needs:
        people = sum(slot in need.slots for _, slot in held)
        yield need.level, need.price * max(0, people - need.count if need.upper else need.count - people)
    for one in task.wishes:
        is_met = any((one.person, slot) in held for slot in one.slots) == one.wanted
        yield one.level, one.price * (not is_met)


def _own_costs(task: Task, held: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    by_person = {person: [slot for who, slot in held if who == person] for person in range(task.people)}
    turns = {person: sorted(task.slots[slot] for slot in slots) for person, slots in by_person.items()}
    for clash in task.clashes:
        for person in clash.people:
            yield clash.level, clash.price * ((clash.first, clash.second) in pairwise(turns[person]))
    for limit in task.limits:
        for person in limit.people:
            total = sum(amount for slot, amount in limit.amounts if slot in by_person[person])
            yield limit.level, limit.price * max(0, total - (total if limit.most is None else limit.most))
            yield limit.level, limit.price * max(0, (limit.least or 0) - total)
    for weekends in task.weekends:
        for person in weekends.people:
            days = {task.turns[turn] for turn in turns[person]}
            worked = {number for day, number in weekends.days if day in days}
            yield weekends.level, weekends.price * max(0, len(worked) - weekends.most)
    for streak in task.streaks:
        for person in streak.people:
            days = {task.turns[turn] for turn in turns[person] if streak.off or turn in streak.turns}
            every = range(task.first_day, task.last_day + 1)
            counted = [day for day in every if (day in days) != streak.off]
            yield from ((streak.level, streak.price * days_off) for days_off in _misfits(task, counted, streak))


def _misfits(task: Task, days: list[int], streak: object) -> Iterator[int]:
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    for run in runs:
        yield max(0, len(run) - (streak.most or len(run)))  # type: ignore[attr-defined]
        if run[0] != task.first_day and run[-1] != task.last_day:
            yield max(0, (streak.least or 0) - len(run))  # type: ignore[attr-defined]


def random_roster(task: Task, random: Random) -> list[tuple[int, int]]:
    share = random.uniform(0.3, 0.9)
    return [(cell.person, random.choice(cell.slots)) for cell in task.cells if cell.slots and random.random() < share]


@pytest.mark.parametrize("name", ["ward-8x14", "ward-16x14", "ward-30x7", "guards-9x14", "guards-14x21"])
@pytest.mark.parametrize("seed", [1, 2])
def test_plain_numbers_cost_what_the_audit_says(name: str, seed: int) -> None:
    problem = generate(name, seed).load().problem
    task, random = restrict(problem), Random(seed)
    for _ in range(4):
        held = random_roster(task, random)
        found = audit(problem, roster_of(problem, held))
        costs = cost_of(task, held)
        assert {level: cost for level, cost in found.costs.items() if cost} == {
            level: cost for level, cost in costs.items() if level != HARD
        }
        assert found.has_hard == (HARD in costs)


def test_a_shift_that_somebody_may_have_none_of_is_not_offered() -> None:
    rule = {"duties": {"max": "0 per operation", "for": {"people": ["A"]}}}
    task = restrict(tiny(rule).load().problem)
    assert [cell.slots for cell in task.cells] == [[], [], [], [0], [1], [2]]


@pytest.mark.parametrize(
    ("path", "word"), [(KPU, "rank"), (ROOT / "examples" / "company" / "ops.yaml", "training"), (MINIMAL, "")]
)
def test_what_cannot_be_put_as_plain_numbers_is_refused_in_words(path: Path, word: str) -> None:
    problem = load_operation(path).problem
    if word:
        with pytest.raises(Unsupported):
            restrict(problem)
    else:
        assert restrict(problem).levels == [1]


@pytest.mark.parametrize(
    "rule",
    [
        {"rest": {"id": "r", "min": "12h", "weight": 3}},
        {"weekends": {"complete": True}},
        {"off_streak": {"max": 3}},
        {"succession": {"forbid": {"D": "D"}, "within": "36h"}},
        {"weekly_rest": {"min": "35h"}},
        {"work_streak": {"max": 2, "during": {"dates": dates([1])}}},
        {"duties": {"max": 2, "at": "yard/gate"}},
    ],
)
def test_rules_beyond_the_subset_are_refused(rule: Document) -> None:
    with pytest.raises(Unsupported):
        restrict(tiny(rule).load().problem)


@pytest.mark.parametrize("name", DEFAULT)
def test_generated_operations_are_the_same_for_the_same_seed(name: str) -> None:
    assert generate(name, 3) == generate(name, 3) != generate(name, 4)
    loaded = generate(name, 3).load()
    assert loaded.warnings == () and restrict(loaded.problem).needs


# -- contenders ------------------------------------------------------------------------------------------------------


@pytest.fixture
def ring(tmp_path: Path) -> Ring:
    operation = tiny(NO_THREE, WISHES).write(tmp_path / "operation.yaml")[0]
    return Ring(operation, tmp_path / "roster.csv", tmp_path, LIMITS)


def test_timefold_is_skipped_with_a_word_where_it_or_java_is_missing(
    ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", "somewhere")
    monkeypatch.setattr(contenders, "HAS_TIMEFOLD", "raise SystemExit(1)")
    assert timefold(ring)["status"] == "skipped" and "Timefold is not installed" in timefold(ring)["reason"]
    monkeypatch.setenv(contenders.TIMEFOLD_PYTHON, "no-such-python")
    assert "cannot be run" in why_not_timefold()
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", "")
    assert why_not_timefold() == "Java is not installed"


FAKE_MODEL = """\
import json, sys
task = json.load(open(sys.argv[1]))
held = [[cell["person"], cell["slots"][0]] for cell in task["cells"] if cell["slots"]]
json.dump({"held": held, "first_roster_seconds": 0.1, "best_seconds": 0.2, "seconds": 0.3}, open(sys.argv[2], "w"))
"""


def test_what_a_model_of_others_answers_is_judged_by_the_audit(
    ring: Ring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fake model has everybody on duty every day, which breaks two streaks and three wishes."""
    model = tmp_path / "model.py"
    model.write_text(FAKE_MODEL, encoding="utf-8")
    monkeypatch.setattr(contenders, "MODEL", (str(model),))
    monkeypatch.setattr(contenders, "why_not_timefold", lambda: "")
    monkeypatch.delenv(contenders.TIMEFOLD_PYTHON, raising=False)
    found = timefold(ring)
    assert found["status"] == "feasible" and found["best_seconds"] == 0.2
    judged = judge(ring.operation, ring.roster)
    assert (judged["hard"], judged["costs"], judged["gap_hours"]) == (2, {"3": 12}, 0)


@pytest.mark.skipif(bool(why_not_timefold()), reason="Timefold or Java is missing")
def test_timefold_finds_the_best_tiny_roster(ring: Ring) -> None:
    found = timefold(ring)
    assert found["versions"]["timefold"] and found["reason"] == ""
    assert judge(ring.operation, ring.roster)["costs"] == {"1": 200, "3": 4}


@pytest.mark.skipif(bool(why_not_timefold()), reason="Timefold or Java is missing")
@pytest.mark.parametrize("name", ["ward-16x14", "guards-9x14"])
def test_the_model_for_timefold_costs_what_the_plain_numbers_say(name: str, tmp_path: Path) -> None:
    task = restrict(generate(name, 1).load().problem)
    given, answer = tmp_path / "task.json", tmp_path / "answer.json"
    given.write_text(json.dumps(task.plain()), encoding="utf-8")
    subprocess.run([timefold_python(), *contenders.MODEL, str(given), str(answer), "2", "0"], check=True)
    said = json.loads(answer.read_text(encoding="utf-8"))
    left = dict.fromkeys([HARD, *task.levels], 0)
    for level, cost in best_conceivable(task):
        left[level] += cost
    for level, cost in cost_of(task, [(person, slot) for person, slot in said["held"]]).items():
        left[level] -= cost
    assert [int(number) for number in re.findall(r"-?\d+", said["score"])][: len(left)] == list(left.values())


def best_conceivable(task: Task) -> Iterator[tuple[int, int]]:
    """Timefold's score when nothing costs: it is rewarded for what is there, not charged for what is missing."""
    for need in task.needs:
        yield need.level, 0 if need.upper else need.price * need.count
    for limit in task.limits:
        yield limit.level, limit.price * (limit.least or 0) * len(limit.people)
    for one in task.wishes:
        yield one.level, one.price if one.wanted else 0


def test_peers_are_run_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    operation = tiny(NO_THREE, WISHES).write(tmp_path / "two-guards.yaml")[0]
    written = tmp_path / "out.json"
    arguments = ["peers", "--operations", str(operation), "--contenders", "patrolplan,cp-sat-2", "--json", str(written)]
    assert main([*arguments, "--time-limit", "10s"]) == EXIT_DONE
    report = json.loads(written.read_text(encoding="utf-8"))
    assert [(one["operation"], one["contender"]) for one in report["results"]] == [
        ("two-guards", "patrolplan"),
        ("two-guards", "cp-sat-2"),
    ]
    for one in report["results"]:
        assert (one["costs"], one["hard"], one["proved"]) == ({"1": 200, "3": 4}, 0, True)
        assert one["bounds"] == {"1": 200, "3": 4} and one["memory_mib"] > 10
    assert report["kind"] == "peers" and report["time_limit"] == 10 and "ortools" in report["versions"]
    assert str(tmp_path) not in written.read_text(encoding="utf-8")
    assert "two-guards, cp-sat-2: 1: 200 · 3: 4 (proved optimal)" in capsys.readouterr().err


def test_one_contender_that_fails_does_not_end_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(ring: Ring) -> arena.Result:
        raise RuntimeError(f"{tmp_path}/some/file is gone")

    monkeypatch.setattr(arena, "CONTENDERS", {"broken": broken, "absent": lambda ring: skipped("not here")})
    one = Arena(LIMITS, tmp_path / "out.json")
    one.run(operations(["minimal"], 0), ["broken", "absent"])
    assert [result["status"] for result in one.results] == ["failed", "skipped"]
    assert one.results[0]["reason"] == "RuntimeError: file is gone"
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["results"][1]["reason"] == "not here"


def test_unknown_operations_and_contenders_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["peers", "--operations", "nothing"]) == EXIT_INPUT
    assert main(["peers", "--contenders", "timefolt"]) == EXIT_INPUT
    assert 'Did you mean "timefold"?' in capsys.readouterr().err


# -- judgement -------------------------------------------------------------------------------------------------------


def result(contender: str, costs: dict[str, float] | None, **more: object) -> arena.Result:
    return {
        **NOTHING,
        "operation": "x",
        "contender": contender,
        "hard": 0,
        "costs": costs,
        "status": "feasible",
        **more,
    }


def test_a_bound_proves_only_what_the_audit_confirms() -> None:
    assert is_proved(result("a", {"1": 200, "3": 4}, bounds={"1": 200, "3": 4}))
    assert not is_proved(result("a", {"1": 200, "3": 5}, bounds={"1": 200, "3": 4}))
    assert not is_proved(result("a", {"1": 200}, bounds={"1": 200}, hard=1))
    assert not is_proved(result("a", {"1": 200}, bounds={})) and not is_proved(result("a", None))
    assert contradicts(result("a", {"1": 199}, bounds={"1": 200}))
    assert not contradicts(result("a", {"1": 200, "3": 2}, bounds={"1": 200, "3": 4}))


def test_the_best_have_fewest_broken_rules_and_then_the_least_cost_level_by_level() -> None:
    several = [
        result("broken", {}, hard=1),
        result("later", {"1": 5, "3": 1}),
        result("first", {"1": 4, "3": 9}),
        result("same", {"1": 4, "3": 9}),
        result("none", None, status="unknown"),
    ]
    assert [one["contender"] for one in best_of(several)] == ["first", "same"]
    cells = list(rows(several))
    assert [row[0] for row in cells] == ["broken", "later", "first *", "same *", "none"]
    assert cells[2][1] == "1: 4\n3: 9" and cells[4][1] == "no roster"
    assert remark(several[0]) == "1 broken hard rules" and remark(several[4]) == "unknown"


def test_the_tables_fit_into_a_narrow_terminal() -> None:
    large = {"1": 2_878_548.0, "2": 102_487.0, "3": 22_626.82}
    reason = "not in the subset of rules: a need for people who are [armed], and a training that ends"
    several = [
        result("patrolplan", large, bounds=large, wall_seconds=3600.0, memory_mib=12_345),
        result("timefold", None, status="skipped", reason=reason, operation="other"),
    ]
    console = Console(width=80, record=True, file=io.StringIO())
    show(several, console)
    shown = console.export_text()
    assert max(map(len, shown.splitlines())) <= 80 and "…" not in shown
    assert [line.strip() for line in shown.splitlines() if line.strip() in ("x", "other")] == ["x", "other"]
    words = " ".join(shown.split())
    assert shown.count("102,487") == 2 and "3600.0 12345" in words and f"timefold: skipped; {reason}" in words


def test_pairs_of_person_and_slot_become_named_duties(ring: Ring) -> None:
    problem: Problem = load_operation(ring.operation).problem
    roster = roster_of(problem, [(0, 0), (1, 2)])
    assert [duty.id for duty in roster.duties] == ["A/2024-01-01/D", "B/2024-01-03/D"]


def test_the_model_for_timefold_is_a_program_of_its_own() -> None:
    files = list((ROOT / "benchmarks" / "peers" / "timefold_model").glob("*.py"))
    own = "from benchmarks.peers.timefold_model"
    imports = [line for path in files for line in path.read_text(encoding="utf-8").splitlines() if "import " in line]
    assert files and not [line for line in imports if "patrolplan" in line]
    assert not [
        line for line in imports if line.startswith(("from benchmarks", "import benchmarks")) and own not in line
    ]
    for package in ("benchmarks", "benchmarks/peers"):
        assert "import" not in (ROOT / package / "__init__.py").read_text(encoding="utf-8")
