"""The page of benchmarks: it agrees with the files of results, and says where others are ahead."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import main
from benchmarks.best_known import read_best_known
from benchmarks.page import (
    NOT_YET,
    PUBLISHED,
    RESULTS,
    ahead,
    growth,
    instances,
    longest,
    maps,
    marked,
    page,
    peers,
    read_reports,
    whole,
)
from benchmarks.peers.arena import NOTHING as NO_CONTEST
from benchmarks.running import NOTHING

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"

CIRCUMSTANCES = {
    "date": "2026-01-02",
    "machine": {"cores": 4, "processor": "Some Processor", "memory_mib": 16384, "system": "Linux x86_64"},
    "versions": {"patrolplan": "1.0", "python": "3.11", "ortools": "9.15"},
    "workers": 2,
    "seed": 0,
}


def campaign(seconds: float, *results: dict[str, Any], family: str = "curtois") -> dict[str, Any]:
    return {
        "kind": "instances",
        "family": family,
        **CIRCUMSTANCES,
        "time_limit": seconds,
        "results": [{**NOTHING, **one} for one in results],
    }


def solved(instance: str, cost: int, bound: float, status: str = "feasible", **more: Any) -> dict[str, Any]:
    return {"instance": instance, "cost": cost, "hard": 0, "bound": bound, "gap": 0.0, "status": status, **more}


def contest(contender: str, cost: float | None, **more: Any) -> dict[str, Any]:
    costs = None if cost is None else {"1": cost}
    known = {"operation": "gate", "contender": contender, "status": "feasible", "hard": 0, "costs": costs}
    return {**NO_CONTEST, "seconds": 9.0, **known, **more}


def side_by_side(*results: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "peers", **CIRCUMSTANCES, "time_limit": 60, "results": list(results)}


def test_the_page_agrees_with_the_results(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["page"]) == 0
    now = capsys.readouterr().out
    if os.environ.get("PATROLPLAN_UPDATE_GOLDEN") == "1":
        PAGE.write_text(now, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == now, "run: python -m benchmarks page > docs/benchmarks.md"


def test_neither_page_nor_results_name_a_folder_of_somebody() -> None:
    for path in (PAGE, *RESULTS.glob("*.json")):
        assert not re.search(r"/(home|root|tmp|work|Users)/", path.read_text(encoding="utf-8")), path


def test_without_results_the_page_says_so(tmp_path: Path) -> None:
    (tmp_path / "commands.json").write_text('{"medians": {}}', encoding="utf-8")
    assert read_reports(tmp_path) == []
    text = page(tmp_path)
    assert text.count(NOT_YET) == 5 and "{" not in text
    assert "Instances of Curtois and Qu: not measured yet" in text


def test_a_campaign_becomes_a_table() -> None:
    report = campaign(
        120,
        solved(
            "Instance5", 1150, 1140.5, best_known=1143, distance=0.006124, first_roster_seconds=0.26, memory_mib=210
        ),
        {"instance": "Instance7", "status": "killed", "reason": "ended by signal SIGKILL"},
    )
    text = instances([campaign(600, family="inrc2"), report], "curtois")
    lines = text.splitlines()
    assert lines[0] == (
        "2026-01-02: 120 s each, 2 workers, seed 0. 4 cores (Some Processor), 16 GiB. "
        "patrolplan 1.0, Python 3.11, OR-Tools 9.15."
    )
    assert lines[4] == "| 5 | 1,143 | 1,150 | 0.61 % | 1,140.5 | 0.00 % | 0.3 | – | – | 210 | feasible |"
    assert lines[5] == "| 7 | – | – | – | – | – | – | – | – | – | killed |"


def province(people: int, seconds: float | None, **more: Any) -> dict[str, Any]:
    return {
        "people": people,
        "sites": 1,
        "needed_person_shifts": 12 * people,
        "read_seconds": 0.5,
        "first_roster_seconds": 0.75,
        "gap_free_seconds": seconds,
        "cost": {"1": 0, "3": people / 2},
        "bound": {"1": 0, "3": 2.5},
        "whole_seconds": 40.0,
        "memory_mib": 2000,
        **more,
    }


def test_growth_becomes_a_table_with_its_powers() -> None:
    report = {"kind": "growth", **CIRCUMSTANCES, "days": 28, "province_seed": 7}
    report["results"] = [province(50, 30.0), province(100, 1.5), province(1000, 16.5), province(10_000, 256.5)]
    lines = growth([report, campaign(600)]).splitlines()
    assert lines[0].startswith("2026-01-02: 28 days, 2 workers, province of seed 7, search of seed 0. 4 cores")
    assert lines[2].endswith("grows with the power 1.12 of the people, without reading the input with the power 1.20.")
    assert lines[-1] == (
        "| 10,000 | 1 | 120,000 | 0.5 | 0.8 | 256.5 | 1: 0 · 3: 5,000 | 1: 0 · 3: 2.5 | 40.0 | 2,000 |"
    )
    report["results"] = [province(100, 1.5), province(1000, None)]
    lines = growth([report]).splitlines()
    assert lines[2] == "Not every size came to a roster without an avoidable gap."
    assert "| 0.8 | – |" in lines[-1]


def test_lower_published_costs_are_bold() -> None:
    mine = {**NOTHING, **solved("Instance5", 1150, 1140)}
    assert [marked(cost, mine) for cost in ("1143", "1150", "1439", "")] == ["**1,143**", "1,150", "1,439", "–"]
    assert marked("1143", None) == "1,143"
    assert marked("9999", {**mine, "hard": 1}) == marked("9999", {**NOTHING}) == "**9,999**"


def test_the_page_says_where_others_are_ahead(tmp_path: Path) -> None:
    short = campaign(60, solved("Instance5", 1400, 1140), solved("Instance7", 1056, 1056, "optimal"))
    long = campaign(600, solved("Instance5", 1150, 1140), solved("Instance7", 1056, 1056, "optimal"))
    (tmp_path / "a-long.json").write_text(json.dumps(long), encoding="utf-8")
    (tmp_path / "b-short.json").write_text(json.dumps(short), encoding="utf-8")
    text = page(tmp_path)
    assert text.index(": 60 s each") < text.index(": 600 s each")
    assert "| 5 | 16 × 28 × 2 | **1,143** | 1,439 | 1,358 | 1,160 | **1,143** |" in text
    assert "| 7 | 20 × 28 × 3 | 1,056 | 1,284 |" in text
    assert "the best known cost is below ours on 1 of 2 (5). Others have proved 2 optimal; of these we" in text
    assert "we have not proved 1 (5)." in text


def test_comparisons_become_a_table_and_a_sentence() -> None:
    report = side_by_side(
        contest("patrolplan", 12, bounds={"1": 10}),
        contest("cp-sat-8", 12, bounds={"1": 12}, proved=True),
        contest("timefold", None, status="skipped"),
    )
    text = peers([report])
    assert "| gate | patrolplan * | 1: 12 | 1: 10 | feasible |" in text
    assert "| gate | cp-sat-8 * | 1: 12 | 1: 12 | proved optimal |" in text
    assert "timefold" not in text
    assert "sooner, or alone, on 1 (gate)." in ahead([report])
    report = side_by_side(contest("patrolplan", 12), contest("timefold", 11))
    assert "better roster on 1 of 1 operations (gate)" in ahead([report])
    report = side_by_side(contest("patrolplan", 12), contest("timefold", 11, hard=2))
    assert "better roster on 0 of 1 operations, " in ahead([report])


def test_patrolling_maps_become_a_table() -> None:
    kept = {
        "map": "yard",
        "checkpoints": 12,
        "teams": 2,
        "promise": 300.4,
        "status": "kept",
        "worst": 299.6,
        "average": 120.0,
        "tour_worst": 200.0,
        "tour_average": 100.0,
        "detection_watcher": 0.125,
        "tour_detection_watcher": 0.0,
        "bound": 0.5,
        "cpu_seconds": 31.4,
    }
    refused = {"map": "yard", "checkpoints": 12, "teams": 1, "promise": 60.0, "status": "refused"}
    text = maps([{"kind": "patrol", "circumstances": CIRCUMSTANCES, "seed": 1, "rows": [kept, refused]}])
    assert text.startswith("2026-01-02: seed 1, one process. 4 cores (Some Processor), 16 GiB. patrolplan 1.0,")
    assert "| yard | 12 | 2 | 300 | 300 | 200 | 120 | 100 | 12.50 % | 0.00 % | 50.00 % | 31 |" in text
    assert "| yard | 12 | 1 | 60 | refused | – | – | – | – | – | – | – |" in text


def test_numbers_are_written_for_people() -> None:
    assert [whole(value) for value in (None, "", 4631, 3223.5, "1056", 0)] == [
        "–",
        "–",
        "4,631",
        "3,223.5",
        "1,056",
        "0",
    ]


@pytest.mark.parametrize(("family", "count"), [("curtois", 13), ("inrc2", 12)])
def test_published_costs_can_be_compared_with(family: str, count: int) -> None:
    assert len(read_best_known(PUBLISHED / f"{family}.csv")) == count


def test_an_instance_counts_with_the_longest_campaign_that_ran_it() -> None:
    short = {"family": "curtois", "time_limit": 60.0, "results": [{"instance": "1", "cost": 9}, {"instance": "2"}]}
    long = {"family": "curtois", "time_limit": 600.0, "results": [{"instance": "1", "cost": 7}]}
    found = longest([long, short], "curtois")
    assert {name: row.get("cost") for name, row in found.items()} == {"1": 7, "2": None}
