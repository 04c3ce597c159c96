"""``patrolplan postings`` and ``show --by post`` as a planner calls them."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.operations import Row, line_of, read_rows, write_rows

OPERATION = """\
patrolplan: 1
operation:
  name: Harbour
  timezone: Asia/Pontianak
  from: 2025-03-03 07:00
  until: 2025-03-04 07:00
shifts:
  day:   {start: "07:00", end: "19:00"}
  night: {start: "19:00", end: "07:00", night: true}
relief: {max: 4h, step: 1h}
sites:
  harbour:
    name: Harbour
    breaks:
      - {name: meal, length: 30m, between: "11:00-14:00"}
    posts:
      gate:
        needs: [{staff: 1, qualified: {armed: 1}}]
      lobby:
        needs: [{staff: 1}]
      spare:
        kind: standby
        needs: [{ideal: 1}]
personnel: people.csv
rules:
  - rest: 11h
"""
PEOPLE = "id,name,qualifications\n" + "".join(
    f"P{number},Contoh {number},{'armed' if number in (1, 2, 4, 5) else ''}\n" for number in range(1, 7)
)
PLACES = ("gate", "lobby", "spare", "lobby", "gate", "spare")


def duty(number: int) -> Row:
    night = number > 3
    return {
        "person": f"P{number}",
        "name": f"Contoh {number}",
        "site": "harbour",
        "post": PLACES[number - 1],
        "shift": "night" if night else "day",
        "start": f"2025-03-03T{'19' if night else '07'}:00+07:00",
        "end": f"2025-03-0{'4T07' if night else '3T19'}:00+07:00",
        "duty": "",
        "kind": "duty",
    }


@pytest.fixture
def scene(tmp_path: Path) -> tuple[Path, Path]:
    """An operation and a roster of whole duties."""
    (tmp_path / "ops.yaml").write_text(OPERATION, encoding="utf-8")
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    return tmp_path / "ops.yaml", write_rows(tmp_path / "roster.csv", map(duty, range(1, 7)))


def hours(row: Row) -> float:
    span = dt.datetime.fromisoformat(row["end"]) - dt.datetime.fromisoformat(row["start"])
    return span.total_seconds() / 3600


def test_postings_write_a_roster_that_check_passes(run: Run, scene: tuple[Path, Path], tmp_path: Path) -> None:
    operation, roster = scene
    plain = run("check", operation, roster, "--format", "json")
    assert plain.code == 0, "whole duties are too long for relief, and fail nothing before postings"
    found = {one["code"] for one in json.loads(plain.out)["findings"] if one["severity"] == "soft"}
    assert found == {"PP108", "PP109"}
    assert run("check", operation, roster, "--fail-on", "any").code == 1
    done = run("postings", operation, roster, "-o", tmp_path / "posted.csv")
    assert done.code == 0, done.err
    assert "Roster written to" in done.out and "all kept" in done.out
    rows = read_rows(tmp_path / "posted.csv")
    assert len(rows) > 6
    assert max(hours(row) for row in rows if row["post"] != "spare") <= 4
    checked = run("check", operation, tmp_path / "posted.csv", "--format", "json")
    assert checked.code == 0
    assert {one["code"] for one in json.loads(checked.out)["findings"]} <= {"PP106", "PP107", "PP110"}
    assert run("check", operation, tmp_path / "posted.csv", "--require-fresh").code == 0


def test_the_same_command_gives_the_same_file(run: Run, scene: tuple[Path, Path], tmp_path: Path) -> None:
    operation, roster = scene
    options = ("--deterministic", "--seed", "4", "--time-limit", "60s")
    for name, workers in (("one.csv", "1"), ("two.csv", "2")):
        assert run("postings", operation, roster, "-o", tmp_path / name, "--workers", workers, *options).code == 0
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_without_a_name_a_free_one_is_taken(
    run: Run, scene: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation, roster = scene
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ops.postings.csv").write_text("somebody's own file\n", encoding="utf-8")
    assert run("postings", operation, roster, "--date", "2025-03-03").code == 0
    assert (tmp_path / "ops.postings.csv").read_text(encoding="utf-8") == "somebody's own file\n"
    assert (tmp_path / "ops.postings-2.csv").is_file()


def test_what_cannot_be_kept_is_explained_and_the_best_is_written(
    run: Run, scene: tuple[Path, Path], tmp_path: Path
) -> None:
    operation, roster = scene
    write_rows(roster, [duty(1), duty(2), duty(4), duty(5)])
    done = run("postings", operation, roster, "-o", tmp_path / "posted.csv", "--format", "json")
    assert done.code == 1
    data = json.loads(done.out)
    assert data["status"] == "infeasible" and data["written"] == str(tmp_path / "posted.csv")
    (unmet,) = data["unmet"]
    assert (unmet["site"], unmet["shift"], unmet["date"]) == ("harbour", "day", "2025-03-03")
    assert {lapse["rule"] for lapse in unmet["lapses"]} == {"break"}
    assert {lapse["line"] for lapse in unmet["lapses"]} == {line_of(operation, "name: meal")}
    assert ("people", 1) in [(one["kind"], one["amount"]) for one in unmet["remedies"]]
    told = run("postings", operation, roster, "-o", tmp_path / "posted.csv")
    assert told.code == 1
    for words in ("harbour day", "Mon 3 Mar", "no meal of 30 min", "ops.yaml:", "1 more person", "Proved"):
        assert words.replace(" ", "") in "".join(told.out.split()), words  # a long path is broken anywhere
    assert run("check", operation, tmp_path / "posted.csv").code == 1


def test_a_break_that_lies_in_no_shift_is_not_ignored_without_a_word(run: Run, scene: tuple[Path, Path]) -> None:
    operation, roster = scene
    operation.write_text(OPERATION.replace('"11:00-14:00"', '"18:00-20:00"'), encoding="utf-8")
    line = line_of(operation, "name: meal")
    told = " ".join(run("postings", operation, roster, "-o", operation.with_name("posted.csv")).err.split())
    assert f":{line}:9nobody" in told.replace(" ", "")  # a long path is broken anywhere
    assert 'nobody has the break "meal": no shift lasts through its whole window 18:00-20:00' in told
    operation.write_text(OPERATION.replace('"11:00-14:00"', '"23:00-03:00"'), encoding="utf-8")
    assert "nobody has" not in run("validate", operation).err


def test_without_relief_and_breaks_the_rows_stay(run: Run, scene: tuple[Path, Path], tmp_path: Path) -> None:
    operation, roster = scene
    text = OPERATION.replace("relief: {max: 4h, step: 1h}\n", "").replace(
        '    breaks:\n      - {name: meal, length: 30m, between: "11:00-14:00"}\n', ""
    )
    operation.write_text(text, encoding="utf-8")
    done = run("postings", operation, roster, "-o", tmp_path / "posted.csv")
    assert done.code == 0 and "nothing changed" in " ".join(done.out.split())
    before = [{**row, "duty": ""} for row in read_rows(roster)]
    assert [{**row, "duty": ""} for row in read_rows(tmp_path / "posted.csv")] == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("max: 4h, step: 1h", "max: 4"), "needs a unit"),
        (("max: 4h, step: 1h", "max: 20m"), "at least one step"),
        (("step: 1h", "stepp: 1h"), 'Did you mean "step"?'),
        (("length: 30m", "length: 4h"), "longer than the window"),
        (("length: 30m, ", ""), '"length" is missing'),
    ],
)
def test_mistakes_in_the_file_are_named_with_their_line(
    run: Run, scene: tuple[Path, Path], change: tuple[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation, roster = scene
    monkeypatch.setenv("COLUMNS", "200")
    assert change[0] in OPERATION
    operation.write_text(OPERATION.replace(*change), encoding="utf-8")
    refused = run("postings", operation, roster)
    assert refused.code == 2
    assert words in " ".join(refused.err.split()) and "ops.yaml:" in refused.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--site", "harbor"), 'Did you mean "harbour"?'),
        (("--date", "2026-01-01"), "outside the operation"),
        (("-o", "roster.csv"), "name another file"),
    ],
)
def test_wrong_options_write_nothing(
    run: Run,
    scene: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = run("postings", *scene, *options)
    assert refused.code == 2 and words in " ".join(refused.err.split())
    assert not list(tmp_path.glob("*.postings*"))


def test_a_roster_from_a_spreadsheet_keeps_its_own_columns(run: Run, scene: tuple[Path, Path], tmp_path: Path) -> None:
    operation, roster = scene
    lines = roster.read_text(encoding="utf-8").splitlines()
    mixed = [lines[0] + ",remark", *(f"{line},note {number}" for number, line in enumerate(lines[1:], 1))]
    roster.write_text("\ufeff" + "\n".join(mixed).replace(",", ";"), encoding="utf-8")
    assert run("postings", operation, roster, "-o", tmp_path / "posted.csv").code == 0
    rows = read_rows(tmp_path / "posted.csv")
    assert {(row["person"], row["remark"]) for row in rows} == {
        (f"P{number}", f"note {number}") for number in range(1, 7)
    }


def test_show_by_post_draws_the_day(run: Run, scene: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    operation, roster = scene
    monkeypatch.setenv("COLUMNS", "100")
    shown = run("show", operation, roster, "--by", "post", "--date", "2025-03-03", "--post", "gate")
    assert shown.code == 0
    lines = shown.out.splitlines()
    assert "gate, Harbour" in lines[0] and "Mon 3 Mar" in lines[0] and "1 armed" in lines[0]
    assert lines[1].split() == ["00", "03", "06", "09", "12", "15", "18", "21", "24"]
    assert lines[3].split() == ["Contoh", "1", "·" * 14 + "█" * 24 + "·" * 10, "07:00-19:00"]
    assert "lobby" not in shown.out
    assert run("show", operation, roster, "--post", "harbour/lobby").out.count("lobby") == 1
    refused = run("show", operation, roster, "--by", "post", "--post", "gat")
    assert refused.code == 2 and 'Did you mean "gate"?' in refused.err


def test_whoever_is_alone_cannot_be_relieved_and_that_is_no_success(tmp_path: Path, run: Run) -> None:
    """Nothing changes in such a roster, but what was asked for is not kept."""
    posts = OPERATION[OPERATION.index("      lobby:") : OPERATION.index("personnel:")]
    text = OPERATION.replace(posts, "")
    (tmp_path / "ops.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    write_rows(tmp_path / "roster.csv", [duty(1), duty(5)])
    result = run("postings", tmp_path / "ops.yaml", tmp_path / "roster.csv", "-o", tmp_path / "posted.csv")
    assert result.code == 1
    assert "held for 12 h at a stretch" in " ".join(result.out.split())
    assert len(read_rows(tmp_path / "posted.csv")) == 2
