"""One level of a search: bound and roster brought together, until proof or the end of its time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from typing import Any

from patrolplan.engine.alternatives import Choice
from patrolplan.engine.bounding import Bounding, costly_turns
from patrolplan.engine.formulation import Schedule
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.level_work import LevelWork
from patrolplan.engine.neighbourhoods import SHIFTS, SWEPT, WOVEN, Neighbourhoods, Region
from patrolplan.engine.program import Program
from patrolplan.engine.search import Search
from patrolplan.engine.subproblem import Answer, StopSignal, Ties
from patrolplan.engine.tasks import explore, solve_whole, weave_region
from patrolplan.engine.weaving import FRESH, GUIDED
from patrolplan.engine.work import aside
from patrolplan.language import later

EXACT_SIZE = 400
"""Largest number of yes/no variables for which the whole problem is solved at once."""
COSTLY_SHARE, LED_SHARE, LONG_LED_SHARE = 0.7, 0.3, 0.5
"""Share of a level's time for a region that is to be solved whole: by CP-SAT, led by the linear program, and over a
long time, where one worker does it."""
ROUND_SECONDS, ROUND_SHARE, SHORTEST_ROUND = 4.0, 0.04, 1.0
"""Longest time for one neighbourhood, and a share of a level's time if that is shorter, but no less than the last."""
CROWD_ROUNDS = 2.0
"""Longest time for people who exchange turns at the start of a level, as a multiple of that for one neighbourhood: few
of them take longer, and what these still find they find later, too."""
WOVEN_SHARE, WOVEN_SECONDS = 0.05, 40.0
"""Share of a level's time for a neighbourhood whose schedules are priced, but no more than this."""
PATIENCE, STALLED = 12, 6
"""Neighbourhoods in a row without gain before something else is tried, and before teams may change places."""
AWAY_PATIENCE, DEPARTING, NEARBY = 40, 1.5, 0.7
"""So many without gain away from the best roster; so many times what a dive took there is for another one, and for one
near the best roster."""
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
SHORT_RUN, LONG_RUN = 3, 8
"""Most turns that are freed for everybody on a level after the first, at its start and where nothing helps."""
TEAMS_SHARE, TEAMS_LOAD = 0.9, 3_000
"""Longest share of a level's time to keep teams together first, and most yes/no variables of a turn for that."""
COUNTED_AT = 0.6
"""Share of a level's time that is left when duties are counted for a bound: from a good roster that is quick."""
LOYAL_MARGIN = 2
"""Turns before and after what costs on the first level that are freed for everybody who stays with his team, too."""
OTHERWISE_MARGIN = 2
"""Turns before and after those for which teams are to choose something else that are freed, too."""
LOYAL_MARGINS, WIDER_MARGINS = ((0, 1, 2), (3,), (5,), (8,)), (2, 4, 6)
"""Turns before and after what costs that are freed for everybody who stays with his team, in one pass after another: at
the start of the level on which teams are kept together, where it is proved after each pass what has to cost; and where
nothing helps."""
MOST_WAITING = 2
"""As many regions of such a pass share the time that is left at most: without those that take long it is of no use."""


