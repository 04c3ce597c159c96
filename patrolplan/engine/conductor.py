"""One anytime search: a first roster, then level by level improvement and bound, until proof or the end of the time."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from patrolplan.engine.columns import Columns
from patrolplan.engine.conflict import conflicting_rules, describe
from patrolplan.engine.formulation import Formulation, Schedule
from patrolplan.engine.greedy import Contradiction, first_roster, nearest_schedule
from patrolplan.engine.incumbent import Incumbent, is_feasible
from patrolplan.engine.neighbourhoods import Neighbourhoods, Region
from patrolplan.engine.progress import Budget, Reporter
from patrolplan.engine.relaxation import link_bound, personal_bound
from patrolplan.engine.subproblem import Answer, Effort, StopSignal, Subproblem, Ties
from patrolplan.problem import Problem
from patrolplan.proof import LevelProof, Listener, Proof, Status
from patrolplan.roster import Roster
from patrolplan.units import COST_SCALE

COLUMN_SHARE = 0.5
"""Share of the time that column generation may take."""
DIVE_SHARE = 0.5
"""Share of what is left then for a roster from the columns."""
WARM_UP = 0.05
"""Share of the time for a better roster before column generation."""
FEWEST_ROUNDS = 20
"""Rounds of column generation for which there must be time."""
FAR = 0.7
"""A bound below this share of the cost is far away: schedules as columns come early."""
EXACT_SIZE = 400
"""Largest number of yes/no variables for which the whole problem is solved at once."""
ROUND_SECONDS = 4.0
"""Longest time for one neighbourhood."""
PATIENCE = 12
"""Neighbourhoods in a row without gain before something else is tried."""
SHORT_RUN = 3
"""Most turns that are freed for everybody at the start of a level after the first."""

POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Settings:
    """How to search.

    Attributes
    ----------
    time_limit
        Seconds, or deterministic seconds of the solver if `deterministic`; None for no limit.
    gap
        A level is good enough when ``(cost - bound) / max(1, cost)`` is at most this.
    workers
        Searches that run at the same time.
    seed
        Of all random choices.
    deterministic
        Same roster for same input, seed and version: one search at a time, no clock.
    """

    time_limit: float | None = 60.0
    gap: float = 0.0
    workers: int = 2
    seed: int = 0
    deterministic: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search came back with; no roster if none was found."""

    roster: Roster | None
    proof: Proof


def solve(
    problem: Problem,
    settings: Settings,
    *,
    start: Roster | None = None,
    listener: Listener | None = None,
    keep: Callable[[Roster], None] | None = None,
    stop: StopSignal | None = None,
) -> Outcome:
    """Search for the best roster.

    Parameters
    ----------
    problem
        The facts.
    settings
        Limits.
    start
        A roster to begin with; what of it breaks a hard rule is left out.
    listener
        Told of the progress.
    keep
        Called with each better roster, in the calling thread.
    stop
        Ends the search early with the best roster so far.
    """
    return _Search(problem, settings, listener, keep, stop or StopSignal()).run(start)


