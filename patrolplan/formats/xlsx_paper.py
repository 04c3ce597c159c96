"""Looks of a workbook: colours of shifts, kinds of cells, and how its sheets come out of a printer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any

from patrolplan.language import spoken
from patrolplan.problem import Problem
from patrolplan.units import weekday

A4 = 9
WEEK = 7
"""Dates on one printed page."""
_BY_DAY = ("#FFF2CC", "#E2EFDA", "#FCE4D6", "#EDEDED", "#F8CBAD", "#D9EAD3")
_BY_NIGHT = ("#B4C7E7", "#CDBFE3", "#9FC5E8", "#A2B5CD")
_CODES = {"en": "[$-409]", "id": "[$-421]"}
"""How Excel marks the language of a date."""
_POINTS = 12
"""Height of a line of text."""
_WORDS = re.compile(r"[^\s/-]*[\s/-]*")
_LONGEST = 30_000
"""Excel takes no more characters than about that in a cell."""


class Paper:
    """A workbook under construction, with its formats.

    Parameters
    ----------
    book
        An ``xlsxwriter.Workbook``.
    """

    def __init__(self, book: Any, problem: Problem) -> None:
        self.book = book
        self.problem = problem
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        days, nights = iter(_BY_DAY * 99), iter(_BY_NIGHT * 99)
        self.shift_colours = [next(nights) if shift.night else next(days) for shift in problem.shifts]

    def format(self, **looks: Any) -> Any:
        """A format with these properties; text is at the top and wrapped unless they say otherwise."""
        whole = {"valign": "top", "text_wrap": True, "font_size": 9, **looks}
        key = tuple(sorted(whole.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(whole)
        return self._formats[key]

    @property
    def head(self) -> Any:
        """Of headings."""
        return self.format(bold=True, bg_color="#D9D9D9", bottom=1)

    def day_head(self, day: int) -> Any:
        """Of a date as a heading; dates on weekends and holidays are darker."""
        free = weekday(day) in self.problem.weekend or day in self.problem.holidays
        colour = "#BFBFBF" if free else "#D9D9D9"
        return self.format(bold=True, bg_color=colour, bottom=1, num_format=self.date_code(), align="center")

    def day(self) -> Any:
        """Of a date in a column."""
        return self.format(num_format=self.date_code(), align="left", text_wrap=False)

    def moment(self) -> Any:
        """Of a date with its clock time."""
        return self.format(num_format=f"{self.date_code()} hh:mm", align="left", text_wrap=False)

    def shift(self, shift: int | None, **looks: Any) -> Any:
        """Of a duty in a shift."""
        return self.format(**({} if shift is None else {"bg_color": self.shift_colours[shift]}), border=4, **looks)

    @staticmethod
    def date_code() -> str:
        """The number format of a date in the language that is spoken, with its weekday."""
        return f"{_CODES.get(spoken(), '')}ddd d mmm"

    def sheet(self, name: str, *, rows: int = 1, columns: int = 0, scale: int = 0) -> Any:
        """A sheet whose first rows and columns stay in sight and are printed on every page, A4 landscape.

        Parameters
        ----------
        scale
            Percent at which it is printed; 0 makes it one page wide.
        """
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        if scale:
            sheet.set_print_scale(scale)
        else:
            sheet.fit_to_pages(1, 0)
        if rows:
            sheet.freeze_panes(rows, columns)
            sheet.repeat_rows(0, rows - 1)
        if columns:
            sheet.repeat_columns(0, min(columns, 2) - 1)
        title = self.problem.name.replace("&", "&&")[:120]
        sheet.set_header(f"&L&10{title}&R&10&A")
        sheet.set_footer("&R&9&P / &N")
        return sheet


def write_texts(sheet: Any, row: int, column: int, texts: Iterable[str], looks: Any) -> None:
    """Write texts side by side, each as a text whatever it looks like."""
    for offset, text in enumerate(texts):
        write_text(sheet, row, column + offset, text, looks)


def write_text(sheet: Any, row: int, column: int, text: str, looks: Any) -> None:
    """Write a text that stays one: never a formula, a link or a number."""
    if text:
        sheet.write_string(row, column, text[:_LONGEST], looks)
    else:
        sheet.write_blank(row, column, None, looks)


def write_day(sheet: Any, row: int, column: int, day: int, looks: Any) -> None:
    """Write a date ordinal as a real date."""
    sheet.write_datetime(row, column, dt.datetime.combine(dt.date.fromordinal(day), dt.time()), looks)


def write_moment(sheet: Any, row: int, column: int, problem: Problem, instant: int, looks: Any) -> None:
    """Write an instant as the local date and clock time."""
    day, clock = problem.zone.local(instant)
    sheet.write_datetime(
        row, column, dt.datetime.combine(dt.date.fromordinal(day), dt.time(clock // 60, clock % 60)), looks
    )


def fitting_width(texts: Iterable[str], least: int = 8, most: int = 40) -> int:
    """Characters of a column in which the longest line of some texts fits, within limits."""
    longest = max((len(line) for text in texts for line in text.split("\n")), default=0)
    return min(most, max(least, longest + 2))


def fit_row(sheet: Any, row: int, texts: Iterable[str], widths: Iterable[int]) -> None:
    """Make a row as high as the texts in it need in columns of these widths, in characters."""
    lines = max((_lines(text, width) for text, width in zip(texts, widths, strict=False)), default=1)
    sheet.set_row(row, min(400, _POINTS * lines + 2))


def _lines(text: str, width: int) -> int:
    """Lines of a text that is wrapped at blanks and hyphens, or inside a word that is too long."""
    room, count = max(1, width), 0
    for line in text.split("\n"):
        used, count = 0, count + 1
        for word in _WORDS.findall(line):
            if used and used + len(word.rstrip()) > room:
                count, used = count + 1, 0
            count += max(0, len(word.rstrip()) - 1) // room
            used += len(word) % room if len(word) > room else len(word)
    return count


def break_weeks(sheet: Any, first: int, count: int) -> None:
    """Begin a new printed page after every `WEEK` dates, the first of which stands in column `first`."""
    sheet.set_v_pagebreaks(list(range(first + WEEK, first + count, WEEK)))


def numbered(texts: Sequence[str]) -> list[str]:
    """Names for sheets, each once: Excel wants at most 31 characters, and no brackets, colons, stars or slashes."""
    found: list[str] = []
    for text in texts:
        plain = "".join("-" if one in "[]:*?/\\'" else one for one in text)[:31] or "-"
        while plain.casefold() in {one.casefold() for one in found}:
            plain = f"{plain[:28]}-{len(found)}"
        found.append(plain)
    return found
