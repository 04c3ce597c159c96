"""The examples and presets: they load, and they are what they say they are."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import make_company_people, make_kpu_people
from patrolplan.config import load
from patrolplan.problem import Problem
from patrolplan.units import overlap, parse_date

ROOT = Path(__file__).parents[1]
KPU = ROOT / "examples" / "kpu-kalteng"
COMPANY = ROOT / "examples" / "company"
OPERATIONS = [
    ROOT / "examples" / "minimal.yaml",
    KPU / "ops.yaml",
    KPU / "ops-reinforced.yaml",
    KPU / "ops-relief.yaml",
    COMPANY / "ops.yaml",
    ROOT / "examples" / "everything" / "ops.yaml",
]
PRESETS = sorted(
    path.relative_to(ROOT / "configs").with_suffix("").as_posix()
    for path in ROOT.glob("configs/*/*.yaml")
    if path.parent.name != "rotations"
)

KPU_RULES = {
    "nights-then-home": ("succession", False, 2),
    "experienced-at-every-site": ("mix", False, 2),
    "regu": ("teams", False, 2),
    "away-from-the-wall": ("variety", False, 3),
    "reserve-plenary": ("reserve", False, 2),
    "fair": ("fairness", False, 3),
}
USED = {
    KPU / "ops.yaml": KPU_RULES,
    KPU / "ops-reinforced.yaml": KPU_RULES,
    COMPANY / "ops.yaml": {
        "full/month": ("hours", True, 2),
        "part/month": ("hours", True, 2),
        "part/week": ("hours", True, 2),
        "weekly-rest-eu": ("weekly_rest", True, 2),
        "day-off-after-nights": ("succession", False, 2),
        "newcomers": ("induction", True, 2),
        "known-faces": ("continuity", False, 2),
        "eyes-off-the-screens": ("variety", False, 2),
        "couple": ("teams", True, 2),
        "fair": ("fairness", False, 3),
    },
}
"""Rules beyond working time and cover: name in the catalogue, whether hard, and level."""
HOLIDAY = {KPU: "2024-11-27", COMPANY: "2025-03-08"}
"""The one public holiday in each operation: an election day, and Women's Day in Berlin."""

HEAD_COUNTS = {
    "campaign": {
        "kpu-province": 10,
        "bawaslu-province": 7,
        "kpu-city": 4,
        "warehouse": 3,
        "mobile": 4,
        "command-post": 1,
    },
    "quiet": {"kpu-province": 14, "bawaslu-province": 9, "kpu-city": 5, "warehouse": 6, "mobile": 8, "command-post": 2},
    "voting": {
        "kpu-province": 20,
        "bawaslu-province": 12,
        "kpu-city": 7,
        "warehouse": 7,
        "mobile": 12,
        "command-post": 3,
    },
    "recapitulation": {
        "kpu-province": 14,
        "bawaslu-province": 9,
        "kpu-city": 7,
        "warehouse": 7,
        "mobile": 8,
        "command-post": 2,
    },
    "plenary": {
        "kpu-province": 24,
        "bawaslu-province": 18,
        "kpu-city": 4,
        "warehouse": 5,
        "mobile": 12,
        "command-post": 3,
    },
}
"""People on duty in every shift, by phase and site."""
IN_ALL = {"campaign": 29, "quiet": 44, "voting": 61, "recapitulation": 47, "plenary": 66}


def staff_by_site(problem: Problem, start: int, end: int) -> Counter[str]:
    """People that the posts of each site ask for through the whole of a shift."""
    counts: Counter[str] = Counter()
    for index, post in enumerate(problem.posts):
        asked = [
            window.count
            for demand in problem.demands
            if demand.kind == "staff" and demand.posts == frozenset({index})
            for window in demand.windows
            if overlap((window.start, window.end), (start, end)) == end - start
        ]
        counts[problem.sites[post.site].name] += max(asked, default=0)
    return counts


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";" if path.parent == COMPANY else ","))


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_examples_load_without_a_warning(path: Path) -> None:
    loaded = load(path)
    assert loaded.problem.people
    assert loaded.warnings == ()


