from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patrolplan.errors import InputError
from patrolplan.findings import Severity
from patrolplan.formats.roster_csv import RosterFile, read_roster, write_roster
from patrolplan.problem import Problem
from patrolplan.roster import Roster, Stretch, make_roster
from patrolplan.tables import decode, parse_table
from tests.tiny import tiny_problem, tiny_roster

HEAD = "person,name,site,post,shift,start,end,duty,kind\n"


def problem_of(*people: str) -> Problem:
    problem = tiny_problem(
        people or ("A", "B"), 30, first="2024-11-21", posts=["office/gate", "yard/gate", "yard/fence"]
    )
    return replace(problem, people=tuple(replace(who, name=f"Contoh {who.id}") for who in problem.people))


def read(problem: Problem, text: str) -> RosterFile:
    return read_roster(problem, parse_table(text, "roster.csv"))


def times(problem: Problem, roster: Roster) -> list[tuple[str, str]]:
    return [(problem.zone.iso(one.start)[:16], problem.zone.iso(one.end)[:16]) for one in roster.stretches]


def test_written_as_documented() -> None:
    problem = problem_of()
    roster = tiny_roster(
        problem,
        {},
        [
            {"person": "B", "post": "yard/fence", "shift": "N", "start": "2024-11-27 19:00", "end": "2024-11-28 07:00"},
            {"person": "A", "shift": "D", "start": "2024-11-27 07:00", "end": "2024-11-27 19:00", "kind": "standby"},
        ],
    )
    assert write_roster(problem, roster) == HEAD + (
        "A,Contoh A,office,gate,D,2024-11-27T07:00+07:00,2024-11-27T19:00+07:00,A/2024-11-27/D/standby,standby\n"
        "B,Contoh B,yard,fence,N,2024-11-27T19:00+07:00,2024-11-28T07:00+07:00,B/2024-11-27/N,duty\n"
    )


def duties(roster: Roster) -> list[tuple[int, int, int, str, int]]:
    return sorted((duty.person, duty.start, duty.end, duty.kind, len(duty.stretches)) for duty in roster.duties)


def plain(roster: Roster) -> list[Stretch]:
    return [replace(stretch, row=0, duty="") for stretch in roster.stretches]


@st.composite
def rosters(draw: st.DrawFn) -> tuple[Problem, Roster]:
    ids = draw(
        st.lists(
            st.from_regex(r"[=+@A-Z0-9,;\"' -]{0,6}[A-Z0-9]", fullmatch=True).map(str.strip),
            unique_by=str.casefold,
            min_size=1,
            max_size=4,
        )
    )
    zone = draw(st.sampled_from(["Asia/Pontianak", "Europe/Berlin", "America/New_York", "UTC"]))
    problem = tiny_problem(ids, 9, first="2024-10-25", zone=zone, posts=["s/p", "s/q", "t/p"])
    stretch = st.builds(
        lambda person, post, shift, start, length, duty, kind: Stretch(
            person, post, shift, problem.start + start, problem.start + start + length, duty, kind
        ),
        st.integers(0, len(ids) - 1),
        st.one_of(st.none(), st.integers(0, 2)),
        st.integers(0, 1),
        st.integers(0, 9 * 1440),
        st.integers(1, 2000),
        st.sampled_from(["", "", "one", "two, too"]),
        st.sampled_from(["duty", "standby", "training"]),
    )
    chosen = draw(
        st.lists(
            stretch, max_size=12, unique_by=lambda one: (one.person, one.post, one.shift, one.start, one.end, one.kind)
        )
    )
    return problem, make_roster(problem, chosen)


@settings(max_examples=150, deadline=None)
@given(rosters())
def test_what_is_written_is_read_back(case: tuple[Problem, Roster]) -> None:
    problem, roster = case
    text = write_roster(problem, roster)
    back = read(problem, text).roster
    assert plain(back) == plain(roster)
    assert duties(back) == duties(roster)
    assert write_roster(problem, back) == text


