"""Pools for the duties of a team: which kinds of duty there are, a pool for each, and walks dealt from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from patrolplan.rounds.lane import Clock, Ints, Lane
from patrolplan.rounds.pool import Pool, PoolEffort, make_pool, pool_clock
from patrolplan.rounds.seams import Seam
from patrolplan.units import Span

Kind = tuple[int, tuple[tuple[Span, ...], ...]]
"""Length of a duty, and closed hours by checkpoint on its own clock; all in slots."""

_MOST_KINDS = 12
"""With more kinds of duty, pools do not pay."""
_MAIN_KINDS = 3
"""So many kinds get a whole pool; the others occur now and then, as when the clocks change."""
_SELDOM = PoolEffort(rounds=3, walks=64, width=8)
_LONGEST = 600
"""Longest duty, in slots, for which a pool is tried."""


def kinds(clock: Clock) -> list[Kind]:
    """The kind of each duty."""
    shifts, lane = clock.shifts, clock.lane
    found = []
    for begin, end in zip(shifts.begins, shifts.ends, strict=True):
        closed = tuple(
            tuple(
                (max(-1, opens - begin), min(closes - begin, end - begin + int(promise) + 1))
                for opens, closes in spans
                if closes > begin and opens <= end + promise
            )
            for spans, promise in zip(shifts.closed, lane.promise, strict=False)
        )
        found.append((end - begin, closed if any(closed) else ()))
    return found


def make_pools(
    lane: Lane,
    wanted: Iterable[Kind],
    effort: PoolEffort,
    seam: Seam,
    rng: Callable[[int], np.random.Generator],
    go_on: Callable[[], bool],
    tried: dict[str, int],
    recorded: Mapping[str, int] | None,
    name: str,
    alone: bool = False,
) -> dict[Kind, Pool] | None:
    """A pool for each kind of duty; None if that cannot be, or there is no time.

    Parameters
    ----------
    wanted
        The kind of every duty.
    seam
        What each walk keeps at its ends.
    rng
        Random numbers for each kind.
    tried
        Rounds of walks that were tried are written here, under the name and the number of the kind.
    recorded
        Such numbers of another time, to do just the same; None the first time.
    alone
        Whether the number of teams is always the same, so that all walks of the team come from these pools.
    """
    counted = Counter(wanted)
    turned = alone and not any(closed for _, closed in counted)
    order = sorted(counted, key=lambda kind: (-counted[kind], kind))
    if len(order) > _MOST_KINDS or max(length for length, _ in order) > _LONGEST:
        return None
    pools: dict[Kind, Pool] = {}
    share = max(1, min(_MAIN_KINDS, len(order)))
    for number, kind in enumerate(order):
        key = f"{name}/{number}"
        main = replace(effort, rounds=max(6, effort.rounds // share))
        own = main if number < _MAIN_KINDS else _SELDOM
        if recorded is not None:
            own = replace(own, rounds=recorded.get(key, 0))
        pool = None
        if own.rounds and go_on():
            pool = make_pool(pool_clock(lane, *kind, seam), own, rng(number), go_on, turned)
        tried[key] = 0 if pool is None else pool.rounds
        if pool is None:
            return None
        pools[kind] = pool
    return pools


def dealt(pools: Mapping[Kind, Pool], clocks: Sequence[Clock], rng: np.random.Generator) -> Iterator[tuple[Ints, Ints]]:
    """Stops and departures of each duty of some clocks, in their order, each on its own clock.

    All are dealt together, so that no walk comes again in a later clock as long as there are enough.
    """
    orders = [kinds(clock) for clock in clocks]
    counted = Counter(kind for order in orders for kind in order)
    frames: list[Ints] = []
    hands = {kind: pools[kind].deal(counted[kind], rng, frames) for kind in sorted(counted)}
    for clock, order in zip(clocks, orders, strict=True):
        for kind, begin in zip(order, clock.shifts.begins, strict=True):
            stops, slots = next(hands[kind])
            yield stops, slots + begin
