"""The planning problem from an operation as plain numbers (`benchmarks.peers.task`)."""

from __future__ import annotations

from typing import Any

from benchmarks.peers.timefold_model import constraints
from benchmarks.peers.timefold_model.constraints import use
from benchmarks.peers.timefold_model.domain import (
    HARD,
    SOFT_LEVELS,
    Adds,
    Cell,
    Clash,
    Covers,
    DayPart,
    Limit,
    Need,
    Pattern,
    Roster,
    TurnPart,
    WeekendDay,
    Wish,
    Work,
)

NO_LIMIT = 10**9
OUT = 1000
"""Weight of a date on which somebody must not work for a pattern to be met."""


def read_roster(task: dict[str, Any]) -> Roster:
    """The planning problem, from plain numbers; levels are numbered anew from 1."""
    rank = {HARD: HARD, **{level: number for number, level in enumerate(task["levels"], 1)}}
    if len(task["levels"]) > SOFT_LEVELS:
        raise SystemExit(f"at most {SOFT_LEVELS} levels of costs.")
    dated = Dated(task)
    cells = [dated.cell(number, one) for number, one in enumerate(task["cells"])]
    needs, covers = read_needs(task, rank, dated)
    limits = LimitReader(task, rank, dated)
    patterns = PatternReader(task, rank, dated)
    clashes = [
        Clash(person, dated.turn(one["first"]), dated.turn(one["second"]), one["price"], rank[one["level"]])
        for one in task["clashes"]
        for person in one["people"]
    ]
    wishes = [
        Wish(one["person"], dated.slot(slot), -one["price"] if one["wanted"] else one["price"], rank[one["level"]])
        for one in task["wishes"]
        for slot in one["slots"]
    ]
    for one in clashes:
        use(constraints.clash, one.level)
    for one in wishes:
        use(constraints.wishes_against if one.price > 0 else constraints.wishes_for, one.level)
    facts = (needs, covers, clashes, limits.sums(), limits.weekends(), patterns.days, patterns.turns, wishes)
    return Roster(*facts, cells)


class Dated:
    """Numbers of slots and turns as the cells reckon them: date by date, with room for every kind of work and shift."""

    def __init__(self, task: dict[str, Any]) -> None:
        self.task = task
        self.first_day = task["first_day"]
        self.kinds = max(task["kinds"], default=0) + 1
        self.shifts = max(task["shifts"], default=0) + 1
        self.works: dict[int, Work] = {}
        for slot, kind in enumerate(task["kinds"]):
            self.works.setdefault(kind, Work(kind, task["shifts"][task["slots"][slot]]))
        self.slots = {self.slot(slot): slot for slot in range(len(task["kinds"]))}

    def turn(self, turn: int) -> int:
        """Number of a turn."""
        day: int = self.task["turns"][turn] - self.first_day
        return day * self.shifts + int(self.task["shifts"][turn])

    def slot(self, slot: int) -> int:
        """Number of a slot."""
        day: int = self.task["turns"][self.task["slots"][slot]] - self.first_day
        return day * self.kinds + int(self.task["kinds"][slot])

    def cell(self, number: int, one: dict[str, Any]) -> Cell:
        """A person on a date, with the work that is offered."""
        day = one["day"] - self.first_day
        offered = [self.works[self.task["kinds"][slot]] for slot in one["slots"]]
        return Cell(number, one["person"], one["day"], day * self.kinds, day * self.shifts, offered)


def read_needs(task: dict[str, Any], rank: dict[int, int], dated: Dated) -> tuple[list[Need], list[Covers]]:
    """Needs and the slots that count for them."""
    needs, covers = [], []
    for number, one in enumerate(task["needs"]):
        need = Need(number, one["count"], one["upper"], one["price"], rank[one["level"]])
        use(constraints.surplus if need.upper else constraints.short, need.level)
        needs.append(need)
        covers += [Covers(dated.slot(slot), need) for slot in one["slots"]]
    return needs, covers


class LimitReader:
    """Makes the limits of single people."""

    def __init__(self, task: dict[str, Any], rank: dict[int, int], dated: Dated) -> None:
        self.task = task
        self.dated = dated
        self.rank = rank
        self.number = 0

    def limit(self, one: dict[str, Any], person: int) -> Limit:
        """The limit of one person."""
        self.number += 1
        least = one.get("least") or 0
        most = NO_LIMIT if one.get("most") is None else one["most"]
        return Limit(self.number, person, least, most, one["price"], self.rank[one["level"]])

    def sums(self) -> list[Adds]:
        """Limits of sums."""
        found = []
        for one in self.task["limits"]:
            for person in one["people"]:
                limit = self.limit(one, person)
                if limit.least:
                    use(constraints.sums_below, limit.level)
                if limit.most < NO_LIMIT:
                    use(constraints.sums_above, limit.level)
                found += [Adds(person, self.dated.slot(slot), amount, limit) for slot, amount in one["amounts"]]
        return found

    def weekends(self) -> list[WeekendDay]:
        """Limits of worked weekends."""
        found = []
        for one in self.task["weekends"]:
            for person in one["people"]:
                limit = self.limit(one, person)
                use(constraints.weekends, limit.level)
                found += [WeekendDay(person, day, number, limit) for day, number in one["days"]]
        return found


class PatternReader:
    """Makes the patterns of single people from the limits of their runs of dates."""

    def __init__(self, task: dict[str, Any], rank: dict[int, int], dated: Dated) -> None:
        self.task = task
        self.rank = rank
        self.dated = dated
        self.days: list[DayPart] = []
        self.turns: list[TurnPart] = []
        self.number = 0
        for one in task["streaks"]:
            for person in one["people"]:
                self.read(one, person)

    def read(self, one: dict[str, Any], person: int) -> None:
        """Patterns of one limit: a day too many, and every length that is too short with what bounds it."""
        days = range(self.task["first_day"], self.task["last_day"] + 1)
        if one["most"] is not None:
            length = one["most"] + 1
            for start in days[: len(days) - length + 1]:
                self.add(one, person, start, [1] * length, length, one["price"])
        for length in range(1, one["least"] or 1):
            inside, beside, target = (OUT, 1, 2) if one["off"] else (1, OUT, length)
            weights = [beside, *[inside] * length, beside]
            for start in days[: len(days) - len(weights) + 1]:
                self.add(one, person, start, weights, target, one["price"] * (one["least"] - length))

    def add(self, one: dict[str, Any], person: int, start: int, weights: list[int], target: int, price: int) -> None:
        """One pattern that begins on a date."""
        self.number += 1
        pattern = Pattern(self.number, target, price, self.rank[one["level"]])
        if one["off"] or len(one["turns"]) == len(self.task["turns"]):
            use(constraints.streaks, pattern.level)
            self.days += [DayPart(person, start + step, weight, pattern) for step, weight in enumerate(weights)]
            return
        use(constraints.shift_streaks, pattern.level)
        for turn in one["turns"]:
            step = self.task["turns"][turn] - start
            if 0 <= step < len(weights):
                self.turns.append(TurnPart(person, self.dated.turn(turn), weights[step], pattern))
