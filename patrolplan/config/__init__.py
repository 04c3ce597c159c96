"""Configuration: from YAML files and tables to a frozen problem.

The way is source (YAML with marks) > merging (extends) > documents (shape) > resolve (meaning). After that nothing
reads configuration again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from patrolplan.config.calendar import Moment
from patrolplan.config.merging import Variant
from patrolplan.config.resolve import Loaded, resolve

__all__ = ["Loaded", "Variant", "load", "resolved_text", "schema"]


def load(
    path: Path, *, window: tuple[Moment | None, Moment | None] = (None, None), variant: Variant | None = None
) -> Loaded:
    """Read an operation file and everything that it names.

    Parameters
    ----------
    window
        First and last moment (date ordinal, and clock minutes or None) of the part that is planned; None for the
        operation's own.
    variant
        What is changed of the operation; None for nothing.

    Raises
    ------
    InputError
        With everything that is wrong, not only the first, in the order of the files.
    """
    return resolve(path, window, variant)


def resolved_text(path: Path) -> str:
    """The effective operation as YAML, each line with its origin, and what is needed when.

    Raises
    ------
    InputError
        As for `load`.
    """
    from patrolplan.config.effective import effective_text

    return effective_text(path)


def schema() -> dict[str, Any]:
    """JSON Schema (draft 7) of the operation file, for editors."""
    from patrolplan.config.json_schema import schema as build

    return build()
