"""Writing a roster with its sidecar."""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import patrolplan
from patrolplan.formats.sidecar import build_sidecar, sidecar_text
from patrolplan.plan.files import sha256_text, sidecar_path, write_atomic
from patrolplan.problem import Problem
from patrolplan.proof import Proof, Status


def write_with_sidecar(
    path: Path,
    problem: Problem,
    text: str,
    options: Mapping[str, Any],
    *,
    status: str = str(Status.UNKNOWN),
    seed: int | None = None,
    at: dt.datetime | None = None,
) -> None:
    """Write a roster and what it stems from; a pipe or a terminal gets no sidecar.

    Parameters
    ----------
    text
        The roster file.
    status, seed
        Of the search that made it, as far as they still hold.
    at
        Aware moment; default the present.
    """
    data = build_sidecar(
        versions={"patrolplan": patrolplan.__version__, "python": platform.python_version()},
        roster=sha256_text(text),
        inputs=problem.sources,
        seed=seed,
        options=options,
        proof=Proof(Status(status) if status in list(Status) else Status.UNKNOWN),
        by_rule={},
        written=at or dt.datetime.now(dt.UTC),
    )
    write_pair(path, text, data)


def write_pair(path: Path, text: str, data: Mapping[str, Any]) -> None:
    """Write a roster and its sidecar; a pipe or a terminal gets none.

    Raises
    ------
    InputError
        If one of them cannot be written.
    """
    write_atomic(path, text)
    if path.is_file():
        write_atomic(sidecar_path(path), sidecar_text(data))
