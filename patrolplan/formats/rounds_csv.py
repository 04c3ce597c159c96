"""Patrol sheets as CSV: one row per visit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Protocol

from patrolplan.problem import Problem
from patrolplan.units import date_text

COLUMNS = ("date", "duty", "team", "zone", "checkpoint", "arrive", "leave")


class SheetRow(Protocol):
    """One visit; see `patrolplan.rounds.sheets.Visit`."""

    @property
    def ground(self) -> str:
        """Name of the ground."""
        ...

    @property
    def checkpoint(self) -> int:
        """Index of the checkpoint in it."""
        ...

    @property
    def arrive(self) -> int:
        """An instant."""
        ...

    @property
    def leave(self) -> int:
        """An instant."""
        ...

    @property
    def team(self) -> str:
        """Who walks."""
        ...

    @property
    def duty(self) -> str:
        """Name of the leader's duty."""
        ...

    @property
    def day(self) -> int:
        """Date on which that duty starts."""
        ...


def write_rounds(problem: Problem, visits: Iterable[SheetRow]) -> str:
    """The rows in the order given; times are ISO 8601 local with offset."""
    names = {ground.name: [point.name for point in ground.checkpoints] for ground in problem.grounds}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in visits:
        writer.writerow(
            (
                date_text(one.day),
                one.duty,
                one.team,
                one.ground,
                names[one.ground][one.checkpoint],
                problem.zone.iso(one.arrive),
                problem.zone.iso(one.leave),
            )
        )
    return text.getvalue()
