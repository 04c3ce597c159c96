"""A roster by Timefold, from an operation as plain numbers (`benchmarks.peers.task`).

Runs as a program of its own, ``python timefold_model.py TASK.json ANSWER.json SECONDS SEED``, with a Python that has
the package ``timefold`` and Java 17 or later; it needs nothing of patrolplan. One planning entity for each person and
date, whose value is the work done then (a shift at a post), or nothing; so default moves change a date of a person, and
swap two dates of a person or one date of two people. Construction heuristic and local search are Timefold's defaults.
"""

from __future__ import annotations

import json
import platform
import sys
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

from timefold.solver import SolverFactory
from timefold.solver.config import (
    Duration,
    EnvironmentMode,
    ScoreDirectorFactoryConfig,
    SolverConfig,
    TerminationConfig,
)
from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ProblemFactCollectionProperty,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import (
    BendableScore,
    Constraint,
    ConstraintCollectors,
    ConstraintFactory,
    Joiners,
    constraint_provider,
)

HARD = 0
SOFT_LEVELS = 3
"""Levels of costs that there is room for."""
NO_LIMIT = 10**9
OUT = 1000
"""Weight of a date on which somebody must not work for a pattern to be met."""


@dataclass(eq=False)
class Work:
    """A shift at a post, on whatever date."""

    kind: int
    shift: int


@planning_entity
@dataclass(eq=False)
class Cell:
    """One person on one date; kinds of work and shifts are numbered on from those of the date before."""

    id: Annotated[int, PlanningId]
    person: int
    day: int
    first_kind: int
    first_shift: int
    offered: Annotated[list[Work], ValueRangeProvider]
    work: Annotated[Work | None, PlanningVariable(allows_unassigned=True)] = field(default=None)


@dataclass(eq=False)
class Need:
    """People wanted in some slots."""

    id: int
    count: int
    upper: bool
    price: int
    level: int


@dataclass(eq=False)
class Covers:
    """A slot counts for a need."""

    slot: int
    need: Need


@dataclass(eq=False)
class Clash:
    """A turn that one person may not hold after another."""

    person: int
    first: int
    second: int
    price: int
    level: int


@dataclass(eq=False)
class Limit:
    """Least and most of a sum, or of worked weekends, of one person."""

    id: int
    person: int
    least: int
    most: int
    price: int
    level: int


@dataclass(eq=False)
class Adds:
    """A slot adds an amount to a sum of one person."""

    person: int
    slot: int
    amount: int
    limit: Limit


@dataclass(eq=False)
class WeekendDay:
    """A date of a weekend that counts for one person."""

    person: int
    day: int
    weekend: int
    limit: Limit


@dataclass(eq=False)
class Pattern:
    """Dates of one person that together make a run a day too long, or a run of a length that is too short.

    Every date on which the person works adds the weight of its part; the pattern is met when they add up to the target.
    """

    id: int
    target: int
    price: int
    level: int


@dataclass(eq=False)
class DayPart:
    """A date of a pattern for which any work counts."""

    person: int
    day: int
    weight: int
    pattern: Pattern


@dataclass(eq=False)
class TurnPart:
    """A turn of a pattern for which only some shifts count."""

    person: int
    turn: int
    weight: int
    pattern: Pattern


@dataclass(eq=False)
class Wish:
    """What holding a slot costs one person; negative if it meets a wish."""

    person: int
    slot: int
    price: int
    level: int


