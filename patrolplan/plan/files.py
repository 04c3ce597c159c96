"""Writing files so that a reader finds either the old content or the new one, never half of it."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path

from patrolplan.errors import Complaint, InputError, Place
from patrolplan.language import _, later

_WORDS = {
    errno.ENOSPC: later("the disk is full."),
    errno.EDQUOT: later("the disk quota is used up."),
    errno.EACCES: later("this folder or file may not be written to."),
    errno.EPERM: later("this folder or file may not be written to."),
    errno.EROFS: later("the disk is read-only."),
    errno.ENOENT: later("the folder does not exist; make it first."),
    errno.ENOTDIR: later("part of the path is a file, not a folder."),
    errno.ENAMETOOLONG: later("the file name is too long."),
}
FOLDER_ENDING, LOG_NAME = ".published", "log.jsonl"
"""Where published versions are, and the log beside them; see `patrolplan.plan.versions`."""
_IS_FOLDER = later("this is a folder, not a file; name the file to write.")


def write_atomic(path: Path, content: str | bytes) -> None:
    """Replace the content of a file in one step; text is written as UTF-8 with its line ends unchanged.

    A link is followed, the permissions of an existing file are kept, and what is no regular file (a pipe, a terminal)
    is written to directly.

    Raises
    ------
    InputError
        If the file cannot be written; whatever was there before is untouched.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        mode = _mode(path)
        if mode is not None and stat.S_ISDIR(mode):
            raise InputError([Complaint(_(_IS_FOLDER), Place(str(path)))], str(path))
        if mode is not None and not stat.S_ISREG(mode):
            path.write_bytes(data)
            return
        target = path.resolve()
        if mode is not None and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        _replace(target, data, mode)
    except OSError as error:
        known = _WORDS.get(error.errno or 0)
        reason = _(known) if known else f"{error.strerror or error}."
        raise InputError(
            [Complaint(_("cannot be written: {reason}").format(reason=reason), Place(str(path)))], str(path)
        ) from error


def append_text(path: Path, text: str) -> None:
    """Add text to a file that others write to as well; it is made if it is not there.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    try:
        with path.open("a", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            if path.is_file():
                os.fsync(stream.fileno())
    except OSError as error:
        reason = _WORDS.get(error.errno or 0, f"{error.strerror or error}.")
        raise InputError(
            [Complaint(_("cannot be written: {reason}").format(reason=reason), Place(str(path)))], str(path)
        ) from error


def holds_versions(folder: Path) -> bool:
    """Whether a folder is one of published versions."""
    return folder.name.endswith(FOLDER_ENDING) and (folder / LOG_NAME).is_file()


_EXPORTED = {f".{kind}": kind for kind in ("csv", "xlsx", "json", "html", "ics", "pdf", "png")}
_EXPORTED |= {".xlsm": "xlsx", ".xlsb": "xlsx", ".xls": "xlsx", ".ods": "xlsx", ".numbers": "xlsx", ".htm": "html"}
"""The format of `export` that comes nearest to an ending."""
_OTHER_ENDINGS = frozenset(_EXPORTED) - {".csv"} | {".doc", ".docx", ".yaml", ".yml"}
"""Endings by which other programs, and this one, would take a CSV file for something that it is not."""


def refuse_bad_table(path: Path, inputs: Iterable[Path], remedy: str = "") -> None:
    """Say before the work begins that a CSV file cannot be written afterwards, or not under this name.

    Parameters
    ----------
    remedy
        How to come by a file of the kind that the name promises, if there is a way.

    Raises
    ------
    InputError
        If the ending is that of another format, the sidecar would replace another file, or for the reasons of
        `refuse_bad_target`.
    """
    inputs = list(inputs)
    refuse_bad_target(path, inputs)
    if path.is_file() or not path.exists():
        _refuse_bad_sidecar(sidecar_path(path), inputs)
    if path.suffix.lower() in _OTHER_ENDINGS:
        message = _("what is written here is CSV; name a file that ends with .csv, such as {name}.").format(
            name=path.with_suffix(".csv").name
        )
        raise InputError([Complaint(f"{message} {remedy}".rstrip(), Place(str(path)))], str(path))


def _refuse_bad_sidecar(path: Path, inputs: Iterable[Path]) -> None:
    """Say before the work begins that the file beside a table would replace something else."""
    complaint = ""
    if _is_one_of(path, inputs):
        complaint = _("the sidecar of what is written would replace this input; give another name with -o.")
    elif path.is_dir() or (path.is_file() and not _is_sidecar(path)):
        complaint = _("the sidecar of what is written would replace this, which is none; give another name with -o.")
    if complaint:
        raise InputError([Complaint(complaint, Place(str(path)))], str(path))


def _is_one_of(path: Path, others: Iterable[Path]) -> bool:
    """Whether two names stand for one file."""
    return any(path.resolve() == one.resolve() for one in others)


def _is_sidecar(path: Path) -> bool:
    """Whether a file was written beside a table, also if it was spoiled since; an empty one is nothing to lose."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return not text.strip() or '"sidecar"' in text


def refuse_bad_roster(path: Path, inputs: Iterable[Path], operation: Path) -> None:
    """As `refuse_bad_table`, for a roster, which `export` writes in other formats."""
    kind = format_of_ending(path)
    remedy = ""
    if kind:
        roster, wanted = path.with_suffix(".csv"), path.with_suffix(f".{kind}")
        command = f"patrolplan export {operation} {roster} --to {kind} -o {wanted}"
        remedy = _("Afterwards: {command}").format(command=command)
    refuse_bad_table(path, inputs, remedy)


def format_of_ending(path: Path) -> str:
    """The format of `export` that a file's ending promises, or the nearest that there is; empty for others."""
    return _EXPORTED.get(path.suffix.lower(), "")


def refuse_bad_target(path: Path, inputs: Iterable[Path]) -> None:
    """Say before the work begins that a file cannot be written afterwards.

    Raises
    ------
    InputError
        If the folder is missing or closed, the name is a folder's, or the file is one of the inputs.
    """
    complaint = ""
    if _is_one_of(path, inputs):
        complaint = _("this is one of the files that the roster is made from; name another file.")
    elif path.is_dir():
        complaint = _(_IS_FOLDER)
    elif holds_versions(path.resolve().parent):
        complaint = _("this folder holds published versions, which are never changed; name a file elsewhere.")
    elif not path.resolve().parent.exists():
        complaint = _("cannot be written: {reason}").format(reason=_(_WORDS[errno.ENOENT]))
    elif not path.resolve().parent.is_dir():
        complaint = _("cannot be written: {reason}").format(reason=_(_WORDS[errno.ENOTDIR]))
    elif not os.access(path if path.exists() else path.resolve().parent, os.W_OK):
        complaint = _("cannot be written: {reason}").format(reason=_(_WORDS[errno.EACCES]))
    if complaint:
        raise InputError([Complaint(complaint, Place(str(path)))], str(path))


def sha256_text(content: str | bytes) -> str:
    """SHA-256 of a text (as UTF-8) or of bytes, in hexadecimal."""
    return hashlib.sha256(content.encode("utf-8") if isinstance(content, str) else content).hexdigest()


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _replace(target: Path, data: bytes, mode: int | None) -> None:
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.tmp")
    descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _settle(target.parent)


def _settle(folder: Path) -> None:
    """Have the folder's entry on disk, where the system knows how."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)


def sidecar_path(roster: Path) -> Path:
    """The sidecar that belongs to a roster file."""
    return roster.with_name(roster.name + ".json")