SPREADSHEETS = {
    "iso": "person;site;post;shift;start;end\nA;office;gate;N;2024-11-27 19:00;2024-11-28 07:00\n",
    "bom and semicolons": "\ufeffperson;post;shift;start;end\nA;office/gate;N;2024-11-27T19:00;2024-11-28T07:00:00\n",
    "offset of another zone": "person,post,start,end\nA,office/gate,2024-11-27T12:00Z,2024-11-28T01:00+01:00\n",
    "day first": "person,post,start,end\nA,office/gate,27/11/2024 19:00,28/11/2024 07:00\n",
    "month first": "person,post,start,end\nA,office/gate,11/27/2024 7:00 PM,11/28/2024 7:00 AM\n",
    "dots": "person,post,start,end\nA,office/gate,27.11.2024 19.00,28.11.2024 07:00\n",
    "day numbers": "person,post,start,end\nA,office/gate,45623.791666,45624.2916667\n",
    "day numbers with commas": 'person;post;start;end\nA;office/gate;45623,791666;"45624,29167"\n',
    "date and clocks": "person,post,date,start,end\nA,office/gate,27/11/2024,19:00,07:00\n",
    "date and parts of a day": "person,post,date,start,end\nA,office/gate,45623,0.791666667,0.2916667\n",
    "date and shift": "person,post,date,shift\nA,office/gate,2024-11-27,N\n",
    "seconds": "person,post,start,end\nA,office/gate,2024-11-27 18:59:59,2024-11-28 07:00:00.000\n",
    "end with a clock alone": "person,post,start,end\nA,office/gate,2024-11-27 19:00,07:00\n",
    "name": "name,post,start,end\ncontoh  a,office/gate,2024-11-27 19:00,07:00\n",
}


@pytest.mark.parametrize("name", SPREADSHEETS)
def test_spreadsheets(name: str) -> None:
    problem = problem_of()
    found = read_roster(problem, parse_table(decode(SPREADSHEETS[name].encode(), "roster.csv"), "roster.csv"))
    assert not found.findings
    assert times(problem, found.roster) == [("2024-11-27T19:00", "2024-11-28T07:00")]
    (stretch,) = found.roster.stretches
    assert (stretch.person, stretch.post, stretch.shift, stretch.kind) == (0, 0, 1, "duty")
    assert stretch.row == 2


def test_one_clear_date_decides_the_whole_file() -> None:
    problem = problem_of()
    rows = "A,office/gate,02/12/2024 07:00,02/12/2024 19:00\nA,office/gate,13/12/2024 07:00,13/12/2024 19:00\n"
    text = "person,post,start,end\n" + rows
    assert times(problem, read(problem, text).roster)[0][0] == "2024-12-02T07:00"


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        (["02/12/2024 07:00,02/12/2024 19:00"], 2, "02/12/2024"),
        (["05/05/2024 07:00,05/05/2024 19:00", "02/12/2024 07:00,02/12/2024 19:00"], 3, "02/12/2024"),
        (["13/12/2024 07:00,13/12/2024 19:00", "12/14/2024 07:00,12/14/2024 19:00"], 3, "12/14/2024"),
    ],
)
def test_ambiguous_dates_are_refused_with_their_row(rows: list[str], line: int, words: str) -> None:
    text = "person,post,start,end\n" + "".join(f"A,office/gate,{row}\n" for row in rows)
    with pytest.raises(InputError) as caught:
        read(problem_of(), text)
    (complaint,) = caught.value.complaints
    assert complaint.place.line == line
    assert words in complaint.message
    assert "2024-11-27" in complaint.message