class _Search:
    """The state of one search."""

    def __init__(
        self,
        problem: Problem,
        settings: Settings,
        listener: Listener | None,
        keep: Callable[[Roster], None] | None,
        stop: StopSignal,
    ) -> None:
        self.problem = problem
        self.settings = settings
        self.workers = 1 if settings.deterministic else max(1, settings.workers)
        self.budget = Budget(settings.time_limit, settings.deterministic)
        self.reporter = Reporter(self.budget, listener)
        self.keep = keep
        self.stop = stop
        self.bounds: dict[int, int] = {}
        self.best: Incumbent
        self.formulation: Formulation
        self._tasks = 0

    def run(self, start: Roster | None) -> Outcome:
        """First roster, then every level."""
        self.reporter.tell(None, {}, always=True)
        self.formulation = Formulation(self.problem)
        self.reporter.stage = "first roster"
        self.reporter.tell(None, {}, always=True)
        effort = self._effort(30.0)
        try:
            self.best = first_roster(self.formulation, effort, self.stop)
            if start is not None:
                self._adopt(start, effort)
        except Contradiction as contradiction:
            return self._contradicted(contradiction.person)
        except TimeoutError:
            return Outcome(None, Proof(Status.UNKNOWN, seconds=self.budget.seconds))
        self.bounds = dict.fromkeys(self.formulation.levels, 0)
        self.reporter.first_seconds = self.budget.seconds
        self._publish()
        self.neighbourhoods = Neighbourhoods(self.formulation, self.settings.seed)
        with ThreadPoolExecutor(self.workers) as executor:
            while not self._finished():
                self._settle_levels(executor)
        self.reporter.tell(self.best, self.bounds, always=True)
        return self._outcome()

    def _settle_levels(self, executor: Executor) -> None:
        """Every level once, in order; each may use half of the time that is left, the last one all of it."""
        for level in self.formulation.levels:
            if self._finished():
                return
            is_last = level == self.formulation.levels[-1]
            share = self.budget.left if is_last else self.budget.left * 0.5
            _Level(self, executor, level, self.budget.used + share).settle()

    def _finished(self) -> bool:
        out_of_time = self.stop.is_set or self.budget.left <= 0
        return out_of_time or all(self.good_enough(level) for level in self.formulation.levels)

    def _adopt(self, start: Roster, effort: Effort) -> None:
        """Begin with a given roster if it is better than the first one."""
        formulation = self.formulation
        slots = {(slot.post, slot.shift, slot.day, slot.training): key for key, slot in enumerate(self.problem.slots)}
        variables = formulation.variables
        held: list[set[int]] = [set() for _ in self.problem.people]
        for duty in start.duties:
            if duty.on_call and duty.shift is not None and (duty.day, duty.shift) in variables.turn_index:
                held[duty.person].add(variables.standby_key(variables.turn_index[duty.day, duty.shift]))
            elif duty.post is not None and duty.shift is not None:
                key = slots.get((duty.post, duty.shift, duty.day, duty.kind == "training"))
                if key is not None:
                    held[duty.person].add(key)
        other = Incumbent(formulation)
        for person, keys in enumerate(held):
            one = formulation.model_of(person)
            schedule: Schedule = frozenset(keys)
            allowed = {key for slots_of in one.slots.values() for key in slots_of}
            allowed |= {variables.standby_key(turn) for turn in one.standby}
            if not schedule <= allowed or not is_feasible(formulation, one, schedule):
                schedule = nearest_schedule(formulation, one, schedule, effort, self.stop, person)
            other.apply({person: schedule})
        if other.costs < self.best.costs:
            self.best = other

    # -- answers -------------------------------------------------------------------------------------------------

    def accept(self, changes: Mapping[int, Schedule], base: Incumbent) -> bool:
        """Take over new schedules if they make the roster better; a draw is taken over, too, but is no gain.

        What was found from an older roster is laid over the present one as additions and removals.
        """
        merged: dict[int, Schedule] = {}
        for person, schedule in changes.items():
            before, now = base.held[person], self.best.held[person]
            if schedule == before:
                continue
            merged[person] = schedule if now == before else (now - (before - schedule)) | (schedule - before)
            if now != before and not self._fits(person, merged[person]):
                return False
        if not merged:
            return False
        costs = self.best.costs
        undo = {person: self.best.held[person] for person in merged}
        self.best.apply(merged)
        if self.best.costs > costs:
            self.best.apply(undo)
            return False
        if self.best.costs < costs:
            self._publish()
            return True
        return False

    def _fits(self, person: int, schedule: Schedule) -> bool:
        """Whether a schedule has one slot a turn and keeps every hard personal rule."""
        variables = self.formulation.variables
        turns = [variables.turn_of(key) for key in schedule if variables.is_slot(key)]
        one = self.formulation.model_of(person)
        return len(set(turns)) == len(turns) and is_feasible(self.formulation, one, schedule)

    def _publish(self) -> None:
        self.reporter.best_seconds = self.budget.seconds
        if self.keep is not None and not self._breaks_links():
            self.keep(self.best.roster())
        self.reporter.tell(self.best, self.bounds)

    def _breaks_links(self) -> bool:
        """Whether a hard linking rule is broken, so that this is no roster yet."""
        return self.formulation.levels[0] == 0 and self.cost(0) > 0

    def cost(self, level: int) -> int:
        """Cost of the best roster on a level."""
        return self.best.costs[self.formulation.levels.index(level)]

    def fixed_cost(self, level: int) -> int:
        """What linking rows without any variable cost on a level, such as needs at a time without a shift."""
        formulation = self.formulation
        return sum(
            cost
            for unit, cost in enumerate(self.best.unit_costs)
            if cost and formulation.unit_level(unit) == level and not formulation.turns_of_unit(unit)
        )

    def raise_bound(self, level: int, bound: int) -> None:
        """Take over a proved bound."""
        self.bounds[level] = max(self.bounds[level], min(bound, self.cost(level)))

    def good_enough(self, level: int) -> bool:
        """Whether a level needs no more work."""
        cost = self.cost(level)
        return cost - self.bounds[level] <= self.settings.gap * max(COST_SCALE, cost)

    def _effort(self, seconds: float) -> Effort:
        limit = min(seconds, self.budget.left)
        return Effort(limit, 1, self.settings.seed, self.settings.deterministic)

    def task_effort(self, seconds: float, workers: int = 1, *, light: bool = False) -> Effort:
        """Effort of the next task, with a seed of its own."""
        self._tasks += 1
        limit = min(seconds, self.budget.left)
        return Effort(limit, workers, self.settings.seed * 7919 + self._tasks, self.settings.deterministic, light)

    # -- results -------------------------------------------------------------------------------------------------

    def _contradicted(self, person: int) -> Outcome:
        rules = conflicting_rules(self.formulation, person, self._effort(10.0), self.stop)
        reason = describe(self.problem, person, rules)
        return Outcome(None, Proof(Status.INFEASIBLE, seconds=self.budget.seconds, reasons=(reason,)))

    def _outcome(self) -> Outcome:
        levels, proved = [], True
        for level in self.formulation.levels:
            cost, bound = self.cost(level), self.bounds[level]
            proved = proved and cost == bound
            levels.append(LevelProof(level, cost, bound, proved))
        status = Status.OPTIMAL if proved else Status.FEASIBLE
        reasons: tuple[str, ...] = ()
        if levels and levels[0].level == 0:
            if levels[0].cost:
                reasons = tuple(sorted(self._broken_links()))
                status = Status.INFEASIBLE if levels[0].bound else Status.UNKNOWN
            levels = levels[1:]
        proof = Proof(
            status,
            tuple(levels),
            self.budget.seconds,
            self.reporter.neighbourhoods,
            self.reporter.first_seconds,
            self.reporter.best_seconds,
            reasons,
            tuple(sorted(self.reporter.reached.items())),
        )
        return Outcome(None if reasons else self.best.roster(), proof)

    def _broken_links(self) -> set[str]:
        """Hard linking rules that the best roster breaks, with their places."""
        formulation = self.formulation
        ids = {
            formulation.row(formulation.units[unit][0]).rule
            for unit, cost in enumerate(self.best.unit_costs)
            if cost and formulation.unit_level(unit) == 0
        }
        return {f"{rule.id} ({rule.place}) cannot be kept" for rule in self.problem.rules if rule.id in ids}


