"""The language that is spoken is a setting that can be lent and given back."""

import datetime as dt

import pytest
from babel.dates import format_date, format_datetime
from hypothesis import given
from hypothesis import strategies as st

from patrolplan.language import (
    ENGLISH,
    _,
    date_words,
    figures,
    language_of,
    later,
    plural,
    plural_form,
    speak,
    speaking,
    spoken,
    suggest,
    weekday_letters,
)
from patrolplan.terminal.console import number_text
from patrolplan.units import Zone, duration_text

PATTERNS = ("EEE d MMM", "EEEE, d MMMM y", "d MMM", "MMM", "LLLL y", "EEE", "dd/MM/yyyy", "y-MM-dd", "d MMMM 'to' y")


def test_english_is_spoken_and_words_stay_as_they_are() -> None:
    assert spoken() == "en"
    assert _("Gaps, worst first") == later("Gaps, worst first") == "Gaps, worst first"
    assert plural("{n} gap", "{n} gaps", 1) == "1 gap"
    assert plural("{n} gap", "{n} gaps", 3) == "3 gaps"
    assert plural("{n:,} gap at {post}", "{n:,} gaps at {post}", 1200, post="gate") == "1,200 gaps at gate"
    assert figures("1,234.5") == "1,234.5"


def test_words_numbers_and_plurals_are_those_of_the_language() -> None:
    with speaking("id"):
        assert _("Gaps, worst first") == "Kekurangan, dari yang terberat"
        assert _("words that no catalogue holds") == "words that no catalogue holds"
        assert plural_form("person", "people", 1) == plural_form("person", "people", 5) == "personel"
        assert plural("{n:,} gap at {post}", "{n:,} gaps at {post}", 1200, post="gate") == "1.200 gaps at gate"
        assert figures("1,234.5") == "1.234,5"
        assert number_text(2842) == "2.842" and number_text(0.25) == "0,2"
        assert duration_text(90) == "1 jam 30 menit"
    assert duration_text(90) == "1 h 30 min"


def test_dates_and_weekdays_are_those_of_the_language() -> None:
    day, zone = dt.date(2024, 11, 27), Zone("Asia/Pontianak")
    assert zone.day_text(day.toordinal()) == "Wed 27 Nov"
    assert weekday_letters(day) == "We"
    with speaking("id"):
        assert zone.day_text(day.toordinal()) == "Rab 27 Nov"
        assert date_words(day, "EEEE, d MMMM y") == "Rabu, 27 November 2024"
        assert date_words(dt.datetime(2024, 12, 7, 19, 5), "EEE d MMM HH:mm") == "Sab 7 Des 19:05"
        assert zone.moment_text(zone.instant(day.toordinal(), 7 * 60)) == "Rab 27 Nov 07:00"
        letters = [weekday_letters(day + dt.timedelta(days=step)) for step in range(7)]
        assert letters == ["Rb", "Km", "Jm", "Sb", "Mg", "Sn", "Sl"]


@given(st.dates(dt.date(1950, 1, 1), dt.date(2119, 12, 31)), st.sampled_from(PATTERNS))
def test_english_dates_are_written_as_babel_would(day: dt.date, pattern: str) -> None:
    assert date_words(day, pattern) == format_date(day, pattern, locale=ENGLISH)


@given(st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2119, 12, 31)), st.sampled_from(("HH:mm", "EEE d MMM H:mm")))
def test_english_moments_are_written_as_babel_would(moment: dt.datetime, pattern: str) -> None:
    assert date_words(moment, pattern) == format_datetime(moment, pattern, locale=ENGLISH)


@pytest.mark.parametrize(("pattern", "field"), [("G y", "G"), ("EE d", "E"), ("HH:mm", "HH")])
def test_a_pattern_that_is_not_known_for_a_date_is_refused(pattern: str, field: str) -> None:
    with pytest.raises(ValueError, match=f'"{field}"'):
        date_words(dt.date(2024, 11, 27), pattern)


def test_a_language_is_given_back_even_after_a_failure() -> None:
    with pytest.raises(RuntimeError), speaking("id"):
        assert spoken() == "id"
        raise RuntimeError
    assert spoken() == "en"


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match="xx"):
        speak("xx")


def test_a_file_is_heard_only_where_nothing_is_settled() -> None:
    suggest("id")
    assert spoken() == "en"
    with speaking("en", settled=False):
        suggest("id")
        assert spoken() == "id"
        suggest(None)
        assert spoken() == "en"
        suggest("xx")
        assert spoken() == "en"
        with speaking("id"):
            suggest("en")
            assert spoken() == "id"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "id_ID.UTF-8"}, "id"),
        ({"LANG": "ID"}, "id"),
        ({"LC_ALL": "", "LC_MESSAGES": "id@latin", "LANG": "en"}, "id"),
        ({"LC_ALL": "POSIX", "LANG": "id_ID"}, "en"),
        ({"LC_CTYPE": "id_ID"}, "en"),
    ],
)
def test_the_locale_names_the_language(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language
