"""``patrolplan rounds`` as a planner calls it."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

import pytest

from patrolplan.cli import main
from patrolplan.errors import InputError
from patrolplan.plan import rounds as plan

HEAD = """\
patrolplan: 1
operation: {name: Yard, timezone: Asia/Pontianak, from: 2024-11-04 08:00, until: 2024-11-05 08:00}
shifts:
  day:   {start: "08:00", end: "16:00"}
  late:  {start: "16:00", end: "00:00"}
sites:
  office:
    posts:
      patrol: {kind: patrol, needs: [{staff: 1}], rounds: yard}
personnel: [{id: P1}, {id: P2}, {id: P3}, {id: P4}]
rules: [{rest: 8h}]
"""
ROUNDS = """\
rounds:
  yard:
    promise: 40m
    attack: 15m
    slot: 5m
    checkpoints: {gate: {}, store: {weight: 2}, ramp: {}, tank: {}}
    travel:
      - [0, 5m, 10m, 5m]
      - [5m, 0, 5m, 10m]
      - [10m, 5m, 0, 5m]
      - [5m, 10m, 5m, 0]
"""
ROSTER = """\
person,site,post,shift,start,end
P1,office,patrol,day,2024-11-04 08:00,2024-11-04 16:00
P2,office,patrol,late,2024-11-04 16:00,2024-11-05 00:00
"""
QUICK = ("--draws", "64", "--time-limit", "0.0001s")


def called(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(one) for one in arguments])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


@pytest.fixture
def yard(tmp_path: Path) -> Path:
    (tmp_path / "ops.yaml").write_text(HEAD + ROUNDS, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    return tmp_path


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_sheets_keep_the_promise_over_the_change_of_duty(yard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = (yard / "ops.yaml", yard / "roster.csv")
    code, out, err = called(capsys, "rounds", *files, "-o", yard / "rounds.csv", "--format", "json", *QUICK)
    assert code == 0, err
    sheet = rows(yard / "rounds.csv")
    assert list(sheet[0]) == ["date", "duty", "team", "zone", "checkpoint", "arrive", "leave"]
    for name in ("gate", "store", "ramp", "tank"):
        clocks = [row["arrive"][11:16] for row in sheet if row["checkpoint"] == name]
        minutes = [480, *((int(one[:2]) or 24) * 60 + int(one[3:]) for one in clocks), 1440]
        assert max(b - a for a, b in pairwise(minutes)) <= 40
    assert {row["team"] for row in sheet if row["arrive"] < "2024-11-04T16:00"} == {"P1"}
    (zone,) = json.loads(out)["zones"]
    assert (zone["promise_minutes"], zone["promise_kept"]) == (40, True)
    assert zone["worst_idleness_minutes"] <= 40 and 0 <= zone["detection_watcher"] <= zone["bound"] + 0.1
    assert 0 <= zone["detection_blind"] <= 1 and zone["teams_needed"] == 1


def test_seed_secrecy_and_replay(yard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = (yard / "ops.yaml", yard / "roster.csv")
    one, other, third = (yard / name for name in ("one.csv", "other.csv", "third.csv"))
    assert called(capsys, "rounds", *files, "-o", one, *QUICK)[0] == 0
    assert one.with_name("one.csv.json").stat().st_mode & 0o777 == 0o600
    assert one.stat().st_mode & 0o777 == 0o600
    seed = json.loads(one.with_name("one.csv.json").read_text())["seed"]
    code, out, _ = called(capsys, "rounds", *files, "-o", one, "--replay", "2024-11-04")
    assert (code, out) == (0, one.read_text())
    called(capsys, "rounds", *files, "-o", other, *QUICK)
    assert other.read_text() != one.read_text()
    for path in (other, third):
        assert called(capsys, "rounds", *files, "-o", path, "--seed", "7", *QUICK)[0] == 0
    assert other.read_text() == third.read_text()
    assert len(seed) > 20
    (yard / "roster.csv").write_text(ROSTER.replace("P1", "P3"), encoding="utf-8")
    code, out, err = called(capsys, "rounds", *files, "-o", one, "--replay", "2024-11-04")
    assert code == 2 and "roster changed" in err and not out


def test_a_promise_that_cannot_be_kept_names_the_teams(yard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (yard / "ops.yaml").write_text(HEAD + ROUNDS.replace("40m", "15m"), encoding="utf-8")
    code, _, err = called(capsys, "rounds", yard / "ops.yaml", yard / "roster.csv", "-o", yard / "rounds.csv", *QUICK)
    assert code == 2 and "it takes 2 teams" in " ".join(err.split())
    assert not (yard / "rounds.csv").exists()


def test_a_promise_is_refused_before_anything_is_looked_for(yard: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def begun() -> NoReturn:
        raise AssertionError("a search has begun")

    monkeypatch.setattr(plan, "process_beside", begun)
    (yard / "ops.yaml").write_text(HEAD + ROUNDS.replace("40m", "15m"), encoding="utf-8")
    with pytest.raises(InputError, match="it takes 2 teams"):
        plan.draw_rounds(plan.Request(yard / "ops.yaml", yard / "roster.csv"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("rounds: yard}", "rounds: yrad}", 'ops.yaml:9:62 unknown rounds "yrad". Did you mean "yard"?'),
        ("slot: 5m", "slot: 5m\n    start: gaet", 'unknown checkpoint "gaet". Did you mean "gate"?'),
        ("- [0, 5m, 10m, 5m]\n", "", "travel has 3 rows for 4 checkpoints"),
        ("promise: 40m", "promise: 40", "a bare number needs a unit, such as 40h or 40m."),
        ("{weight: 2}", "{wieght: 2}", 'unknown key "wieght". Did you mean "weight"?'),
        ("attack: 15m", "attack: 2m", "is shorter than a slot of 5 minutes"),
    ],
)
def test_mistakes_are_named(yard: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, words: str) -> None:
    text = (HEAD + ROUNDS).replace(old, new)
    (yard / "ops.yaml").write_text(text, encoding="utf-8")
    code, _, err = called(capsys, "rounds", yard / "ops.yaml", yard / "roster.csv")
    assert code == 2 and words.partition("unknown")[2] in " ".join(err.split())


def test_an_unknown_zone_is_answered_with_the_nearest(yard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = called(capsys, "rounds", yard / "ops.yaml", yard / "roster.csv", "--zone", "yrad")
    assert code == 2 and 'Did you mean "yard"?' in err


def test_what_nobody_had_time_to_look_at_is_not_said_to_be_impossible(
    yard: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (yard / "ops.yaml").write_text(HEAD + ROUNDS.replace("40m", "30m"), encoding="utf-8")
    files = (yard / "ops.yaml", yard / "roster.csv")
    _, out, _ = called(capsys, "rounds", *files, "--draws", "0", "--time-limit", "0.0001s")
    assert "no time to look" in out
    assert out.count("not with these teams") == 1, "15 minutes are too few for a team to walk around"
    _, out, _ = called(capsys, "rounds", *files, "--format", "json", "--draws", "0", "--time-limit", "0.0001s")
    (zone,) = json.loads(out)["zones"]
    assert zone["curve"][0]["looked_at"] is True and zone["watcher_value"] is None
    assert not any(one["looked_at"] for one in zone["curve"][2:])


def test_a_checkpoint_that_is_never_open_is_warned_of(yard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (HEAD + ROUNDS).replace("gate: {}", 'gate: {closed: "06:00-06:00"}')
    (yard / "ops.yaml").write_text(text, encoding="utf-8")
    code, _, err = called(capsys, "rounds", yard / "ops.yaml", yard / "roster.csv", *QUICK)
    assert code == 0
    assert 'ops.yaml:13:3 "gate" of "yard" is closed whenever there is a patrol' in " ".join(err.split())


def test_only_what_is_proved_is_called_impossible(yard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two = HEAD + "rounds:\n  yard:\n    {promise: 30m, attack: 10m, dwell: 7m, slot: 5m, travel: [[0, 3m], [3m, 0]],"
    (yard / "ops.yaml").write_text(two + " checkpoints: {a: {}, b: {}}}\n", encoding="utf-8")
    code, _, err = called(capsys, "rounds", yard / "ops.yaml", yard / "roster.csv", *QUICK)
    assert code == 2 and "no rounds were found that keep the promises" in " ".join(err.split())
    far = two.replace("dwell", "start: [-3.5, 113.9], dwell").replace("travel: [[0, 3m], [3m, 0]],", "")
    points = " checkpoints: {a: {at: [-2.21, 113.9]}, b: {at: [-2.21, 113.91]}}}\n"
    (yard / "ops.yaml").write_text(far + points, encoding="utf-8")
    code, _, err = called(capsys, "rounds", yard / "ops.yaml", yard / "roster.csv", *QUICK)
    assert code == 2 and 'the way from the start point to "a"' in " ".join(err.split())


def test_a_slot_that_is_too_long_is_said_once(yard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (yard / "ops.yaml").write_text((HEAD + ROUNDS).replace("slot: 5m", "slot: 50m"), encoding="utf-8")
    code, _, err = called(capsys, "rounds", yard / "ops.yaml", yard / "roster.csv", *QUICK)
    assert code == 2 and "1 error" in err
    assert ':16:11 the attack at "gate", 15 minutes, is shorter than a slot' in " ".join(err.split())
