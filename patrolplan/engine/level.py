"""One level of a search: bound and roster brought together, until proof or the end of its time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from patrolplan.engine.columns import Columns
from patrolplan.engine.disjunctions import raised
from patrolplan.engine.formulation import Schedule
from patrolplan.engine.guide import Guide
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.linking import Linking
from patrolplan.engine.neighbourhoods import SWEPT, WOVEN, Neighbourhoods, Region
from patrolplan.engine.pricers import is_long
from patrolplan.engine.pricing import Order, Priced
from patrolplan.engine.relaxation import least_alone
from patrolplan.engine.search import Search
from patrolplan.engine.subproblem import Answer, Effort, Ties
from patrolplan.engine.tasks import (
    Snapshot,
    bound_turns,
    explore,
    prepare_pricing,
    price_class,
    solve_whole,
    weave_region,
)
from patrolplan.engine.weaving import FRESH, GUIDED
from patrolplan.language import later

COLUMN_SHARE = 0.5
"""Share of a level's time that column generation may take."""
MOST_ROWS = 10_000
"""With more linking rows than this, one linear program over all schedules takes too long."""
ALONE_SHARE = 0.01
"""Share of a level's time for the bound of each kind of people alone."""
PROBES, FEWEST_ROUNDS = 2, 40
"""After so many rounds and again after each it is judged whether there is time for so many in all."""
GRAPH_SHARE, SAMPLE = 0.4, 4
"""Share of a level's time in which the pricing problems have to be ready, judged from so many on."""
EXACT_SIZE = 400
"""Largest number of yes/no variables for which the whole problem is solved at once."""
COSTLY_SHARE, LED_SHARE = 0.7, 0.3
"""Share of a level's time for a region that is to be solved whole: by CP-SAT, or led by the linear program."""
ROUND_SECONDS, ROUND_SHARE, SHORTEST_ROUND = 4.0, 0.04, 1.0
"""Longest time for one neighbourhood, and a share of a level's time if that is shorter, but no less than the last."""
WOVEN_SHARE, WOVEN_SECONDS = 0.05, 40.0
"""Share of a level's time for a neighbourhood whose schedules are priced, but no more than this."""
PATIENCE = 12
"""Neighbourhoods in a row without gain before something else is tried."""
AWAY_PATIENCE, DEPARTING, NEARBY = 40, 1.5, 0.7
"""So many without gain away from the best roster; so many times what a dive took there is for another one, and for one
near the best roster."""
DISJOINING_SHARE = 0.05
"""Share of a level's time for raising the bound of the linear program by limits on violations."""
STRIPS = (
    (14, 0, 1),
    (7, 0, 2),
    (14, 7, 1),
    (5, 0, 3),
    (7, 4, 2),
    (21, 0, 1),
    (5, 2, 3),
    (14, 4, 1),
    (7, 2, 2),
    (5, 4, 3),
)
"""Over a long time everybody is freed over strips: days of a run, of the first one if shorter, and runs at once."""
LEAVING, IDLE_SHARE = 5, 0.35
"""So many times as many without gain, or such a share of its time, and a level that others follow is left to them."""
FAR = 0.8
"""A bound below this share of the cost is far away: column generation comes first."""
BOUND_SHARE, LATER_BOUND_SHARE = 0.15, 0.1
"""Share of a level's time for the bound around what costs, on the first level and later."""
SHORT_RUN, LONG_RUN = 3, 8
"""Most turns that are freed for everybody on a level after the first, at its start and where nothing helps."""
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class _Going:
    """A neighbourhood that is being searched."""

    region: Region
    base: Incumbent
    limit: float


