"""Workbooks as HR and planners save them, made by another library."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
from openpyxl import Workbook

from patrolplan.errors import InputError
from patrolplan.tables import parse_any
from patrolplan.workbooks import cell_text, heading_row


def book(
    rows: Sequence[Sequence[Any]], formats: dict[str, str] | None = None, **others: Sequence[Sequence[Any]]
) -> bytes:
    """A workbook whose first sheet has these rows; further sheets by name."""
    made = Workbook()
    first = made.active
    assert first is not None
    first.title = "First"
    for row in rows:
        first.append(row)
    for place, style in (formats or {}).items():
        first[place].number_format = style
    for name, content in others.items():
        sheet = made.create_sheet(name)
        for row in content:
            sheet.append(row)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        (None, "General", ""),
        (" a ", "General", " a "),
        (79040211, "General", "79040211"),
        (79040211.0, "General", "79040211"),
        (41, "0000", "0041"),
        (41, "0000;-0000", "0041"),
        (0.5, "General", "0.5"),
        (198501012010011001, "General", "1.98501012010011E+17"),
        (True, "General", "true"),
        (dt.datetime(2024, 11, 27), "yyyy-mm-dd", "2024-11-27"),
        (dt.datetime(2024, 11, 27), "[$-421]ddd d mmm", "2024-11-27"),
        (dt.datetime(2024, 11, 27), "dd/mm/yyyy hh:mm", "2024-11-27 00:00"),
        (dt.datetime(2024, 11, 27, 18, 59, 59, 999000), "dd/mm/yyyy hh:mm", "2024-11-27 19:00"),
        (dt.time(7, 0), "hh:mm", "07:00"),
        (dt.timedelta(hours=24), "[h]:mm", "24:00"),
        ("a_x000D_\nb", "General", "a\r\nb"),
    ],
)
def test_cells_as_text(value: Any, style: str, text: str) -> None:
    assert cell_text(value, style) == text


def test_titles_above_the_headings_are_passed_over() -> None:
    content = book([["PERSONEL POLRES", None, 2024], [], ["No", "NRP", "Nama"], [1, 41, "Contoh A"]], {"B4": "0000"})
    table = parse_any(content, "p.xlsx", ["nrp", "nama"])
    assert table.headings == ["No", "NRP", "Nama"]
    assert (table.rows[0].line, table.rows[0].cells) == (4, {"no": "1", "nrp": "0041", "nama": "Contoh A"})
    assert parse_any(content, "p.xlsx").headings == ["No", "NRP", "Nama"], "without knowing any heading"


def test_a_named_sheet_and_hidden_sheets() -> None:
    content = book([["id"], ["1"]], Second=[["id"], ["2"]])
    assert parse_any(content, "p.xlsx").rows[0].cells == {"id": "1"}
    assert parse_any(content, "p.xlsx", sheet="second").rows[0].cells == {"id": "2"}
    with pytest.raises(InputError, match=r'no sheet "Secnd".*Did you mean "Second"'):
        parse_any(content, "p.xlsx", sheet="Secnd")


def test_columns_without_heading_are_left_out() -> None:
    table = parse_any(
        book([["id", None, "name"], ["1", "remark", "A"], [None, "only a remark", None]]), "p.xlsx", ["id", "name"]
    )
    assert [row.cells for row in table.rows] == [{"id": "1", "name": "A"}]


def test_a_heading_twice_is_refused_with_its_row() -> None:
    with pytest.raises(InputError, match=r'p\.xlsx:3.*"id" stands twice'):
        parse_any(book([["Title"], [], ["id", "id", "name"], ["1", "2", "A"]]), "p.xlsx")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 nothing", "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password"),
        (book([]), "empty"),
    ],
)
def test_what_is_no_workbook(content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse_any(content, "p.xlsx")


def test_another_archive_is_no_workbook() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("content.xml", "<a/>")
    with pytest.raises(InputError, match=r"not a workbook of the format \.xlsx"):
        parse_any(target.getvalue(), "p.ods")


def test_a_damaged_sheet_is_refused() -> None:
    whole, broken = io.BytesIO(book([["id"], ["1"]])), io.BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(broken, "w") as new:
        for part in old.namelist():
            new.writestr(part, b"<worksheet><" if "sheet1" in part else old.read(part))
    with pytest.raises(InputError, match="damaged"):
        parse_any(broken.getvalue(), "p.xlsx")


def test_the_heading_row_of_a_table_with_unknown_headings_is_the_first_wide_one() -> None:
    rows = [(1, ["Title"]), (2, ["Unit", "A"]), (3, ["a", "b", "c", "d"]), (4, ["1", "2", "3", "4"])]
    assert heading_row(rows) == 2
    assert heading_row(rows, ["unit", "a"]) == 1
    assert heading_row([]) == -1


@pytest.mark.parametrize(("cell", "text"), [('="0041"', "0041"), ('="a ""b"""', 'a "b"'), ("=1+1", "=1+1"), ('"', '"')])
def test_what_excel_was_told_to_take_as_text(cell: str, text: str) -> None:
    quoted = cell.replace('"', '""')
    table = parse_any(f'id\n"{quoted}"\n'.encode(), "p.csv")
    assert table.rows[0].cells == {"id": text}


def test_a_formula_without_a_result_is_read_as_it_is_written() -> None:
    table = parse_any(book([["id", "name"], ["1", '=HYPERLINK("http://x")']]), "p.xlsx")
    assert table.rows[0].cells["name"] == '=HYPERLINK("http://x")'