@pytest.mark.parametrize("path", USED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_examples_use_the_rules_that_a_planner_there_wants(path: Path) -> None:
    problem = load(path).problem
    seen = {rule.id: (rule.name, rule.weight is None, rule.level) for rule in problem.rules}
    assert {name: seen.get(name) for name in USED[path]} == USED[path]
    assert problem.warnings == ()


@pytest.mark.parametrize("path", USED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_examples_know_their_public_holiday(path: Path) -> None:
    problem = load(path).problem
    (day,) = (day for day in problem.holidays if problem.first_day <= day <= problem.last_day)
    assert day == parse_date(HOLIDAY[path.parent])


def test_people_of_the_company_who_are_named_in_rules_are_who_the_comments_say() -> None:
    problem = load(COMPANY / "ops.yaml").problem
    known = {who.id: who for who in problem.people}
    newcomer, couple = known["09882"], [known["04359"], known["05337"]]
    assert newcomer.years == 0
    assert newcomer.absences[0].end == problem.zone.instant(parse_date("2025-03-10"), 6 * 60)
    assert {who.sex for who in couple} == {"f", "m"}
    assert all(who.contract == newcomer.contract for who in couple)


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_can_be_extended(preset: str, tmp_path: Path) -> None:
    text = (ROOT / "examples" / "minimal.yaml").read_text(encoding="utf-8")
    path = tmp_path / "ops.yaml"
    path.write_text(text.replace("patrolplan: 1\n", f"patrolplan: 1\nextends: [{preset}]\n"), encoding="utf-8")
    assert load(path).problem.rules


@pytest.mark.parametrize("name", ["ops.yaml", "ops-reinforced.yaml"])
def test_every_shift_of_every_phase_asks_for_the_head_count(name: str) -> None:
    problem = load(KPU / name).problem
    seen: Counter[str] = Counter()
    for start, end in sorted({(slot.start, slot.end) for slot in problem.slots}):
        (phase,) = (one.name for one in problem.phases if one.start <= start < one.end)
        asked = staff_by_site(problem, start, end)
        assert asked == HEAD_COUNTS[phase]
        assert asked.total() == IN_ALL[phase]
        seen[phase] += 1
    assert seen == {"campaign": 34, "quiet": 6, "voting": 2, "recapitulation": 18, "plenary": 6}


@pytest.mark.parametrize("contingent", make_kpu_people.CONTINGENTS, ids=lambda one: one.file)
def test_a_contingent_has_its_ranks_and_qualifications(contingent: make_kpu_people.Contingent) -> None:
    people = rows(KPU / contingent.file)
    assert Counter(person["rank"] for person in people) == contingent.ranks
    assert (
        Counter(name for person in people for name in person["qualifications"].split(";") if name)
        == contingent.qualified
    )
    assert all((person["sex"] == "f") == ("policewoman" in person["qualifications"]) for person in people)
    assert all("experienced" in person["qualifications"] for person in people if "danru" in person["qualifications"])
    assert all(re.fullmatch(r"\d{8}", person["id"]) and person["name"].startswith("Contoh ") for person in people)


def test_there_are_as_many_people_as_the_operation_says() -> None:
    sizes = [len(rows(KPU / contingent.file)) for contingent in make_kpu_people.CONTINGENTS]
    assert sizes == [128, 44, 30]
    assert len(load(KPU / "ops.yaml").problem.people) == 172
    assert len(load(KPU / "ops-reinforced.yaml").problem.people) == 202


def test_regu_are_of_one_size_before_and_after_the_attached_arrive() -> None:
    problem = load(KPU / "ops.yaml").problem
    quiet = next(phase for phase in problem.phases if phase.name == "quiet")
    before = [
        who.team_at(problem.start) for who in problem.people if not who.absences or who.absences[0].end != quiet.start
    ]
    after = Counter(who.team_at(quiet.start) for who in problem.people)
    assert Counter(before) == {"regu-1": 32, "regu-2": 32, "regu-3": 32, "regu-4": 32}
    assert sorted(after.values()) == [57, 57, 58]


def test_every_later_regu_can_serve_the_plenary_alone_where_kinds_are_scarce() -> None:
    problem = load(KPU / "ops.yaml").problem
    plenary = next(phase for phase in problem.phases if phase.name == "plenary")
    officer = problem.ranks.index("Ipda")
    for team in ("regu-1", "regu-2", "regu-3"):
        members = [who for who in problem.people if who.team_at(plenary.start) == team]
        held = Counter(name for who in members for name in who.qualifications)
        needed = {"danru": 4, "radio": 2, "driver": 6, "policewoman": 3, "armed": 14, "experienced": 10}
        assert all(held[name] >= count for name, count in needed.items())
        assert sum(who.rank is not None and who.rank >= officer for who in members) >= 3


def test_nobody_is_absent_on_the_voting_days_or_in_the_plenary() -> None:
    problem = load(KPU / "ops.yaml").problem
    closed = [
        (problem.zone.instant(parse_date(first), 0), problem.zone.instant(parse_date(last), 24 * 60))
        for first, last in (("2024-11-26", "2024-11-28"), ("2024-12-07", "2024-12-10"))
    ]
    absent = [one for who in problem.people for one in who.absences if one.place.file.endswith("absences.csv")]
    assert 18 <= len(absent) <= 24
    assert not any(overlap((one.start, one.end), span) for one in absent for span in closed)


@pytest.mark.parametrize(
    ("write", "folder"),
    [(make_kpu_people.main, KPU), (make_company_people.main, COMPANY)],
    ids=["kpu-kalteng", "company"],
)
def test_personnel_files_come_out_of_their_script(write: object, folder: Path, tmp_path: Path) -> None:
    assert callable(write)
    write(tmp_path)
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == sorted(path.name for path in folder.glob("*.csv"))
    for name in written:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_company_files_are_as_a_spreadsheet_saves_them() -> None:
    for path in COMPANY.glob("*.csv"):
        content = path.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.count(b"\r\n") == content.count(b"\n")
        assert b";" in content.splitlines()[0]


def test_some_certificates_of_the_company_run_out() -> None:
    problem = load(COMPANY / "ops.yaml").problem
    last = [who.qualifications["first_aid"] for who in problem.people if "first_aid" in who.qualifications]
    assert len(last) == 30
    assert sum(date <= problem.last_day for date in last) == 5


def test_the_operation_in_the_readme_loads(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (operation,) = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    (tmp_path / "ops.yaml").write_text(operation, encoding="utf-8")
    (tmp_path / "people.csv").write_text("id,name,qualifications\nP1,Contoh A,first_aid\n", encoding="utf-8")
    assert load(tmp_path / "ops.yaml").problem.slots
