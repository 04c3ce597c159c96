"""The roster as JSON facts, for other programs, and back."""

from __future__ import annotations

import json
from typing import Any

from patrolplan.errors import Complaint, InputError, Place
from patrolplan.formats.roster_csv import COLUMNS, RosterFile, roster_table
from patrolplan.language import _
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.tables import Row, Table

_LIST = "stretches"


def roster_json(problem: Problem, roster: Roster, origin: RosterFile | None = None) -> dict[str, Any]:
    """A roster as plain data: the operation, and its stretches under the headings of the roster file.

    Parameters
    ----------
    origin
        The file from which the roster was read: its extra columns are written, too.
    """
    head, *rows = roster_table(problem, roster, origin)
    return {
        "operation": problem.name,
        "timezone": problem.zone.name,
        "from": problem.zone.iso(problem.start),
        "until": problem.zone.iso(problem.end),
        "duties": len(roster.duties),
        "people": len(roster.by_person),
        _LIST: [dict(zip(head, cells, strict=True)) for cells in rows],
    }


def is_json(content: bytes) -> bool:
    """Whether a file may be a roster as JSON rather than a table."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def roster_json_table(text: str, name: str) -> Table:
    """The stretches of a roster as JSON, as rows that are numbered from 1.

    Raises
    ------
    InputError
        If it is not JSON, or has no stretches.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            [Complaint(_("this is not JSON: {reason}.").format(reason=error.msg), Place(name, error.lineno))], name
        ) from None
    except RecursionError:
        raise InputError([Complaint(_("this is not a roster, but nested too deeply."), Place(name))], name) from None
    stretches = data.get(_LIST) if isinstance(data, dict) else None
    if not isinstance(stretches, list) or not all(isinstance(one, dict) for one in stretches):
        words = _('this is not a roster: a list "{name}" was expected, as patrolplan export --to json writes it.')
        message = words.format(name=_LIST)
        raise InputError([Complaint(message, Place(name))], name)
    headings = list(dict.fromkeys(str(key) for one in stretches for key in one)) or list(COLUMNS)
    rows = [
        Row(number, {str(key).lower(): _text(value) for key, value in one.items()})
        for number, one in enumerate(stretches, 1)
    ]
    return Table(name, headings, "", rows)


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
