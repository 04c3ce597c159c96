"""Bounds of a level without a linear program over schedules: each person alone, and the turns around what costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, TypeVar

from patrolplan.engine.alternatives import Choice
from patrolplan.engine.hardening import Proved, elsewhere
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.level_work import LevelWork
from patrolplan.engine.relaxation import may_cost_alone, order_alone
from patrolplan.engine.tasks import ascend_prices, bound_alone, bound_choices, bound_counts, bound_turns, price_class

ALONE_SHARE, ALONE_TIMES = 0.01, 10.0
"""Share of a level's time for the bound of each kind of people alone, and how many times that for all kinds at most."""
ASCENT_SHARE = 0.15
"""Share of a level's time for the bound by prices over a long time."""
COUNT_SHARE = 0.55
"""Share of a level's time for the bound by counts of duties."""
CHOICE_SECONDS, CHOICE_MARGIN = 5.0, 2
"""Longest time for the bound around something that is chosen, and how many turns around it take part."""
MOST_CHOICES, LARGEST_CHOICE = 12, 60_000
"""Most choices that are tried at once, and most yes/no variables around them."""
RELAXED = 40e-6
"""Seconds that it takes to write down each yes/no variable of the turns around what costs, about."""
BOUND_SHARE, LATER_BOUND_SHARE = 0.15, 0.1
"""Share of a level's time for the bound around what costs, on the first level and later."""


Found = TypeVar("Found")


class Bounding:
    """Raises the bound of a level.

    Parameters
    ----------
    go_on
        Called again and again while bounds are found, with the tasks that are still waited for: takes over what else is
        done, and may give other workers something to do.
    """

    def __init__(self, work: LevelWork, go_on: Callable[[Sequence[Future[Any]]], None]) -> None:
        self.work = work
        self._go_on = go_on
        self._alone = 0
        self._chosen: dict[tuple[int, ...], Choice] = {}
        self._chosen_well: frozenset[int] = frozenset()

    def alone(self) -> None:
        """Bound by the least that the people's own rules cost, each person alone."""
        classes = self.work.search.formulation.classes
        least = self._least_alone()
        self.work.neighbourhoods.least = [least[kind] for kind in self.work.search.formulation.class_of]
        self._alone = sum(len(one.people) * own for one, own in zip(classes, least, strict=True))
        self._raise(0)

    def _raise(self, links: int) -> None:
        """Note what linking rows cost at least that choose nothing."""
        self.work.raise_bound(self._alone + sum(one.bound for one in self._chosen.values()) + links)

    def _least_alone(self) -> list[int]:
        """The same by class, of one person each."""
        work, search, level = self.work, self.work.search, self.work.level
        formulation = search.formulation
        kinds = [kind for kind, one in enumerate(formulation.classes) if may_cost_alone(one, level)]
        found = [0] * len(formulation.classes)  # whoever is left out costs nothing or more
        if work.neighbourhoods.may_weave:
            order = [order_alone(formulation, level)]
            for kind, priced in work.by_class(price_class, kinds, level, order, search.task_effort(5.0)):
                found[kind] = max(0, priced[0].bound)
        else:
            effort = search.task_effort(min(1.0, ALONE_SHARE * work.left()))
            longest = ALONE_TIMES * effort.seconds
            for kind, bound in work.by_class(bound_alone, kinds, level, effort, longest=longest):
                found[kind] = bound
        return found

    def ascended(self) -> None:
        """Bound by prices of all places and of what counts over a long time, if nothing on earlier levels costs."""
        work = self.work
        if any(work.search.cost(level) for level in work.search.formulation.levels if level < work.level):
            return
        effort = work.search.task_effort(ASCENT_SHARE * work.left())
        task = work.executor.submit(ascend_prices, work.search.facts.token, work.level, effort)
        work.raise_bound(*self._answers([task]))

    def counts(self) -> None:
        """Bound by how many duties of each kind there have to be, where people's own rules count them."""
        work = self.work
        if self._alone:
            effort = work.search.task_effort(COUNT_SHARE * work.left())
            task = work.give(bound_counts, work.search.best.copy(), work.level, dict(work.search.proved), effort)
            work.raise_bound(*self._answers([task]))

    def choices(self) -> dict[tuple[int, ...], Choice]:
        """Bound by each set of turns at which something is chosen, and costs; proved ones are remembered as settled.

        Returns
        -------
        dict
            What is known of those that are not settled.
        """
        work, base = self.work, self.work.search.best.copy()
        formulation, proved = base.formulation, work.search.proved
        self.settle_choices()
        orders = {}
        for turns, every in work.neighbourhoods.loyalty.dates:
            units = [unit for unit in every if formulation.unit_level(unit) == work.level]
            costly = [unit for unit in units if base.unit_costs[unit]]
            if len(units) > MOST_CHOICES:
                units = costly
            is_settled = work.neighbourhoods.settled.issuperset(turns)
            is_known = turns in self._chosen and self._chosen[turns].chosen.keys() >= set(units)
            if not costly or is_settled or is_known or len(units) > MOST_CHOICES:
                continue
            here, outside = _surroundings(formulation.around(turns, CHOICE_MARGIN), proved, work.level)
            if work.neighbourhoods.load(here) <= LARGEST_CHOICE:
                orders[turns] = (sorted(here), units, work.level, outside)
        share = BOUND_SHARE * work.left() / max(1, len(orders))
        effort = work.search.task_effort(min(CHOICE_SECONDS, share * work.search.workers))
        found = self._answers([work.give(bound_choices, base, *order, effort) for order in orders.values()])
        for turns, one in zip(orders, found, strict=True):
            known = self._chosen.get(turns, one)
            self._chosen[turns] = replace(one, bound=max(one.bound, known.bound))
        self.settle_choices()
        self._raise(0)
        settled = self._chosen_well
        return {turns: one for turns, one in self._chosen.items() if not settled.issuperset(turns)}

    def settle_choices(self) -> None:
        """Note at which turns the best roster pays no more for choices than is proved."""
        neighbourhoods, asked = self.work.neighbourhoods, frozenset(turn for turns in self._chosen for turn in turns)
        bounds = [one.bound for one in self._chosen.values()]
        self._chosen_well = _settled(self.work.search.best, self.work.level, self._chosen, bounds)
        neighbourhoods.settled = (neighbourhoods.settled - asked) | self._chosen_well

    def around_costs(self, margin: int) -> None:
        """Bound by the turns around everything that costs; those that cost no more than is proved are remembered."""
        work, base = self.work, self.work.search.best.copy()
        clusters = costly_turns(base, work.level, margin)
        bounds = self.of_turns(base, clusters)
        self.settle_choices()
        work.neighbourhoods.settled = self._chosen_well | _settled(base, work.level, clusters, bounds)
        work.search.proved[work.level] = list(zip(map(frozenset, clusters), bounds, strict=True))
        self._raise(sum(bounds))

    def everywhere(self) -> None:
        """Bound by all turns together."""
        search = self.work.search
        everything = tuple(range(len(search.formulation.variables.turns)))
        self._raise(sum(self.of_turns(search.best.copy(), [everything])))

    def of_turns(self, base: Incumbent, clusters: Sequence[tuple[int, ...]]) -> list[int]:
        """Bounds of disjoint sets of turns; 0 where there is no time even to write the program down."""
        work, search = self.work, self.work.search
        share = BOUND_SHARE if work.level <= 1 else LATER_BOUND_SHARE
        effort = search.task_effort(share * max(0.1, work.left()) / max(1, len(clusters)) * search.workers)
        small = [cluster for cluster in clusters if RELAXED * work.neighbourhoods.load(cluster) <= effort.seconds]
        found = self._answers([work.give(bound_turns, base, cluster, work.level, effort) for cluster in small])
        bounds = dict(zip(small, found, strict=True))
        return [bounds.get(cluster, 0) for cluster in clusters]

    def _answers(self, tasks: Sequence[Future[Found]]) -> list[Found]:
        """Bounds that are being found; whoever has none to find searches meanwhile."""
        while waited := [one for one in tasks if not one.done()]:
            self._go_on(waited)
        return [one.result() for one in tasks]


