"""Letters and colours by which shifts are told apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from patrolplan.formats import letters
from patrolplan.language import _
from patrolplan.problem import Problem
from patrolplan.roster import Duty
from patrolplan.terminal.console import clean
from patrolplan.units import clock_text

_BY_DAY = ("yellow", "green", "magenta", "cyan")
_BY_NIGHT = ("blue", "bright_magenta", "bright_blue")


def shift_letters(names: Sequence[str]) -> list[str]:
    """Letters of shifts, with nothing in them that steers a terminal; see `patrolplan.formats.letters`."""
    return letters.shift_letters([clean(name) for name in names])


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
