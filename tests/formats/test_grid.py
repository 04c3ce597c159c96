"""A grid of people by dates goes out and comes back, and what planners type in it is understood."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patrolplan.errors import InputError
from patrolplan.findings import Severity
from patrolplan.formats.grid import column_letters, is_grid, read_grid, write_grid
from patrolplan.formats.roster_csv import RosterFile, read_roster
from patrolplan.problem import Problem
from patrolplan.roster import Roster, Stretch, make_roster
from patrolplan.tables import parse_table
from tests.tiny import tiny_problem

POSTS = {
    "harbour/gate": None,
    "harbour/main hall": None,
    "depot/gate": None,
    "depot/kiosk": {"shifts": ["early"]},
}
SHIFTS = {
    "day": "07:00-19:00",
    "night": "19:00-07:00 night",
    "early": "06:00-14:00",
    "late shift": "14:00-22:00",
}
HEAD = "person,2024-11-04,2024-11-05,2024-11-06"


def problem_of(first: str = "2024-11-04", days: int = 3, zone: str = "Asia/Pontianak") -> Problem:
    people = {"0007": {"absences": [{"dates": "2024-11-06", "reason": "Annual leave"}]}, "B": None}
    problem = tiny_problem(people, days, first=first, zone=zone, shifts=SHIFTS, posts=POSTS)
    return replace(problem, people=tuple(replace(who, name=f"Contoh {who.id}") for who in problem.people))


def read(text: str, problem: Problem | None = None) -> RosterFile:
    problem = problem or problem_of()
    table = parse_table(text, "grid.csv")
    assert is_grid(problem, table)
    return read_grid(problem, table)


def told(found: RosterFile, problem: Problem | None = None) -> list[str]:
    """Stretches in words: person, kind, shift, post, start and end."""
    problem = problem or problem_of()
    return [
        " ".join(
            (
                problem.people[one.person].id,
                *((one.kind,) if one.kind != "duty" else ()),
                problem.shifts[one.shift].name if one.shift is not None else "?",
                problem.posts[one.post].key if one.post is not None else "nowhere",
                problem.zone.iso(one.start)[5:16],
                problem.zone.iso(one.end)[11:16],
            )
        )
        for one in found.roster.stretches
    ]


# -- out and back ----------------------------------------------------------------------------------------------------


@st.composite
def rosters(draw: st.DrawFn) -> tuple[Problem, Roster]:
    """Duties of any length, on their shift or off it, with relief inside, on call and in training."""
    zone = draw(st.sampled_from(["Asia/Pontianak", "Europe/Berlin", "America/New_York"]))
    problem = problem_of(days=4, zone=zone)
    stretches: list[Stretch] = []
    for number in range(draw(st.integers(0, 6))):
        person, kind = draw(st.integers(0, 1)), draw(st.sampled_from(["duty", "duty", "duty", "standby", "training"]))
        shift = draw(st.one_of(st.none(), st.integers(0, 3)))
        start, end = problem.shift_span(shift or 0, problem.first_day + draw(st.integers(0, 3)))
        if shift is None or draw(st.booleans()):
            start += draw(st.integers(-300, 300))
            end = start + draw(st.integers(2, 3000 if shift is None else 700))
        inside = draw(st.lists(st.integers(start + 1, end - 1), max_size=3, unique=True)) if end - start > 5 else []
        edges = sorted((start, end, *inside))
        for opens, closes in pairwise(edges):
            if opens != start and closes != end and draw(st.integers(0, 4)) == 0:
                continue
            post = draw(st.one_of(st.none(), st.integers(0, 3)))
            stretches.append(Stretch(person, post, shift, opens, closes, f"d{number}", kind))
    return problem, make_roster(problem, stretches)


def duties(problem: Problem, roster: Roster) -> list[tuple[object, ...]]:
    """Duties without their names; of those without a shift, one that runs exactly then is inferred."""
    found = []
    for duty in roster.duties:
        spans = {problem.shift_span(shift, duty.day): shift for shift in reversed(range(len(problem.shifts)))}
        shift = duty.shift if duty.shift is not None else spans.get((duty.start, duty.end))
        parts = tuple((one.post, one.start, one.end) for one in duty.stretches)
        found.append((duty.person, duty.day, shift, duty.start, duty.end, duty.kind, parts))
    return sorted(found, key=repr)


@settings(max_examples=120, deadline=None)
@given(rosters())
def test_a_grid_that_is_written_is_read_back(case: tuple[Problem, Roster]) -> None:
    problem, roster = case
    text = write_grid(problem, roster)
    found = read(text, problem)
    assert [one.message for one in found.findings if one.severity is Severity.HARD] == []
    assert duties(problem, found.roster) == duties(problem, roster)
    assert duties(problem, read(write_grid(problem, found.roster), problem).roster) == duties(problem, roster)


def test_the_only_post_is_not_invented_for_a_duty_without_one() -> None:
    problem = tiny_problem(["A"], 1)
    nowhere = make_roster(problem, [Stretch(0, None, 0, *problem.shift_span(0, problem.first_day))])
    text = write_grid(problem, nowhere)
    assert "D -" in text
    assert [one.post for one in read(text, problem).roster.stretches] == [None]
    assert [one.post for one in read("person,2024-11-04\nA,D\n", problem).roster.stretches] == [0]


# -- what is typed ---------------------------------------------------------------------------------------------------

NIGHT = "B night harbour/gate 11-04T19:00 07:00"


@pytest.mark.parametrize(
    "cell",
    [
        "night harbour/gate",
        "Night  Harbour/Gate",
        "N harbour/gate",
        "n: harbour / gate",
        "harbour/gate night",
        "night @ harbour gate",
        "night at harbour/gate",
        "19:00-07:00 harbour/gate",
        "harbour/gate 19.00-07.00",
        "night 19:00-07:00 harbour/gate",
        "night harbour/gate!",
        "off + night harbour/gate",
    ],
)
def test_ways_to_write_a_duty(cell: str) -> None:
    found = read(f'{HEAD}\nB,"{cell}",,\n')
    assert found.findings == ()
    assert told(found) == [NIGHT]
    assert found.roster.duties[0].id == "B/2024-11-04/night"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("D main hall", "B day harbour/main hall 11-04T07:00 19:00"),
        ("late shift main hall", "B late shift harbour/main hall 11-04T14:00 22:00"),
        ("L main hall", "B late shift harbour/main hall 11-04T14:00 22:00"),
        ("kiosk", "B early depot/kiosk 11-04T06:00 14:00"),
        ("day 07:00-18:53 depot/gate", "B day depot/gate 11-04T07:00 18:53"),
        ("day 07:07 depot/gate", "B day depot/gate 11-04T07:07 19:00"),
        ("(night)", "B standby night nowhere 11-04T19:00 07:00"),
        ("standby night", "B standby night nowhere 11-04T19:00 07:00"),
        ("training day depot/gate", "B training day depot/gate 11-04T07:00 19:00"),
    ],
)
def test_more_ways(cell: str, words: str) -> None:
    found = read(f'{HEAD}\nB,"{cell}",,\n')
    assert (found.findings, told(found)) == ((), [words])


@pytest.mark.parametrize("cell", ["", "-", "–", ".", "off", "O", " OFF ", "annual  leave"])
def test_days_off(cell: str) -> None:
    found = read(f'{HEAD}\n0007,"{cell}",,N depot/gate\n')
    assert (found.findings, len(found.roster.stretches)) == ((), 1)


def test_relief_and_several_duties_in_a_cell() -> None:
    found = read(f'{HEAD}\nB,"early depot/kiosk > 09:30 depot/gate\nnight depot/gate",,\n')
    assert told(found) == [
        "B early depot/kiosk 11-04T06:00 09:30",
        "B early depot/gate 11-04T09:30 14:00",
        "B night depot/gate 11-04T19:00 07:00",
    ]
    assert [len(duty.stretches) for duty in found.roster.duties] == [2, 1]


def test_columns_in_any_order_with_others_between_them() -> None:
    text = "hours,Remark,2024-11-05,name,person,2024-11-04,team,\n12,ill on Mon,N,Contoh 0007,7,,x,\n,,,,,,,\n"
    found = read(text.replace("hours,", "hours,site,post,").replace("12,", "12,depot,gate,"))
    assert found.findings == ()
    assert told(found) == ["0007 night depot/gate 11-05T19:00 07:00"]
    assert (found.extra_headings, found.extra_cells[2]) == (("Remark",), ("ill on Mon",))


def test_marked_duties() -> None:
    found = read(f"{HEAD}\nB,N depot/gate!,N depot/gate,early kiosk !\n")
    assert sorted(problem_of().zone.iso(one.start)[:10] for one in found.marked) == ["2024-11-04", "2024-11-06"]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("N", "names no post"),
        ("gate", "2 posts are called"),
        ("N gate", "2 posts are called"),
        ("N depot/gaet", 'Did you mean "depot/gate"?'),
        ("nihgt", 'Did you mean "night"?'),
        ("depot/gate", "several shifts (day, night, early, late shift); name one"),
        ("N depot/gate > harbour/gate", "when"),
        ("07:00 depot/gate", "when the duty ends"),
        ("day 20:00 depot/gate", "not after its start"),
        ("day 7:75-8:00 depot/gate", "clock time"),
        ("sick", "neither a shift nor a post"),
        ("N depot/gate +", "depot/gate +"),
    ],
)
def test_complaints_name_row_and_column(cell: str, words: str) -> None:
    found = read(f'{HEAD}\n0007,,,\nB,,"{cell}",night depot/gate\n')
    (finding,) = found.findings
    assert (finding.code, finding.row, finding.person) == ("PP901", 3, "B")
    assert (finding.place.file, finding.place.line, finding.place.column) == ("grid.csv", 3, 3)
    assert finding.message.startswith(f'column C (2024-11-05), "{cell}": ')
    assert words in finding.message
    assert told(found)[-1] == "B night depot/gate 11-06T19:00 07:00"


def test_rows_of_nobody() -> None:
    found = read(f"{HEAD}\nTotal,3,3,\nLegend: N is night,,,\nB,N depot/gate,,\nB,,N depot/gate,\n")
    assert [(one.row, one.severity) for one in found.findings] == [(2, Severity.HARD), (5, Severity.SOFT)]
    assert "row 4" in found.findings[1].message
    assert len(found.roster.stretches) == 2


# -- headings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headings",
    [
        "2024-11-04,2024-11-05",
        "2024-11-04 00:00:00,2024-11-05 00:00:00",
        "04/11/2024,05/11/2024",
        "11/4/2024,11/5/2024",
        "04/11/24,05/11/24",
        "11/04/24,11/05/24",
        "4.11.2024,5.11.2024",
        "04.11.24,05.11.24",
        "45600,45601",
        "4 Nov,5 Nov",
        "Mon 4 Nov,Tue 5 Nov",
        '"Mon, 4 November 2024",Tue 5 November 2024',
        "4-Nov-24,5-Nov-24",
        '"Nov 4, 2024",Nov 5',
    ],
)
def test_headings_as_spreadsheets_rewrite_them(headings: str) -> None:
    found = read(f"person;{headings}\nB;;N depot/gate\n".replace(",", ";") if '"' not in headings else
                 f"person,{headings}\nB,,N depot/gate\n")  # fmt: skip
    assert (found.findings, told(found)) == ((), ["B night depot/gate 11-05T19:00 07:00"])


@pytest.mark.parametrize(
    ("headings", "words"),
    [
        ("05/06/2023,06/06/2023", '"05/06/2023" may mean day/month'),
        ("27/11/2024,11/28/2024", "may mean day/month"),
        ("2024-11-04,04.11.2024", '"2024-11-04" and "04.11.2024" are the same date'),
        ("remark,2024-11-04", "no column person"),
    ],
)
def test_headings_that_are_refused(headings: str, words: str) -> None:
    who = "who" if "remark" in headings else "person"
    with pytest.raises(InputError) as caught:
        read(f"{who},{headings}\n")
    assert words in str(caught.value)
    assert caught.value.complaints[0].place.line == 1


def test_the_operation_tells_which_number_is_the_month() -> None:
    problem = problem_of("2024-12-01", 9)
    days = [f"{day:02d}/12/2024" for day in range(1, 10)]
    found = read(f"person,{','.join(days)}\nB,,,N depot/gate\n", problem)
    assert told(found, problem) == ["B night depot/gate 12-03T19:00 07:00"]


def test_a_roster_with_rows_is_no_grid() -> None:
    problem = problem_of()
    table = parse_table("person,post,date,shift,2024-11-04\nB,depot/gate,2024-11-04,night,x\n", "r.csv")
    assert not is_grid(problem, table)
    assert len(read_roster(problem, table).roster.stretches) == 1
    assert not is_grid(problem, parse_table("person,hours\nB,12\n", "r.csv"))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(alphabet="DNdn >+()!-:0129gateharbour/. \n", max_size=24), min_size=3, max_size=3))
def test_no_cell_breaks_the_reader(cells: list[str]) -> None:
    import csv
    import io

    stream = io.StringIO()
    csv.writer(stream).writerows([HEAD.split(","), ["B", *cells]])
    found = read(stream.getvalue())
    assert all(finding.row == 2 for finding in found.findings)


def test_columns_as_spreadsheets_call_them() -> None:
    assert [column_letters(number) for number in (1, 26, 27, 52, 53, 703)] == ["A", "Z", "AA", "AZ", "BA", "AAA"]
