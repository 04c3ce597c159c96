"""The section ``holidays``, and the needs and rules that use it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from patrolplan.config import Loaded, resolved_text
from patrolplan.errors import Complaint
from patrolplan.units import date_text
from tests.config.conftest import GATE, HEAD, TAIL, Write

Load = Callable[[str], Loaded]
Complaints = Callable[[str], list[Complaint]]
LATE = HEAD.replace("2024-11-04", "2024-12-23").replace("2024-11-11", "2025-01-06")
SOUND = LATE + GATE + TAIL


def inside(loaded: Loaded) -> dict[str, str]:
    """The holidays of the operation."""
    problem = loaded.problem
    days = {day: name for day, name in problem.holidays.items() if problem.first_day <= day <= problem.last_day}
    return {date_text(day): name for day, name in days.items()}


def test_holidays_of_a_country_keep_their_names(loaded: Load) -> None:
    found = loaded("holidays: ID\n" + SOUND)
    assert inside(found) == {"2024-12-25": "Christmas Day", "2025-01-01": "New Year's Day"}
    assert any(date_text(day) == "2023-12-25" for day in found.problem.holidays)
    assert loaded("holidays: {country: Indonesia}\n" + SOUND).problem.holidays == found.problem.holidays


def test_names_in_the_language_of_the_papers(loaded: Load) -> None:
    text = SOUND.replace("  name: Test\n", "  name: Test\n  language: id\n")
    assert inside(loaded("holidays: ID\n" + text))["2024-12-25"] == "Hari Raya Natal"
    assert inside(loaded("holidays: FR\n" + text))["2024-12-25"] == "Christmas Day"


def test_names_do_not_depend_on_the_computer(loaded: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    found = inside(loaded("holidays: {country: DE, region: Bayern}\n" + SOUND))
    assert (found["2024-12-25"], found["2025-01-01"]) == ("Christmas Day", "New Year's Day")


def test_a_region_has_holidays_of_its_own(loaded: Load) -> None:
    longer = SOUND.replace("2025-01-06", "2025-01-08")
    assert "2025-01-06" in inside(loaded("holidays: {country: DE, region: BY}\n" + longer))
    assert "2025-01-06" not in inside(loaded("holidays: DE\n" + longer))


def test_dates_more_and_less(loaded: Load) -> None:
    section = "{country: ID, also: {2024-12-24: Contoh, 2024-12-31: }, not: [2024-12-25, 2024-12-26]}"
    found = loaded(f"holidays: {section}\n" + SOUND)
    assert inside(found) == {"2024-12-24": "Contoh", "2024-12-31": "public holiday", "2025-01-01": "New Year's Day"}
    (warning,) = found.warnings
    assert (warning.message, warning.place.line) == ("2024-12-26 is no holiday anyway.", 1)


@pytest.mark.parametrize("section", ["2024-12-24..2024-12-26", "[2024-12-24, 2024-12-25..2024-12-26]"])
def test_dates_alone(section: str, loaded: Load) -> None:
    assert list(inside(loaded(f"holidays: {section}\n" + SOUND))) == ["2024-12-24", "2024-12-25", "2024-12-26"]


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("Indonesien", 'no holidays are known of a country "Indonesien". Did you mean "Indonesia"?'),
        ("QQ", 'no holidays are known of a country "QQ".'),
        ("{country: DE, region: Bayrn}", 'DE has no region "Bayrn". Did you mean "Bayern"?'),
        ("{country: ID, region: KT}", "no regions are known of ID; leave region out"),
        ("{region: BY}", "a region needs its country"),
        ("{countri: ID}", 'unknown key "countri". Did you mean "country"?'),
        ("[2024-12-32]", '"2024-12-32" is not a date'),
    ],
)
def test_mistakes(section: str, words: str, complaints: Complaints) -> None:
    (complaint,) = complaints(f"holidays: {section}\n" + SOUND)
    assert words in complaint.message
    assert complaint.place.line == 1


NEEDS = """\
sites:
  office:
    posts:
      gate:
        needs:
          - {days: mon-fri, not_holidays: true, staff: 3}
          - {days: [sat, sun, holiday], staff: 1}
          - {shift: night, days: holiday, staff: 2}
"""


def test_needs_on_holidays_and_on_other_days(loaded: Load) -> None:
    demands = loaded("holidays: 2024-12-25\n" + LATE + NEEDS + TAIL).problem.demands
    problem = loaded("holidays: 2024-12-25\n" + LATE + NEEDS + TAIL).problem
    weekdays, others, night = [one for one in demands if one.kind == "staff"]
    christmas = problem.zone.instant(problem.first_day + 2, 12 * 60)
    assert not any(one.start <= christmas < one.end for one in weekdays.windows)
    assert sum(one.end - one.start for one in weekdays.windows) == 9 * 24 * 60
    assert any(one.start <= christmas < one.end for one in others.windows)
    assert sum(one.end - one.start for one in others.windows) == 5 * 24 * 60
    assert [one.turn for one in night.windows] == [(problem.first_day + 2, 1)]


def test_weekdays_hold_on_holidays_unless_the_need_says_otherwise(loaded: Load) -> None:
    needs = NEEDS.replace("not_holidays: true, ", "")
    demands = loaded("holidays: 2024-12-25\n" + LATE + needs + TAIL).problem.demands
    assert sum(one.end - one.start for one in demands[0].windows) == 10 * 24 * 60


def test_a_need_is_on_holidays_or_not(complaints: Complaints) -> None:
    needs = NEEDS.replace("days: mon-fri", "days: holiday")
    (complaint,) = complaints("holidays: ID\n" + LATE + needs + TAIL)
    assert "a need holds on holidays (days) or not_holidays, not both" in complaint.message


def test_weekends_are_weekdays_only(complaints: Complaints) -> None:
    (complaint,) = complaints("weekend: [sat, holiday]\n" + SOUND)
    assert '"holiday" is not a weekday' in complaint.message


def test_who_speaks_of_holidays_without_any_is_told(loaded: Load) -> None:
    rules = TAIL + "  - fairness: {of: [hours, holidays]}\n"
    found = loaded(LATE + NEEDS + rules).warnings
    assert [one.place.line for one in found] == [15, 16, 17, 23]
    assert all("this is about public holidays, but none are named" in one.message for one in found)
    assert not loaded("holidays: []\n" + LATE + NEEDS + rules).warnings


def test_the_resolved_operation_lists_them(write: Write) -> None:
    text = resolved_text(write("holidays: ID\n" + SOUND))
    assert (
        "# Public holidays\n#   Wed 25 Dec               Christmas Day\n#   Wed 1 Jan                New Year" in text
    )
    assert "Public holidays" not in resolved_text(write(SOUND))


@pytest.mark.parametrize(
    ("section", "is_imported"), [("", False), ("holidays: 2024-12-25\n", False), ("holidays: ID\n", True)]
)
def test_the_library_is_imported_only_for_a_country(section: str, is_imported: bool, write: Write) -> None:
    path = write(section + SOUND)
    code = (
        "import sys; from pathlib import Path; from patrolplan.config import load; "
        f"load(Path({str(path)!r})); heavy = {{'numpy', 'pandas', 'ortools'}}; "
        "assert not heavy & set(sys.modules); print('holidays' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(is_imported)


def test_holidays_served_before_are_counted(loaded: Load) -> None:
    found = loaded("holidays: ID\ncounters: [{person: P1, holidays: 2}]\n" + SOUND)
    assert [who.counted.holidays for who in found.problem.people] == [2, 0]
