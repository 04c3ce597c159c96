"""Calendars, read back by another library."""

from __future__ import annotations

import datetime as dt
import warnings
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from patrolplan.formats.ics import MARK, file_names, people_calendar, site_calendar
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from tests.formats.rosters import NASTY, nasty_problem, rosters
from tests.formats.test_workbook import nasty_roster
from tests.tiny import tiny_problem, tiny_roster

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import ics

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def events(text: str) -> list[Any]:
    """As the library ics reads them, in order of time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return sorted(ics.Calendar(text).events, key=lambda event: (event.begin, event.name))


def times(text: str) -> list[tuple[int, int]]:
    return [(minute(event.begin.datetime), minute(event.end.datetime)) for event in events(text)]


def minute(moment: dt.datetime) -> int:
    return round((moment - EPOCH).total_seconds() / 60)


def parts(text: str) -> dict[str, Any]:
    """Events by identifier, as the library icalendar reads them."""
    return {str(event["uid"]): event for event in Calendar.from_ical(text).walk("VEVENT")}


def berlin(days: int = 5) -> Problem:
    """The clock goes back in the night to 27 October."""
    problem = tiny_problem(["A", "B"], days, first="2024-10-25", zone="Europe/Berlin", posts=["s/p", "s/q"])
    shifts = tuple(replace(shift, handover=15) for shift in problem.shifts)
    return replace(
        problem, shifts=shifts, posts=tuple(replace(post, task=f"Guard {post.name}.") for post in problem.posts)
    )


LINES = {"A": "N N N n D", "B": "D . D@s/q . +D"}


@pytest.mark.parametrize("zone", ["Asia/Pontianak", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
@pytest.mark.parametrize("first", ["2024-11-01", "2024-10-25", "2025-03-28", "2025-04-04"])
def test_another_library_reads_the_roster(zone: str, first: str) -> None:
    problem = tiny_problem(["A", "B"], 5, first=first, zone=zone)
    roster = tiny_roster(problem, {"A": "NNN.D", "B": "DDD.N"})
    for person in (0, 1):
        text = people_calendar(problem, roster, [person])
        assert times(text) == [(duty.start, duty.end) for duty in roster.of(person)]


def test_the_night_in_which_the_clock_goes_back_has_13_hours() -> None:
    problem = berlin()
    text = people_calendar(problem, tiny_roster(problem, LINES), [0])
    night = events(text)[1]
    assert (night.begin.isoformat(), night.end.isoformat()) == (
        "2024-10-26T19:00:00+02:00",
        "2024-10-27T07:00:00+01:00",
    )
    start, end = times(text)[1]
    assert end - start == 13 * 60


def test_a_time_that_the_clock_shows_twice() -> None:
    problem = berlin()
    rows = [
        {"person": "A", "shift": "N", "start": "2024-10-27 01:00", "end": "2024-10-27 02:30", "duty": "x"},
        {"person": "A", "shift": "N", "start": "2024-10-27 02:30", "end": "2024-10-27 07:00", "duty": "y"},
    ]
    roster = tiny_roster(problem, {}, rows)
    later = [replace(part, start=part.start + 60) if part.duty == "y" else part for part in roster.stretches]
    roster = Roster(tuple(later), tuple(replace(d, start=d.start + 60 * (d.id == "y")) for d in roster.duties))
    assert times(people_calendar(problem, roster, [0])) == [(duty.start, duty.end) for duty in roster.duties]


def test_what_an_event_says() -> None:
    problem = berlin()
    night, _, _, on_call, _ = events(people_calendar(problem, tiny_roster(problem, LINES), [0], alarm=120))
    assert (night.name, night.location) == ("N · s/p", "s")
    assert night.description.splitlines() == [
        "Guard p.",
        "Handover of 15 min at 19:00 and at 07:00.",
        "You relieve B.",
    ]
    assert on_call.name == "On call: N · s/p"
    assert on_call.transparent and not night.transparent
    assert [alarm.trigger for alarm in night.alarms] == [dt.timedelta(hours=-2)]


def test_without_a_wish_there_is_no_alarm() -> None:
    problem = berlin()
    assert "VALARM" not in people_calendar(problem, tiny_roster(problem, LINES), [0])


def test_relief_inside_a_duty_is_told() -> None:
    problem = berlin()
    rows = [
        {
            "person": "A",
            "post": "s/p",
            "shift": "D",
            "start": "2024-10-25 07:00",
            "end": "2024-10-25 12:00",
            "duty": "x",
        },
        {
            "person": "A",
            "post": "s/q",
            "shift": "D",
            "start": "2024-10-25 12:00",
            "end": "2024-10-25 19:00",
            "duty": "x",
        },
    ]
    (event,) = events(people_calendar(problem, tiny_roster(problem, {}, rows), [0]))
    assert event.name == "D · s/p > s/q"
    assert event.description.splitlines()[:2] == ["07:00-12:00 s/p", "12:00-19:00 s/q"]


def test_several_people_in_one_calendar_are_told_apart() -> None:
    problem = berlin()
    names = {
        event.name.split(":")[0] for event in events(people_calendar(problem, tiny_roster(problem, LINES), [0, 1]))
    }
    assert names == {"A", "B"}


def test_a_site_has_one_event_for_those_who_come_and_go_together() -> None:
    problem = berlin()
    roster = tiny_roster(problem, {"A": "D D@s/q", "B": "D ."})
    found = events(site_calendar(problem, roster, [0]))
    assert [event.name for event in found] == ["s/p: A, B", "s/q: A"]
    assert found[0].description.splitlines() == ["A", "B", "Guard p."]


def test_a_second_export_is_the_same_and_updates() -> None:
    problem = berlin()
    first = people_calendar(problem, tiny_roster(problem, LINES), [0])
    assert people_calendar(problem, tiny_roster(problem, LINES), [0]) == first
    assert people_calendar(problem, tiny_roster(problem, LINES), [0], earlier=first.encode()) == first
    changed = tiny_roster(problem, {**LINES, "A": "N@s/q N . n D"})
    second = people_calendar(problem, changed, [0], earlier=first.encode())
    before, after = parts(first), parts(second)
    assert set(before) == set(after), "no event twice, none lost"
    sequence = {str(event["summary"]): int(event["sequence"]) for event in after.values()}
    assert sequence["N · s/q"] == 1, "moved to another post"
    assert sequence["D · s/p"] == 0, "as it was"
    (gone,) = [event for event in after.values() if str(event["status"]) == "CANCELLED"]
    assert gone["dtstart"].dt == dt.datetime(2024, 10, 27, 19, tzinfo=gone["dtstart"].dt.tzinfo)
    assert int(gone["sequence"]) == 1
    assert people_calendar(problem, changed, [0], earlier=second.encode()) == second
    third = parts(people_calendar(problem, tiny_roster(problem, LINES), [0], earlier=second.encode()))
    assert str(third[str(gone["uid"])]["status"]) == "CONFIRMED"
    assert int(third[str(gone["uid"])]["sequence"]) == 2


def test_earlier_calendars_of_others_do_not_count() -> None:
    problem = berlin()
    roster = tiny_roster(problem, LINES)
    plain = people_calendar(problem, roster, [1])
    other = people_calendar(problem, roster, [0]).encode()
    strange = b"BEGIN:VCALENDAR\r\n" + MARK + b"x\r\nEND:VCALENDAR\r\n"
    for earlier in (other, strange, b"garbage " + MARK, b"\xff" + MARK):
        assert people_calendar(problem, roster, [1], earlier=earlier) == plain


def test_last_month_in_the_same_place_is_not_cancelled() -> None:
    old = tiny_problem(["A"], 3, first="2024-09-25", zone="Europe/Berlin")
    new = tiny_problem(["A"], 3, first="2024-10-25", zone="Europe/Berlin")
    before = people_calendar(old, tiny_roster(old, {"A": "DDD"}), [0])
    after = people_calendar(new, tiny_roster(new, {"A": "DD."}), [0], earlier=before.encode())
    assert "CANCELLED" not in after and len(events(after)) == 2
    assert not set(parts(before)) & set(parts(after)), "other dates, other identifiers"


def test_identifiers_differ_between_operations_people_and_sites() -> None:
    problem = berlin()
    roster = tiny_roster(problem, LINES)
    renamed = replace(problem, name="another")
    found = [
        people_calendar(problem, roster, [0]),
        people_calendar(problem, roster, [1]),
        site_calendar(problem, roster, [0]),
        people_calendar(renamed, roster, [0]),
    ]
    every = [uid for text in found for uid in parts(text)]
    assert len(every) == len(set(every))


def test_harmful_names_do_no_harm() -> None:
    problem = nasty_problem()
    roster = nasty_roster(problem)
    text = people_calendar(problem, roster, range(len(problem.people)))
    assert len(events(text)) == len(roster.duties)
    said = " ".join(event.name for event in events(text))
    for name in NASTY[:4]:
        assert name in said
    assert "\u202e" not in text, "nothing turns the direction of what follows"
    assert all(len(line.encode()) <= 75 for line in text.splitlines())


def test_names_of_files() -> None:
    found = file_names(["A/1", "A:1", "a_1", "..", "محمد", ""])
    assert len({name.casefold() for name in found.values()}) == 6
    assert not [name for name in found.values() if "/" in name or name.startswith(".")]


@settings(max_examples=20, deadline=None, derandomize=True)
@given(data=st.data())
def test_any_roster_is_read_back_to_the_minute(data: st.DataObject) -> None:
    problem = nasty_problem()
    roster = data.draw(rosters(problem))
    text = people_calendar(problem, roster, range(len(problem.people)))
    assert sorted(times(text)) == sorted((duty.start, duty.end) for duty in roster.duties)
    assert people_calendar(problem, roster, range(len(problem.people)), earlier=text.encode()) == text
    assert len(parts(text)) == len(roster.duties), "every duty has an identifier of its own"