@planning_solution
@dataclass(eq=False)
class Roster:
    """Everything."""

    needs: Annotated[list[Need], ProblemFactCollectionProperty]
    covers: Annotated[list[Covers], ProblemFactCollectionProperty]
    clashes: Annotated[list[Clash], ProblemFactCollectionProperty]
    adds: Annotated[list[Adds], ProblemFactCollectionProperty]
    weekend_days: Annotated[list[WeekendDay], ProblemFactCollectionProperty]
    day_parts: Annotated[list[DayPart], ProblemFactCollectionProperty]
    turn_parts: Annotated[list[TurnPart], ProblemFactCollectionProperty]
    wishes: Annotated[list[Wish], ProblemFactCollectionProperty]
    cells: Annotated[list[Cell], PlanningEntityCollectionProperty]
    score: Annotated[
        BendableScore, PlanningScore(bendable_hard_levels_size=1, bendable_soft_levels_size=SOFT_LEVELS)
    ] = field(default=None)


def unit(level: int) -> BendableScore:
    """One sixtieth of a weight on a level; 0 is what may not be broken."""
    if level == HARD:
        return BendableScore.of_hard(1, SOFT_LEVELS, 0, 1)
    return BendableScore.of_soft(1, SOFT_LEVELS, level - 1, 1)


@constraint_provider
def constraints(factory: ConstraintFactory) -> list[Constraint]:
    """Everything that costs, once for each level that is used."""
    return [one(factory, level) for one, levels in USED.items() for level in sorted(levels)]


def short(factory: ConstraintFactory, level: int) -> Constraint:
    """People where they are needed are rewarded, up to the number needed; that is the shortfall less a constant."""
    return (
        factory.for_each(Cell)
        .join(Covers, Joiners.equal(lambda cell: cell.first_kind + cell.work.kind, lambda covers: covers.slot))
        .filter(lambda cell, covers: covers.need.level == level and not covers.need.upper)
        .group_by(lambda cell, covers: covers.need, ConstraintCollectors.count_bi())
        .reward(unit(level), lambda need, people: need.price * min(people, need.count))
        .as_constraint(f"short {level}")
    )


def surplus(factory: ConstraintFactory, level: int) -> Constraint:
    """More people than wanted."""
    return (
        factory.for_each(Cell)
        .join(Covers, Joiners.equal(lambda cell: cell.first_kind + cell.work.kind, lambda covers: covers.slot))
        .filter(lambda cell, covers: covers.need.level == level and covers.need.upper)
        .group_by(lambda cell, covers: covers.need, ConstraintCollectors.count_bi())
        .filter(lambda need, people: people > need.count)
        .penalize(unit(level), lambda need, people: need.price * (people - need.count))
        .as_constraint(f"surplus {level}")
    )


def clash(factory: ConstraintFactory, level: int) -> Constraint:
    """Two duties of one person of which the second may not follow the first."""
    return (
        factory.for_each(Clash)
        .filter(lambda clash: clash.level == level)
        .join(
            Cell,
            Joiners.equal(lambda clash: clash.person, lambda cell: cell.person),
            Joiners.equal(lambda clash: clash.first, lambda cell: cell.first_shift + cell.work.shift),
        )
        .join(
            Cell,
            Joiners.equal(lambda clash, cell: clash.person, lambda cell: cell.person),
            Joiners.equal(lambda clash, cell: clash.second, lambda cell: cell.first_shift + cell.work.shift),
        )
        .penalize(unit(level), lambda clash, first, second: clash.price)
        .as_constraint(f"clash {level}")
    )


def sums_above(factory: ConstraintFactory, level: int) -> Constraint:
    """More than the most, such as hours in a week."""
    return (
        factory.for_each(Cell)
        .join(
            Adds,
            Joiners.equal(lambda cell: cell.person, lambda adds: adds.person),
            Joiners.equal(lambda cell: cell.first_kind + cell.work.kind, lambda adds: adds.slot),
        )
        .filter(lambda cell, adds: adds.limit.level == level)
        .group_by(lambda cell, adds: adds.limit, ConstraintCollectors.sum(lambda cell, adds: adds.amount))
        .filter(lambda limit, total: total > limit.most)
        .penalize(unit(level), lambda limit, total: limit.price * (total - limit.most))
        .as_constraint(f"sums above {level}")
    )


