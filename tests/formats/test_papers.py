from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pytest

from patrolplan.audit import audit
from patrolplan.errors import InputError
from patrolplan.findings import Finding, Severity
from patrolplan.formats.findings_json import findings_json
from patrolplan.formats.grid import write_grid
from patrolplan.formats.roster_json import roster_json
from patrolplan.formats.sidecar import build_sidecar, parse_sidecar, sidecar_text
from patrolplan.proof import LevelProof, Proof, Status
from tests.tiny import tiny_problem, tiny_roster


def test_grid() -> None:
    problem = tiny_problem({"A": {"rank": "Ipda", "team": "1"}, "B": None}, 3, posts=["s/p", "s/q"], ranks=["Ipda"])
    roster = tiny_roster(problem, {"A": "D,N n +D@s/q", "B": ". . N"})
    rows = list(csv.reader(io.StringIO(write_grid(problem, roster))))
    assert rows == [
        ["person", "name", "rank", "team", "2024-11-04", "2024-11-05", "2024-11-06", "hours", "nights"],
        ["A", "A", "Ipda", "1", "D s/p + N s/p", "(N s/p)", "training D s/q", "36", "1"],
        ["B", "B", "", "", "", "", "N s/p", "12", "1"],
    ]


def test_grid_shows_relief_inside_a_duty() -> None:
    problem = tiny_problem(["A"], 1, posts=["s/p", "s/q"])
    parts = [
        {"person": "A", "post": "s/p", "shift": "D", "start": "2024-11-04 07:00", "end": "2024-11-04 12:00"},
        {"person": "A", "post": "s/q", "shift": "D", "start": "2024-11-04 12:00", "end": "2024-11-04 19:00"},
    ]
    assert "D s/p > 12:00 s/q,12,0" in write_grid(problem, tiny_roster(problem, {}, parts))


def test_findings_as_facts() -> None:
    problem = tiny_problem(["A"], 2, needs=[{"staff": 1, "cost": 10}], rules=[{"rest": "24h"}], always=True)
    found = findings_json(problem, audit(problem, tiny_roster(problem, {"A": "DD"})))
    assert found["status"] == "broken"
    assert found["summary"]["open_person_shifts"] == 2
    assert found["summary"]["open_hours"] == 24
    assert found["summary"]["cover"] == 0.5
    assert found["summary"]["costs"]["1"] == 240
    gap = next(one for one in found["findings"] if one["code"] == "PP101")
    assert (gap["from"], gap["until"]) == ("2024-11-04T19:00+07:00", "2024-11-05T07:00+07:00")
    assert (gap["actual"], gap["required"], gap["cost"], gap["level"]) == (0, 1, 120.0, 1)
    assert set(gap) == {
        "code", "title", "severity", "message", "rule", "person", "site", "post", "from", "until", "actual",
        "required", "unit", "cost", "level", "file", "line", "row", "accepted",
    }  # fmt: skip
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    ("severity", "status"),
    [(Severity.HARD, "broken"), (Severity.GAP, "gaps"), (Severity.SOFT, "findings"), (Severity.NOTE, "clean")],
)
def test_status_is_the_worst_severity(severity: Severity, status: str) -> None:
    problem = tiny_problem([], 1)
    extra = [Finding("PP901", severity, "words")]
    assert findings_json(problem, audit(problem, tiny_roster(problem, {})), extra)["status"] == status


def test_roster_as_facts() -> None:
    problem = tiny_problem(["A"], 1)
    found = roster_json(problem, tiny_roster(problem, {"A": "N"}))
    assert found["stretches"][0]["start"] == "2024-11-04T19:00+07:00"
    assert (found["duties"], found["people"], found["timezone"]) == (1, 1, "Asia/Pontianak")


def built() -> dict[str, object]:
    levels = (LevelProof(1, 600, 600, True), LevelProof(3, 90, 60, False))
    return build_sidecar(
        versions={"patrolplan": "0.1", "python": "3.11", "ortools": "9.15"},
        roster="abc",
        inputs={"ops.yaml": "1", "people.csv": "2"},
        seed=7,
        options={"time_limit": 60},
        proof=Proof(Status.FEASIBLE, levels, 12.34),
        by_rule={"rest": 90},
        written=dt.datetime(2024, 11, 1, 7, 0, tzinfo=dt.timezone(dt.timedelta(hours=7))),
    )


def test_sidecar_says_how_good_the_roster_is() -> None:
    data = built()
    assert data["written"] == "2024-11-01T00:00:00Z"
    assert data["by_rule"] == {"rest": 1.5}
    levels = data["levels"]
    assert isinstance(levels, list)
    assert levels[1] == {"level": 3, "name": "fairness", "cost": 1.5, "bound": 1.0, "gap": 30 / 90, "proved": False}


def test_sidecar_is_read_back() -> None:
    found = parse_sidecar(sidecar_text(built()), "r.csv.json")
    assert (found.roster, found.seed, found.status) == ("abc", 7, "feasible")
    assert found.stale_inputs({"ops.yaml": "1", "people.csv": "3", "new.csv": "4"}) == ("new.csv", "people.csv")
    assert found.stale_inputs({"ops.yaml": "1", "people.csv": "2"}) == ()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"sidecar": 2}', '{"sidecar": 1}', "[" * 100_000, '{"sidecar":1,"roster":1}']
)
def test_a_damaged_sidecar_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_sidecar(text, "r.csv.json")
