"""Kinds of values on the command line, with messages in the planner's words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from patrolplan import units
from patrolplan.language import _
from patrolplan.plan.absences import Away, parse_away

_SECONDS = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|min|sec)?")


class _Seconds(click.ParamType[float]):
    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        match = _SECONDS.fullmatch(str(value).strip())
        if match is None or float(match[1]) <= 0:
            self.fail(_('"{value}" is not a time; write it like 60s, 5m or 1h.').format(value=value), param, ctx)
        return float(match[1]) * {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}[match[2] or "s"]


class _Percent(click.ParamType[float]):
    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        text = str(value).strip()
        try:
            share = float(text.rstrip("% ")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            self.fail(_('"{value}" is not a share; write it like 1% or 0.01.').format(value=value), param, ctx)
        return share


class _Moment(click.ParamType[tuple[int, int | None]]):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int | None]:
        if isinstance(value, tuple):
            return value
        try:
            return units.parse_moment(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Dates(click.ParamType[tuple[int, int]]):
    name = "dates"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        try:
            return units.parse_dates(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Duration(click.ParamType[int]):
    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        try:
            return units.parse_duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Absence(click.ParamType[Away]):
    name = "person=dates"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Away:
        if isinstance(value, Away):
            return value
        try:
            return parse_away(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


SECONDS, PERCENT, MOMENT, DATES = _Seconds(), _Percent(), _Moment(), _Dates()
DURATION, AWAY = _Duration(), _Absence()
PATH = click.Path(path_type=Path)

operation_argument = click.argument("operation", metavar="OPS", type=PATH)
roster_argument = click.argument("roster", metavar="ROSTER", type=PATH)
