"""Which linking rows and people have to do with each other: independent components, and neighbourhoods of gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from patrolplan.engine.formulation import Formulation
from patrolplan.engine.incumbent import Incumbent

WIDE = 2
"""A unit whose people are more than so many times those of a gap's own units is no neighbour of the gap."""


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a problem that shares nobody and no linking row with the rest.

    Attributes
    ----------
    people
        Indices.
    keys
        Slots, turns and standby that any of them may hold.
    units
        Units of linking rows over them.
    """

    people: tuple[int, ...]
    keys: frozenset[int]
    units: tuple[int, ...]


def components(formulation: Formulation) -> list[Component]:
    """The independent parts of a problem, largest first; people of one kind whom no linking row sees are one, too."""
    turns = range(len(formulation.variables.turns))
    reach = classes_of_units(formulation, range(len(formulation.units)), turns)
    keys_of = [_keys_of_class(formulation, number, turns) for number in range(len(formulation.classes))]
    found = []
    for classes in _joined([*reach.values(), *(1 << number for number in range(len(formulation.classes)))]):
        numbers = [number for number in range(len(formulation.classes)) if classes >> number & 1]
        people = sorted(person for number in numbers for person in formulation.classes[number].people)
        units = tuple(unit for unit, mine in reach.items() if mine & classes)
        found.append(Component(tuple(people), frozenset(key for number in numbers for key in keys_of[number]), units))
    return sorted(found, key=lambda one: (-len(one.people), one.people))


def classes_of_units(formulation: Formulation, units: Iterable[int], turns: Iterable[int]) -> dict[int, int]:
    """For each unit, which classes of people stand in its rows in some turns, as the bits of a number."""
    turns = list(turns)
    of_key: dict[int, int] = {}
    for number in range(len(formulation.classes)):
        for key in _keys_of_class(formulation, number, turns):
            of_key[key] = of_key.get(key, 0) | 1 << number
    masks: dict[int, int] = {}
    found = {}
    for unit in units:
        classes = 0
        for number in formulation.units[unit]:
            for term in formulation.row(number).terms:
                if term.mask not in masks:
                    people = formulation.links.masks[term.mask]
                    masks[term.mask] = _bits({formulation.class_of[person] for person in people})
                for key in term.keys:
                    parts = formulation.variables.any_of.get(key, (key,))
                    for part in parts:
                        classes |= of_key.get(part, 0) & masks[term.mask]
        found[unit] = classes
    return found


def around_costs(incumbent: Incumbent, units: Sequence[int], turns: Iterable[int], level: int) -> list[list[int]]:
    """Units around those that cost something on a level: disjoint lists, each of units that share people.

    Units that are far from every cost are left out, and so are those that tie very many more people together.
    """
    formulation = incumbent.formulation
    costly = [unit for unit in units if incumbent.unit_costs[unit] and formulation.unit_level(unit) == level]
    if not costly:
        return [list(units)]
    reach = classes_of_units(formulation, units, turns)
    found, taken = [], set(costly)
    for classes in _joined([reach[unit] for unit in costly]):
        most = WIDE * classes.bit_count()
        near = [unit for unit in costly if reach[unit] & classes]
        for unit in units:
            if unit not in taken and reach[unit] & classes and reach[unit].bit_count() <= most:
                taken.add(unit)
                near.append(unit)
        found.append(sorted(near))
    nobody = [unit for unit in costly if not reach[unit]]
    return [*found, nobody] if nobody else found


def _keys_of_class(formulation: Formulation, number: int, turns: Iterable[int]) -> list[int]:
    one, variables = formulation.classes[number], formulation.variables
    keys = []
    for turn in turns:
        if turn in one.slots:
            keys += [*one.slots[turn], variables.turn_key(turn)]
        if turn in one.standby:
            keys.append(variables.standby_key(turn))
    return keys


def _bits(numbers: Iterable[int]) -> int:
    return sum(1 << number for number in numbers)


def _joined(sets: Iterable[int]) -> list[int]:
    """Sets, as the bits of numbers, joined where they have something in common; empty ones are left out."""
    found: list[int] = []
    for one in dict.fromkeys(sets):
        if one:
            apart = [other for other in found if not other & one]
            joined = one
            for other in found:
                joined |= other if other & one else 0
            found = [*apart, joined]
    return found
