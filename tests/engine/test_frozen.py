"""What is frozen holds although its rule has a weight."""

from __future__ import annotations

from typing import Any

from patrolplan.audit import audit
from patrolplan.audit.candidates import may_take
from patrolplan.engine.conductor import Settings, solve
from patrolplan.proof import Status
from tests.tiny import tiny_problem, tiny_roster

EXACT = Settings(time_limit=2.0, workers=1, deterministic=True)
FROZEN = {"stability": {"weight": 1, "frozen_until": "2024-11-05"}}


def facts(published: dict[str, str], *rules: dict[str, Any]) -> dict[str, Any]:
    return {
        "people": ["A", "B"],
        "days": 2,
        "needs": [{"staff": 1, "shift": "D"}],
        "published": published,
        "rules": [{"one_duty": {"per_day": 2}}, {"rest": {"id": "pause", "min": "11h"}}, {"cover": {}}, *rules],
    }


def test_a_frozen_roster_that_breaks_a_rule_is_named_with_it() -> None:
    outcome = solve(tiny_problem(**facts({"A": "DN . "}, FROZEN)), EXACT)
    assert outcome.roster is None and outcome.proof.status is Status.INFEASIBLE
    (reason,) = outcome.proof.reasons
    assert "pause" in reason and "stability" in reason


def test_what_is_frozen_stays_and_the_rest_follows_the_need() -> None:
    problem = tiny_problem(**facts({"A": "N."}, FROZEN))
    outcome = solve(problem, EXACT)
    assert outcome.roster is not None and not audit(problem, outcome.roster).has_hard
    held = [(duty.person, duty.shift, duty.day - problem.first_day) for duty in outcome.roster.duties]
    night, day = problem.shift_index["N"], problem.shift_index["D"]
    assert held == [(0, night, 0), (1, day, 1)]


def test_nobody_may_take_a_frozen_gap_who_was_not_published_there() -> None:
    problem = tiny_problem(**facts({"A": "D."}, FROZEN))
    roster = tiny_roster(problem, {})
    first, last = problem.slots[0], problem.slots[2]
    assert may_take(problem, roster, 0, first) is None and may_take(problem, roster, 1, last) is None
    obstacle = may_take(problem, roster, 1, first)
    assert obstacle is not None and obstacle.code == "PP218"
