"""What a shell asks of the program: versions and completion."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from patrolplan import __version__


def asked(*arguments: str, **environment: str) -> str:
    """What the program prints when it is run as a program."""
    return subprocess.run(
        [sys.executable, "-m", "patrolplan", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_version_names_all_that_a_result_depends_on() -> None:
    said = asked("--version")
    assert said.startswith(f"patrolplan, version {__version__}\n")
    for name in ("operation file 1", "Python 3.", "ortools 9.", "pydantic 2.", "tzdata "):
        assert name in said


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_can_be_installed(shell: str) -> None:
    assert "_PATROLPLAN_COMPLETE" in asked(_PATROLPLAN_COMPLETE=f"{shell}_source")


@pytest.mark.parametrize(
    ("line", "expected"),
    [("sol", "solve"), ("show ops.yaml roster.csv --by cov", "cover"), ("check --for", "--format")],
)
def test_commands_options_and_choices_are_completed(line: str, expected: str) -> None:
    words = ["patrolplan", *line.split()]
    said = asked(_PATROLPLAN_COMPLETE="bash_complete", COMP_WORDS=" ".join(words), COMP_CWORD=str(len(words) - 1))
    assert expected in said.replace(",", "\n").split("\n")
