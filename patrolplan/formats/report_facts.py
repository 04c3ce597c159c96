"""The report as facts in words: what `patrolplan.formats.report_html` lays out, and nothing that still has to be known.

Times and places are text here; people, posts, sites and phases are referred to by their index in the tuples of
`Report`. Every text may come from a file and is escaped by whoever lays it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

GOOD, BAD, SO_SO, PLAIN = "good", "bad", "so-so", "plain"
"""How a figure is to be taken."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the summary: its name, the figure itself, and the words beneath it."""

    label: str
    value: str
    words: str = ""
    mood: str = PLAIN


@dataclass(frozen=True, slots=True)
class GapEntry:
    """A gap: where, when, how many are missing, the line of the need, and who could not or could fill it.

    Attributes
    ----------
    key
        Post, site or rule as the operation file names it, and `start` and `end` in ISO 8601, for programs.
    """

    code: str
    title: str
    place: str
    when: str
    size: str
    amount: str
    origin: str
    key: str
    short: int
    start: str
    end: str
    could_not: tuple[str, ...] = ()
    could: str = ""


@dataclass(frozen=True, slots=True)
class FindingEntry:
    """Another finding: who, where, when, what, and where it is asked for."""

    code: str
    title: str
    where: str
    words: str
    origin: str


@dataclass(frozen=True, slots=True)
class FindingList:
    """Findings of one severity, `left_out` of which are not listed."""

    title: str
    entries: tuple[FindingEntry, ...]
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class DateHead:
    """A date of the report.

    Attributes
    ----------
    weekday, number, month
        In the language, such as ``Wed``, ``27`` and ``Nov``.
    text
        The date with its weekday.
    phases
        Indices of the phases that run on it.
    note
        Name of a public holiday.
    """

    weekday: str
    number: str
    month: str
    text: str
    phases: tuple[int, ...] = ()
    weekend: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Cover of a place through the hours of every date.

    Attributes
    ----------
    site
        Index of the site to which the place belongs; -1 for everything.
    rows
        For each date runs of equal hours: ``(hours, present, needed, short)``. People present, needed and missing are
        those of the hour's worst minute; an hour that the clock skips, or outside the operation, has -1 present.
    """

    name: str
    site: int
    rows: tuple[tuple[tuple[int, int, int, int], ...], ...]


@dataclass(frozen=True, slots=True)
class ShiftKey:
    """A shift with its letter; `tone` numbers its colour, by day ``d0`` and by night ``n0`` upwards."""

    letter: str
    name: str
    clock: str
    tone: str


@dataclass(frozen=True, slots=True)
class GridDuty:
    """A duty in a person's calendar: shift, post at which it starts, and ``duty``, ``standby`` or ``training``."""

    shift: int
    post: int
    kind: str = "duty"


@dataclass(frozen=True, slots=True)
class GridRow:
    """Everybody's calendar: the duties of each date, and the reason of an absence where there is none."""

    name: str
    number: str
    team: str
    cells: tuple[tuple[GridDuty, ...], ...]
    away: Mapping[int, str]
    hours: str
    nights: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Who stands at a post in one shift of one date: people by index, and what is open in words."""

    people: tuple[int, ...]
    open: str = ""


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post in one shift through all dates."""

    post: int
    shift: int
    cells: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class SiteTable:
    """Everybody at one site; `title` is the site's."""

    name: str
    title: str
    rows: tuple[PostRow, ...]


@dataclass(frozen=True, slots=True)
class PostName:
    """A post with the index of its site."""

    name: str
    site: int


@dataclass(frozen=True, slots=True)
class Bar:
    """People whose value lies from `low` to below `high`."""

    low: float
    high: float
    people: int


@dataclass(frozen=True, slots=True)
class Plot:
    """How one kind of work is spread.

    Attributes
    ----------
    words
        The spread in a sentence, which the plot only draws.
    axis
        What is counted along the axis.
    mark
        The value of a fair share where the axis is the distance from it, else None.
    """

    title: str
    words: str
    axis: str
    bars: tuple[Bar, ...]
    mark: float | None = None


@dataclass(frozen=True, slots=True)
class FairColumn:
    """A column of the table of loads: its heading, and cells beside the values by which they are sorted."""

    title: str
    cells: tuple[str, ...]
    values: tuple[float | str, ...]
    number: bool = True


@dataclass(frozen=True)
class Report:
    """Everything that the report shows.

    Attributes
    ----------
    dates, heat_dates
        Dates on which duties start, and calendar dates of the heat map.
    words
        Words of the page in its language, by the name under which the template asks for them.
    """

    language: str
    operation: str
    span: str
    origin: str
    figures: tuple[Figure, ...]
    gaps: tuple[GapEntry, ...]
    findings: tuple[FindingList, ...]
    dates: tuple[DateHead, ...]
    heat_dates: tuple[DateHead, ...]
    phases: tuple[str, ...]
    sites: tuple[str, ...]
    posts: tuple[PostName, ...]
    shifts: tuple[ShiftKey, ...]
    heat: tuple[HeatMap, ...]
    grid: tuple[GridRow, ...]
    tables: tuple[SiteTable, ...]
    plots: tuple[Plot, ...]
    loads: tuple[FairColumn, ...]
    loads_note: str
    words: Mapping[str, str] = field(default_factory=dict)
