"""Published versions of a roster: numbered files beside the operation file, and a log of who changed what.

The folder of ``ops.yaml`` is ``ops.published``. It holds one roster with its sidecar for each version, such as
``0001-9f2c51d0a7be.csv``, named by its number and the hash of its content, and ``log.jsonl`` with one entry for each.
Every entry bears the hash of the one before, so that nothing can be taken out or rewritten unseen. Nothing in the
folder is ever changed.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patrolplan.config.calendar import Moment
from patrolplan.errors import Complaint, InputError, Place
from patrolplan.language import _
from patrolplan.plan.files import FOLDER_ENDING, LOG_NAME, append_text, holds_versions, sha256_text
from patrolplan.tables import decode, read_bytes

FORMAT = 1
"""Version of the log's own layout."""
_HASH, _PREVIOUS = "hash", "previous"
_TEXTS = ("file", "roster", "from", "until", "by", "at", _PREVIOUS, _HASH)


@dataclass(frozen=True)
class Version:
    """One published roster.

    Attributes
    ----------
    path
        The roster file.
    number
        From 1.
    roster
        SHA-256 of the file.
    until
        Duties that start before this moment are published.
    by, at, note
        Who published it, when (UTC), and what was said.
    hash
        Of the entry in the log.
    entry
        The entry as written.
    """

    path: Path
    number: int
    roster: str
    until: Moment
    by: str
    at: str
    note: str
    hash: str
    entry: Mapping[str, Any]


def folder_of(operation: Path) -> Path:
    """Where the versions of an operation are."""
    return operation.with_name(operation.stem + FOLDER_ENDING)


def read_log(folder: Path) -> list[Version]:
    """All versions in order; none if there is no log yet.

    Raises
    ------
    InputError
        If the log is damaged, or was changed after it was written.
    """
    log = folder / LOG_NAME
    if not log.exists():
        return []
    found: list[Version] = []
    before = ""
    for line, text in enumerate(decode(read_bytes(log, str(log)), str(log)).splitlines(), 1):
        version = _read_entry(folder, text, Place(str(log), line))
        if version.entry[_PREVIOUS] != before or version.number != len(found) + 1:
            raise _tampered(_("this entry does not follow the one before"), Place(str(log), line))
        before = version.hash
        found.append(version)
    return found


def latest(folder: Path) -> Version:
    """The last version in a folder, its file untouched.

    Raises
    ------
    InputError
        If there is none, or log or file were changed.
    """
    versions = read_log(folder)
    if not versions:
        message = _("this is a folder in which no roster was published; name a roster, or a folder of published ones.")
        raise InputError([Complaint(message, Place(str(folder)))], str(folder))
    return untouched(versions[-1])


def published_version(path: Path) -> Version | None:
    """The version that a path means: the last one of a folder, or the one of a file; None for any other file.

    Raises
    ------
    InputError
        If log or file were changed after they were published.
    """
    if path.is_dir():
        return latest(path)
    if not holds_versions(path.resolve().parent):
        return None
    version = next((one for one in read_log(path.parent) if one.path.name == path.name), None)
    return None if version is None else untouched(version)


def roster_path(path: Path) -> Path:
    """The roster file that a path means: the last version of a folder, else the file itself."""
    version = published_version(path)
    return path if version is None else version.path


def append_version(folder: Path, facts: Mapping[str, Any]) -> Version:
    """Add an entry to the log; its number, its hash and that of the entry before come by themselves.

    To be called inside `writing`.
    """
    versions = read_log(folder)
    before = versions[-1].hash if versions else ""
    entry = {"log": FORMAT, "number": len(versions) + 1, **facts, _PREVIOUS: before}
    entry[_HASH] = _hash_of(entry)
    append_text(folder / LOG_NAME, _plain(entry) + "\n")
    return _version(folder, entry)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """While inside, nobody else publishes here.

    Raises
    ------
    InputError
        If somebody else does now.
    """
    folder.mkdir(exist_ok=True)
    lock = folder / ".publishing"
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        message = _("somebody else is publishing. If nobody is (an earlier attempt was cut off), delete this file.")
        raise InputError([Complaint(message, Place(str(lock)))], str(folder)) from None
    except OSError as error:
        message = _("nothing can be published here: {reason}.").format(reason=error.strerror or error)
        raise InputError([Complaint(message, Place(str(folder)))], str(folder)) from None
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _read_entry(folder: Path, text: str, place: Place) -> Version:
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        raise _tampered(_("this line is not JSON"), place) from None
    if not isinstance(entry, dict) or entry.get("log") != FORMAT:
        raise _tampered(
            _("this entry is not of the layout that this version reads ({format})").format(format=FORMAT), place
        )
    if not isinstance(entry.get("number"), int) or not all(isinstance(entry.get(name), str) for name in _TEXTS):
        raise _tampered(_("something is missing in this entry"), place)
    if _hash_of(entry) != entry[_HASH]:
        raise _tampered(_("this entry was changed after it was written"), place)
    try:
        return _version(folder, entry)
    except ValueError:
        raise _tampered(_("this entry has no moment until which it holds"), place) from None


def _version(folder: Path, entry: Mapping[str, Any]) -> Version:
    until = dt.datetime.fromisoformat(entry["until"])
    return Version(
        folder / Path(entry["file"]).name,
        entry["number"],
        entry["roster"],
        (until.toordinal(), until.hour * 60 + until.minute),
        entry["by"],
        entry["at"],
        str(entry.get("note", "")),
        entry[_HASH],
        entry,
    )


def untouched(version: Version) -> Version:
    """The version, if its file is as it was published.

    Raises
    ------
    InputError
        If it is not.
    """
    if sha256_text(read_bytes(version.path, str(version.path))) != version.roster:
        message = _(
            "this is version {number}, and it was changed after it was published. Put the file back as "
            "it was (version control, backup), and publish changes as a new version."
        ).format(number=version.number)
        raise InputError([Complaint(message, Place(str(version.path)))], str(version.path))
    return version


def _hash_of(entry: Mapping[str, Any]) -> str:
    return sha256_text(_plain({name: value for name, value in entry.items() if name != _HASH}))


def _plain(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _tampered(why: str, place: Place) -> InputError:
    message = _("the log cannot be trusted: {why}. Put the file back as it was (version control, backup).").format(
        why=why
    )
    return InputError([Complaint(message, place)], place.file)
