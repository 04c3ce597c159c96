"""Cover, for the solver: rows over the slots that are present in each stretch of time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from patrolplan.model.link_rows import LinkRow, LinkRows, LinkTerm, Piece
from patrolplan.problem import Demand, HeldDuty, Problem, Rule, Window
from patrolplan.units import COST_SCALE


def link(problem: Problem, rule: Rule, links: LinkRows) -> None:
    """Rows for every demand."""
    for demand in problem.demands:
        pools: dict[int, int] = {}
        for window in demand.windows:
            pool = None
            if demand.per == "window":
                pool = pools.setdefault(window.group, -1)
                if pool < 0:
                    pool = pools[window.group] = links.pool()
            for piece in _pieces(problem, demand, window, links):
                _add(problem, rule, demand, window, piece, pool, links)


def _pieces(problem: Problem, demand: Demand, window: Window, links: LinkRows) -> Iterable[Piece]:
    """Pieces of a window; of a window by shift only the duties of that shift and date."""
    for piece in links.pieces(demand.posts, window.start, window.end):
        if window.turn is None:
            yield piece
            continue
        slots = problem.slots
        yield Piece(
            piece.minutes,
            tuple(key for key in piece.keys if (slots[key].day, slots[key].shift) == window.turn),
            tuple(duty for duty in piece.known if (duty.day, duty.shift) == window.turn),
        )


def _add(
    problem: Problem,
    rule: Rule,
    demand: Demand,
    window: Window,
    piece: Piece,
    pool: int | None,
    links: LinkRows,
) -> None:
    by_mask: dict[int, list[int]] = {}
    for key in piece.keys:
        people = _counted(problem, demand, problem.slots[key].end)
        by_mask.setdefault(links.mask(people), []).append(key)
    known = sum(duty.person in _counted(problem, demand, duty.end) for duty in _distinct(piece.known))
    bound = window.count - known
    price = demand.cost * (COST_SCALE if demand.per == "window" else piece.minutes)
    terms = tuple(LinkTerm(mask, tuple(keys)) for mask, keys in by_mask.items())
    if demand.is_upper:
        row = LinkRow(terms, None, bound, 0, price, demand.level, rule.id, pool=pool)
    else:
        staff = piece.minutes if demand.kind == "staff" else 0
        row = LinkRow(terms, bound, None, price, 0, demand.level, rule.id, pool=pool, staff_minutes=staff)
    links.add(row)


def _distinct(known: Iterable[HeldDuty]) -> list[HeldDuty]:
    return list({duty.person: duty for duty in known}.values())


def _counted(problem: Problem, demand: Demand, end: int) -> frozenset[int]:
    """People who count for a demand in a duty that ends at an instant."""
    return _people(problem, demand.kind, demand.label, problem.last_date(end) if demand.kind == "qualified" else 0)


@lru_cache(maxsize=4096)
def _people(problem: Problem, kind: str, label: str, last: int) -> frozenset[int]:
    if kind == "rank":
        least = problem.ranks.index(label)
        return frozenset(
            index for index, who in enumerate(problem.people) if who.rank is not None and who.rank >= least
        )
    if kind == "qualified":
        return frozenset(index for index, who in enumerate(problem.people) if who.holds(label, last))
    return frozenset(range(len(problem.people)))
