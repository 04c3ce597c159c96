"""Which operations are solved side by side: examples, generated ones, files, and instances of Curtois and Qu."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.commands import EXAMPLES
from benchmarks.curtois.commands import find_instances, load_instance
from benchmarks.curtois.convert import convert
from benchmarks.operation_file import OPERATION, OperationFiles
from benchmarks.peers import generate
from patrolplan.errors import InputError

Write = Callable[[Path], Path]
"""Puts an operation into an empty folder and says where the file is."""


def default_names() -> list[str]:
    """The examples and some generated operations."""
    return [*EXAMPLES, *generate.DEFAULT]


def operations(names: Sequence[str], seed: int) -> dict[str, Write]:
    """What was asked for by name: an example, a generated operation, or an operation file.

    Raises
    ------
    InputError
        If there is no such operation.
    """
    return {Path(name).stem if name not in EXAMPLES else name: _operation(name, seed) for name in names}


def _operation(name: str, seed: int) -> Write:
    if name in EXAMPLES:
        return _in_place(EXAMPLES[name])
    if generate.is_generated(name):
        return _written(partial(generate.generate, name, seed))
    if Path(name).is_file():
        return _in_place(Path(name))
    known = ", ".join(EXAMPLES)
    raise InputError(f'there is no operation "{name}"; name one of {known}, one like ward-20x28, or a file.')


def curtois_operations(folder: Path, wanted: Sequence[str]) -> Mapping[str, Write]:
    """Instances of Curtois and Qu as operations; all of a folder if none is named."""
    found = find_instances(folder, wanted)
    return {path.stem: _written(partial(_converted, path)) for path in found.values()}


def _converted(path: Path) -> OperationFiles:
    return convert(load_instance(path), path.stem)


def _in_place(path: Path) -> Write:
    return lambda folder: path


def _written(make: Callable[[], OperationFiles]) -> Write:
    return lambda folder: make().write(folder / OPERATION)[0]
