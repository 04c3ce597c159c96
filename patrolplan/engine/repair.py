"""Repairing a roster that people know: gaps are closed with as few changed duties as can be.

The roster stands as it is, without what its people can no longer hold. From there the search frees little: people may
take what is open, and each may leave what he holds in the same turns. Only where that does not close the gaps it frees
more and more. Changes are then counted down the same way, and at last, among rosters that change as little, the
cheapest one is taken.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from patrolplan.engine.changes import ChangeRows, climb, slots_of_unit
from patrolplan.engine.closing import close_gaps
from patrolplan.engine.conflict import conflicting_rules, describe
from patrolplan.engine.crew import Abandoned, Crew
from patrolplan.engine.executors import threads
from patrolplan.engine.formulation import Formulation, Schedule
from patrolplan.engine.incumbent import Incumbent, is_feasible
from patrolplan.engine.level import LevelSearch
from patrolplan.engine.nearest import Contradiction, nearest_schedule
from patrolplan.engine.neighbourhoods import Neighbourhoods
from patrolplan.engine.progress import Budget, Reporter
from patrolplan.engine.relaxation import link_bound
from patrolplan.engine.search import Search, Settings, keys_of
from patrolplan.engine.subproblem import Effort, StopSignal, Subproblem, Ties
from patrolplan.engine.tasks import share
from patrolplan.model.variables import Variables
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.units import COST_SCALE

LARGEST = 30_000
"""Most yes/no variables that are freed at once."""
ROUND_SECONDS = 2.0
"""Longest time for one part."""
SMALL = 2_000
"""People times slots up to which the general search is asked for fewer changes, too."""
LEAST_SECONDS, SHORT_SECONDS = 5.0, 1.5
"""Longest time for the parts that come first, for gaps and for changes, and for those that follow, even beyond the
limit: they are small, and without the first nobody steps in, without the last the standby is left as it fell."""
REACHES = (0, 1, 3)
"""Turns before and after a gap or a change in which all posts are freed, in one attempt after the other."""
MARGIN = 2
"""Turns before and after what costs that take part in its bound."""
COVER_SHARE, CHANGE_SHARE = 0.6, 0.5
"""Share of the time that is left which cover may take, and then the number of changes."""
AROUND_SHARE = 0.5
"""Share of that for parts of the roster; the rest is for the general search."""
BOUND_SHARE = 0.3
"""And for bounds."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A repaired roster and what is known of it.

    Attributes
    ----------
    roster
        What is planned now; without the duties that were given.
    cover, cover_bound
        What its gaps cost, in sixtieths, and the least that the gaps of any roster cost.
    changes, changes_bound
        Changed duties, and the least number with gaps that cost no more.
    falling
        Duties that cannot stay whatever is done.
    late
        People who lose or get a duty within the notice of their contract, each time counted.
    links_broken
        Whether a hard rule that ties people together is broken all the same.
    stuck
        People whose duties break a hard rule of their own whatever they are given now, and in words which.
    """

    roster: Roster
    cover: int
    cover_bound: int
    changes: int
    changes_bound: int
    falling: int
    late: int
    links_broken: bool
    stuck: tuple[tuple[int, str], ...]
    seconds: float


def repair(
    problem: Problem,
    old: Roster,
    settings: Settings,
    *,
    heard: int,
    most_changes: int | None = None,
    stop: StopSignal | None = None,
) -> Repair:
    """Repair a roster.

    Parameters
    ----------
    problem
        The facts as they are now. Only its window is planned; what lies before is given.
    old
        The roster that people know, as far as it lies in the window.
    heard
        Instant at which people hear of changes, for the notice of their contracts.
    most_changes
        Most duties that may be changed; those that cannot stay are changed anyway. Gaps may stay open for it.
    """
    return _Repair(problem, old, settings, heard, stop or StopSignal()).run(most_changes)


class _Repair:
    """One repair, from the old roster to the new one."""

    def __init__(self, problem: Problem, old: Roster, settings: Settings, heard: int, stop: StopSignal) -> None:
        climbed, self.ladder = climb(problem)
        self.search = Search(climbed, settings, None, None, stop, None)
        self.old = keys_of(Variables(climbed), old)
        rows = ChangeRows(climbed, self.ladder, self.old, heard)
        self.formulation = self.search.formulation = Formulation(climbed, also=rows.add)
        self.search.budget = Budget(settings.time_limit, settings.deterministic)  # from now on
        self.search.reporter = Reporter(self.search.budget, None)
        self.stuck: dict[int, str] = {}
        self.unsolved = False
        self.before = Incumbent(self.formulation)
        self.before.apply({person: frozenset(keys) for person, keys in enumerate(self.old) if keys})
        self.search.best = self.start = self._begin()
        self.search.bounds = dict.fromkeys(self.formulation.levels, 0)
        self.most: dict[int, int] = {}

    # -- the old roster as it can stay -----------------------------------------------------------------------------

    def _begin(self) -> Incumbent:
        """The old roster without what breaks a hard rule of its person."""
        found = Incumbent(self.formulation)
        changes: dict[int, Schedule] = {}
        self.falling = 0
        for person, keys in enumerate(self.old):
            allowed = keys & self.formulation.offered(person)
            schedule = self._nearest(person, frozenset(allowed))
            self.falling += sum(self.formulation.variables.is_slot(key) for key in keys - allowed)
            if schedule:
                changes[person] = schedule
        found.apply(changes)
        return found

    def _nearest(self, person: int, wished: Schedule) -> Schedule:
        """The nearest schedule that keeps every hard rule of a person; the wished one if there is none."""
        one, search = self.formulation.model_of(person), self.search
        if self._one_each(wished) and is_feasible(self.formulation, one, wished):
            return wished
        try:
            return nearest_schedule(self.formulation, one, wished, search.effort(10.0), search.stop, person)
        except Contradiction:
            rules = conflicting_rules(self.formulation, person, search.effort(5.0), search.stop)
            self.stuck[person] = describe(self.formulation.problem, person, rules)
        except TimeoutError:
            who = self.formulation.problem.people[person]
            self.stuck[person] = f"no time was left for {who.name or who.id} ({who.id})"
        return wished

    def _one_each(self, schedule: Schedule) -> bool:
        """Whether no turn has two slots."""
        variables = self.formulation.variables
        turns = [variables.turn_of(key) for key in schedule if variables.is_slot(key)]
        return len(set(turns)) == len(turns)

    # -- the whole way ---------------------------------------------------------------------------------------------

    def run(self, most_changes: int | None) -> Repair:
        """Close gaps, count changes down, polish; again with a limit where there were too many changes."""
        self._close()
        self._count_down()
        if most_changes is not None and self._changes() > most_changes:
            self._limit(most_changes)
        self._polish(self._touched())
        return self._result()

    def _result(self) -> Repair:
        search, ladder = self.search, self.ladder
        cover = [level for level in ladder.cover if level in self.formulation.levels]
        late = search.cost(ladder.notice) if ladder.notice in self.formulation.levels else 0
        return Repair(
            search.best.roster(),
            sum(search.cost(level) for level in cover),
            sum(search.bounds[level] for level in cover),
            self._changes(),
            max(self.falling, search.bounds.get(ladder.changes, 0) // COST_SCALE),
            self.falling,
            late // COST_SCALE,
            0 in self.formulation.levels and search.cost(0) > 0,
            tuple(sorted(self.stuck.items())),
            search.budget.seconds,
        )

    def _changes(self) -> int:
        level = self.ladder.changes
        return self.search.cost(level) // COST_SCALE if level in self.formulation.levels else 0

    def _gap_levels(self) -> list[int]:
        return [level for level in self.ladder.cover if level in self.formulation.levels]

    # -- cover -----------------------------------------------------------------------------------------------------

    def _close(self) -> None:
        """Close gaps: those that were opened, as near as possible; then all that are not proved to stay open."""
        opened = [
            unit
            for unit, cost in enumerate(self.search.best.unit_costs)
            if cost > self.before.unit_costs[unit] and self.formulation.unit_level(unit) in self.ladder.cover
        ]
        self._free(self._slots(opened))
        for level in self._gap_levels():
            deadline = self._share(COVER_SHARE)
            self._bound(level, deadline)
            self._close_by_chains(level)
            self._settle(level, deadline)

    def _share(self, part: float) -> float:
        """When a share of the time that is left is used, on the clock of the search."""
        return self.search.budget.used + part * self.search.budget.left

    def _settle(self, level: int, deadline: float) -> None:
        """Free more and more around what costs on a level, and at last leave it to the general search.

        Changes are near what was opened: where all parts around them were solved to the end, it is not asked.
        """
        near = self.search.budget.used + AROUND_SHARE * (deadline - self.search.budget.used)
        self.unsolved = False
        for reach in REACHES:
            if not self._is_settled(level) and self.search.budget.used < near:
                self._free_around(level, reach, near)
        is_far = level != self.ladder.changes or self.unsolved or self._is_small()
        if not self._is_settled(level) and not self.stuck and is_far:
            self._search_level(level, deadline)

    def _is_small(self) -> bool:
        """Whether the general search solves the whole problem at once."""
        problem = self.formulation.problem
        return len(problem.people) * len(problem.slots) <= SMALL

    def _is_settled(self, level: int) -> bool:
        return self.search.cost(level) <= self.search.bounds[level] or self._is_over()

    def _bound(self, level: int, deadline: float) -> None:
        """Raise the proved bound of a level by linear programs over alike people, around all that costs."""
        search = self.search
        search.raise_bound(level, search.best.fixed_cost(level))
        if search.cost(level) <= search.bounds[level] or search.stop.is_set:
            return
        clusters = self._around(level, MARGIN)
        seconds = max(SHORT_SECONDS, BOUND_SHARE * (deadline - search.budget.used)) / max(1, len(clusters))
        effort = replace(search.effort(seconds), seconds=seconds)
        bounds = [link_bound(search.best, turns, level, effort) for turns in clusters]
        search.raise_bound(level, search.best.fixed_cost(level) + sum(bounds))

    def _around(self, level: int, reach: int) -> list[range]:
        """Turns around everything that costs on a level."""
        formulation = self.formulation
        turns = {turn for unit in self._costly([level]) for turn in formulation.turns_of_unit(unit)}
        return _runs(turns, reach, len(formulation.variables.turns) - 1)

    def _costly(self, levels: Collection[int]) -> list[int]:
        """Units that cost something on some levels."""
        level_of = self.formulation.unit_level
        return [unit for unit, cost in enumerate(self.search.best.unit_costs) if cost and level_of(unit) in levels]

    def _close_by_chains(self, level: int) -> None:
        """People who take over from each other; see `close_gaps`. It tries so many chains, however long that takes."""
        search = self.search
        if search.cost(level) <= search.bounds[level] or search.stop.is_set:
            return
        other = search.best.copy()
        close_gaps(other, Effort(math.inf, deterministic=True), search.stop)
        if other.costs < search.best.costs:
            search.best = other

    def _search_level(self, level: int, deadline: float) -> None:
        """The general search on one level."""
        search = self.search
        search.facts = share(self.formulation, search.stop)
        neighbourhoods = Neighbourhoods(self.formulation, search.settings.seed)
        with self._crew() as crew, suppress(Abandoned):
            LevelSearch(search, neighbourhoods, crew, level, deadline).settle()

    @contextmanager
    def _crew(self) -> Iterator[Executor]:
        search = self.search
        workers = threads(search.workers)
        try:
            with Crew(workers, search.solver_workers, lambda: False, lambda words: None) as crew:
                yield crew
        finally:
            workers.shutdown()

    # -- changes ---------------------------------------------------------------------------------------------------

    def _count_down(self) -> None:
        """Fewer changes with the same cover, until that is proved or the time is over."""
        level = self.ladder.changes
        if level not in self.formulation.levels:
            return
        deadline = self._share(CHANGE_SHARE)
        self._descend(self._touched() | self._slots(self._costly(self._gap_levels())), [level], LEAST_SECONDS)
        self.search.raise_bound(level, self.falling * COST_SCALE)
        self._bound(level, deadline)
        self._settle(level, deadline)

    def _limit(self, most_changes: int) -> None:
        """The best cover within so many changes, out of what the search without a limit has touched."""
        level, touched, search = self.ladder.changes, self._touched(), self.search
        search.best = self.start.copy()
        self.most = {level: max(most_changes, self._changes()) * COST_SCALE}
        search.bounds = {one: bound if one <= 1 else 0 for one, bound in search.bounds.items()}
        self._descend(touched, [*self._gap_levels(), level], LEAST_SECONDS)
        for gap_level in self._gap_levels():
            if not self._is_settled(gap_level) and search.cost(level) < self.most[level]:
                self._free_around(gap_level, 0, self._share(CHANGE_SHARE))

    def _touched(self) -> set[int]:
        """Slots and standby that have other holders than before."""
        pairs = zip(self.old, self.search.best.held, strict=True)
        return {key for old, now in pairs for key in now.symmetric_difference(old)}

    def _polish(self, keys: set[int]) -> None:
        """Among rosters that cover as much and change as little, one that costs less on the later levels."""
        later = [level for level in self.formulation.levels if level > self.ladder.changes]
        self.most = {}
        self._descend(keys, later, SHORT_SECONDS)

    # -- parts -----------------------------------------------------------------------------------------------------

    def _slots(self, units: Iterable[int]) -> set[int]:
        """Slots in the rows of some units."""
        return {key for unit in units for key in slots_of_unit(self.formulation, unit)}

    def _free(self, slots: set[int]) -> None:
        """Let people take some slots, gaps first and then with few changes; there is always time for that."""
        self._descend(slots, [*self._gap_levels(), self.ladder.changes], LEAST_SECONDS)

    def _free_around(self, level: int, reach: int, deadline: float) -> None:
        """Free all posts in the turns around everything that costs on a level."""
        levels = [one for one in (*self._gap_levels(), self.ladder.changes) if one >= level]
        slots_of = self.formulation.variables.slots_of_turn
        people = len(self.formulation.problem.people)
        for turns in self._around(level, reach):
            if self._is_settled(level) or self.search.budget.used >= deadline:
                return
            if any(people * len(slots_of[turn]) > LARGEST for turn in turns):
                self.unsolved = True  # too many people and posts to be freed at once
                continue
            self._descend({key for turn in turns for key in slots_of[turn]}, levels)

    def _descend(self, keys: set[int], levels: Sequence[int], least: float = 0.0) -> None:
        """Level by level the best of what people may do with some slots, standby and what they hold in their turns."""
        variables = self.formulation.variables
        for part in self._parts(keys):
            turns = sorted({variables.turn_of(key) for key in part})
            for level in levels:
                if level in self.formulation.levels and (least or not self._is_over()) and not self.search.stop.is_set:
                    self._improve(part, turns, level, least)

    def _is_over(self) -> bool:
        return self.search.stop.is_set or self.search.budget.left <= 0

    def _improve(self, keys: set[int], turns: Sequence[int], level: int, least: float) -> None:
        search = self.search
        offered = self._offered(keys, turns)
        is_tied = level < self.ladder.changes or level == self.formulation.levels[-1]
        ties, last = (Ties.LATER if is_tied else Ties.NONE), max(level, self.ladder.changes)
        part = Subproblem(search.best, offered, turns, level, ties, offered, self.most, last)
        if not part.now:
            return
        effort = search.task_effort(ROUND_SECONDS, light=True)
        effort = replace(effort, seconds=max(effort.seconds, least))
        answer = part.solve(effort, search.stop)
        self.unsolved = self.unsolved or not answer.solved
        if answer.changes is None:
            return
        other = search.best.copy()
        other.apply({person: mine for person, mine in answer.changes.items() if mine != other.held[person]})
        if other.costs < search.best.costs:
            search.best = other

    def _offered(self, keys: set[int], turns: Sequence[int]) -> dict[int, frozenset[int]]:
        """What everybody may hold in some turns: these slots, what is held now and was before, and all standby."""
        formulation, variables = self.formulation, self.formulation.variables
        here = set(turns)
        found = {}
        for one in formulation.classes:
            able = {key for turn in turns for key in one.slots.get(turn, ())}
            calls = {variables.standby_key(turn) for turn in one.standby & here}
            for person in one.people:
                mine = self.old[person].union(self.search.best.held[person])
                kept = {key for key in mine if variables.turn_of(key) in here and key in able | calls}
                offered = frozenset((keys & able) | kept | calls)
                if offered and person not in self.stuck:
                    found[person] = offered
        return found

    def _parts(self, keys: set[int]) -> Iterator[set[int]]:
        """Slots and standby in order of time, cut where they would free too much at once."""
        variables = self.formulation.variables
        people = len(self.formulation.problem.people)
        part: set[int] = set()
        load = 0
        by_turn: dict[int, set[int]] = {}
        for key in keys:
            by_turn.setdefault(variables.turn_of(key), set()).add(key)
        for turn in sorted(by_turn):
            more = people * (len(by_turn[turn]) + 1)
            if part and load + more > LARGEST:
                yield part
                part, load = set(), 0
            part |= by_turn[turn]
            load += more
        if part:
            yield part


def _runs(turns: Iterable[int], reach: int, last: int) -> list[range]:
    """Unbroken runs of turns, widened to both sides."""
    wide = sorted({turn + step for turn in turns for step in range(-reach, reach + 1) if 0 <= turn + step <= last})
    found: list[range] = []
    for turn in wide:
        if found and found[-1].stop == turn:
            found[-1] = range(found[-1].start, turn + 1)
        else:
            found.append(range(turn, turn + 1))
    return found
