"""Closing the gaps of a first roster: somebody serves in addition, or moves, and somebody else takes over.

From each linking row that costs on the first level goes a search along chains: whoever could fill a slot gives up at
most one duty for it, which somebody else then takes over, until nothing is left to take over. A chain is only taken if
the roster costs less on the first level, and no more on hard linking rules.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from patrolplan.engine import work
from patrolplan.engine.formulation import Formulation, Schedule
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.subproblem import Effort, StopSignal
from patrolplan.engine.trial import Trial

LAST_LEVEL = 1
HARD = 10**9
"""How much more a hard linking rule counts than a priced one."""
LONGEST = 5
"""Most people in one chain."""
FEW = 3
"""Most people who are tried at the end of one chain."""
STEPS = (1, 6, 20, 60)
"""Most slots that are looked at for one gap, in one round after the other: what is easily closed comes first."""
ONE_EACH = 2
"""Rounds in which nobody gives up two duties for one."""
TRIES, TRIES_EACH = 8_000, 100
"""Schedules that may be tried in all, and more for each person."""


@dataclass(frozen=True, slots=True)
class _Chain:
    """People who move.

    Attributes
    ----------
    cost
        What the roster costs more with their moves, below zero if it costs less.
    schedules
        Their new schedules.
    shifts
        Changes of the activities of linking rows.
    wanted
        Slot that somebody else should take over, or None.
    """

    cost: int
    schedules: Mapping[int, Schedule]
    shifts: Mapping[int, int]
    wanted: int | None


def close_gaps(incumbent: Incumbent, effort: Effort, stop: StopSignal) -> None:
    """Make a roster cheaper on the first level, as far as short chains can; hard personal rules stay kept."""
    _Closing(incumbent, effort, stop).run()


class _Closing:
    """The search for chains in one roster."""

    def __init__(self, incumbent: Incumbent, effort: Effort, stop: StopSignal) -> None:
        self.incumbent = incumbent
        self.formulation: Formulation = incumbent.formulation
        self.stop = stop
        self.seconds = effort.seconds
        self._watch = work.Watch(effort.deterministic)
        self.tries = TRIES + TRIES_EACH * len(incumbent.held)
        self._levels = sum(level <= LAST_LEVEL for level in self.formulation.levels)
        self._most_given_up = 1
        self._able: dict[int, list[int]] = {}
        self._takers: dict[int, list[int]] = {}
        self._trials: dict[int, Trial] = {}
        self._rows_of: dict[int, list[tuple[int, frozenset[int], int]]] = {}

    def run(self) -> None:
        """Look at everything that costs, more closely in each round."""
        for number, steps in enumerate(STEPS):
            self._most_given_up = 1 if number < ONE_EACH else 2
            for unit in self._costly():
                while self.incumbent.unit_costs[unit] and not self._is_over() and self._close(unit, steps):
                    pass

    def _is_over(self) -> bool:
        return self.tries <= 0 or self.stop.is_set or self._watch.seconds > self.seconds

    def _cost(self) -> tuple[int, ...]:
        return self.incumbent.costs[: self._levels]

    def _costly(self) -> list[int]:
        """Units that cost something on the first levels, in order of level and time."""
        formulation = self.formulation
        found = [
            (formulation.unit_level(unit), formulation.turns_of_unit(unit)[0], unit)
            for unit, cost in enumerate(self.incumbent.unit_costs)
            if cost and formulation.unit_level(unit) <= LAST_LEVEL and formulation.turns_of_unit(unit)
        ]
        return [unit for _, _, unit in sorted(found)]

    # -- one gap -------------------------------------------------------------------------------------------------

    def _close(self, unit: int, most: int) -> bool:
        """Make a unit cheaper; whether the roster became better."""
        waiting: list[tuple[int, int, int, _Chain]] = []
        seen: set[tuple[int | None, int]] = set()
        number, steps, chains = 0, 0, self._beginnings(unit)
        while True:
            for chain in chains:
                if self._is_taken(chain) or any(self._is_taken(ended) for ended in self._ended(chain)):
                    return True
                if chain.wanted is not None and len(chain.schedules) < LONGEST - 1:
                    number += 1
                    heapq.heappush(waiting, (chain.cost, len(chain.schedules), number, chain))
            while waiting and (waiting[0][-1].wanted, waiting[0][0]) in seen:
                heapq.heappop(waiting)
            if not waiting or steps == most or self._is_over():
                return False
            steps += 1
            chain = heapq.heappop(waiting)[-1]
            seen.add((chain.wanted, chain.cost))
            chains = self._continued(chain)

    def _is_taken(self, chain: _Chain) -> bool:
        """Take a chain over if it makes the roster better."""
        if chain.cost >= 0:
            return False
        before = self._cost()
        undo = {person: self.incumbent.held[person] for person in chain.schedules}
        self.incumbent.apply(chain.schedules)
        if self._cost() < before:
            self._takers.clear()
            return True
        self.incumbent.apply(undo)
        return False

    def _beginnings(self, unit: int) -> Iterator[_Chain]:
        """Slots where somebody is missing, and people who are too many."""
        variables = self.formulation.variables
        for number in self.formulation.units[unit]:
            row, activity = self.formulation.row(number), self.incumbent.activity[number]
            short = row.lower is not None and activity < row.lower
            over = row.upper is not None and activity > row.upper
            for term in row.terms:
                adds = (short and term.coefficient > 0) or (over and term.coefficient < 0)
                people = self.formulation.links.masks[term.mask]
                for key in term.keys if short or over else ():
                    if variables.is_slot(key) and adds:
                        yield _Chain(0, {}, {}, key)
                    elif variables.is_slot(key):
                        yield from self._departures(key, people)

    def _departures(self, key: int, people: frozenset[int]) -> Iterator[_Chain]:
        nothing = _Chain(0, {}, {}, None)
        for person in self._able_at(key):
            holds = person in people and key in self.incumbent.held[person]
            if holds and self._trial(person).is_feasible(None, [key]):
                yield self._longer(nothing, person, None, [key], key)

    # -- one slot ------------------------------------------------------------------------------------------------

    def _ended(self, chain: _Chain) -> Iterator[_Chain]:
        """Ways to take over what a chain leaves by people who give nothing up for it."""
        key = chain.wanted
        if key is not None:
            takers = self._takers_at(key)
            for person in islice(self._willing(chain, key, takers), FEW) if takers else ():
                yield self._longer(chain, person, key)

    def _continued(self, chain: _Chain) -> Iterator[_Chain]:
        """Ways to take it over by people who give something else up."""
        key = chain.wanted
        assert key is not None
        for person in self._willing(chain, key, self._able_at(key)):
            trial, there = self._trial(person), self._there(person, key)
            for given_up in trial.obstacles(key) if there is None else [(there,)]:
                if len(given_up) > self._most_given_up or not trial.is_feasible(key, given_up):
                    continue
                for left in given_up:
                    yield self._longer(chain, person, key, given_up, left)
                if len(given_up) > 1 and len(chain.schedules) < LONGEST - 2:
                    yield from self._halved(chain, person, key, given_up)

    def _halved(self, chain: _Chain, person: int, key: int, given_up: Sequence[int]) -> Iterator[_Chain]:
        """Of two slots that somebody gives up, one taken over by somebody who gives up nothing."""
        for left, other in (given_up, given_up[::-1]):
            if self.formulation.variables.is_slot(other):
                for ended in self._ended(self._longer(chain, person, key, given_up, other)):
                    yield _Chain(ended.cost, ended.schedules, ended.shifts, self._slot(left))

    def _takers_at(self, key: int) -> list[int]:
        """People who could have a slot in addition to what they hold, those who hold least first."""
        if key not in self._takers:
            found = [
                person
                for person in self._able_at(key)
                if self._there(person, key) is None and self._trial(person).is_feasible(key)
            ]
            self._takers[key] = sorted(found, key=lambda person: (len(self.incumbent.held[person]), person))
        return self._takers[key]

    def _willing(self, chain: _Chain, key: int, people: Iterable[int]) -> Iterator[int]:
        """Those of some people, outside a chain, by whom the roster becomes cheaper at a slot."""
        variables = self.formulation.variables
        parts = (key, variables.turn_key(variables.turn_of(key)), *variables.derived_from.get(key, ()))
        rows = [row for part in parts for row in self._rows(part)]
        known: dict[tuple[bool, ...], bool] = {}
        held = self.incumbent.held
        for person in people:
            if person in chain.schedules or key in held[person]:
                continue
            counted = tuple(person in people for _, people, _ in rows)
            if counted not in known:
                shifts = dict(chain.shifts)
                for (number, _, coefficient), counts in zip(rows, counted, strict=True):
                    shifts[number] = shifts.get(number, 0) + coefficient * counts
                known[counted] = self._cost_of(shifts) < chain.cost
            if known[counted]:
                yield person

    def _there(self, person: int, key: int) -> int | None:
        """The slot that somebody holds in the turn of another slot."""
        variables = self.formulation.variables
        here = self.incumbent.held[person].intersection(variables.slots_of_turn[variables.turn_of(key)])
        return next(iter(here), None)

    def _able_at(self, key: int) -> list[int]:
        """People who may hold a slot."""
        if key not in self._able:
            turn = self.formulation.variables.turn_of(key)
            self._able[key] = [
                person for one in self.formulation.classes if key in one.slots.get(turn, ()) for person in one.people
            ]
        return self._able[key]

    def _trial(self, person: int) -> Trial:
        """What can be changed in somebody's schedule."""
        self.tries -= 1
        work.charge(work.TRIAL)
        found = self._trials.get(person)
        if found is None or found.held is not self.incumbent.held[person]:
            one = self.formulation.model_of(person)
            found = self._trials[person] = Trial(self.formulation, one, self.incumbent.held[person])
        return found

    # -- cost ----------------------------------------------------------------------------------------------------

    def _longer(
        self, chain: _Chain, person: int, added: int | None, removed: Collection[int] = (), left: int | None = None
    ) -> _Chain:
        """A chain with one more person in it, who takes a slot and gives up others, one of them to be taken over."""
        formulation = self.formulation
        held, schedule = self.incumbent.held[person], self._trial(person).schedule(added, removed)
        before, after = formulation.expand(held), formulation.expand(schedule)
        shifts = dict(chain.shifts)
        for keys, sign in ((before - after, -1), (after - before, 1)):
            for key in keys:
                for number, people, coefficient in self._rows(key):
                    if person in people:
                        shifts[number] = shifts.get(number, 0) + sign * coefficient
        return _Chain(self._cost_of(shifts), {**chain.schedules, person: schedule}, shifts, self._slot(left))

    def _slot(self, key: int | None) -> int | None:
        """A key if it is that of a slot."""
        return key if key is not None and self.formulation.variables.is_slot(key) else None

    def _rows(self, key: int) -> list[tuple[int, frozenset[int], int]]:
        """Linking rows of the first levels in which a key stands."""
        if key not in self._rows_of:
            rows = self.formulation.rows_of.get(key, ())
            self._rows_of[key] = [one for one in rows if self.formulation.row(one[0]).level <= LAST_LEVEL]
        return self._rows_of[key]

    def _cost_of(self, shifts: Mapping[int, int]) -> int:
        """What the roster costs more on the first levels after some changes of activities."""
        formulation, incumbent, total = self.formulation, self.incumbent, 0
        shifted = _Shifted(incumbent.activity, shifts)
        for unit in {formulation.unit_of[number] for number, shift in shifts.items() if shift}:
            change = formulation.unit_cost(unit, shifted) - incumbent.unit_costs[unit]
            total += change if formulation.unit_level(unit) else HARD * change
        return total


class _Shifted(Sequence[int]):
    """Activities with some changes."""

    def __init__(self, activity: Sequence[int], shifts: Mapping[int, int]) -> None:
        self._activity = activity
        self._shifts = shifts

    def __getitem__(self, number: int) -> int:  # type: ignore[override]
        return self._activity[number] + self._shifts.get(number, 0)

    def __len__(self) -> int:
        return len(self._activity)
