"""Prices of what may be held on each date, and the cheapest of what has the same effect, all layers at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from patrolplan.engine.layers import Layers

Numbers = npt.NDArray[np.int64]
Indices = npt.NDArray[np.int32]


class OptionPrices:
    """Prices of options and effects, all layers at once.

    Parameters
    ----------
    effects
        For each layer, the options of each effect.
    """

    def __init__(
        self, layers: Layers, effects: Sequence[Sequence[Sequence[int]]], levels: Sequence[int], keys: int
    ) -> None:
        self._slots: list[tuple[int, ...]] = []
        self._kinds: list[tuple[int, ...]] = []
        also: list[int] = []
        inner: list[tuple[int, int]] = []
        costs: list[list[int]] = []
        order: list[int] = []
        effect_first: list[int] = []
        for layer, grouped in zip(layers.layers, effects, strict=True):
            base, first_option = len(self._slots), len(self._kinds)
            for kind in layer.kinds:
                self._slots.append(kind.slots or kind.keys)
                also.append(kind.keys[0] if kind.slots else keys)
            for option in layer.options:
                inner += [(key, len(self._kinds)) for key in sorted(option.inner)]
                self._kinds.append(tuple(base + number for number in option.kinds))
                costs.append([option.costs.get(level, 0) for level in levels])
            for options in grouped:
                effect_first.append(len(order))
                order += [first_option + number for number in options]
        self._also = np.array(also, dtype=np.int64)
        self._flat, self._slot_first = _flatten(self._slots)
        nothing = len(self._slots)
        self._items, self._item_first = _flatten([(nothing, *kinds) for kinds in self._kinds])
        self._inner = np.array([key for key, _ in inner], dtype=np.int64)
        self._inner_option = np.array([option for _, option in inner], dtype=np.int64)
        self.costs = np.array(costs, dtype=np.int64).reshape(len(costs), len(levels))
        self._order = np.array(order, dtype=np.int64)
        self._effect_first = np.array(effect_first, dtype=np.int64)

    def price(self, padded: Numbers, levels: Numbers) -> tuple[Numbers, Numbers]:
        """Price of every option, and of the cheapest option of every effect."""
        if not len(self._order):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        kinds = np.zeros(len(self._slots) + 1, dtype=np.int64)
        if self._slots:
            kinds[:-1] = np.minimum.reduceat(padded[self._flat], self._slot_first) + padded[self._also]
        options = np.add.reduceat(kinds[self._items], self._item_first)
        if len(self._inner):
            np.add.at(options, self._inner_option, padded[self._inner])
        if len(levels):
            options += self.costs @ levels
        return options, np.minimum.reduceat(options[self._order], self._effect_first)

    def pick(self, effect: int, by_option: Numbers) -> int:
        """The cheapest option of an effect."""
        first = int(self._effect_first[effect])
        last = int(self._effect_first[effect + 1]) if effect + 1 < len(self._effect_first) else len(self._order)
        if last - first == 1:
            return int(self._order[first])
        options = self._order[first:last]
        return int(options[by_option[options].argmin()])

    def keys(self, option: int, padded: Numbers) -> list[int]:
        """Slots and standby of an option, the cheapest of each kind."""
        kinds = (self._slots[kind] for kind in self._kinds[option])
        return [slots[0] if len(slots) == 1 else min(slots, key=padded.__getitem__) for slots in kinds]

    def pick_all(self, effects: Numbers, by_option: Numbers) -> Numbers:
        """The cheapest option of each of some effects."""
        where, lengths = spread(self._effect_first, len(self._order), effects)
        options = self._order[where]
        found: Numbers = options[first_least(by_option[options], lengths)]
        return found

    def keys_of_all(self, options: Numbers, padded: Numbers) -> Numbers:
        """Slots and standby of some options, the cheapest of each kind."""
        where, _ = spread(self._item_first, len(self._items), options)
        kinds = self._items[where]
        kinds = kinds[kinds < len(self._slots)]
        if not len(kinds):
            return kinds
        where, lengths = spread(self._slot_first, len(self._flat), kinds)
        slots = self._flat[where]
        found: Numbers = slots[first_least(padded[slots], lengths)]
        return found


def _flatten(parts: Sequence[Sequence[int]]) -> tuple[Numbers, Numbers]:
    """Parts one after the other, and where each begins; none may be empty."""
    flat = np.array([one for part in parts for one in part], dtype=np.int64)
    lengths = [0, *(len(part) for part in parts)][:-1] if parts else []
    return flat, np.cumsum(np.array(lengths, dtype=np.int64), dtype=np.int64)


def spread(first: Numbers | Indices, size: int, chosen: Numbers) -> tuple[Numbers, Numbers]:
    """Places of everything in some parts that lie one after the other, and the length of each chosen part.

    Parameters
    ----------
    first
        Where each part begins; none is empty.
    size
        Where the last one ends.
    """
    begins = first[chosen].astype(np.int64)
    after = chosen + 1
    ends = np.where(after < len(first), first[np.minimum(after, len(first) - 1)], size)
    lengths = ends - begins
    before = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum()), dtype=np.int64) + np.repeat(begins - before, lengths), lengths


def first_least(values: Numbers, lengths: Numbers) -> Numbers:
    """Where the least of each part of some values stands for the first time; the parts lie one after the other."""
    begins = np.cumsum(lengths) - lengths
    least = np.minimum.reduceat(values, begins)
    places = np.flatnonzero(values == np.repeat(least, lengths))
    found: Numbers = places[np.searchsorted(places, begins)]
    return found