class _Level:
    """The settling of one level."""

    def __init__(self, search: _Search, executor: Executor, level: int, deadline: float) -> None:
        self.search = search
        self.executor = executor
        self.level = level
        self.deadline = deadline
        self.running: dict[Future[Answer], tuple[Region, Incumbent]] = {}
        self.fruitless = 0
        self.costly: list[Region] = []
        self.columns: Columns | None = None
        self.fixed = search.fixed_cost(level)
        self._alone = 0

    def settle(self) -> None:
        """Improve the level and raise its bound until it is good enough or its time is over."""
        search = self.search
        search.reporter.level = self.level
        search.raise_bound(self.level, self.fixed)
        search.neighbourhoods.restart()
        search.neighbourhoods.settled = frozenset()
        if self._done():
            return
        if self._size() <= EXACT_SIZE:
            self._solve_whole()
        if not self._done():
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

    # -- exact ---------------------------------------------------------------------------------------------------

    def _solve_whole(self) -> None:
        """The whole problem as one model; its answers are taken over as they come."""
        search = self.search
        search.reporter.stage = "whole problem"
        base = search.best.copy()
        people = range(len(search.problem.people))
        turns = range(len(search.formulation.variables.turns))
        whole = Subproblem(base, people, turns, self.level, Ties.NONE)
        found: queue.SimpleQueue[dict[int, Schedule]] = queue.SimpleQueue()
        effort = search.task_effort((self.deadline - search.budget.used) * 0.6, search.workers)
        running = self.executor.submit(whole.solve, effort, search.stop, found.put)
        while not self._wait([running]):
            while not found.empty():
                self._improve(found.get())
            search.reporter.tell(search.best, search.bounds)
        while not found.empty():
            self._improve(found.get())
        answer = running.result()
        search.budget.count(answer.spent)
        if answer.changes is not None:
            untouched = base.costs[search.formulation.levels.index(self.level)] - whole.now
            self._improve(answer.changes)
            search.raise_bound(self.level, answer.bound + untouched)

    def _improve(self, changes: dict[int, Schedule]) -> None:
        self.search.accept(changes, self.search.best)

    # -- search --------------------------------------------------------------------------------------------------

    def _search_and_prove(self) -> None:
        """Neighbourhoods on all workers; every now and then a bound."""
        search = self.search
        patience = PATIENCE
        self._prove(first=True)
        warm = search.budget.used + WARM_UP * (self.deadline - search.budget.used)
        while not self._done():
            if self.columns is None and self._wants_columns(warm):
                self._drain()
                self._generate()
                self.fruitless = 0
                continue
            search.reporter.stage = "improving"
            while len(self.running) < search.workers:
                self._launch()
            self._collect()
            search.reporter.tell(search.best, search.bounds)
            if self.fruitless >= patience and not self._done():
                self._drain()
                self._prove(first=False)
                self.fruitless, patience = 0, patience * 3
        self._drain()

    def _launch(self) -> None:
        search = self.search
        base = search.best.copy()
        if self.costly:
            patient = 0.7 * (self.deadline - search.budget.used)
            region, seconds = self.costly.pop(0), max(ROUND_SECONDS, patient)
        else:
            region, seconds = search.neighbourhoods.next(base, self.level), ROUND_SECONDS
        effort = search.task_effort(min(seconds, max(0.2, self.deadline - search.budget.used)), light=True)
        future = self.executor.submit(_explore, base, region, self.level, self._ties(), effort, search.stop)
        self.running[future] = (region, base)

    def _ties(self) -> Ties:
        """On the last level there is nothing later; before it, staying near the roster keeps what later levels have."""
        return Ties.LATER if self.level == self.search.formulation.levels[-1] else Ties.STAY

    def _collect(self) -> None:
        search = self.search
        self._wait(self.running)
        for future in [one for one in self.running if one.done()]:
            region, base = self.running.pop(future)
            answer = future.result()
            search.budget.count(answer.spent)
            search.reporter.neighbourhoods += 1
            before = search.cost(self.level)
            gained = answer.changes is not None and search.accept(answer.changes, base)
            gain = before - search.cost(self.level) if gained else 0
            self.fruitless = 0 if gain else self.fruitless + 1
            search.neighbourhoods.learn(region, solved=answer.solved, gain=gain, spent=answer.spent)

    def _wants_columns(self, warm: float) -> bool:
        """Whether it is time for column generation: soon if the bound is far away, else when nothing else helps."""
        search = self.search
        is_far = search.bounds[self.level] < FAR * search.cost(self.level)
        return (is_far and search.budget.used >= warm) or self.fruitless >= 6 * PATIENCE

    # -- columns -------------------------------------------------------------------------------------------------

    def _generate(self) -> None:
        """Column generation: a bound, a roster from it, and what may lead the search afterwards."""
        search = self.search
        if self._done():
            return
        search.reporter.stage = "columns"
        limit = search.budget.used + COLUMN_SHARE * (self.deadline - search.budget.used)
        columns = self.columns = Columns(
            search.best.copy(), self.level, self.executor, lambda: search.task_effort(5.0), search.stop
        )
        if not self._until(limit, columns):
            return
        if not self._done():
            search.reporter.stage = "dive"
            spent = columns.spent
            began, room, counted = search.budget.used, DIVE_SHARE * self._seconds(), search.settings.deterministic
            plan = columns.dive(
                self._patience(),
                lambda share: search.budget.used + (columns.spent - spent if counted else 0.0) > began + room * share,
            )
            search.budget.count(columns.spent - spent)
            self._take(plan)
        if not self._done():
            seconds = min(0.1 * self._seconds(), 20.0)
            self._take(columns.combine(search.task_effort(seconds, search.workers), search.best))
        search.neighbourhoods.promising = columns.promising()

    def _until(self, limit: float, columns: Columns) -> bool:
        """Rounds of column generation until it is complete or its time is over; False if that would take too long."""
        search = self.search
        going, spent = True, 0.0
        if search.budget.used + columns.probe() / search.workers * FEWEST_ROUNDS > limit:
            return False
        while going and not self._done() and search.budget.used < limit:
            going = columns.step(self._patience())
            search.budget.count(columns.spent - spent)
            spent = columns.spent
            search.raise_bound(self.level, self.fixed + columns.proved)
            search.reporter.tell(search.best, search.bounds)
        return True

    def _patience(self) -> float | None:
        """Seconds that a linear program may take; a limit on the clock would not be deterministic."""
        return None if self.search.settings.deterministic else self._seconds()

    def _seconds(self) -> float:
        return max(0.0, self.deadline - self.search.budget.used)

    def _take(self, plan: Mapping[int, Schedule] | None) -> None:
        if plan is not None:
            self.search.accept(plan, self.search.best)

    def _drain(self) -> None:
        while self.running:
            self._collect()

    def _wait(self, futures: Iterable[Future[Answer]]) -> bool:
        """Wait a moment for any of some tasks; whether one is done."""
        done, _ = wait(list(futures), POLL_SECONDS, FIRST_COMPLETED)
        return bool(done)

    # -- bound ---------------------------------------------------------------------------------------------------

    def _prove(self, *, first: bool) -> None:
        """Raise the bound: people alone, and the turns around everything that costs; later all turns together."""
        search = self.search
        search.reporter.stage = "bound"
        search.reporter.tell(search.best, search.bounds, always=True)
        if first:
            alone = search.task_effort(1.0)
            self._alone = personal_bound(search.formulation, self.level, alone, search.stop)
        base = search.best.copy()
        clusters = _clusters(base, self.level, 2 if first else 4)
        bounds = self._bound_clusters(base, clusters)
        search.neighbourhoods.settled = frozenset(
            turn
            for cluster, bound in zip(clusters, bounds, strict=True)
            if bound >= _cost_within(base, self.level, frozenset(cluster))
            for turn in cluster
        )
        search.raise_bound(self.level, self.fixed + self._alone + sum(bounds))
        narrow = _clusters(base, self.level, 0 if first else 2)
        open_clusters = [one for one in narrow if not search.neighbourhoods.settled.issuperset(one)]
        longest = len(search.formulation.variables.turns) if self.level <= 1 else SHORT_RUN
        self.costly = search.neighbourhoods.whole(_pieces(open_clusters, longest))
        if not first and not self._done():
            everything = tuple(range(len(search.formulation.variables.turns)))
            search.raise_bound(self.level, self.fixed + self._alone + sum(self._bound_clusters(base, [everything])))

    def _bound_clusters(self, base: Incumbent, clusters: Sequence[tuple[int, ...]]) -> list[int]:
        """Bounds of disjoint sets of turns."""
        search = self.search
        seconds = 0.15 * max(0.1, self.deadline - search.budget.used) / max(1, len(clusters)) * search.workers
        effort = search.task_effort(seconds)
        futures = [self.executor.submit(link_bound, base, cluster, self.level, effort) for cluster in clusters]
        return [future.result() for future in futures]


def _explore(base: Incumbent, region: Region, level: int, ties: Ties, effort: Effort, stop: StopSignal) -> Answer:
    """Free a region and solve it."""
    return Subproblem(base, region.people, region.turns, level, ties, region.offered).solve(effort, stop)


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
