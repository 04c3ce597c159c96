"""``check`` for continuous integration: GitHub, JUnit and SARIF, read by their own parsers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli import reports
from tests.cli.conftest import Run, Solved
from tests.cli.operations import line_of, read_rows, write_rows

FORMATS = ("text", "json", "github", "junit", "sarif")


@pytest.fixture
def copied(two_sites: Solved, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Solved:
    """The operation of two sites with its roster, to be changed; the current folder is that of the files."""
    for name in ("GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    for path in two_sites.operation.parent.iterdir():
        shutil.copy(path, folder)
    return Solved(Path("ops.yaml"), Path("roster.csv"), two_sites.ran)


def edit(roster: Path, post: str, begins: str, **cells: str) -> int:
    """Change the only duty at a post that starts at a moment; returns its line."""
    rows = read_rows(roster)
    meant = [number for number, row in enumerate(rows) if row["post"] == post and row["start"].startswith(begins)]
    assert len(meant) == 1
    rows[meant[0]].update(cells)
    write_rows(roster, rows)
    return meant[0] + 2


def seven_minutes(roster: Path) -> int:
    """Let the night guard of the depot come seven minutes late on 7 March."""
    return edit(roster, "door", "2025-03-07T19:00", start="2025-03-07T19:07+07:00")


def checked(run: Run, solved: Solved, style: str, *more: object) -> Any:
    return run("check", solved.operation, solved.roster, "--format", style, *more)


def accept(operation: Path, entry: str) -> None:
    text = operation.read_text(encoding="utf-8")
    operation.write_text(text.replace("\nrules:", f"\naccept:\n  - {{{entry}}}\nrules:"), encoding="utf-8")


# -- seven minutes ---------------------------------------------------------------------------------------------------


def test_seven_minutes_fail_in_every_format(copied: Solved, run: Run) -> None:
    assert checked(run, copied, "text").code == 0
    row = seven_minutes(copied.roster)
    need = line_of(copied.operation, "needs: [{staff: 1}]")
    ran = {style: checked(run, copied, style) for style in FORMATS}
    assert {one.code for one in ran.values()} == {1}

    assert "depot / door  Fri 7 Mar 19:00-19:07  1 short of 1" in ran["text"].out
    (gap,) = (one for one in ran["json"].findings if one["severity"] == "gap")
    assert (gap["post"], gap["from"], gap["until"]) == (
        "depot/door",
        "2025-03-07T19:00+07:00",
        "2025-03-07T19:07+07:00",
    )

    (error,) = (one for one in reports.commands(ran["github"].out) if one.name == "error")
    assert (error.properties["file"], error.properties["line"]) == ("ops.yaml", str(need))
    assert error.properties["title"] == "PP101 cover gap: depot/door"
    assert error.data == "Fri 7 Mar 19:00-19:07 (7 min): 0 people on duty at depot/door; 1 needed"
    (warning,) = (one for one in reports.commands(ran["github"].out) if one.name == "warning")
    assert (warning.properties["file"], warning.properties["line"]) == ("roster.csv", str(row))

    suites = reports.junit(ran["junit"].out)
    (failed,) = reports.failures(suites)
    assert failed in list(suites["depot"])
    assert (failed.classname, failed.name) == ("depot/door", "door 2025-03-07")
    assert "Fri 7 Mar 19:00-19:07 (7 min)" in failed.result[0].message
    assert failed.result[0].type == "PP101"

    results = reports.sarif(ran["sarif"].out)["results"]
    (result,) = (one for one in results if one["level"] == "error")
    assert result["ruleId"] == "PP101"
    assert "depot/door" in result["message"]["text"] and "19:00-19:07 (7 min)" in result["message"]["text"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "ops.yaml"
    assert place["region"] == {"startLine": need, "startColumn": gap_column(copied.operation, need)}
    assert (result["properties"]["from"], result["properties"]["until"]) == (gap["from"], gap["until"])


def gap_column(operation: Path, line: int) -> int:
    """Where the need begins on its line."""
    return operation.read_text(encoding="utf-8").splitlines()[line - 1].index("{staff: 1}") + 1


@pytest.mark.parametrize("style", FORMATS)
@pytest.mark.parametrize(
    ("fault", "codes"),
    [("none", (0, 0, 0)), ("soft", (0, 0, 1)), ("gap", (0, 1, 1)), ("hard", (1, 1, 1))],
)
def test_exit_codes_and_what_counts_as_failed_go_together(
    style: str, fault: str, codes: tuple[int, int, int], copied: Solved, run: Run
) -> None:
    rows = read_rows(copied.roster)
    if fault == "soft":
        rows[0]["name"] = "Somebody else"
    elif fault == "gap":
        del rows[0]
    elif fault == "hard":
        rows[0]["person"] = "P99"
    write_rows(copied.roster, rows)
    for threshold, code in zip(("hard", "gap", "any"), codes, strict=True):
        ran = checked(run, copied, style, "--fail-on", threshold)
        assert ran.code == code
        if style == "github":
            assert any(one.name == "error" for one in reports.commands(ran.out)) == bool(code)
        elif style == "junit":
            assert bool(reports.failures(reports.junit(ran.out))) == bool(code)
        elif style == "sarif":
            assert reports.sarif(ran.out)["invocations"] == [{"executionSuccessful": True, "exitCode": code}]


@pytest.mark.parametrize("style", FORMATS)
def test_the_past_is_left_alone(style: str, copied: Solved, run: Run) -> None:
    seven_minutes(copied.roster)
    assert checked(run, copied, style, "--from", "2025-03-07").code == 1
    ran = checked(run, copied, style, "--from", "2025-03-08 07:00")
    assert ran.code == 0
    if style == "github":
        assert reports.commands(ran.out) == []
    elif style == "junit":
        suites = reports.junit(ran.out)
        assert [case.name for case in suites["depot"]] == ["door 2025-03-08", "door 2025-03-09"]
    elif style == "sarif":
        assert reports.sarif(ran.out)["results"] == []


@pytest.mark.parametrize("style", ["github", "junit", "sarif"])
def test_reports_go_to_a_file(style: str, copied: Solved, run: Run, folder: Path) -> None:
    seven_minutes(copied.roster)
    ran = checked(run, copied, style, "--output-file", "found")
    assert (ran.code, ran.out, ran.err) == (1, "", "")
    text = (folder / "found").read_text(encoding="utf-8")
    assert "depot/door" in text
    assert run("check", copied.operation, copied.roster, "--format", style, "--output-file", "no/found").refused()


def test_a_report_never_takes_the_place_of_what_it_is_about(copied: Solved, run: Run, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for name in ("roster.csv", "ops.yaml", "people.csv"):
        assert checked(run, copied, "sarif", "--output-file", name).refused()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("style", ["github", "junit", "sarif"])
def test_bad_input_is_refused_in_every_format(style: str, copied: Solved, run: Run) -> None:
    copied.roster.write_text("who,when\n", encoding="utf-8")
    assert "not a roster" in checked(run, copied, style).refused()


# -- GitHub ----------------------------------------------------------------------------------------------------------


def summary(folder: Path, monkeypatch: pytest.MonkeyPatch, before: str = "") -> Path:
    path = folder / "summary.md"
    path.write_text(before, encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    return path


def test_ten_of_a_level_worst_first_and_the_summary_has_all(
    copied: Solved, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = read_rows(copied.roster)
    late = 0
    for row in rows:
        if row["shift"] == "night" and row["post"] == "door":
            late += 1
            row["start"] = row["start"].replace("T19:00", f"T19:{late * 3:02d}")
    day = next(row for row in rows if row["post"] == "gate" and row["start"].startswith("2025-03-05T07:00"))
    others = [row for row in rows if row is not day]
    for row in [row for row in others if row["post"] == "gate"][:8]:
        row["person"] = "P77"
    write_rows(copied.roster, others)
    path = summary(folder, monkeypatch, "earlier words\n")
    ran = checked(run, copied, "github")
    found = reports.commands(ran.out)
    by_level = {level: [one for one in found if one.name == level] for level in ("error", "warning", "notice")}
    assert [one.name for one in found] == sorted((one.name for one in found), key=list(by_level).index)
    assert len(by_level["error"]) == 10 and len(found) <= 30
    assert all(one.properties["title"].startswith("PP901") for one in by_level["error"][:8])
    assert all(one.properties["title"].startswith("PP10") for one in by_level["error"][8:])
    text = path.read_text(encoding="utf-8")
    assert text.startswith("earlier words\n### roster.csv")
    table = [line for line in text.splitlines() if line.startswith("| error")]
    assert len(table) > 10
    assert f"{len(table) - 10} more of level error" in ran.out
    minutes = [line.split(" | ")[3] for line in table if "PP101" in line]
    assert any("19:03" in one and "(3 min)" in one for one in minutes)


def test_equal_gaps_on_consecutive_dates_are_one_annotation(copied: Solved, run: Run) -> None:
    rows = [row for row in read_rows(copied.roster) if not (row["post"] == "door" and row["shift"] == "night")]
    write_rows(copied.roster, rows)
    (error,) = (one for one in reports.commands(checked(run, copied, "github").out) if one.name == "error")
    assert "3-9 Mar, every night shift" in error.data
    assert "84 h, 7 windows, 7 person-shifts" in error.data


def test_without_a_summary_file_nothing_is_written(copied: Solved, run: Run, folder: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())
    assert checked(run, copied, "github").out == "roster.csv: nothing found; 0 min of 392 h open\n"
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_summary_that_cannot_be_written_is_said_and_changes_nothing_else(
    copied: Solved, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "no/such/folder")
    seven_minutes(copied.roster)
    ran = checked(run, copied, "github")
    assert ran.code == 1 and len(reports.commands(ran.out)) == 2
    assert "cannot be written" in ran.err


def test_files_are_named_as_the_repository_knows_them(
    copied: Solved, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seven_minutes(copied.roster)
    inside = folder / "guard" / "march"
    inside.mkdir(parents=True)
    for name in ("ops.yaml", "people.csv", "roster.csv"):
        (folder / name).rename(inside / name)
    monkeypatch.chdir(inside)
    there = Solved(Path("ops.yaml"), Path("roster.csv"), copied.ran)

    def files() -> list[str]:
        found = [one.properties["file"] for one in reports.commands(checked(run, there, "github").out)]
        run_ = reports.sarif(checked(run, there, "sarif").out)
        uris = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run_["results"]]
        assert sorted(set(uris)) == [found[0]]
        return found

    assert files() == ["ops.yaml", "roster.csv"]
    (folder / ".git").mkdir()
    assert files() == ["guard/march/ops.yaml", "guard/march/roster.csv"]
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder / "guard"))
    assert files() == ["march/ops.yaml", "march/roster.csv"]


# -- JUnit and SARIF -------------------------------------------------------------------------------------------------


def test_suites_are_sites_and_cases_posts_and_dates(copied: Solved, run: Run) -> None:
    suites = reports.junit(checked(run, copied, "junit").out)
    assert list(suites) == ["harbour", "depot", "rules", "roster file"]
    days = [f"2025-03-{day:02d}" for day in range(3, 10)]
    assert [case.name for case in suites["harbour"]] == [f"gate {day}" for day in days]
    assert [case.name for case in suites["depot"]] == [f"door {day}" for day in days]
    assert {"rest", "hours", "shift_streak", "availability"} <= {case.name for case in suites["rules"]}
    assert reports.failures(suites) == []


def test_personal_rules_have_a_suite_of_their_own(copied: Solved, run: Run) -> None:
    row = edit(copied.roster, "door", "2025-03-05T07:00", person="P03", name="Contoh 3")
    suites = reports.junit(checked(run, copied, "junit").out)
    failed = [case for case in reports.failures(suites) if case.name.startswith("availability: P03 Contoh 3")]
    assert failed and all(case in list(suites["rules"]) for case in failed)
    assert f"[roster.csv:{row}]" in failed[0].result[0].message
    results = reports.sarif(checked(run, copied, "sarif").out)["results"]
    absent = next(one for one in results if one["ruleId"] == "PP201")
    (there,) = absent["relatedLocations"]
    assert there["physicalLocation"]["artifactLocation"]["uri"] == "roster.csv"
    assert there["physicalLocation"]["region"] == {"startLine": row}
    line = absent["locations"][0]["physicalLocation"]["region"]["startLine"]
    assert line == line_of(copied.operation, "person: P03")


def test_a_gap_over_several_dates_fails_each_of_them(copied: Solved, run: Run) -> None:
    rows = [row for row in read_rows(copied.roster) if not (row["post"] == "door" and "03-04" in row["duty"])]
    rows = [row for row in rows if not (row["post"] == "door" and row["duty"].endswith("03-05/day"))]
    write_rows(copied.roster, rows)
    failed = reports.failures(reports.junit(checked(run, copied, "junit").out))
    assert [case.name for case in failed] == ["door 2025-03-04", "door 2025-03-05"]
    words = [case.result[0].message for case in failed]
    assert all("Tue 4 Mar 07:00 - Wed 5 Mar 19:00 (36 h)" in one for one in words)
    assert "[24 h on this date]" in words[0] and "[12 h on this date]" in words[1]


def test_rules_of_the_log_say_what_they_are(copied: Solved, run: Run) -> None:
    rules = reports.sarif(checked(run, copied, "sarif").out)["tool"]["driver"]["rules"]
    gap = next(rule for rule in rules if rule["id"] == "PP101")
    assert gap["name"] == "CoverGap" and gap["defaultConfiguration"] == {"level": "error"}
    assert "accept" in gap["help"]["text"] and gap["shortDescription"]["text"] == "Cover gap."
    assert len({rule["name"] for rule in rules}) == len(rules)


def test_fingerprints_outlast_lines_and_other_findings(copied: Solved, run: Run) -> None:
    def marks() -> dict[str, str]:
        results = reports.sarif(checked(run, copied, "sarif").out)["results"]
        return {one["message"]["text"]: one["partialFingerprints"]["patrolplanFinding/v1"] for one in results}

    seven_minutes(copied.roster)
    before = marks()
    text = copied.operation.read_text(encoding="utf-8")
    copied.operation.write_text("# a remark\n\n" + text, encoding="utf-8")
    edit(copied.roster, "gate", "2025-03-04T19:00", start="2025-03-04T19:20+07:00")
    after = marks()
    assert len(after) > len(before)
    assert {words: after[words] for words in before} == before


# -- accepted, and how severe ----------------------------------------------------------------------------------------

KNOWN = "finding: PP101, at: depot/door, short: 1, longest: 7m, by: Contoh, until: 2025-03-07"


@pytest.mark.parametrize("style", FORMATS)
def test_what_is_accepted_does_not_fail(style: str, copied: Solved, run: Run) -> None:
    seven_minutes(copied.roster)
    accept(copied.operation, KNOWN)
    ran = checked(run, copied, style)
    assert ran.code == 0
    words = "accepted by Contoh until 2025-03-07"
    if style == "github":
        assert [one.name for one in reports.commands(ran.out)] == ["warning", "notice"]
        assert words in reports.commands(ran.out)[1].data
    elif style == "junit":
        suites = reports.junit(ran.out)
        (skipped,) = (case for case in suites["depot"] if case.is_skipped)
        assert skipped.name == "door 2025-03-07" and words in skipped.result[0].message
    elif style == "sarif":
        (result,) = (one for one in reports.sarif(ran.out)["results"] if one["ruleId"] == "PP101")
        assert result["level"] == "note"
        assert result["suppressions"] == [{"kind": "external", "status": "accepted", "justification": words}]
    else:
        assert words in ran.out


def test_an_acceptance_that_meets_nothing_is_a_notice(copied: Solved, run: Run) -> None:
    accept(copied.operation, KNOWN)
    (notice,) = reports.commands(checked(run, copied, "github").out)
    assert (notice.name, notice.properties["line"]) == ("notice", str(line_of(copied.operation, KNOWN)))
    assert "take the entry out" in notice.data
    assert reports.commands(checked(run, copied, "github", "--from", "2025-03-05").out) == []


@pytest.mark.parametrize("style", FORMATS)
@pytest.mark.parametrize(
    ("start", "old", "new", "words"),
    [
        ("19:08", "", "", "only up to 7 min, and it lasts 8 min"),
        ("19:07", "short: 1", "short: 0", "only up to 0 people"),
        ("19:07", "until: 2025-03-07", "until: 2025-03-06", "only until 2025-03-06"),
    ],
)
def test_what_is_worse_or_expired_fails_again(
    style: str, start: str, old: str, new: str, words: str, copied: Solved, run: Run
) -> None:
    edit(copied.roster, "door", "2025-03-07T19:00", start=f"2025-03-07T{start}+07:00")
    accept(copied.operation, KNOWN.replace(old, new))
    ran = checked(run, copied, style)
    assert ran.code == 1
    if style != "text":
        assert words in ran.out
    if style != "json":
        assert f"19:00-{start}" in ran.out


@pytest.mark.parametrize(
    ("severity", "codes", "level"),
    [
        ("soft", (0, 0, 1), "warning"),
        ("warning", (0, 0, 1), "warning"),
        ("error", (0, 1, 1), "error"),
        ("note", (0, 0, 0), ""),
    ],
)
def test_a_rule_says_how_severe_it_is(
    severity: str, codes: tuple[int, int, int], level: str, copied: Solved, run: Run
) -> None:
    text = copied.operation.read_text(encoding="utf-8")
    rule = f"  - duties: {{id: few, max: 1 per week, severity: {severity}, for: {{people: P02}}}}\n"
    copied.operation.write_text(text + rule, encoding="utf-8")
    arguments = ["check", copied.operation, copied.roster, "--fail-on"]
    assert tuple(run(*arguments, threshold).code for threshold in ("hard", "gap", "any")) == codes
    results = [one for one in reports.sarif(checked(run, copied, "sarif").out)["results"] if one["ruleId"] == "PP206"]
    assert [one["level"] for one in results] == [level or "note"]
    shown = [one.name for one in reports.commands(checked(run, copied, "github").out)]
    assert shown == [level or "notice"]
    told = run("check", copied.operation, copied.roster).out
    assert ("1 bent rule that fails" in told) == (severity == "error")
    assert ("nothing found" in told) == (severity == "note")


def test_a_rule_that_must_not_be_broken_takes_no_weight_whatever_it_is_called(copied: Solved, run: Run) -> None:
    text = copied.operation.read_text(encoding="utf-8")
    copied.operation.write_text(text + "  - duties: {max: 1 per week, severity: sever}\n", encoding="utf-8")
    assert "severity" in run("validate", copied.operation).refused()
