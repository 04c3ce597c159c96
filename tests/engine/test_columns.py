"""Column generation against all rosters of tiny operations: its bound is never too high, its rosters keep all rules."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from patrolplan.engine import conductor, weaving
from patrolplan.engine import level as level_search
from patrolplan.engine.branching import Branching, Dive, plunge
from patrolplan.engine.columns import Columns, Decision
from patrolplan.engine.disjunctions import raised
from patrolplan.engine.guide import Pool
from patrolplan.engine.incumbent import Incumbent, personal_costs
from patrolplan.engine.linear_program import LinearProgram, Solved
from patrolplan.engine.linking import SCALE, Linking, Numbers
from patrolplan.engine.master import Master
from patrolplan.engine.neighbourhoods import Region
from patrolplan.engine.pricing import GraphPricer, Order, Priced, SolverPricer
from patrolplan.engine.subproblem import StopSignal
from patrolplan.engine.weaving import GUIDED, weave
from patrolplan.engine.work import Watch
from tests.engine.enumeration import Tiny, some_roster, tiny
from tests.engine.test_bounds import BATCHES, EFFORT, fixed_cost, no_dearer_before

MANY = [range(start, start + 10) for start in range(0, 300, 10)]


def columns(base: Incumbent, level: int, people: Sequence[int] | None = None) -> Columns:
    return Columns(Linking(base.formulation, level), base, lambda: EFFORT, StopSignal(), people=people)


def finish(generation: Columns) -> None:
    for _ in range(200):
        if not generation.step(10.0):
            return
    raise AssertionError("no end of rounds")


def finished(batch: Iterable[int]) -> Iterator[tuple[int, Tiny, Incumbent, int, int, Columns]]:
    """Number, case, roster, level, least cost of the level, and its complete program, for every level of some cases."""
    for number in batch:
        case, rng = tiny(f"columns-{number}"), random.Random(number)
        base = some_roster(rng, case)
        for position, level in enumerate(case.formulation.levels):
            best = min(costs[position] for costs, _ in no_dearer_before(case, level, base.costs))
            generation = columns(base, level)
            finish(generation)
            yield number, case, base, level, best, generation


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_the_bound_is_never_above_the_best_roster(batch: range) -> None:
    for number, case, base, level, best, generation in finished(batch):
        assert generation.is_complete
        assert 0 <= fixed_cost(base, level) + generation.proved <= best, (number, level, case.facts)
        assert generation.point is not None
        assert generation.bound / SCALE <= generation.point.cost + 1e-3, (number, level, case.facts)


def test_every_program_has_a_limit_and_one_that_finds_no_end_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """GLOP can go round in circles for ever; what waits for it must not."""
    limits: list[float | None] = []

    def circling(self: LinearProgram, seconds: float | None, deterministic: bool = False) -> Solved | None:
        limits.append(seconds)
        return None if len(limits) > quick else solve(self, seconds, deterministic)

    solve, quick = LinearProgram.solve, 0
    monkeypatch.setattr(LinearProgram, "solve", circling)
    tried = 0
    for number in range(20):
        case, rng = tiny(f"columns-{number}"), random.Random(number)
        base, level = some_roster(rng, case), case.formulation.levels[0]
        region = Region("woven", tuple(range(len(base.held))), tuple(range(len(case.formulation.variables.turns))))
        gain = base.costs[0] - min(costs[0] for costs, _ in no_dearer_before(case, level, base.costs))
        for quick in (0, 1, 2, 100):
            limits.clear()
            generation = columns(base, level)
            while generation.step():
                pass
            assert generation.is_complete == (len(limits) <= quick), number
            limits.clear()
            linking = generation.linking
            answer = weave(linking, base, region, None, Pool(linking), EFFORT, StopSignal())
            tried += len(limits) > quick and gain > 0
            assert not (answer.solved and gain), (number, quick)
            assert all(limit is not None and 0 < limit <= EFFORT.seconds for limit in limits)
    assert tried > 20


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_a_bound_raised_by_limits_on_violations_is_never_above_the_best_roster(batch: range) -> None:
    for number, case, base, level, best, generation in finished(batch):
        before, point = generation.bound, generation.point
        bound = raised(generation, 10**9, lambda: False)
        assert before <= bound, (number, level, case.facts)
        assert fixed_cost(base, level) + generation.in_sixtieths(bound) <= best, (number, level, case.facts)
        assert (generation.bound, generation.point) == (before, point)
        assert all(generation.master.restricted(price) == (None, None) for price in generation.master.tallies)


@pytest.mark.parametrize(("number", "place"), [(95, 2), (368, 2)])
def test_whole_violations_close_a_gap_that_the_linear_program_leaves(number: int, place: int) -> None:
    case, rng = tiny(f"columns-{number}"), random.Random(number)
    base = some_roster(rng, case)
    level = case.formulation.levels[place]
    best = min(costs[place] for costs, _ in no_dearer_before(case, level, base.costs)) - fixed_cost(base, level)
    generation = columns(base, level)
    finish(generation)
    assert generation.proved < best
    assert generation.in_sixtieths(raised(generation, best, lambda: False)) == best


@pytest.mark.parametrize("batch", BATCHES[:8], ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_rows_that_count_the_same_may_share_one_row_of_the_program(batch: range) -> None:
    shared = 0
    for number in batch:
        case, rng = tiny(f"columns-{number}"), random.Random(number)
        base = some_roster(rng, case)
        for level in case.formulation.levels:
            together, apart = columns(base, level), columns(base, level)
            shared += len(set(together.linking.alike)) < len(together.linking.alike)
            apart.linking.alike = list(range(len(apart.linking.alike)))
            apart.master = Master(apart.linking, base)
            for generation in (together, apart):
                finish(generation)
                _assert_priced_within_costs(generation)
            assert together.point is not None and apart.point is not None
            assert together.point.cost == pytest.approx(apart.point.cost, abs=1e-3), (number, level, case.facts)
            assert together.proved == apart.proved, (number, level, case.facts)
    assert shared >= 5


def _assert_priced_within_costs(generation: Columns) -> None:
    """The dual of a linking row by itself is no more than a unit of it costs at the weight of its level."""
    linking, point = generation.linking, generation.point
    assert point is not None
    weights = {level: -dual for level, dual in point.levels.items()} | {linking.level: 1.0}
    plain = [unit.rows[0] for unit in linking.units.values() if unit.is_plain]
    weight = np.array([weights.get(level, 0.0) for level in linking.level_of])[plain]
    duals = (point.rows * linking.width)[plain]
    assert (duals <= weight * linking.below[plain] + 1e-6).all()
    assert (duals >= -weight * linking.above[plain] - 1e-6).all()


@pytest.mark.parametrize("batch", BATCHES[:5], ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_rosters_from_columns_keep_the_rules_and_the_aim(batch: range) -> None:
    for number in batch:
        case, rng = tiny(f"columns-{number}"), random.Random(number)
        base = some_roster(rng, case)
        for position, level in enumerate(case.formulation.levels):
            generation = columns(base, level, case.people)
            finish(generation)
            for speed in (0.0, 0.01, 0.4):
                for fixed in (Dive(generation, _paced(speed)).run(), _plunged(generation, _paced(speed))):
                    assert fixed is not None
                    _assert_allowed(case, fixed)
            best = min(costs[position] for costs, _ in no_dearer_before(case, level, base.costs))
            inside = base.costs[position] - generation.master.now
            for aim in (best, best - 1):
                ways = (
                    Branching(generation, aim - inside, lambda: False),
                    Dive(generation, _paced(0.01), aim - inside),
                )
                for found in filter(None, (way.run() for way in ways)):
                    _assert_allowed(case, found)
                    after = base.copy()
                    after.apply(found)
                    if all(cost <= now for cost, now in zip(after.costs[:position], base.costs, strict=False)):
                        assert best <= after.costs[position] <= aim, (number, level, case.facts)


def test_no_schedule_against_a_decision_comes_into_the_program() -> None:
    """Not even one that pricing finds for somebody alike, or on the way to the cheapest one, however much it saves."""
    refused = taken = 0
    for number in range(30):
        case, rng = tiny(f"decided-{number}"), random.Random(number)
        base = some_roster(rng, case)
        generation = columns(base, case.formulation.levels[-1], case.people)
        master = generation.master
        for group, person in enumerate(case.people):
            others = sorted({key for schedule in case.allowed[person] for key in schedule} - base.held[person])
            held = frozenset(sorted(base.held[person])[:1])
            generation.decide(group, Decision(held, frozenset(rng.sample(others, min(2, len(others))))))
        point = generation.optimum()
        assert point is not None
        saving = replace(point, groups=[1e9] * len(master.groups))
        answers = {group: Priced(0, case.allowed[person]) for group, person in enumerate(case.people)}
        taken += generation.take_in(answers, saving)
        for group, decision in generation.decisions.items():
            came = [master.columns[column] for column in master.of_group(group) if master.is_open(column)]
            assert all(decision.allows(one.schedule) for one in came), (number, group)
            refused += sum(not decision.allows(schedule) for schedule in case.allowed[group])
    assert refused > 100 and taken > 100


@pytest.mark.parametrize(
    ("costs", "held", "barred"),
    [
        ([100.1], 3, 0),  # near enough
        ([110, 100.1], 3, 0),  # priced to the end
        ([110, 110, 100.1], 1, 0),  # the surest is kept
        ([110, 110, 110, 110, 100.1], 0, 1),  # not even that one
        ([110] * 6, 0, 1),  # nothing left to take back
    ],
)
def test_a_dive_takes_back_what_makes_the_program_dear(costs: list[float], held: int, barred: int) -> None:
    case = tiny("taken-back")
    generation = columns(some_roster(random.Random(1), case), case.formulation.levels[-1], case.people)
    dive, left = Dive(generation, lambda: 0.0), list(costs)
    keys = sorted({key for schedule in case.allowed[0] for key in schedule})[:3]
    dive._held[0], dive._new = frozenset(keys), [(0, key) for key in keys]
    point = generation.optimum()
    assert point is not None
    dive._priced = lambda rounds: replace(point, cost=left.pop(0))  # type: ignore[method-assign]
    settled = dive._settled(2, 100.0, is_easy=True)
    assert settled is not None and settled.cost == costs[-1] and not left
    assert (dive._held[0], dive._barred[0]) == (frozenset(keys[:held]), frozenset(keys[:barred]))
    if held < len(keys):
        assert generation.decisions[0] == Decision(frozenset(keys[:held]), frozenset(keys[:barred]))


@pytest.mark.parametrize(
    ("costs", "quick", "dives", "best"),
    [
        ([105], 1.0, 1, 105),  # nearly all that the program promised
        ([150, 110], 1.0, 2, 110),  # half of it is too little
        ([None, 190, 150], 1.0, 3, 150),  # no more than three are tried
        ([None, 190, None], 1.0, 3, 190),  # the best that was found
        ([None, None, None], 1.0, 3, None),
        ([150], math.inf, 1, 150),  # a dive that took its time is not tried again
        ([None, 150], math.inf, 2, 150),
    ],
)
def test_dives_go_on_while_too_little_of_the_promise_is_kept(
    costs: list[float | None], quick: float, dives: int, best: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = tiny("taken-back")
    generation = columns(some_roster(random.Random(1), case), case.formulation.levels[-1], case.people)
    assert generation.step()
    assert generation.point is not None
    generation.point = replace(generation.point, cost=100.0)
    generation.master.now = 200
    aims: list[float | None] = []

    class Made:
        """A dive that comes to a given cost."""

        def __init__(self, cost: float | None) -> None:
            self.cost = float("inf") if cost is None else cost

        def run(self) -> dict[int, frozenset[int]] | None:
            return None if self.cost == float("inf") else {0: frozenset([int(self.cost)])}

    def dive(columns: Columns, aim: float | None, watch: Watch, limit: float, sway: object) -> Made:
        aims.append(aim)
        assert limit <= (quick if len(aims) == 1 else EFFORT.seconds)
        return Made(costs[len(aims) - 1])

    monkeypatch.setattr(weaving, "_dive", dive)
    plan = weaving._by_dives(generation, 195, Watch(True), EFFORT, random.Random(1), quick)
    assert plan == (None if best is None else {0: frozenset([best])})
    assert len(aims) == dives
    step = generation.linking.step
    bests = [min([200.0, *(cost for cost in costs[:number] if cost is not None)]) for number in range(dives)]
    assert aims == [min(195, one - step) for one in bests]


@pytest.mark.parametrize("kind", ["woven", GUIDED])
@pytest.mark.parametrize("batch", BATCHES[:8], ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_weaving_everybody_finds_the_best_roster_or_proves_that_there_is_none_better(batch: range, kind: str) -> None:
    reached = tried = 0
    for number in batch:
        case, rng = tiny(f"columns-{number}"), random.Random(number)
        base = some_roster(rng, case)
        region = Region(kind, tuple(case.people), tuple(range(len(case.formulation.variables.turns))))
        for position, level in enumerate(case.formulation.levels):
            generation = columns(base, level)
            finish(generation)
            lead = generation.led()
            linking = generation.linking
            if lead is None:
                continue
            answer = weave(linking, base, region, lead, Pool(linking), EFFORT, StopSignal())
            best = min(costs[position] for costs, _ in no_dearer_before(case, level, base.costs))
            if answer.solved:
                assert best == base.costs[position], (number, level, case.facts)
            if answer.changes is not None:
                _assert_allowed(case, answer.changes)
            after = base.copy()
            after.apply(answer.changes or {})
            tried += best < base.costs[position]
            reached += after.costs < base.costs
    assert reached >= 0.8 * tried, (reached, tried)


def test_a_region_leaves_alone_what_lies_outside_it() -> None:
    for number in range(30):
        case, rng = tiny(f"columns-{number}"), random.Random(number)
        base = some_roster(rng, case)
        level = case.formulation.levels[-1]
        generation = columns(base, level)
        finish(generation)
        lead, turns = generation.led(), range(len(case.formulation.variables.turns))
        if lead is None:
            continue
        free = frozenset(turn for turn in turns if rng.random() < 0.5)
        people = tuple(person for person in case.people if rng.random() < 0.7)
        if not people:
            continue
        region = Region("woven turns", people, tuple(sorted(free)))
        answer = weave(generation.linking, base, region, lead, Pool(generation.linking), EFFORT, StopSignal())
        turn_of = case.formulation.variables.turn_of
        for person, schedule in (answer.changes or {}).items():
            assert person in people
            assert all(turn_of(key) in free for key in schedule ^ base.held[person]), (number, case.facts)


def _plunged(generation: Columns, clock: Callable[[], float]) -> Mapping[int, frozenset[int]] | None:
    return plunge(generation, lambda: clock() >= 1, 3)


def _paced(speed: float) -> Callable[[], float]:
    """A clock of which every look takes so much of the time."""
    looks = count()
    return lambda: speed * next(looks)


def _assert_allowed(case: Tiny, plan: Mapping[int, frozenset[int]]) -> None:
    for person, schedule in plan.items():
        assert schedule in case.allowed[person], case.facts


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_pricing_finds_the_cheapest_schedule(batch: range) -> None:
    for number in batch:
        case, rng = tiny(f"columns-{number}"), random.Random(number)
        variables = case.formulation.variables
        level = rng.choice(list(case.formulation.levels))
        weights = {one: rng.randint(0, 5) for one in case.formulation.levels if one <= level}
        keys = range(variables.first_own_key)
        drawn = [rng.randint(-9000, 9000) * (rng.random() < 0.6) for _ in keys]
        for person in case.people:
            one = case.formulation.model_of(person)
            counted = {*range(variables.size), *case.formulation.derived_keys(person)}
            prices = np.array([price if key in counted else 0 for key, price in enumerate(drawn)], dtype=np.int64)
            cheapest = min(_price(case, person, schedule, prices, weights) for schedule in case.allowed[person])
            for pricer in (GraphPricer(case.formulation, one, level), SolverPricer(case.formulation, one, level)):
                answer = pricer.cheapest(Order(prices, weights, frozenset()), EFFORT, StopSignal())
                assert answer.bound == cheapest, (number, person, case.facts)
                assert answer.schedules[-1] in case.allowed[person]
                assert _price(case, person, answer.schedules[-1], prices, weights) == cheapest
                own = {cost_level: cost for cost_level, cost in (answer.own or {}).items() if cost}
                known = personal_costs(case.formulation, one, answer.schedules[-1]).items()
                assert answer.own is None or own == {
                    cost_level: cost for cost_level, cost in known if cost and cost_level <= level
                }


def _price(case: Tiny, person: int, schedule: frozenset[int], prices: Numbers, weights: dict[int, int]) -> int:
    formulation = case.formulation
    own = personal_costs(formulation, formulation.model_of(person), schedule)
    keys = formulation.expand(schedule)
    return sum(int(prices[key]) for key in keys) + sum(weights.get(level, 0) * cost for level, cost in own.items())


@pytest.mark.parametrize("batch", MANY, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_columns_and_neighbourhoods_reach_what_the_whole_model_proves(
    batch: range, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(level_search, "EXACT_SIZE", -1)
    for number in batch:
        case = tiny(f"columns-{number}")
        outcome = conductor.solve(case.problem, conductor.Settings(3.0, seed=number, deterministic=True))
        found = [level for level in outcome.proof.levels if level.level]
        best = dict(zip(case.formulation.levels, case.best(), strict=True))
        if best.pop(0, 0):
            assert outcome.roster is None
            continue
        assert {level.level: level.cost for level in found} == best, (number, case.facts)
        assert all(level.bound <= best[level.level] for level in found), (number, case.facts)
