"""Two sheets of the workbook that are looked at rather than read: cover as a heat map, and fairness with charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from patrolplan.formats.names import call
from patrolplan.formats.xlsx_paper import Paper, fit_row, fitting_width, write_day, write_text, write_texts
from patrolplan.language import _

_HOURS = 24
_CHART_ROWS = 19
_GAP = 1
"""Columns left empty between the two parts of the heat map."""


class Heat(Protocol):
    """Cover through the hours; see `patrolplan.analysis.heatmap.HeatMap`."""

    @property
    def site(self) -> int | None:
        """Index of the site; None for the whole operation."""
        ...

    @property
    def days(self) -> Sequence[int]:
        """Date ordinals."""
        ...

    @property
    def missing(self) -> Sequence[Sequence[int | None]]:
        """People missing, by date and hour."""
        ...

    @property
    def present(self) -> Sequence[Sequence[int | None]]:
        """People on duty, by date and hour."""
        ...


@dataclass(frozen=True, slots=True)
class ShareRow:
    """What one person serves; `fair` has the fair share of it by kind of work, where a rule asks for one."""

    person: int
    served: Mapping[str, float]
    fair: Mapping[str, float]
    standby: int
    hours_per_week: float


def add_cover(paper: Paper, name: str, heat: Sequence[Heat]) -> None:
    """Places and dates down, the 24 hours across: who is missing, and beside it who is on duty."""
    sheet = paper.sheet(name, rows=2, columns=2, scale=75)
    second = 2 + _HOURS + _GAP
    title = paper.format(bold=True, bg_color="#D9D9D9", text_wrap=False)
    for column in range(second + _HOURS):
        write_text(sheet, 0, column, "", title)
    write_text(sheet, 0, 2, _("people missing, at the worst minute of the hour"), title)
    write_text(sheet, 0, second, _("people on duty, at the fewest"), title)
    write_texts(sheet, 1, 0, (_("place"), _("date")), paper.head)
    for hour in range(_HOURS):
        for column in (2 + hour, second + hour):
            write_text(sheet, 1, column, f"{hour:02d}", paper.head)
    row, breaks, titles = 2, [], []
    for one in heat:
        place = _("whole operation") if one.site is None else paper.problem.sites[one.site].title
        titles.append(place)
        breaks.append(row)
        for index, day in enumerate(one.days):
            write_text(sheet, row, 0, place, paper.format(text_wrap=False))
            write_day(sheet, row, 1, day, paper.day())
            _write_hours(paper, sheet, row, 2, one.missing[index])
            _write_hours(paper, sheet, row, second, one.present[index])
            row += 1
    _shade(sheet, (2, 2, max(2, row - 1), 1 + _HOURS), "#F8696B")
    _shade(sheet, (2, second, max(2, row - 1), second + _HOURS - 1), "#63BE7B")
    sheet.set_column(0, 0, fitting_width(titles, 10, 28))
    sheet.set_column(1, 1, 11)
    sheet.set_column(2, second + _HOURS - 1, 3.6)
    sheet.set_h_pagebreaks(breaks[1:])
    sheet.set_v_pagebreaks([second])
    sheet.ignore_errors({"number_stored_as_text": "A2:AZ2"})


def _write_hours(paper: Paper, sheet: Any, row: int, column: int, hours: Sequence[int | None]) -> None:
    for hour, count in enumerate(hours):
        if count is not None:
            sheet.write_number(row, column + hour, count, paper.format(align="center", border=4))
        else:
            write_text(sheet, row, column + hour, "", paper.format(bg_color="#EDEDED", border=4))


def _shade(sheet: Any, area: tuple[int, int, int, int], colour: str) -> None:
    scale = {"type": "2_color_scale", "min_type": "num", "min_value": 0, "min_color": "#FFFFFF", "max_color": colour}
    sheet.conditional_format(*area, scale)


def add_fairness(paper: Paper, name: str, charts: str, shares: Sequence[ShareRow]) -> None:
    """What everybody serves beside the fair share of it, and on a second sheet a chart of each kind of work."""
    kinds = _kinds(shares)
    sheet = paper.sheet(name, columns=2)
    heads = [_("person"), _("name"), _("hours per week"), _("on call")]
    for title in kinds.values():
        heads += [title, _("{what}, fair share").format(what=title)]
    write_texts(sheet, 0, 0, heads, paper.head)
    people = paper.problem.people
    for row, share in enumerate(shares, 1):
        who = people[share.person]
        write_texts(sheet, row, 0, (who.id, call(who)), paper.format(text_wrap=False))
        sheet.write_number(row, 2, round(share.hours_per_week, 2), paper.format(num_format="0.0"))
        sheet.write_number(row, 3, share.standby, paper.format())
        for column, kind in enumerate(kinds):
            sheet.write_number(
                row, 4 + 2 * column, round(share.served.get(kind, 0), 4), paper.format(num_format="0.##")
            )
            if kind in share.fair:
                fair = round(share.fair[kind], 4)
                sheet.write_number(row, 5 + 2 * column, fair, paper.format(num_format="0.0"))
    sheet.set_column(0, 0, fitting_width((people[share.person].id for share in shares), 8, 16))
    sheet.set_column(1, 1, fitting_width((people[share.person].name for share in shares), 8, 26))
    sheet.set_column(2, len(heads) - 1, 10)
    sheet.ignore_errors({"number_stored_as_text": f"A1:B{len(shares) + 1}"})
    fit_row(sheet, 0, heads, [10] * len(heads))
    if shares:
        _add_charts(paper, name, charts, shares, kinds)


def _add_charts(paper: Paper, table: str, name: str, shares: Sequence[ShareRow], kinds: Mapping[str, str]) -> None:
    """One chart below the other, each as wide as a page."""
    sheet = paper.sheet(name, rows=0)
    sheet.hide_gridlines(2)
    write_text(sheet, 0, 0, _("What everybody serves; the line is the fair share."), paper.format(text_wrap=False))
    for number, (kind, title) in enumerate(kinds.items()):
        fair = any(kind in share.fair for share in shares)
        chart = _chart(paper, table, title, 4 + 2 * number, len(shares), fair)
        sheet.insert_chart(1 + _CHART_ROWS * number, 0, chart, {"object_position": 3})
    sheet.set_h_pagebreaks([1 + _CHART_ROWS * number for number in range(2, len(kinds), 2)])


def _kinds(shares: Sequence[ShareRow]) -> dict[str, str]:
    """Kinds of work that occur, with their names."""
    named = {
        "hours": _("hours"),
        "nights": _("nights"),
        "weekends": _("weekend duties"),
        "holidays": _("holiday duties"),
    }
    every = dict.fromkeys(kind for share in shares for kind in (*share.served, *share.fair))
    used = [kind for kind in (*named, *every) if any(share.served.get(kind) or kind in share.fair for share in shares)]
    return {kind: _kind_words(kind, named) for kind in dict.fromkeys(used)}


def _kind_words(kind: str, named: Mapping[str, str]) -> str:
    """A kind of work, with its places where a rule is about some posts, such as ``nights at hospital/gate``."""
    work, _at, places = kind.partition(" at ")
    name = named.get(work, work)
    return _("{work} at {places}").format(work=name, places=places) if places else name


def _chart(paper: Paper, sheet: str, title: str, column: int, count: int, fair: bool) -> Any:
    """Columns of what everybody serves, with the fair share as a line."""
    names = [sheet, 1, 1, count, 1]
    chart = paper.book.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": [sheet, 0, column],
            "categories": names,
            "values": [sheet, 1, column, count, column],
            "fill": {"color": "#5B9BD5"},
            "gap": 40,
        }
    )
    if fair:
        line = paper.book.add_chart({"type": "line"})
        line.add_series(
            {
                "name": [sheet, 0, column + 1],
                "categories": names,
                "values": [sheet, 1, column + 1, count, column + 1],
                "line": {"color": "#C00000", "width": 1.5},
            }
        )
        chart.combine(line)
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"} if fair else {"none": True})
    chart.set_y_axis({"min": 0, "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
    chart.set_x_axis({"num_font": {"rotation": -60, "size": 7}})
    chart.set_size({"width": 1040, "height": 360})
    return chart
