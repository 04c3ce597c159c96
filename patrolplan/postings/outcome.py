"""What comes of settling postings: a roster of stretches, and what could not be kept, with what would help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from patrolplan.errors import Place
from patrolplan.postings.turns import TurnKey
from patrolplan.roster import Roster


@dataclass(frozen=True, slots=True)
class Lapse:
    """One thing that the best plan of a turn does not keep.

    Attributes
    ----------
    kind
        ``relief`` or ``break``.
    where
        Key of the post that is held too long, or name of the break that is not taken.
    minutes, asked
        How long the post is held and may be held; or how long the break is to last (`minutes` is 0).
    """

    kind: Literal["relief", "break"]
    where: str
    person: int
    minutes: int
    asked: int
    place: Place


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something that was tried and with which everything in a turn can be kept.

    Attributes
    ----------
    kind
        ``people`` more, a longer ``relief``, or a wider ``window`` for breaks.
    amount
        How many people; or minutes: the longest time at a post, or by how much each window opens earlier and closes
        later.
    qualities
        What one of the people must hold.
    """

    kind: Literal["people", "relief", "window"]
    amount: int
    qualities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unmet:
    """A turn in which not everything could be kept.

    Attributes
    ----------
    proved
        Whether no plan misses less.
    remedies
        What would help; None if it was not looked for.
    """

    key: TurnKey
    lapses: tuple[Lapse, ...]
    minutes: int
    proved: bool
    remedies: tuple[Remedy, ...] | None = None


@dataclass(frozen=True)
class Outcome:
    """Everything that was settled.

    Attributes
    ----------
    turns
        How many shifts at sites were settled.
    left
        How many were left as the roster has them, because somebody stopped the work.
    changes, walk_minutes
        Changes from post to post inside duties, and minutes on foot between them.
    unloved
        By person, minutes at unloved posts and minutes of duty at such sites, over the whole roster.
    optimal
        Whether all is kept, or proved impossible, wherever it was settled.
    unimproved
        How many were settled, and not improved any more because the time was over.
    """

    roster: Roster
    turns: int
    left: int
    unmet: tuple[Unmet, ...]
    changes: int
    walk_minutes: int
    unloved: Mapping[int, tuple[int, int]]
    optimal: bool
    unimproved: int = 0
