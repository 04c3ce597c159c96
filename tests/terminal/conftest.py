from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from patrolplan.terminal.console import output_console

GOLDEN = Path(__file__).parent / "golden"

Printing = Callable[[Console], None]


def printed(show: Printing, width: int, *, coloured: bool = False) -> str:
    """What a view prints on a console of so many characters."""
    stream = io.StringIO()
    console = output_console(stream, width)
    if coloured:
        console = Console(file=stream, width=width, force_terminal=True, color_system="truecolor", _environ={})
    show(console)
    return stream.getvalue()


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "LINES", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def golden() -> Callable[[str, Printing, int], None]:
    """Compare what a view prints with the file that holds it; PATROLPLAN_UPDATE_GOLDEN=1 writes the file."""

    def compare(name: str, show: Printing, width: int) -> None:
        text = printed(show, width)
        path = GOLDEN / f"{name}-{width}.txt"
        if os.environ.get("PATROLPLAN_UPDATE_GOLDEN") == "1":
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), (
            f"{path} differs; look at it, then set PATROLPLAN_UPDATE_GOLDEN=1"
        )

    return compare
