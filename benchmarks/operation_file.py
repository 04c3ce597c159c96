"""Operation files of patrolplan as the converters write them: one document, with its tables beside it."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from patrolplan.plan.loading import Operation, load_operation

FIRST_DATE = date(2024, 1, 1)
"""The date that stands for day 0 of an instance; like day 0, it is a Monday."""

TIME_ZONE = "UTC"
OPERATION = "operation.yaml"

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OperationFiles:
    """An operation that is not written yet.

    Attributes
    ----------
    document
        Everything but the sections that come from tables.
    tables
        Section to the headings and rows of its table, which is written beside the document.
    """

    document: Document
    tables: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)

    def write(self, path: Path) -> list[Path]:
        """Write the document to a path, and each table to a file named after it; what was there is replaced."""
        beside = {section: path.with_name(f"{path.stem}.{section}.csv") for section in self.tables}
        text = yaml.dump(
            {**self.document, **{section: one.name for section, one in beside.items()}},
            Dumper=_Plain,
            sort_keys=False,
            allow_unicode=True,
            default_flow_style=None,
            width=120,
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        for section, one in beside.items():
            one.write_text(_table_text(self.tables[section]), encoding="utf-8")
        return [path, *beside.values()]

    def load(self) -> Operation:
        """The operation as patrolplan reads it, by way of a folder that is removed again."""
        with tempfile.TemporaryDirectory() as folder:
            return load_operation(self.write(Path(folder) / OPERATION)[0])


class _Plain(yaml.SafeDumper):
    """YAML in which equal values are written out each time."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _table_text(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def heading(name: str, days: int) -> Document:
    """The first sections: so many whole days from `FIRST_DATE` on."""
    until = FIRST_DATE + timedelta(days=days)
    clock = "00:00"
    return {
        "patrolplan": 1,
        "operation": {
            "name": name,
            "timezone": TIME_ZONE,
            "from": f"{FIRST_DATE} {clock}",
            "until": f"{until} {clock}",
        },
    }


def clock_text(minutes: int) -> str:
    """Minutes after midnight as a clock time; 24 hours are the midnight after."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def dates(days: Iterable[int]) -> list[str]:
    """Days of the horizon as dates and ranges of dates, in order."""
    runs: list[list[int]] = []
    for day in sorted(set(days)):
        if runs and day == runs[-1][1] + 1:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return [_date(first) if first == last else f"{_date(first)}..{_date(last)}" for first, last in runs]


def _date(day: int) -> str:
    return str(FIRST_DATE + timedelta(days=day))


def opening_need(turns: Iterable[tuple[int, str]], level: int) -> list[Document]:
    """Needs of a site that cost nothing and let people be on duty in some shifts of some days.

    At a post, patrolplan plans only shifts that somebody is needed in; the formats know no such limit.

    Parameters
    ----------
    turns
        Days and shifts.
    """
    by_shift: dict[str, list[int]] = {}
    for day, shift in turns:
        by_shift.setdefault(shift, []).append(day)
    free = {"cost": 0, "level": level}
    return [
        {"shift": shift, "dates": dates(days), "ideal": 1, "ideal_cost": free, "per": "window"}
        for shift, days in by_shift.items()
    ]
