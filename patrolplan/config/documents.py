"""The operation file as pydantic models: its shape, not yet its meaning."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from patrolplan.config.rounds import RoundsDoc
from patrolplan.errors import nearest
from patrolplan.findings import CODES
from patrolplan.language import _
from patrolplan.rules.binding import During
from patrolplan.rules.fields import (
    HOLIDAY,
    Between,
    ClockTime,
    Cycle,
    Date,
    Dates,
    Days,
    Duration,
    Moment,
    NamedDates,
    Pay,
    PersonName,
    PhaseNames,
    PlaceNames,
    QualificationName,
    QualificationNames,
    RankName,
    Reference,
    Sex,
    ShiftNames,
    SiteNames,
    Strict,
    Weekdays,
    WholePercent,
)
from patrolplan.rules.one_duty.spec import Double
from patrolplan.units import DAY_MINUTES, parse_duration, parse_weekdays

NO_RELIEF = "none"
"""Written where no relief is asked for although one is for the site or the operation."""
LEAST_STEP = 5
PRIORITIES: dict[str, float] = {"low": 0.5, "normal": 1, "high": 2, "vital": 10}


def _percent(value: Any) -> float:
    if isinstance(value, str):
        match = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*%", value.strip())
        if match is None:
            raise ValueError(_('"{value}" is not a share; write it like 50% or 0.5.').format(value=value))
        return float(match[1].replace(",", ".")) / 100
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(_("a share is written like 50% or 0.5."))
    return float(value)


def _priority(value: Any) -> float:
    if isinstance(value, str) and value in PRIORITIES:
        return PRIORITIES[value]
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return float(value)
    raise ValueError(
        _("write low, normal, high, vital or a whole number from 1, not {value!r}.")
        .format(value=value)
        .replace("'", '"')
    )


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, (str, int)) and not isinstance(value, bool) else value


def _years(value: Any) -> Any:
    return value.replace(",", ".") if isinstance(value, str) else value


def _one_weekday(value: Any) -> int:
    days = parse_weekdays(str(value))
    if len(days) != 1:
        raise ValueError(_('"{value}" is not one weekday; write it like mon.').format(value=value))
    return days[0]


def _holidays(value: Any) -> Any:
    """A country alone, or dates alone."""
    if isinstance(value, str) and not value[:1].isdigit():
        return {"country": value}
    return value if isinstance(value, dict) or value is None else {"also": value}


def _relief(value: Any) -> Any:
    """The longest time alone, or ``none`` for no limit where one would hold otherwise."""
    if value is None or value == NO_RELIEF or isinstance(value, (dict, BaseModel)):
        return value
    return {"max": value}


def _on_earth(value: tuple[float, float] | None) -> tuple[float, float] | None:
    if value is not None and not (abs(value[0]) <= 90 and abs(value[1]) <= 180):
        raise ValueError(_("a location is [latitude, longitude] in degrees, such as [-2.21, 113.91]."))
    return value


def _served(value: Any) -> Any:
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(
            _('"{value}" is not a number of what was served; write 0 or more, such as 14.').format(value=value)
        )
    return value


def _served_minutes(value: Any) -> int:
    text = str(value).strip().replace(",", ".")
    if not isinstance(value, bool) and re.fullmatch(r"\d+(\.\d+)?", text):
        return round(float(text) * 60)
    try:
        return parse_duration(text)
    except ValueError:
        raise ValueError(
            _('"{value}" is not a number of hours; write it like 212 or 212h30m.').format(value=value)
        ) from None


_NAMES_SCHEMA: dict[str, Any] = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_HOLDS_SCHEMA: dict[str, Any] = {
    "anyOf": [*_NAMES_SCHEMA["anyOf"], {"type": "object", "additionalProperties": {"type": ["string", "null"]}}],
    "examples": [["armed", "driver:2025-01-31"]],
}

Count = Annotated[int, Field(strict=True, ge=0)]
Served = Annotated[int, BeforeValidator(_served), WithJsonSchema({"type": "integer", "minimum": 0})]
ServedHours = Annotated[
    int, BeforeValidator(_served_minutes), WithJsonSchema({"type": ["string", "number"], "examples": [212, "212h30m"]})
]
Level = Annotated[int, Field(strict=True, ge=1, le=9)]
Flag = Annotated[bool, Field(strict=True)]
FileNames = Annotated[tuple[str, ...], BeforeValidator(_listed), WithJsonSchema(dict(_NAMES_SCHEMA))]
Lines = Annotated[tuple[str, ...], BeforeValidator(_listed), WithJsonSchema(dict(_NAMES_SCHEMA))]
Share = Annotated[
    float,
    BeforeValidator(_percent),
    Field(gt=0, le=2),
    WithJsonSchema({"type": ["string", "number"], "examples": ["50%", 0.5]}),
]
Priority = Annotated[
    float,
    BeforeValidator(_priority),
    WithJsonSchema({"anyOf": [{"enum": list(PRIORITIES)}, {"type": "integer", "minimum": 1}]}),
]
Years = Annotated[float, BeforeValidator(_years), Field(ge=0)]
Weekday = Annotated[int, BeforeValidator(_one_weekday), WithJsonSchema({"type": "string", "examples": ["mon"]})]


class OperationDoc(Strict):
    """What is planned, where its clock is, and from when until when."""

    name: str
    timezone: str = Field(description="IANA name, such as Asia/Pontianak")
    from_: Moment = Field(alias="from", description="start; duties begin at or after it")
    until: Moment = Field(description="end; duties begin before it")
    day_starts: ClockTime | None = Field(None, description="where a bare date begins; default: the clock time of from")
    language: Literal["en", "id"] | None = Field(None, description="what papers and terminal speak")
    client: str = Field("", description="for whom the sites are guarded that name no client of their own")


class PhaseDoc(Strict):
    """A dated part of the operation; it begins and ends with the operation where ``from`` or ``until`` is left out."""

    from_: Moment | None = Field(None, alias="from")
    until: Moment | None = None
    title: str = ""


class ShiftDoc(Strict):
    """A kind of working time; an end at or before the start lies on the next date."""

    start: ClockTime
    end: ClockTime
    handover: Duration = Field(0, description="printed on cards and calendars, never part of a duty")
    night: Flag = Field(False, description="whether a duty in this shift counts as a night")
    title: str = ""


class QualificationDoc(Strict):
    """Something a person can hold; with ``sex``, ``years`` or ``rank``, whoever meets them all holds it by itself."""

    title: str = ""
    sex: Sex | None = None
    years: Years | None = Field(None, description="at least so many years of service")
    rank: RankName | None = Field(None, description="this rank or above")


class ContractDoc(Strict):
    """How much of a full contract somebody works, and what goes before the values of rules for its people."""

    share: Share = 1.0
    title: str = ""
    notice: Duration | None = Field(None, description="how long before a duty its change must be known")
    double: Double | None = Field(None, description="double duties, before those of one_duty: {max: 24h}; 0h for none")
    standby: Annotated[WholePercent, Field(ge=0, le=100)] | None = Field(
        None, description="how much an hour of standby counts, before the factor of hours, such as 25%"
    )
    pay: Pay | None = Field(None, description="pay of an hour in whole units of the currency, before that of cost")
    rules: Any = Field((), description="rules that bind the people of this contract, besides the general ones")


class RotationDoc(Strict):
    """A cycle of duties and days off, one letter per date, that rules of the kind ``rotation`` name."""

    pattern: Cycle
    title: str = ""


class PriceDoc(Strict):
    """A cost and the level on which it counts."""

    cost: Count
    level: Level | None = None


class NeedDoc(Strict):
    """So many people, in a window of the clock, in a phase, on dates, or in a shift; without these always.

    Cover is judged at every minute; with ``shift`` the people on that shift and date are counted. A need with a phase
    or dates replaces the general needs of the same post during its own windows, for the counts that it names.
    """

    staff: Count | None = Field(None, description="at least so many people")
    ideal: Count | None = Field(None, description="better so many")
    at_most: Count | None = Field(None, description="never more than so many")
    qualified: dict[QualificationName, Count] = Field(default_factory=dict, description="among them so many with each")
    rank: dict[RankName, Count] = Field(default_factory=dict, description="among them so many of this rank or above")
    between: Between | None = Field(None, description="clock window; past midnight it belongs to the date it starts on")
    days: Days | None = Field(None, description="weekdays; holiday means the public holidays")
    not_holidays: Flag = Field(False, description="true: not on public holidays")
    dates: Dates | None = None
    phase: PhaseNames = ()
    shift: ShiftNames = ()
    short: Count | PriceDoc | None = Field(None, description="cost of a missing person")
    surplus: Count | PriceDoc | None = Field(None, description="cost of a person too many")
    ideal_cost: Count | PriceDoc | None = Field(None, description="cost of a person below the ideal")
    per: Literal["hour", "window"] = Field("hour", description="per hour, or the largest shortfall once per window")
    level: Level | None = Field(None, description="level of the costs of this need")
    replace: Flag = Field(False, description="true: all general counts are dropped in its windows")

    @model_validator(mode="after")
    def _makes_sense(self) -> NeedDoc:
        if self.shift and self.between:
            raise ValueError(_("a need has either between or shift, not both."))
        if self.staff is None and self.ideal is None and self.at_most is None and not (self.qualified or self.rank):
            raise ValueError(_("a need names at least one of staff, ideal, at_most, qualified and rank."))
        if self.not_holidays and HOLIDAY in (self.days or ()):
            raise ValueError(_("a need holds on holidays (days) or not_holidays, not both."))
        least = self.staff or 0
        if self.at_most is not None and self.at_most < least:
            raise ValueError(_("at_most {at_most} is below staff {least}.").format(at_most=self.at_most, least=least))
        if self.ideal is not None and self.ideal < least:
            raise ValueError(_("ideal {ideal} is below staff {least}.").format(ideal=self.ideal, least=least))
        return self


class ReliefDoc(Strict):
    """How long somebody may stand at a post at a stretch before somebody else takes over."""

    max: Duration
    step: Duration = Field(30, description="changes lie so far apart, counted from the beginning of a duty")

    @model_validator(mode="after")
    def _makes_sense(self) -> ReliefDoc:
        if self.step < LEAST_STEP:
            raise ValueError(_("the step between changes is at least {minutes}m.").format(minutes=LEAST_STEP))
        if self.max < self.step:
            raise ValueError(
                _("the longest time at a post is at least one step, {minutes}m.").format(minutes=self.step)
            )
        return self


ReliefTime = Annotated[
    ReliefDoc | Literal["none"], BeforeValidator(_relief, json_schema_input_type=ReliefDoc | Literal["none"] | str)
]


class BreakDoc(Strict):
    """A pause inside the duty of everybody who is on duty through the whole window, away from the posts."""

    name: str = "break"
    length: Duration
    between: Between = Field(description="clock window in which it is taken, once by each person")
    days: Days | None = Field(None, description="weekdays; holiday means the public holidays")
    dates: Dates | None = None
    phase: PhaseNames = ()
    at: PlaceNames = Field((), description="for duties that begin at these posts or sites; default all but command")

    @model_validator(mode="after")
    def _fits(self) -> BreakDoc:
        opens, closes = self.between
        if self.length < LEAST_STEP:
            raise ValueError(_("a break lasts at least {minutes}m.").format(minutes=LEAST_STEP))
        if self.length > (closes - opens) % DAY_MINUTES:
            raise ValueError(_("the break is longer than the window in which it is taken (between)."))
        return self


class WalkDoc(Strict):
    """How long it takes on foot from one post of a site to another, both ways."""

    between: tuple[str, ...] = Field(description="two posts of the site")
    time: Duration

    @field_validator("between")
    @classmethod
    def _two_posts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(value) != 2 or value[0] == value[1]:
            raise ValueError(_("names two different posts, such as [gate, lobby]."))
        return value


class PostDoc(Strict):
    """A place to stand."""

    title: str = ""
    kind: Literal["static", "patrol", "command", "standby"] = "static"
    task: str = Field("", description="what the person there does; printed on the duty card")
    requires: QualificationNames = Field((), description="what everyone there must hold")
    shifts: ShiftNames = Field((), description="shifts that may serve it; default those of the site")
    priority: Priority = Field(1.0, description="multiplies the costs of a shortfall and of a surplus")
    needs: tuple[NeedDoc, ...] = ()
    relief: ReliefTime | None = Field(None, description="longest time here at a stretch, such as 4h; none for no limit")
    unloved: Annotated[int, Field(strict=True, ge=0, le=100)] = Field(
        0, description="how unloved an hour here is; who stands here is shared fairly"
    )
    location: tuple[float, float] | None = Field(None, description="latitude and longitude in degrees, for walking")
    rounds: Annotated[str, Reference("rounds")] | None = Field(None, description="the ground that its patrols walk")

    @field_validator("location")
    @classmethod
    def _on_earth(cls, value: tuple[float, float] | None) -> tuple[float, float] | None:
        return _on_earth(value)


class SiteDoc(Strict):
    """A guarded place with its posts."""

    name: str = ""
    title: str = ""
    location: tuple[float, float] | None = Field(None, description="latitude and longitude in degrees")
    client: str = Field("", description="for whom it is guarded; default: that of the operation")
    shifts: ShiftNames = Field((), description="shifts that may serve it; default all")
    needs: tuple[NeedDoc, ...] = Field((), description="counted over all its posts")
    posts: dict[str, PostDoc] = Field(default_factory=dict)
    relief: ReliefTime | None = Field(None, description="longest time at each of its static posts at a stretch")
    breaks: tuple[BreakDoc, ...] | None = Field(None, description="pauses inside a duty, instead of the operation's")
    walks: tuple[WalkDoc, ...] = Field((), description="minutes on foot between its posts")

    @field_validator("location")
    @classmethod
    def _on_earth(cls, value: tuple[float, float] | None) -> tuple[float, float] | None:
        return _on_earth(value)


class HolidaysDoc(Strict):
    """Public holidays: those of a country, with dates more or less."""

    country: str = Field("", description="code of two letters, such as ID")
    region: str = Field("", description="code of a region with holidays of its own, such as BY in DE")
    also: NamedDates = Field((), description="further holidays, as dates or as {2024-11-27: Pilkada}")
    not_: Dates = Field((), alias="not", description="dates that are no holidays here")


class GroupDoc(Strict):
    """Sites that count together."""

    sites: SiteNames
    title: str = ""
    needs: tuple[NeedDoc, ...] = ()


class TravelDoc(Strict):
    """How long it takes from one site to another, both ways."""

    between: tuple[Annotated[str, Reference("site")], ...] = Field(description="two sites")
    time: Duration

    @field_validator("between")
    @classmethod
    def _two_sites(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(value) != 2 or value[0] == value[1]:
            raise ValueError(_("names two different sites, such as [office, warehouse]."))
        return value


class PersonDoc(Strict):
    """One person. In a table, columns have these names (or a column map says which is which)."""

    id: str = Field(description="service number, as text")
    name: str = ""
    rank: RankName | None = None
    unit: str = ""
    team: str = ""
    team_by_phase: dict[Annotated[str, Reference("phase")], str] = Field(
        default_factory=dict, description="another team in some phases; in a table: columns team@<phase>"
    )
    sex: Sex = ""
    qualifications: Annotated[dict[QualificationName, Date | None], WithJsonSchema(_HOLDS_SCHEMA)] = Field(
        default_factory=dict, description="what the person holds, each with the last date on which it is valid, if any"
    )
    years: Years | None = Field(None, description="years of service")
    contract: Annotated[str, Reference("contract")] = ""
    trained_for: SiteNames = Field((), description="the only sites where the person may stand")
    not_at: SiteNames = Field((), description="sites where the person may not stand")
    home: str = ""
    phone: str = ""
    pay: Pay | None = Field(None, description="pay of an hour in whole units of the currency")
    from_: Moment | None = Field(None, alias="from", description="here from then on")
    until: Moment | None = Field(None, description="here until then")


class PlaceholderDoc(Strict):
    """People who will come but have no names yet."""

    count: Annotated[int, Field(strict=True, ge=1, le=10000)]
    prefix: str = "TBA-"
    rank: RankName | None = None
    unit: str = ""
    team: str = ""
    sex: Sex = ""
    qualifications: QualificationNames = ()
    contract: Annotated[str, Reference("contract")] = ""
    trained_for: SiteNames = ()
    not_at: SiteNames = ()
    from_: Moment | None = Field(None, alias="from")
    until: Moment | None = None


class PersonnelDoc(Strict):
    """People from files and from the list here."""

    files: FileNames = ()
    columns: dict[str, str] = Field(default_factory=dict, description="for a field, the heading of its column: id: NRP")
    people: tuple[PersonDoc, ...] = ()
    placeholders: Count | tuple[PlaceholderDoc, ...] = Field((), description="how many people are still to be named")


class AbsenceDoc(Strict):
    """Time in which somebody may not be on duty: moments, whole dates, or only duties that start on dates."""

    person: PersonName
    from_: Moment | None = Field(None, alias="from")
    until: Moment | None = None
    dates: Dates | None = Field(None, description="whole dates, the last one included")
    date: Dates | None = None
    starts: Dates | None = Field(None, description="only duties that start on these dates are forbidden")
    reason: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> AbsenceDoc:
        ways = [self.from_ is not None or self.until is not None, self.dates is not None, self.date is not None]
        if sum([*ways, self.starts is not None]) != 1:
            raise ValueError(_("an absence has either from and until, or dates, or starts."))
        return self


class CounterDoc(Strict):
    """What somebody served before the operation where there is no roster of it: numbers alone."""

    person: PersonName
    duties: Served = Field(0, description="duties in all")
    hours: ServedHours = Field(0, description="hours of duty, as 212 or 212h30m")
    nights: Served = Field(0, description="duties in night shifts")
    weekends: Served = Field(0, description="weekends on which a duty started")
    weekend_duties: Served = Field(0, description="duties that started on weekend dates")
    holidays: Served = Field(0, description="duties that started on public holidays")


Holidays = Annotated[HolidaysDoc, BeforeValidator(_holidays, json_schema_input_type=HolidaysDoc | str | list[str])]


class AcceptDoc(Strict):
    """A known finding that is not to fail a check any more; a worse one, or an expired acceptance, fails again."""

    finding: str = Field(description="code, such as PP101")
    at: str = Field("", description="post, site or group")
    person: PersonName | None = None
    during: During | PhaseNames | None = None
    short: float | None = Field(None, ge=0, description="accepted up to so much")
    longest: Duration | None = Field(None, description="accepted up to so long, such as 10m")
    by: str = Field(min_length=1, description="who accepted it")
    until: Date = Field(description="last date on which the acceptance holds")
    reason: str = ""

    @field_validator("finding")
    @classmethod
    def _known_code(cls, value: str) -> str:
        if value not in CODES:
            raise ValueError(
                _('there is no finding "{value}".{nearest}').format(value=value, nearest=nearest(value, CODES))
            )
        return value


class LetterheadDoc(Strict):
    """What stands at the head of the papers, and the duty order to which they belong."""

    lines: Lines = Field((), description="the office and those above it, the highest first")
    address: str = ""
    place: str = Field("", description="where the papers are signed")
    order: str = Field("", description="number of the duty order, such as Sprin/1841/XI/OPS.1.3./2024")
    dated: Date | None = Field(None, description="date of the duty order")
    classification: str = Field("", description="printed at the head and foot of every sheet, such as TERBATAS")


class SignatureDoc(Strict):
    """Somebody who signs the papers."""

    role: str = Field(description="office or function, such as Head of Operations")
    name: str = ""
    rank: str = ""
    id: str = Field("", description="service number")
    title: str = Field("", description="words above the role, such as Acknowledged by")


class ContactDoc(Strict):
    """Whom to call; printed on duty cards."""

    name: str
    phone: str
    at: SiteNames = Field((), description="only on the cards of those who serve at these sites")


class Document(Strict):
    """An operation to be guarded: sites, posts and needs, the people, and the rules."""

    patrolplan: int = Field(description="version of this format: 1")
    extends: FileNames = Field((), description="presets, or files below this folder, which this one builds on")
    operation: OperationDoc
    phases: dict[str, PhaseDoc | None] = Field(default_factory=dict)
    shifts: dict[str, ShiftDoc] = Field(default_factory=dict)
    ranks: tuple[str, ...] = Field((), description="ascending")
    qualifications: dict[str, QualificationDoc | None] = Field(default_factory=dict)
    contracts: dict[str, ContractDoc | None] = Field(default_factory=dict)
    rotations: dict[str, RotationDoc | Cycle] = Field(default_factory=dict, description="duty patterns by name")
    sites: dict[str, SiteDoc] = Field(default_factory=dict)
    groups: dict[str, GroupDoc | SiteNames] = Field(default_factory=dict)
    travel: tuple[TravelDoc, ...] = ()
    relief: ReliefTime | None = Field(None, description="longest time at every static post at a stretch, such as 4h")
    breaks: tuple[BreakDoc, ...] = Field((), description="pauses inside a duty: meals, prayer")
    personnel: PersonnelDoc | FileNames | tuple[str | PersonDoc, ...] = ()
    absences: FileNames | tuple[str | AbsenceDoc, ...] = ()
    history: FileNames = Field((), description="earlier rosters, counted in every rule")
    counters: FileNames | tuple[str | CounterDoc, ...] = Field(
        (), description="what was served before and stands in no roster; counts per operation and in fair shares"
    )
    published: FileNames = Field((), description="the roster that people know; the rule stability keeps to it")
    busy: FileNames = Field((), description="rosters of other operations, which block")
    accept: tuple[AcceptDoc, ...] = ()
    week_starts: Weekday = 0
    weekend: Weekdays = (5, 6)
    holidays: Holidays | None = Field(None, description="public holidays: a country, dates, or both")
    letterhead: LetterheadDoc | None = Field(None, description="what stands at the head of the papers")
    signatures: tuple[SignatureDoc, ...] = Field((), description="who signs the papers, from left to right")
    contacts: tuple[ContactDoc, ...] = Field((), description="whom to call, on duty cards")
    rounds: dict[str, RoundsDoc] = Field(default_factory=dict, description="grounds that patrols walk, by name")
    rules: Any = ()

    @field_validator("ranks")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        twice = next((one for one in value if value.count(one) > 1), None)
        if twice:
            raise ValueError(_('"{twice}" stands twice.').format(twice=twice))
        return value
