"""How a level divides its time: slow column generation is given up, kinds of neighbourhoods are chosen by time."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from patrolplan.engine import bounding, conductor, program, work
from patrolplan.engine import level as level_search
from patrolplan.engine.columns import Columns
from patrolplan.engine.conductor import Settings, solve
from patrolplan.engine.crew import Abandoned
from patrolplan.engine.formulation import Schedule
from patrolplan.engine.guide import Guide
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.level import LevelSearch, _Going
from patrolplan.engine.level_work import LevelWork
from patrolplan.engine.neighbourhoods import SHIFTS, Neighbourhoods, Region
from patrolplan.engine.program import Program
from patrolplan.engine.search import Search
from patrolplan.engine.subproblem import Answer
from patrolplan.engine.tasks import bound_alone
from patrolplan.engine.weaving import FRESH, GUIDED
from tests.engine.enumeration import Tiny, tiny

SECOND = 10**9


def costly_case() -> Tiny:
    """An operation that costs something on two levels at least, whatever the roster."""
    for number in range(300):
        case = tiny(f"level-{number}", people=(3, 3), days=(3, 3))
        if sum(cost > 0 for cost in case.best()) >= 2 and case.formulation.levels[0] > 0:
            return case
    raise AssertionError("no such case")


@pytest.mark.parametrize(
    ("first", "later", "rounds"),
    [(0.01, 0.01, 60), (4.0, 4.0, program.PROBES), (0.01, 9.0, program.PROBES + 1)],
    ids=["quick", "slow", "slow after a while"],
)
def test_column_generation_is_given_up_once_a_round_takes_too_long(
    monkeypatch: pytest.MonkeyPatch, first: float, later: float, rounds: int
) -> None:
    made: dict[int, list[int]] = {}
    prepared: list[int] = []

    def step(self: Columns, seconds: float | None = None) -> bool:
        self.rounds += 1
        made.setdefault(self.level, []).append(self.rounds)
        work.charge((first if self.rounds <= program.PROBES else later) * SECOND)
        return self.rounds < 60

    def prepare(self: Program) -> bool:
        prepared.append(self.work.level)
        return all_prepared(self)

    all_prepared = Program.prepare
    monkeypatch.setattr(level_search, "EXACT_SIZE", -1)
    monkeypatch.setattr(program, "FAR", 2.0)
    monkeypatch.setattr(Search, "good_enough", lambda self, level: False)
    monkeypatch.setattr(LevelSearch, "_prove", lambda self, first: None)
    monkeypatch.setattr(LevelSearch, "_search_and_prove", lambda self: None)
    monkeypatch.setattr(Columns, "step", step)
    monkeypatch.setattr(Program, "prepare", prepare)
    case = costly_case()
    solve(case.problem, Settings(60.0, seed=1, deterministic=True))
    level = min(made)
    assert made[level][:rounds] == list(range(1, rounds + 1))
    assert made[level][rounds : rounds + 1] in ([], [1])
    if rounds < 60:
        assert not any(other > level for other in [*made, *prepared])


def test_what_prices_schedules_without_a_lead_is_chosen_by_the_time_that_it_takes() -> None:
    case = costly_case()
    neighbourhoods, roster = Neighbourhoods(case.formulation, 0), Incumbent(case.formulation)
    level = case.formulation.levels[0]
    neighbourhoods.may_weave = True
    slow, quick = 2.0, 0.02
    spent = {"slow": 0.0, "quick": 0.0}
    for _ in range(2000):
        region = neighbourhoods.next(roster, level)
        pace = slow if region.kind in ("woven", "woven turns") else quick
        spent["slow" if pace == slow else "quick"] += pace
        gain = 60.0 if region.kind == "exchange" else 0.0
        neighbourhoods.learn(region, solved=True, gain=gain, spent=pace, limit=4.0)
    assert spent["slow"] < spent["quick"]


@pytest.mark.parametrize(
    ("workers", "finds", "kinds"),
    [
        (2, [], [[GUIDED, GUIDED], [GUIDED, FRESH], [GUIDED, GUIDED], [GUIDED, FRESH]]),
        (2, [0], [[GUIDED, GUIDED], [GUIDED, GUIDED], [GUIDED, FRESH], [GUIDED, GUIDED]]),
        (1, [], [[GUIDED], [FRESH], [GUIDED], [FRESH]]),
    ],
)
def test_the_best_roster_is_left_only_after_nothing_better_was_found_near_it(
    monkeypatch: pytest.MonkeyPatch, workers: int, finds: list[int], kinds: list[list[str]]
) -> None:
    case = costly_case()
    best = min(case.plans(), key=lambda plan: costs_of(case, plan))
    asked: list[list[str]] = []

    def give(self: LevelWork, function: Any, base: Incumbent, region: Region, *rest: Any) -> Future[Answer]:
        asked[-1].append(region.kind)
        found: Future[Answer] = Future()
        found.set_result(Answer(dict(best) if len(asked) - 1 in finds else None, False, 0, 1.0))
        return found

    def depart_again_and_again(self: LevelSearch) -> None:
        if not asked:
            self.neighbourhoods.guide = cast(Guide, SimpleNamespace(lead=None))
            for _ in kinds:
                asked.append([])
                self._depart()

    monkeypatch.setattr(level_search, "EXACT_SIZE", -1)
    monkeypatch.setattr(Search, "good_enough", lambda self, level: False)
    monkeypatch.setattr(LevelSearch, "_prove", lambda self, first: None)
    monkeypatch.setattr(Program, "make", lambda self: False)
    monkeypatch.setattr(conductor, "first_roster", lambda formulation, *rest: Incumbent(formulation))
    monkeypatch.setattr(Search, "finished", lambda self: bool(asked))
    monkeypatch.setattr(LevelWork, "give", give)
    monkeypatch.setattr(LevelSearch, "_search_and_prove", depart_again_and_again)
    outcome = conductor.solve(case.problem, Settings(60.0, workers=workers))
    assert asked == kinds
    assert ([level.cost for level in outcome.proof.levels] == costs_of(case, best)) == bool(finds)


@pytest.fixture
def level(monkeypatch: pytest.MonkeyPatch) -> LevelSearch:
    """The first of two levels of an operation, not begun, with a minute of counted work."""
    case = costly_case()
    found: list[LevelSearch] = []

    def keep(self: LevelSearch) -> None:
        found.append(self)
        raise Abandoned

    monkeypatch.setattr(LevelSearch, "settle", keep)
    solve(case.problem, Settings(60.0, seed=1, deterministic=True))
    return found[0]


def test_a_level_is_left_once_it_gained_nothing_for_a_while_but_not_before_it_was_searched(level: LevelSearch) -> None:
    level.gained_at = level.search.budget.used
    level.fruitless = level_search.PATIENCE
    assert not level._may_leave()
    work.charge(level_search.IDLE_SHARE * level.work.length * 1.01 * SECOND)
    assert level._may_leave()
    level.costly = [level.everybody]
    assert not level._may_leave(), "what is known to cost is looked at first"
    level.costly, level.fruitless = [], level_search.PATIENCE - 1
    assert not level._may_leave(), "time passes also while pricing problems are made"
    level.fruitless = level_search.LEAVING * level_search.PATIENCE
    level.gained_at = level.search.budget.used
    assert level._may_leave()


def test_who_has_no_bound_to_find_searches_meanwhile(monkeypatch: pytest.MonkeyPatch, level: LevelSearch) -> None:
    level.search.workers = 3
    bounds: list[Future[int]] = []
    launched: list[int] = []

    def give(self: LevelWork, function: Any, base: Incumbent, turns: Any, *rest: Any) -> Future[int]:
        bounds.append(Future())
        return bounds[-1]

    def launch(self: LevelSearch) -> None:
        going: Future[Answer] = Future()
        self.running[going] = _Going(self.everybody, self.search.here.copy(), 1.0)
        launched.append(sum(not one.done() for one in bounds))
        for bound in bounds:
            bound.set_result(7)

    monkeypatch.setattr(LevelWork, "give", give)
    monkeypatch.setattr(LevelSearch, "_launch", launch)
    assert level.bounding.of_turns(level.search.best, [(0,), (1,)]) == [7, 7]
    assert launched == [2], "two of three workers bound, the third one searches"


def test_nobody_searches_before_a_program_that_is_to_follow(
    monkeypatch: pytest.MonkeyPatch, level: LevelSearch
) -> None:
    level.search.workers, level.neighbourhoods.may_weave = 3, True
    bound: Future[int] = Future()
    monkeypatch.setattr(LevelWork, "give", lambda self, *task: bound)
    monkeypatch.setattr(LevelSearch, "_launch", lambda self: pytest.fail("a program needs the workers"))

    def wait(self: LevelWork, futures: Any) -> bool:
        bound.set_result(7)
        return True

    monkeypatch.setattr(LevelWork, "wait", wait)
    assert level.bounding.of_turns(level.search.best, [(0,)]) == [7]


def test_over_a_long_time_strips_are_searched_while_prices_raise_the_bound(
    monkeypatch: pytest.MonkeyPatch, level: LevelSearch
) -> None:
    level.search.workers, level.neighbourhoods.may_weave = 2, True
    monkeypatch.setattr(program, "is_long", lambda formulation, one: True)
    bound: Future[int] = Future()
    monkeypatch.setattr(level.work.executor, "submit", lambda *task: bound)

    def launch(self: LevelSearch) -> None:
        self.running[Future()] = _Going(self.everybody, self.search.here.copy(), 1.0)

    def wait(self: LevelWork, futures: Any) -> bool:
        bound.set_result(0)
        return True

    monkeypatch.setattr(LevelSearch, "_launch", launch)
    monkeypatch.setattr(LevelWork, "wait", wait)
    level.bounding.ascended()
    assert level.running, "one worker looks for prices, the other one searches"


def test_turns_that_take_too_long_to_write_down_have_no_bound(
    monkeypatch: pytest.MonkeyPatch, level: LevelSearch
) -> None:
    given: list[tuple[int, ...]] = []

    def give(self: LevelWork, function: object, base: Incumbent, turns: tuple[int, ...], *rest: object) -> Future[int]:
        given.append(turns)
        done: Future[int] = Future()
        done.set_result(7)
        return done

    monkeypatch.setattr(LevelWork, "give", give)
    monkeypatch.setattr(Neighbourhoods, "load", lambda self, turns: 10.0 ** len(turns))
    monkeypatch.setattr(bounding, "RELAXED", 0.1 * level.work.left() / 10)
    assert level.bounding.of_turns(level.search.best, [(0,), (1, 2, 3), (4,)]) == [0, 0, 0] and not given
    monkeypatch.setattr(bounding, "RELAXED", 1e-4 * level.work.left())
    assert level.bounding.of_turns(level.search.best, [(0,), (1, 2, 3), (4,)]) == [7, 0, 7]
    assert given == [(0,), (4,)]


def test_a_long_time_is_swept_also_with_more_rows_than_a_program_can_have(
    monkeypatch: pytest.MonkeyPatch, level: LevelSearch
) -> None:
    level.neighbourhoods.may_weave = True
    monkeypatch.setattr(program, "is_long", lambda formulation, one: True)
    assert level.program.is_swept() and level.program.may_be_made()
    monkeypatch.setattr(program, "MOST_ROWS", 0)
    assert level.program.is_swept() and not level.program.may_be_made()
    level.neighbourhoods.may_weave = False
    assert not level.program.is_swept()


def test_rounds_are_shorter_where_there_is_little_time(monkeypatch: pytest.MonkeyPatch, level: LevelSearch) -> None:
    region = replace(level.everybody, kind="people")
    monkeypatch.setattr(Neighbourhoods, "next", lambda self, base, number: region)
    monkeypatch.setattr(LevelWork, "give", lambda self, *task: Future())
    limits = []
    for length in (5.0, 50.0, 500.0):
        level.work.length, level.work.deadline = length, level.search.budget.used + length
        level._launch()
        (future,) = level.running
        limits.append(level.running.pop(future).limit)
    assert limits == [level_search.SHORTEST_ROUND, 50.0 * level_search.ROUND_SHARE, level_search.ROUND_SECONDS]


def test_a_crowd_that_exchanges_turns_does_not_take_a_share_of_all_that_is_left(
    monkeypatch: pytest.MonkeyPatch, level: LevelSearch
) -> None:
    monkeypatch.setattr(LevelWork, "give", lambda self, *task: Future())
    level.work.length, level.work.deadline = 50.0, level.search.budget.used + 50.0
    usual = 50.0 * level_search.ROUND_SHARE
    for kind, limit in ((SHIFTS, usual * level_search.CROWD_ROUNDS), ("turns", 50.0 * level_search.COSTLY_SHARE)):
        level.costly = [replace(level.everybody, kind=kind)]
        level._launch()
        (future,) = level.running
        assert level.running.pop(future).limit == pytest.approx(limit, rel=0.01), kind


def costs_of(case: Tiny, plan: Mapping[int, Schedule]) -> list[int]:
    roster = Incumbent(case.formulation)
    roster.apply(plan)
    return list(roster.costs)


def test_a_program_that_is_not_solved_in_its_time_is_given_up(
    monkeypatch: pytest.MonkeyPatch, level: LevelSearch
) -> None:
    limits: list[float] = []

    def never(self: Columns, seconds: float | None = None) -> None:
        limits.append(seconds or 0.0)
        work.charge((seconds or 0.0) * SECOND)

    monkeypatch.setattr(Columns, "optimum", never)
    length, before = level.work.left(), level.search.budget.used
    assert not level.program.make()
    assert len(limits) == 1
    assert limits[0] <= 0.1 * length
    assert level.search.budget.used - before < 0.2 * length
    assert level.search.program_until == level.level


def test_classes_are_asked_a_few_at_a_time_and_no_longer_than_said(
    monkeypatch: pytest.MonkeyPatch, level: LevelSearch
) -> None:
    level.search.workers = 2
    given: list[int] = []
    open_at_once: list[int] = []

    def submit(function: Any, token: str, kind: int, *rest: Any) -> Future[int]:
        given.append(kind)
        return Future()

    def wait(self: LevelWork, futures: Any) -> bool:
        open_at_once.append(len(futures))
        next(iter(futures)).set_result(7)
        work.charge(SECOND)
        return True

    monkeypatch.setattr(level.work.executor, "submit", submit)
    monkeypatch.setattr(LevelWork, "wait", wait)
    found = list(level.work.by_class(bound_alone, range(5)))
    assert (found, given, max(open_at_once)) == ([(kind, 7) for kind in range(5)], list(range(5)), 2)
    given.clear()
    found = list(level.work.by_class(bound_alone, range(5), longest=2.5))
    assert (found, given) == ([(0, 7), (1, 7), (2, 7)], [0, 1, 2, 3]), "after three seconds nothing more is given out"


def test_everybody_else_searches_on_while_the_last_region_of_a_pass_is_solved(
    monkeypatch: pytest.MonkeyPatch, level: LevelSearch
) -> None:
    level.search.workers = 2
    last: Future[Answer] = Future()
    level.running = {last: _Going(level.everybody, level.search.here.copy(), 1.0)}
    launched: list[Future[Answer]] = []

    def launch(self: LevelSearch) -> None:
        launched.append(Future())
        self.running[launched[-1]] = _Going(self.everybody, self.search.here.copy(), 1.0)

    def wait(self: LevelWork, futures: Any) -> bool:
        (last if len(launched) == 3 else launched[-1]).set_result(Answer(None, True, 0, 0.1))
        return True

    monkeypatch.setattr(LevelSearch, "_launch", launch)
    monkeypatch.setattr(LevelWork, "wait", wait)
    level._finish_pass()
    assert list(level.running) == launched[-1:], "what others have begun goes on"


def test_nothing_is_waited_for_where_there_is_nothing_else_to_try(
    monkeypatch: pytest.MonkeyPatch, level: LevelSearch
) -> None:
    monkeypatch.setattr(Program, "may_be_made", lambda self: False)
    units = [
        unit
        for unit in range(len(level.search.formulation.units))
        if level.search.formulation.unit_level(unit) == level.level and level.search.formulation.turns_of_unit(unit)
    ]
    level.search.here.unit_costs[units[0]] = 60
    assert level._can_go_elsewhere(), "linking rows cost something: more turns around them may help"
    for unit in units:
        level.search.here.unit_costs[unit] = 0
    assert not level._can_go_elsewhere()
    monkeypatch.setattr(Program, "may_be_made", lambda self: True)
    assert level._can_go_elsewhere()
