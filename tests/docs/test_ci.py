"""What the pages on continuous integration and on editing by hand show is true: workflows, action and tables run."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from patrolplan.cli import main
from tests.cli import reports
from tests.docs.snippets import ROOT, small_operation

CI, BY_HAND = ROOT / "docs" / "ci.md", ROOT / "docs" / "editing-by-hand.md"
TODAY = "2026-03-09"
_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^    (patrolplan .*)$", re.MULTILINE)


def fences(page: Path, kind: str) -> list[str]:
    """The blocks of one kind on a page, in order."""
    return [match[3] for match in _FENCE.finditer(page.read_text(encoding="utf-8")) if match[1] == kind]


def named(page: Path, file: str) -> str:
    """The YAML block that says that it is a file."""
    (text,) = (text for text in fences(page, "yaml") if text.startswith(f"# {file}\n"))
    return text


def roster() -> str:
    """A roster of the small operation without gaps: six people in turn, a day or a night every third date."""
    rows = ["person,site,post,shift,date"]
    for number in range(2 * 28):
        day, shift = 2 + number // 2, ("day", "night")[number % 2]
        rows.append(f"{number % 6 + 1:04d},hospital,entrance,{shift},2026-03-{day:02d}")
    return "\n".join(rows) + "\n"


def write_operation(folder: Path, more: str = "") -> None:
    base = small_operation()
    for name, content in {**base.tables, "ops.yaml": base.text + more}.items():
        (folder / name).write_text(content, encoding="utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository as the pages suppose it, with commands of its own; ``python`` installs nothing."""
    (tmp_path / "guard").mkdir()
    (tmp_path / ".git").mkdir()
    write_operation(tmp_path / "guard")
    (tmp_path / "guard" / "roster.csv").write_text(roster(), encoding="utf-8")
    for name, text in (
        ("patrolplan", f'exec "{sys.executable}" -m patrolplan "$@"'),
        ("python", 'echo "$@" >> installed'),
        ("date", f'test "$1" = +%F && echo {TODAY}'),
    ):
        command = tmp_path / "bin" / name
        command.parent.mkdir(exist_ok=True)
        command.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def come_late(repository: Path, *days: int, minutes: int = 7) -> None:
    """Let the night guards of some dates of March come late."""
    path = repository / "guard" / "roster.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    late = [f"night,2026-03-{day:02d}" for day in days]
    told = [f"{line},18:{minutes:02d},06:00" if line.endswith(tuple(late)) else f"{line},," for line in lines[1:]]
    assert sum(line.endswith("06:00") for line in told) == len(days)
    path.write_text("\n".join([f"{lines[0]},start,end", *told]) + "\n", encoding="utf-8")


def run_step(step: Mapping[str, Any], repository: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub Actions does: bash, ending with the first command that fails."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    files = {name: str(repository / name.lower()) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    own = {"GITHUB_WORKSPACE": str(repository), "GITHUB_ACTION_PATH": "/the/action", "COLUMNS": "200"}
    path = f"{repository / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", str(step["run"])],
        cwd=repository,
        env={**kept, "PYTHONPATH": str(ROOT), **files, **own, "PATH": path, **more},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


# -- workflow --------------------------------------------------------------------------------------------------------


def steps_of(workflow: str) -> list[dict[str, Any]]:
    loaded = yaml.safe_load(workflow)
    assert "pull_request" in str(loaded[True])
    return list(loaded["jobs"]["check"]["steps"])


def patrolplan_steps(workflow: str) -> list[dict[str, Any]]:
    return [step for step in steps_of(workflow) if str(step.get("run", "")).startswith("patrolplan")]


def test_the_workflow_passes_and_fails_as_the_page_says(repository: Path) -> None:
    validate, check = patrolplan_steps(named(CI, ".github/workflows/roster.yaml"))
    assert run_step(validate, repository).returncode == 0
    good = run_step(check, repository)
    assert (good.returncode, reports.commands(good.stdout)) == (0, [])
    come_late(repository, 9)
    assert run_step(validate, repository).returncode == 0
    bad = run_step(check, repository)
    assert bad.returncode == 1
    for line in fences(CI, "text")[0].splitlines():
        assert line in bad.stdout.splitlines()
    assert "(7 min)" in (repository / "github_step_summary").read_text(encoding="utf-8")


