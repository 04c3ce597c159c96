"""The workbook, read back by another library."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from patrolplan.analysis.fairness import loads
from patrolplan.formats.grid import write_grid
from patrolplan.formats.roster_csv import RosterFile, write_roster
from patrolplan.language import speaking
from patrolplan.plan.exporting import Export, make
from patrolplan.problem import Problem
from patrolplan.roster import Roster, Stretch, make_roster
from tests.formats.rosters import NASTY, nasty_problem
from tests.terminal.guardhouse import guarded, guardhouse


def nasty_roster(problem: Problem) -> Roster:
    """Everybody once, in turns."""
    found = []
    for person in range(len(problem.people)):
        day = problem.first_day + person % 6
        found.append(Stretch(person, person % 3, person % 2, *problem.shift_span(person % 2, day)))
    return make_roster(problem, found)


@cache
def made(kind: str = "guardhouse") -> bytes:
    problem = guardhouse() if kind == "guardhouse" else nasty_problem()
    roster = guarded(problem) if kind == "guardhouse" else nasty_roster(problem)
    content = make("xlsx", Export(problem, RosterFile(roster)))
    assert isinstance(content, bytes)
    return content


def opened(kind: str = "guardhouse") -> Any:
    return load_workbook(io.BytesIO(made(kind)))


def texts(sheet: Any) -> list[list[str]]:
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("kind", ["guardhouse", "nasty"])
def test_the_full_table_has_the_cells_of_the_csv(kind: str) -> None:
    problem = guardhouse() if kind == "guardhouse" else nasty_problem()
    roster = guarded(problem) if kind == "guardhouse" else nasty_roster(problem)
    assert texts(opened(kind)["Table"]) == rows_of(write_roster(problem, roster))


@pytest.mark.parametrize("kind", ["guardhouse", "nasty"])
def test_the_grid_has_the_cells_of_the_csv_grid(kind: str) -> None:
    problem = guardhouse() if kind == "guardhouse" else nasty_problem()
    roster = guarded(problem) if kind == "guardhouse" else nasty_roster(problem)
    head, *rows = rows_of(write_grid(problem, roster))
    found = [row[: len(head)] for row in texts(opened(kind)["By person"])]
    assert [cell.removesuffix(" 00:00:00") for cell in found[0]] == head
    assert found[1 : len(rows) + 1] == rows


def test_texts_never_become_formulas_or_links() -> None:
    book = opened("nasty")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    values = {cell.value for cell in cells}
    assert set(NASTY) <= values, "names in full, as they are"
    assert '=HYPERLINK("http://x")' in values


def test_headings_stay_in_sight_and_sheets_print_on_a4_landscape() -> None:
    book = opened()
    assert book.sheetnames == ["By person", "By site", "Cover", "Fairness", "Charts", "Findings", "Table"]
    panes = {sheet.title: sheet.freeze_panes for sheet in book}
    assert panes == {
        "By person": "E2",
        "By site": "D2",
        "Cover": "C3",
        "Fairness": "C2",
        "Charts": None,
        "Findings": "A2",
        "Table": "A2",
    }
    for sheet in book:
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.print_title_rows or sheet.title == "Charts"
    assert [one.id for one in book["By person"].col_breaks.brk] == [11], "a page for each week"


def test_shifts_have_colours_that_follow_a_change() -> None:
    sheet = opened()["By person"]
    day, night, off = sheet["E2"], sheet["E5"], sheet["I2"]
    assert (day.value, night.value, off.value) == ("day office/gate", "night office/gate", None)
    colours = {cell.fill.fgColor.rgb for cell in (day, night)}
    assert len(colours) == 2 and off.fill.fgColor.rgb not in colours
    rules = [rule for ranges in sheet.conditional_formatting for rule in ranges.rules]
    assert [rule.text for rule in rules if rule.type == "beginsWith"] == ["night", "day"]


def test_by_site_shows_who_stands_there_and_what_is_open() -> None:
    sheet = opened()["By site"]
    rows = {tuple(cell.value for cell in row[:3]): row for row in sheet.iter_rows(min_row=2)}
    gate = rows["Office", "Gate", "day"]
    assert gate[3].value == "Contoh A.\nContoh B."
    day = [cell.value for cell in sheet[1]].index(dt.datetime(2024, 11, 29))
    night = rows["Office", "Gate", "night"][day]
    assert (night.value, night.font.b) == ("Contoh D.\n1 OPEN", True)


def test_cover_is_a_heat_map_of_hours_and_dates() -> None:
    sheet = opened()["Cover"]
    assert [cell.value for cell in sheet[2]][:4] == ["place", "date", "00", "01"]
    row = [cell.value for cell in sheet[4]]
    assert (row[0], row[1]) == ("whole operation", dt.datetime(2024, 11, 22))
    assert row[2:26] == [0] * 19 + [1] * 5, "from 19:00 nobody at the gate is armed"
    scales = [rule.type for ranges in sheet.conditional_formatting for rule in ranges.rules]
    assert scales == ["colorScale", "colorScale"]


def test_fairness_has_a_native_chart_of_each_kind_of_work() -> None:
    book = opened()
    sheet = book["Fairness"]
    head = [cell.value for cell in sheet[1]]
    first = {name: cell.value for name, cell in zip(head, sheet[2], strict=True)}
    assert (first["person"], first["hours"], first["nights"]) == ("0041", 120, 0)
    shares = loads(guardhouse(), guarded(guardhouse()))[0].shares
    assert first["hours, fair share"] == pytest.approx(shares["hours"].fair, abs=1e-4)
    charts = book["Charts"]._charts
    assert len(charts) == 3
    assert "'Fairness'" in charts[0].series[0].val.numRef.f or "Fairness!" in charts[0].series[0].val.numRef.f


def test_findings_have_times_as_times() -> None:
    sheet = opened()["Findings"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    gap = next(row for row in rows if row[0] == "PP101")
    assert (gap[1], gap[2]) == ("cover gap", "gap")
    assert isinstance(gap[7], dt.datetime) and gap[7] < gap[8]
    assert (gap[9], gap[10]) < (gap[10], 99)


def test_the_same_roster_gives_the_same_bytes() -> None:
    first = made()
    made.cache_clear()
    assert made() == first


def test_sheets_and_dates_in_indonesian() -> None:
    problem = guardhouse()
    with speaking("id"):
        content = make("xlsx", Export(problem, RosterFile(guarded(problem))))
    assert isinstance(content, bytes)
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet["E1"].number_format == "[$-421]ddd d mmm"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_the_same_cells(tmp_path: Path) -> None:
    (tmp_path / "r.xlsx").write_bytes(made("nasty"))
    filters = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", filters, "--outdir", str(tmp_path), "r.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    problem = nasty_problem()
    found = rows_of((tmp_path / "r-Table.csv").read_text(encoding="utf-8"))
    assert found == rows_of(write_roster(problem, nasty_roster(problem)))
