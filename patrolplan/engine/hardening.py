"""What is proved of earlier levels, written into linking rows, so that the bound of a later level knows it.

Where a level costs no more than some sets of turns are proved to cost, nothing else may cost on it: needs that are met
everywhere else have to be. And where people are too few, a relaxation that forgets when they have to rest must be told
how many can be on duty there at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from patrolplan.engine.formulation import Formulation
from patrolplan.engine.incumbent import Incumbent
from patrolplan.model.link_rows import LinkRow, LinkRows, LinkTerm

DEAR = 100
"""What a row costs that nothing may break, as a multiple of what a duty costs at most by an own rule of the level."""

Proved = Mapping[int, Sequence[tuple[frozenset[int], int]]]
"""By level, disjoint sets of turns with what linking rows within them cost at least, in sixtieths."""


def hardened(incumbent: Incumbent, level: int, proved: Proved) -> tuple[Sequence[LinkRow], list[frozenset[int]]]:
    """Linking rows, those of earlier levels as good as hard that cost nothing in any roster as good.

    Parameters
    ----------
    incumbent
        Earlier levels cost no more than here.

    Returns
    -------
    tuple
        The rows, some of which cost much on the level instead of a little on an earlier one, and the sets of turns
        within which levels cost that are settled in this way.
    """
    formulation, price = incumbent.formulation, dear(incumbent.formulation, level)
    rows, crowded = list(formulation.links.rows), []
    for earlier, cost in zip(formulation.levels, incumbent.costs, strict=True):
        known = proved.get(earlier, ())
        if earlier >= level or sum(bound for _, bound in known) + incumbent.fixed_cost(earlier) < cost:
            continue
        costly = [turns for turns, bound in known if bound]
        crowded += costly
        for unit, numbers in enumerate(formulation.units):
            turns, row = formulation.turns_of_unit(unit), rows[numbers[0]]
            if row.level == earlier and is_plain(row, numbers) and not any(one.issuperset(turns) for one in costly):
                below, above = (price if side else 0 for side in (row.cost_below, row.cost_above))
                rows[numbers[0]] = replace(row, level=level, cost_below=below, cost_above=above)
    return rows, crowded


def is_plain(row: LinkRow, unit: Sequence[int]) -> bool:
    """Whether a row of a unit is a single one with nothing around it, and has variables."""
    return len(unit) == 1 and row.choice is None and bool(row.terms)


def capped(formulation: Formulation, level: int, worth: Mapping[int, int], most: int) -> Formulation:
    """The problem with one more row: duties are worth no more than so much, by what one in each turn is worth."""
    price, turn_key = dear(formulation, level), formulation.variables.turn_key

    def cap(links: LinkRows) -> None:
        everyone = links.mask(range(len(formulation.problem.people)))
        keys = {one: tuple(turn_key(turn) for turn in sorted(worth) if worth[turn] == one) for one in worth.values()}
        terms = tuple(LinkTerm(everyone, keys[one], one) for one in sorted(keys) if one)
        links.rows.append(LinkRow(terms, None, most, 0, price, level, ""))

    return formulation.with_links(cap)


def elsewhere(turns: frozenset[int], proved: Proved) -> dict[int, int]:
    """What each level costs at least outside some turns."""
    return {level: sum(bound for one, bound in known if not one & turns) for level, known in proved.items()}


def dear(formulation: Formulation, level: int) -> int:
    """What a row costs that nothing may break, in sixtieths."""
    rows = (row for one in formulation.classes for row in one.rows if row.level == level)
    return DEAR * max(((row.price or 0) * max(map(abs, row.coefficients), default=0) for row in rows), default=1)