def test_known_gaps_pass_and_worse_ones_fail_as_the_page_says(repository: Path) -> None:
    (_, check) = patrolplan_steps(named(CI, ".github/workflows/roster.yaml"))
    accept = next(text for text in fences(CI, "yaml") if "accept:" in text).partition("\n")[2]
    write_operation(repository / "guard", accept)
    come_late(repository, 9)
    assert run_step(check, repository).returncode == 0
    path = repository / "guard" / "roster.csv"
    path.write_text(roster(), encoding="utf-8")
    come_late(repository, 9, 16)
    path.write_text(path.read_text(encoding="utf-8").replace("09,18:07", "09,18:11"), encoding="utf-8")
    ran = run_step(check, repository)
    assert ran.returncode == 1
    errors = [line for line in ran.stdout.splitlines() if line.startswith("::error")]
    assert errors == fences(CI, "text")[1].splitlines()


def test_commands_and_severities_of_the_page(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    commands = [one.split()[1:] for one in _COMMAND.findall(CI.read_text(encoding="utf-8"))]
    assert len(commands) == 2
    for arguments in commands:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
    assert reports.junit((repository / "roster.junit.xml").read_text(encoding="utf-8"))
    assert reports.sarif((repository / "roster.sarif").read_text(encoding="utf-8"))
    rules = next(text for text in fences(CI, "yaml") if "severity:" in text).partition("\n")[2].partition("\n")[2]
    write_operation(repository / "guard", rules)
    with pytest.raises(SystemExit) as ended:
        main(["validate", "guard/ops.yaml"])
    assert ended.value.code == 0


# -- action and hooks ------------------------------------------------------------------------------------------------


def action() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def run_action(repository: Path, **given: str) -> list[subprocess.CompletedProcess[str]]:
    """Run the steps of the action with its inputs; stops after one that fails."""
    inputs = {name: given.pop(name.replace("-", "_"), one.get("default")) for name, one in action()["inputs"].items()}
    assert not given and None not in inputs.values()
    ran = []
    for step in action()["runs"]["steps"]:
        if "run" not in step:
            continue
        assert "${{" not in step["run"], "inputs in the script itself could carry commands"
        env = {name: inputs[text.split(".")[1].split(" ")[0]] for name, text in step.get("env", {}).items()}
        ran.append(run_step(step, repository, **env))
        if ran[-1].returncode:
            break
    return ran


def test_the_page_gives_the_action_what_it_takes() -> None:
    steps = steps_of(named(CI, ".github/workflows/roster-action.yaml"))
    (given,) = (step["with"] for step in steps if "patrolplan" in str(step.get("uses")))
    assert set(given) <= set(action()["inputs"])
    assert {name for name, one in action()["inputs"].items() if one.get("required")} <= set(given)
    page = CI.read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in (*action()["inputs"], *action()["outputs"]))


def test_the_action_passes_and_fails(repository: Path) -> None:
    files = {"operation": "guard/ops.yaml", "roster": "guard/roster.csv"}
    install, good = run_action(repository, **files)
    assert (install.returncode, good.returncode) == (0, 0)
    assert (repository / "installed").read_text(encoding="utf-8").endswith("/the/action\n")
    come_late(repository, 9)
    *_, bad = run_action(repository, **files, junit_file="r.xml", sarif_file="r.sarif")
    assert bad.returncode == 1 and "(7 min)" in bad.stdout
    (failed,) = reports.failures(reports.junit((repository / "r.xml").read_text(encoding="utf-8")))
    assert failed.name == "entrance 2026-03-09"
    run = reports.sarif((repository / "r.sarif").read_text(encoding="utf-8"))
    assert [one["ruleId"] for one in run["results"] if one["level"] == "error"] == ["PP101"]
    assert (repository / "github_output").read_text(encoding="utf-8") == "exit-code=0\nexit-code=1\n"


