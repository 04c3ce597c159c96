"""How much staff is asked for and how much of it is missing, nested needs counted once."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.rules.cover.check import posted_stretches, presence

Need = tuple[frozenset[int], tuple[int, int] | None]
"""Posts whose people count together, and the turn ``(day, shift)`` if only that turn's people count."""


@dataclass(frozen=True, slots=True)
class Staffing:
    """Person-minutes and person-shifts of staff, asked for and missing."""

    needed_minutes: int
    gap_minutes: int
    needed_shifts: int
    open_shifts: int


@dataclass(frozen=True, slots=True)
class NeedPiece:
    """People asked for and missing beyond what narrower needs account for, in one stretch of time."""

    need: Need
    start: int
    end: int
    needed: int
    missing: int


def staffing(problem: Problem, roster: Roster, since: int | None = None) -> Staffing:
    """Figures over the staff needs of a problem, from `since` on."""
    pieces = list(need_pieces(problem, roster, since))
    needed_shifts, open_shifts = _person_shifts(problem, pieces)
    return Staffing(
        sum(piece.needed * (piece.end - piece.start) for piece in pieces),
        sum(piece.missing * (piece.end - piece.start) for piece in pieces),
        needed_shifts,
        open_shifts,
    )


def need_pieces(problem: Problem, roster: Roster, since: int | None = None) -> Iterator[NeedPiece]:
    """The staff needs in disjoint parts: what narrower needs account for is taken off the wider ones.

    Parameters
    ----------
    roster
        With the duties that are given beforehand.
    """
    stretches = list(_present(problem, roster, since))
    cuts = sorted({edge for piece in stretches for edge in (piece.start, piece.end)})
    active: dict[int, list[NeedPiece]] = defaultdict(list)
    for piece in stretches:
        for index in range(bisect_left(cuts, piece.start), bisect_left(cuts, piece.end)):
            active[index].append(piece)
    for index, together in sorted(active.items()):
        yield from _without_nested(together, cuts[index], cuts[index + 1])


def _present(problem: Problem, roster: Roster, since: int | None) -> Iterator[NeedPiece]:
    """What each staff need asks for and misses by itself."""
    posted = posted_stretches(roster)
    for demand in problem.demands:
        if demand.kind != "staff":
            continue
        for part in presence(problem, demand, posted):
            start, count = part.start if since is None else max(part.start, since), part.window.count
            if start < part.end and count:
                need = (demand.posts, part.window.turn)
                yield NeedPiece(need, start, part.end, count, max(0, count - part.people))


def _without_nested(together: Iterable[NeedPiece], start: int, end: int) -> Iterator[NeedPiece]:
    """Each need's own part: what needs on some of its posts ask for already is taken off."""
    largest: dict[Need, tuple[int, int]] = {}
    for piece in together:
        needed, missing = largest.get(piece.need, (0, 0))
        largest[piece.need] = max(needed, piece.needed), max(missing, piece.missing)
    own: dict[Need, tuple[int, int]] = {}
    for need in sorted(largest, key=lambda one: (len(one[0]), one[1] is None, sorted(one[0]), one[1] or ())):
        inner = [amounts for narrower, amounts in own.items() if _is_inside(narrower, need)]
        needed = max(0, largest[need][0] - sum(amounts[0] for amounts in inner))
        missing = max(0, largest[need][1] - sum(amounts[1] for amounts in inner))
        own[need] = needed, missing
        if needed or missing:
            yield NeedPiece(need, start, end, needed, missing)


def _is_inside(narrower: Need, need: Need) -> bool:
    return narrower[0] <= need[0] and need[1] in (None, narrower[1])


def _person_shifts(problem: Problem, pieces: Iterable[NeedPiece]) -> tuple[int, int]:
    by_need: dict[Need, list[NeedPiece]] = defaultdict(list)
    for piece in pieces:
        by_need[piece.need].append(piece)
    needed = missing = 0
    for need, parts in by_need.items():
        for inside in _by_turn(problem, need, parts).values():
            needed += max(piece.needed for piece in inside)
            missing += max(piece.missing for piece in inside)
    return needed, missing


def _by_turn(problem: Problem, need: Need, parts: Iterable[NeedPiece]) -> Mapping[tuple[int, int], list[NeedPiece]]:
    """Pieces by the shift and date that serve them; a piece across a change of shift belongs to both."""
    if need[1] is not None:
        return {need[1]: list(parts)}
    found: dict[tuple[int, int], list[NeedPiece]] = defaultdict(list)
    turns = _turns(problem, need[0])
    starts = [start for start, _, _ in turns]
    for piece in parts:
        for start, end, turn in turns[max(0, bisect_left(starts, piece.start) - 1) :]:
            if start >= piece.end:
                break
            if end > piece.start:
                found[turn].append(piece)
    return found


def _turns(problem: Problem, posts: frozenset[int]) -> list[tuple[int, int, tuple[int, int]]]:
    """Turns of the posts' shifts one after another, each cut to the time that no earlier one covers.

    Time that no shift serves counts like a turn of its own.
    """
    shifts = sorted({shift for post in posts for shift in problem.posts[post].shifts})
    spans = sorted(
        (*problem.shift_span(shift, day), (day, shift))
        for day in range(problem.first_day - 1, problem.last_day + 1)
        for shift in shifts
    )
    found: list[tuple[int, int, tuple[int, int]]] = []
    cursor = min([problem.start, *(start for start, _, _ in spans)])
    for start, end, turn in (*spans, (problem.end, problem.end, (0, 0))):
        if start > cursor:
            found.append((cursor, start, (-1, cursor)))
            cursor = start
        if end > cursor:
            found.append((cursor, end, turn))
            cursor = end
    return found
