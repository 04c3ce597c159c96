"""What the documentation shows is true: snippets load, what they print is printed, generated pages are up to date."""

from __future__ import annotations

import inspect
import os
from pathlib import Path

import pytest

from patrolplan import config
from patrolplan.cli import main
from patrolplan.rules.specs import SPECS
from tests.docs.snippets import PAGE, ROOT, Snippet, lay, small_operation, snippets

SNIPPETS = snippets(PAGE.read_text(encoding="utf-8"))[1:]


def example(rule: str) -> str:
    """The example in the documentation of a rule."""
    text = inspect.cleandoc(SPECS[rule].__doc__ or "").partition("Example::")[2]
    return inspect.cleandoc(text)


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """What a command prints that ends well."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([str(one) for one in arguments])
    said = capsys.readouterr()
    assert ended.value.code == 0, said.err
    return said.out


def test_the_small_operation_loads_without_a_warning(tmp_path: Path) -> None:
    base = small_operation()
    for name, content in {**base.tables, "ops.yaml": base.text}.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert config.load(tmp_path / "ops.yaml").warnings == ()


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: f"line {snippet.line}")
def test_snippet_of_the_operation_file_loads_and_shows(
    snippet: Snippet, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lay(tmp_path, snippet.text, snippet.tables)
    config.load(path)
    monkeypatch.setenv("COLUMNS", "200")
    resolved = printed(capsys, "validate", "--resolved", path)
    for shown in snippet.shown:
        lines = [line.strip("# ") for line in resolved.splitlines()]
        for line in shown.splitlines():
            assert " ".join(line.split()) in [" ".join(one.split()) for one in lines], line


@pytest.mark.parametrize("rule", SPECS)
def test_example_of_a_rule_loads(rule: str, tmp_path: Path) -> None:
    text = example(rule)
    assert rule in text or SPECS[rule].always, "the example does not show the rule"
    loaded = config.load(lay(tmp_path, text, {}))
    assert any(one.name == rule for one in loaded.problem.rules)
    assert not [warning for warning in loaded.warnings if "binds nobody" in warning.message]


def test_the_page_of_rules_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    page = ROOT / "docs" / "rules.md"
    now = printed(capsys, "rules", "--format", "markdown")
    if os.environ.get("PATROLPLAN_UPDATE_GOLDEN") == "1":
        page.write_text(now, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == now, "run: patrolplan rules --format markdown > docs/rules.md"


def test_one_rule_as_markdown_is_its_part_of_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    page = printed(capsys, "rules", "--format", "markdown")
    one = printed(capsys, "rules", "rest", "--format", "markdown")
    assert one.startswith("### rest\n") and one in page
