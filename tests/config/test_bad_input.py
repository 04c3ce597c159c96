"""Every kind of bad input is answered with its place, in a planner's words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from patrolplan.config import load
from patrolplan.errors import Complaint, InputError
from tests.config.conftest import GATE, HEAD, TAIL, Write

Complaints = Callable[[str | bytes], list[Complaint]]
SOUND = HEAD + GATE + TAIL


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load(tmp_path / "none.yaml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder"):
        load(tmp_path)


def test_a_file_of_100_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "ops.yaml"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(InputError, match="at most 5 MB are read"):
        load(path)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\x00garbage", b"a: \xe9\n", b"PK\x03\x04\x00\x00"])
def test_not_text(complaints: Complaints, content: bytes) -> None:
    assert complaints(content)[0].place.file.endswith("ops.yaml")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("patrolplan: 1", "patrolplan: 2", 1, "patrolplan: 2 is not a format that this version reads; it reads 1."),
        ("patrolplan: 1\n", "", 1, 'the line "patrolplan: 1" is missing; it says which format this is.'),
        ("{staff: 1}", "{satff: 1}", 13, 'unknown key "satff". Did you mean "staff"?'),
        ("{staff: 1}", "{staff: -2}", 13, "staff must be at least 0, not -2."),
        ("{staff: 1}", "{staff: true}", 13, "staff must be a whole number, not true."),
        ("{staff: 1}", "{staff: two}", 13, 'staff must be a whole number, not "two".'),
        ("{staff: 1}", "{staff: 1.5}", 13, "staff must be a whole number, not 1.5."),
        ("{staff: 1}", "{between: 07:00-19:00}", 13, "a need names at least one of staff"),
        ("{staff: 1}", "{staff: 2, at_most: 1}", 13, "at_most 1 is below staff 2."),
        ("{staff: 1}", "{staff: 2, shift: nihgt}", 13, 'unknown shift "nihgt". Did you mean "night"?'),
        ("{staff: 1}", "{staff: 2, phase: voting}", 13, 'unknown phase "voting". None is defined.'),
        ("{staff: 1}", "{qualified: {armed: 1}}", 13, 'unknown qualification "armed". None is defined.'),
        ("{staff: 1}", "{staff: 2, shift: day, between: 07:00-08:00}", 13, "either between or shift"),
        ("{staff: 1}", "{staff: 2, short: -1}", 13, "short must be at least 0, not -1."),
        ("{staff: 1}", "{staff: 2, short: {cots: 1}}", 13, 'unknown key "cots". Did you mean "cost"?'),
        ("{staff: 1}", "{staff: 2, days: someday}", 13, "not a weekday"),
        ("[{staff: 1}]", "{staff: 1}", 13, "needs must be a list, not a mapping."),
        ("gate: {", "gate: {kind: statik, ", 13, 'kind must be static, patrol, command or standby, not "statik".'),
        ("gate: {", "gate: {priority: highest, ", 13, "write low, normal, high, vital or a whole number from 1"),
        ("gate: {", "gate: {requires: armed, ", 13, 'unknown qualification "armed"'),
        (
            "Asia/Pontianak",
            "Asia/Pontianack",
            4,
            'there is no time zone "Asia/Pontianack". Did you mean "Asia/Pontianak"?',
        ),
        ("Asia/Pontianak", "Asia", 4, "there is no time zone"),
        ("Asia/Pontianak", "../../etc/passwd", 4, "there is no time zone"),
        (
            "until: 2024-11-11 07:00",
            "until: 2024-11-01 07:00",
            6,
            "the operation ends (until) before it starts (from).",
        ),
        ("until: 2024-11-11 07:00", "until: 2044-11-11 07:00", 6, "plan it in parts"),
        ("until: 2024-11-11 07:00", "until: tomorrow", 6, "not a date or moment"),
        ("  from: 2024-11-04 07:00\n", "", 2, '"from" is missing.'),
        ("  from: 2024-11-04 07:00\n", "  form: 2024-11-04 07:00\n", 5, 'unknown key "form". Did you mean "from"?'),
        ('start: "07:00"', 'start: "7"', 8, "not a clock time"),
        ('start: "07:00"', "start: 7", 8, "not a clock time"),
        ("night: true", "night: maybe", 9, 'night must be true or false, not "maybe".'),
        ("shifts:\n", "shiffts: {}\nshifts:\n", 7, 'unknown key "shiffts". Did you mean "shifts"?'),
        ("rest: 11h", "rets: 11h", 18, 'unknown rule "rets". Did you mean "rest"?'),
        ("rest: 11h", "rest: 11", 18, "a bare number needs a unit, such as 11h or 11m."),
        ("rest: 11h", "rest: {mni: 11h}", 18, 'unknown key "mni". Did you mean "min"?'),
        ("rest: 11h", "rest: {}", 18, '"min" is missing.'),
        ("rest: 11h", "rest: {min: 11h, after: {nigt: 24h}}", 18, 'unknown shift "nigt". Did you mean "night"?'),
        ("rest: 11h", "rest: {min: 11h, for: {people: [P3]}}", 18, 'unknown person "P3".'),
        ("rest: 11h", "rest: {min: 11h, for: {teams: [B]}}", 18, 'unknown team "B". None is defined.'),
        ("rest: 11h", "rest: {min: 11h, for: {sex: x}}", 18, "write m or f"),
        ("rest: 11h", "rest: {min: 11h, during: {phasess: [a]}}", 18, 'unknown key "phasess". Did you mean "phases"?'),
        ("rest: 11h", "rest: {min: 11h, during: later}", 18, 'unknown phase "later"'),
        ("rest: 11h", "rest: {min: 11h, weight: -1}", 18, "weight must be at least 0, not -1."),
        ("rest: 11h", "rest: {min: 11h, weight: 1, severity: hard}", 18, "not both"),
        ("rest: 11h", "work_streak: {min: 5, max: 2}", 18, "the minimum is above the maximum."),
        ("rest: 11h", "hours: {max: 60}", 18, "needs a unit and a period"),
        ("rest: 11h", "pins: [{person: P1, date: 2024-11-05, post: gate}]", 18, 'did you mean "office/gate"?'),
        ("rest: 11h", "teams: yes please", 18, "takes keys and values"),
        ("- rest: 11h", "- rest", 18, "a rule is one name with its values"),
        ("  - rest: 11h", "  - rest:\n    min: 11h", 18, "a rule is one name with its values"),
        ("rules:\n  - rest: 11h", "rules: {rest: 11h}", 17, "rules must be a list"),
        ("id: P2", "id: P1", 16, 'the service number "P1" is listed twice: also at'),
        ("id: P2", "idd: P2", 16, 'unknown key "idd". Did you mean "id"?'),
        ("id: P2", "id: P2, rnak: Ipda", 16, 'unknown key "rnak". Did you mean "rank"?'),
        ("id: P2", "id: P2, contract: halff", 16, 'unknown contract "halff"'),
        ("id: P2", "id: P2, from: 2024-11-09, until: 2024-11-05", 16, "leaves (until) before arriving (from)"),
        (
            "rules:",
            "phases: {x: {from: 2024-11-09, until: 2024-11-05}}\nrules:",
            17,
            'the phase "x" ends before it starts.',
        ),
        ("rules:", "absences: [{person: P9, dates: 2024-11-05}]\nrules:", 17, 'unknown person "P9"'),
        ("rules:", "absences: [{person: P1}]\nrules:", 17, "either from and until, or dates, or starts"),
        (
            "rules:",
            "absences: [{person: P1, from: 2024-11-09, until: 2024-11-08}]\nrules:",
            17,
            "ends before it starts",
        ),
        ("rules:", "absences: [{person: P1, dates: 2024-11-09..2024-11-08}]\nrules:", 17, "ends before it starts"),
        ("rules:", "groups: {g: [ofice]}\nrules:", 17, 'unknown site "ofice". Did you mean "office"?'),
        ("rules:", "travel: [{between: [office], time: 30m}]\nrules:", 17, "names two different sites"),
        ("rules:", "weekend: sometimes\nrules:", 17, "not a weekday"),
        ("rules:", "history: earlier.csv\nrules:", 17, 'there is no file "earlier.csv".'),
        ("rules:", "ranks: [A, A]\nrules:", 17, '"A" stands twice.'),
        ("rules:", "accept: [{finding: PP999, by: me, until: 2024-12-01}]\nrules:", 17, 'there is no finding "PP999"'),
        (
            "rules:",
            "accept: [{finding: PP101, at: gat, by: me, until: 2024-12-01}]\nrules:",
            17,
            'unknown post, site or group "gat"',
        ),
    ],
)
def test_one_mistake_gives_one_message(complaints: Complaints, old: str, new: str, line: int, message: str) -> None:
    assert old in SOUND
    found = complaints(SOUND.replace(old, new, 1))
    assert [str(one) for one in found if message not in one.message] == []
    assert len(found) == 1
    assert found[0].place.file.endswith("ops.yaml")
    assert found[0].place.line == line
    assert "Value error" not in found[0].message and "Input should" not in found[0].message


def test_the_underline_lies_under_the_word(complaints: Complaints) -> None:
    (found,) = complaints(SOUND.replace("{staff: 1}", "{satff: 1}"))
    assert (found.place.column, found.width) == (23, 5)


def test_all_mistakes_are_told_in_order(complaints: Complaints, write: Write) -> None:
    write("id,contract\nP1,ful\nP1,\n", "people.csv")
    text = SOUND.replace("{staff: 1}", "{satff: 1}").replace("Pontianak", "Pontianack").replace("rest: 11h", "rest: 11")
    text = text.replace("personnel:\n", "personnel:\n  - people.csv\n")
    found = [(Path(one.place.file).name, one.place.line, one.message) for one in complaints(text)]
    for (file, line, message), expected in zip(
        found,
        [
            ("ops.yaml", 4, "Pontianack"),
            ("ops.yaml", 13, "satff"),
            ("ops.yaml", 16, "twice"),
            ("ops.yaml", 19, "bare number"),
            ("people.csv", 2, "ful"),
            ("people.csv", 3, "twice"),
        ],
        strict=True,
    ):
        assert (file, line) == expected[:2] and expected[2] in message


@pytest.mark.parametrize(
    "section", ["operation", "shifts", "sites", "phases", "groups", "personnel", "rules", "qualifications", "accept"]
)
@pytest.mark.parametrize("value", ["5", "text", "[1, 2]", "{a: 1}", "{a: {b: 1}}", "[{a: 1}]", "null", "[[1]]", "true"])
def test_any_nonsense_is_answered_or_taken(write: Write, section: str, value: str) -> None:
    lines = SOUND.splitlines()
    start = next((n for n, line in enumerate(lines) if line.startswith(f"{section}:")), len(lines))
    end = next((n for n in range(start + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
    path = write("\n".join([*lines[:start], f"{section}: {value}", *lines[end:]]) + "\n")
    try:
        load(path)
    except InputError as error:
        assert all(one.place.file and one.message for one in error.complaints)
