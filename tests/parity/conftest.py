"""How many random operations are judged."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def parity_cases(pytestconfig: pytest.Config) -> int:
    """Number of random operations for each rule."""
    return int(pytestconfig.getoption("parity_cases"))
