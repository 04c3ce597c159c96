"""The documentation site builds without a warning, and its generated pages say what the program says."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from patrolplan.cli import COMMANDS, group
from tests.docs.snippets import ROOT

DOCS = ROOT / "docs"


def reference() -> ModuleType:
    """The writer of the generated pages."""
    spec = importlib.util.spec_from_file_location("reference", DOCS / "reference.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["commands.md", "file-reference.md", "findings.md"])
def test_generated_pages_are_up_to_date(page: str) -> None:
    now = reference().pages()[page]
    if os.environ.get("PATROLPLAN_UPDATE_GOLDEN") == "1":
        (DOCS / page).write_text(now, encoding="utf-8")
    assert (DOCS / page).read_text(encoding="utf-8") == now, "run: python docs/reference.py"


def test_every_command_and_option_is_in_the_reference() -> None:
    page = reference().commands_page()
    for name in COMMANDS:
        command = group.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        part = page.partition(f"## patrolplan {name}\n")[2].partition("\n## ")[0]
        for option in command.params:
            for spelled in option.opts if option.param_type_name == "option" and not option.hidden else ():  # type: ignore[attr-defined]
                assert f"`{spelled}`" in part, (name, spelled)


@pytest.mark.parametrize(("builder", "made"), [("html", "index.html"), ("man", "patrolplan.1")])
def test_the_site_builds_without_a_warning(builder: str, made: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", builder, DOCS, tmp_path / "out"]
    built = subprocess.run([*command, "-d", tmp_path / "trees"], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "out" / made).stat().st_size > 2000
