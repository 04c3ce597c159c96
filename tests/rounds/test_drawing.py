"""How it is decided whether a ground is walked by pools of whole walks or by ways of walking."""

from __future__ import annotations

from pathlib import Path

import pytest

from patrolplan.plan.loading import load_operation, load_roster
from patrolplan.rounds import sheets
from patrolplan.rounds.pool import PoolEffort
from patrolplan.rounds.regimes import regimes
from patrolplan.rounds.sheets import Drawing
from patrolplan.rounds.training import Effort

RING = """\
patrolplan: 1
operation: {name: Ring, timezone: UTC, from: 2024-11-04 08:00, until: 2024-11-04 16:00}
shifts: {day: {start: "08:00", end: "16:00"}}
sites: {yard: {posts: {patrol: {kind: patrol, needs: [{staff: 1}], rounds: ring}}}}
personnel: [{id: P1}]
rounds:
  ring:
    promise: PROMISE
    attack: 20m
    slot: 5m
    checkpoints: {POINTS}
    travel:
"""
ROSTER = "person,site,post,shift,start,end\nP1,yard,patrol,day,2024-11-04 08:00,2024-11-04 16:00\n"
ALIKE = ", ".join(f"c{index}: {{}}" for index in range(8))


def prepared(folder: Path, promise: str, points: str = ALIKE) -> Drawing:
    """A ring of eight, five minutes to the four nearest and ten to the others; a drawing made ready without a limit."""
    apart = [[min((a - b) % 8, (b - a) % 8) for a in range(8)] for b in range(8)]
    rows = [", ".join("0" if one == 0 else "5m" if one <= 2 else "10m" for one in row) for row in apart]
    text = RING.replace("PROMISE", promise).replace("POINTS", points)
    (folder / "ops.yaml").write_text(text + "".join(f"      - [{row}]\n" for row in rows), encoding="utf-8")
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    problem = load_operation(folder / "ops.yaml").problem
    when = regimes(problem, load_roster(problem, folder / "roster.csv").roster, problem.grounds[0])
    pools = PoolEffort(rounds=2, walks=16, width=4)
    drawing = Drawing(problem, problem.grounds[0], 1, 0, Effort(ways=1, copies=4, width=2), pool_effort=pools)
    drawing.divide(when)
    drawing.prepare(when)
    return drawing


@pytest.mark.parametrize("promise", ["60m", "80m"])
def test_a_tight_promise_of_places_that_are_alike_is_walked_step_by_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, promise: str
) -> None:
    """Pools would have to end in the order of a tour, which places that are alike need not keep to.

    The bound leaves a watcher 0.618 and 0.544; here ways of walking are said to leave him 0.63.
    """
    monkeypatch.setattr(sheets, "watcher_result", lambda *_: 0.63)
    drawing = prepared(tmp_path, promise)
    assert list(drawing.tried) == ["1/0"]
    assert drawing.plans[1][0].pools is None


def test_ways_far_from_the_bound_are_compared_with_pools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[float] = []
    monkeypatch.setattr(sheets, "watcher_result", lambda *_: left.pop(0))
    for values, pooled in (((0.75, 0.70, 0.75), True), ((0.75, 0.80, 0.75), False)):
        left[:] = values
        drawing = prepared(tmp_path, "60m")
        assert sorted(drawing.tried) == ["1/0", "pool/1/1/0/0"]
        assert (drawing.plans[1][0].pools is not None) == pooled


def test_pools_come_first_where_they_have_room(tmp_path: Path) -> None:
    drawing = prepared(tmp_path, "180m")
    assert next(iter(drawing.tried)) == "pool/0/1/0/0"


def test_pools_come_first_where_places_differ(tmp_path: Path) -> None:
    drawing = prepared(tmp_path, "60m", ALIKE.replace("c1: {}", "c1: {weight: 2}"))
    assert next(iter(drawing.tried)) == "pool/1/1/0/0"
