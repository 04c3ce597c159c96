"""Which columns of a grid are dates: headings as exported, and as spreadsheets rewrite them."""

from __future__ import annotations

import datetime as dt
import re

from patrolplan.errors import Complaint, InputError, Place
from patrolplan.language import _
from patrolplan.problem import Problem
from patrolplan.spreadsheet_dates import read_moment
from patrolplan.tables import Table

_SHORT_YEAR = re.compile(r"(\d{1,2}[-/.]\d{1,2}[-/.])(\d{2})")
_DAY_MONTH = re.compile(r"(?:[^\W\d]+\.?,?\s+)?(\d{1,2})\.?[\s-]+([^\W\d]+)\.?(?:[\s-]+(\d{4}|\d{2}))?")
_MONTH_DAY = re.compile(r"(?:[^\W\d]+\.?,?\s+)?([^\W\d]+)\.?[\s-]+(\d{1,2})(?:,?[\s-]+(\d{4}))?")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan",
            "feb",
            "mar mär mrz",
            "apr",
            "may mei mai",
            "jun",
            "jul",
            "aug agu ags",
            "sep",
            "oct okt",
            "nov",
            "dec des dez",
        ),
        1,
    )
    for name in names.split()
}
"""The first three letters of months, English, Indonesian and German."""


def date_columns(problem: Problem, table: Table) -> dict[str, int]:
    """Headings that are dates, as date ordinals, in the order of the columns.

    Headings such as 05/11/2024 are read day first or month first, whichever makes more of them dates, then whichever
    lies in the operation; where a year is missing it is that of the operation.

    Raises
    ------
    InputError
        If both readings are possible, or two headings are the same date.
    """
    headings = [heading for heading in table.headings if heading]
    day_first, month_first = (
        {heading: day for heading in headings if (day := _date(problem, heading, first)) is not None}
        for first in (True, False)
    )
    chosen = max((day_first, month_first), key=lambda found: _merit(problem, found))
    other = month_first if chosen is day_first else day_first
    unclear = [heading for heading in headings if chosen.get(heading) != other.get(heading)]
    unread = [heading for heading in other if heading not in chosen]
    if (unclear and _merit(problem, chosen) == _merit(problem, other)) or unread:
        heading = (unread or unclear)[0]
        message = _(
            'the heading "{heading}" may mean day/month or month/day, and the others do not tell. Write '
            "dates with the year first, such as 2024-11-27."
        ).format(heading=heading)
        raise InputError([Complaint(message, Place(table.file, 1, table.headings.index(heading) + 1))], table.file)
    _refuse_twins(table, chosen)
    return chosen


def _merit(problem: Problem, found: dict[str, int]) -> tuple[int, int]:
    """How many headings are dates, and how many of these lie in the operation."""
    return len(found), sum(problem.first_day - 1 <= day <= problem.last_day for day in found.values())


def _refuse_twins(table: Table, found: dict[str, int]) -> None:
    first: dict[int, str] = {}
    for heading, day in found.items():
        twin = first.setdefault(day, heading)
        if twin != heading:
            place = Place(table.file, 1, table.headings.index(heading) + 1)
            raise InputError(
                [
                    Complaint(
                        _('the headings "{twin}" and "{heading}" are the same date.').format(
                            twin=twin, heading=heading
                        ),
                        place,
                    )
                ],
                table.file,
            )


def _date(problem: Problem, heading: str, day_first: bool) -> int | None:
    """The date that a heading says, or None if it is no date."""
    text = " ".join(heading.split())
    short = _SHORT_YEAR.fullmatch(text)
    try:
        moment = read_moment(f"{short[1]}20{short[2]}" if short else text, day_first)
    except ValueError:
        return _named_month(problem, text)
    return moment.day if moment.clock in (None, 0) else None


def _named_month(problem: Problem, text: str) -> int | None:
    """The date of ``27 Nov``, ``Wed 27 Nov``, ``27-Nov-24`` or ``Nov 27, 2024``."""
    match, order = _DAY_MONTH.fullmatch(text), (1, 2, 3)
    if match is None:
        match, order = _MONTH_DAY.fullmatch(text), (2, 1, 3)
    month = _MONTHS.get(match[order[1]][:3].lower()) if match else None
    if match is None or month is None:
        return None
    first, last = (dt.date.fromordinal(day).year for day in (problem.first_day, problem.last_day))
    years = (
        [int(match[3]) % 100 + 2000 if len(match[3]) == 2 else int(match[3])] if match[3] else range(first, last + 1)
    )
    found = []
    for year in years:
        try:
            found.append(dt.date(year, month, int(match[order[0]])).toordinal())
        except ValueError:
            continue
    inside = [day for day in found if problem.first_day - 1 <= day <= problem.last_day]
    return next(iter(inside or found), None)
