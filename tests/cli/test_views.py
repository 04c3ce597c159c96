"""``show`` from every side and ``export`` in every layout."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run, Solved, run_alone
from tests.cli.operations import read_rows

SIDES = ["site", "person", "day", "cover", "fairness", "client", "cost"]


@pytest.mark.parametrize("width", [20, 40, 80, 160])
@pytest.mark.parametrize("side", SIDES)
def test_every_side_at_every_width(
    side: str, width: int, two_sites: Solved, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for more in ([], ["--date", "2025-03-09"], ["--person", "P01", "--person", "Contoh 2"], ["--site", "depot"]):
        ran = run("show", two_sites.operation, two_sites.roster, "--by", side, *more)
        assert (ran.code, ran.err) == (0, ""), more
        assert ran.out.strip()


def test_show_says_who_is_there(two_sites: Solved, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    show = ("show", two_sites.operation, two_sites.roster)
    rows = read_rows(two_sites.roster)
    day = run(*show, "--by", "day", "--date", "2025-03-04").out
    assert all(row["name"] in day for row in rows if row["start"].startswith("2025-03-04"))
    own = run(*show, "--person", "P01").out
    assert "Contoh 1" in own and "Contoh 2 " not in own
    assert "depot" in run(*show, "--site", "depot").out
    assert "harbour" not in run(*show, "--site", "depot").out.replace(str(two_sites.operation), "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--date", "2025-04-01"], "outside the operation"),
        (["--date", "4 March"], "not a date"),
        (["--person", "P99"], 'nobody has the service number or name "P99"'),
        (["--site", "depott"], 'Did you mean "depot"?'),
        (["--by", "moon"], "moon"),
    ],
)
def test_what_cannot_be_shown(arguments: list[str], words: str, two_sites: Solved, run: Run) -> None:
    said = run("show", two_sites.operation, two_sites.roster, *arguments).refused()
    assert words in " ".join(said.split())


def test_show_and_export_end_with_0_also_with_gaps(kpu: Solved, run: Run) -> None:
    assert run("show", kpu.operation, kpu.roster, "--by", "cover", "--date", "2024-12-08").code == 0
    assert run("export", kpu.operation, kpu.roster, "-o", "copy.csv").code == 0


def test_long_export_is_the_roster(two_sites: Solved, run: Run, folder: Path) -> None:
    ran = run("export", two_sites.operation, two_sites.roster)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == two_sites.roster.read_text(encoding="utf-8")
    assert run("export", two_sites.operation, two_sites.roster, "-o", "copy.csv").out == ""
    assert (folder / "copy.csv").read_bytes() == two_sites.roster.read_bytes()


def test_grid_export(two_sites: Solved, run: Run) -> None:
    ran = run("export", two_sites.operation, two_sites.roster, "--layout", "grid")
    assert ran.code == 0
    heading, *lines = csv.reader(io.StringIO(ran.out))
    assert heading[:4] == ["person", "name", "rank", "team"] and heading[-2:] == ["hours", "nights"]
    assert heading[4:-2] == [f"2025-03-{day:02d}" for day in range(3, 10)] or heading[4] == "2025-03-03"
    assert [line[0] for line in lines] == [f"P{number:02d}" for number in range(1, 13)]
    assert all(len(line) == len(heading) for line in lines)
    cells = sum(bool(cell) for line in lines for cell in line[4:-2])
    rows = read_rows(two_sites.roster)
    assert cells == len(rows)
    assert sum(float(line[-2]) for line in lines) == 12 * len(rows)
    assert sum(int(line[-1]) for line in lines) == sum(row["shift"] == "night" for row in rows)


def test_json_export(two_sites: Solved, run: Run) -> None:
    ran = run("export", two_sites.operation, two_sites.roster, "--to", "json")
    assert ran.code == 0
    rows = read_rows(two_sites.roster)
    text = json.dumps(ran.data)
    assert all(row["duty"] in text and row["start"] in text for row in rows)


def test_rows_that_are_not_understood_are_said(two_sites: Solved, run: Run, folder: Path) -> None:
    text = two_sites.roster.read_text(encoding="utf-8").replace(",depot,door,", ",depot,dor,", 1)
    (folder / "r.csv").write_text(text, encoding="utf-8")
    for command in ("export", "show"):
        ran = run(command, two_sites.operation, "r.csv")
        assert ran.code == 0
        assert 'depot has no post "dor"' in " ".join(ran.err.split()) and "r.csv:" in ran.err
        assert "dor" not in ran.out.replace("door", "")
    assert len(run("export", two_sites.operation, "r.csv").out.splitlines()) == len(text.splitlines()) - 1


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_data_is_utf8_wherever_it_goes(encoding: str, two_sites: Solved, folder: Path) -> None:
    text = two_sites.operation.read_text(encoding="utf-8").replace("Two sites", "Zwei Häfen 港")
    (folder / "ops.yaml").write_text(text, encoding="utf-8")
    people = two_sites.operation.with_name("people.csv").read_text(encoding="utf-8")
    (folder / "people.csv").write_text(people.replace("Contoh", "Jürgen 港"), encoding="utf-8")
    for arguments, words in (
        (["export", "ops.yaml", two_sites.roster], "Jürgen 港 1,"),
        (["export", "ops.yaml", two_sites.roster, "--to", "json"], "Jürgen 港 1"),
        (["validate", "--resolved", "ops.yaml"], "Zwei Häfen 港"),
    ):
        ran = run_alone(arguments, folder, PYTHONIOENCODING=encoding)
        assert ran.code == 0, ran.err
        assert words in ran.out


def test_extra_columns_and_semicolons_are_kept_in_mind(two_sites: Solved, run: Run, folder: Path) -> None:
    lines = two_sites.roster.read_text(encoding="utf-8").splitlines()
    table = [[*next(csv.reader([line])), "remark" if not index else f"no {index}"] for index, line in enumerate(lines)]
    text = "\ufeff" + "\r\n".join(";".join(cells) for cells in table) + "\r\n"
    (folder / "r.csv").write_text(text, encoding="utf-8", newline="")
    ran = run("export", two_sites.operation, "r.csv")
    assert ran.code == 0
    assert ran.out.splitlines() == [",".join(cells) for cells in table]
    assert run("check", two_sites.operation, "r.csv").code == 0