@pytest.mark.parametrize(
    ("given", "code", "asked"),
    [
        ({}, 0, ["--fail-on gap --format github"]),
        ({"from": "2026-03-10 06:00"}, 1, ["--fail-on gap --from 2026-03-10 06:00 --format github"]),
        ({"from": "today"}, 0, [f"--fail-on gap --from {TODAY} --format github"]),
        ({"fail_on": "hard", "require_fresh": "true"}, 1, ["--fail-on hard --require-fresh --format github"]),
        (
            {"junit_file": "r.xml", "sarif_file": "r.sarif"},
            1,
            [
                "--fail-on gap --format github",
                "--fail-on gap --format junit --output-file r.xml",
                "--fail-on gap --format sarif --output-file r.sarif",
            ],
        ),
        ({"junit_file": "r.xml"}, 2, ["--fail-on gap --format github"]),
        ({"roster": "$(touch stolen);'"}, 2, ["--fail-on gap --format github"]),
    ],
)
def test_inputs_of_the_action_count(given: dict[str, str], code: int, asked: list[str], repository: Path) -> None:
    """With a command that only writes down what it is asked."""
    (repository / "bin" / "patrolplan").write_text(f'#!/bin/sh\necho "$@" >> asked\nexit {code}\n', encoding="utf-8")
    files = {"operation": "ops.yaml", "roster": "r.csv", **given}
    *_, ran = run_action(repository, **files)
    assert ran.returncode == code, ran.stderr
    lines = (repository / "asked").read_text(encoding="utf-8").splitlines()
    assert lines == [f"check {files['operation']} {files['roster']} {options}" for options in asked]
    assert not (repository / "stolen").exists()


def hooks() -> dict[str, dict[str, Any]]:
    return {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}


def run_hook(hook: Mapping[str, Any], repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_step({"run": " ".join((hook["entry"], *arguments))}, repository)


def test_the_hooks_do_what_they_say(repository: Path) -> None:
    validate, check = hooks()["patrolplan-validate"], hooks()["patrolplan-check"]
    meant = ("ops.yaml", "guard/ops.yaml", "guard/ops-north.yml")
    assert all(re.search(validate["files"], name) for name in meant)
    others = ("people.csv", "drops.yaml", "ops.yaml.bak", "ops/a.yaml")
    assert not any(re.search(validate["files"], name) for name in others)
    assert run_hook(validate, repository, "guard/ops.yaml").returncode == 0
    configured = yaml.safe_load(named(CI, ".pre-commit-config.yaml"))["repos"][0]["hooks"]
    assert {one["id"] for one in configured} == set(hooks())
    (arguments,) = (one["args"] for one in configured if "args" in one)
    assert check["pass_filenames"] is False
    come_late(repository, 9)
    assert run_hook(check, repository, *arguments).returncode == 1
    path = repository / "guard" / "ops.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("staff: 1", "staf: 1"), encoding="utf-8")
    refused = run_hook(validate, repository, "guard/ops.yaml")
    assert refused.returncode == 2 and 'Did you mean "staff"?' in refused.stderr


# -- by hand ---------------------------------------------------------------------------------------------------------


def tables() -> dict[str, str]:
    return {match[2]: match[3] for match in _FENCE.finditer(BY_HAND.read_text(encoding="utf-8")) if match[1] == "csv"}


@pytest.mark.parametrize("name", ["roster-by-hand.csv", "by-hand.csv"])
def test_complaints_about_what_was_typed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_operation(tmp_path)
    (tmp_path / name).write_text(tables()[name], encoding="cp1252")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    assert f"    patrolplan check ops.yaml {name}\n" in BY_HAND.read_text(encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["check", "ops.yaml", name])
    said = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 1
    shown = fences(BY_HAND, "text")[list(tables()).index(name)]
    assert all(line in said for line in shown.splitlines())


def test_what_was_settled_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (rules,) = fences(BY_HAND, "yaml")
    write_operation(tmp_path, rules.partition("\n")[2])
    (tmp_path / "draft.csv").write_text(tables()["draft.csv"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for arguments in (
        [
            "solve",
            "ops.yaml",
            "--start",
            "draft.csv",
            "-o",
            "roster.csv",
            "--deterministic",
            "--quiet",
            "--time-limit",
            "5s",
        ],
        ["export", "ops.yaml", "roster.csv", "--layout", "grid", "-o", "grid.csv"],
        ["check", "ops.yaml", "grid.csv"],
    ):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
    duties = (tmp_path / "roster.csv").read_text(encoding="utf-8")
    for duty in ("0001/2026-03-09/day", "0001/2026-03-10/day", "0002/2026-03-09/night"):
        assert duty in duties