def sums_below(factory: ConstraintFactory, level: int) -> Constraint:
    """Less than the least; as for `short`, what there is of it is rewarded."""
    return (
        factory.for_each(Cell)
        .join(
            Adds,
            Joiners.equal(lambda cell: cell.person, lambda adds: adds.person),
            Joiners.equal(lambda cell: cell.first_kind + cell.work.kind, lambda adds: adds.slot),
        )
        .filter(lambda cell, adds: adds.limit.level == level and adds.limit.least > 0)
        .group_by(lambda cell, adds: adds.limit, ConstraintCollectors.sum(lambda cell, adds: adds.amount))
        .reward(unit(level), lambda limit, total: limit.price * min(total, limit.least))
        .as_constraint(f"sums below {level}")
    )


def weekends(factory: ConstraintFactory, level: int) -> Constraint:
    """Too many worked weekends."""
    return (
        factory.for_each(Cell)
        .join(
            WeekendDay,
            Joiners.equal(lambda cell: cell.person, lambda one: one.person),
            Joiners.equal(lambda cell: cell.day, lambda one: one.day),
        )
        .filter(lambda cell, one: one.limit.level == level)
        .group_by(lambda cell, one: one.limit, ConstraintCollectors.count_distinct(lambda cell, one: one.weekend))
        .filter(lambda limit, count: count > limit.most)
        .penalize(unit(level), lambda limit, count: limit.price * (count - limit.most))
        .as_constraint(f"weekends {level}")
    )


def streaks(factory: ConstraintFactory, level: int) -> Constraint:
    """Runs of dates on or off duty that are too long or too short."""
    return (
        factory.for_each(Cell)
        .join(
            DayPart,
            Joiners.equal(lambda cell: cell.person, lambda part: part.person),
            Joiners.equal(lambda cell: cell.day, lambda part: part.day),
        )
        .filter(lambda cell, part: part.pattern.level == level)
        .group_by(lambda cell, part: part.pattern, ConstraintCollectors.sum(lambda cell, part: part.weight))
        .filter(lambda pattern, total: total == pattern.target)
        .penalize(unit(level), lambda pattern, total: pattern.price)
        .as_constraint(f"streaks {level}")
    )


def shift_streaks(factory: ConstraintFactory, level: int) -> Constraint:
    """Runs of dates in some shifts that are too long or too short."""
    return (
        factory.for_each(Cell)
        .join(
            TurnPart,
            Joiners.equal(lambda cell: cell.person, lambda part: part.person),
            Joiners.equal(lambda cell: cell.first_shift + cell.work.shift, lambda part: part.turn),
        )
        .filter(lambda cell, part: part.pattern.level == level)
        .group_by(lambda cell, part: part.pattern, ConstraintCollectors.sum(lambda cell, part: part.weight))
        .filter(lambda pattern, total: total == pattern.target)
        .penalize(unit(level), lambda pattern, total: pattern.price)
        .as_constraint(f"shift streaks {level}")
    )


def wishes_against(factory: ConstraintFactory, level: int) -> Constraint:
    """Duties against a wish."""
    return (
        factory.for_each(Cell)
        .join(
            Wish,
            Joiners.equal(lambda cell: cell.person, lambda wish: wish.person),
            Joiners.equal(lambda cell: cell.first_kind + cell.work.kind, lambda wish: wish.slot),
        )
        .filter(lambda cell, wish: wish.level == level and wish.price > 0)
        .penalize(unit(level), lambda cell, wish: wish.price)
        .as_constraint(f"wishes against {level}")
    )


def wishes_for(factory: ConstraintFactory, level: int) -> Constraint:
    """Duties that somebody wished for."""
    return (
        factory.for_each(Cell)
        .join(
            Wish,
            Joiners.equal(lambda cell: cell.person, lambda wish: wish.person),
            Joiners.equal(lambda cell: cell.first_kind + cell.work.kind, lambda wish: wish.slot),
        )
        .filter(lambda cell, wish: wish.level == level and wish.price < 0)
        .reward(unit(level), lambda cell, wish: -wish.price)
        .as_constraint(f"wishes for {level}")
    )


