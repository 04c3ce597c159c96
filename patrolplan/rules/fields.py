"""Field types of the operation file: clock times, durations, dates, rates, and names that must exist elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from patrolplan import units
from patrolplan.language import _


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
    hint = _('{value!r} is not a clock time; write it like "07:00".').format(value=value)
    return units.parse_clock(_text(value, hint))


def _between(value: Any) -> tuple[int, int]:
    return units.parse_between(_text(value, _('a window is written like "07:00-19:00".')))


def _duration(value: Any) -> int:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return units.parse_duration(str(value))
    return units.parse_duration(_text(value, _("a duration is written like 11h, 15m or 1h30m.")))


def _date(value: Any) -> int:
    return units.parse_date(_text(value, _("a date is written like 2024-11-27.")))


def _dates(value: Any) -> tuple[tuple[int, int], ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(
        units.parse_dates(_text(one, _("dates are written like 2024-11-27 or 2024-11-27..2024-11-29.")))
        for one in values
    )


def _moment(value: Any) -> tuple[int, int | None]:
    return units.parse_moment(_text(value, _("a moment is written like 2024-11-27 07:00.")))


def _weekdays(value: Any) -> tuple[int, ...]:
    values = value if isinstance(value, list) else [value]
    days = {day for one in values for day in units.parse_weekdays(_text(one, _("weekdays are written like mon-fri.")))}
    return tuple(sorted(days))


HOLIDAY = units.WEEK_DAYS
"""Stands among the numbers of weekdays for the public holidays."""


def _days(value: Any) -> tuple[int, ...]:
    values = value if isinstance(value, list) else [value]
    texts = [_text(one, _("days are written like mon-fri, or [sat, sun, holiday].")) for one in values]
    parts = [part.strip().lower() for text in texts for part in text.split(",")]
    named = [part for part in parts if part not in ("holiday", "holidays")]
    found = {day for part in named for day in units.parse_weekdays(part)}
    return tuple(sorted(found | ({HOLIDAY} if len(named) < len(parts) else set())))


def _named_dates(value: Any) -> tuple[tuple[int, int, str], ...]:
    """Dates, or dates with a name each."""
    if isinstance(value, dict):
        return tuple((*one, str(name or "")) for text, name in value.items() for one in _dates(text))
    return tuple((*one, "") for one in _dates(value))


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
        raise ValueError(_("a bare number needs a unit and a period, such as {value}h per week.").format(value=value))
    amount, period = units.parse_rate(_text(value, _("hours are written like 60h per week.")))
    return HoursRate(units.parse_duration(amount), period)


def _count_rate(value: Any) -> CountRate:
    if isinstance(value, CountRate):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        amount, period = str(value), units.Period("operation")
    else:
        amount, period = units.parse_rate(_text(value, _("a number of duties is written like 5 per week.")))
    if not amount.strip().isdigit():
        raise ValueError(_('"{value}" is not a number of duties; write it like 5 per week.').format(value=value))
    return CountRate(int(amount), period)


OFF = "O-."
"""Letters of a cycle that are days off; the first is how they are kept."""


def cycle_letters(text: str) -> str:
    """The letters of a cycle such as ``DD NN oooo`` as capitals without blanks, every day off an ``O``.

    Raises
    ------
    ValueError
        If there is anything but letters and days off, or no duty at all.
    """
    letters = "".join(text.split()).upper()
    wrong = next((letter for letter in letters if letter not in OFF and not letter.isalpha()), "")
    if wrong:
        raise ValueError(
            _('"{text}" is no pattern: "{wrong}" is no letter; write one letter per date, like DDNNOOOO.').format(
                text=text, wrong=wrong
            )
        )
    letters = "".join(OFF[0] if letter in OFF else letter for letter in letters)
    if not letters.strip(OFF):
        raise ValueError(_('"{text}" has no duty in it; write one letter per date, like DDNNOOOO.').format(text=text))
    return letters


def _cycle(value: Any) -> str:
    return cycle_letters(_text(value, _("a pattern is written with one letter per date, like DDNNOOOO.")))


def _people_rate(value: Any) -> CountRate:
    try:
        return _count_rate(value)
    except ValueError:
        raise ValueError(
            _('"{value}" is not a number of people in a period; write it like 6 per month.').format(value=value)
        ) from None


def _whole_percent(value: Any) -> int:
    hint = _('"{value}" is not a share in whole percent; write it like 50%.').format(value=value)
    if isinstance(value, str):
        number = value.strip().removesuffix("%").strip()
        if not value.strip().endswith("%") or not number.isdecimal():
            raise ValueError(hint)
        return int(number)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value > 1 or round(value, 2) != value:
        raise ValueError(hint)
    return round(value * 100)


def _pay(value: Any) -> int:
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(
            _('"{value}" is not a pay; write a whole number without separators, such as 25000.').format(value=value)
        )
    return value


_SEXES = {
    **dict.fromkeys(("m", "l", "male", "man", "pria", "laki-laki", "laki laki"), "m"),
    **dict.fromkeys(("f", "p", "female", "woman", "wanita", "perempuan"), "f"),
}


def sex_code(text: str) -> str:
    """``m`` or ``f`` of a word for it, English or Indonesian.

    Raises
    ------
    ValueError
        If the word is not known.
    """
    code = _SEXES.get(text.strip().lower())
    if code is None:
        raise ValueError(_('"{text}" is not understood; write m or f (or l and p, pria and wanita).').format(text=text))
    return code


def _sex(value: Any) -> str:
    return sex_code(str(value)) if value not in (None, "") else ""


def _lists_of_names(value: Any) -> Any:
    """Lists of names; one list alone is a list of one list."""
    is_one = isinstance(value, list) and value and all(isinstance(one, (str, int)) for one in value)
    return [value] if is_one else value


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
Days = Annotated[
    tuple[int, ...],
    BeforeValidator(_days),
    WithJsonSchema({**_MANY, "description": "weekdays and holidays", "examples": ["mon-fri", "sat, sun, holiday"]}),
]
NamedDates = Annotated[
    tuple[tuple[int, int, str], ...],
    BeforeValidator(_named_dates),
    WithJsonSchema(
        {
            "anyOf": [*_MANY["anyOf"], {"type": "object", "additionalProperties": {"type": ["string", "null"]}}],
            "description": "dates, or dates with a name each",
        }
    ),
]
HoursPer = Annotated[
    HoursRate, BeforeValidator(_hours_rate), _string("hours in a period", "60h per week", "40h per 7 days")
]
CountPer = Annotated[
    CountRate,
    BeforeValidator(_count_rate),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}], "examples": ["5 per week", "2 per 14 days"]}),
]
PeoplePer = Annotated[
    CountRate,
    BeforeValidator(_people_rate),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}], "examples": ["6 per month", "4 per 14 days"]}),
]
WholePercent = Annotated[
    int, BeforeValidator(_whole_percent), WithJsonSchema({"type": ["string", "number"], "examples": ["50%"]})
]
Pay = Annotated[
    int,
    BeforeValidator(_pay),
    Field(ge=0, le=10**9),
    WithJsonSchema({"type": "integer", "minimum": 0, "description": "pay of an hour", "examples": [25000]}),
]
Sex = Annotated[str, BeforeValidator(_sex), WithJsonSchema({"type": "string", "description": "m or f"})]
Cycle = Annotated[str, BeforeValidator(_cycle), _string("one letter per date, O for off", "DDNNOOOO")]
ShiftName = Annotated[str, Reference("shift")]
PostName = Annotated[str, Reference("post")]
PersonName = Annotated[str, Reference("person")]
RankName = Annotated[str, Reference("rank")]
QualificationName = Annotated[str, Reference("qualification")]
ShiftNames = Annotated[tuple[ShiftName, ...], BeforeValidator(_listed), WithJsonSchema(dict(_MANY))]
SiteNames = Annotated[
    tuple[Annotated[str, Reference("site")], ...], BeforeValidator(_listed), WithJsonSchema(dict(_MANY))
]
PostNames = Annotated[tuple[PostName, ...], BeforeValidator(_listed), WithJsonSchema(dict(_MANY))]
PlaceNames = Annotated[
    tuple[Annotated[str, Reference("place")], ...], BeforeValidator(_listed), WithJsonSchema(dict(_MANY))
]
PhaseNames = Annotated[
    tuple[Annotated[str, Reference("phase")], ...], BeforeValidator(_listed), WithJsonSchema(dict(_MANY))
]
PersonNames = Annotated[tuple[PersonName, ...], BeforeValidator(_listed), WithJsonSchema(dict(_MANY))]
ListsOfPersonNames = Annotated[
    tuple[PersonNames, ...],
    BeforeValidator(_lists_of_names),
    WithJsonSchema({"type": "array", "items": dict(_MANY), "examples": [["P01", "P02"]]}),
]
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
