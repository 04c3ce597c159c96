"""What is drafted from old rosters of many kinds; every draft is an operation that loads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from patrolplan import config
from patrolplan.errors import InputError
from patrolplan.plan.drafting import Draft, draft_operation
from patrolplan.problem import Problem
from patrolplan.units import clock_text, date_text


def grid(path: Path, heads: Sequence[Any], *rows: Sequence[Any], before: Sequence[Sequence[Any]] = ()) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (*before, heads, *rows):
        sheet.append(list(row))
    book.save(path)
    return path


def drafted(path: Path, folder: Path) -> tuple[Draft, Problem]:
    """The draft of a file, and the operation that it loads as."""
    draft = draft_operation(path)
    assert draft.objections == ()
    folder.mkdir(exist_ok=True)
    for name, text in draft.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return draft, config.load(folder / "ops.yaml").problem


def shifts(problem: Problem) -> dict[str, str]:
    return {one.name: f"{clock_text(one.start)}-{clock_text(one.end)}{'*' * one.night}" for one in problem.shifts}


DAYS = [dt.datetime(2025, 3, day) for day in range(3, 10)]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("DDNNOOO", {"D": "07:00-19:00", "N": "19:00-07:00*"}),
        ("SSMMLLL", {"S": "07:00-19:00", "M": "19:00-07:00*"}),
        ("PSMLPSM", {"P": "07:00-15:00", "S": "15:00-23:00", "M": "23:00-07:00*"}),
        ("ELNOELN", {"E": "06:00-14:00", "L": "14:00-22:00", "N": "22:00-06:00*"}),
        ("MANXMAN", {"M": "06:00-14:00", "A": "14:00-22:00", "N": "22:00-06:00*"}),
        ("123-123", {"1": "06:00-14:00", "2": "14:00-22:00", "3": "22:00-06:00*"}),
        ("12-12--", {"1": "07:00-19:00", "2": "19:00-07:00*"}),
    ],
)
def test_shifts_by_the_letters_that_planners_use(cells: str, expected: dict[str, str], tmp_path: Path) -> None:
    path = grid(tmp_path / "old.xlsx", ["id", "name", *DAYS], ["0041", "A", *cells], ["0042", "B", *cells[::-1]])
    draft, problem = drafted(path, tmp_path / "new")
    assert shifts(problem) == expected
    assert draft.files["ops.yaml"].count("does not say when it starts and ends") == len(expected)
    assert [who.id for who in problem.people] == ["0041", "0042"]
    assert (date_text(problem.first_day), date_text(problem.last_day)) == ("2025-03-03", "2025-03-09")


def test_times_in_the_cells_and_an_unknown_word(tmp_path: Path) -> None:
    path = grid(tmp_path / "old.xlsx", ["name", *DAYS], ["A", "07-19", "19-07", "", "0830-1700", "Z", "cuti", "off"])
    draft, problem = drafted(path, tmp_path / "new")
    assert shifts(problem) == {
        "07-19": "07:00-19:00", "0830-1700": "08:30-17:00", "19-07": "19:00-07:00*", "Z": "07:00-19:00",
    }  # fmt: skip
    text = draft.files["ops.yaml"]
    assert 'GUESS: "Z" stands in 1 cells' in text
    assert "left out: cuti (1), off (1)." in text
    assert "the old roster has no service numbers" in text and problem.people[0].id == "001"


def test_posts_beside_shifts_sheets_as_sites_and_headings_between(tmp_path: Path) -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Harbour"
    second = book.create_sheet("Depot")
    for sheet in (first, second):
        sheet.append(["NRP", "Nama", *DAYS])
    first.append(["0041", "A", "gate D", "gate N", "", "D quay", "", "", ""])
    second.append(["POS PINTU"])
    second.append(["0042", "B", "D", "N", "", "", "", "", ""])
    second.append(["REGU II"])
    second.append(["0043", "C", "D", "D", "", "", "", "", ""])
    book.save(tmp_path / "old.xlsx")
    _draft, problem = drafted(tmp_path / "old.xlsx", tmp_path / "new")
    assert sorted(post.key for post in problem.posts) == [
        "Depot/POS PINTU", "Depot/post", "Harbour/gate", "Harbour/quay",
    ]  # fmt: skip
    assert [who.team for who in problem.people] == ["", "", "REGU II"]
    quay = next(post for post in problem.posts if post.name == "quay")
    assert [problem.shifts[shift].name for shift in quay.shifts] == ["D"]


def test_numbered_days_run_into_the_next_month(tmp_path: Path) -> None:
    path = grid(
        tmp_path / "old.xlsx",
        ["NIP", "NAMA", 29, 30, 31, 1, 2],
        ["1", "A", "D", "N", "", "D", "N"],
        before=[["JADWAL PIKET"], ["Periode Desember 2024 - Januari 2025"]],
    )
    _draft, problem = drafted(path, tmp_path / "new")
    assert (date_text(problem.first_day), date_text(problem.last_day)) == ("2024-12-29", "2025-01-02")


def test_needs_are_what_was_usual(tmp_path: Path) -> None:
    lines = [
        ["1", "A", "D", "D", "D", "D", "D", "", ""],
        ["2", "B", "D", "D", "D", "", "", "", ""],
        ["3", "C", "N", "N", "N", "N", "N", "N", "N"],
    ]
    path = grid(tmp_path / "old.xlsx", ["id", "name", *DAYS], *lines)
    text = drafted(path, tmp_path / "new")[0].files["ops.yaml"]
    assert "{shift: D, days: mon-fri, staff: 2}   # 1 to 2 people\n" in text
    assert '{shift: "N", staff: 1}\n' in text, "N alone means no in some YAML"
    assert "at most 7 nights in a row" in text


def test_short_rest_is_said(tmp_path: Path) -> None:
    path = grid(tmp_path / "old.xlsx", ["id", "name", *DAYS], ["1", "A", "07-15", "21-05", "13-21", "", "", "", ""])
    text = drafted(path, tmp_path / "new")[0].files["ops.yaml"]
    assert "- rest: 11h   # GUESS: the least rest in the old roster was 8 h" in text


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_with_titles_above(separator: str, tmp_path: Path) -> None:
    lines = ["Roster", "", "Name,27/03/2025,28/03/2025,29/03/2025", "A,D,N,", "B,N,,D", "Total,2,1,1"]
    (tmp_path / "old.csv").write_text("\n".join(lines).replace(",", separator), encoding="utf-8")
    _draft, problem = drafted(tmp_path / "old.csv", tmp_path / "new")
    assert [who.name for who in problem.people] == ["A", "B"]
    assert date_text(problem.first_day) == "2025-03-27"


def test_harmful_names_are_only_names(tmp_path: Path) -> None:
    names = ["'=1+1", "a: b # c", '"q"', "yes", "<script>", "محمد", "two\nlines"]
    rows = [[str(index), name, "D", "y: [", "N", "on", "{x}", "#", "off"] for index, name in enumerate(names)]
    _draft, problem = drafted(grid(tmp_path / "a: 'b'.xlsx", ["id", "name", *DAYS], *rows), tmp_path / "new")
    assert {"y: [", "on", "{x}", "#"} <= {shift.name for shift in problem.shifts}
    assert {"a: b # c", '"q"', "yes", "<script>", "محمد"} <= {who.name for who in problem.people}
    assert problem.name == "a: 'b'"


def test_a_file_without_people(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no duty was found"):
        draft_operation(grid(tmp_path / "old.xlsx", ["id", "name", *DAYS], ["1", "A", *[""] * 7]))


def test_a_legend_in_cells_of_its_own_is_nobody(tmp_path: Path) -> None:
    rows = [["0041", "A", *"PSMLPSM"], ["0042", "B", *"SMLPSML"], ["0043", "P", *"MLPSMLP"]]
    legend = [[], ["P", "Pagi", "06.30", "14.30"], ["S", "Siang", "14.30 - 22.30"], ["M", "Malam 22.30-06.30"]]
    _draft, problem = drafted(grid(tmp_path / "old.xlsx", ["NRP", "Nama", *DAYS], *rows, *legend), tmp_path / "new")
    assert [(one.id, one.name) for one in problem.people] == [("0041", "A"), ("0042", "B"), ("0043", "P")]
    assert shifts(problem) == {"P": "06:30-14:30", "S": "14:30-22:30", "M": "22:30-06:30*"}


def test_people_with_times_in_their_cells_are_no_legend(tmp_path: Path) -> None:
    times = ["07.00-15.00", "", "15.00-23.00", "", "", "", ""]
    _draft, problem = drafted(grid(tmp_path / "old.xlsx", ["Nama", *DAYS], ["Budi", *times]), tmp_path / "new")
    assert [one.name for one in problem.people] == ["Budi"] and len(problem.shifts) == 2


@pytest.mark.parametrize(
    ("heads", "cells", "expected"),
    [
        (["NIP", "Nama", "Tanggal", "Shift", "Lokasi"], ["Pagi", "Gudang"], {"Pagi": "07:00-19:00"}),
        (["NIP", "Nama", "Tanggal", "Jam mulai", "Jam selesai"], ["06:00", "14:00"], {"06-14": "06:00-14:00"}),
    ],
)
def test_one_row_per_duty_with_headings_of_their_own(
    heads: Sequence[str], cells: Sequence[str], expected: dict[str, str], tmp_path: Path
) -> None:
    rows = [[1041, "A", DAYS[0], *cells], [1042, "B", DAYS[1], *cells], [1041, "A", DAYS[6], *cells], ["", "", "", ""]]
    _draft, problem = drafted(grid(tmp_path / "old.xlsx", heads, *rows), tmp_path / "new")
    assert [(one.id, one.name) for one in problem.people] == [("1041", "A"), ("1042", "B")]
    assert shifts(problem) == expected
    assert [site.name for site in problem.sites] == ["Gudang" if "Lokasi" in heads else "site"]
