"""Where a roster loses against the linear program: the whole gap, split up exactly over people and linking rows.

At given prices, cost minus bound is the sum of what each person's schedule costs above the cheapest one, and of what
each linking row costs above its price (complementary slackness). Whatever makes the roster better has to change
something there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from patrolplan.engine.formulation import Schedule
from patrolplan.engine.incumbent import Incumbent, personal_costs
from patrolplan.engine.linking import SCALE, Lead, Linking, Numbers, Prices
from patrolplan.engine.master import Column

MOST_KEPT = 150
"""Schedules that a pool keeps for a group."""


class Guide:
    """Splits the gap of a roster at the prices of a bound.

    Parameters
    ----------
    lead
        Prices at the bound.
    cheapest
        Cost of the cheapest schedule of each group at these prices.
    """

    def __init__(self, linking: Linking, lead: Lead, cheapest: Sequence[int]) -> None:
        self.linking = linking
        self.lead = lead
        self._cheapest = list(cheapest)
        self._keys: dict[int, Numbers] = {}
        self._known: dict[tuple[int, Schedule], float] = {}

    def people(self, incumbent: Incumbent) -> list[float]:
        """What each person's schedule costs above the cheapest one, in sixtieths of the level's weight."""
        return [self._of_person(incumbent, person) for person in range(len(incumbent.held))]

    def _of_person(self, incumbent: Incumbent, person: int) -> float:
        group, held = self.linking.group_of[person], incumbent.held[person]
        known = self._known.get((group, held))
        if known is None:
            if group not in self._keys:
                self._keys[group] = self.linking.key_prices(group, self.lead.whole)
            keys = self._keys[group]
            cost = sum(int(keys[key]) for key in self.linking.formulation.expand(held))
            levels = self.lead.whole.levels
            cost += sum(weight * incumbent.personal_cost(person, level) for level, weight in levels.items())
            known = self._known[group, held] = max(0, cost - self._cheapest[group]) / SCALE
        return known

    def units(self, incumbent: Incumbent) -> dict[int, float]:
        """What each unit of linking rows costs above its price, in sixtieths of the level's weight."""
        return self.linking.split_excess(incumbent.activity, incumbent.unit_costs, self.lead.whole)


class Pool:
    """Schedules that have proved useful, by group, to begin a smaller program with."""

    def __init__(self, linking: Linking) -> None:
        self.linking = linking
        self._columns: dict[int, list[Column]] = defaultdict(list)
        self._known: set[tuple[int, Schedule]] = set()
        self._sown: Lead | None = None

    def sow(self, lead: Lead) -> None:
        """Take in the schedules that come with prices, once."""
        if self._sown is not None and np.array_equal(self._sown.rows, lead.rows):
            return
        self._sown = lead
        linking, formulation = self.linking, self.linking.formulation
        for group, schedule in lead.seeds:
            one = formulation.classes[linking.groups[group].kind]
            cost = personal_costs(formulation, one, schedule)
            self.keep([Column(group, schedule, cost, linking.activity(group, schedule))])

    def keep(self, columns: Iterable[Column]) -> None:
        """Keep columns; their group is the one of the linking rows."""
        for column in columns:
            if (column.group, column.schedule) in self._known:
                continue
            self._known.add((column.group, column.schedule))
            here = self._columns[column.group]
            here.append(column)
            if len(here) > MOST_KEPT:
                oldest = here.pop(0)
                self._known.discard((oldest.group, oldest.schedule))

    def cheapest(self, group: int, place: int, prices: Prices, most: int) -> list[Column]:
        """The cheapest columns of a group at some prices, as columns of the group at a place of a smaller program."""
        columns = self._columns.get(group, [])
        if len(columns) > most:
            costs = [_cost(column, prices) for column in columns]
            columns = [columns[int(number)] for number in np.argsort(costs, kind="stable")[:most]]
        return [replace(column, group=place) for column in columns]


def _cost(column: Column, prices: Prices) -> int:
    """What a column costs at some prices."""
    levels: Mapping[int, int] = prices.levels
    own = sum(levels.get(level, 0) * cost for level, cost in column.cost.items())
    return own - sum(int(prices.rows[number]) * amount for number, amount in column.activity.items())
