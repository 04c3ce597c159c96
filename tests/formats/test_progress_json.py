"""Events are told once, in a fixed order, from nothing but two moments."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from patrolplan.formats.progress_json import end_events, event_line, events, remark_event
from patrolplan.proof import LevelProof, Progress, Proof, Status

BEGUN = Progress(0.3, 60.0, "first roster", 0)
FIRST = Progress(1.0, 60.0, "bound", 1, ((1, 600), (2, 90)), ((1, 0), (2, 0)), 720, 0, 0.9)
BETTER = replace(FIRST, seconds=2.0, stage="improving", costs=((1, 300), (2, 120)), bounds=((1, 240), (2, 0)))
NEXT = replace(BETTER, seconds=3.0, level=2, bounds=((1, 300), (2, 60)), gaps_open=360, neighbourhoods=7)


def told(before: Progress | None, now: Progress) -> list[tuple[str, int | None]]:
    return [(event["event"], event["level"]) for event in events(before, now)]


def test_what_has_happened_is_told_in_order() -> None:
    assert told(None, BEGUN) == [("stage", None)]
    assert told(BEGUN, FIRST) == [("stage", 1), ("first_roster", 1)]
    assert told(FIRST, BETTER) == [("stage", 1), ("better_roster", 1), ("bound", 1)]
    assert told(BETTER, NEXT) == [("stage", 2), ("bound", 1), ("bound", 2), ("level_settled", 1)]


def test_nothing_new_is_not_told() -> None:
    for state in (BEGUN, FIRST, BETTER, NEXT):
        assert told(state, replace(state, seconds=state.seconds + 1, neighbourhoods=99)) == []
    assert told(BETTER, replace(BETTER, costs=((1, 300), (2, 180)))) == []


def test_an_event_says_where_the_search_stands() -> None:
    event = list(events(BETTER, NEXT))[1]
    assert event == {
        "event": "bound",
        "seconds": 3.0,
        "stage": "improving",
        "level": 1,
        "levels": [
            {"level": 1, "name": "cover", "cost": 5.0, "bound": 5.0, "gap": 0.0, "proved": True},
            {"level": 2, "name": "rules", "cost": 2.0, "bound": 1.0, "gap": 0.5, "proved": False},
        ],
        "gaps_open": 360,
        "neighbourhoods": 7,
    }
    assert next(events(None, BEGUN))["gaps_open"] is None


def test_the_end_settles_what_was_open() -> None:
    levels = (LevelProof(1, 300, 300, True), LevelProof(2, 120, 60, False))
    proof = Proof(Status.FEASIBLE, levels, 4.567, 7, 0.3, 2.0)
    *settled, end = end_events(NEXT, proof, Path("out.csv"), 1)
    assert [(event["event"], event["level"]) for event in settled] == [("level_settled", 2)]
    assert {name: end[name] for name in ("event", "seconds", "status", "gaps_open", "written", "exit_code")} == {
        "event": "end",
        "seconds": 4.57,
        "status": "feasible",
        "gaps_open": 360,
        "written": "out.csv",
        "exit_code": 1,
    }
    assert [level["gap"] for level in end["levels"]] == [0.0, 0.5]


def test_an_end_without_a_roster() -> None:
    (end,) = end_events(BEGUN, Proof(Status.INFEASIBLE, reasons=("no rest",)), None, 1)
    assert (end["status"], end["written"], end["gaps_open"], end["reasons"]) == ("infeasible", None, None, ["no rest"])


def test_a_line_is_one_line_of_ascii() -> None:
    line = event_line(remark_event("Pos 3\nSurabaya \u2013 \U0001f6a8"))
    assert line.isascii() and line.count("\n") == 1 and line.endswith("}\n")
    assert json.loads(line)["message"] == "Pos 3\nSurabaya \u2013 \U0001f6a8"
