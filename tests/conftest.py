"""Options of the whole test run."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--parity-cases",
        type=int,
        default=200,
        metavar="N",
        help="how many random operations hold the encoding of each rule against its check (default 200)",
    )
