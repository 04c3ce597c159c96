"""``patrolplan --version``."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import click

import patrolplan
from patrolplan.language import _

DECIDING = ("ortools", "pydantic", "tzdata", "holidays")
"""Packages on which a result can depend."""


def show(context: click.Context, option: click.Parameter, wanted: bool) -> None:
    """Print the versions that a result can depend on, and end."""
    if not wanted or context.resilient_parsing:
        return
    click.echo(f"patrolplan, version {patrolplan.__version__}")
    click.echo(f"operation file {patrolplan.FILE_FORMAT}")
    click.echo(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    click.echo(", ".join(f"{name} {_installed(name)}" for name in DECIDING))
    context.exit()


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return _("not installed")