def test_a_date_with_equal_numbers_is_clear() -> None:
    problem = tiny_problem(["A"], 400, first="2024-01-01")
    text = "person,post,start,end\nA,s/p,05/05/2024 07:00,05/05/2024 19:00\n"
    assert times(problem, read(problem, text).roster) == [("2024-05-05T07:00", "2024-05-05T19:00")]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("X,,office,gate,D,2024-11-27 07:00,2024-11-27 19:00,,", 'service number "X"'),
        ("00A,,office,gate,D,2024-11-27 07:00,2024-11-27 19:00,,", "service number"),
        ("1.98505E+17,,office,gate,D,2024-11-27 07:00,2024-11-27 19:00,,", "format the column as text"),
        (",,office,gate,D,2024-11-27 07:00,2024-11-27 19:00,,", "names nobody"),
        (",Nobody,office,gate,D,2024-11-27 07:00,2024-11-27 19:00,,", "not defined"),
        ("A,,office,gte,D,2024-11-27 07:00,2024-11-27 19:00,,", 'Did you mean "gate"?'),
        ("A,,ofice,gate,D,2024-11-27 07:00,2024-11-27 19:00,,", 'Did you mean "office"?'),
        ("A,,,gate,D,2024-11-27 07:00,2024-11-27 19:00,,", "Name the site"),
        ("A,,office,fence,D,2024-11-27 07:00,2024-11-27 19:00,,", "no post"),
        ("A,,office,gate,Z,2024-11-27 07:00,2024-11-27 19:00,,", 'shift "Z"'),
        ("A,,office,gate,D,2024-11-27 19:00,2024-11-27 07:00,,", "not after its start"),
        ("A,,office,gate,D,2024-11-27 07:00,2024-11-27 07:00,,", "not after its start"),
        ("A,,office,gate,D,2024-11-27 07:00,,,", "no end"),
        ("A,,office,gate,D,07:00,19:00,,", "no date"),
        ("A,,office,gate,D,2024-11-27,2024-11-28,,", "no clock time"),
        ("A,,office,gate,D,2024-11-31 07:00,2024-11-27 19:00,,", "calendar"),
        ("A,,office,gate,D,27/11/24 07:00,2024-11-27 19:00,,", "two digits"),
        ("A,,office,gate,D,soon,2024-11-27 19:00,,", "not a date"),
        ("A,,office,gate,D,2024-11-27 07:00,2024-11-27 19:00,,holiday", "kind"),
    ],
)
def test_rows_that_are_not_understood(row: str, words: str) -> None:
    found = read(problem_of(), HEAD + "B,,office,gate,D,2024-11-26 07:00,2024-11-26 19:00,,\n" + row + "\n")
    (finding,) = found.findings
    assert (finding.code, finding.severity, finding.row) == ("PP901", Severity.HARD, 3)
    assert words in finding.message
    assert len(found.roster.stretches) == 1


def test_lost_zeros_are_found_only_if_unique() -> None:
    row = "person,post,start,end\n7904,office/gate,2024-11-27 07:00,2024-11-27 19:00\n"
    assert read(problem_of("007904", "8"), row).roster.stretches[0].person == 0
    assert read(problem_of("007904", "07904"), row).findings[0].code == "PP901"
    assert read(problem_of("007904", "7904"), row).roster.stretches[0].person == 1


def test_a_name_that_two_people_bear() -> None:
    problem = problem_of()
    problem = replace(problem, people=tuple(replace(who, name="Contoh") for who in problem.people))
    found = read(problem, "name,post,start,end\nContoh,office/gate,2024-11-27 07:00,19:00\n")
    assert "2 people are called" in found.findings[0].message


def test_a_number_with_somebody_elses_name_is_kept_and_said() -> None:
    found = read(problem_of(), "person,name,post,start,end\nA,Contoh B,office/gate,2024-11-27 07:00,19:00\n")
    assert len(found.roster.stretches) == 1
    assert found.findings[0].severity is Severity.SOFT
    assert "Contoh B" in found.findings[0].message


def test_a_duty_without_a_post_is_kept_and_said() -> None:
    found = read(problem_of(), "person,site,post,start,end\nA,office,,2024-11-27 07:00,19:00\n")
    assert found.roster.stretches[0].post is None
    assert "covers nothing" in found.findings[0].message


def test_missing_columns() -> None:
    with pytest.raises(InputError) as caught:
        read(problem_of(), "who,when\nA,today\n")
    message = caught.value.complaints[0].message
    for words in ("person (or name)", "start", "end", '"who", "when"'):
        assert words in message


