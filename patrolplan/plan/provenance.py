"""From what a roster was made, and what is proved of it."""

from __future__ import annotations

from pathlib import Path

import patrolplan
from patrolplan.errors import InputError
from patrolplan.formats.sidecar import parse_sidecar
from patrolplan.plan.files import sha256_text, sidecar_path
from patrolplan.plan.versions import roster_path
from patrolplan.proof import LevelProof
from patrolplan.tables import decode, read_bytes
from patrolplan.units import COST_SCALE

_DIGITS = 12
"""Of a hash that are enough to tell versions apart."""


def version_of(roster: Path) -> str:
    """A short mark of a roster file as it stands: the first digits of its SHA-256."""
    path = roster_path(roster)
    return sha256_text(read_bytes(path, str(path)))[:_DIGITS]


def origin_of(operation: Path, roster: Path) -> str:
    """The files, the version of the roster, and the program."""
    return f"{operation.name}, {roster_path(roster).name} ({version_of(roster)}), patrolplan {patrolplan.__version__}"


def proof_of(roster: Path) -> tuple[LevelProof, ...]:
    """What the sidecar says is proved, level by level; nothing if there is none or the roster was edited since."""
    roster = roster_path(roster)
    beside = sidecar_path(roster)
    try:
        sidecar = parse_sidecar(decode(read_bytes(beside, str(beside)), str(beside)), str(beside))
        if sidecar.roster != sha256_text(read_bytes(roster, str(roster))):
            return ()
        return tuple(
            LevelProof(
                int(one["level"]),
                round(float(one["cost"]) * COST_SCALE),
                round(float(one["bound"]) * COST_SCALE),
                one["proved"] is True,
            )
            for one in sidecar.data.get("levels", ())
        )
    except (InputError, OSError, KeyError, TypeError, ValueError):
        return ()
