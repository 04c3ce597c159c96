"""How growth is measured: from answers to figures, and from figures to an exponent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import growth
from benchmarks.__main__ import main
from patrolplan.errors import EXIT_FINDINGS, EXIT_INPUT


def answer(cost: float, bound: float, reached: float = 4.0) -> dict[str, Any]:
    """What ``patrolplan solve`` says, as far as it matters."""
    return {
        "status": "feasible",
        "first_roster_seconds": 1.5,
        "reached_seconds": {"1": reached, "3": 9.0},
        "levels": [{"level": 1, "cost": cost, "bound": bound}, {"level": 3, "cost": 7.0, "bound": 0.0}],
        "audit": {"summary": {"open_person_shifts": 0, "needed_person_shifts": 10, "findings": {"hard": 0}}},
    }


def test_a_gap_counts_as_closed_once_the_first_level_is_proved() -> None:
    found = growth.judged(answer(0.0, 0.0), 0.5)
    assert (found["first_roster_seconds"], found["gap_free_seconds"]) == (2.0, 4.5)
    assert growth.judged(answer(24.0, 24.0), 0.5)["gap_free_seconds"] == 4.5
    assert growth.judged(answer(24.0, 12.0), 0.5)["gap_free_seconds"] is None


def test_the_exponent_of_a_power_is_that_power() -> None:
    points = [(people, 0.002 * people**1.25) for people in (100, 500, 5200)]
    assert growth.exponent(points) == 1.25
    assert growth.exponent(points[:1]) is None
    assert growth.exponent([*points, (9000, None)]) is None


def test_sizes_are_solved_one_after_the_other_and_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = []

    def timed(command: str, *arguments: str) -> tuple[float, int, str]:
        assert Path(arguments[0]).exists()
        if command == "validate":
            return 0.5, 100, ""
        limits.append(arguments[arguments.index("--time-limit") + 1])
        size = len(limits)
        return 40.0, 200, json.dumps(answer(0.0, 0.0 if size < 3 else -1.0, reached=2.0**size - 0.5))

    monkeypatch.setattr(growth, "_timed", timed)
    written = tmp_path / "growth.json"
    code = main(["growth", "--people", "400,50,200", "--days", "8", "--json", str(written)])
    assert code == EXIT_FINDINGS
    report = json.loads(written.read_text(encoding="utf-8"))
    assert [one["people"] for one in report["results"]] == [50, 200, 400]
    assert [one["gap_free_seconds"] for one in report["results"]] == [2.0, 4.0, None]
    assert report["exponents"]["gap_free_seconds"] is None and report["exponents"]["read_seconds"] == 0.0
    assert limits == ["32.5s", "40s", "50s"]
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_a_plot_is_drawn_or_said_not_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    results = [{"people": people, **dict.fromkeys(growth.TIMES, people / 100)} for people in (50, 100, 1000)]
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    growth.plot(results, tmp_path / "none.svg")
    assert "matplotlib is not installed" in capsys.readouterr().err and not (tmp_path / "none.svg").exists()
    monkeypatch.undo()
    pytest.importorskip("matplotlib")
    growth.plot(results, tmp_path / "growth.svg")
    assert "<svg" in (tmp_path / "growth.svg").read_text(encoding="utf-8")


def test_sizes_that_are_no_numbers_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["growth", "--people", "50,many"]) == EXIT_INPUT
    assert "numbers separated by commas" in capsys.readouterr().err