USED: dict[Any, set[int]] = {}
"""Which kinds of costs there are on which levels; filled by `read_roster`."""


def use(kind: Any, level: int) -> None:
    """Remember that a kind of cost is used on a level."""
    USED.setdefault(kind, set()).add(level)


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
        use(clash, one.level)
    for one in wishes:
        use(wishes_against if one.price > 0 else wishes_for, one.level)
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
        use(surplus if need.upper else short, need.level)
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
                    use(sums_below, limit.level)
                if limit.most < NO_LIMIT:
                    use(sums_above, limit.level)
                found += [Adds(person, self.dated.slot(slot), amount, limit) for slot, amount in one["amounts"]]
        return found

    def weekends(self) -> list[WeekendDay]:
        """Limits of worked weekends."""
        found = []
        for one in self.task["weekends"]:
            for person in one["people"]:
                limit = self.limit(one, person)
                use(weekends, limit.level)
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
            use(streaks, pattern.level)
            self.days += [DayPart(person, start + step, weight, pattern) for step, weight in enumerate(weights)]
            return
        use(shift_streaks, pattern.level)
        for turn in one["turns"]:
            step = self.task["turns"][turn] - start
            if 0 <= step < len(weights):
                self.turns.append(TurnPart(person, self.dated.turn(turn), weights[step], pattern))


def solve(task: dict[str, Any], seconds: float, seed: int) -> dict[str, Any]:
    """Search for so many seconds; who holds which slot, and when the best roster was found."""
    begin = time.monotonic()
    problem = read_roster(task)
    config = SolverConfig(
        solution_class=Roster,
        entity_class_list=[Cell],
        score_director_factory_config=ScoreDirectorFactoryConfig(constraint_provider_function=constraints),
        termination_config=TerminationConfig(spent_limit=Duration(milliseconds=int(seconds * 1000))),
        environment_mode=EnvironmentMode.NO_ASSERT,
        random_seed=seed,
    )
    solver = SolverFactory.create(config).build_solver()
    best = note_improvements(solver)
    started = time.monotonic()
    found = solver.solve(problem)
    return {
        "held": held(found, Dated(task)),
        "score": str(found.score),
        "first_roster_seconds": best[0] if best else None,
        "best_seconds": best[-1] if best else None,
        "seconds": time.monotonic() - started,
        "start_seconds": started - begin,
        "versions": {"timefold": version("timefold"), "python": platform.python_version(), "java": java_version()},
    }


def held(found: Roster, dated: Dated) -> list[list[int]]:
    """Pairs of person and slot."""
    working = [cell for cell in found.cells if cell.work is not None]
    return [[cell.person, dated.slots[cell.first_kind + cell.work.kind]] for cell in working]


def note_improvements(solver: Any) -> list[float]:
    """A list to which the seconds of every better roster will be added.

    The listener of the Python package hands over the whole roster each time, which takes most of the time of the
    search; so this one asks Java for the time alone.
    """
    from jpype import JImplements, JOverride

    seconds: list[float] = []

    @JImplements("ai.timefold.solver.core.api.solver.event.SolverEventListener")
    class Watch:
        @JOverride
        def bestSolutionChanged(self, event: Any) -> None:
            seconds.append(event.getTimeMillisSpent() / 1000)

    solver._delegate.addEventListener(Watch())
    return seconds


def java_version() -> str:
    """Version of the Java that runs the search."""
    from jpype import JClass

    return str(JClass("java.lang.System").getProperty("java.version"))


def main(arguments: list[str]) -> None:
    """Read a task, search, write the answer."""
    task, answer, seconds, seed = arguments
    found = solve(json.loads(Path(task).read_text(encoding="utf-8")), float(seconds), int(seed))
    Path(answer).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
