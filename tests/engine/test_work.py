"""Work is counted by its size, the same in every run, whatever any clock shows."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from patrolplan.engine import level as level_search
from patrolplan.engine import work
from patrolplan.engine.closing import close_gaps
from patrolplan.engine.conductor import Settings, solve
from patrolplan.engine.crew import Crew
from patrolplan.engine.formulation import Formulation
from patrolplan.engine.greedy import first_roster
from patrolplan.engine.guide import Pool
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.linear_program import LinearProgram
from patrolplan.engine.linking import Linking
from patrolplan.engine.nearest import nearest_schedule
from patrolplan.engine.neighbourhoods import Region
from patrolplan.engine.pricing import GraphPricer, Order, SolverPricer
from patrolplan.engine.progress import Budget
from patrolplan.engine.relaxation import link_bound
from patrolplan.engine.subproblem import Effort, StopSignal, Subproblem, size_of
from patrolplan.engine.tasks import share
from patrolplan.engine.weaving import weave
from tests.engine.test_determinism import guarded
from tests.tiny import tiny_problem

EFFORT = Effort(5.0, deterministic=True)
DAYS = (2, 4, 8)


def done(function: Callable[[], object]) -> int:
    """Nanoseconds of work that a function does."""
    began = work.meter().done
    function()
    return work.meter().done - began


def formulation_of(days: int, people: int = 8) -> Formulation:
    return Formulation(tiny_problem(**guarded(people, days)))


def roster_of(days: int) -> Incumbent:
    return first_roster(formulation_of(days), EFFORT, StopSignal())


def whole(incumbent: Incumbent) -> Subproblem:
    formulation = incumbent.formulation
    turns = range(len(formulation.variables.turns))
    return Subproblem(incumbent, range(len(incumbent.held)), turns, formulation.levels[-1])


def graph(formulation: Formulation) -> GraphPricer:
    return GraphPricer(formulation, formulation.classes[0], formulation.levels[-1])


def nearest(formulation: Formulation) -> None:
    nearest_schedule(formulation, formulation.classes[0], frozenset(), EFFORT, StopSignal(), 0)


def woven(incumbent: Incumbent) -> None:
    formulation = incumbent.formulation
    linking = Linking(formulation, formulation.levels[-1])
    turns = tuple(range(len(formulation.variables.turns)))
    region = Region("woven turns", (0, 1, 2, 3), turns[1:], None)
    weave(linking, incumbent, region, None, Pool(linking), EFFORT, StopSignal())


def bounded(empty: Incumbent) -> None:
    link_bound(empty, range(len(empty.formulation.variables.turns)), 1, EFFORT)


KINDS: dict[str, tuple[Callable[[int], Any], Callable[[Any], object]]] = {
    "reading": (lambda days: days, formulation_of),
    "first roster": (lambda days: days, roster_of),
    "building": (roster_of, whole),
    "graph": (formulation_of, graph),
    "nearest": (formulation_of, nearest),
    "weaving": (roster_of, woven),
    "bound": (lambda days: Incumbent(formulation_of(days)), bounded),
    "closing": (
        lambda days: Incumbent(formulation_of(days)),
        lambda empty: close_gaps(empty, EFFORT, StopSignal()),
    ),
}


def work_of(kind: str, days: int) -> int:
    """Nanoseconds of work of a kind over some days, without what it begins from."""
    begin, run = KINDS[kind]
    start = begin(days)
    return done(lambda: run(start))


@pytest.mark.parametrize("kind", KINDS)
def test_more_is_more_work_and_the_same_is_the_same(kind: str) -> None:
    found = [work_of(kind, days) for days in DAYS]
    assert 0 < found[0] < found[1] < found[2]
    assert found == [work_of(kind, days) for days in DAYS]
    assert found[2] > 2.5 * found[0]


def test_a_model_is_charged_for_what_stands_in_it() -> None:
    for days in DAYS:
        roster = roster_of(days)
        parts: list[Subproblem] = []
        spent = done(lambda roster=roster, parts=parts: parts.append(whole(roster)))  # type: ignore[misc]
        assert spent == round(work.BUILDING * size_of(parts[0].model)) > 0


def test_an_answer_spends_what_was_counted_and_ends_near_its_limit() -> None:
    roster = roster_of(8)
    model = whole(roster)
    answers = []
    spent = done(lambda: answers.append(model.solve(EFFORT, StopSignal())))
    assert answers[0].spent == pytest.approx(spent * 1e-9)
    assert spent > 0
    short = model.solve(Effort(0.0, deterministic=True), StopSignal())
    assert short.spent <= answers[0].spent


def test_pricing_is_charged_by_call_and_by_arc() -> None:
    calls, spent = 7, {}
    for days in DAYS:
        rows = formulation_of(days)
        pricer = graph(rows)
        order = Order(_nothing(rows), {rows.levels[-1]: 1}, frozenset())
        once = done(lambda pricer=pricer, order=order: pricer.cheapest(order, EFFORT, StopSignal()))  # type: ignore[misc]
        many = done(
            lambda pricer=pricer, order=order: [pricer.cheapest(order, EFFORT, StopSignal()) for _ in range(calls)]  # type: ignore[misc]
        )
        assert many == calls * once > 0
        spent[pricer.graph.arcs] = once
    assert [spent[arcs] for arcs in sorted(spent)] == sorted(set(spent.values()))
    solver = SolverPricer(rows, rows.classes[0], rows.levels[-1])
    assert done(lambda: solver.cheapest(order, EFFORT, StopSignal())) > 0


def _nothing(rows: Formulation) -> Any:
    return np.zeros(rows.variables.first_own_key, dtype=np.int64)


def chain_program(size: int) -> LinearProgram:
    """Ever dearer columns, of which each row wants one and a little of the one before."""
    program = LinearProgram()
    rows = [program.row(1.0 + number % 3, float("inf")) for number in range(size)]
    for number in range(size):
        later = {rows[number + 1]: 0.5} if number + 1 < size else {}
        program.column(1.0 + number % 7, {rows[number]: 1.0, **later})
    return program


def test_a_linear_program_is_charged_by_size_and_iterations_and_ends_at_its_limit() -> None:
    small, large = (done(lambda size=size: chain_program(size).solve(None)) for size in (20, 200))  # type: ignore[misc]
    assert 0 < 10 * small <= large
    assert chain_program(2000).solve(60.0, deterministic=True) is not None
    spent = done(lambda: chain_program(2000).solve(0.0, deterministic=True))
    assert spent <= work.READING * 4000 + work.SIMPLEX * 4000 * 101


def test_work_of_a_task_counts_once_for_whoever_takes_the_answer() -> None:
    rows = formulation_of(2)
    facts = share(rows, StopSignal())
    with ThreadPoolExecutor(1) as threads, Crew(threads, 1, lambda: False, lambda words: None) as crew:
        task = crew.submit(_work, facts.token, 5_000)
        assert done(lambda: time.sleep(0.01)) == 0
        assert done(task.result) == 5_000
        assert done(task.result) == 0


def _work(token: str, amount: int) -> int:
    work.charge(amount)
    return amount


def test_what_is_made_aside_is_weighed_but_not_counted() -> None:
    rows = formulation_of(2)
    linking = Linking(rows, rows.levels[-1])
    made = done(lambda: graph(rows))
    assert done(lambda: linking.pricer(0)) == 0
    assert done(lambda: linking.prepared(0)) == done(lambda: linking.prepared(0)) == made > 0


def test_other_threads_are_collected() -> None:
    with ThreadPoolExecutor(3) as threads:
        answers = threads.map(work.weighed(lambda amount: _work("", amount)), range(100))
        assert done(lambda: list(work.collected(answers))) == sum(range(100))


def test_a_search_does_about_as_much_as_its_limit_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(level_search, "EXACT_SIZE", 0)
    problem = tiny_problem(**guarded(20, 7))  # more than can be proved in that time
    for limit in (0.3, 0.6):
        spent = done(lambda limit=limit: solve(problem, Settings(limit, seed=3, deterministic=True)))  # type: ignore[misc]
        assert limit <= spent * 1e-9 <= 1.6 * limit


def test_a_budget_counts_work_or_the_clock_and_never_both() -> None:
    counted, timed = Budget(10.0, deterministic=True), Budget(10.0)
    work.charge(3e9)
    assert counted.used == pytest.approx(3.0)
    assert counted.left == pytest.approx(7.0)
    assert timed.used < 1.0
