"""The roster as a workbook: by person and by site, cover through the hours, fairness, findings, and the full table."""

from __future__ import annotations

import datetime as dt
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patrolplan.findings import CODES, Finding, Severity
from patrolplan.formats.grid import LEADING, TRAILING, grid_table
from patrolplan.formats.names import call
from patrolplan.formats.roster_csv import RosterFile, roster_table
from patrolplan.formats.xlsx_paper import (
    Paper,
    break_weeks,
    fit_row,
    fitting_width,
    numbered,
    write_day,
    write_moment,
    write_text,
    write_texts,
)
from patrolplan.formats.xlsx_plots import Heat, ShareRow, add_cover, add_fairness
from patrolplan.language import _, plural
from patrolplan.problem import Problem
from patrolplan.roster import Duty, Roster, who_stands
from patrolplan.units import COST_SCALE, clock_text, parse_date

_SCALE = 66
"""Percent at which a week of dates and the names fit on a page."""
_SEVERITY = {Severity.HARD: "#F4B6B6", Severity.GAP: "#F8CBAD", Severity.SOFT: "#FFF2CC"}


@dataclass(frozen=True)
class Book:
    """What goes into the workbook.

    Attributes
    ----------
    roster
        As it was read, without duties that are given beforehand.
    origin
        The file it was read from, for its extra columns.
    heat
        Cover through the hours, the whole operation first.
    shares
        What everybody serves.
    open_places
        Places that stay open, by post, shift and date.
    """

    problem: Problem
    roster: Roster
    origin: RosterFile
    heat: Sequence[Heat]
    shares: Sequence[ShareRow]
    findings: Sequence[Finding]
    open_places: Mapping[tuple[int, int, int], int]


