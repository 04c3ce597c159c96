"""People and absences from tables and lists."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from patrolplan.config import load
from patrolplan.errors import InputError
from patrolplan.problem import FOREVER, Counted, Problem
from patrolplan.units import date_text, parse_date
from tests.config.conftest import GATE, HEAD, Write

SECTIONS = """\
phases: {late: {from: 2024-11-08}}
ranks: [Bripda, Brigpol, Ipda]
qualifications: {armed: {}, driver: null, policewoman: {sex: f}, old: {years: 10}, officer: {rank: Ipda}}
rules: [{rest: 11h}]
"""
BASE = HEAD + GATE + SECTIONS

Load = Callable[..., Problem]


@pytest.fixture
def people(write: Write) -> Load:
    """Loads an operation whose people come from one table."""

    def _load(table: str | bytes, personnel: str = "people.csv", extra: str = "") -> Problem:
        write(table, "people.csv")
        return load(write(f"{BASE}personnel: {personnel}\n{extra}")).problem

    return _load


@pytest.fixture
def refused(people: Load) -> Callable[..., list[str]]:
    """Complaints about such an operation, without the folder."""

    def _refused(table: str | bytes, personnel: str = "people.csv", extra: str = "") -> list[str]:
        with pytest.raises(InputError) as caught:
            people(table, personnel, extra)
        return [
            f"{one.place.file.rpartition('/')[2]}:{one.place.line}: {one.message}" for one in caught.value.complaints
        ]

    return _refused


def test_every_column(people: Load) -> None:
    problem = people(
        "id,name,rank,unit,team,team@late,sex,qualifications,years,contract,trained_for,not_at,home,phone,from,until\n"
        "007,Contoh A,Brigpol,Sat,A,B,l,armed:2025-01-31; driver,12,part,office,,home 1,0812,"
        "2024-11-05,2024-11-09 12:00\n"
    )
    (one,) = problem.people
    assert (one.id, one.name, one.rank, one.unit, one.sex, one.years) == ("007", "Contoh A", 1, "Sat", "m", 12)
    assert (one.contract, one.share, one.home, one.phone) == ("part", 0.5, "home 1", "0812")
    assert one.qualifications == {"armed": parse_date("2025-01-31"), "driver": FOREVER, "old": FOREVER}
    assert one.holds("armed", parse_date("2025-01-31")) and not one.holds("armed", parse_date("2025-02-01"))
    assert one.trained_for == {0} and one.not_at == frozenset()
    late = problem.zone.instant(parse_date("2024-11-08"), 420)
    assert (one.team_at(late - 1), one.team_at(late)) == ("A", "B")
    before, after = one.absences
    assert problem.zone.iso(before.end) == "2024-11-05T07:00+07:00" and before.start == -FOREVER
    assert problem.zone.iso(after.start) == "2024-11-09T12:00+07:00" and after.end == FOREVER
    assert str(one.place).endswith("people.csv:2")


def test_semicolons_and_byte_order_mark(people: Load) -> None:
    problem = people(
        "\ufeffNRP;Nama;Pangkat;Jenis Kelamin;Kualifikasi\n00123;Contoh A;ipda;P;armed|driver\n".replace(
            "ipda", "Ipda"
        ).encode()
    )
    (one,) = problem.people
    assert (one.id, one.rank, one.sex) == ("00123", 2, "f")
    assert set(one.qualifications) == {"armed", "driver", "policewoman", "officer"}


def test_columns_can_be_mapped(people: Load) -> None:
    problem = people("No;Kode\n1;007\n", "{files: people.csv, columns: {id: Kode}}")
    assert [one.id for one in problem.people] == ["007"]


def test_a_table_without_id(refused: Callable[..., list[str]]) -> None:
    (text,) = refused("Kode,Nama\n1,A\n")
    assert 'people.csv:1: no column holds the service number (id). The headings are: "Kode", "Nama".' in text
    assert "columns: {id: Kode}" in text


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("id,rank\nP1,Ipdaa\n", 'people.csv:2: unknown rank "Ipdaa". Did you mean "Ipda"?'),
        ("id,qualifications\nP1,armd\n", 'people.csv:2: unknown qualification "armd". Did you mean "armed"?'),
        ("id,qualifications\nP1,armed:31.2.2025\n", "people.csv:2: armed: "),
        ("id,years\nP1,many\n", 'people.csv:2: years must be a number, not "many".'),
        ("id,sex\nP1,x\n", "people.csv:2: sex: "),
        ("id,contract\nP1,half\n", 'people.csv:2: unknown contract "half"'),
        ("id,not_at\nP1,ofice\n", 'people.csv:2: unknown site "ofice". Did you mean "office"?'),
        ("id,team@lte\nP1,A\n", 'people.csv:2: unknown phase "lte". Did you mean "late"?'),
        ("id,from\nP1,5 Nov\n", "people.csv:2: from: "),
        ("id,name\nP1,A\n\nP2,B\nP1,C\n", 'people.csv:5: the service number "P1" is listed twice'),
        ("id,name\n,A\n", 'people.csv:2: "id" is missing.'),
        ("id,name,id\nP1,A,P2\n", "stands twice"),
        ("id,name\nP1,A,x\n", "people.csv:2: 3 cells under 2 headings."),
        ("", "people.csv:1: the file is empty"),
    ],
)
def test_mistakes_in_a_table(refused: Callable[..., list[str]], table: str, expected: str) -> None:
    (text,) = refused(table)
    assert expected in text


def test_the_same_person_in_two_tables(refused: Callable[..., list[str]], write: Write) -> None:
    write("id\nP1\n", "more.csv")
    (text,) = refused("id\nP1\n", "[people.csv, more.csv]")
    assert text.startswith("more.csv:2: ") and "people.csv:2" in text


@pytest.mark.parametrize("name", ["../people.csv", "/etc/passwd"])
def test_tables_outside_the_folder(refused: Callable[..., list[str]], name: str) -> None:
    (text,) = refused("id\nP1\n", name)
    assert "outside the folder" in text and text.startswith("ops.yaml:")


def test_a_missing_table_and_a_workbook(refused: Callable[..., list[str]]) -> None:
    assert 'there is no file "none.csv"' in refused("id\nP1\n", "none.csv")[0]
    assert 'there is no file "none.xlsx"' in refused("id\nP1\n", "none.xlsx")[0]
    assert "save people.xls as .xlsx or as CSV UTF-8" in refused("id\nP1\n", "people.xls")[0]


def test_a_misspelt_column_is_a_warning(people: Load) -> None:
    problem = people("id,qualifcations,remark\nP1,armed,x\n")
    assert [one for one in problem.warnings if "qualifcations" in one and "qualifications" in one]
    assert not [one for one in problem.warnings if "remark" in one]


def test_inline_people_keep_their_numbers_as_text(people: Load) -> None:
    personnel = "[{id: 007}, {id: 12, qualifications: [armed, driver:2025-01-01]}, {id: P3, qualifications: armed}]"
    problem = people("id\n", personnel)
    assert [one.id for one in problem.people] == ["007", "12", "P3"]
    assert set(problem.people[1].qualifications) == {"armed", "driver"} and set(problem.people[2].qualifications) == {
        "armed"
    }


def test_placeholders(people: Load) -> None:
    problem = people("id\nP1\n", "{files: [people.csv], placeholders: 12}")
    assert [one.id for one in problem.people[:3]] == ["P1", "TBA-01", "TBA-02"] and len(problem.people) == 13
    assert problem.people[1].placeholder and not problem.people[0].placeholder
    groups = (
        "[{count: 2, prefix: BKO-, rank: Ipda, qualifications: [armed], from: 2024-11-06}, {count: 1, prefix: BKO-}]"
    )
    problem = people("id\n", f"{{placeholders: {groups}}}")
    assert [one.id for one in problem.people] == ["BKO-1", "BKO-2", "BKO-3"]
    assert (
        problem.people[0].holds("armed", 10**6) and problem.people[0].rank == 2 and len(problem.people[0].absences) == 1
    )


def test_absences(people: Load, write: Write) -> None:
    write(
        "person,dates,from,until,starts,reason\n"
        "P1,2024-11-05..2024-11-06,,,,leave\n"
        "P1,,2024-11-08 12:00,2024-11-09,,court\n",
        "a.csv",
    )
    problem = people("id\nP1\n", extra="absences: [a.csv, {person: P1, starts: 2024-11-10, reason: training}]\n")
    iso = problem.zone.iso
    assert [(iso(one.start), iso(one.end), one.reason, one.starts_only) for one in problem.people[0].absences] == [
        ("2024-11-05T00:00+07:00", "2024-11-07T00:00+07:00", "leave", False),
        ("2024-11-08T12:00+07:00", "2024-11-10T00:00+07:00", "court", False),
        ("2024-11-10T00:00+07:00", "2024-11-11T00:00+07:00", "training", True),
    ]
    assert str(problem.people[0].absences[1].place).endswith("a.csv:3")


def test_absences_until_for_ever(people: Load) -> None:
    (absence,) = (
        people("id\nP1\n", extra="absences: [{person: P1, dates: 2024-11-05..9999-12-31}]\n").people[0].absences
    )
    assert absence.end > absence.start


def test_mistakes_in_absences(refused: Callable[..., list[str]], write: Write) -> None:
    write("person,dates\nP1,2024-11-05\nP1,2024-11-31\nP1,\n", "a.csv")
    first, second = refused("id\nP1\n", extra="absences: a.csv\n")
    assert first.startswith("a.csv:3: dates: ") and "not a date of the calendar" in first
    assert second.startswith("a.csv:4: ") and "either from and until, or dates, or starts" in second
    write("person,dates\nP01,2024-11-05\n", "a.csv")
    assert refused("id\nP1\n", extra="absences: a.csv\n") == ['a.csv:2: unknown person "P01". Did you mean "P1"?']
    write("who,dates\nP1,2024-11-05\n", "a.csv")
    assert 'The headings are: "who", "dates".' in refused("id\nP1\n", extra="absences: a.csv\n")[0]


def test_people_define_qualifications(people: Load) -> None:
    problem = people("id,qualifications\nP1,medic\nP2,\n")
    assert problem.people[0].holds("medic", 10**6) and not problem.people[1].holds("medic", 0)


def test_needs_may_name_what_people_hold(write: Write) -> None:
    write("id,qualifications\nP1,diver\n", "people.csv")
    needs = GATE.replace("{staff: 1}", "{staff: 1, qualified: {diver: 1}}")
    assert any(one.label == "diver" for one in load(write(HEAD + needs + "personnel: people.csv\n")).problem.demands)
    with pytest.raises(InputError, match=r'unknown qualification "divr"\. Did you mean "diver"'):
        load(write(HEAD + needs.replace("diver", "divr") + "personnel: people.csv\n"))


def test_ranks_that_nothing_ranks_are_left_alone(write: Write) -> None:
    write("id,rank\nP1,Chief\n", "people.csv")
    assert load(write(HEAD + GATE + "personnel: people.csv\n")).problem.people[0].rank is None


def test_spreadsheet_dates_in_tables(people: Load, write: Write) -> None:
    write("person;dates\nP1;08.11.2024..09.11.2024\nP1;2024-11-12\n", "a.csv")
    problem = people(
        "id;qualifications;from\nP1;armed:01.12.2024;08.11.2024 07:00\nP2;;45604\n", extra="absences: a.csv\n"
    )
    one, two = problem.people
    assert one.qualifications["armed"] == parse_date("2024-12-01")
    starts = [date_text(problem.zone.local(gap.start)[0]) for gap in one.absences if gap.start > 0]
    assert starts == ["2024-11-08", "2024-11-12"]
    assert problem.zone.moment_text(one.absences[0].end) == "Fri 8 Nov 07:00"
    assert problem.zone.local(two.absences[0].end)[0] == parse_date("2024-11-08")


def test_a_date_with_two_meanings_in_a_table(refused: Callable[..., list[str]]) -> None:
    (text,) = refused("id,from\nP1,03/04/2024\n")
    assert text.startswith('people.csv:2: "03/04/2024" may mean day/month or month/day')
    (text,) = refused("id,from\nP1,12.30.2024\n")
    assert '"12.30.2024" is not a date' in text


def test_an_absence_of_another_year(people: Load, write: Write) -> None:
    write("person,dates\nP1,2022-11-08\nP1,2024-10-08\n", "a.csv")
    problem = people("id\nP1\n", extra="absences: a.csv\n")
    far = [text for text in problem.warnings if "more than a year before the operation" in text]
    assert len(far) == 1 and "a.csv:2" in far[0]


def test_counters_of_files_and_entries_add_up(people: Load, write: Write) -> None:
    write("person;duties;hours;weekends;note\nP1;3;36,5;1;x\nP2;;;;\n", "c.csv")
    extra = "counters: [c.csv, {person: P1, duties: 2, hours: 24h30m, nights: 1, weekend_duties: 2}]\n"
    one, two = people("id\nP1\nP2\n", extra=extra).people
    assert one.counted == Counted(duties=5, minutes=61 * 60, nights=1, weekends=1, weekend_duties=2)
    assert two.counted == Counted()


def test_counters_stand_beside_a_history(people: Load, write: Write) -> None:
    write("person,shift,start,end\nP1,day,2024-11-03 07:00,2024-11-03 19:00\n", "old.csv")
    extra = "history: old.csv\ncounters: [{person: P1, duties: 2}]\n"
    assert people("id\nP1\n", extra=extra).people[0].counted == Counted(duties=2)


def test_mistakes_in_counters(refused: Callable[..., list[str]], write: Write) -> None:
    write("person,duties,hours\nP1,-2,\nP1,1,many\n", "c.csv")
    assert refused("id\nP1\n", extra="counters: c.csv\n") == [
        'c.csv:2: duties: "-2" is not a number of what was served; write 0 or more, such as 14.',
        'c.csv:3: hours: "many" is not a number of hours; write it like 212 or 212h30m.',
    ]
    write("person,duties\nP1,1\nP1,2\n", "c.csv")
    (twice,) = refused("id\nP1\n", extra="counters: c.csv\n")
    assert twice.startswith('c.csv:3: "P1" is counted twice: also at ') and twice.endswith("Put both into one entry.")
    write("person,duties\nP01,1\n", "c.csv")
    assert refused("id\nP1\n", extra="counters: c.csv\n") == ['c.csv:2: unknown person "P01". Did you mean "P1"?']
    write("who,duties\nP1,1\n", "c.csv")
    assert 'The headings are: "who", "duties".' in refused("id\nP1\n", extra="counters: c.csv\n")[0]
    write("person,total\nP1,1\n", "c.csv")
    assert "no column holds a number" in refused("id\nP1\n", extra="counters: c.csv\n")[0]
    assert "-3" in refused("id\nP1\n", extra="counters: [{person: P1, hours: -3}]\n")[0]


def test_numbers_in_a_column_that_counts_nothing(people: Load, write: Write) -> None:
    write("person,dutys,hours,note\nP1,3,36h,x\n", "c.csv")
    (warning,) = (text for text in people("id\nP1\n", extra="counters: c.csv\n").warnings if "dutys" in text)
    assert 'c.csv:1  the numbers of the column "dutys" are not used. Counted are duties, hours, ' in warning
    write("person,duties,houres\nP1,3,36\n", "c.csv")
    warnings = people("id\nP1\n", extra="counters: c.csv\n").warnings
    (warning,) = (text for text in warnings if "houres" in text)
    assert warning.endswith('c.csv:1  the column "houres" is not used. Did you mean "hours"?')


def workbook(rows: list[list[object]], sheet: str = "Data") -> bytes:
    made = Workbook()
    first = made.active
    assert first is not None
    first.title = sheet
    for row in rows:
        first.append(row)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def test_people_from_a_workbook_of_hr(write: Write) -> None:
    rows: list[list[object]] = [
        ["DATA PERSONEL"],
        [],
        ["No", "NRP", "Nama Lengkap", "Pangkat", "Kualifikasi", "Mulai"],
        [1, 79040211, "Contoh A", "Brigpol", "armed:2025-01-31; driver", dt.datetime(2024, 11, 5)],
        [2, "0041", '=HYPERLINK("http://x")', "Bripda", None, dt.datetime(2024, 11, 6, 12, 0)],
    ]
    write(workbook(rows), "people.xlsx")
    problem = load(write(f"{BASE}personnel: people.xlsx\n")).problem
    one, other = problem.people
    assert (one.id, one.name, one.rank) == ("79040211", "Contoh A", 1)
    assert one.qualifications["armed"] == parse_date("2025-01-31")
    assert one.absences[0].end == problem.zone.instant(parse_date("2024-11-05"), problem.day_starts)
    assert (other.id, other.name) == ("0041", '=HYPERLINK("http://x")')
    assert other.absences[0].end == problem.zone.instant(parse_date("2024-11-06"), 12 * 60)
    assert "people.xlsx" in problem.sources


def test_a_sheet_of_a_workbook_by_name(write: Write) -> None:
    write(workbook([["id"], ["P1"]], "November"), "people.xlsx")
    assert load(write(f'{BASE}personnel: "people.xlsx#November"\n')).problem.people[0].id == "P1"
    with pytest.raises(InputError, match='no sheet "Dec"'):
        load(write(f'{BASE}personnel: "people.xlsx#Dec"\n'))


def test_numbers_that_lost_their_digits_are_refused(write: Write) -> None:
    write(workbook([["id"], [198501012010011001]]), "people.xlsx")
    with pytest.raises(InputError, match="keeps only 15 digits"):
        load(write(f"{BASE}personnel: people.xlsx\n"))


def test_absences_find_people_whose_zeros_were_lost(write: Write) -> None:
    write(workbook([["person", "dates"], [41, "2024-11-05"]]), "absences.xlsx")
    problem = load(write(f'{BASE}personnel: [{{id: "0041"}}, {{id: "0042"}}]\nabsences: absences.xlsx\n')).problem
    assert [len(who.absences) for who in problem.people] == [1, 0]
