"""The sidecar of a roster, ``<roster>.csv.json``: from what it was made, how, and how good it is known to be."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from patrolplan.errors import Complaint, InputError, Place
from patrolplan.language import _
from patrolplan.proof import LevelProof, Proof
from patrolplan.units import COST_SCALE

FORMAT = 1
"""Version of the sidecar's own layout."""
KEPT = "keep:"
"""Before the name of an input that is a kept roster."""


@dataclass(frozen=True)
class Sidecar:
    """What a sidecar says.

    Attributes
    ----------
    roster
        SHA-256 of the roster file as it was written.
    inputs
        SHA-256 of every input file by name.
    versions
        Of patrolplan, Python and OR-Tools.
    data
        Everything as read.
    """

    roster: str
    inputs: Mapping[str, str]
    versions: Mapping[str, str]
    seed: int | None
    status: str
    words: str
    written: str
    data: Mapping[str, Any]

    def stale_inputs(self, inputs: Mapping[str, str]) -> tuple[str, ...]:
        """Names of input files that were added, removed or changed since, given their present hashes.

        A kept roster is not compared: its duties stand in the roster itself.
        """
        names = sorted(name for name in {*self.inputs, *inputs} if not name.startswith(KEPT))
        return tuple(name for name in names if self.inputs.get(name) != inputs.get(name))


def build_sidecar(
    *,
    versions: Mapping[str, str],
    roster: str,
    inputs: Mapping[str, str],
    seed: int | None,
    options: Mapping[str, Any],
    proof: Proof,
    by_rule: Mapping[str, int],
    written: dt.datetime,
) -> dict[str, Any]:
    """The sidecar as plain data; see `Sidecar`. Costs become weights.

    Parameters
    ----------
    versions
        By name: ``patrolplan``, ``python``, ``ortools``.
    by_rule
        Costs in sixtieths, as an audit gives them.
    written
        An aware moment; it is stored in UTC.
    """
    return {
        "sidecar": FORMAT,
        "written": written.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "versions": dict(versions),
        "roster": roster,
        "inputs": dict(sorted(inputs.items())),
        "seed": seed,
        "options": dict(options),
        "status": str(proof.status),
        "words": proof.words(),
        "seconds": round(proof.seconds, 1),
        "levels": levels_json(proof),
        "by_rule": {rule: cost / COST_SCALE for rule, cost in sorted(by_rule.items())},
    }


def levels_json(proof: Proof) -> list[dict[str, Any]]:
    """Cost, bound and gap of every level, in weights."""
    return [level_json(level) for level in proof.levels]


def level_json(level: LevelProof) -> dict[str, Any]:
    """Cost, bound and gap of one level, in weights."""
    return {
        "level": level.level,
        "name": level.name,
        "cost": level.cost / COST_SCALE,
        "bound": level.bound / COST_SCALE,
        "gap": level.gap,
        "proved": level.proved,
    }


def sidecar_text(data: Mapping[str, Any]) -> str:
    """The sidecar as it is written to disk."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def parse_sidecar(text: str, name: str) -> Sidecar:
    """Read a sidecar.

    Raises
    ------
    InputError
        If it is damaged, or of a later layout.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise _damaged(name, _("it is not JSON")) from None
    if not isinstance(data, dict):
        raise _damaged(name, _("it is not a sidecar"))
    if data.get("sidecar") != FORMAT:
        raise _damaged(
            name,
            _("its layout is {layout!r}, and this version reads {format}").format(
                layout=data.get("sidecar"), format=FORMAT
            ),
        )
    roster, inputs, versions, seed = (data.get(key) for key in ("roster", "inputs", "versions", "seed"))
    if not isinstance(roster, str) or not isinstance(inputs, dict) or not isinstance(versions, dict):
        raise _damaged(name, _("hashes or versions are missing"))
    if not all(isinstance(value, str) for value in (*inputs.values(), *versions.values())):
        raise _damaged(name, _("hashes or versions are not text"))
    words = {key: str(data.get(key, "")) for key in ("status", "words", "written")}
    return Sidecar(roster, inputs, versions, seed if isinstance(seed, int) else None, data=data, **words)


def _damaged(name: str, why: str) -> InputError:
    message = _("cannot be used: {why}. It stands beside a roster that patrolplan wrote; solve again.").format(why=why)
    return InputError([Complaint(message, Place(name))], name)
