"""The section ``rounds`` of an operation file: its shape, and the grounds that come of it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from patrolplan.config.wording import Path as NodePath
from patrolplan.errors import nearest
from patrolplan.language import _
from patrolplan.problem import Checkpoint, Ground
from patrolplan.rules.fields import Between, Duration, Strict
from patrolplan.units import parse_duration

EARTH_METRES = 6_371_000.0
"""Mean radius of the earth."""
MOST_CHECKPOINTS = 200
_SPEED = re.compile(r"(\d+(?:[.,]\d+)?)\s*km/h")


def _leg(value: Any) -> int:
    """Minutes of a way; 0 needs no unit."""
    if value == 0 and not isinstance(value, bool):
        return 0
    text = str(value)
    return 0 if re.fullmatch(r"0\s*m(in)?", text.strip()) else parse_duration(text)


def _speed(value: Any) -> float:
    match = _SPEED.fullmatch(str(value).strip())
    if match is None or not 0 < float(match[1].replace(",", ".")) <= 200:
        raise ValueError(_('"{value}" is not a speed; write it like 4 km/h.').format(value=value))
    return float(match[1].replace(",", "."))


def _location(value: tuple[float, float] | None) -> tuple[float, float] | None:
    if value is not None and not (abs(value[0]) <= 90 and abs(value[1]) <= 180):
        raise ValueError(_("a place is [latitude, longitude] in degrees, such as [-2.21, 113.91]."))
    return value


_LEG_SCHEMA: dict[str, Any] = {"type": ["string", "integer"], "examples": ["5m", 0]}
_WINDOW = {"type": "string", "examples": ["12:00-13:00"]}
Leg = Annotated[int, BeforeValidator(_leg), WithJsonSchema(_LEG_SCHEMA)]
Speed = Annotated[float, BeforeValidator(_speed), WithJsonSchema({"type": "string", "examples": ["4 km/h"]})]
Windows = Annotated[
    tuple[Between, ...],
    BeforeValidator(lambda value: value if isinstance(value, list) else [value]),
    WithJsonSchema({"anyOf": [_WINDOW, {"type": "array", "items": _WINDOW}]}),
]
Weight = Annotated[float, Field(gt=0, le=1e6)]


class CheckpointDoc(Strict):
    """A place that patrols visit; what is left out is as for the whole ground."""

    title: str = ""
    at: tuple[float, float] | None = Field(None, description="latitude and longitude in degrees")
    dwell: Leg | None = Field(None, description="how long a visit takes")
    attack: Duration | None = Field(None, description="how long an intruder needs there")
    promise: Duration | None = Field(None, description="longest time between two visits")
    weight: Weight = Field(1.0, description="what an intrusion there costs, against the others")
    closed: Windows = Field((), description="hours in which nobody goes there and the promise does not run")

    _on_earth = field_validator("at")(_location)


class RoundsDoc(Strict):
    """A ground that patrols walk: its checkpoints, the ways between them, and what is promised.

    Ways are walked between coordinates at a speed, or stand in a matrix.
    """

    title: str = ""
    checkpoints: dict[str, CheckpointDoc | None]
    promise: Duration = Field(description="longest time between two visits of a checkpoint")
    attack: Duration = Field(description="how long an intruder needs at a checkpoint")
    dwell: Leg = Field(0, description="how long a visit takes")
    travel: tuple[tuple[Leg, ...], ...] = Field(
        (), description="times from each checkpoint (row) to each (column), in their order"
    )
    speed: Speed = Field(4.0, description="walking or driving speed between coordinates")
    start: str | tuple[float, float] | None = Field(
        None, description="where teams begin a duty: a checkpoint, or latitude and longitude; without it anywhere"
    )
    teams: Annotated[int, Field(strict=True, ge=1, le=20)] = Field(1, description="most teams at a time")
    team_size: Annotated[int, Field(strict=True, ge=1, le=20)] = Field(
        1, description="people in each; others stay at the post"
    )
    slot: Duration = Field(5, description="the grid of time on which visits lie")

    @model_validator(mode="after")
    def _makes_sense(self) -> RoundsDoc:
        if not self.checkpoints:
            raise ValueError(_("there are no checkpoints."))
        if len(self.checkpoints) > MOST_CHECKPOINTS:
            raise ValueError(
                _("there are more than {most} checkpoints; split the ground.").format(most=MOST_CHECKPOINTS)
            )
        if not 1 <= self.slot <= 60:
            raise ValueError(_("slot is {minutes} minutes; it must be from 1m to 60m.").format(minutes=self.slot))
        return self


Complain = Callable[[str, NodePath], None]


def grounds(docs: Mapping[str, RoundsDoc], complain: Complain, place: Callable[[NodePath], Any]) -> tuple[Ground, ...]:
    """Every ground with its ways; what contradicts itself is complained of with its path in the file."""
    found = []
    for name, doc in docs.items():
        path: NodePath = ("rounds", name)
        before = _Heard(complain)
        points = [
            _checkpoint(doc, key, one or CheckpointDoc.model_validate({}), (*path, "checkpoints", key), place)
            for key, one in doc.checkpoints.items()
        ]
        _refuse_slot(doc, points, path, before)
        travel = _travel(doc, points, path, before)
        start = _start(doc, points, travel, path, before)
        if not before.heard:
            ground = Ground(
                name, doc.title or name, tuple(points), travel, start, doc.slot, doc.teams, doc.team_size, place(path)
            )
            found.append(ground)
    return tuple(found)


class _Heard:
    """Passes complaints on and remembers that there were some."""

    def __init__(self, complain: Complain) -> None:
        self._complain = complain
        self.heard = False

    def __call__(self, message: str, path: NodePath) -> None:
        self.heard = True
        self._complain(message, path)


def _checkpoint(
    doc: RoundsDoc, key: str, one: CheckpointDoc, path: NodePath, place: Callable[[NodePath], Any]
) -> Checkpoint:
    promise = doc.promise if one.promise is None else one.promise
    attack = doc.attack if one.attack is None else one.attack
    dwell = doc.dwell if one.dwell is None else one.dwell
    return Checkpoint(key, one.title or key, one.at, dwell, attack, promise, one.weight, one.closed, place(path))


def _refuse_slot(doc: RoundsDoc, points: Sequence[Checkpoint], path: NodePath, complain: Complain) -> None:
    """Complain of the shortest time that no slot fits into, where it is written, or of the slot if that is."""
    times = [(point.promise, "promise", point) for point in points] + [(one.attack, "attack", one) for one in points]
    shortest, field, point = min(times, key=lambda one: one[0])
    if shortest >= doc.slot:
        return
    words = {
        "attack": _(
            'the attack at "{place}", {minutes} minutes, is shorter than a slot of {slot} minutes; write slot: '
            "{minutes}m."
        ),
        "promise": _(
            'the promise at "{place}", {minutes} minutes, is shorter than a slot of {slot} minutes; write slot: '
            "{minutes}m."
        ),
    }[field]
    own = doc.checkpoints[point.name]
    if "slot" in doc.model_fields_set:
        where: NodePath = (*path, "slot")
    elif own is not None and field in own.model_fields_set:
        where = (*path, "checkpoints", point.name, field)
    else:
        where = (*path, field)
    complain(words.format(place=point.name, minutes=shortest, slot=doc.slot), where)


def _travel(
    doc: RoundsDoc, points: list[Checkpoint], path: NodePath, complain: Complain
) -> tuple[tuple[float, ...], ...]:
    """Minutes from each checkpoint to each, by the shortest way over others."""
    count = len(points)
    if doc.travel:
        if len(doc.travel) != count:
            complain(
                _("travel has {rows} rows for {count} checkpoints; it needs one for each, in their order.").format(
                    rows=len(doc.travel), count=count
                ),
                (*path, "travel"),
            )
            return ()
        for index, row in enumerate(doc.travel):
            if len(row) != count:
                complain(
                    _("this row has {times} times for {count} checkpoints.").format(times=len(row), count=count),
                    (*path, "travel", index),
                )
                return ()
        legs = [[float(leg) for leg in row] for row in doc.travel]
    else:
        missing = [one.name for one in points if one.at is None]
        if missing and count > 1:
            complain(
                _('"{place}" has no place; write at: [latitude, longitude], or give all times in travel.').format(
                    place=missing[0]
                ),
                (*path, "checkpoints", missing[0]),
            )
            return ()
        legs = [[_walk(one.at, other.at, doc.speed) for other in points] for one in points]
    for middle in range(count):
        for one in range(count):
            for other in range(count):
                legs[one][other] = min(legs[one][other], legs[one][middle] + legs[middle][other])
    return tuple(tuple(row) for row in legs)


def _walk(one: tuple[float, float] | None, other: tuple[float, float] | None, speed: float) -> float:
    """Minutes on the straight way between two places (haversine formula)."""
    if one is None or other is None:
        return 0.0
    first, second = math.radians(one[0]), math.radians(other[0])
    across = math.radians(other[1] - one[1])
    half = math.sin((second - first) / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(across / 2) ** 2
    metres = 2 * EARTH_METRES * math.asin(min(1.0, math.sqrt(half)))
    return metres / (speed * 1000 / 60)


def _start(
    doc: RoundsDoc,
    points: list[Checkpoint],
    travel: tuple[tuple[float, ...], ...],
    path: NodePath,
    complain: Complain,
) -> tuple[float, ...] | None:
    """Minutes from where a duty begins to each checkpoint; None for anywhere."""
    if doc.start is None or not travel:
        return None
    names = [one.name for one in points]
    if isinstance(doc.start, str):
        if doc.start not in names:
            complain(
                _('unknown checkpoint "{name}".{hint}').format(name=doc.start, hint=nearest(doc.start, names)),
                (*path, "start"),
            )
            return None
        return travel[names.index(doc.start)]
    if any(one.at is None for one in points):
        complain(_("a start at coordinates needs coordinates of every checkpoint (at)."), (*path, "start"))
        return None
    try:
        start = _location(doc.start)
    except ValueError as error:
        complain(str(error), (*path, "start"))
        return None
    return tuple(_walk(start, one.at, doc.speed) for one in points)
