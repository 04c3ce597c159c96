from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrolplan.papers.names import Names, shown
from patrolplan.problem import Person
from tests.papers.harbour import ARABIC, COMBINING, HEBREW, TURNED
from tests.tiny import tiny_problem


def names_of(style: str, *people: tuple[str, str]) -> list[str]:
    problem = tiny_problem(["A"])
    object.__setattr__(problem, "people", tuple(Person(number, name) for number, name in people))
    names = Names(problem, style)
    return [names.name(index) for index in range(len(people))]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Contoh A.", "C. A."),
        ("anak agung", "a. a."),
        (ARABIC, "\u0645. \u0627."),
        (HEBREW, "ש. כ."),
        (COMBINING, "N. T. A\u0301."),
        ('"Quoted" (name)', "Q. n."),
        ("=HYPERLINK", "H."),
        ("***", "P."),
        ("", "P."),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert names_of("initials", ("P01", name)) == [expected]


def test_initials_that_several_share_are_told_apart() -> None:
    people = [("79040211", "Contoh A"), ("79040322", "Citra Ayu"), ("1", "Budi B")]
    assert names_of("initials", *people) == ["C. A. 211", "C. A. 322", "B. B."]


def test_numbers_and_telephones_are_shown_as_the_style_allows() -> None:
    problem = tiny_problem(["A"])
    object.__setattr__(problem, "people", (Person("0041", "Contoh A", phone="0811"),))
    found = {style: Names(problem, style) for style in ("full", "initials", "id")}
    assert [(one.name(0), one.number(0), one.phone(0)) for one in found.values()] == [
        ("Contoh A", "0041", "0811"),
        ("C. A.", "", ""),
        ("0041", "0041", ""),
    ]


def test_names_inside_other_words_follow_the_style() -> None:
    problem = tiny_problem(["A"])
    people = (Person("1", "Contoh A"), Person("2", "Contoh AB"), Person("3", ""))
    object.__setattr__(problem, "people", people)
    words = "Contoh AB and Contoh A are together; Contoh Ac is not known"
    assert Names(problem, "full").within(words) == words
    assert Names(problem, "id").within(words) == "2 and 1 are together; Contoh Ac is not known"


def test_what_turns_the_direction_of_writing_is_left_out() -> None:
    assert shown(TURNED) == "abcgnp.exe"
    assert shown(f"\u200f{ARABIC}\u200e") == ARABIC
    assert shown("one\n two\t three\x07") == "one two three?"


@given(st.text(max_size=30))
def test_shown_text_is_one_line_and_steers_nothing(text: str) -> None:
    words = shown(text)
    assert "\n" not in words and not any(unicodedata.category(one) in ("Cc", "Cs") for one in words)
    assert not any(0x202A <= ord(one) <= 0x202E or 0x2066 <= ord(one) <= 0x2069 for one in words)
    assert shown(words) == words
