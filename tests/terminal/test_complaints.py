from __future__ import annotations

from pathlib import Path

import pytest

from patrolplan.errors import Complaint, InputError, Place
from patrolplan.terminal import complaints
from tests.terminal.conftest import printed


def shown(error: InputError, folder: Path, width: int = 90) -> str:
    return printed(lambda console: complaints.view(console, error, folder, writes=True), width)


def test_line_and_underline(tmp_path: Path) -> None:
    (tmp_path / "ops.yaml").write_text("patrolplan: 1\n    needs: [{shift: nigth, staff: 2}]\n")
    error = InputError(
        [
            Complaint('shift "nigth" is not defined. Did you mean "night"?', Place("ops.yaml", 2, 21), 5),
            Complaint("service number 79040211 is already used in line 9.", Place("people.csv", 17)),
        ],
        "ops.yaml",
    )
    assert shown(error, tmp_path).splitlines() == [
        " ops.yaml is not a valid operation: 2 errors",
        "",
        ' ops.yaml:2:21  shift "nigth" is not defined. Did you mean "night"?',
        "   2 │     needs: [{shift: nigth, staff: 2}]",
        "     │                     ^^^^^",
        " people.csv:17  service number 79040211 is already used in line 9.",
        "",
        " Nothing was written.",
    ]


def test_a_long_line_is_cut_around_the_place(tmp_path: Path) -> None:
    (tmp_path / "ops.yaml").write_text("x" * 300 + "here" + "y" * 300)
    error = InputError([Complaint("wrong.", Place("ops.yaml", 1, 301), 4)], "ops.yaml")
    source, marks = shown(error, tmp_path).splitlines()[3:5]
    assert len(source) <= 90
    assert source[marks.index("^") : marks.rindex("^") + 1] == "here"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00broken", b"", b"one\n"])
def test_a_source_that_cannot_be_shown_is_left_out(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ops.yaml").write_bytes(content)
    error = InputError([Complaint("wrong.", Place("ops.yaml", 7, 3), 2)], "ops.yaml")
    assert "^" not in shown(error, tmp_path)


def test_without_file_or_subject(tmp_path: Path) -> None:
    assert shown(InputError("give at least one file."), tmp_path).splitlines() == [
        " give at least one file.",
        "",
        " Nothing was written.",
    ]


def test_other_files_are_not_called_operations(tmp_path: Path) -> None:
    error = InputError([Complaint("there is no such file.", Place("roster.csv"))], "roster.csv")
    assert "roster.csv cannot be used: 1 error" in shown(error, tmp_path)


def test_control_characters_of_the_source_are_not_sent(tmp_path: Path) -> None:
    (tmp_path / "ops.yaml").write_text("name: \x1b[2J wrong\n")
    error = InputError([Complaint("wrong \x1b[31m.", Place("ops.yaml", 1, 7), 3)], "ops.yaml")
    assert "\x1b" not in shown(error, tmp_path)


@pytest.mark.parametrize("width", [1, 10, 25])
def test_tiny_terminals(tmp_path: Path, width: int) -> None:
    (tmp_path / "ops.yaml").write_text("needs: [{shift: nigth, staff: 2}]\n")
    error = InputError([Complaint("not defined.", Place("ops.yaml", 1, 17), 5)], "ops.yaml")
    assert "Nothing" in shown(error, tmp_path, width)


def test_what_every_row_has_is_said_once(tmp_path: Path) -> None:
    rows = [Complaint('unknown contract "Vollzeit".', Place("people.csv", line)) for line in (2, 3, 4, 9)]
    other = Complaint('unknown contract "Vollzeit".', Place("ops.yaml", 2, 3), 4)
    text = shown(InputError([*rows, other], "ops.yaml"), tmp_path)
    assert "2 errors" in text
    assert ' people.csv:2  unknown contract "Vollzeit". In 4 rows: 2-4, 9.' in text.splitlines()


def test_a_command_that_writes_nothing_does_not_say_so(tmp_path: Path) -> None:
    error = InputError("give at least one file.")
    assert printed(lambda console: complaints.view(console, error, tmp_path), 80) == " give at least one file.\n"
