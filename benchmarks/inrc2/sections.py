"""The outer shape of the competition's text files: headings, some with a value, and rows of words below them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from patrolplan.errors import Complaint, InputError, Place, nearest

_RANGE = re.compile(r"\((\d+),(\d+)\)")
_SPACE_IN_RANGE = re.compile(r"(?<=[(,])\s+|\s+(?=[,)])")
_REMARK = re.compile(r"\w+:\s")
"""Lines such as ``Cost: 575``, with which solvers end their solutions."""


@dataclass(frozen=True, slots=True)
class Row:
    """The words of one line, and where it stands."""

    words: tuple[str, ...]
    place: Place

    def wrong(self, message: str) -> InputError:
        """An error at this line."""
        return InputError([Complaint(message, self.place)], self.place.file)

    def require(self, *names: str, more: bool = False) -> None:
        """Refuse a row with too few words, or too many unless `more` may follow."""
        count = len(self.words)
        if count < len(names) or (count > len(names) and not more):
            raise self.wrong(f"{count} words; the line should have {', '.join(names)}{' and more' if more else ''}.")

    def whole(self, text: str) -> int:
        """A whole number that is not negative."""
        if not (text.isascii() and text.isdecimal()):
            raise self.wrong(f'"{text}" is not a whole number.')
        return int(text)

    def span(self, text: str) -> tuple[int, int]:
        """Two whole numbers, such as ``(2,5)``."""
        match = _RANGE.fullmatch(text)
        if match is None:
            raise self.wrong(f'"{text}" is not a pair of numbers; write it like (2,5).')
        return int(match[1]), int(match[2])

    def known(self, name: str, names: Iterable[str], what: str) -> str:
        """A name that was defined before."""
        if name not in names:
            raise self.wrong(f'there is no {what} "{name}".{nearest(name, names)}')
        return name


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its value (empty if it has none) and the rows below it."""

    heading: Row
    value: str
    rows: list[Row] = field(default_factory=list)

    @property
    def first(self) -> Row:
        """The first row."""
        if not self.rows:
            raise self.heading.wrong(f"nothing stands below {self.heading.words[0]}.")
        return self.rows[0]

    @property
    def counted(self) -> Sequence[Row]:
        """The rows, which must be as many as the heading says."""
        announced = self.heading.whole(self.value)
        if announced != len(self.rows):
            raise self.heading.wrong(f"{announced} lines are announced, and {len(self.rows)} follow.")
        return self.rows


def read_sections(text: str, file: str, headings: Sequence[str]) -> dict[str, Section]:
    """Split a file at its headings, all of which it must have.

    Raises
    ------
    InputError
        If a heading is missing or stands twice, or if something stands before the first one.
    """
    found: dict[str, Section] = {}
    current: Section | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        row = Row(tuple(_SPACE_IN_RANGE.sub("", raw).split()), Place(file, number))
        if not row.words or _REMARK.match(raw.strip()):
            continue
        name, *rest = row.words
        if name in headings and (not rest or rest[0] == "="):
            if name in found:
                raise row.wrong(f"{name} stands twice.")
            current = found[name] = Section(row, " ".join(rest[1:]))
        elif current is None:
            raise row.wrong(f'the file begins with "{name}", not with {headings[0]}.')
        else:
            current.rows.append(row)
    missing = [name for name in headings if name not in found]
    if missing:
        raise InputError([Complaint(f"the file has no {', '.join(missing)}.", Place(file))], file)
    return found
