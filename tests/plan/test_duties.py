"""How people and duties are named."""

from __future__ import annotations

import pytest

from patrolplan.errors import InputError
from patrolplan.plan.absences import parse_away
from patrolplan.plan.duties import find_duty
from patrolplan.plan.naming import person_named
from tests.tiny import tiny_problem, tiny_roster

PROBLEM = tiny_problem(
    ["0012", "B"],
    4,
    posts={"s/gate": {}, "t/gate": {}, "t/yard": {"shifts": "D"}},
    rules=[{"one_duty": {}}],
)
ROSTER = tiny_roster(PROBLEM, {"0012": "D@s/gate . . .", "B": "D@s/gate N@t/gate . ."})


@pytest.mark.parametrize("text", ["0012", "12", " 12 "])
def test_a_service_number_may_have_lost_its_zeros(text: str) -> None:
    assert person_named(text, PROBLEM) == 0


def test_a_duty_by_place_and_time_has_all_its_holders() -> None:
    named = find_duty(PROBLEM, ROSTER, "s/gate@2024-11-04:D")
    assert [duty.person for duty in named.holders] == [0, 1] and named.slot.post == 0
    assert find_duty(PROBLEM, ROSTER, "yard@2024-11-04").slot.shift == PROBLEM.shift_index["D"]


def test_a_duty_by_its_id_has_one_holder() -> None:
    named = find_duty(PROBLEM, ROSTER, "B/2024-11-05/N")
    assert [duty.person for duty in named.holders] == [1] and named.slot.post == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gate@2024-11-04:D", "may be s/gate, t/gate"),
        ("s/gate@2024-11-04", "has the shifts D, N"),
        ("s/gate@2024-11-31:D", "not a date"),
        ("B/2024-11-05/D", "is no duty of the roster"),
        ("C", "is no duty of the roster"),
    ],
)
def test_what_names_no_duty_is_refused(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        find_duty(PROBLEM, ROSTER, text)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("B=2024-11-05", "2024-11-05T00:00+07:00", "2024-11-06T00:00+07:00"),
        ("B=2024-11-05..2024-11-06", "2024-11-05T00:00+07:00", "2024-11-07T00:00+07:00"),
        ("B=2024-11-05 19:00..2024-11-06 07:00", "2024-11-05T19:00+07:00", "2024-11-06T07:00+07:00"),
        ("B=2024-11-05 19:00", "2024-11-05T19:00+07:00", "2024-11-06T00:00+07:00"),
    ],
)
def test_dates_of_an_absence_are_whole_days_and_moments_are_exact(text: str, start: str, end: str) -> None:
    assert tuple(map(PROBLEM.zone.iso, parse_away(text).span(PROBLEM))) == (start, end)


@pytest.mark.parametrize("text", ["B", "=2024-11-05", "B=", "B=yesterday", "B=2024-11-06..2024-11-05"])
def test_what_is_no_absence_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_away(text)
