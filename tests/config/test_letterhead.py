"""What the papers print beside the plan."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patrolplan.config import Loaded
from patrolplan.errors import Complaint
from patrolplan.problem import Letterhead, Signature
from patrolplan.units import parse_date
from tests.config.conftest import GATE, HEAD, TAIL

Load = Callable[[str], Loaded]
Complaints = Callable[[str], list[Complaint]]

PAPERS = """\
letterhead: {lines: [Police of the province, Bureau], address: Street 1, place: City, order: 18/XI, dated: 2024-11-05}
signatures:
  - {title: Acknowledged by, role: Head, name: Contoh A., rank: Kombes, id: 70010001}
  - {role: Planner}
contacts:
  - {name: Control room, phone: 0811}
  - {name: Gate, phone: "0812", at: s}
"""


def test_what_is_written_is_what_the_papers_get(loaded: Load) -> None:
    problem = loaded(HEAD + GATE.replace("office", "s") + PAPERS + TAIL).problem
    assert problem.letterhead == Letterhead(
        ("Police of the province", "Bureau"), "Street 1", "City", "18/XI", parse_date("2024-11-05")
    )
    assert problem.signatures == (
        Signature("Head", "Contoh A.", "Kombes", "70010001", "Acknowledged by"),
        Signature("Planner"),
    )
    assert [(one.name, one.phone, set(one.sites)) for one in problem.contacts] == [
        ("Control room", "0811", set()),
        ("Gate", "0812", {0}),
    ]


def test_without_any_of_it_nothing_is_printed(loaded: Load) -> None:
    problem = loaded(HEAD + GATE + TAIL).problem
    assert (problem.letterhead, problem.signatures, problem.contacts) == (Letterhead(), (), ())
    one_line = loaded(HEAD + GATE + "letterhead: {lines: One office}\n" + TAIL).problem
    assert one_line.letterhead.lines == ("One office",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("letterhead: {line: A}", 'unknown key "line". Did you mean "lines"?'),
        ("letterhead: {dated: soon}", '"soon" is not a date'),
        ("signatures: [{name: A}]", '"role" is missing'),
        ("contacts: [{name: A, phone: 1, at: nowhere}]", 'unknown site "nowhere"'),
        ("contacts: [{name: A}]", '"phone" is missing'),
    ],
)
def test_mistakes(text: str, words: str, complaints: Complaints) -> None:
    found = complaints(HEAD + GATE + text + "\n" + TAIL)
    assert [one for one in found if words in one.message], found
