"""Exit codes, and what goes to which stream."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from patrolplan.cli import COMMANDS
from patrolplan.plan import checking
from tests.cli.conftest import Run, Solved, environment
from tests.cli.operations import KPU, MINIMAL, write_two_sites

LIGHT = [
    ["--help"],
    ["--version"],
    ["solve", "--help"],
    ["check", MINIMAL, "minimal.csv"],
    *(["check", MINIMAL, "minimal.csv", "--format", style] for style in ("json", "github", "junit", "sarif")),
    ["validate", MINIMAL],
    ["validate", "--resolved", MINIMAL],
    *(["show", MINIMAL, "minimal.csv", "--by", side] for side in ("site", "person", "day", "cover", "fairness")),
    ["export", MINIMAL, "minimal.csv"],
    ["export", MINIMAL, "minimal.csv", "--to", "json"],
    ["export", MINIMAL, "minimal.csv", "--layout", "grid"],
    ["export", MINIMAL, "minimal.csv", "--to", "html"],
    ["export", MINIMAL, "minimal.csv", "--to", "html", "--paper", "card"],
    ["rules"],
    ["rules", "rest"],
    ["schema"],
    ["init", "first"],
]

_LISTENING = """
import json, sys
from patrolplan.cli import main
for arguments in json.loads(sys.argv[1]):
    try:
        main(arguments)
    except SystemExit as ended:
        heavy = sorted({"ortools", "numpy", "pandas"} & set(sys.modules))
        print(arguments[0], heavy, ended.code, file=sys.stderr)