def test_a_shift_is_inferred_only_from_its_exact_time() -> None:
    found = read(
        problem_of(), "person,post,start,end\nA,yard/gate,2024-11-27 07:00,18:00\nA,yard/gate,2024-11-28 07:00,19:00\n"
    )
    assert [stretch.shift for stretch in found.roster.stretches] == [None, 0]


def test_relief_splits_a_duty_into_rows() -> None:
    text = "person,post,shift,start,end,duty\n" + (
        "A,office/gate,D,2024-11-27 07:00,12:00,x\nA,yard/gate,D,2024-11-27 13:00,19:00,x\n"
        "B,office/gate,D,2024-11-27 07:00,12:00,\nB,yard/gate,D,2024-11-27 12:00,19:00,\n"
    )
    found = read(problem_of(), text)
    assert [len(duty.stretches) for duty in found.roster.duties] == [2, 2]


def test_the_same_shift_of_the_next_date_is_another_duty_without_a_name_too() -> None:
    problem = tiny_problem(["A"], 9, first="2024-11-25", shifts={"F": "07:00-07:00"})
    rows = "A,s/p,F,2024-11-27 07:00,2024-11-28 07:00\nA,s/p,F,2024-11-28 07:00,2024-11-29 07:00\n"
    found = read(problem, "person,post,shift,start,end\n" + rows)
    assert [duty.end - duty.start for duty in found.roster.duties] == [1440, 1440]


def test_rows_that_outlast_their_shift_are_read_back_as_they_were() -> None:
    problem = problem_of("A")
    midnight = problem.zone.instant(problem.zone.local(problem.start)[0] + 3, 0)
    overlong = [
        Stretch(0, 0, 0, midnight - 1020, midnight + 60, "", "duty"),
        Stretch(0, 0, 0, midnight + 60, midnight + 1440, "", "duty"),
    ]
    roster = make_roster(problem, overlong)
    assert duties(read(problem, write_roster(problem, roster)).roster) == duties(roster)


def test_extra_columns_are_kept() -> None:
    problem = problem_of()
    rows = 'B,office/gate,"late, ill",2024-11-27 07:00,19:00\nA,office/gate,,2024-11-27 07:00,19:00\n'
    text = "person,post,Remark,start,end\n" + rows
    found = read(problem, text)
    again = read(problem, write_roster(problem, found.roster, found))
    assert again.extra_headings == ("Remark",)
    assert list(again.extra_cells.values()) == [("",), ("late, ill",)]


def test_both_hours_of_a_clock_change_are_told_apart() -> None:
    problem = tiny_problem(["A"], 2, first="2024-10-26", zone="Europe/Berlin")
    text = "person,post,start,end\nA,s/p,2024-10-27T02:30+02:00,2024-10-27T02:30+01:00\n"
    (stretch,) = read(problem, text).roster.stretches
    assert stretch.end - stretch.start == 60


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=5, max_size=5), max_size=4))
def test_no_cell_breaks_the_reader(rows: list[list[str]]) -> None:
    import csv
    import io

    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["person", "post", "date", "start", "end"])
    writer.writerows(rows)
    try:
        found = read(problem_of(), stream.getvalue())
    except InputError:
        return
    assert all(finding.row for finding in found.findings)


@settings(max_examples=300, deadline=None)
@given(st.from_regex(r"[0-9:./, TZ+\-apm]{1,20}", fullmatch=True))
def test_no_date_breaks_the_reader(cell: str) -> None:
    with contextlib.suppress(InputError):
        read(problem_of(), f'person,post,start,end\nA,office/gate,"{cell}",2024-11-27 19:00\n')


def test_a_row_that_stands_twice() -> None:
    row = "A,office/gate,2024-11-27 07:00,2024-11-27 19:00\n"
    (remark,) = read(problem_of(), f"person,post,start,end\n{row}A,office/gate,2024-11-28 07:00,19:00\n{row}").findings
    assert (remark.code, remark.severity, remark.row) == ("PP901", Severity.SOFT, 4)
    assert remark.message == "rows 2 and 4 say the same; remove one."
