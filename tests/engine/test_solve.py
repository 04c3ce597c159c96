"""The whole search on operations of which every roster is known."""

from __future__ import annotations

import pytest

from patrolplan.audit import audit
from patrolplan.engine import level as level_search
from patrolplan.engine.conductor import Outcome, Settings, solve
from patrolplan.proof import Status
from tests.engine.enumeration import Tiny, tiny

EXACT = Settings(time_limit=2.0, workers=1, deterministic=True)
BATCHES = [range(start, start + 10) for start in range(0, 100, 10)]


def hard_cost(case: Tiny, costs: tuple[int, ...]) -> int:
    return costs[0] if case.formulation.levels[0] == 0 else 0


def soft_costs(case: Tiny, costs: tuple[int, ...]) -> list[tuple[int, int]]:
    return [(level, cost) for level, cost in zip(case.formulation.levels, costs, strict=True) if level]


def assert_honest(case: Tiny, outcome: Outcome) -> None:
    """No roster is worse than said, and no bound is above what is possible."""
    best = soft_costs(case, case.best())
    said = [(level.level, level.cost) for level in outcome.proof.levels]
    assert said >= best, case.facts
    for position, level in enumerate(outcome.proof.levels):
        if said[:position] == best[:position]:
            assert level.bound <= best[position][1], case.facts
    assert outcome.roster is not None
    judged = audit(case.problem, outcome.roster)
    assert not judged.has_hard, case.facts
    assert {level: cost for level, cost in said if cost} == {
        level: cost for level, cost in judged.costs.items() if cost
    }, case.facts


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_finds_the_best_roster_and_proves_it(batch: range) -> None:
    for number in batch:
        case = tiny(f"solve-{number}")
        outcome = solve(case.problem, EXACT)
        best = case.best()
        if hard_cost(case, best):
            assert outcome.proof.status is Status.INFEASIBLE, case.facts
            assert outcome.roster is None and outcome.proof.reasons
            continue
        assert outcome.proof.status is Status.OPTIMAL, case.facts
        assert [(level.level, level.cost) for level in outcome.proof.levels] == soft_costs(case, best), case.facts
        assert all(level.proved and level.bound == level.cost for level in outcome.proof.levels)
        assert_honest(case, outcome)


@pytest.mark.parametrize("batch", BATCHES[:4], ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_neighbourhoods_alone_stay_honest(batch: range, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(level_search, "EXACT_SIZE", 0)
    for number in batch:
        case = tiny(f"solve-{number}")
        outcome = solve(case.problem, Settings(time_limit=0.2, workers=1, seed=number, deterministic=True))
        if outcome.roster is None:
            assert hard_cost(case, case.best()) or outcome.proof.status is Status.UNKNOWN, case.facts
            continue
        assert_honest(case, outcome)
        if outcome.proof.status is Status.OPTIMAL:
            assert [(one.level, one.cost) for one in outcome.proof.levels] == soft_costs(case, case.best()), case.facts
