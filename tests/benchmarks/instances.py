"""Where the public instances are: they are not part of the project, and tests that need them are skipped without."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VARIABLE = "PATROLPLAN_INSTANCES"
FOLDER = Path(os.environ.get(VARIABLE) or "/nonexistent")

needs_instances = pytest.mark.skipif(
    not os.environ.get(VARIABLE), reason=f"{VARIABLE} does not name the folder of the public instances"
)
