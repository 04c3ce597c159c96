"""The day roster for a group chat, as text and as a picture."""

from __future__ import annotations

import builtins
import struct
from dataclasses import replace
from typing import Any

import pytest

from patrolplan.analysis.daysheet import day_sheets
from patrolplan.errors import InputError
from patrolplan.formats.daysheet import chat_text, picture
from patrolplan.formats.names import initials, named, one_line
from patrolplan.language import speaking
from patrolplan.units import parse_date
from tests.formats.rosters import NASTY, nasty_problem
from tests.formats.test_workbook import nasty_roster
from tests.terminal.guardhouse import guarded, guardhouse
from tests.tiny import tiny_problem, tiny_roster

FRIDAY = parse_date("2024-11-29")


def test_a_day_in_short_lines() -> None:
    problem = guardhouse()
    assert chat_text(day_sheets(problem, guarded(problem), [FRIDAY])) == (
        "*Friday 29 November 2024*\n"
        "\n"
        "*Office*\n"
        "_day 07:00-19:00_\n"
        "Gate: Contoh A., Contoh B.\n"
        "Lobby: 1 OPEN\n"
        "_night 19:00-07:00_\n"
        "Gate: Contoh D., 1 OPEN\n"
        "\n"
        "*Warehouse*\n"
        "_night 19:00-07:00_\n"
        "Yard: 1 OPEN\n"
    )


def test_one_site_with_phase_training_standby_and_parts_of_shifts() -> None:
    problem = tiny_problem(
        ["A", "B", "C"], 2, posts=["s/p", "t/q"], needs=[{"staff": 1}], phases={"quiet": "2024-11-04"}
    )
    rows = [
        {"person": "A", "shift": "D", "start": "2024-11-04 07:00", "end": "2024-11-04 17:00"},
        {"person": "C", "post": "t/q", "shift": "N", "start": "2024-11-04 19:00", "end": "2024-11-05 07:00"},
    ]
    roster = tiny_roster(problem, {"B": "+D,n ."}, rows)
    text = chat_text(day_sheets(problem, roster, [problem.first_day], [0]))
    assert text.startswith("*Monday 4 November 2024* (quiet)\n")
    assert "s/p: A 07:00-17:00, B (training), 1 OPEN 17:00-19:00\n" in text
    assert "t/q" not in text and "On call" not in text
    assert "On call: B (N)\n" in chat_text(day_sheets(problem, roster, [problem.first_day]))


def test_a_day_without_duties() -> None:
    problem = tiny_problem(["A"], 2)
    assert "Nobody is on duty." in chat_text(day_sheets(problem, tiny_roster(problem, {}), [problem.first_day]))


def test_the_date_is_in_the_language() -> None:
    problem = guardhouse()
    with speaking("id"):
        text = chat_text(day_sheets(problem, guarded(problem), [FRIDAY]))
    assert text.startswith("*Jumat 29 November 2024*")


def test_names_stay_on_their_line_and_turn_nothing() -> None:
    problem = nasty_problem()
    text = chat_text(day_sheets(problem, nasty_roster(problem), range(problem.first_day, problem.last_day + 1)))
    assert "Contoh F" in text and "Contoh\nF" not in text
    assert "\u2068محمد علي\u2069" in text
    assert "\u202e" not in text
    for name in NASTY[:2]:
        assert name in text


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])  # type: ignore[return-value]


def test_the_picture_is_as_wide_as_a_phone_and_higher_with_more_dates() -> None:
    pytest.importorskip("typst")
    problem = guardhouse()
    one = picture(day_sheets(problem, guarded(problem), [FRIDAY]))
    two = picture(day_sheets(problem, guarded(problem), [FRIDAY - 1, FRIDAY]))
    assert size(one)[0] == size(two)[0] == 1080
    assert 600 < size(one)[1] < size(two)[1]


def test_harmful_names_are_only_drawn() -> None:
    pytest.importorskip("typst")
    problem = nasty_problem()
    evil = '#panic("x") *b* $x$ \\ #import "a": * <l> @m "'
    problem = replace(problem, people=(replace(problem.people[0], name=evil), *problem.people[1:]), name="#sys.exit()")
    days = range(problem.first_day, problem.last_day + 1)
    assert size(picture(day_sheets(problem, nasty_roster(problem), days)))[0] == 1080


def test_without_the_library_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *others: Any, **more: Any) -> Any:
        if name == "typst":
            raise ModuleNotFoundError("No module named 'typst'")
        return real(name, *others, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"pip install 'patrolplan\[paper\]'"):
        picture([])


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Contoh A", "C. A."),
        ("محمد علي", "م. ع."),
        ("Zoe\u0308 A\u030angstro\u0308m", "Z. A\u030a."),
        ('=HYPERLINK("http://x")', "H."),
        ("<script>", "s."),
        ("---", ""),
    ],
)
def test_initials(name: str, short: str) -> None:
    assert initials(name) == short


def test_people_who_share_their_initials_are_told_apart() -> None:
    problem = tiny_problem(["0041", "0042", "0043"], 1)
    names = ["Contoh A", "Contoh Ali", "Budi"]
    problem = replace(
        problem, people=tuple(replace(who, name=name) for who, name in zip(problem.people, names, strict=True))
    )
    assert [who.name for who in named(problem, "initials").people] == ["C. A. 041", "C. A. 042", "B."]
    assert [who.name for who in named(problem, "id").people] == ["", "", ""]
    assert named(problem, "full") is problem


def test_one_line() -> None:
    assert one_line(" a\n\tb\x07 ") == "a b"
    assert one_line("ab\u202ecd") == "abcd"
    assert one_line("على") == "\u2068على\u2069"
