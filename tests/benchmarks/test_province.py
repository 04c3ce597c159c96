"""The synthetic province: the same for the same seed, an ordinary operation, and of one character at any size."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.province.layout import FROM, PHASES, Layout, posts_of_site
from benchmarks.province.operation import make_province, sites_for
from patrolplan.engine.components import components
from patrolplan.engine.formulation import Formulation
from patrolplan.engine.greedy import first_roster
from patrolplan.engine.subproblem import Effort, StopSignal
from patrolplan.errors import EXIT_INPUT

SMALL = ("--people", "100", "--sites", "2", "--days", "9")


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("one", "1"), ("again", "1"), ("other", "2")):
        assert main(["province", *SMALL, "--seed", seed, "-o", str(tmp_path / name)]) == 0
    assert files(tmp_path / "one") == files(tmp_path / "again")
    assert sorted(files(tmp_path / "one")) == ["ops.absences.csv", "ops.personnel.csv", "ops.yaml"]
    assert files(tmp_path / "one")["ops.personnel.csv"] != files(tmp_path / "other")["ops.personnel.csv"]


@pytest.mark.parametrize(("people", "sites"), [(50, 1), (87, 1), (400, 5)])
def test_it_is_an_ordinary_operation(people: int, sites: int) -> None:
    loaded = make_province(people, sites, 9, 1).load()
    problem = loaded.problem
    assert len(problem.people) == people and not loaded.warnings
    guarded = [site for site in problem.sites if site.name.startswith("site-")]
    assert len(guarded) == sites == sites_for(people)
    attached = [who for who in problem.people if who.unit.startswith("BKO")]
    assert 0.2 < len(attached) / people < 0.3
    assert all(who.absences for who in attached)
    held = Counter(name for who in problem.people for name in who.qualifications)
    assert set(held) == {"armed", "experienced", "driver", "danru", "radio", "policewoman"}
    assert held["danru"] == 8 * sites and held["policewoman"] == 5 * sites
    names = Counter(rule.name for rule in problem.rules)
    assert names["command"] == -(-sites // 4) and names["reserve"] == len(PHASES)
    assert {"rest", "hours", "shift_streak", "fairness", "mix", "teams"} <= set(names)


@pytest.mark.parametrize("people", [50, 100, 500, 2000, 5200])
def test_the_slack_is_the_same_at_any_size(people: int) -> None:
    layout = Layout(people, sites_for(people), 28)
    assert sum(group.own + group.attached for group in layout.groups) == people
    for phase, most in {"campaign": 4 / 14, "quiet": 1 / 3, "voting": 1 / 3, "recapitulation": 1 / 3}.items():
        present = sum(group.own + (phase != "campaign") * group.attached for group in layout.groups)
        heads = sum(numbers[phase] for group in layout.groups for numbers in layout.heads(group).values())
        assert 0.1 < 1 - heads / (present * most) < 0.32, phase
    assert all(sum(posts_of_site(heads).values()) == heads for heads in range(5, 40))


def test_phases_and_absences_leave_voting_day_alone() -> None:
    problem = make_province(200, 2, 28, 1).load().problem
    voting = FROM.toordinal() + Layout(200, 2, 28).first_day("voting")
    begins, ends = problem.zone.instant(voting - 1, 420), problem.zone.instant(voting + 2, 0)
    own = [who for who in problem.people if not who.unit.startswith("BKO")]
    assert sum(bool(who.absences) for who in own) > 10
    assert not any(one.start < ends and begins < one.end for who in own for one in who.absences)


def test_it_does_not_fall_apart_and_the_first_roster_has_no_gap() -> None:
    formulation = Formulation(make_province(250, 5, 9, 1).load().problem)
    assert len(components(formulation)) == 1
    incumbent = first_roster(formulation, Effort(30.0, deterministic=True), StopSignal())
    assert incumbent.costs[0] == 0 and incumbent.open_minutes() == 0


def test_too_small_a_force_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["province", "--people", "30", "-o", str(tmp_path / "p")]) == EXIT_INPUT
    assert "at least 40 people for each site" in capsys.readouterr().err
