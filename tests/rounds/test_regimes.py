"""Where the number of teams changes: who walks on begins where he is, and closed hours end promises there, too."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from patrolplan.plan.loading import load_operation, load_roster
from patrolplan.plan.rounds import Request, draw_rounds
from patrolplan.rounds.regimes import regimes

HEAD = """\
patrolplan: 1
operation: {name: Depot, timezone: UTC, from: 2026-03-02 06:00, until: 2026-03-03 06:00}
shifts: {day: {start: "06:00", end: "18:00"}}
sites: {depot: {posts: {patrol: {kind: patrol, rounds: yard, needs: [{staff: 1}]}}}}
personnel: [{id: P1}, {id: P2}, {id: P3}, {id: P4}]
rounds:
  yard:
"""
FAR = HEAD + (
    "    {promise: 4h, attack: 10m, dwell: 2m, teams: 2, travel: [[0, 30m], [30m, 0]], checkpoints: {a: {}, b: {}}}\n"
)
CLOSED = HEAD + (
    "    {promise: 60m, attack: 10m, dwell: 2m, teams: 2, travel: [[0, 4m], [6m, 0]],"
    ' checkpoints: {a: {closed: "09:00-10:00"}, b: {}}}\n'
)


def drawn(folder: Path, text: str, duties: list[tuple[str, str, str]], seed: int) -> list[dict[str, str]]:
    """The sheets of a day; `duties` are people with their hours."""
    (folder / "ops.yaml").write_text(text, encoding="utf-8")
    rows = "".join(f"{who},patrol,2026-03-02 {start},2026-03-02 {end}\n" for who, start, end in duties)
    (folder / "roster.csv").write_text("person,post,start,end\n" + rows, encoding="utf-8")
    request = Request(folder / "ops.yaml", folder / "roster.csv", seed=seed, seconds=0.0, draws=0)
    return list(csv.DictReader(io.StringIO(draw_rounds(request).text)))


def minutes(text: str) -> int:
    """Minutes of a time of the day in the sheets."""
    return int(text[11:13]) * 60 + int(text[14:16])


def walks_of(sheet: list[dict[str, str]]) -> dict[str, list[tuple[str, int, int]]]:
    """Visits of each person: where, from and until when."""
    walks = defaultdict(list)
    for row in sheet:
        for who in row["team"].split("+"):
            walks[who].append((row["checkpoint"], minutes(row["arrive"]), minutes(row["leave"])))
    return walks


def have_their_ways(walks: dict[str, list[tuple[str, int, int]]]) -> bool:
    """Whether everybody has half an hour from each place to another one."""
    return all(
        place == after or arrived - left >= 30
        for visits in walks.values()
        for (place, _, left), (after, arrived, _) in pairwise(visits)
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("first", ["P1", "P2"])
def test_who_walks_on_with_fewer_teams_needs_the_way(tmp_path: Path, seed: int, first: str) -> None:
    other = {"P1": "P2", "P2": "P1"}[first]
    walks = walks_of(drawn(tmp_path, FAR, [(first, "06:00", "12:00"), (other, "06:00", "18:00")], seed))
    assert {place for place, _arrive, _leave in walks[other]} == {"a", "b"}
    assert have_their_ways(walks)


def test_who_had_no_time_for_a_visit_is_still_where_he_was(tmp_path: Path) -> None:
    """Alone for five minutes at noon, where a visit takes ten."""
    duties = [("P1", "06:00", "12:00"), ("P2", "06:00", "18:00"), ("P3", "12:05", "18:00"), ("P4", "06:00", "12:00")]
    for seed in range(8):
        assert have_their_ways(walks_of(drawn(tmp_path, FAR.replace("dwell: 2m", "dwell: 10m"), duties, seed)))


def test_people_who_walk_on_are_known(tmp_path: Path) -> None:
    drawn(tmp_path, FAR, [("P1", "06:00", "12:00"), ("P2", "06:00", "18:00")], 1)
    problem = load_operation(tmp_path / "ops.yaml").problem
    both, alone = regimes(problem, load_roster(problem, tmp_path / "roster.csv").roster, problem.grounds[0])
    assert [walk.before for walk in both.walks] == [(), ()]
    assert [walk.before for walk in alone.walks] == [(1,)]


@pytest.mark.parametrize(
    "duties",
    [
        [("P1", "06:00", "09:30"), ("P2", "06:00", "13:00")],
        [("P1", "06:00", "10:00"), ("P2", "06:00", "10:00"), ("P3", "10:00", "13:00")],
        [("P1", "06:00", "09:10"), ("P2", "06:00", "13:00"), ("P3", "10:10", "13:00")],
    ],
    ids=["while it is closed", "when it opens", "twice"],
)
def test_teams_may_change_around_closed_hours(tmp_path: Path, duties: list[tuple[str, str, str]]) -> None:
    sheet = drawn(tmp_path, CLOSED, duties, 1)
    times = {
        place: sorted(minutes(row["arrive"]) for row in sheet if row["checkpoint"] == place) for place in ("a", "b")
    }
    assert not [one for one in times["a"] if 540 < one < 600]
    for edges in (times["b"], [one for one in times["a"] if one <= 540], [one for one in times["a"] if one >= 600]):
        assert max(b - a for a, b in pairwise(edges)) <= 60
    assert times["a"][-1] >= 13 * 60 - 60 and min(one for one in times["a"] if one >= 600) <= 660


def test_a_visit_that_ends_with_a_duty_is_made_by_whose_duty_it_is(tmp_path: Path) -> None:
    text = (
        HEAD + "    {promise: 40m, attack: 10m, dwell: 0m, travel: [[0, 7m], [9m, 0]], checkpoints: {a: {}, b: {}}}\n"
    )
    for seed in range(6):
        for row in drawn(tmp_path, text, [("P1", "06:00", "08:00"), ("P2", "08:00", "10:00")], seed):
            assert minutes(row["leave"]) > 8 * 60 or row["team"] == "P1"


def test_a_promise_runs_from_the_beginning_of_patrols_through_a_change_of_teams(tmp_path: Path) -> None:
    """Whoever is alone for the first minutes may not reach everything; it stays due."""
    text = HEAD + (
        "    {promise: 60m, attack: 10m, dwell: 2m, teams: 2, travel: [[0, 20m], [20m, 0]],"
        " checkpoints: {a: {}, b: {}}}\n"
    )
    for seed in range(5):
        sheet = drawn(
            tmp_path, text, [("P1", "06:00", "06:20"), ("P2", "06:20", "09:00"), ("P3", "06:20", "09:00")], seed
        )
        for place in ("a", "b"):
            assert min(minutes(row["arrive"]) for row in sheet if row["checkpoint"] == place) <= 7 * 60
