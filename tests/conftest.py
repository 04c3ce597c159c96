"""Options of the whole test run."""

from __future__ import annotations

import os

import pytest

os.environ["LC_ALL"] = "C.UTF-8"  # the language of the machine that runs the tests does not matter


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--parity-cases",
        type=int,
        default=200,
        metavar="N",
        help="how many random operations hold the encoding of each rule against its check (default 200)",
    )