class LevelSearch:
    """The settling of one level.

    Parameters
    ----------
    deadline
        When it ends, on the clock of `Search.budget`.
    """

    def __init__(
        self, search: Search, neighbourhoods: Neighbourhoods, executor: Executor, level: int, deadline: float
    ) -> None:
        self.search = search
        self.neighbourhoods = neighbourhoods
        self.executor = executor
        self.level = level
        self.deadline = deadline
        self.length = max(0.0, deadline - search.budget.used)
        self.running: dict[Future[Answer], _Going] = {}
        self.fruitless = 0
        self.costly: list[Region] = []
        self.linking: Linking | None = None
        self.is_complete = False
        self.everybody = Region("woven", tuple(range(len(search.problem.people))), neighbourhoods.all_turns)
        self.gained_at = 0.0
        self.dive_spent = 0.0
        self.is_stuck = False
        self.fixed = search.fixed_cost(level)
        self._alone = 0

    def settle(self) -> None:
        """Improve the level and raise its bound until it is good enough or its time is over."""
        search = self.search
        search.reporter.level = self.level
        search.raise_bound(self.level, self.fixed)
        self.neighbourhoods.restart()
        if self._done():
            return
        if self._size() <= EXACT_SIZE:
            self._solve_whole()
        if not self._done():
            self.neighbourhoods.may_weave = self.level <= self.search.program_until and self._prepare()
            if not self._is_swept():
                self._alone = self._bound_alone()
                search.raise_bound(self.level, self.fixed + self._alone)
                if self.level == search.formulation.levels[0] or not self._make_program():
                    self._prove(first=True)
        self._make_program()
        if not self._done() and self.neighbourhoods.guide is None and self._is_swept():
            self.costly = self.neighbourhoods.strips(STRIPS)
        self._search_and_prove()

    def _done(self) -> bool:
        search = self.search
        out_of_time = search.stop.is_set or search.budget.used >= self.deadline
        return out_of_time or search.good_enough(self.level)

    def _size(self) -> int:
        formulation = self.search.formulation
        return sum(
            len(one.people) * (len(one.standby) + sum(len(slots) for slots in one.slots.values()))
            for one in formulation.classes
        )

    def _is_swept(self) -> bool:
        """Whether the time is so long that only whole schedules, priced against each other, say anything about it."""
        formulation = self.search.formulation
        return self._may_generate() and any(is_long(formulation, one) for one in formulation.classes)

    def _may_generate(self) -> bool:
        """Whether one linear program over all schedules can be solved and priced again and again."""
        return self.neighbourhoods.may_weave and len(self.search.formulation.links.rows) <= MOST_ROWS

    def _make_program(self) -> bool:
        """Make a program over all schedules if there is none and it promises something; whether it is complete."""
        search = self.search
        is_far = search.bounds[self.level] < FAR * search.cost(self.level)
        if self.linking is None and is_far and not self._done() and self._may_generate():
            self._generate()
        return self.is_complete

    def _left(self) -> float:
        return max(0.0, self.deadline - self.search.budget.used)

    def _give(self, function: Callable[..., Any], base: Incumbent, *arguments: Any) -> Future[Any]:
        """Give out a task that starts from a roster, which nobody may change any more."""
        token = self.search.facts.token
        return self.executor.submit(function, token, Snapshot(token, base), *arguments)

    # -- exact ---------------------------------------------------------------------------------------------------

    def _solve_whole(self) -> None:
        """The whole problem as one model; its answers are taken over as they come."""
        search = self.search
        search.reporter.stage = later("whole problem")
        found = search.facts.found
        assert found is not None
        effort = search.task_effort(self._left() * 0.6, search.solver_workers)
        running: Future[Answer] = self._give(solve_whole, search.best.copy(), self.level, effort)
        while not self._wait([running]):
            while not found.empty():
                self._improve(found.get())
            search.reporter.tell(search.best, search.bounds)
        while not found.empty():
            self._improve(found.get())
        answer = running.result()
        if answer.changes is not None:
            self._improve(answer.changes)
            search.raise_bound(self.level, answer.bound)

    def _improve(self, changes: dict[int, Schedule]) -> None:
        self.search.accept(changes, self.search.best)

    # -- search --------------------------------------------------------------------------------------------------

    def _search_and_prove(self) -> None:
        """Neighbourhoods on all workers; every now and then a bound."""
        search = self.search
        patience, self.gained_at = PATIENCE, search.budget.used
        while not self._done():
            search.reporter.stage = later("improving")
            while len(self.running) < search.workers:
                self._launch()
            self._collect()
            search.reporter.tell(search.best, search.bounds)
            is_led = self.neighbourhoods.guide is not None
            if self.fruitless >= patience and not self._done() and (not is_led or self._can_depart()):
                self._drain()
                self._go_elsewhere()
                self.fruitless = 0
                patience = AWAY_PATIENCE if search.away else PATIENCE if is_led else patience * 3
            elif self._may_leave() and self.level != search.formulation.levels[-1]:
                break
        self._drain()
        search.come_back()

    def _may_leave(self) -> bool:
        """Whether a level has gained nothing for so long that the others may have its time."""
        idle = self.search.budget.used - self.gained_at > IDLE_SHARE * self.length and not self.costly
        return self.fruitless >= (1 if idle else LEAVING) * PATIENCE

    def _can_depart(self) -> bool:
        """Whether a program leads, and there is time for another roster from it and what comes after."""
        led = self.neighbourhoods.guide is not None and self.dive_spent > 0
        return led and self._left() > DEPARTING * self.dive_spent

    def _go_elsewhere(self) -> None:
        """Where neighbourhoods do not help: another way to search, or another roster to search from."""
        if self._can_depart():
            self.search.come_back()
            self._depart()
        else:
            self._try_otherwise()

    def _depart(self) -> None:
        """Go on from another roster of the linear program: a better one near the best, or else any other one."""
        search, guide = self.search, self.neighbourhoods.guide
        assert guide is not None
        base, last = search.best.copy(), search.workers - 1
        running = []
        for number in range(search.workers):
            is_fresh = self.is_stuck and number % 2 == last % 2
            region = replace(self.everybody, kind=FRESH if is_fresh else GUIDED)
            effort = search.task_effort((DEPARTING if is_fresh else NEARBY) * self.dive_spent)
            running.append(self._give(weave_region, base, region, guide.lead, self.level, effort))
        while not all(one.done() for one in running) and not self._done():
            self._wait([one for one in running if not one.done()])
            search.reporter.tell(search.best, search.bounds)
        rosters = []
        for answer in (one.result() for one in running):
            search.reporter.neighbourhoods += 1
            if answer.changes is not None:
                roster = base.copy()
                roster.apply(answer.changes)
                rosters.append(roster)
        place = search.formulation.levels.index(self.level)
        rosters = [one for one in rosters if one.costs[:place] <= base.costs[:place]]
        if rosters:
            search.depart(min(rosters, key=lambda one: one.costs))
        self.is_stuck = not self.is_stuck and (not rosters or search.away is not None)

    def _try_otherwise(self) -> None:
        """What may help where neighbourhoods do not: column generation, else a bound over more turns."""
        if self.linking is None and self._may_generate():
            self._generate()
        else:
            self._prove(first=False)

    def _launch(self) -> None:
        search = self.search
        base = search.here.copy()
        is_costly = bool(self.costly)
        region = self.costly.pop(0) if is_costly else self.neighbourhoods.next(base, self.level)
        usual = min(ROUND_SECONDS, max(SHORTEST_ROUND, ROUND_SHARE * self.length))
        seconds = min(WOVEN_SECONDS, WOVEN_SHARE * self.length) if region.kind in WOVEN else usual
        if is_costly and region.kind == "woven turns":
            taken = {going.region.share[0] for going in self.running.values()}
            region = replace(region, share=(min(set(range(search.workers)) - taken), search.workers))
        elif is_costly and region.kind != SWEPT:
            waiting = 1 + len(self.costly) // search.workers
            seconds = (LED_SHARE if self.linking is not None else COSTLY_SHARE) * self._left() / waiting
        seconds = max(ROUND_SECONDS if region.kind in WOVEN else usual, seconds)
        effort = search.task_effort(min(seconds, max(0.2, self._left())), light=True)
        if region.kind in WOVEN:
            guide = self.neighbourhoods.guide
            lead = None if guide is None else guide.lead
            future = self._give(weave_region, base, region, lead, self.level, effort)
        else:
            future = self._give(explore, base, region, self.level, self._ties(), effort)
        self.running[future] = _Going(region, base, seconds)

    def _ties(self) -> Ties:
        """On the last level there is nothing later; before it, staying near the roster keeps what later levels have."""
        return Ties.LATER if self.level == self.search.formulation.levels[-1] else Ties.STAY

    def _collect(self) -> None:
        self._wait(self.running)
        self._take_answers()

    def _take_answers(self) -> None:
        """Take over what is found."""
        search = self.search
        for future in [one for one in self.running if one.done()]:
            going = self.running.pop(future)
            answer = future.result()
            search.reporter.neighbourhoods += 1
            place = search.formulation.levels.index(self.level)
            before = search.here.costs[place]
            gained = answer.changes is not None and search.accept(answer.changes, going.base)
            gain = before - search.here.costs[place] if gained else 0
            if going.region.people == self.everybody.people and going.region.kind == "woven":
                self.dive_spent = max(self.dive_spent, answer.spent)
            self.fruitless = 0 if gain else self.fruitless + 1
            self.gained_at = search.budget.used if gain else self.gained_at
            self.neighbourhoods.learn(
                going.region, solved=answer.solved, gain=gain, spent=answer.spent, limit=going.limit
            )

    # -- columns -------------------------------------------------------------------------------------------------

    def _generate(self) -> None:
        """Column generation: a bound, and what leads the search afterwards."""
        search = self.search
        search.reporter.stage = later("columns")
        token, level = search.facts.token, self.level

        def ask(kind: int, orders: list[Order], effort: Effort) -> Future[list[Priced]]:
            return self.executor.submit(price_class, token, kind, level, orders, effort)

        linking = self.linking = search.linking(level)
        columns = Columns(linking, search.best.copy(), lambda: search.task_effort(5.0), search.stop, ask)
        self._round_by_round(columns)
        self.is_complete = columns.is_complete
        lead = columns.led()
        if lead is not None and columns.cheapest is not None:
            self.neighbourhoods.guide = Guide(linking, lead, columns.cheapest)
            self.costly = [self.everybody] * search.workers
        if columns.is_complete and not self._done():
            self._disjoin(columns)

    def _disjoin(self, columns: Columns) -> None:
        """Raise the bound of a complete program by limits on violations."""
        search = self.search
        limit = search.budget.used + DISJOINING_SHARE * self._left()
        aim = search.cost(self.level) - self.fixed
        bound = raised(columns, aim, lambda: self._done() or search.budget.used >= limit)
        search.raise_bound(self.level, self.fixed + columns.in_sixtieths(bound))

    def _prepare(self) -> bool:
        """Make the pricing problems; whether all are graphs, and ready in time as far as can be told."""
        search = self.search
        limit = GRAPH_SHARE * self._left()
        kinds = list(range(len(search.formulation.classes)))[::-1]
        all_kinds, done, began = len(kinds), 0, search.budget.used
        running: list[Future[bool]] = []
        while (kinds or running) and not self._done():
            while kinds and len(running) < search.workers:
                token = search.facts.token
                running.append(self.executor.submit(prepare_pricing, token, kinds.pop(), self.level))
            self._wait(running)
            for task in [one for one in running if one.done()]:
                running.remove(task)
                is_graph = task.result()
                done += 1
                if not is_graph:
                    return False
            used = search.budget.used - began
            if used > limit or (done >= SAMPLE and used / done * all_kinds > 1.5 * limit):
                return False
            search.reporter.tell(search.best, search.bounds)
        return not kinds and not running

    def _round_by_round(self, columns: Columns) -> None:
        """Rounds of column generation until it is complete or its time is over."""
        search = self.search
        limit = search.budget.used + COLUMN_SHARE * self._left()
        going, pace = True, 0.0
        while going and not self._done() and search.budget.used < limit:
            missing = FEWEST_ROUNDS - columns.rounds
            if columns.rounds >= PROBES and pace * missing > limit - search.budget.used:
                search.program_until = self.level
                return
            began = search.budget.used
            going = columns.step(self._left())
            pace = search.budget.used - began
            search.raise_bound(self.level, self.fixed + columns.proved)
            search.reporter.tell(search.best, search.bounds)

    def _drain(self) -> None:
        while self.running:
            self._collect()

    def _wait(self, futures: Iterable[Future[Any]]) -> bool:
        """Wait a moment for any of some tasks; whether one is done."""
        done, _ = wait(list(futures), POLL_SECONDS, FIRST_COMPLETED)
        return bool(done)

    # -- bound ---------------------------------------------------------------------------------------------------

    def _bound_alone(self) -> int:
        """Least that the people's own rules cost, each person alone."""
        classes = self.search.formulation.classes
        least = self._least_alone()
        self.neighbourhoods.least = [least[kind] for kind in self.search.formulation.class_of]
        return sum(len(one.people) * own for one, own in zip(classes, least, strict=True))

    def _least_alone(self) -> list[int]:
        """The same by class, of one person each."""
        search = self.search
        formulation, token = search.formulation, search.facts.token
        if not self.neighbourhoods.may_weave:
            effort = search.task_effort(min(1.0, ALONE_SHARE * self._left()))
            return least_alone(formulation, self.level, effort, search.stop)
        nothing = np.zeros(formulation.variables.first_own_key, dtype=np.int64)
        question, effort = [Order(nothing, {self.level: 1}, frozenset())], search.task_effort(5.0)
        tasks = {
            kind: self.executor.submit(price_class, token, kind, self.level, question, effort)
            for kind, one in enumerate(formulation.classes)
            if not one.idle_feasible or one.idle_cost.get(self.level)
        }
        found = [0] * len(formulation.classes)
        for kind, task in tasks.items():
            found[kind] = max(0, task.result()[0].bound)
        return found

    def _prove(self, *, first: bool) -> None:
        """Raise the bound around everything that costs, later around all turns together, too; and search there."""
        search = self.search
        search.reporter.stage = later("bound")
        search.reporter.tell(search.best, search.bounds, always=True)
        if first:
            self._bound_around_costs(2)
            self._free_costs(0, SHORT_RUN)
            return
        self._free_costs(2, LONG_RUN)
        self._bound_around_costs(4)
        if not self._done():
            everything = tuple(range(len(search.formulation.variables.turns)))
            bounds = self._bound_clusters(search.best.copy(), [everything])
            search.raise_bound(self.level, self.fixed + self._alone + sum(bounds))

    def _bound_around_costs(self, margin: int) -> None:
        """Bounds of the turns around everything that costs; which of them cost no more than that is remembered."""
        search, base = self.search, self.search.best.copy()
        clusters = _clusters(base, self.level, margin)
        bounds = self._bound_clusters(base, clusters)
        self.neighbourhoods.settled = frozenset(
            turn
            for cluster, bound in zip(clusters, bounds, strict=True)
            if bound >= _cost_within(base, self.level, frozenset(cluster))
            for turn in cluster
        )
        search.raise_bound(self.level, self.fixed + self._alone + sum(bounds))

    def _free_costs(self, margin: int, longest: int) -> None:
        """Let the turns be searched next, with everybody, that cost more than is proved; runs on the first level."""
        clusters = _clusters(self.search.here, self.level, margin)
        settled = self.neighbourhoods.settled
        unsettled = [one for one in clusters if not settled.issuperset(one)]
        if self.level <= 1:
            longest = len(self.search.formulation.variables.turns)
        self.costly += self.neighbourhoods.whole(_pieces(unsettled, longest))

    def _bound_clusters(self, base: Incumbent, clusters: Sequence[tuple[int, ...]]) -> list[int]:
        """Bounds of disjoint sets of turns; who has none to find searches meanwhile, unless a program is to follow."""
        search = self.search
        may_search = self.linking is not None or not self._may_generate()
        share = BOUND_SHARE if self.level <= 1 else LATER_BOUND_SHARE
        seconds = share * max(0.1, self._left()) / max(1, len(clusters)) * search.workers
        effort = search.task_effort(seconds)
        futures = [self._give(bound_turns, base, cluster, self.level, effort) for cluster in clusters]
        while waited := [one for one in futures if not one.done()]:
            while may_search and len(self.running) + len(waited) < search.workers and not self._done():
                self._launch()
            self._wait([*waited, *self.running])
            self._take_answers()
            search.reporter.tell(search.best, search.bounds)
        return [future.result() for future in futures]


def _pieces(clusters: Iterable[tuple[int, ...]], longest: int) -> list[tuple[int, ...]]:
    """Runs of turns cut to a length, shortest first."""
    found = [cluster[at : at + longest] for cluster in clusters for at in range(0, len(cluster), longest)]
    return sorted(found, key=len)


def _cost_within(incumbent: Incumbent, level: int, turns: frozenset[int]) -> int:
    """What linking rows inside some turns cost on a level."""
    formulation = incumbent.formulation
    return sum(
        cost
        for unit, cost in enumerate(incumbent.unit_costs)
        if cost and formulation.unit_level(unit) == level and turns.issuperset(formulation.turns_of_unit(unit))
    )


def _clusters(incumbent: Incumbent, level: int, margin: int) -> list[tuple[int, ...]]:
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
