"""Fairness for the report: how every kind of work is spread, and a table of what everybody serves."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from patrolplan.analysis.fairness import KINDS, Load, worst_first
from patrolplan.formats.report_facts import Bar, FairColumn, Plot
from patrolplan.language import _, plural
from patrolplan.papers.names import Names, shown
from patrolplan.papers.numbers import number_words, signed_words
from patrolplan.problem import Problem

_MOST_BARS = 15
_STEPS = (1, 2, 5)


def plots(loads: Sequence[Load]) -> list[Plot]:
    """One plot per kind of work: the distance from the fair share where there is one, else what is served."""
    present = [load for load in loads if load.present_minutes]
    found = []
    for kind in kinds(present):
        shares = [load.shares[kind] for load in present if kind in load.shares]
        if shares:
            values = [share.distance for share in shares]
            served = [share.served for share in shares]
        else:
            values = served = [load.served(kind) for load in present]
        words = _("{title}: {low} to {high} for {people}").format(
            title=title(kind),
            low=number_words(min(served)),
            high=number_words(max(served)),
            people=plural("{n} person", "{n} people", len(served)),
        )
        if shares:
            words += _("; {low} to {high} off the fair share").format(
                low=signed_words(min(values)), high=signed_words(max(values))
            )
        unit = _("hours") if kind.startswith("hours") else _("duties")
        axis = _("{unit} above or below the fair share") if shares else _("{unit} served")
        found.append(Plot(title(kind), words + ".", axis.format(unit=unit), bars(values), 0.0 if shares else None))
    return found


def kinds(loads: Sequence[Load]) -> list[str]:
    """Kinds of work worth showing: the usual ones, holidays where there are any, then those of named posts."""
    usual = [
        kind
        for kind in KINDS
        if loads and (kind != "holidays" or any(load.holidays or kind in load.shares for load in loads))
    ]
    named = dict.fromkeys(kind for load in loads for kind in load.shares if kind not in KINDS)
    return [*usual, *named]


def title(kind: str) -> str:
    """A kind of work in words: ``Weekend duties``, or ``Nights at hospital/gate`` where a rule is about some posts."""
    work, _at, places = kind.partition(" at ")
    words = {
        "hours": _("Hours"),
        "nights": _("Nights"),
        "weekends": _("Weekend duties"),
        "holidays": _("Holiday duties"),
    }[work]
    return _("{work} at {places}").format(work=words, places=shown(places)) if places else words


def bars(values: Sequence[float]) -> tuple[Bar, ...]:
    """Values counted in intervals of a round width, of which there are few enough to draw."""
    low, high = min(values), max(values)
    step = _step((high - low) / _MOST_BARS)
    first = math.floor(low / step + 1e-9)
    last = math.floor(high / step + 1e-9)
    counts = [0] * (last - first + 1)
    for value in values:
        counts[math.floor(value / step + 1e-9) - first] += 1
    return tuple(Bar((first + index) * step, (first + index + 1) * step, count) for index, count in enumerate(counts))


def _step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20 ... that is at least so large."""
    scale = 1
    while True:
        for step in _STEPS:
            if step * scale >= least:
                return float(step * scale)
        scale *= 10


def load_columns(problem: Problem, loads: Sequence[Load], names: Names) -> list[FairColumn]:
    """What everybody serves beside the fair share of it; those furthest from it first."""
    rows = worst_first(loads)
    columns = [_text_column(_("Name"), rows, lambda load: names.ranked(load.person))]
    if any(problem.people[load.person].team for load in rows):
        columns.append(_text_column(_("Team"), rows, lambda load: shown(problem.people[load.person].team)))
    columns.append(_number_column(_("Hours per week"), rows, lambda load: load.hours_per_week, signed=False))
    for kind in kinds([load for load in rows if load.present_minutes]):
        columns += _kind_columns(kind, rows)
    if any(load.standby for load in rows):
        columns.append(_number_column(_("On call"), rows, lambda load: load.standby, signed=False))
    return columns


def _kind_columns(kind: str, rows: Sequence[Load]) -> Iterator[FairColumn]:
    name = title(kind)

    def served(load: Load) -> float | None:
        return load.served(kind) if kind in KINDS or kind in load.shares else None

    yield _number_column(name, rows, served, signed=False)
    if any(kind in load.shares for load in rows):
        yield _number_column(
            _("{work}, off the fair share").format(work=name),
            rows,
            lambda load: load.shares[kind].distance if kind in load.shares else None,
            signed=True,
        )


def _text_column(head: str, rows: Sequence[Load], text: Callable[[Load], str]) -> FairColumn:
    cells = tuple(text(load) for load in rows)
    return FairColumn(head, cells, tuple(cell.casefold() for cell in cells), number=False)


def _number_column(
    head: str, rows: Sequence[Load], value: Callable[[Load], float | None], *, signed: bool
) -> FairColumn:
    words = signed_words if signed else number_words
    values = [value(load) for load in rows]
    cells = tuple("" if one is None else words(one) for one in values)
    return FairColumn(head, cells, tuple(-math.inf if one is None else round(one, 3) for one in values))
