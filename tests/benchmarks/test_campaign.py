"""A campaign over instances: one that fails is a result, best known costs are compared, and all is summed up."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from benchmarks import running
from benchmarks.__main__ import main
from benchmarks.best_known import distance, read_best_known, summary, summary_text
from benchmarks.machine import circumstances
from benchmarks.operation_file import OperationFiles
from benchmarks.running import NOTHING, Case, Limits, attempt, claims, solve
from benchmarks.watched import run_watched
from patrolplan.errors import EXIT_FINDINGS, EXIT_INPUT, InputError
from tests.benchmarks import test_curtois, test_inrc2

LIMITS = Limits(10, 1, 0)
FILES = OperationFiles({})


def level(number: int, cost: float, bound: float) -> dict[str, float | bool]:
    return {"level": number, "cost": cost, "bound": bound, "gap": 0.0, "proved": cost == bound}


def case(**more: object) -> Case:
    return Case("one", FILES, lambda roster: (7, 0), **more)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Instance1.txt").write_text(test_curtois.TEXT, encoding="utf-8")
    (tmp_path / "Instance2.txt").write_text("no instance", encoding="utf-8")
    return tmp_path


def test_one_instance_that_fails_does_not_end_the_campaign(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    best, written = folder / "best.csv", folder / "out.json"
    best.write_text("instance,cost,source\n1,200,x\n2,5,y\n", encoding="utf-8")
    arguments = ["curtois", "run", str(folder), "--instances", "2,Instance1", "--workers", "1"]
    assert main([*arguments, "--best-known", str(best), "--json", str(written)]) == EXIT_FINDINGS
    printed = capsys.readouterr()
    report = json.loads(written.read_text(encoding="utf-8"))
    failed, solved = report["results"]
    assert [json.loads(line) for line in printed.out.splitlines()] == report["results"]
    assert failed["status"] == "failed" and failed["cost"] is None and "SECTION" in failed["reason"]
    assert set(failed) == set(solved) == set(NOTHING)
    assert solved["best_known"] == 200 and solved["distance"] == round((solved["cost"] - 200) / 200, 6)
    assert solved["status"] == "optimal" and [one["proved"] for one in solved["levels"]] == [True]
    assert report["summary"]["failed"] == ["2"] and report["summary"]["compared"] == 1
    assert "Without a roster: 2." in printed.err and "best known cost" in printed.err


def test_the_circumstances_are_written(folder: Path) -> None:
    found = circumstances()
    assert set(found) == {"date", "machine", "versions"}
    assert found["machine"]["processor"] and found["machine"]["cores"] == os.cpu_count()
    assert set(found["versions"]) == {"patrolplan", "python", "ortools"}


def test_results_are_written_after_every_instance(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = folder / "out.json"
    seen: list[int] = []

    def look(case: Case, limits: Limits) -> running.Result:
        seen.append(len(json.loads(written.read_text(encoding="utf-8"))["results"]) if written.exists() else 0)
        if len(seen) == 1:
            raise RuntimeError("no more memory")
        return {**NOTHING, "instance": case.name}

    monkeypatch.setattr(running, "solve", look)
    (folder / "Instance3.txt").write_text(test_curtois.TEXT, encoding="utf-8")
    main(["curtois", "run", str(folder), "--instances", "1,3", "--json", str(written)])
    assert seen == [0, 1]
    assert json.loads(written.read_text(encoding="utf-8"))["results"][0]["reason"] == "RuntimeError: no more memory"


def test_whatever_goes_wrong_before_the_search_is_a_result() -> None:
    def make() -> Case:
        raise InputError("shift E lasts 0 min.")

    result, names = attempt("seven", make, LIMITS)
    assert (result["instance"], result["status"], names) == ("seven", "failed", ("seven",))
    assert "lasts 0 min" in result["reason"]


def test_a_killed_run_is_reported_with_the_roster_that_it_left(monkeypatch: pytest.MonkeyPatch) -> None:
    script = "import os,sys; open(sys.argv[1],'w').close(); os.kill(os.getpid(), 9)"

    def killed(command: list[str], *, output: Path, errors: Path, seconds: float) -> object:
        roster = command[command.index("-o") + 1]
        return run_watched([sys.executable, "-c", script, roster], output=output, errors=errors, seconds=seconds)

    monkeypatch.setattr(running, "run_watched", killed)
    result = solve(case(), LIMITS)
    assert (result["status"], result["reason"]) == ("killed", "ended by signal SIGKILL")
    assert (result["cost"], result["hard"], result["bound"]) == (7, 0, None)


def test_a_program_that_stops_with_a_complaint_is_reported_with_its_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(command: list[str], *, output: Path, errors: Path, seconds: float) -> object:
        call = [sys.executable, "-c", "import sys; print('no people.', file=sys.stderr); sys.exit(2)"]
        return run_watched(call, output=output, errors=errors, seconds=seconds)

    monkeypatch.setattr(running, "run_watched", refuse)
    result = solve(case(), LIMITS)
    assert (result["status"], result["reason"], result["cost"]) == ("failed", "no people.", None)


def test_a_command_that_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    script = "import subprocess,sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    out, err = tmp_path / "out", tmp_path / "err"
    ended = run_watched([sys.executable, "-c", script], output=out, errors=err, seconds=0.5)
    assert ended.overran and ended.exit_code == -signal.SIGKILL and ended.seconds < 30
    assert "killed" in ended.fate


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system does not show the memory of children")
def test_memory_is_that_of_the_command_and_its_children(tmp_path: Path) -> None:
    child = "import time; b = bytearray(200_000_000); time.sleep(1.6)"
    script = f"import subprocess,sys; b = bytearray(200_000_000); subprocess.run([sys.executable, '-c', {child!r}])"
    ended = run_watched([sys.executable, "-c", script], output=tmp_path / "o", errors=tmp_path / "e", seconds=60)
    assert ended.exit_code == 0 and 350 < ended.memory_mib < 600


def test_levels_are_added_up_and_only_what_is_proved_bounds_the_whole() -> None:
    said = {"levels": [level(1, 0, 0), level(2, 100, 90)]}
    found = claims(case(hard_level=1, past=20), said)
    assert (found["claimed"], found["bound"]) == (120, 110) and found["gap"] == round(10 / 120, 6)
    said = {"levels": [level(1, 2, 0), level(2, 100, 90)]}
    found = claims(case(hard_level=1), said)
    assert (found["claimed"], found["bound"], found["gap"]) == (100, 0, 1)
    assert claims(case(), {"levels": []}) == {}


def test_distances_are_taken_only_where_there_is_something_to_compare() -> None:
    assert distance(1100, 0, 1000) == pytest.approx(0.1)
    assert distance(0, 0, 0) == 0
    assert distance(1100, 1, 1000) is None and distance(None, None, 1000) is None and distance(5, 0, None) is None


def test_the_summary_has_means_and_worst() -> None:
    results = [
        {**NOTHING, "instance": "a", "status": "optimal", "cost": 10, "hard": 0, "gap": 0.0, "distance": 0.0},
        {**NOTHING, "instance": "b", "status": "feasible", "cost": 12, "hard": 0, "gap": 0.1, "distance": 0.2},
        {**NOTHING, "instance": "c", "status": "feasible", "cost": 12, "hard": 3, "gap": 0.2},
        {**NOTHING, "instance": "d", "status": "killed"},
    ]
    found = summary(results)
    assert (found["instances"], found["with_roster"], found["proved_optimal"], found["hard_broken"]) == (4, 3, 1, 1)
    assert (found["mean_distance"], found["worst_distance"], found["at_best_known"]) == (0.1, 0.2, 1)
    assert (found["mean_gap"], found["worst_gap"], found["failed"]) == (0.1, 0.2, ["d"])
    assert summary_text(found).splitlines()[1:] == [
        "Without a roster: d.",
        "Gap to the proved bound: 10.00 % mean, 20.00 % worst.",
        "Distance to the best known cost: 10.00 % mean, 20.00 % worst; at it 1 of 2.",
    ]
    assert summary([])["mean_gap"] is None


def test_a_table_of_best_known_costs_is_read_or_refused(tmp_path: Path) -> None:
    table = tmp_path / "best.csv"
    table.write_text("Instance,Cost\na,5\nb,\n", encoding="utf-8")
    assert read_best_known(table) == {"a": 5}
    for text in ("instance,price\na,5\n", "instance,cost\na,few\n"):
        table.write_text(text, encoding="utf-8")
        with pytest.raises(InputError):
            read_best_known(table)


def test_a_set_of_eight_weeks_is_solved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = test_inrc2.write_set(tmp_path)
    scenario = next(root.rglob("Sc-tiny.txt"))
    text = scenario.read_text(encoding="utf-8")
    assert "WEEKS = 2" in text
    scenario.write_text(text.replace("WEEKS = 2", "WEEKS = 8"), encoding="utf-8")
    name = "tiny_0_0-1-0-1-1-0-0-1"
    assert main(["inrc2", "run", str(root), "--instances", name, "--time-limit", "10", "--workers", "1"]) == 0
    one = json.loads(capsys.readouterr().out)
    assert one["instance"] == name and one["cost"] == one["claimed"] and one["hard"] == 0
    assert main(["inrc2", "run", str(root), "--instances", "tiny_0_0-1"]) == EXIT_INPUT
    assert main(["inrc2", "run", str(root), "--instances", "tiny"]) == EXIT_INPUT
