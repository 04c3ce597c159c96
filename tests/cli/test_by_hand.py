"""A roster that was changed in a spreadsheet goes back in: to ``check``, ``solve --start``, ``show`` and as pins."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import Run, Solved
from tests.cli.operations import HEAD, Row, read_rows

SERIAL_ZERO = dt.datetime(1899, 12, 30)
COLUMNS = HEAD.strip().split(",")


def week_later(text: str) -> str:
    """Dates of March a week later, so that some of them have a day above 12."""
    return re.sub(r"2025-03-(\d\d)", lambda found: f"2025-03-{int(found[1]) + 7:02d}", text)


@pytest.fixture
def copied(two_sites: Solved, folder: Path) -> Solved:
    """The operation of two sites with its roster; one person has letters in the name that Windows-1252 needs."""
    for path in (two_sites.operation, two_sites.operation.with_name("people.csv"), two_sites.roster):
        text = week_later(path.read_text(encoding="utf-8"))
        (folder / path.name).write_text(text.replace("Contoh 2,", "Çontoh Zwei,"), encoding="utf-8")
    return Solved(Path("ops.yaml"), Path("roster.csv"), two_sites.ran)


def saved(rows: Sequence[Row], headings: Sequence[str], separator: str = ",") -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([row.get(heading, "") for heading in headings] for row in rows)
    return text.getvalue()


def moment(row: Row, name: str) -> dt.datetime:
    return dt.datetime.fromisoformat(row[name]).replace(tzinfo=None)


def written(row: Row, pattern: str) -> Row:
    return row | {name: f"{moment(row, name):{pattern}}" for name in ("start", "end")}


def serial(row: Row, name: str) -> float:
    return (moment(row, name) - SERIAL_ZERO) / dt.timedelta(days=1)


def semicolons_and_mark(rows: list[Row]) -> bytes:
    return b"\xef\xbb\xbf" + saved(rows, COLUMNS, ";").encode()


def windows_1252(rows: list[Row]) -> bytes:
    told = [written(row, "%d/%m/%Y %H:%M") | {"remark": "löst ab – “später”"} for row in rows]
    return saved(told, ["end", "start", "remark", "post", "site", "name", "person", "shift"], ";").encode("cp1252")


def american_utf_16(rows: list[Row]) -> bytes:
    told = [written(row, "%m/%d/%Y %I:%M %p") for row in rows]
    return saved(told, ["person", "site", "post", "start", "end"], "\t").encode("utf-16")


def day_numbers(rows: list[Row]) -> bytes:
    told = [row | {name: str(serial(row, name)).replace(".", ",") for name in ("start", "end")} for row in rows]
    return saved(told, ["person", "site", "post", "start", "end", "kind"], ";").encode()


def date_and_clocks(rows: list[Row]) -> bytes:
    told = [written(row, "%H:%M:%S") | {"date": f"{moment(row, 'start'):%d.%m.%Y}"} for row in rows]
    return saved(told, ["date", "start", "end", "person", "post", "site"]).encode()


def date_and_parts_of_a_day(rows: list[Row]) -> bytes:
    told = []
    for row in rows:
        clocks = {name: f"{serial(row, name) % 1:.9f}" for name in ("start", "end")}
        told.append(row | clocks | {"date": str(int(serial(row, "start")))})
    return saved(told, ["date", "start", "end", "person", "post", "site"]).encode()


def empty_ends(rows: list[Row]) -> bytes:
    return (saved(rows, [*COLUMNS, "", "", ""]) + ",,,,,,,,,,,\r\n" * 20 + "\r\n").encode()


FORMS: list[Callable[[list[Row]], bytes]] = [
    semicolons_and_mark,
    windows_1252,
    american_utf_16,
    day_numbers,
    date_and_clocks,
    date_and_parts_of_a_day,
    empty_ends,
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_what_a_spreadsheet_saves_is_the_same_roster(
    form: Callable[[list[Row]], bytes], copied: Solved, run: Run, folder: Path
) -> None:
    (folder / "saved.csv").write_bytes(form(read_rows(folder / "roster.csv")))
    before = run("check", copied.operation, copied.roster, "--format", "json").data
    after = run("check", copied.operation, "saved.csv", "--format", "json")
    assert (after.code, after.err) == (0, "")
    assert (after.data["findings"], after.data["summary"]) == (before["findings"], before["summary"])


@pytest.mark.parametrize("form", [windows_1252, day_numbers, date_and_parts_of_a_day], ids=lambda form: form.__name__)
def test_complaints_name_the_row_of_the_spreadsheet(
    form: Callable[[list[Row]], bytes], copied: Solved, run: Run, folder: Path
) -> None:
    rows = read_rows(folder / "roster.csv")
    rows[7]["post"] = "gaet"
    (folder / "saved.csv").write_bytes(form(rows))
    ran = run("check", copied.operation, "saved.csv")
    assert ran.code == 1
    assert re.search(r"no post .gaet.\. Did you mean .\w+.\? The row is left\s+out\.", ran.out)
    ran = run("solve", copied.operation, "--start", "saved.csv", "-o", "new.csv", "--time-limit", "2s", "--quiet")
    assert ran.code == 0
    assert "warning saved.csv:9" in ran.err and "gaet" in ran.err


def grid(run: Run, copied: Solved) -> list[list[str]]:
    ran = run("export", copied.operation, copied.roster, "--layout", "grid")
    assert ran.code == 0
    return list(csv.reader(io.StringIO(ran.out)))


def save_grid(path: Path, cells: list[list[str]], separator: str = ";") -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(cells)
    path.write_bytes(text.getvalue().encode("cp1252"))


def test_a_grid_goes_out_and_comes_back(copied: Solved, run: Run, folder: Path) -> None:
    cells = grid(run, copied)
    for number, heading in enumerate(cells[0]):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", heading):
            cells[0][number] = f"{dt.date.fromisoformat(heading):%d/%m/%Y}"
    save_grid(folder / "grid.csv", cells)
    before = run("check", copied.operation, copied.roster, "--format", "json").data
    after = run("check", copied.operation, "grid.csv", "--format", "json")
    assert (after.code, after.err) == (0, "")
    assert (after.data["findings"], after.data["summary"]) == (before["findings"], before["summary"])
    assert run("export", copied.operation, "grid.csv").out == (folder / "roster.csv").read_text(encoding="utf-8")
    assert run("show", copied.operation, "grid.csv").out == run("show", copied.operation, copied.roster).out


def test_an_edited_grid(copied: Solved, run: Run, folder: Path) -> None:
    cells = grid(run, copied)
    row, column = next(
        (row, column)
        for row, line in enumerate(cells)
        for column, cell in enumerate(line)
        if cell == "night depot/door" and cells[0][column] == "2025-03-14"
    )
    cells[row][column] = "night 19:07 depot/door"
    cells[row + 1][4] = "nihgt depot/door"
    save_grid(folder / "grid.csv", cells, ",")
    found = {one["code"]: one for one in run("check", copied.operation, "grid.csv", "--format", "json").findings}
    gap = found["PP101"]
    assert (gap["post"], gap["from"][11:16], gap["until"][11:16]) == ("depot/door", "19:00", "19:07")
    assert (found["PP902"]["row"], found["PP902"]["person"]) == (row + 1, cells[row][0])
    assert (found["PP901"]["row"], found["PP901"]["severity"]) == (row + 2, "hard")
    assert found["PP901"]["message"].startswith(f'column E ({cells[0][4]}), "nihgt depot/door": ')
    said = run("check", copied.operation, "grid.csv", "--format", "github").out
    assert f"::error file=grid.csv,line={row + 2},col=5,title=PP901" in said


def test_pins_from_a_roster_are_kept(copied: Solved, run: Run, folder: Path) -> None:
    rows = read_rows(folder / "roster.csv")
    fixed = [row for row in rows if row["person"] in ("P01", "P04")][:4]
    told = [row | {"fixed": "x" if row in fixed else ""} for row in rows]
    (folder / "draft.csv").write_text(saved(told, [*COLUMNS, "fixed"], ";"), encoding="utf-8")
    text = (folder / "ops.yaml").read_text(encoding="utf-8")
    absent = (
        f"rules:\n  - pins: {{from: draft.csv}}\n  - requests: [{{person: {rows[-1]['person']}, dates: 2025-03-10}}]"
    )
    (folder / "ops.yaml").write_text(text.replace("rules:", absent), encoding="utf-8")
    made = ["solve", "ops.yaml", "--start", "draft.csv", "-o", "new.csv", "--deterministic", "--seed", "7", "--quiet"]
    assert run(*made).code == 0
    kept = {(row["person"], row["post"], row["start"]) for row in read_rows(folder / "new.csv")}
    assert {(row["person"], row["post"], row["start"]) for row in fixed} <= kept
    assert run("check", "ops.yaml", "new.csv", "--require-fresh").code == 0
    others = [row for row in read_rows(folder / "new.csv") if row["start"] != fixed[0]["start"]]
    (folder / "less.csv").write_text(saved(others, COLUMNS), encoding="utf-8")
    broken = [
        one for one in run("check", "ops.yaml", "less.csv", "--format", "json").findings if one["code"] == "PP211"
    ]
    assert [(one["file"], one["line"]) for one in broken] == [("draft.csv", rows.index(fixed[0]) + 2)]
    with (folder / "draft.csv").open("a", encoding="utf-8") as stream:
        stream.write(";;;\r\n")
    assert "draft.csv" in run("check", "ops.yaml", "new.csv", "--require-fresh").out
