"""What is recorded beside patrol sheets, for their owner alone, and what a day is drawn again from."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

import patrolplan
from patrolplan.errors import Complaint, InputError, Place
from patrolplan.language import _
from patrolplan.plan.files import sha256_text, sidecar_path, write_atomic

FORMAT: Literal[1] = 1
"""Version of the sidecar's own layout."""
SECRET = 0o600
"""Permissions of the sheets and the sidecar: it holds the seed."""

Count = Annotated[int, Field(ge=0, strict=True)]


class SheetRecord(BaseModel):
    """The sidecar of patrol sheets.

    Attributes
    ----------
    rounds
        SHA-256 of the sheets.
    inputs
        SHA-256 of each file that they were drawn from.
    tried
        By ground, how far the search went.
    zones
        The grounds that were drawn.
    dates
        First and last date of the duties that were written, in days of the operation; None for all.
    """

    model_config = ConfigDict(extra="ignore")

    sidecar: Literal[1]
    kind: Literal["rounds"]
    written: str
    versions: dict[str, str]
    rounds: str
    inputs: dict[str, str]
    seed: Annotated[str, Field(pattern=r"^\d{1,60}$")]
    tried: dict[str, dict[str, Count]]
    zones: list[str]
    dates: tuple[int, int] | None


def record_of(
    text: str,
    inputs: dict[str, str],
    seed: int,
    tried: dict[str, dict[str, int]],
    zones: list[str],
    dates: tuple[int, int] | None,
) -> SheetRecord:
    """What is to be recorded of sheets that were drawn now."""
    return SheetRecord(
        sidecar=FORMAT,
        kind="rounds",
        written=dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        versions=_versions(),
        rounds=sha256_text(text),
        inputs=inputs,
        seed=str(seed),
        tried=tried,
        zones=zones,
        dates=dates,
    )


def write_sheets(path: Path, text: str, record: SheetRecord) -> None:
    """Write sheets, and beside a file their sidecar."""
    write_secret(path, text)
    if path.is_file():
        write_secret(sidecar_path(path), record.model_dump_json(indent=2) + "\n")


def read_record(path: Path, inputs: dict[str, str]) -> SheetRecord:
    """The sidecar of sheets that were drawn before.

    Parameters
    ----------
    path
        Of the sheets.
    inputs
        SHA-256 of each file as it is now.

    Raises
    ------
    InputError
        If there is no sidecar, or the input is another one.
    """
    beside = sidecar_path(path)
    try:
        record = SheetRecord.model_validate_json(beside.read_bytes())
    except OSError as error:
        message = _("there is no sidecar to replay from: {reason}").format(reason=f"{error.strerror or error}.")
        raise InputError([Complaint(message, Place(str(beside)))], str(beside)) from None
    except ValidationError:
        message = _("cannot be used: it is no sidecar of patrol sheets.")
        raise InputError([Complaint(message, Place(str(beside)))], str(beside)) from None
    changed = sorted(name for name in {*inputs, *record.inputs} if inputs.get(name) != record.inputs.get(name))
    if changed:
        message = _("the sheets were drawn from other input ({names} changed); replay with the old files.").format(
            names=", ".join(changed)
        )
        raise InputError([Complaint(message, Place(str(beside)))], str(beside))
    return record


def refuse_other_sheets(path: Path, text: str, record: SheetRecord) -> None:
    """Say that what was drawn again is not what was recorded.

    Raises
    ------
    InputError
        If it is not.
    """
    if sha256_text(text) == record.rounds:
        return
    beside = sidecar_path(path)
    now = _versions()
    others = [f"{name} {record.versions[name]}" for name in sorted(now) if record.versions.get(name, "") != now[name]]
    if others and all(name in record.versions for name in now):
        remedy = _("replay with {versions}, with which they were drawn.").format(versions=", ".join(others))
    else:
        remedy = _("the sidecar was changed since; look for a copy of it.")
    message = _("what is drawn from it is not what was written: {remedy}").format(remedy=remedy)
    raise InputError([Complaint(message, Place(str(beside)))], str(beside))


def is_as_written(path: Path, record: SheetRecord) -> bool:
    """Whether the sheets are still what was written; also if they are not there any more."""
    try:
        return sha256_text(path.read_bytes()) == record.rounds
    except FileNotFoundError:
        return True
    except OSError:
        return False


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner may read, before there is anything in it to read."""
    if not os.path.lexists(path):
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, SECRET))
        except FileExistsError:
            pass
        except OSError as error:
            message = _("cannot be written: {reason}").format(reason=f"{error.strerror or error}.")
            raise InputError([Complaint(message, Place(str(path)))], str(path)) from error
    if path.is_file():
        path.chmod(SECRET)
    write_atomic(path, text)


def _versions() -> dict[str, str]:
    import numpy

    return {"patrolplan": patrolplan.__version__, "numpy": numpy.__version__}
