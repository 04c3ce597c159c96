from __future__ import annotations

import csv
import io

import pytest

from patrolplan.formats.excel_csv import as_text, excel_roster
from patrolplan.formats.roster_csv import read_roster
from patrolplan.tables import parse_any
from tests.tiny import tiny_problem, tiny_roster


def test_columns_of_the_file_for_excel() -> None:
    problem = tiny_problem(["0041"], 2)
    text = excel_roster(problem, tiny_roster(problem, {"0041": ".N"}))
    assert text.startswith("\ufeffperson;name;site;post;shift;date;start;end_date;end;duty;kind\r\n")
    (row,) = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert (row["person"], row["date"], row["start"]) == ('="0041"', "2024-11-05", "19:00")
    assert (row["end_date"], row["end"]) == ("2024-11-06", "07:00")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("", ""),
        ("Contoh A", "Contoh A"),
        ("3-4", '="3-4"'),
        ("MAR1", '="MAR1"'),
        ('=HYPERLINK("http://x")', '="=HYPERLINK(""http://x"")"'),
        ("@SUM(A1)", '="@SUM(A1)"'),
        ("-2", '="-2"'),
    ],
)
def test_texts_that_excel_would_change_stay_texts(cell: str, written: str) -> None:
    assert as_text(cell) == written


def test_a_clock_time_that_comes_twice_keeps_its_offset() -> None:
    problem = tiny_problem(["A"], 2, first="2024-10-26", zone="Europe/Berlin")
    rows = "person,post,start,end\nA,s/p,2024-10-27T01:00+02:00,2024-10-27T02:30+01:00\n"
    roster = read_roster(problem, parse_any(rows.encode(), "r.csv")).roster
    text = excel_roster(problem, roster)
    assert ";01:00;2024-10-27;2024-10-27T02:30+01:00;" in text
    back = read_roster(problem, parse_any(text.encode(), "r.csv")).roster
    assert (back.stretches[0].end - back.stretches[0].start) == 150


def test_the_end_date_goes_before_the_guess_of_the_next_date() -> None:
    problem = tiny_problem(["A"], 3)
    table = "person;post;date;start;end_date;end\nA;s/p;2024-11-04;07:00;2024-11-06;08:00\n"
    (stretch,) = read_roster(problem, parse_any(table.encode(), "r.csv")).roster.stretches
    assert stretch.end - stretch.start == 49 * 60
