"""The report as one HTML file that asks nothing of a network: styles, script and data are inside."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from markupsafe import Markup

from patrolplan.formats.pages import environment, json_for_script, template_text
from patrolplan.formats.report_facts import Plot, Report

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 480, 220, 22, 48, 42
_LABEL_WIDTH = 34
"""Least width in which a number fits beneath a bar."""


def report_html(report: Report) -> str:
    """The page as text; every word of the report is escaped."""
    style, script = template_text("report.css"), template_text("report.js")
    return (
        environment()
        .get_template("report.html")
        .render(
            report=report,
            words=report.words,
            style=Markup(style),
            script=Markup(script),
            policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
            "base-uri 'none'; form-action 'none'",
            data=json_for_script(_data(report)),
            places=_places(report),
            drawings=[_drawing(plot) for plot in report.plots],
            max_short=max((run[3] for row in report.heat[0].rows for run in row), default=0) if report.heat else 0,
        )
    )


def _hash(text: str) -> str:
    """The source expression of a content security policy that allows exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _data(report: Report) -> dict[str, Any]:
    """What the script needs and the page does not already hold."""
    return {
        "heat": [[[list(run) for run in row] for row in one.rows] for one in report.heat],
        "names": [one.name for one in report.heat],
        "posts": [[post.name, post.site] for post in report.posts],
        "sites": list(report.sites),
        "shifts": [[one.name, one.clock] for one in report.shifts],
        "dates": [one.text for one in report.dates],
        "phases": [list(one.phases) for one in report.dates],
        "heatPhases": [list(one.phases) for one in report.heat_dates],
        "words": dict(report.words),
    }


def _places(report: Report) -> list[tuple[str, list[tuple[int, str]]]]:
    """Places of the heat map by site, each with its number; everything together stands first, without a site."""
    numbered = enumerate(report.heat)
    return [
        (report.sites[site] if site >= 0 else "", [(number, one.name) for number, one in group])
        for site, group in groupby(numbered, key=lambda pair: pair[1].site)
    ]


@dataclass(frozen=True, slots=True)
class _Column:
    """A bar as drawn, with the label of its people and that of its lower edge."""

    x: float
    y: float
    width: float
    height: float
    people: str
    label: str
    label_x: float


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A plot in the units of its view box."""

    plot: Plot
    width: int
    height: int
    base: int
    left: int
    columns: tuple[_Column, ...]
    mark_x: float | None


def _drawing(plot: Plot) -> _Drawing:
    each = (_WIDTH - _LEFT - 10) / max(1, len(plot.bars))
    base, most = _HEIGHT - _BOTTOM, max((bar.people for bar in plot.bars), default=1)
    every = max(1, -(-_LABEL_WIDTH // int(max(1, each))))
    columns = []
    for index, bar in enumerate(plot.bars):
        height = (base - _TOP) * bar.people / most
        x = _LEFT + index * each
        label = f"{bar.low:g}" if index % every == 0 else ""
        people = str(bar.people) if bar.people else ""
        columns.append(
            _Column(round(x + 1, 1), round(base - height, 1), round(each - 2, 1), round(height, 1), people, label, x)
        )
    mark = None
    if plot.mark is not None and plot.bars and plot.bars[0].low <= plot.mark <= plot.bars[-1].high:
        width = plot.bars[0].high - plot.bars[0].low
        mark = round(_LEFT + (plot.mark - plot.bars[0].low) / width * each, 1)
    return _Drawing(plot, _WIDTH, _HEIGHT, base, _LEFT, tuple(columns), mark)


def data_of(page: str) -> dict[str, Any]:
    """The data inside a report page, for whoever wants to read it back."""
    start = page.index('<script type="application/json" id="data">')
    text = page[page.index(">", start) + 1 : page.index("</script>", start)]
    found: dict[str, Any] = json.loads(text)
    return found
