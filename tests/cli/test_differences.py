"""Two rosters side by side, as a planner calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.operations import read_rows, write_rows
from tests.cli.test_replanning import row, week


def edited(folder: Path, roster: Path) -> Path:
    """The roster with one duty handed over, one dropped and one cut short by seven minutes."""
    rows = read_rows(roster)
    by_time = {(one["start"][:10], one["shift"], one["post"]): one for one in rows}
    by_time["2020-03-03", "day", "gate"]["person"] = "P05"
    rows.remove(by_time["2020-03-04", "night", "gate"])
    by_time["2020-03-06", "day", "gate"]["end"] = "2020-03-06T17:53"
    return write_rows(folder / "edited.csv", rows)


def test_who_gains_and_loses_by_person_and_post_with_cover_and_fairness(run: Run, folder: Path) -> None:
    operation, roster = week(folder)
    ran = run("diff", operation, roster, edited(folder, roster), "--format", "json")
    assert ran.code == 0 and ran.data["status"] == "different" and ran.data["changes"] == 4
    people = {one["person"]: one for one in ran.data["by_person"]}
    assert sorted(people) == ["P01", "P02", "P03", "P05"]
    assert [len(people["P01"][side]) for side in ("gains", "loses")] == [0, 1]
    assert people["P05"]["before"]["minutes"] + 720 == people["P05"]["after"]["minutes"]
    assert people["P02"]["after"]["nights"] == people["P02"]["before"]["nights"] - 1
    (post,) = ran.data["by_post"]
    assert post["post"] == "depot/gate" and len(post["duties"]) == 4
    cover = ran.data["cover"]
    assert (cover["opened_minutes"], cover["closed_minutes"]) == (727, 0)
    assert [one["from"][:16] for one in cover["needs"][0]["opened"]] == ["2020-03-04T18:00", "2020-03-06T17:53"]
    assert ran.data["fairness"]["before"]["cost"] != ran.data["fairness"]["after"]["cost"]


def test_the_other_way_round_what_opened_closes(run: Run, folder: Path) -> None:
    operation, roster = week(folder)
    ran = run("diff", operation, edited(folder, roster), roster, "--format", "json")
    assert (ran.data["cover"]["opened_minutes"], ran.data["cover"]["closed_minutes"]) == (0, 727)


def test_the_exit_code_tells_only_if_asked(run: Run, folder: Path) -> None:
    operation, roster = week(folder)
    other = edited(folder, roster)
    assert run("diff", operation, roster, other).code == 0
    assert run("diff", operation, roster, other, "--exit-code").code == 1
    same = write_rows(folder / "same.csv", reversed(read_rows(roster)))
    ran = run("diff", operation, roster, same, "--exit-code")
    assert ran.code == 0 and "Nobody gains or loses a duty." in ran.out


def test_broken_rules_are_told_and_rows_that_cannot_be_read_make_a_difference(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    operation, roster = week(folder)
    rows = read_rows(roster)
    rows[1]["person"] = "P02"
    rows.append(row("P77", 8, "night", post="yard"))
    ran = run("diff", operation, roster, write_rows(folder / "new.csv", rows), "--format", "json", "--exit-code")
    assert ran.code == 1 and {one["code"] for one in ran.data["broken"]} >= {"PP202", "PP204"}
    assert ran.data["unread"]["new"][0]["row"] == len(rows) + 1
    rows[1]["person"] = "P01"
    text = run("diff", operation, roster, write_rows(folder / "new.csv", rows), "--exit-code")
    assert text.code == 1 and f"new.csv:{len(rows) + 1}" in text.out and "P77" in text.out


def test_a_spreadsheet_with_semicolons_is_the_same_roster(run: Run, folder: Path) -> None:
    operation, roster = week(folder)
    text = roster.read_text(encoding="utf-8").replace(",", ";")
    (folder / "sheet.csv").write_text("\ufeff" + text, encoding="utf-8")
    assert run("diff", operation, roster, "sheet.csv", "--exit-code").code == 0


def test_narrow_and_wide_terminals(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    operation, roster = week(folder)
    other = edited(folder, roster)
    for width in (80, 160):
        monkeypatch.setenv("COLUMNS", str(width))
        ran = run("diff", operation, roster, other)
        assert max(map(len, ran.out.splitlines())) <= width
        assert "By person" in ran.out and "By post" in ran.out and "Effect on cover" in ran.out
