"""The files of an operation: those in its folder, and the presets that ship with patrolplan."""

from __future__ import annotations

import hashlib
from functools import cached_property, lru_cache
from pathlib import Path

from patrolplan.config.source import Mark
from patrolplan.errors import Complaint, InputError, nearest
from patrolplan.language import _
from patrolplan.tables import SIZE_LIMIT, decode, read_bytes

PRESET_LABEL = "presets/"


@lru_cache(maxsize=1)
def presets_folder() -> Path:
    """Where the presets lie: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "presets"
    return installed if installed.is_dir() else package.parent / "configs"


def preset_names() -> list[str]:
    """Names of all presets, such as ``polri/two-shift-12h``."""
    root = presets_folder()
    return sorted(path.relative_to(root).with_suffix("").as_posix() for path in root.rglob("*.yaml"))


class Folder:
    """The folder of one operation file; every file that the operation names must lie inside.

    Parameters
    ----------
    operation
        Path of the operation file, as the user gave it.

    Attributes
    ----------
    sources
        SHA-256 of every file read so far, by its name relative to the folder (presets under ``presets/``).
    """

    def __init__(self, operation: Path) -> None:
        self.operation = operation
        self.path = operation.parent
        self.sources: dict[str, str] = {}

    @cached_property
    def root(self) -> Path:
        """The folder without symbolic links."""
        return self.path.resolve()

    def label(self, path: Path) -> str:
        """The name of a file for messages."""
        preset = self._preset_name(path)
        if preset:
            return PRESET_LABEL + preset
        return str(self.operation) if path == self.operation else str(self.path / self._relative(path))

    def locate(self, text: str, mark: Mark, base: Path | None = None) -> Path:
        """The path of a file named in the operation.

        Parameters
        ----------
        text
            As written, relative to `base` (default: the operation's folder).

        Raises
        ------
        InputError
            If it is absolute, or leads out of the folder by ``..`` or a symbolic link.
        """
        path = (base or self.root) / text
        if Path(text).is_absolute() or not path.resolve().is_relative_to(self.root):
            raise InputError(
                [
                    Complaint(
                        _(
                            '"{text}" lies outside the folder of the operation; only files in that folder and below it '
                            "are read."
                        ).format(text=text),
                        mark.place,
                        mark.width,
                    )
                ],
                str(self.operation),
            )
        return path

    def preset(self, name: str) -> Path | None:
        """The path of a preset, or None if there is none of that name."""
        if Path(name).is_absolute() or ".." in Path(name).parts:
            return None
        path = presets_folder() / (name if name.endswith(".yaml") else f"{name}.yaml")
        return path if path.is_file() else None

    def read(self, path: Path, limit: int = SIZE_LIMIT) -> str:
        """The text of a file; its hash is kept in `sources`."""
        return decode(self.read_bytes(path, limit), self.label(path))

    def read_bytes(self, path: Path, limit: int = SIZE_LIMIT) -> bytes:
        """The content of a file; its hash is kept in `sources`."""
        label = self.label(path)
        content = read_bytes(path, label, limit)
        key = label if self._preset_name(path) else self._relative(path)
        self.sources[key] = hashlib.sha256(content).hexdigest()
        return content

    def unknown(self, name: str, mark: Mark) -> InputError:
        """The error for an ``extends`` entry that is neither preset nor file."""
        hint = nearest(name, preset_names())
        message = _('there is neither a preset nor a file "{name}".{hint}').format(
            name=name, hint=hint or " " + _("Presets: {names}.").format(names=", ".join(preset_names()))
        )
        return InputError([Complaint(message, mark.place, mark.width)], str(self.operation))

    def _relative(self, path: Path) -> str:
        for root in (self.root, self.path):
            if path.is_relative_to(root):
                return path.relative_to(root).as_posix()
        return path.name

    def _preset_name(self, path: Path) -> str:
        root = presets_folder()
        return path.relative_to(root).as_posix() if path.is_absolute() and path.is_relative_to(root) else ""
