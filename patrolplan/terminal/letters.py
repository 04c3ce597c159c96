"""Letters and colours by which shifts are told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import count

from patrolplan.language import _
from patrolplan.problem import Problem
from patrolplan.roster import Duty
from patrolplan.terminal.console import clean
from patrolplan.units import clock_text

_BY_DAY = ("yellow", "green", "magenta", "cyan")
_BY_NIGHT = ("blue", "bright_magenta", "bright_blue")


def shift_letters(names: Sequence[str]) -> list[str]:
    """Upper-case letters of shifts: the first of each name, two where that is not enough, else a number behind it."""
    words = [clean(name) or "?" for name in names]
    firsts = [word[0].upper() for word in words]
    shared = Counter(firsts)
    pairs = [first + _second(word, words) for first, word in zip(firsts, words, strict=True)]
    doubled = Counter(pairs)
    letters = [
        first if shared[first] == 1 else pair if doubled[pair] == 1 and len(pair) == 2 else ""
        for first, pair in zip(firsts, pairs, strict=True)
    ]
    for index, first in enumerate(firsts):
        numbered = (f"{first}{number}" for number in count(1))
        letters[index] = letters[index] or next(mark for mark in numbered if mark not in letters)
    return letters


def _second(word: str, words: Sequence[str]) -> str:
    """The first later character that no other word with the same first letter has in that place."""
    rivals = [other for other in words if other != word and other[0].upper() == word[0].upper()]
    for index, character in enumerate(word[1:], 1):
        if character.isalnum() and all(other[index : index + 1] != character for other in rivals):
            return character
    return ""


class ShiftMarks:
    """Letter, colour and legend of every shift of a problem."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self.letters = shift_letters([shift.name for shift in problem.shifts])
        days, nights = iter(_BY_DAY * 99), iter(_BY_NIGHT * 99)
        self.styles = [next(nights) if shift.night else next(days) for shift in problem.shifts]

    @property
    def width(self) -> int:
        """Characters of the widest mark."""
        return max((len(letter) for letter in self.letters), default=1)

    def letter(self, shift: int | None) -> str:
        """Letter of a shift, ``?`` for a duty that names none."""
        return "?" if shift is None else self.letters[shift]

    def style(self, shift: int | None) -> str:
        """Colour of a shift."""
        return "" if shift is None else self.styles[shift]

    def mark(self, duty: Duty) -> tuple[str, str]:
        """A duty in a calendar with its colour: upper case; lower case on call; ``+`` after it for training."""
        letter = self.letter(duty.shift)
        if duty.on_call:
            return letter.lower(), f"dim {self.style(duty.shift)}".strip()
        return letter + ("+" if duty.kind == "training" else ""), f"bold {self.style(duty.shift)}".strip()

    def legend(self, duties: Sequence[Duty]) -> list[str]:
        """What the marks of these duties mean: shifts by their start, then on call, training and no shift."""
        shifts = {duty.shift for duty in duties if duty.shift is not None}
        found = []
        for shift in by_start(self._problem, shifts):
            one, letter = self._problem.shifts[shift], self.letters[shift]
            name = "" if one.name == letter else f" {one.name}"
            found.append(f"{letter}{name} {clock_text(one.start)}-{clock_text(one.end)}")
        on_call = next((duty for duty in duties if duty.on_call), None)
        training = next((duty for duty in duties if duty.kind == "training"), None)
        found += [f"{self.mark(on_call)[0]} {_('on call')}"] if on_call else []
        found += [f"{self.mark(training)[0]} {_('training')}"] if training else []
        return found + ([f"? {_('no shift')}"] if any(duty.shift is None for duty in duties) else [])


def by_start(problem: Problem, shifts: Iterable[int]) -> list[int]:
    """Shifts in the order in which they start."""
    return sorted(shifts, key=lambda one: (problem.shifts[one].start, problem.shift_span(one, problem.first_day), one))