def _surroundings(turns: Iterable[int], proved: Proved, level: int) -> tuple[frozenset[int], dict[int, int]]:
    """Some turns with those whose costs on earlier levels hang together, and what these cost elsewhere."""
    clusters = {earlier: known for earlier, known in proved.items() if earlier < level}
    here = frozenset(turns)
    whole = here.union(*(one for known in clusters.values() for one, _ in known if one & here))
    return whole, elsewhere(whole, clusters)


def _settled(
    incumbent: Incumbent, level: int, clusters: Iterable[Sequence[int]], bounds: Iterable[int]
) -> frozenset[int]:
    """Turns within which linking rows cost no more than is proved."""
    return frozenset(
        turn
        for cluster, bound in zip(clusters, bounds, strict=True)
        if bound >= _cost_within(incumbent, level, frozenset(cluster))
        for turn in cluster
    )


def _cost_within(incumbent: Incumbent, level: int, turns: frozenset[int]) -> int:
    """What linking rows inside some turns cost on a level."""
    formulation = incumbent.formulation
    return sum(
        cost
        for unit, cost in enumerate(incumbent.unit_costs)
        if cost and formulation.unit_level(unit) == level and turns.issuperset(formulation.turns_of_unit(unit))
    )


def costly_turns(incumbent: Incumbent, level: int, margin: int) -> list[tuple[int, ...]]:
    """Disjoint runs of turns around the linking rows that cost something on a level."""
    formulation = incumbent.formulation
    variables = formulation.variables
    marked = {
        turn + step
        for unit, cost in enumerate(incumbent.unit_costs)
        if cost and formulation.unit_level(unit) == level
        for turn in formulation.turns_of_unit(unit)
        for step in range(-margin, margin + 1)
    }
    turns = sorted(turn for turn in marked if 0 <= turn < len(variables.turns))
    clusters: list[list[int]] = []
    for turn in turns:
        if clusters and clusters[-1][-1] == turn - 1:
            clusters[-1].append(turn)
        else:
            clusters.append([turn])
    return [tuple(cluster) for cluster in clusters]
