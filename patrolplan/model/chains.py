"""Duties in a row, whatever lies between them: what linear rows alone cannot count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

BREAK = -1
"""Label of a duty that ends every run."""


@dataclass(frozen=True, slots=True)
class KnownLink:
    """A known duty in a chain.

    Attributes
    ----------
    turn
        It comes before this turn, and after all earlier ones.
    label
        What it is like, or `BREAK`.
    is_charged
        Whether it costs if it makes a run too long.
    """

    turn: int
    label: int
    is_charged: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """At most so many duties of one label in a row; each further one is charged.

    Attributes
    ----------
    places
        Turn and label of every key that is a link of the chain; other keys are not seen.
    known
        Known duties, in order.
    most
        Longest run that is free.
    price
        Sixtieths per charged duty, or None if there may be none.
    level, rule
        Level of the cost and id of the rule instance.
    """

    places: Mapping[int, tuple[int, int]]
    known: tuple[KnownLink, ...]
    most: int
    price: int | None
    level: int
    rule: str

    def excess(self, keys: Iterable[int]) -> int:
        """Number of charged duties of somebody who holds some keys."""
        links = [(turn, 1, label, True) for turn, label in (self.places[key] for key in keys if key in self.places)]
        links += [(one.turn, 0, one.label, one.is_charged) for one in self.known]
        last, length, found = BREAK, 0, 0
        for _, _, label, is_charged in sorted(links, key=lambda link: link[:2]):
            if label == BREAK:
                last, length = BREAK, 0
                continue
            length = length + 1 if label == last else 1
            last = label
            found += is_charged and length > self.most
        return found
