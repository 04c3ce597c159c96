"""Field types of the operation file: clock times, durations, dates, rates, and names that must exist elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from patrolplan import units


class Strict(BaseModel):
    """A part of the operation file in which unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, coerce_numbers_to_str=True)


@dataclass(frozen=True, slots=True)
class Reference:
    """Marks a field that names something defined elsewhere in the operation.

    Attributes
    ----------
    kind
        ``shift``, ``site``, ``post``, ``place`` (post, site or group), ``group``, ``phase``, ``person``, ``team``,
        ``unit``, ``rank``, ``qualification``, ``contract`` or ``rounds``.
    """

    kind: str


def _text(value: Any, hint: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str):
        raise ValueError(hint)
    return value


def _clock(value: Any) -> int:
    hint = f'{value!r} is not a clock time; write it like "07:00".'
    return units.parse_clock(_text(value, hint))


def _between(value: Any) -> tuple[int, int]:
    return units.parse_between(_text(value, 'a window is written like "07:00-19:00".'))


def _duration(value: Any) -> int:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return units.parse_duration(str(value))
    return units.parse_duration(_text(value, "a duration is written like 11h, 15m or 1h30m."))


def _date(value: Any) -> int:
    return units.parse_date(_text(value, "a date is written like 2024-11-27."))


def _dates(value: Any) -> tuple[tuple[int, int], ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(
        units.parse_dates(_text(one, "dates are written like 2024-11-27 or 2024-11-27..2024-11-29.")) for one in values
    )


def _moment(value: Any) -> tuple[int, int | None]:
    return units.parse_moment(_text(value, "a moment is written like 2024-11-27 07:00."))


def _weekdays(value: Any) -> tuple[int, ...]:
    values = value if isinstance(value, list) else [value]
    days = {day for one in values for day in units.parse_weekdays(_text(one, "weekdays are written like mon-fri."))}
    return tuple(sorted(days))


@dataclass(frozen=True, slots=True)
class HoursRate:
    """So many minutes of duty in a period."""

    minutes: int
    period: units.Period


@dataclass(frozen=True, slots=True)
class CountRate:
    """So many duties in a period."""

    count: int
    period: units.Period


def _hours_rate(value: Any) -> HoursRate:
    if isinstance(value, HoursRate):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise ValueError(f"a bare number needs a unit and a period, such as {value}h per week.")
    amount, period = units.parse_rate(_text(value, "hours are written like 60h per week."))
    return HoursRate(units.parse_duration(amount), period)


def _count_rate(value: Any) -> CountRate:
    if isinstance(value, CountRate):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        amount, period = str(value), units.Period("operation")
    else:
        amount, period = units.parse_rate(_text(value, "a number of duties is written like 5 per week."))
    if not amount.strip().isdigit():
        raise ValueError(f'"{value}" is not a number of duties; write it like 5 per week.')
    return CountRate(int(amount), period)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, (str, int)) and not isinstance(value, bool) else value


def _string(description: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": description, "examples": list(examples)})


_MANY = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}

ClockTime = Annotated[int, BeforeValidator(_clock), _string("clock time", "07:00")]
Between = Annotated[tuple[int, int], BeforeValidator(_between), _string("window of clock times", "07:00-19:00")]
Duration = Annotated[int, BeforeValidator(_duration), _string("duration with its unit", "11h", "15m")]
Date = Annotated[int, BeforeValidator(_date), _string("date", "2024-11-27")]
Dates = Annotated[
    tuple[tuple[int, int], ...],
    BeforeValidator(_dates),
    WithJsonSchema({**_MANY, "description": "dates or ranges of dates", "examples": ["2024-11-27..2024-11-29"]}),
]
Moment = Annotated[
    tuple[int, int | None], BeforeValidator(_moment), _string("date, with or without a time", "2024-11-27 07:00")
]
Weekdays = Annotated[
    tuple[int, ...],
    BeforeValidator(_weekdays),
    WithJsonSchema({**_MANY, "description": "weekdays", "examples": ["mon-fri", "sat, sun"]}),
]
HoursPer = Annotated[
    HoursRate, BeforeValidator(_hours_rate), _string("hours in a period", "60h per week", "40h per 7 days")
]
CountPer = Annotated[
    CountRate,
    BeforeValidator(_count_rate),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}], "examples": ["5 per week", "2 per 14 days"]}),
]
ShiftName = Annotated[str, Reference("shift")]
PostName = Annotated[str, Reference("post")]
PersonName = Annotated[str, Reference("person")]
RankName = Annotated[str, Reference("rank")]
QualificationName = Annotated[str, Reference("qualification")]
ShiftNames = Annotated[tuple[ShiftName, ...], BeforeValidator(_listed), WithJsonSchema(dict(_MANY))]
PostNames = Annotated[tuple[PostName, ...], BeforeValidator(_listed), WithJsonSchema(dict(_MANY))]
PlaceNames = Annotated[
    tuple[Annotated[str, Reference("place")], ...], BeforeValidator(_listed), WithJsonSchema(dict(_MANY))
]
PhaseNames = Annotated[
    tuple[Annotated[str, Reference("phase")], ...], BeforeValidator(_listed), WithJsonSchema(dict(_MANY))
]
PersonNames = Annotated[tuple[PersonName, ...], BeforeValidator(_listed), WithJsonSchema(dict(_MANY))]
TeamNames = Annotated[
    tuple[Annotated[str, Reference("team")], ...], BeforeValidator(_listed), WithJsonSchema(dict(_MANY))
]
UnitNames = Annotated[
    tuple[Annotated[str, Reference("unit")], ...], BeforeValidator(_listed), WithJsonSchema(dict(_MANY))
]
RankNames = Annotated[tuple[RankName, ...], BeforeValidator(_listed), WithJsonSchema(dict(_MANY))]
QualificationNames = Annotated[tuple[QualificationName, ...], BeforeValidator(_listed), WithJsonSchema(dict(_MANY))]
ContractNames = Annotated[
    tuple[Annotated[str, Reference("contract")], ...], BeforeValidator(_listed), WithJsonSchema(dict(_MANY))
]
