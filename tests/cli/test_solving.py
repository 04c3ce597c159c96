"""Making rosters: the same twice, with gaps, into files that are nobody else's, in part, and not at all."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, Run, Solved, run_alone
from tests.cli.operations import HEAD, MINIMAL, ROOT, hours_by_week, line_of, read_rows, rests, served, write_two_sites

SAME = ("--deterministic", "--seed", "1", "--workers", "1")
RUSH = '{dates: 2025-03-05, between: "10:00-11:00", staff: 14}'


def sidecar(roster: Path) -> dict[str, object]:
    data = json.loads(roster.with_name(roster.name + ".json").read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["minimal", "two sites"])
def test_the_same_roster_twice(name: str, run: Run, folder: Path) -> None:
    operation = MINIMAL if name == "minimal" else write_two_sites(folder)
    for roster in ("first.csv", "second.csv"):
        ran = run("solve", operation, "-o", roster, *SAME)
        assert ran.code == 0, ran.err
        checked = run("check", operation, roster, "--fail-on", "any", "--require-fresh", "--format", "json")
        assert (checked.code, checked.data["status"]) == (0, "clean")
    assert (folder / "first.csv").read_bytes() == (folder / "second.csv").read_bytes()


@pytest.mark.parametrize(("name", "more"), [("everything", ()), ("kpu-kalteng", ("--from", "2024-12-04"))])
def test_the_same_bytes_in_every_process(name: str, more: tuple[str, ...], folder: Path) -> None:
    """The limit counts work, and ends both searches, on several levels and through columns, before all is proved."""
    operation = ROOT / "examples" / name / "ops.yaml"
    options = ("--deterministic", "--seed", "5", "--time-limit", "2s", "--quiet", "--format", "json", *more)
    runs = []
    for seed, workers in (("1", "1"), ("2", "2")):
        ran = run_alone(
            ["solve", operation, "-o", f"{seed}.csv", "--workers", workers, *options], folder, PYTHONHASHSEED=seed
        )
        assert ran.code in (0, 1), ran.err
        runs.append((ran.data["status"], ran.data["levels"], ran.data["neighbourhoods"]))
    assert runs[0] == runs[1]
    assert runs[0][0] == "feasible"
    assert (folder / "1.csv").read_bytes() == (folder / "2.csv").read_bytes()


def test_sidecar(two_sites: Solved) -> None:
    data = sidecar(two_sites.roster)
    assert data["roster"] == sha256(two_sites.roster)
    people = two_sites.operation.with_name("people.csv")
    assert data["inputs"] == {"ops.yaml": sha256(two_sites.operation), "people.csv": sha256(people)}
    assert (data["seed"], data["status"], data["sidecar"]) == (1, "optimal", 1)
    options = {"time_limit": 60.0, "gap": 0.0, "workers": 1, "deterministic": True}
    assert data["options"] == {**options, "operation": data["options"]["operation"]}  # type: ignore[index]
    assert set(data["versions"]) == {"patrolplan", "python", "ortools"}  # type: ignore[call-overload]
    assert str(data["written"]).endswith("Z")
    assert str(two_sites.operation.parent) not in json.dumps(data)


def test_an_unavoidable_gap(run: Run, folder: Path) -> None:
    """Twelve people, one of them on leave and one at the door, where fourteen are asked for."""
    operation = write_two_sites(folder, ("needs:\n", f"needs:\n          - {RUSH}\n"))
    ran = run("solve", operation, "--format", "json", *SAME)
    assert (ran.code, ran.data["written"]) == (1, "ops.roster.csv")
    assert read_rows(folder / "ops.roster.csv")
    (gap,) = (one for one in ran.data["audit"]["findings"] if one["severity"] == "gap")
    assert (gap["code"], gap["site"], gap["post"], gap["unit"]) == ("PP101", "harbour", "harbour/gate", "people")
    assert (gap["from"], gap["until"]) == ("2025-03-05T10:00+07:00", "2025-03-05T11:00+07:00")
    assert (gap["file"], gap["line"]) == (str(operation), line_of(operation, "staff: 14"))
    assert gap["required"] == 14 and 0 < gap["actual"] <= 10
    told = run("check", operation, "ops.roster.csv")
    assert told.code == 1
    assert "harbour / gate" in told.out and f"{14 - gap['actual']} short of 14" in told.out


# -- names -----------------------------------------------------------------------------------------------------------


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("minimal.roster"))


def solve_minimal(run: Run, *more: str) -> Ran:
    ran = run("solve", MINIMAL, "--quiet", "--time-limit", "5s", *more)
    assert ran.code == 0, ran.err
    return ran


def test_without_a_name_its_own_output_is_replaced(run: Run, folder: Path) -> None:
    solve_minimal(run, "--seed", "1")
    before = (folder / "minimal.roster.csv.json").read_text(encoding="utf-8")
    solve_minimal(run, "--seed", "2")
    assert names(folder) == ["minimal.roster.csv", "minimal.roster.csv.json"]
    assert '"seed": 2' in (folder / "minimal.roster.csv.json").read_text(encoding="utf-8") != before


def test_what_somebody_edited_is_not_replaced(run: Run, folder: Path) -> None:
    solve_minimal(run)
    first = folder / "minimal.roster.csv"
    first.write_text(first.read_text(encoding="utf-8").replace("Contoh A", "CONTOH A"), encoding="utf-8")
    edited = first.read_bytes()
    assert "minimal.roster-2.csv" in solve_minimal(run).out
    assert first.read_bytes() == edited
    solve_minimal(run)
    assert "minimal.roster-3.csv" not in names(folder)
    (folder / "minimal.roster-2.csv.json").unlink()
    assert "minimal.roster-3.csv" in solve_minimal(run).out


@pytest.mark.parametrize("beside", [None, "", "[]", "{}", "\x00", '{"sidecar": 2}'])
def test_without_a_true_sidecar_nothing_is_replaced(beside: str | None, run: Run, folder: Path) -> None:
    (folder / "minimal.roster.csv").write_text("mine", encoding="utf-8")
    if beside is not None:
        (folder / "minimal.roster.csv.json").write_text(beside, encoding="utf-8")
    solve_minimal(run)
    assert (folder / "minimal.roster.csv").read_text(encoding="utf-8") == "mine"
    assert (folder / "minimal.roster-2.csv").exists()


def test_a_folder_of_that_name_is_passed_by(run: Run, folder: Path) -> None:
    (folder / "minimal.roster.csv").mkdir()
    solve_minimal(run)
    assert (folder / "minimal.roster-2.csv").exists()


def test_a_link_into_nowhere_is_passed_by(run: Run, folder: Path) -> None:
    (folder / "minimal.roster.csv").symlink_to(folder / "elsewhere" / "gone.csv")
    solve_minimal(run)
    assert (folder / "minimal.roster-2.csv").exists()


@pytest.mark.parametrize("target", ["none/r.csv", ".", "file/r.csv"])
def test_a_target_that_cannot_be_written_is_told_before_the_search(target: str, run: Run, folder: Path) -> None:
    (folder / "file").write_text("a", encoding="utf-8")
    ran = run("solve", MINIMAL, "-o", target, "--time-limit", "30s")
    said = ran.refused()
    assert "first roster" not in said
    assert "folder" in said
    assert [path.name for path in folder.iterdir()] == ["file"]


@pytest.mark.skipif(os.name != "posix", reason="needs /dev/null")
def test_what_is_no_file_gets_no_sidecar(run: Run, folder: Path) -> None:
    assert run("solve", MINIMAL, "-o", os.devnull).code == 0
    assert not Path(os.devnull + ".json").exists()


def test_a_sidecar_that_belongs_to_nobody_is_not_replaced(run: Run, folder: Path) -> None:
    (folder / "minimal.roster.csv.json").write_text("mine", encoding="utf-8")
    solve_minimal(run)
    assert (folder / "minimal.roster.csv.json").read_text(encoding="utf-8") == "mine"
    assert (folder / "minimal.roster-2.csv").exists()


def test_a_named_target_is_replaced_only_by_a_roster(run: Run, folder: Path) -> None:
    roster = folder / "mine.csv"
    roster.write_text("mine", encoding="utf-8")
    pins = "rules:\n  - pins: [{person: P03, date: 2025-03-05, shift: day}]"
    operation = write_two_sites(folder, ("rules:", pins))
    assert run("solve", operation, "-o", roster).code == 1
    assert roster.read_text(encoding="utf-8") == "mine"
    assert not (folder / "mine.csv.json").exists()
    assert run("solve", MINIMAL, "-o", roster).code == 0
    assert len(read_rows(roster)) == 14


@pytest.mark.parametrize("target", ["ops.yaml", "people.csv"])
def test_the_input_is_never_overwritten(target: str, run: Run, folder: Path) -> None:
    operation = write_two_sites(folder)
    before = (folder / target).read_bytes()
    run("solve", operation, "-o", target, "--time-limit", "2s").refused()
    assert (folder / target).read_bytes() == before


# -- no roster exists ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("rules:\n  - pins: [{person: P03, date: 2025-03-05, shift: day}]", ["pins (", "reason: leave", "Contoh 3"]),
        ("rules:\n  - hours: {id: much, min: 60h per week}", ["much (", "hours ("]),
        ("rules:\n  - duties: {id: two-a-day, min: 9 per week}", ["two-a-day ("]),
        ("rules:\n  - pins: [{person: P12, date: 2025-03-05, post: depot/door}]", ["pins ("]),
    ],
)
def test_no_roster_exists(new: str, words: list[str], run: Run, folder: Path) -> None:
    operation = write_two_sites(folder, ("rules:", new))
    ran = run("solve", operation, "--quiet", "--format", "json")
    assert ran.code == 1
    assert (ran.data["status"], ran.data["written"], ran.data["audit"]) == ("infeasible", None, None)
    (reason,) = ran.data["reasons"]
    for one in words:
        text = "leave (" if one.startswith("reason") else one
        assert text in reason
    for line in (line_of(operation, one.removesuffix(" (")) for one in words if one.endswith(" (")):
        assert f"ops.yaml:{line}" in reason
    if "reason: leave" in words:
        assert f"ops.yaml:{line_of(operation, 'reason: leave')}" in reason
    told = run("solve", operation, "--quiet")
    assert (told.code, told.err) == (1, "")
    assert "No roster exists" in told.out
    assert sorted(path.name for path in folder.iterdir()) == ["ops.yaml", "people.csv"]


# -- in part ---------------------------------------------------------------------------------------------------------

TWO_WEEKS = ("until: 2025-03-10 07:00", "until: 2025-03-17 07:00")
BOUNDARY = "2025-03-10T07:00"


def test_the_second_week_with_the_first_one_published(run: Run, folder: Path) -> None:
    operation = write_two_sites(folder, TWO_WEEKS)
    week_two = ("--from", "2025-03-10", "--keep", "week1.csv")
    assert run("solve", operation, "--until", "2025-03-10", "-o", "week1.csv", *SAME).code == 0
    first = read_rows(folder / "week1.csv")
    assert all(row["start"] < BOUNDARY for row in first)
    ran = run("solve", operation, *week_two, "-o", "both.csv", "--format", "json", *SAME)
    assert (ran.code, ran.data["audit"]["status"]) == (0, "clean"), ran.out
    both = (folder / "both.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in both[1:] if line.split(",")[5] < BOUNDARY]
    assert kept == (folder / "week1.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(both) - 1 > len(kept) > 0
    duties = served(read_rows(folder / "both.csv"))
    assert all(hours >= 11 for own in duties.values() for _, _, hours in rests(own))
    assert run("check", operation, "both.csv").code == 0
    assert sidecar(folder / "both.csv")["options"]["keep"] == "week1.csv"  # type: ignore[index]


def test_what_is_not_planned_is_no_gap(run: Run, folder: Path) -> None:
    operation = write_two_sites(folder, TWO_WEEKS)
    ran = run("solve", operation, "--until", "2025-03-10", "-o", "week1.csv", "--format", "json", *SAME)
    assert (ran.code, ran.data["audit"]["summary"]["open_hours"]) == (0, 0)
    assert ran.data["audit"]["summary"]["needed_person_shifts"] == 35
    alone = run("solve", operation, "--from", "2025-03-10", "-o", "week2.csv", "--format", "json", *SAME)
    assert (alone.code, alone.data["audit"]["summary"]["needed_person_shifts"]) == (0, 35)
    assert all(row["start"] >= BOUNDARY for row in read_rows(folder / "week2.csv"))


def test_kept_duties_count_in_every_rule(run: Run, folder: Path) -> None:
    """Eight people at the door in the night to Monday: none of them is free on Monday morning."""
    operation = write_two_sites(folder, TWO_WEEKS, ("{staff: 1, qualified: {armed: 1}}", "{staff: 1}"))
    nights = [
        f"P{number:02d},,depot,door,night,2025-03-09T19:00+07:00,2025-03-10T07:00+07:00,P{number:02d}/x,duty\n"
        for number in range(1, 9)
    ]
    (folder / "kept.csv").write_text(HEAD + "".join(nights), encoding="utf-8")
    ran = run(
        "solve", operation, "--from", "2025-03-10", "--keep", "kept.csv", "-o", "r.csv", "--format", "json", *SAME
    )
    assert ran.code == 0, ran.out
    rows = read_rows(folder / "r.csv")
    monday = {row["person"] for row in rows if row["start"].startswith("2025-03-10T07:00")}
    assert monday and not monday & {f"P{number:02d}" for number in range(1, 9)}


def test_hours_of_a_week_that_is_planned_in_two_parts(run: Run, folder: Path) -> None:
    operation = write_two_sites(folder)
    assert run("solve", operation, "--until", "2025-03-07", "-o", "r.csv", *SAME).code == 0
    published = read_rows(folder / "r.csv")
    ran = run("solve", operation, "--from", "2025-03-07", "--keep", "r.csv", "-o", "r.csv", *SAME)
    assert ran.code == 0, ran.out
    rows = read_rows(folder / "r.csv")
    assert [row for row in rows if row["start"] < "2025-03-07T07:00"] == published
    for duties in served(rows).values():
        assert max(hours_by_week(duties).values()) <= 48
        assert all(hours >= 11 for _, _, hours in rests(duties))
    assert run("check", operation, "r.csv", "--fail-on", "any").code == 0


def test_what_is_wrong_in_the_published_part_is_no_hindrance(run: Run, folder: Path) -> None:
    """P02 works day and night, P12 is not armed, P03 is on leave: ``check`` says so, and the rest is planned."""
    operation = write_two_sites(folder)
    days = "".join(
        f"{who},,depot,door,day,2025-03-0{day}T07:00+07:00,2025-03-0{day}T19:00+07:00,,duty\n"
        for who, day in (("P02", 4), ("P12", 5), ("P03", 5))
    )
    night = "P02,,depot,door,night,2025-03-04T19:00+07:00,2025-03-05T07:00+07:00,,duty\n"
    (folder / "kept.csv").write_text(HEAD + days + night, encoding="utf-8")
    ran = run("solve", operation, "--from", "2025-03-08", "--keep", "kept.csv", "-o", "r.csv", *SAME)
    assert ran.code == 0, ran.out
    found = {(one["code"], one["person"]) for one in run("check", operation, "r.csv", "--format", "json").findings}
    assert {("PP202", "P02"), ("PP204", "P02"), ("PP210", "P12"), ("PP201", "P03")} <= found
    assert run("check", operation, "r.csv", "--from", "2025-03-08").code == 0


def test_history_counts_in_rest_and_streaks(run: Run, folder: Path) -> None:
    """P01 to P06 have three nights behind them, so none of them takes the first night, nor the first day."""
    nights = "".join(
        f"P0{number},,depot,door,night,2025-0{start}T19:00+07:00,2025-0{end}T07:00+07:00,,duty\n"
        for number in range(1, 7)
        for start, end in (("2-28", "3-01"), ("3-01", "3-02"), ("3-02", "3-03"))
    )
    (folder / "before.csv").write_text(HEAD + nights, encoding="utf-8")
    operation = write_two_sites(folder, ("personnel: people.csv", "personnel: people.csv\nhistory: before.csv"))
    ran = run("solve", operation, "-o", "r.csv", "--format", "json", *SAME)
    assert ran.code in (0, 1), ran.err
    assert ran.data["audit"]["summary"]["findings"]["hard"] == 0
    rows = read_rows(folder / "r.csv")
    assert all(row["start"] >= "2025-03-03T07:00" for row in rows)
    first = {row["person"] for row in rows if row["start"].startswith("2025-03-03")}
    assert first and not first & {f"P0{number}" for number in range(1, 7)}
    inputs = sidecar(folder / "r.csv")["inputs"]
    assert isinstance(inputs, dict) and "before.csv" in inputs
    assert run("check", operation, "r.csv", "--require-fresh").code == ran.code
    forbidden = next(row for row in rows if row["start"].startswith("2025-03-03T19"))
    text = (folder / "r.csv").read_text(encoding="utf-8")
    swapped = text.replace(",".join(forbidden.values()), ",".join((forbidden | {"person": "P01", "name": ""}).values()))
    (folder / "swapped.csv").write_text(swapped, encoding="utf-8")
    found = run("check", operation, "swapped.csv", "--format", "json").findings
    assert any((one["code"], one["person"]) == ("PP208", "P01") for one in found)


def test_starting_from_a_roster(run: Run, two_sites: Solved, folder: Path) -> None:
    ran = run("solve", two_sites.operation, "--start", two_sites.roster, "-o", "r.csv", "--time-limit", "2s")
    assert ran.code == 0
    run("solve", two_sites.operation, "--start", "none.csv", "-o", "s.csv").refused()
    assert not (folder / "s.csv").exists()


def test_another_operation_of_the_same_name_does_not_take_the_roster(run: Run, folder: Path) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        write_two_sites(folder / name)
        assert run("solve", f"{name}/ops.yaml", *SAME).code == 0
    assert (folder / "ops.roster.csv").exists() and (folder / "ops.roster-2.csv").exists()


def test_what_breaks_a_hard_rule_between_people_is_never_written(run: Run, folder: Path) -> None:
    (folder / "ops.yaml").write_text(
        """\
patrolplan: 1
operation: {name: T, timezone: Asia/Pontianak, from: 2024-11-07 07:00, until: 2024-11-09 07:00}
shifts: {day: {start: "07:00", end: "19:00"}, night: {start: "19:00", end: "07:00"}}
ranks: [R1, R2]
sites: {s: {posts: {a: {needs: [{staff: 1}]}}}}
personnel: [{id: A, rank: R2}, {id: B, rank: R1}]
rules: [{rest: 11h}, {command: {rank: R2, severity: hard}}]
"""
    )
    (folder / "c.csv").write_text("precious")
    ran = run("solve", "ops.yaml", "-o", "c.csv", *SAME)
    assert ran.code == 1 and "No roster exists" in ran.out
    assert (folder / "c.csv").read_text() == "precious" and not (folder / "c.csv.json").exists()
