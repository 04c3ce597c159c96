"""What is recorded beside patrol sheets: nothing else is replaced by it, and a day is drawn again just as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_rounds import HEAD, QUICK, ROSTER, ROUNDS, called

DOCK = ROUNDS.replace("rounds:\n", "").replace("  yard:", "  dock:")


@pytest.fixture
def yard(tmp_path: Path) -> Path:
    (tmp_path / "ops.yaml").write_text(HEAD + ROUNDS, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    return tmp_path


def drawn(yard: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    """Draw sheets; the sidecar."""
    files = (yard / "ops.yaml", yard / "roster.csv", "-o", yard / "rounds.csv")
    code, _, err = called(capsys, "rounds", *files, "--seed", "7", *QUICK, *more)
    assert code == 0, err
    found: dict[str, Any] = json.loads((yard / "rounds.csv.json").read_text())
    return found


def replayed(yard: Path, capsys: pytest.CaptureFixture[str], date: str = "2024-11-04") -> tuple[int, str, str]:
    """Draw a day again; the words of errors in one line."""
    files = (yard / "ops.yaml", yard / "roster.csv", "-o", yard / "rounds.csv")
    code, out, err = called(capsys, "rounds", *files, "--replay", date)
    return code, out, " ".join(err.split())


@pytest.mark.parametrize("command", ["rounds", "postings", "solve"])
@pytest.mark.parametrize(
    ("name", "words"),
    [("plan.json", "would replace this input"), ("notes.json", "would replace this, which is none")],
)
def test_no_sidecar_replaces_what_nobody_named(
    yard: Path, capsys: pytest.CaptureFixture[str], command: str, name: str, words: str
) -> None:
    (yard / "plan.json").write_bytes((yard / "ops.yaml").read_bytes())
    (yard / "notes.json").write_text('{"mine": 1}', encoding="utf-8")
    before = (yard / name).read_text()
    roster = () if command == "solve" else (yard / "roster.csv",)
    code, _, err = called(capsys, command, yard / "plan.json", *roster, "-o", yard / name[:-5], "--time-limit", "1s")
    assert code == 2 and words in " ".join(err.split()) and name in "".join(err.split())
    assert (yard / name).read_text() == before and not (yard / name[:-5]).exists()


def test_its_own_sidecar_is_replaced(yard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = drawn(yard, capsys)
    assert drawn(yard, capsys)["rounds"] == first["rounds"]


def other(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda data: data.update(changes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (other(seed="99"), "is not what was written"),
        (other(tried={}), "is not what was written"),
        (other(rounds="3"), "is not what was written"),
        (other(versions={"patrolplan": "0.0.1", "numpy": "1.0"}), ""),
        (other(seed="-5"), "no sidecar of patrol sheets"),
        (other(seed=3), "no sidecar of patrol sheets"),
        (other(tried={"yard": 3}), "no sidecar of patrol sheets"),
        (other(tried={"yard": {"1/0": -4}}), "no sidecar of patrol sheets"),
        (other(tried={"yard": {"1/0": "a"}}), "no sidecar of patrol sheets"),
        (other(kind="roster"), "no sidecar of patrol sheets"),
        (other(sidecar=99), "no sidecar of patrol sheets"),
        (lambda data: data.pop("rounds"), "no sidecar of patrol sheets"),
        (lambda data: data.pop("zones"), "no sidecar of patrol sheets"),
    ],
)
def test_what_is_drawn_again_is_what_was_written_or_refused(
    yard: Path, capsys: pytest.CaptureFixture[str], change: Callable[[dict[str, Any]], object], words: str
) -> None:
    data = drawn(yard, capsys)
    change(data)
    (yard / "rounds.csv.json").write_text(json.dumps(data), encoding="utf-8")
    code, out, err = replayed(yard, capsys)
    if words:
        assert code == 2 and words in err and "rounds.csv.json" in err.replace(" ", "") and not out
    else:
        assert (code, out) == (0, (yard / "rounds.csv").read_text())


def test_another_version_is_named_where_it_draws_otherwise(yard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = drawn(yard, capsys)
    data |= {"seed": "8", "versions": data["versions"] | {"numpy": "1.0"}}
    (yard / "rounds.csv.json").write_text(json.dumps(data), encoding="utf-8")
    assert "replay with numpy 1.0" in replayed(yard, capsys)[2]


def test_sheets_that_were_edited_are_told_of(yard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawn(yard, capsys)
    written = (yard / "rounds.csv").read_text()
    assert "was changed" not in replayed(yard, capsys)[2]
    (yard / "rounds.csv").write_text(written.replace("gate", "ramp"), encoding="utf-8")
    code, out, err = replayed(yard, capsys)
    assert (code, out) == (0, written) and "was changed since it was written" in err


def test_only_what_was_written_is_drawn_again(yard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = HEAD.replace("2024-11-05 08:00", "2024-11-06 08:00").replace("rounds: yard}", "rounds: dock}")
    text = text.replace("    posts:\n", "    posts:\n      walk: {kind: patrol, needs: [{staff: 1}], rounds: yard}\n")
    more = (
        "P3,office,walk,day,2024-11-04 08:00,2024-11-04 16:00\nP3,office,walk,day,2024-11-05 08:00,2024-11-05 16:00\n"
    )
    (yard / "ops.yaml").write_text(text + ROUNDS + DOCK, encoding="utf-8")
    (yard / "roster.csv").write_text(ROSTER + more, encoding="utf-8")
    assert drawn(yard, capsys, "--zone", "dock")["zones"] == ["dock"]
    code, out, _ = replayed(yard, capsys)
    assert code == 0 and out == (yard / "rounds.csv").read_text() and ",dock," in out and ",yard," not in out
    drawn(yard, capsys, "--date", "2024-11-05", "--zone", "yard")
    code, out, err = replayed(yard, capsys)
    assert code == 2 and "holds no sheets of that date" in err and not out
    code, out, _ = replayed(yard, capsys, "2024-11-05")
    assert code == 0 and out == (yard / "rounds.csv").read_text()


def test_dates_outside_the_operation_change_nothing(yard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawn(yard, capsys)
    before = (yard / "rounds.csv").read_text(), (yard / "rounds.csv.json").read_text()
    files = (yard / "ops.yaml", yard / "roster.csv", "-o", yard / "rounds.csv")
    code, _, err = called(capsys, "rounds", *files, "--date", "2026-04-01", *QUICK)
    assert code == 2 and "is outside the operation" in err
    assert before == ((yard / "rounds.csv").read_text(), (yard / "rounds.csv.json").read_text())
    assert replayed(yard, capsys, "2026-05-02")[0] == 2
