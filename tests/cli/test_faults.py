"""Every fault planted in a sound roster is found, with its minute, its person or post, and the line behind it."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ran, Run, Solved
from tests.cli.operations import (
    KPU,
    Row,
    Served,
    hours_by_week,
    line_of,
    longest_nights,
    read_rows,
    rests,
    served,
    write_rows,
)

Finding = dict[str, Any]
Expected = dict[str, Any]
Plant = Callable[[list[Row], Path], Expected]


def holders(operation: Path, qualification: str) -> set[str]:
    """People of the personnel files beside an operation who hold a qualification."""
    found = set()
    for name in ("people.csv", "attached.csv"):
        if (operation.parent / name).exists():
            with (operation.parent / name).open(encoding="utf-8", newline="") as stream:
                found |= {
                    one["id"] for one in csv.DictReader(stream) if qualification in one["qualifications"].split(";")
                }
    return found


def at(rows: list[Row], post: str, shift: str) -> Iterator[Row]:
    return (row for row in rows if row["post"] == post and row["shift"] == shift and row["kind"] == "duty")


def gap(operation: Path, row: Row, need: str, **more: Any) -> Expected:
    """The cover gap that opens where a row is lost."""
    site, post = row["site"], row["post"]
    place = {"site": site, "post": f"{site}/{post}", "file": str(operation), "line": line_of(operation, need)}
    return {"code": "PP101", "severity": "gap", "from": row["start"], "until": row["end"]} | place | more


def deleted_row(rows: list[Row], operation: Path) -> Expected:
    row = list(at(rows, "door", "night"))[2]
    rows.remove(row)
    return gap(operation, row, "needs: [{staff: 1}]", actual=0, required=1)


def swapped_people(rows: list[Row], operation: Path) -> Expected:
    """An armed guard of one night changes place with an unarmed one of a day."""
    armed = holders(operation, "armed")
    night = list(at(rows, "gate", "night"))[3]
    day = next(row for row in at(rows, "gate", "day") if row["person"] not in armed)
    for key in ("person", "name"):
        night[key], day[key] = day[key], night[key]
    return gap(operation, night, "qualified: {armed: 1}", code="PP102", actual=0, required=1)


def overlap(rows: list[Row], operation: Path) -> Expected:
    row = list(at(rows, "door", "day"))[1]
    rows.append(row | {"site": "harbour", "post": "gate", "duty": "twice"})
    times = {"from": row["start"], "until": row["end"], "actual": 12.0}
    return {"code": "PP202", "severity": "hard", "person": row["person"], "rule": "one_duty"} | times


def short_rest(rows: list[Row], operation: Path) -> Expected:
    """Whoever worked the day stays for the night."""
    first = dt.date(2025, 3, 6).isoformat()
    day = next(row for row in at(rows, "door", "day") if row["start"].startswith(first))
    night = next(row for row in at(rows, "door", "night") if row["start"].startswith(first))
    night |= {"person": day["person"], "name": day["name"], "duty": "stays"}
    place = {"file": str(operation), "line": line_of(operation, "- rest: 11h"), "rule": "rest"}
    times = {"from": night["start"], "until": night["end"], "actual": 0.0, "required": 11.0}
    return {"code": "PP204", "severity": "hard", "person": day["person"]} | place | times


def too_many_hours(rows: list[Row], operation: Path) -> Expected:
    """One person takes over all nights at the door."""
    for row in at(rows, "door", "night"):
        row |= {"person": "P01", "name": "Contoh 1", "duty": ""}
    place = {"file": str(operation), "line": line_of(operation, "- hours:"), "rule": "hours", "person": "P01"}
    times = {"from": "2025-03-03T00:00+07:00", "until": "2025-03-10T00:00+07:00", "required": 48.0}
    return {"code": "PP205", "severity": "hard"} | place | times


def unqualified(rows: list[Row], operation: Path) -> Expected:
    row = list(at(rows, "door", "day"))[4]
    row |= {"person": "P12", "name": "Contoh 12", "duty": ""}
    place = {"site": "depot", "post": "depot/door", "person": "P12", "rule": "eligibility"}
    return {"code": "PP210", "severity": "hard", "from": row["start"], "until": row["end"]} | place


def shifted_end(rows: list[Row], operation: Path) -> Expected:
    row = next(at(rows, "door", "day"))
    end = row["end"]
    row["end"] = end.replace("T19:00", "T18:50")
    return gap(operation, row, "needs: [{staff: 1}]", until=end, actual=0, required=1) | {"from": row["end"]}


def shifted_end_unlike_its_shift(rows: list[Row], operation: Path) -> Expected:
    row = next(at(rows, "door", "day"))
    row["end"] = row["end"].replace("T19:00", "T18:50")
    return {"code": "PP902", "severity": "soft", "person": row["person"], "until": row["end"]}


def unknown_person(rows: list[Row], operation: Path) -> Expected:
    row = next(at(rows, "gate", "night"))
    row |= {"person": "P99", "name": ""}
    return {"code": "PP901", "severity": "hard", "line": rows.index(row) + 2, "row": rows.index(row) + 2}


def gap_of_an_unknown_person(rows: list[Row], operation: Path) -> Expected:
    row = next(at(rows, "gate", "night"))
    row |= {"person": "P99", "name": ""}
    return gap(operation, row, "{staff: 1, qualified", actual=0, required=1)


def unknown_post(rows: list[Row], operation: Path) -> Expected:
    row = next(at(rows, "door", "night"))
    row["post"] = "dor"
    return {"code": "PP901", "severity": "hard", "row": rows.index(row) + 2}


def duty_on_leave(rows: list[Row], operation: Path) -> Expected:
    row = next(row for row in at(rows, "door", "day") if row["start"].startswith("2025-03-05"))
    row |= {"person": "P03", "name": "Contoh 3", "duty": ""}
    place = {"person": "P03", "post": "depot/door", "rule": "availability"}
    return {"code": "PP201", "severity": "hard", "from": row["start"], "until": row["end"]} | place


def matching(findings: list[Finding], expected: Expected) -> list[Finding]:
    return [one for one in findings if all(one[key] == value for key, value in expected.items())]


@pytest.mark.parametrize(
    "plant",
    [
        deleted_row,
        swapped_people,
        overlap,
        short_rest,
        too_many_hours,
        unqualified,
        shifted_end,
        shifted_end_unlike_its_shift,
        unknown_person,
        gap_of_an_unknown_person,
        unknown_post,
        duty_on_leave,
    ],
)
def test_a_planted_fault_is_found(plant: Plant, two_sites: Solved, run: Run, folder: Path) -> None:
    rows = read_rows(two_sites.roster)
    expected = plant(rows, two_sites.operation)
    roster = write_rows(folder / "faulty.csv", rows)
    ran = run("check", two_sites.operation, roster, "--format", "json")
    assert matching(ran.findings, expected), [one for one in ran.findings if one["code"] == expected["code"]]
    assert ran.code == (0 if expected["severity"] == "soft" and not has_gap(ran) else 1)
    text = run("check", two_sites.operation, roster)
    assert text.code == ran.code
    assert expected["code"] in text.out


def has_gap(ran: Ran) -> bool:
    return any(one["severity"] in ("gap", "hard") for one in ran.findings)


def test_the_sound_roster_has_no_finding(two_sites: Solved, run: Run) -> None:
    assert two_sites.ran.code == 0
    ran = run("check", two_sites.operation, two_sites.roster, "--fail-on", "any", "--format", "json")
    assert (ran.code, ran.data["status"]) == (0, "clean")


def test_a_name_that_belongs_to_somebody_else_is_said(two_sites: Solved, run: Run, folder: Path) -> None:
    rows = read_rows(two_sites.roster)
    rows[0]["name"] = "Contoh 12"
    ran = run("check", two_sites.operation, write_rows(folder / "r.csv", rows), "--format", "json")
    assert ran.code == 0
    found = [(one["code"], one["severity"], one["row"]) for one in ran.findings if one["severity"] != "note"]
    assert found == [("PP901", "soft", 2)]


# -- the election guard ----------------------------------------------------------------------------------------------

LATER = dt.datetime.fromisoformat("2024-11-24T07:00+07:00")
"""From here on 24 hours of rest and 60 hours a week hold."""


def test_the_roster_keeps_its_rules_by_another_count(kpu: Solved) -> None:
    assert kpu.ran.code == 1, kpu.ran.err
    rows = read_rows(kpu.roster)
    able = {"control-room": holders(KPU, "radio"), "danru": holders(KPU, "danru")}
    assert len(rows) > 2000
    for person, duties in served(rows).items():
        for earlier, later, hours in rests(duties):
            least = 24 if earlier.start >= LATER or later.start >= LATER else 11
            assert hours >= least, (person, earlier.row, later.row)
        assert longest_nights(duties) <= 3, person
        early = hours_by_week(one for one in duties if one.start < LATER)
        late = hours_by_week(one for one in duties if one.start >= LATER)
        assert max(early.values(), default=0) <= 48, person
        assert max(late.values(), default=0) <= 60, person
        assert all(person in able.get(one.row["post"], {person}) for one in duties), person


def test_nobody_on_call_is_on_duty(kpu: Solved) -> None:
    rows = read_rows(kpu.roster)
    on_duty = served(rows)
    for row in rows:
        if row["kind"] == "standby":
            start, end = (dt.datetime.fromisoformat(row[key]) for key in ("start", "end"))
            assert not any(one.start < end and start < one.end for one in on_duty.get(row["person"], ()))


def test_faults_planted_in_the_election_guard_are_found(kpu: Solved, run: Run, folder: Path) -> None:
    rows = read_rows(kpu.roster)
    baseline = {json.dumps(one) for one in run("check", KPU, kpu.roster, "--format", "json").findings}
    expected = list(plant_in_kpu(rows))
    roster = write_rows(folder / "faulty.csv", rows)
    ran = run("check", KPU, roster, "--format", "json")
    assert ran.code == 1
    new = [one for one in ran.findings if json.dumps(one) not in baseline]
    missed = [one for one in expected if not matching(new, one)]
    assert missed == []


def plant_in_kpu(rows: list[Row]) -> Iterator[Expected]:
    """Faults at posts and dates that do not touch one another, each with what must be found."""
    file = {"file": str(KPU)}
    first = one_at(rows, "kpu-province/control-room", "2024-11-10", "day")
    rows.remove(first)
    yield post_gap("kpu-province/control-room", first) | file | {"actual": 0, "required": 1}

    second = one_at(rows, "kpu-city/danru", "2024-11-12", "night")
    outsider = free_person(rows, second, KPU, without="danru")
    second |= {"person": outsider, "name": "", "duty": ""}
    yield {"code": "PP210", "severity": "hard", "person": outsider, "post": "kpu-city/danru", "from": second["start"]}

    third = one_at(rows, "warehouse/danru", "2024-11-14", "day")
    end = third["end"]
    third["end"] = end.replace("T19:00", "T18:50")
    yield post_gap("warehouse/danru", third) | file | {"from": third["end"], "until": end, "actual": 0}

    fourth = one_at(rows, "bawaslu-province/danru", "2024-11-16", "day")
    rows.append(fourth | {"site": "kpu-city", "post": "gate", "duty": "twice"})
    yield {"code": "PP202", "severity": "hard", "person": fourth["person"], "from": fourth["start"]}

    fifth = one_at(rows, "bawaslu-province/danru", "2024-11-18", "night")
    fifth["person"], fifth["name"] = "99999999", ""
    yield {"code": "PP901", "severity": "hard", "row": rows.index(fifth) + 2}
    yield post_gap("bawaslu-province/danru", fifth) | file | {"actual": 0}

    sixth = one_at(rows, "kpu-city/danru", "2024-11-20", "day")
    sixth["post"] = "comand"
    yield {"code": "PP901", "severity": "hard", "row": rows.index(sixth) + 2}

    seventh = one_at(rows, "kpu-city/danru", "2024-12-01", "night")
    row = one_at(rows, "kpu-city/danru", "2024-12-02", "night")
    row |= {"person": seventh["person"], "name": "", "duty": ""}
    rest = {"actual": 12.0, "required": 24.0, "rule": "rest-later", "line": line_of(KPU, "id: rest-later")}
    yield {"code": "PP204", "severity": "hard", "person": row["person"], "from": row["start"]} | rest | file

    eighth = one_at(rows, "kpu-city/lobby", "2024-11-22", "night")
    person, day = absence_on_a_date(KPU)
    start, end = f"{day}T07:00+07:00", f"{day}T19:00+07:00"
    times = {"shift": "day", "start": start, "end": end}
    rows.append(eighth | {"person": person, "name": "", "duty": "leave"} | times)
    yield {"code": "PP201", "severity": "hard", "person": person, "from": start, "until": end}


def one_at(rows: list[Row], key: str, date: str, shift: str) -> Row:
    site, post = key.split("/")
    return next(row for row in at(rows, post, shift) if row["site"] == site and row["start"].startswith(date))


def post_gap(key: str, row: Row) -> Expected:
    return {"code": "PP101", "severity": "gap", "post": key, "from": row["start"], "until": row["end"]}


def free_person(rows: list[Row], like: Row, operation: Path, without: str) -> str:
    """Somebody who is far from any duty at the time of a row and lacks a qualification."""
    start, end = (dt.datetime.fromisoformat(like[key]) for key in ("start", "end"))
    margin = dt.timedelta(hours=11)

    def is_free(duties: list[Served]) -> bool:
        return all(one.end + margin <= start or end + margin <= one.start for one in duties)

    able = holders(operation, without)
    return next(person for person, duties in served(rows).items() if person not in able and is_free(duties))


def absence_on_a_date(operation: Path) -> tuple[str, str]:
    """A person and a date on which they are absent."""
    with (operation.parent / "absences.csv").open(encoding="utf-8", newline="") as stream:
        return next((row["person"], row["dates"].split("..")[0]) for row in csv.DictReader(stream) if row["dates"])
