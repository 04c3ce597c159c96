"""Work instead of time: what a search has done, in seconds that a quiet machine takes for it, about.

A deterministic search looks at no clock. Whatever takes long says how much it was, by counts that are the same in
every run: iterations, arcs, terms, the solver's own deterministic seconds. The prices below turn counts into
nanoseconds. They were measured once, by least squares over the processor time of whole searches (the province of
`examples/kpu-kalteng`, the 52 guards of `examples/company`, wards of 20, 30 and 60 nurses), on one core of an x86-64
server, with OR-Tools 9.15 and Python 3.11. With them a search of 10 seconds took 10 to 14 seconds of processor time on
these and on all other examples. They are part of the version: another price is another roster.

Work is counted by thread, in whole nanoseconds, so that sums do not depend on what was done before.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

SOLVER_SECOND = 1.4e9
"""Of a deterministic second of CP-SAT."""
PRESOLVE, LIGHT_PRESOLVE = 50e3, 6e3
"""Of each variable and constraint of a model that CP-SAT is given, with all of its presolve and with little of it."""
BUILDING = 15e3
"""Of each variable and constraint of a model that is built."""
POSING = 2e3
"""Of each variable and constraint of a model that is kept and only asked for something else."""

SIMPLEX = 60.0
"""Of each row and column of a linear program, in each iteration."""
READING = 2e3
"""Of each row and column of a linear program that is solved, to hand it over and to read the answer."""
RELAXING, RELAXING_PEOPLE = 2.2e3, 13.5e3
"""Of each term of a linear program over alike people, and of each person and turn within it."""

COLUMN, COLUMN_TERM = 50e3, 1.6e3
"""Of a schedule that becomes a column, and of each linking row in which it stands."""
OFFERING = 10e3
"""Of a schedule that is looked at whether it should."""
GROUP, UNIT = 100e3, 20e3
"""Of each group of people and of each unit of linking rows with which a linear program begins."""

OPTION, OPTION_TERM = 13e3, 1.4e3
"""Of each option of a person, and of each term of the person's rules, before a graph is made of them."""
LAYER, TRACK = 650e3, 10.0
"""Of each date of a graph that is made, and of each step that is followed to make it, for each track on it."""
ARC, PRICED_LAYER, ORDER = 13.0, 18e3, 30e3
"""Of a pricing call: each arc of the graph, each date, and the call itself."""
USING, MEETING, PAIR = 10e3, 30e3, 4.0
"""Of what a path uses up of budgets, each date; of two paths put together, and there each pair of nodes and budget."""
CONFINING, CONFINING_HELD, CONFINING_ROW = 13.5e3, 24e3, 1.4e3
"""Of one person's rules within some turns: each slot there, each duty held, each of the rules' rows."""

SEAT = 20e3
"""Of each place that is looked at before people exchange turns."""

LINK_TERM, PERSONAL_TERM = 42e3, 2e3
"""Of each term of a linking row and of a personal row, when the rules become rows."""
FILLING = 9e3
"""Of each person in each turn of a first roster."""
TRIAL, TRIAL_HELD = 20e3, 0.85e3
"""Of each change that is tried to close a gap, and of each duty that the person holds."""
CHANGING = 150e3
"""Of each person whose schedule is changed in a roster."""
COUNTING = 10.0
"""Of each combination of counts that is priced."""

Given = ParamSpec("Given")
Found = TypeVar("Found")


class Meter:
    """What has been done in one thread.

    Attributes
    ----------
    done
        Nanoseconds, whole.
    """

    __slots__ = ("done",)

    def __init__(self) -> None:
        self.done = 0


class _Here(threading.local):
    def __init__(self) -> None:
        self.meter = Meter()


_HERE = _Here()


def meter() -> Meter:
    """The meter of this thread."""
    return _HERE.meter


def charge(price: float, count: float = 1) -> None:
    """Count work that this thread has done: so many things at a price each, in nanoseconds."""
    _HERE.meter.done += round(price * count)


@contextmanager
def aside() -> Iterator[Meter]:
    """Work within is not counted; a meter of its own tells how much it was.

    For what is made once and kept: whether another process has it already may not make a difference.
    """
    outer, _HERE.meter = _HERE.meter, Meter()
    try:
        yield _HERE.meter
    finally:
        _HERE.meter = outer


def weighed(function: Callable[Given, Found]) -> Callable[Given, tuple[Found, int]]:
    """A function for another thread or process that also returns what it has done, for `collected` or `charge`."""

    def run(*arguments: Given.args, **named: Given.kwargs) -> tuple[Found, int]:
        with aside() as own:
            return function(*arguments, **named), own.done

    return run


def collected(answers: Iterable[tuple[Found, int]]) -> Iterator[Found]:
    """Answers of `weighed` functions, their work counted here."""
    for answer, done in answers:
        charge(done)
        yield answer


class Watch:
    """Seconds since it was made: on the clock, or of work that this thread has done."""

    def __init__(self, deterministic: bool) -> None:
        self._meter = meter() if deterministic else None
        self._began: float = time.monotonic() if self._meter is None else self._meter.done

    @property
    def seconds(self) -> float:
        """How many."""
        if self._meter is None:
            return time.monotonic() - self._began
        return (self._meter.done - self._began) * 1e-9