"""


@pytest.fixture
def minimal_roster(run: Run, folder: Path) -> Path:
    assert run("solve", MINIMAL, "-o", "minimal.csv", "--quiet").code == 0
    return folder / "minimal.csv"


@pytest.mark.usefixtures("minimal_roster")
def test_whatever_does_not_search_never_loads_the_solver(folder: Path) -> None:
    arguments = json.dumps([[str(one) for one in words] for words in LIGHT])
    command = [sys.executable, "-c", _LISTENING, arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.stderr.splitlines() == [f"{words[0]} [] 0" for words in LIGHT]


def test_0_results_on_stdout_progress_on_stderr(run: Run, folder: Path) -> None:
    ran = run("solve", MINIMAL)
    assert ran.code == 0
    assert "Roster written to minimal.roster.csv" in ran.out
    assert "first roster" in ran.err
    assert "Roster written" not in ran.err and "first roster" not in ran.out


def test_quiet_leaves_standard_error_empty(run: Run) -> None:
    ran = run("solve", MINIMAL, "--quiet")
    assert (ran.code, ran.err) == (0, "")
    assert "Roster written" in ran.out


def test_warnings_stand_on_stderr_also_when_quiet(run: Run, folder: Path) -> None:
    write_two_sites(folder, ("  - rest: 11h\n", ""))
    for ran in (
        run("validate", "ops.yaml"),
        run("solve", "ops.yaml", "--quiet", "-o", "r.csv", "--time-limit", "2s"),
        run("check", "ops.yaml", "r.csv", "--format", "json"),
        run("show", "ops.yaml", "r.csv"),
        run("export", "ops.yaml", "r.csv"),
    ):
        assert ran.code == 0, ran.err
        assert "warning" in ran.err and "rest" in ran.err
        assert "warning" not in ran.out


def test_1_with_gaps(kpu: Solved) -> None:
    assert kpu.ran.code == 1
    assert "Gaps, worst first" in kpu.ran.out
    assert kpu.roster.exists()


def test_2_with_bad_usage(run: Run) -> None:
    for arguments in (
        ["sovle", MINIMAL],
        ["solve"],
        ["solve", MINIMAL, "--no-such"],
        ["check", MINIMAL],
        ["export", MINIMAL, "x.csv", "--to", "json", "--layout", "grid"],
        ["rules", "rets"],
        ["show", MINIMAL, "x.csv", "--by", "moon"],
    ):
        assert run(*arguments).refused()


def test_3_without_a_roster_in_time(run: Run, folder: Path) -> None:
    operation = write_two_sites(folder, ("{max: 48h per week}", "{min: 36h per week, max: 48h per week}"))
    arguments = ["solve", operation, "-o", "r.csv", "--time-limit", "0.00001s", "--quiet"]
    ran = run(*arguments, "--format", "json")
    assert ran.code == 3
    assert (ran.data["status"], ran.data["written"], ran.data["audit"]) == ("unknown", None, None)
    said = run(*arguments)
    assert said.code == 3
    assert "No roster was found" in said.out and "--time-limit" in said.out
    assert not (folder / "r.csv").exists()


def test_4_is_a_bug_and_says_so(run: Run, minimal_roster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_named: object) -> None:
        raise ZeroDivisionError("nobody")

    monkeypatch.setattr(checking, "check", broken)
    ran = run("check", MINIMAL, minimal_roster)
    assert (ran.code, ran.out) == (4, "")
    assert "This is a bug in patrolplan" in ran.err and "ZeroDivisionError: nobody (test_streams.py:" in ran.err
    assert "Traceback" not in ran.err
    monkeypatch.setenv("PATROLPLAN_TRACEBACK", "1")
    assert "Traceback" in run("check", MINIMAL, minimal_roster).err


def test_json_of_solve(run: Run, folder: Path) -> None:
    ran = run("solve", MINIMAL, "--format", "json", "-o", "r.csv", "--deterministic")
    assert ran.code == 0
    assert (ran.data["status"], ran.data["written"], ran.data["audit"]["status"]) == ("optimal", "r.csv", "clean")
    assert ran.data["levels"][0]["proved"] is True
    assert (folder / "r.csv").exists()


def test_json_keeps_the_exit_code(run: Run, folder: Path) -> None:
    operation = write_two_sites(folder, ("max: 48h per week", "max: 24h per week"))
    ran = run("solve", operation, "--format", "json", "--time-limit", "2s", "--quiet")
    assert ran.code == 1
    assert (ran.data["audit"]["status"], ran.data["written"]) == ("gaps", "ops.roster.csv")
    checked = run("check", operation, "ops.roster.csv", "--format", "json")
    assert (checked.code, checked.data["status"], checked.data["written"]) == (1, "gaps", None)
    to_file = run("check", operation, "ops.roster.csv", "--format", "json", "--output-file", "found.json")
    assert (to_file.code, to_file.out, to_file.err) == (1, "", "")
    written = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    assert written == checked.data | {"written": "found.json"}
    assert run("check", operation, "ops.roster.csv", "--output-file", "found.txt").out == ""
    assert "Gaps, worst first" in (folder / "found.txt").read_text(encoding="utf-8")


def test_no_colour_where_nobody_looks(run: Run, two_sites: Solved, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for arguments in (
        ["show", two_sites.operation, two_sites.roster, "--by", "cover"],
        ["solve", MINIMAL],
        ["check", MINIMAL, two_sites.roster],
        ["validate", "none.yaml"],
    ):
        ran = run(*arguments)
        assert "\x1b" not in ran.out + ran.err


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("plain", [False, True])
def test_on_a_terminal_colour_unless_it_is_unwanted(plain: bool, folder: Path) -> None:
    from pty import openpty

    ours, theirs = openpty()
    environ = environment(TERM="xterm-256color", **({"NO_COLOR": "1"} if plain else {}))
    command = [sys.executable, "-m", "patrolplan", "solve", str(MINIMAL)]
    with subprocess.Popen(command, cwd=folder, env=environ, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        with contextlib.suppress(OSError):
            while part := os.read(ours, 65536):
                said += part
    os.close(ours)
    assert process.returncode == 0
    assert b"Roster written" in said
    assert (b"\x1b" in said) is not plain


@pytest.mark.parametrize("width", [40, 80, 160])
def test_no_line_is_wider_than_the_terminal(
    width: int, run: Run, two_sites: Solved, kpu: Solved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    small, large = (two_sites.operation, two_sites.roster), (KPU, kpu.roster)
    for arguments in (
        ["solve", MINIMAL, "-o", "r.csv"],
        ["check", *small],
        ["check", *large],
        ["show", *large, "--by", "day", "--date", "2024-12-07"],
        *(["show", *small, "--by", side] for side in ("site", "person", "day", "cover", "fairness")),
        ["validate", small[0]],
        ["validate", "nowhere.yaml"],
        ["rules"],
        ["rules", "cover"],
        ["--help"],
        *([name, "--help"] for name in COMMANDS),
    ):
        ran = run(*arguments)
        assert ran.code in (0, 1, 2, 3)
        lines = (ran.out + ran.err).splitlines()
        wide = [line for line in lines if cell_len(line) > max(width, 60 if "--help" in arguments else 0)]
        assert wide == [], arguments


def test_progress_elsewhere_than_on_a_terminal_fits(kpu: Solved) -> None:
    assert "first roster" in kpu.ran.err
    assert max(map(cell_len, kpu.ran.err.splitlines())) <= 80


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    command = [sys.executable, "-m", "patrolplan", "schema"]
    with subprocess.Popen(
        command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() in (0, 1)
