"""What ``check`` leaves out, what it fails on, and whether a roster is fresh."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run, Solved
from tests.cli.operations import read_rows, write_rows, write_two_sites


@pytest.fixture
def copied(two_sites: Solved, folder: Path) -> Solved:
    """The operation of two sites with its roster, to be changed."""
    for path in two_sites.operation.parent.iterdir():
        shutil.copy(path, folder)
    return Solved(folder / "ops.yaml", folder / "roster.csv", two_sites.ran)


def without(roster: Path, post: str, start: str) -> None:
    """Take the duties at a post that start at a moment out of a roster."""
    rows = read_rows(roster)
    left = [row for row in rows if not (row["post"] == post and row["start"].startswith(start))]
    assert len(left) < len(rows)
    write_rows(roster, left)


def accept(operation: Path, entry: str) -> None:
    text = operation.read_text(encoding="utf-8")
    operation.write_text(text.replace("rules:", f"accept:\n  - {{{entry}}}\nrules:"), encoding="utf-8")


def test_the_past_is_left_out(copied: Solved, run: Run) -> None:
    without(copied.roster, "door", "2025-03-04T07:00")
    arguments = ["check", copied.operation, copied.roster, "--format", "json", "--from"]
    assert run(*arguments, "2025-03-03").code == 1
    assert run(*arguments, "2025-03-04 18:59").code == 1
    ran = run(*arguments, "2025-03-04 19:00")
    assert (ran.code, ran.data["status"], ran.data["summary"]["open_hours"]) == (0, "clean", 0)
    assert run(*arguments, "2025-03-05").code == 0
    assert run(*arguments, "5 March").refused()


def test_rows_that_are_not_understood_stay_also_without_the_past(copied: Solved, run: Run) -> None:
    text = copied.roster.read_text(encoding="utf-8")
    copied.roster.write_text(text.replace(",door,", ",dor,", 1), encoding="utf-8")
    ran = run("check", copied.operation, copied.roster, "--format", "json", "--from", "2025-03-09")
    assert ran.code == 1
    assert ran.findings[0]["code"] == "PP901"


@pytest.mark.parametrize(
    ("fault", "codes"),
    [("none", (0, 0, 0)), ("soft", (0, 0, 1)), ("gap", (0, 1, 1)), ("hard", (1, 1, 1))],
)
def test_thresholds(fault: str, codes: tuple[int, int, int], copied: Solved, run: Run) -> None:
    rows = read_rows(copied.roster)
    if fault == "soft":
        rows[0]["name"] = "Somebody else"
    elif fault == "gap":
        del rows[0]
    elif fault == "hard":
        rows[0]["person"] = "P99"
    write_rows(copied.roster, rows)
    arguments = ["check", copied.operation, copied.roster, "--fail-on"]
    assert tuple(run(*arguments, threshold).code for threshold in ("hard", "gap", "any")) == codes
    assert run("check", copied.operation, copied.roster).code == codes[1]


def test_findings_go_to_a_file(copied: Solved, run: Run, folder: Path) -> None:
    without(copied.roster, "door", "2025-03-04T07:00")
    ran = run("check", copied.operation, copied.roster, "--output-file", "found.txt")
    assert (ran.code, ran.out, ran.err) == (1, "", "")
    text = (folder / "found.txt").read_text(encoding="utf-8")
    assert "depot / door" in text and "1 short of 1" in text and "\x1b" not in text
    assert run("check", copied.operation, copied.roster, "--output-file", "none/found.txt").refused()


# -- fresh -----------------------------------------------------------------------------------------------------------


def stale(run: Run, solved: Solved) -> list[str]:
    """Why the roster is not fresh; its exit code agrees."""
    ran = run("check", solved.operation, solved.roster, "--require-fresh", "--format", "json", "--fail-on", "hard")
    found = [one for one in ran.findings if one["code"] == "PP903"]
    assert all(one["file"] == str(solved.roster) for one in found)
    assert ran.code == (1 if any(one["severity"] == "hard" for one in ran.findings) else 0)
    return [str(one["message"]) for one in found]


def test_fresh(copied: Solved, run: Run) -> None:
    assert stale(run, copied) == []


def test_a_roster_without_a_sidecar_is_not_fresh(copied: Solved, run: Run) -> None:
    copied.roster.with_name("roster.csv.json").unlink()
    (message,) = stale(run, copied)
    assert "roster.csv.json" in message
    assert run("check", copied.operation, copied.roster).code == 0


@pytest.mark.parametrize("name", ["ops.yaml", "people.csv"])
def test_a_roster_of_other_input_is_not_fresh(name: str, copied: Solved, run: Run, folder: Path) -> None:
    with (folder / name).open("a", encoding="utf-8") as stream:
        stream.write("\n")
    (message,) = stale(run, copied)
    assert message.endswith(name)


def test_an_edited_roster_is_not_fresh(copied: Solved, run: Run) -> None:
    without(copied.roster, "door", "2025-03-04T07:00")
    (message,) = stale(run, copied)
    assert "edited" in message


def test_a_damaged_sidecar_is_bad_input(copied: Solved, run: Run) -> None:
    copied.roster.with_name("roster.csv.json").write_text("{", encoding="utf-8")
    assert "it is not JSON" in run("check", copied.operation, copied.roster, "--require-fresh").refused()


def test_a_roster_that_kept_another_is_fresh(run: Run, folder: Path) -> None:
    operation = write_two_sites(folder)
    week = ("--deterministic", "--quiet")
    assert run("solve", operation, "--until", "2025-03-06", "-o", "first.csv", *week).code == 0
    assert run("solve", operation, "--from", "2025-03-06", "--keep", "first.csv", "-o", "r.csv", *week).code == 0
    assert run("check", operation, "r.csv", "--require-fresh").code == 0


def test_histories_of_one_name_are_told_apart(run: Run, folder: Path) -> None:
    for month in ("january", "february"):
        (folder / month).mkdir()
        (folder / month / "roster.csv").write_text("person,start,end\n", encoding="utf-8")
    history = "personnel: people.csv\nhistory: [january/roster.csv, february/roster.csv]"
    operation = write_two_sites(folder, ("personnel: people.csv", history))
    assert run("solve", operation, "-o", "r.csv", "--deterministic", "--quiet").code == 0
    solved = Solved(operation, folder / "r.csv", run("check", operation, "r.csv", "--require-fresh"))
    assert stale(run, solved) == []
    (folder / "january" / "roster.csv").write_text("person,start,end\n\n", encoding="utf-8")
    (message,) = stale(run, solved)
    assert message.endswith(": january/roster.csv")


# -- accepted --------------------------------------------------------------------------------------------------------

KNOWN = "finding: PP101, at: depot/door, short: 1, by: Contoh, until: 2025-03-31, reason: closed"


def test_an_accepted_gap_is_a_note(copied: Solved, run: Run) -> None:
    without(copied.roster, "door", "2025-03-04T07:00")
    accept(copied.operation, KNOWN)
    ran = run("check", copied.operation, copied.roster, "--format", "json", "--fail-on", "any")
    assert ran.code == 0
    (finding,) = (one for one in ran.findings if one["code"] == "PP101")
    assert finding["severity"] == "note"
    assert "accepted by Contoh until 2025-03-31: closed" in finding["accepted"]
    assert "Accepted" in run("check", copied.operation, copied.roster).out


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("until: 2025-03-31", "until: 2025-03-03", "only until 2025-03-03"),
        ("short: 1", "short: 0", "only up to 0"),
        ("depot/door", "harbour", ""),
        ("PP101", "PP102", ""),
        ("short: 1", "short: 1, during: {dates: 2025-03-05}", ""),
    ],
)
def test_what_is_worse_or_expired_fails_again(old: str, new: str, words: str, copied: Solved, run: Run) -> None:
    without(copied.roster, "door", "2025-03-04T07:00")
    assert old in KNOWN
    accept(copied.operation, KNOWN.replace(old, new))
    ran = run("check", copied.operation, copied.roster, "--format", "json")
    assert ran.code == 1
    (finding,) = (one for one in ran.findings if one["code"] == "PP101")
    assert (finding["severity"], finding["accepted"]) == ("gap", "")
    assert words in finding["message"]


def test_an_acceptance_covers_no_further_gap(copied: Solved, run: Run) -> None:
    without(copied.roster, "door", "2025-03-04T07:00")
    without(copied.roster, "gate", "2025-03-04T19:00")
    accept(copied.operation, KNOWN)
    ran = run("check", copied.operation, copied.roster, "--format", "json")
    assert ran.code == 1
    assert [one["post"] for one in ran.findings if one["severity"] == "gap"].count("depot/door") == 0
