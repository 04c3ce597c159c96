"""Numbers, dates and stretches of time as the language that is spoken writes them."""

from __future__ import annotations

import datetime as dt

from patrolplan.language import date_words, figures
from patrolplan.problem import Problem
from patrolplan.units import DAY_MINUTES, Span, clock_text


def number_words(value: float, decimals: int = 1, *, fixed: bool = False) -> str:
    """A number with thousands separated: ``1,234.5``, in Indonesian ``1.234,5``.

    Parameters
    ----------
    decimals
        At most so many, or exactly so many if they are `fixed`.
    """
    text = f"{round(value, decimals) + 0.0:,.{decimals}f}"
    return figures(text if fixed or "." not in text else text.rstrip("0").rstrip("."))


def signed_words(value: float) -> str:
    """A number with its sign and one decimal: ``+1.5``."""
    return figures(f"{round(value, 1) + 0.0:+.1f}")


def share_words(share: float) -> str:
    """A part in per cent, never rounded up to all of it."""
    return "100 %" if share >= 1 else f"{number_words(min(99.9, 100 * share), 1, fixed=True)} %"


def date_text(day: int, pattern: str = "EEE d MMM") -> str:
    """A date by its ordinal."""
    return date_words(dt.date.fromordinal(day), pattern)


def span_words(problem: Problem, span: Span, pattern: str = "EEE d MMM") -> str:
    """A stretch of time, such as ``Wed 27 Nov 19:00-07:00``; longer than a day with both dates."""
    (first, opens), (last, closes) = (problem.zone.local(edge) for edge in span)
    if span[1] - span[0] >= DAY_MINUTES or (last == first and closes <= opens):
        return f"{date_text(first, pattern)} {clock_text(opens)} - {date_text(last, pattern)} {clock_text(closes)}"
    return f"{date_text(first, pattern)} {clock_text(opens)}-{clock_text(closes)}"


def clocks(problem: Problem, span: Span) -> str:
    """The clock of a stretch of time: ``19:00-07:00``."""
    return "-".join(clock_text(problem.zone.local(edge)[1]) for edge in span)