def workbook(content: Book) -> bytes:
    """The workbook in the format ``.xlsx``; the same content gives the same bytes.

    Texts never become formulas, links or numbers. The last sheet has the columns and cells of the roster file.
    """
    from xlsxwriter import Workbook

    target = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(target, {"in_memory": True, "constant_memory": False, **plain})
    day, clock = content.problem.zone.local(content.problem.start)
    begin = dt.datetime.combine(dt.date.fromordinal(day), dt.time(clock // 60, clock % 60))
    book.set_properties({"title": content.problem.name[:250], "comments": "patrolplan", "created": begin})
    paper = Paper(book, content.problem)
    names = numbered([_("By person"), _("By site"), _("Cover"), _("Fairness"), _("Charts"), _("Findings"), _("Table")])
    _add_people(paper, names[0], content)
    _add_sites(paper, names[1], content)
    add_cover(paper, names[2], content.heat)
    add_fairness(paper, names[3], names[4], content.shares)
    _add_findings(paper, names[5], content)
    _add_table(paper, names[6], content)
    book.close()
    return target.getvalue()


def _add_people(paper: Paper, name: str, content: Book) -> None:
    """People by dates, with the cells of the wide table."""
    problem = content.problem
    head, *rows = grid_table(problem, content.roster)
    first, last = len(LEADING), len(head) - len(TRAILING)
    days = [parse_date(one) for one in head[first:last]]
    duties = _by_person_and_day(content.roster)
    sheet = paper.sheet(name, columns=first, scale=_SCALE)
    write_texts(sheet, 0, 0, head[:first], paper.head)
    for column, day in enumerate(days, first):
        write_day(sheet, 0, column, day, paper.day_head(day))
    write_texts(sheet, 0, last, head[last:], paper.head)
    for number, row in enumerate(rows, 1):
        write_texts(sheet, number, 0, row[:first], paper.format())
        for column, day in enumerate(days, first):
            write_text(sheet, number, column, row[column], _duty_looks(paper, duties.get((number - 1, day), ())))
        for column in range(last, len(head)):
            sheet.write_number(number, column, float(row[column]), paper.format(num_format="0.##", align="right"))
    widths = [fitting_width((row[column] for row in (head, *rows)), 5, 24) for column in range(first)]
    widths += [fitting_width((cell for row in rows for cell in row[first:last]), 10, 17)] * len(days)
    for column, width in enumerate([*widths, 7, 7]):
        sheet.set_column(column, column, width)
    for number, row in enumerate(rows, 1):
        fit_row(sheet, number, row, widths)
    break_weeks(sheet, first, len(days))
    _colour_by_shift(paper, sheet, (1, first, max(1, len(rows)), last - 1))
    _accept_numbers_as_text(sheet, len(rows), 0)
    _explain_shifts(paper, sheet, len(head) + 1)


def _by_person_and_day(roster: Roster) -> dict[tuple[int, int], list[Duty]]:
    found: dict[tuple[int, int], list[Duty]] = defaultdict(list)
    for duty in roster.duties:
        found[duty.person, duty.day].append(duty)
    return found


def _duty_looks(paper: Paper, duties: Sequence[Duty]) -> Any:
    """The colour of the first duty's shift; on call and training are in italics."""
    if not duties:
        return paper.shift(None)
    first = min(duties, key=lambda duty: duty.on_call)
    return paper.shift(None if first.on_call else first.shift, italic=first.kind != "duty")


def _colour_by_shift(paper: Paper, sheet: Any, area: tuple[int, int, int, int]) -> None:
    """Colours that follow when a planner writes another shift into a cell, or empties it."""
    sheet.conditional_format(*area, {"type": "blanks", "format": paper.book.add_format({"bg_color": "#FFFFFF"})})
    order = sorted(range(len(paper.problem.shifts)), key=lambda one: -len(paper.problem.shifts[one].name))
    for shift in order:
        looks = paper.book.add_format({"bg_color": paper.shift_colours[shift]})
        begins = {"type": "text", "criteria": "begins with", "value": paper.problem.shifts[shift].name}
        sheet.conditional_format(*area, {**begins, "format": looks, "stop_if_true": True})


def _explain_shifts(paper: Paper, sheet: Any, column: int) -> None:
    """What the colours mean, beside the table under no heading, so that it is no part of the roster."""
    texts = [f"{shift.name} {clock_text(shift.start)}-{clock_text(shift.end)}" for shift in paper.problem.shifts]
    for index, words in enumerate(texts):
        write_text(sheet, 1 + index, column, words, paper.shift(index))
    sheet.set_column(column, column, fitting_width(texts))


def _accept_numbers_as_text(sheet: Any, rows: int, column: int) -> None:
    """No green triangles at service numbers, which are texts."""
    letter = chr(ord("A") + column)
    sheet.ignore_errors({"number_stored_as_text": f"{letter}1:{letter}{rows + 1}"})


def _add_sites(paper: Paper, name: str, content: Book) -> None:
    """Posts and shifts by dates: who stands there, and how many places stay open."""
    problem = content.problem
    standing = who_stands(content.roster.duties)
    rows = sorted({key[:2] for key in (*standing, *content.open_places)}, key=lambda one: _by_start(problem, one))
    days = list(range(problem.first_day, problem.last_day + 1))
    sheet = paper.sheet(name, columns=3, scale=_SCALE)
    write_texts(sheet, 0, 0, (_("site"), _("post"), _("shift")), paper.head)
    for column, day in enumerate(days, 3):
        write_day(sheet, 0, column, day, paper.day_head(day))
    cells: dict[tuple[int, int], str] = {}
    for number, (post, shift) in enumerate(rows, 1):
        where = problem.posts[post]
        label = (problem.sites[where.site].title, where.title, problem.shifts[shift].name)
        write_texts(sheet, number, 0, label, paper.format(bold=True))
        for column, day in enumerate(days, 3):
            people = standing.get((post, shift, day), ())
            missing = content.open_places.get((post, shift, day), 0)
            lines = [call(problem.people[person]) for person in people]
            lines += [plural("{n} OPEN", "{n} OPEN", missing)] if missing else []
            cells[number, column] = "\n".join(lines)
            looks = paper.shift(shift, **({"font_color": "#C00000", "bold": True} if missing else {}))
            write_text(sheet, number, column, cells[number, column], looks)
    widths = [22, 14, 8, *[fitting_width(cells.values(), 10, 17)] * len(days)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for number, (post, shift) in enumerate(rows, 1):
        label = (problem.sites[problem.posts[post].site].title, problem.posts[post].title, problem.shifts[shift].name)
        fit_row(sheet, number, (*label, *(cells[number, column] for column in range(3, len(days) + 3))), widths)
    sites = [problem.posts[post].site for post, _shift in rows]
    sheet.set_h_pagebreaks([index + 1 for index in range(1, len(sites)) if sites[index] != sites[index - 1]])
    break_weeks(sheet, 3, len(days))


def _by_start(problem: Problem, turn: tuple[int, int]) -> tuple[int, int, int]:
    return turn[0], problem.shifts[turn[1]].start, turn[1]


def _add_findings(paper: Paper, name: str, content: Book) -> None:
    problem = content.problem
    heads = {
        _("code"): 7, _("what"): 16, _("how bad"): 7, _("message"): 46, _("person"): 10, _("site"): 12,
        _("post"): 16, _("from"): 15, _("until"): 15, _("is"): 6, _("should be"): 8, _("cost"): 7, _("rule"): 11,
        _("where it is asked for"): 28, _("accepted"): 12,
    }  # fmt: skip
    sheet = paper.sheet(name)
    write_texts(sheet, 0, 0, heads, paper.head)
    for column, width in enumerate(heads.values()):
        sheet.set_column(column, column, width)
    for row, finding in enumerate(content.findings, 1):
        looks = paper.format(**({"bg_color": _SEVERITY[finding.severity]} if finding.severity in _SEVERITY else {}))
        words = (finding.code, _(CODES.get(finding.code, "")), _(str(finding.severity)), finding.message)
        write_texts(sheet, row, 0, (*words, finding.person, finding.site, finding.post), looks)
        for column, instant in ((7, finding.start), (8, finding.end)):
            if instant is not None:
                write_moment(sheet, row, column, problem, instant, paper.moment())
        for column, number in ((9, finding.actual), (10, finding.required)):
            if number is not None:
                sheet.write_number(row, column, number, paper.format(num_format="0.##"))
        if finding.cost:
            sheet.write_number(row, 11, finding.cost / COST_SCALE, paper.format(num_format="0.##"))
        origins = (finding.rule, str(finding.place), finding.accepted)
        write_texts(sheet, row, 12, origins, paper.format())
        texts = (*words, finding.person, finding.site, finding.post, *[""] * 5, *origins)
        fit_row(sheet, row, texts, heads.values())
    if not content.findings:
        write_text(sheet, 1, 3, _("Nothing was found."), paper.format())
    sheet.autofilter(0, 0, max(1, len(content.findings)), len(heads) - 1)
    _accept_numbers_as_text(sheet, len(content.findings), 4)


def _add_table(paper: Paper, name: str, content: Book) -> None:
    """The columns and cells of the roster file."""
    rows = roster_table(content.problem, content.roster, content.origin)
    sheet = paper.sheet(name)
    write_texts(sheet, 0, 0, rows[0], paper.head)
    looks = paper.format(text_wrap=False, num_format="@")
    for number, row in enumerate(rows[1:], 1):
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(number, column, cell, looks)
    for column in range(len(rows[0])):
        sheet.set_column(column, column, fitting_width((row[column] for row in rows), 8, 26))
    sheet.autofilter(0, 0, max(1, len(rows) - 1), len(rows[0]) - 1)
    _accept_numbers_as_text(sheet, len(rows), 0)