@dataclass(frozen=True, slots=True)
class _Going:
    """A neighbourhood that is being searched."""

    region: Region
    base: Incumbent
    limit: float
    is_costly: bool = False


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
        self.level = level
        self.work = LevelWork(search, neighbourhoods, executor, level, deadline)
        self.program = Program(self.work)
        self.bounding = Bounding(self.work, self._go_on)
        self.running: dict[Future[Answer], _Going] = {}
        self.fruitless = 0
        self.costly: list[Region] = []
        self.margins: list[int] = []
        self.is_cut_off = False
        self.everybody = Region("woven", tuple(range(len(search.problem.people))), neighbourhoods.all_turns)
        self.gained_at = 0.0
        self.dive_spent = 0.0
        self.is_stuck = False
        self.is_settling_teams = False
        self.is_to_count = level != search.formulation.levels[0]

    def settle(self) -> None:
        """Improve the level and raise its bound until it is good enough or its time is over."""
        search, work = self.search, self.work
        search.reporter.level = self.level
        search.facts.enough = StopSignal(search.facts.stop)
        work.raise_bound(0)
        self.neighbourhoods.restart()
        if work.done():
            return
        if self._size() <= EXACT_SIZE:
            self._solve_whole()
        if self._may_settle_teams() and not work.done():
            self._settle_teams()
        if not work.done():
            if self.level > search.formulation.levels[0] and not self.program.is_foreseeable():
                search.program_until = min(search.program_until, self.level - 1)
            self.neighbourhoods.may_weave = self.level <= search.program_until and self.program.prepare()
            if not self.program.is_swept():
                self.bounding.alone()
                if self.level == search.formulation.levels[0] or not self._make_program():
                    self._prove(first=True)
        self._make_program()
        if not work.done() and self.neighbourhoods.guide is None:
            if self.program.is_swept():
                self.costly = self.neighbourhoods.strips(STRIPS)
                self.bounding.ascended()
            elif self.level not in (search.formulation.levels[0], self.neighbourhoods.loyalty.level):
                self.costly += self.neighbourhoods.exchanges(search.here, self.level)
        self._search_and_prove()

    def _size(self) -> int:
        formulation = self.search.formulation
        return sum(
            len(one.people) * (len(one.standby) + sum(len(slots) for slots in one.slots.values()))
            for one in formulation.classes
        )

    def _make_program(self) -> bool:
        """Make a program over all schedules if there is none and it promises something; whether it is complete."""
        if self.program.is_promising():
            self._follow_program()
        return self.program.is_complete

    def _follow_program(self) -> None:
        """Make a program; first everybody is searched as it leads."""
        if self.program.make():
            self.costly = [self.everybody] * (1 if self.program.is_swept() else self.search.workers)

    # -- exact ---------------------------------------------------------------------------------------------------

    def _solve_whole(self) -> None:
        """The whole problem as one model; its answers are taken over as they come."""
        search = self.search
        search.reporter.stage = later("whole problem")
        found = search.facts.found
        assert found is not None
        effort = search.task_effort(self.work.left() * 0.6, search.solver_workers)
        running: Future[Answer] = self.work.give(solve_whole, search.best.copy(), self.level, effort)
        while not self.work.wait([running]):
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
        """Take over an answer; uncounted, since another process gives only its last one."""
        with aside():
            self.search.accept(changes, self.search.best)

    # -- teams ---------------------------------------------------------------------------------------------------

    def _may_settle_teams(self) -> bool:
        """Whether this is the level on which teams are kept together, and everybody may be freed in a turn."""
        neighbourhoods = self.neighbourhoods
        turns = neighbourhoods.all_turns
        return neighbourhoods.loyalty.level == self.level and neighbourhoods.load(turns) <= TEAMS_LOAD * len(turns)

    def _settle_teams(self) -> None:
        """Free everybody around what costs, each with his team, a little more with every pass; then what is left.

        After each pass it is proved what has to cost, so that nobody is freed around that; the next begins meanwhile. A
        pass is done again if a region was cut off.
        """
        search, limit = self.search, self.work.left() - TEAMS_SHARE * self.work.length
        self.is_settling_teams = True
        search.reporter.stage = later("improving")
        passes: list[tuple[int, ...]] = list(LOYAL_MARGINS)
        margins = passes.pop(0)
        self._begin_pass(margins)
        while margins:
            self.is_cut_off = False
            while self.costly and not self.work.done() and self.work.left() > limit:
                self._go_on(())
            self.costly, self.margins = [], []
            self._finish_pass()
            self.bounding.settle_choices()
            if self.work.done() or not self._unsettled(0):
                break
            if self.work.left() <= limit:
                margins = ()
            elif not self.is_cut_off:
                margins = passes.pop(0) if passes else ()
            self._begin_pass(margins)
            known = self.bounding.choices()
            self.costly = [one for one in self.costly if self._frees_unsettled(one)]
            if margins:
                sure = {turns: one for turns, one in known.items() if one.bound}
                unsure = {turns: one for turns, one in known.items() if not one.bound}
                self.costly = [*self._otherwise(sure), *self.costly, *self._otherwise(unsure)]
        self.fruitless = 0
        while self.fruitless < PATIENCE and not self.work.done() and self.work.left() > limit:
            self._go_on(())
        self._drain()
        self.is_settling_teams = False

    def _begin_pass(self, margins: Iterable[int]) -> None:
        """Let everybody be freed next around what costs, with one margin after the other."""
        self.margins = list(margins)
        self._widen()

    def _otherwise(self, known: Mapping[tuple[int, ...], Choice]) -> list[Region]:
        """Regions in which teams choose what may cost less for all that is known, where that is not what they do."""
        here, neighbourhoods = self.search.here, self.neighbourhoods
        return [
            neighbourhoods.otherwise(here, turns, one.chosen, OTHERWISE_MARGIN, may_stay=True)
            for turns, one in known.items()
            if any(neighbourhoods.loyalty.chosen(here, unit) != chosen for unit, chosen in one.chosen.items())
        ]

    def _frees_unsettled(self, region: Region) -> bool:
        """Whether something costs within a region that is not proved to have to."""
        return any(set(run).issubset(region.turns) for run in _pieces(self._unsettled(0), SHORT_RUN))

    def _finish_pass(self) -> None:
        """Wait for what is under way, while whoever is done with it searches on."""
        last = list(self.running)
        while not self.work.done() and any(one in self.running for one in last):
            self._go_on(())

    def _widen(self) -> None:
        """Regions of the next pass, around what costs now."""
        formulation = self.search.formulation
        while self.margins and not self.costly:
            margin = self.margins.pop(0)
            runs = self._dearest_first(_pieces(self._unsettled(0), SHORT_RUN))
            wider = [formulation.around(run, margin) for run in runs]
            self.costly = self.neighbourhoods.whole(wider, self.search.here)

    def _dearest_first(self, runs: Iterable[tuple[int, ...]]) -> list[tuple[int, ...]]:
        """Runs of turns, the shortest first, of those the ones with the dearest turn."""
        here, costs = self.search.here, defaultdict[int, int](int)
        for unit, cost in enumerate(here.unit_costs):
            if cost and here.formulation.unit_level(unit) == self.level:
                for turn in here.formulation.turns_of_unit(unit):
                    costs[turn] += cost
        return sorted(runs, key=lambda run: (len(run), -max(costs[turn] for turn in run)))

    def _unsettled(self, margin: int) -> list[tuple[int, ...]]:
        """Runs of turns that cost more than is proved."""
        settled = self.neighbourhoods.settled
        clusters = costly_turns(self.search.here, self.level, margin)
        return [one for one in clusters if not settled.issuperset(one)]

    # -- search --------------------------------------------------------------------------------------------------

    def _search_and_prove(self) -> None:
        """Neighbourhoods on all workers; every now and then a bound."""
        search = self.search
        self.is_to_count &= not self.program.is_complete
        patience, self.gained_at = PATIENCE, search.budget.used
        while not self.work.done():
            search.reporter.stage = later("improving")
            if self.is_to_count and self.work.left() < COUNTED_AT * self.work.length:
                self.is_to_count = False
                self.bounding.counts()
            self._go_on(())
            is_led = self.neighbourhoods.guide is not None
            if self.fruitless >= patience and not self.work.done() and self._can_go_elsewhere():
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
        idle = self.search.budget.used - self.gained_at > IDLE_SHARE * self.work.length and not self.costly
        return self.fruitless >= (1 if idle else LEAVING) * PATIENCE

    def _can_depart(self) -> bool:
        """Whether a program leads, and there is time for another roster from it and what comes after."""
        led = self.neighbourhoods.guide is not None and self.dive_spent > 0
        return led and self.work.left() > DEPARTING * self.dive_spent

    def _can_go_elsewhere(self) -> bool:
        """Whether there is anything to try where neighbourhoods do not help."""
        if self.neighbourhoods.guide is not None:
            return self._can_depart()
        return self.program.may_be_made() or bool(costly_turns(self.search.here, self.level, 0))

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
            running.append(self.work.give(weave_region, base, region, guide.lead, self.level, effort))
        while not all(one.done() for one in running) and not self.work.done():
            self.work.wait([one for one in running if not one.done()])
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
        if self.program.may_be_made():
            self._follow_program()
        else:
            self._prove(first=False)

    def _launch(self) -> None:
        search = self.search
        base = search.here.copy()
        is_costly = bool(self.costly)
        self.neighbourhoods.may_swap_teams = not self.is_settling_teams and self.fruitless >= STALLED
        region = self.costly.pop(0) if is_costly else self.neighbourhoods.next(base, self.level)
        if not self.costly:
            self._widen()
        usual = min(ROUND_SECONDS, max(SHORTEST_ROUND, ROUND_SHARE * self.work.length))
        seconds = min(WOVEN_SECONDS, WOVEN_SHARE * self.work.length) if region.kind in WOVEN else usual
        if is_costly and region.kind == "woven turns":
            taken = {going.region.share[0] for going in self.running.values()}
            region = replace(region, share=(min(set(range(search.workers)) - taken), search.workers))
        elif is_costly and region.kind == SHIFTS:
            seconds = CROWD_ROUNDS * usual
        elif is_costly and region.kind != SWEPT:
            waiting = 1 + len(self.costly) // search.workers
            waiting = min(waiting, MOST_WAITING) if self.is_settling_teams else waiting
            seconds = self._share_of_whole() * self.work.left() / waiting
        seconds = max(ROUND_SECONDS if region.kind in WOVEN else usual, seconds)
        effort = search.task_effort(min(seconds, max(0.2, self.work.left())), light=True)
        if region.kind in WOVEN:
            guide = self.neighbourhoods.guide
            lead = None if guide is None else guide.lead
            future = self.work.give(weave_region, base, region, lead, self.level, effort)
        else:
            future = self.work.give(explore, base, region, self.level, self._ties(), effort)
        self.running[future] = _Going(region, base, seconds, is_costly)

    def _share_of_whole(self) -> float:
        """Share of the time that is left for regions that are to be solved whole."""
        if self.program.linking is None:
            return COSTLY_SHARE
        return LONG_LED_SHARE if self.program.is_swept() else LED_SHARE

    def _ties(self) -> Ties:
        """On the last level there is nothing later; before it, staying near the roster keeps what later levels have."""
        return Ties.LATER if self.level == self.search.formulation.levels[-1] else Ties.STAY

    def _go_on(self, bounds: Sequence[Future[Any]]) -> None:
        """Let every worker who has no bound to find search, unless a program is to follow; take over what is found."""
        search = self.search
        may_search = not bounds or not self.program.may_be_made() or self.program.is_swept()
        while may_search and len(self.running) + len(bounds) < search.workers and not self.work.done():
            self._launch()
        self.work.wait([*bounds, *self.running])
        self._take_answers()
        search.reporter.tell(search.best, search.bounds)

    def _drain(self) -> None:
        """Wait for what is under way, but not for what comes too late."""
        if self.search.good_enough(self.level):
            self.search.facts.enough.set()
        while self.running:
            self.work.wait(self.running)
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
            self.is_cut_off |= going.is_costly and not answer.solved
            self.fruitless = 0 if gain else self.fruitless + 1
            self.gained_at = search.budget.used if gain else self.gained_at
            self.neighbourhoods.learn(
                going.region, solved=answer.solved, gain=gain, spent=answer.spent, limit=going.limit
            )

    # -- bound ---------------------------------------------------------------------------------------------------

    def _prove(self, *, first: bool) -> None:
        """Raise the bound around everything that costs, later around all turns together, too; and search there."""
        search = self.search
        search.reporter.stage = later("bound")
        search.reporter.tell(search.best, search.bounds, always=True)
        if first:
            self.bounding.around_costs(2)
            self._free_costs(0, SHORT_RUN)
            return
        self._free_costs(2, LONG_RUN)
        if self._may_settle_teams():
            self.margins = list(WIDER_MARGINS)
        self.bounding.around_costs(4)
        if not self.work.done():
            self.bounding.everywhere()

    def _free_costs(self, margin: int, longest: int) -> None:
        """Let the turns be searched next, with everybody, that cost more than is proved; runs on the first level."""
        if self.level <= 1:
            longest = len(self.search.formulation.variables.turns)
        pieces = _pieces(self._unsettled(margin), longest)
        if self.level <= 1:  # later levels lose less where everybody stays with his team
            wide = _pieces(self._unsettled(margin + LOYAL_MARGIN), longest)
            together = self.neighbourhoods.whole(dict.fromkeys([*pieces, *wide]), self.search.here)
            self.costly += [region for region in together if region.offered is not None]
        self.costly += self.neighbourhoods.whole(pieces)


def _pieces(clusters: Iterable[tuple[int, ...]], longest: int) -> list[tuple[int, ...]]:
    """Runs of turns cut to a length, shortest first."""
    found = [cluster[at : at + longest] for cluster in clusters for at in range(0, len(cluster), longest)]
    return sorted(found, key=len)
