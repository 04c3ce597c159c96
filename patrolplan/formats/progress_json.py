"""The progress of a search as JSON events, one a line, for other programs; ``docs/solving.md`` has the fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from patrolplan.formats.sidecar import level_json
from patrolplan.problem import Problem
from patrolplan.proof import Progress, Proof

FORMAT = 1
"""Version of the events."""

Event = dict[str, Any]


def start_event(problem: Problem) -> Event:
    """The first event of all."""
    return {"event": "start", "format": FORMAT, "operation": problem.name}


def remark_event(words: str) -> Event:
    """Something that a person should read."""
    return {"event": "remark", "message": words}


def events(before: Progress | None, now: Progress) -> Iterator[Event]:
    """What has happened from one moment to the next, always in the same order.

    Parameters
    ----------
    before
        The last moment of which there were events, or None.
    """
    if before is None or (before.stage, before.level) != (now.stage, now.level):
        yield _event("stage", now, now.level)
    if now.costs and (before is None or not before.costs):
        yield _event("first_roster", now, now.level)
    elif before is not None and sorted(now.costs) < sorted(before.costs):
        yield _event("better_roster", now, now.level)
    known = {} if before is None else dict(before.bounds)
    for level, bound in sorted(now.bounds):
        if bound > known.get(level, 0):
            yield _event("bound", now, level)
    for level in sorted(_settled(now) - (set() if before is None else _settled(before))):
        yield _event("level_settled", now, level)


def end_events(last: Progress | None, proof: Proof, written: Path | None, exit_code: int) -> Iterator[Event]:
    """The last events: levels with which the search ended, and how it ended.

    Parameters
    ----------
    written
        The roster file, or None.
    exit_code
        With which the command ends.
    """
    if last is not None:
        for level in sorted({level for level, _ in last.costs} - _settled(last)):
            yield _event("level_settled", last, level)
    yield {
        "event": "end",
        "seconds": round(proof.seconds, 2),
        "status": str(proof.status),
        "words": proof.words(),
        "levels": [level_json(level) for level in proof.levels],
        "gaps_open": None if last is None or not last.costs else last.gaps_open,
        "neighbourhoods": proof.neighbourhoods,
        "best_seconds": None if proof.best_seconds is None else round(proof.best_seconds, 2),
        "reasons": list(proof.reasons),
        "written": None if written is None else str(written),
        "exit_code": exit_code,
    }


def event_line(event: Event) -> str:
    """An event as one line, in plain ASCII, so that no stream alters it."""
    return json.dumps(event, ensure_ascii=True) + "\n"


def _event(name: str, state: Progress, level: int) -> Event:
    return {
        "event": name,
        "seconds": round(state.seconds, 2),
        "stage": state.stage,
        "level": level or None,
        "levels": [level_json(one) for one in state.levels],
        "gaps_open": state.gaps_open if state.costs else None,
        "neighbourhoods": state.neighbourhoods,
    }


def _settled(state: Progress) -> set[int]:
    """Levels on which nothing is left to do: proved, or left for a later one."""
    return {level.level for level in state.levels if level.proved or level.level < state.level}
