"""What costs, as constraint streams; each kind of cost once for each level on which it is used."""

from __future__ import annotations

from typing import Any

from timefold.solver.score import (
    BendableScore,
    Constraint,
    ConstraintCollectors,
    ConstraintFactory,
    Joiners,
    constraint_provider,
)

from benchmarks.peers.timefold_model.domain import (
    HARD,
    SOFT_LEVELS,
    Adds,
    Cell,
    Clash,
    Covers,
    DayPart,
    TurnPart,
    WeekendDay,
    Wish,
)

USED: dict[Any, set[int]] = {}
"""Which kinds of costs there are on which levels; filled by `read_roster`."""


def use(kind: Any, level: int) -> None:
    """Remember that a kind of cost is used on a level."""
    USED.setdefault(kind, set()).add(level)


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


def _patterns(parts: Any, level: int) -> Any:
    """Charge the patterns of a level whose parts, joined to what people do, add up to what they watch for."""
    return (
        parts.filter(lambda cell, part: part.pattern.level == level)
        .group_by(lambda cell, part: part.pattern, ConstraintCollectors.sum(lambda cell, part: part.weight))
        .filter(lambda pattern, total: total == pattern.target)
        .penalize(unit(level), lambda pattern, total: pattern.price)
    )


def streaks(factory: ConstraintFactory, level: int) -> Constraint:
    """Runs of dates on or off duty that are too long or too short."""
    parts = factory.for_each(Cell).join(
        DayPart,
        Joiners.equal(lambda cell: cell.person, lambda part: part.person),
        Joiners.equal(lambda cell: cell.day, lambda part: part.day),
    )
    return _patterns(parts, level).as_constraint(f"streaks {level}")


def shift_streaks(factory: ConstraintFactory, level: int) -> Constraint:
    """Runs of dates in some shifts that are too long or too short."""
    parts = factory.for_each(Cell).join(
        TurnPart,
        Joiners.equal(lambda cell: cell.person, lambda part: part.person),
        Joiners.equal(lambda cell: cell.first_shift + cell.work.shift, lambda part: part.turn),
    )
    return _patterns(parts, level).as_constraint(f"shift streaks {level}")


def _wished(factory: ConstraintFactory) -> Any:
    """What people do, with the wishes about it."""
    return factory.for_each(Cell).join(
        Wish,
        Joiners.equal(lambda cell: cell.person, lambda wish: wish.person),
        Joiners.equal(lambda cell: cell.first_kind + cell.work.kind, lambda wish: wish.slot),
    )


def wishes_against(factory: ConstraintFactory, level: int) -> Constraint:
    """Duties against a wish."""
    return (
        _wished(factory)
        .filter(lambda cell, wish: wish.level == level and wish.price > 0)
        .penalize(unit(level), lambda cell, wish: wish.price)
        .as_constraint(f"wishes against {level}")
    )


def wishes_for(factory: ConstraintFactory, level: int) -> Constraint:
    """Duties that somebody wished for."""
    return (
        _wished(factory)
        .filter(lambda cell, wish: wish.level == level and wish.price < 0)
        .reward(unit(level), lambda cell, wish: -wish.price)
        .as_constraint(f"wishes for {level}")
    )
