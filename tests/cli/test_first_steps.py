"""What README promises, what ``init`` writes, and what ``schema`` describes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from patrolplan import errors
from patrolplan.cli import COMMANDS
from patrolplan.config.source import parse_yaml
from patrolplan.findings import CODES
from patrolplan.rules.specs import SPECS
from tests.cli.conftest import Run, environment
from tests.cli.operations import ROOT, read_rows

README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATIONS = [ROOT / "examples" / name for name in ("minimal.yaml", "kpu-kalteng/ops.yaml", "company/ops.yaml")]


def readme_commands() -> list[list[str]]:
    """The commands of the indented blocks, without what is installed first."""
    return [line.split() for line in re.findall(r"^    patrolplan (.+)$", README, re.MULTILINE)]


def test_the_commands_of_the_first_operation(run: Run, folder: Path) -> None:
    (operation,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (folder / "ops.yaml").write_text(operation, encoding="utf-8")
    people = "\ufeffid;name;rank;qualifications\r\n" + "".join(
        f"{n:03d};Contoh {n};;{'first_aid:2025-09-30' if n < 5 else ''}\r\n" for n in range(1, 9)
    )
    (folder / "people.csv").write_text(people, encoding="utf-8", newline="")
    commands = readme_commands()
    assert [words[0] for words in commands] == ["validate", "solve", "show", "check"]
    for words in commands:
        ran = run(*words, *(["--time-limit", "2s"] if words[0] == "solve" else []))
        assert ran.code == 0, (words, ran.out, ran.err)
    assert (folder / "roster.csv").exists() and (folder / "roster.csv.json").exists()


def test_the_demo(folder: Path) -> None:
    """``make demo`` with a short search, from a folder of commands that is there already."""
    if shutil.which("make") is None:
        pytest.skip("GNU make is not installed")
    commands = folder / "venv" / "bin"
    commands.mkdir(parents=True)
    script = f'#!/bin/sh\nexec "{sys.executable}" -m patrolplan "$@"\n'
    for name in ("python", "patrolplan"):
        (commands / name).write_text(script, encoding="utf-8")
        (commands / name).chmod(0o755)
    (folder / "venv" / ".installed").touch()
    variables = [f"VENV={folder / 'venv'}", f"BUILD={folder / 'build'}", "DEMO_TIME=2s"]
    done = subprocess.run(
        ["make", "-C", str(ROOT), "demo", *variables],
        env=environment(PYTHONDONTWRITEBYTECODE="1"),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Gaps, worst first" in done.stdout
    assert len(read_rows(folder / "build" / "kpu.csv")) > 2000


def test_readme_names_every_command_and_its_options(run: Run) -> None:
    rows = re.findall(r"^\| `patrolplan (\w+)(.*)", README, re.MULTILINE)
    assert [name for name, _ in rows] == list(COMMANDS)
    for name, rest in rows:
        known = run(name, "--help").out
        for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", rest):
            assert re.search(rf"{option}\b", known), (name, option)


def test_readme_has_the_exit_codes() -> None:
    codes = [errors.EXIT_DONE, errors.EXIT_FINDINGS, errors.EXIT_INPUT, errors.EXIT_TIME, errors.EXIT_BUG]
    assert [int(code) for code in re.findall(r"^\| (\d) \|", README, re.MULTILINE)] == codes


def test_files_that_readme_names_are_there() -> None:
    for name in re.findall(r"`((?:examples|configs|docs)/[\w/.-]*|[A-Z]+\.md)`", README):
        assert (ROOT / name).exists(), name


def test_readme_speaks_of_codes_that_exist() -> None:
    assert set(re.findall(r"PP(\d)xx", README)) == {code[2] for code in CODES}


# -- init ------------------------------------------------------------------------------------------------------------


def test_init_gives_an_operation_that_works(run: Run, folder: Path) -> None:
    ran = run("init")
    assert ran.code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["ops.yaml", "people.csv"]
    valid = run("validate", "ops.yaml")
    assert (valid.code, valid.err) == (0, "")
    assert run("solve", "ops.yaml", "--time-limit", "3s").code == 0
    assert run("check", "ops.yaml", "ops.roster.csv", "--require-fresh").code == 0


def test_init_changes_nothing_that_is_there(run: Run, folder: Path) -> None:
    assert run("init", "site").code == 0
    (folder / "site" / "ops.yaml").write_text("mine", encoding="utf-8")
    (folder / "site" / "people.csv").unlink()
    assert "ops.yaml" in run("init", "site").refused()
    assert [path.name for path in (folder / "site").iterdir()] == ["ops.yaml"]
    assert (folder / "site" / "ops.yaml").read_text(encoding="utf-8") == "mine"
    (folder / "file").write_text("mine", encoding="utf-8")
    run("init", "file").refused()
    run("init", "file/below").refused()
    assert (folder / "file").read_text(encoding="utf-8") == "mine"


# -- schema and rules ------------------------------------------------------------------------------------------------


def test_schema_accepts_the_examples_and_refuses_nonsense(run: Run, folder: Path) -> None:
    ran = run("schema")
    assert (ran.code, ran.err) == (0, "")
    validator = jsonschema.Draft7Validator(ran.data)
    validator.check_schema(ran.data)
    assert run("init").code == 0
    for path in [*OPERATIONS, folder / "ops.yaml"]:
        plain = parse_yaml(path.read_text(encoding="utf-8"), path.name).plain()
        assert list(validator.iter_errors(plain)) == [], path
    plain = parse_yaml(OPERATIONS[0].read_text(encoding="utf-8"), "").plain()
    assert list(validator.iter_errors(plain | {"rulse": []}))
    assert run("schema", "-o", "ops.schema.json").out == ""
    assert (folder / "ops.schema.json").read_text(encoding="utf-8") == ran.out


def test_every_rule_is_in_the_catalogue(run: Run) -> None:
    listed = run("rules").out
    for name in SPECS:
        assert name in listed
        one = run("rules", name)
        assert one.code == 0 and name in one.out
    assert 'Did you mean "rest"?' in run("rules", "rset").refused()


def test_validate_resolved_says_where_things_come_from(run: Run) -> None:
    ran = run("validate", "--resolved", OPERATIONS[1])
    assert ran.code == 0
    assert "presets/polri/two-shift-12h.yaml" in ran.out
    assert "ops.yaml" in ran.out
