"""What an operation is read together with: history, kept rosters, and remarks where these do not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from patrolplan.audit import audit
from patrolplan.plan.loading import load_operation
from patrolplan.rules.fairness.spec import fair_shares
from patrolplan.units import parse_date

TWO_WEEKS = """\
patrolplan: 1
operation: {name: Two weeks, timezone: Asia/Jakarta, from: 2026-02-02 06:00, until: 2026-02-16 06:00}
shifts: {day: {start: "06:00", end: "18:00"}, night: {start: "18:00", end: "06:00", night: true}}
sites: {s: {posts: {p: {needs: [{staff: 1}]}}}}
personnel: [{id: A}, {id: B}, {id: C}, {id: D}]
rules: [{rest: 11h}, {fairness: [hours]}]
"""
HEAD = "person,site,post,shift,start,end,duty\n"


def _rows(first: str, people: str) -> str:
    """One day shift a date from a date on, by one person after the other."""
    start = parse_date(first)
    text = HEAD
    for step, person in enumerate(people):
        day = f"2026-02-{start + step - parse_date('2026-02-01') + 1:02d}"
        text += f"{person},s,p,day,{day}T06:00,{day}T18:00,{person}{step}\n"
    return text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ops.yaml").write_text(TWO_WEEKS)
    (tmp_path / "kept.csv").write_text(_rows("2026-02-02", "ABCDABC"))
    return tmp_path


def _window(first: str, last: str | None) -> tuple[tuple[int, int | None] | None, tuple[int, int | None] | None]:
    return (parse_date(first), None), (parse_date(last), None) if last else None


def test_shares_of_a_window_count_what_was_kept_before_it(folder: Path) -> None:
    window = _window("2026-02-09", None)
    problem = load_operation(folder / "ops.yaml", window=window, keep=folder / "kept.csv").problem
    (rule,) = [one for one in problem.rules if one.name == "fairness"]
    assert fair_shares(problem, rule, "hours") == dict.fromkeys(range(4), 14 * 24 * 60 // 4)
    assert min(slot.start for slot in problem.slots) == problem.window[0]
    assert len(problem.held) == 7


def test_shares_of_a_window_leave_out_what_is_not_planned_yet(folder: Path) -> None:
    window = _window("2026-02-02", "2026-02-09")
    problem = load_operation(folder / "ops.yaml", window=window).problem
    (rule,) = [one for one in problem.rules if one.name == "fairness"]
    assert fair_shares(problem, rule, "hours") == dict.fromkeys(range(4), 7 * 24 * 60 // 4)


def test_what_lies_after_the_window_is_no_gap(folder: Path) -> None:
    window = _window("2026-02-03", "2026-02-04")
    loaded = load_operation(folder / "ops.yaml", window=window, keep=folder / "kept.csv")
    problem = loaded.problem
    gaps = [one for one in audit(problem, loaded.kept, since=problem.window[0]).findings if one.severity == "gap"]
    assert sum((one.end or 0) - (one.start or 0) for one in gaps) == 24 * 60


@pytest.mark.parametrize(
    ("window", "keep", "remark"),
    [
        ((None, None), "kept.csv", "without these nothing is kept"),
        (_window("2026-02-09", None), None, "nothing before Mon 9 Feb 06:00 is kept"),
        (_window("2026-02-09", None), "kept.csv", ""),
        ((None, None), None, ""),
    ],
)
def test_remarks_about_windows(folder: Path, window: object, keep: str | None, remark: str) -> None:
    kept = folder / keep if keep else None
    warnings = load_operation(folder / "ops.yaml", window=window, keep=kept).warnings  # type: ignore[arg-type]
    assert [remark in one.message for one in warnings] == ([True] if remark else [])


@pytest.mark.parametrize(
    ("row", "remark"),
    [
        ("A,s,p,day,2026-02-02T06:00,2026-02-02T18:00,A1", "no duty of it lies before"),
        ("A,s,p,day,2026-01-27T06:00,2026-01-27T18:00,A1", "5 dates before the operation are empty"),
    ],
)
def test_remarks_about_history(folder: Path, row: str, remark: str) -> None:
    (folder / "old.csv").write_text(f"{HEAD}{row}\n")
    (folder / "ops.yaml").write_text(TWO_WEEKS + "history: old.csv\n")
    (warning,) = load_operation(folder / "ops.yaml").warnings
    assert remark in warning.message


def test_history_that_leads_up_to_the_operation_needs_no_remark(folder: Path) -> None:
    (folder / "old.csv").write_text(HEAD + "A,s,p,night,2026-02-01T18:00,2026-02-02T06:00,A1\n")
    (folder / "ops.yaml").write_text(TWO_WEEKS + "history: old.csv\n")
    loaded = load_operation(folder / "ops.yaml")
    assert not loaded.warnings and len(loaded.problem.history) == 1


PUBLISHED = TWO_WEEKS.replace("{fairness: [hours]}", "{stability: {weight: 1}}") + "published: known.csv\n"


def test_a_published_roster_is_read_beside_the_plan(folder: Path) -> None:
    (folder / "known.csv").write_text(_rows("2026-02-01", "ABCDABCDABCDABC"))
    (folder / "ops.yaml").write_text(PUBLISHED)
    loaded = load_operation(folder / "ops.yaml")
    assert sorted(_date(duty.day) for duty in loaded.problem.published) == list(range(2, 16))
    assert not loaded.problem.history and not loaded.problem.held and not loaded.warnings
    assert set(loaded.problem.sources) == {"ops.yaml", "known.csv"}


def _date(day: int) -> int:
    return day - parse_date("2026-02-01") + 1


@pytest.mark.parametrize(
    ("rows", "rule", "remark"),
    [
        (HEAD, "{weight: 1}", "no duty of it lies in the operation"),
        (_rows("2026-02-02", "ABCD"), "{weight: 1}", "its last duty is Thu 5 Feb; later duties all count as changed"),
        (_rows("2026-02-02", "ABCD"), "{weight: 1, during: {dates: 2026-02-02..2026-02-05}}", ""),
        (_rows("2026-02-02", "ABCDABCDABCDAB") + "E,s,p,day,2026-02-02T06:00,2026-02-02T18:00,E\n", "{weight: 1}", "E"),
    ],
)
def test_remarks_about_a_published_roster(rows: str, rule: str, remark: str, folder: Path) -> None:
    (folder / "known.csv").write_text(rows)
    (folder / "ops.yaml").write_text(PUBLISHED.replace("{weight: 1}", rule))
    warnings = load_operation(folder / "ops.yaml").warnings
    assert [remark in one.message for one in warnings] == ([True] if remark else [])
    assert all("known.csv" in one.place.file for one in warnings)


def test_rows_of_the_history_that_are_left_out_are_said_once(folder: Path) -> None:
    row = "X,s,p,night,2026-02-01T18:00,2026-02-02T06:00,X1\n"
    (folder / "old.csv").write_text(HEAD + row.replace("X,", "A,").replace("X1", "A1") + row + row.replace("X1", "X2"))
    (folder / "ops.yaml").write_text(TWO_WEEKS + "history: old.csv\n")
    (warning,) = load_operation(folder / "ops.yaml").warnings
    assert warning.message == 'nobody has the service number "X": the row is left out; so is row 4.'
    assert warning.place.line == 3
