"""A small sound operation, to be spoilt or changed by each test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from patrolplan.config import Loaded, load
from patrolplan.errors import Complaint, InputError

HEAD = """\
patrolplan: 1
operation:
  name: Test
  timezone: Asia/Pontianak
  from: 2024-11-04 07:00
  until: 2024-11-11 07:00
shifts:
  day:   {start: "07:00", end: "19:00"}
  night: {start: "19:00", end: "07:00", night: true}
"""
TAIL = """\
personnel:
  - {id: P1, name: Contoh A}
  - {id: P2, name: Contoh B}
rules:
  - rest: 11h
"""
GATE = """\
sites:
  office:
    posts:
      gate: {needs: [{staff: 1}]}
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files into one folder and returns the path of the last."""

    def _write(text: str | bytes, name: str = "ops.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text, encoding="utf-8")
        return path

    return _write


@pytest.fixture
def loaded(write: Write) -> Callable[[str], Loaded]:
    """Loads an operation from its text."""
    return lambda text: load(write(text))


@pytest.fixture
def complaints(write: Write) -> Callable[[str | bytes], list[Complaint]]:
    """What is wrong with an operation, from its text."""

    def _complaints(text: str | bytes) -> list[Complaint]:
        with pytest.raises(InputError) as caught:
            load(write(text))
        return list(caught.value.complaints)

    return _complaints
