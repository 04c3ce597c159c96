"""What a person reads when something is wrong: what, where, remedy, and the exit code."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from patrolplan.language import _

EXIT_DONE = 0
EXIT_FINDINGS = 1
EXIT_INPUT = 2
EXIT_TIME = 3
EXIT_BUG = 4


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file; line and column count from 1, 0 means unknown."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file] + [str(number) for number in (self.line, self.column) if number]
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong with the input.

    Attributes
    ----------
    message
        What is wrong and what to do, in whole sentences.
    place
        Where it is wrong.
    width
        How many characters at the place are meant, for the underline; 0 for none.
    """

    message: str
    place: Place = Place()
    width: int = 0

    def __str__(self) -> str:
        return f"{self.place}  {self.message}" if self.place.file else self.message


class InputError(Exception):
    """The input cannot be used; nothing was written. Ends with exit code 2.

    Parameters
    ----------
    complaints
        Everything that is wrong, in the order of the file.
    subject
        The file that was to be read, for the headline.
    """

    exit_code = EXIT_INPUT

    def __init__(self, complaints: Iterable[Complaint] | str, subject: str = "") -> None:
        given = [Complaint(complaints)] if isinstance(complaints, str) else list(complaints)
        self.complaints: Sequence[Complaint] = given
        self.subject = subject
        super().__init__("\n".join(str(complaint) for complaint in given))


def nearest(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """`` Did you mean "night"?`` for a misspelt name, or an empty text if nothing is near.

    Parameters
    ----------
    likeness
        From 0 to 1: how alike two names must be.
    """
    names = [str(one) for one in known]
    lower = {one.lower(): one for one in reversed(names)}
    close = difflib.get_close_matches(name.lower(), list(lower), n=1, cutoff=likeness)
    return " " + _('Did you mean "{name}"?').format(name=lower[close[0]]) if close else ""
