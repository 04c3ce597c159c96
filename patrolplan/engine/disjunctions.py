"""A better bound than the linear program's: how often something is violated at one price is a whole number.

Where the program leaves three and two thirds of a gap open, a roster leaves three or four: the program is solved for no
more than three and again for no fewer than four, and the lower of the two bounds holds (a disjunction, Balas 1979). The
price of such a limit changes only what a violation costs, so that the pricing problems stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from patrolplan.engine.columns import Columns

DEPTH = 4
"""Most limits that are set at once."""
FRACTION = 0.02
"""A number counts as broken if it is so far from a whole one."""


def raised(columns: Columns, aim: int, is_over: Callable[[], bool], depth: int = DEPTH) -> int:
    """The bound of a complete program in parts of a sixtieth, raised as far as limits on violations raise it.

    Parameters
    ----------
    columns
        The program; it is left as it was, with more columns. Its bound is not changed.
    aim
        A bound, in sixtieths, that is enough.
    is_over
        Whether there is no more time.
    """
    bound = columns.bound
    choice = _broken(columns) if depth else None
    if choice is None or columns.proved >= aim or is_over():
        return bound
    price, count = choice
    least, most = columns.master.restricted(price)
    kept = columns.keep()
    bounds = []
    for limits in ((math.ceil(count), most), (least, math.floor(count))):
        columns.restore(kept)
        columns.master.restrict(price, *limits)
        while columns.step() and columns.proved < aim and not is_over():
            pass
        bounds.append(raised(columns, aim, is_over, depth - 1) if columns.is_complete else columns.bound)
    columns.master.restrict(price, least, most)
    columns.restore(kept)
    return max(bound, min(bounds))


def _broken(columns: Columns) -> tuple[int, float] | None:
    """The tally farthest from a whole number, weighed by its price, with what it counts; None if all are near one."""
    assert columns.point is not None
    far = {}
    for price, count in columns.point.counts.items():
        least, most = columns.master.restricted(price)
        is_open = (least is None or least <= math.floor(count)) and (most is None or math.ceil(count) <= most)
        if is_open and abs(count - round(count)) > FRACTION:
            far[price] = price * abs(count - round(count))
    if not far:
        return None
    price = max(far, key=lambda one: (far[one], one))
    return price, columns.point.counts[price]
