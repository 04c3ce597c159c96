"""All schedules of one person as paths through a layered graph, and the cheapest of them under given prices.

A node is what the duties so far leave open in the rules that reach on: how much of a limit is used, how long a streak
is, whether a weekend is worked already. Two histories that leave the same open are one node, so that a graph of some
thousand nodes a date holds every schedule, and its cheapest path is found by a dynamic program in a millisecond or two
(a shortest path with resource constraints, Irnich and Desaulniers 2005; the resources are the rows themselves).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from patrolplan.engine import work
from patrolplan.engine.formulation import Formulation, PersonClass, Schedule
from patrolplan.engine.layers import Layer, Layers, Option, TooLarge
from patrolplan.engine.option_prices import OptionPrices
from patrolplan.engine.sorting import distinct, in_order
from patrolplan.model.chains import BREAK, Chain

Numbers = npt.NDArray[np.int64]
Indices = npt.NDArray[np.int32]
Marks = npt.NDArray[np.bool_]

MOST_ARCS = 3_000_000
"""A graph with more arcs than this is not built."""

Track = tuple[str, int]
"""What a node remembers: the activity of a ``row``, whether a derived ``flag`` is true, the run of a ``chain``."""


@dataclass(slots=True)
class Steps:
    """The arcs of one layer, in order of where they lead.

    Attributes
    ----------
    source
        Node of the layer before.
    label
        What is held and charged, counted over all layers.
    first
        First arc that leads to each node.
    """

    source: Indices
    label: Indices
    first: Indices


@dataclass(frozen=True, slots=True)
class Asked:
    """Prices of a question to a graph.

    Attributes
    ----------
    constant
        Of every path alike.
    by_label
        Of each label.
    by_option
        Of each option, counted over all layers.
    padded
        Of each key, and 0 for none.
    """

    constant: int
    by_label: Numbers
    by_option: Numbers
    padded: Numbers


@dataclass(slots=True)
class _Labels:
    """What arcs mean.

    Attributes
    ----------
    effect
        Effect of each label, counted over all layers.
    charge
        Cost of each label by level, in sixtieths; shape (labels, levels).
    fresh
        Number of a set of derived variables that become true; -1 for none.
    """

    effect: Numbers
    charge: Numbers
    fresh: Numbers


@dataclass(frozen=True, slots=True)
class Walk:
    """A path through a graph.

    Attributes
    ----------
    cost
        Of the whole path, at the prices and weights of the question.
    schedule
        What is held on it.
    nodes
        Where it is after each layer; two paths through one node can be cut there and exchange their ends.
    steps
        What is held in each layer.
    costs
        What each layer costs of it; shape (layers,).
    charges
        What the own rules charge in each layer, by level, in sixtieths; shape (layers, levels).
    """

    cost: int
    schedule: Schedule
    nodes: Sequence[int]
    steps: Sequence[Sequence[int]]
    costs: Numbers
    charges: Numbers


class ScheduleGraph:
    """Every schedule that the own rules of a class of alike people allow.

    Parameters
    ----------
    one
        The class.
    level
        Rules that cost on later levels are left out.

    Attributes
    ----------
    levels
        Levels on which a schedule may cost here.
    constant
        Cost by level of every schedule alike, in sixtieths.
    nodes, arcs
        Their numbers.
    labels
        Number of the meanings that arcs may have.
    steps
        The arcs of each layer.

    Raises
    ------
    TooLarge
        If the graph would have more than `MOST_ARCS` arcs.
    ArithmeticError
        If there is no schedule at all.
    """

    def __init__(self, formulation: Formulation, one: PersonClass, level: int, most_arcs: int = MOST_ARCS) -> None:
        layers = Layers(formulation, one, level)
        work.charge(work.OPTION, sum(len(layer.options) for layer in layers.layers))
        work.charge(work.OPTION_TERM, sum(len(row.keys) for row in one.rows))
        self._variables = formulation.variables
        self._keys = formulation.variables.first_own_key
        self.levels = sorted(
            {row.level for row in one.rows if row.price and row.level <= level}
            | {chain.level for chain in one.chains if chain.price and chain.level <= level}
        )
        self.constant = dict(layers.constant)
        tracer = _Tracer(layers, self.levels, most_arcs)
        tracer.run()
        for chain in layers.chains.values() if not layers.layers else ():
            excess = chain.excess(())
            if excess and chain.price is None:
                raise ArithmeticError("a person without any schedule cannot be priced")
            self.constant[chain.level] = self.constant.get(chain.level, 0) + excess * (chain.price or 0)
        self.steps = tracer.steps
        self._labels = tracer.labels()
        self._options = OptionPrices(layers, tracer.effects, self.levels, self._keys)
        self._fresh = tracer.fresh
        self.nodes = sum(len(step.first) for step in self.steps)
        self.arcs = sum(len(step.source) for step in self.steps)
        self.labels = len(self._labels.effect)

    def cheapest(self, prices: Numbers, weights: Mapping[int, int]) -> tuple[int, Schedule, dict[int, int]]:
        """What the cheapest schedule costs, the schedule, and what its own rules cost by level, in sixtieths.

        Parameters
        ----------
        prices
            Whole price of every key that people share; shape (`Variables.first_own_key`,).
        weights
            Factor for the own rules' costs of each level; levels without one cost nothing.
        """
        walk = self.walk(prices, weights)
        costs = dict(self.constant)
        for level, cost in zip(self.levels, walk.charges.sum(axis=0).tolist(), strict=True):
            costs[level] = costs.get(level, 0) + cost
        return walk.cost, walk.schedule, costs

    def walk(self, prices: Numbers, weights: Mapping[int, int]) -> Walk:
        """The cheapest schedule as a path; see `cheapest`."""
        work.charge(work.ORDER)
        work.charge(work.ARC, self.arcs)
        work.charge(work.PRICED_LAYER, len(self.steps))
        asked = self.ask(prices, weights)
        best = [np.zeros(1, dtype=np.int64)]
        for step in self.steps:
            values = best[-1][step.source]
            values += asked.by_label[step.label]
            best.append(np.minimum.reduceat(values, step.first))
        return self._trace(int(best[-1][0]) + asked.constant, best, asked)

    def ask(self, prices: Numbers, weights: Mapping[int, int]) -> Asked:
        """Prices of everything in the graph; see `cheapest`."""
        padded = np.append(prices, 0)
        levels = np.array([weights.get(level, 0) for level in self.levels], dtype=np.int64)
        by_option, by_effect = self._options.price(padded, levels)
        constant = sum(weights.get(level, 0) * one for level, one in self.constant.items())
        return Asked(constant, self._price_labels(padded, levels, by_effect), by_option, padded)

    def spell(self, labels: Numbers, asked: Asked) -> tuple[Numbers, Numbers]:
        """What is held on a path, and what the own rules charge there by level, in sixtieths; shape (levels,).

        Parameters
        ----------
        labels
            Of the path's arcs; shape (layers,).
        """
        if not len(labels):
            return np.zeros(0, dtype=np.int64), np.zeros(len(self.levels), dtype=np.int64)
        options = self._options.pick_all(self._labels.effect[labels], asked.by_option)
        charges = self._options.costs[options].sum(axis=0) + self._labels.charge[labels].sum(axis=0)
        return self._options.keys_of_all(options, asked.padded), charges

    def _price_labels(self, padded: Numbers, levels: Numbers, by_effect: Numbers) -> Numbers:
        labels = self._labels
        by_label = by_effect[labels.effect]
        if len(levels):
            by_label = by_label + labels.charge @ levels
        if self._fresh:
            fresh = np.array([padded[list(keys)].sum() for keys in self._fresh] + [0], dtype=np.int64)
            by_label = by_label + fresh[labels.fresh]
        return by_label

    def _trace(self, cost: int, best: Sequence[Numbers], asked: Asked) -> Walk:
        """The path that leads to the last node at least cost."""
        node = 0
        nodes: list[int] = []
        held: list[list[int]] = []
        reached = [int(best[-1][0])]
        charges = np.zeros((len(self.steps), len(self.levels)), dtype=np.int64)
        effects = self._labels.effect
        for position in range(len(self.steps) - 1, -1, -1):
            step = self.steps[position]
            first = int(step.first[node])
            last = int(step.first[node + 1]) if node + 1 < len(step.first) else len(step.source)
            values = best[position][step.source[first:last]] + asked.by_label[step.label[first:last]]
            arc = first + int(values.argmin())
            label = step.label[arc]
            option = self._options.pick(int(effects[label]), asked.by_option)
            nodes.append(node)
            held.append(self._options.keys(option, asked.padded))
            charges[position] = self._options.costs[option] + self._labels.charge[label]
            node = int(step.source[arc])
            reached.append(int(best[position][node]))
        schedule = frozenset(key for keys in held for key in keys)
        sums = np.array(reached[::-1], dtype=np.int64)
        costs = sums[1:] - sums[:-1]
        return Walk(cost, schedule, nodes[::-1], held[::-1], costs, charges)


class _Tracer:
    """Follows all schedules at once, layer by layer, and merges those that leave the same open."""

    def __init__(self, layers: Layers, levels: Sequence[int], most_arcs: int) -> None:
        self.layers = layers
        self.levels = levels
        self.most_arcs = most_arcs
        self.steps: list[Steps] = []
        self.effects: list[list[list[int]]] = []
        self.fresh: list[tuple[int, ...]] = []
        self._fresh_number: dict[tuple[int, ...], int] = {}
        self._parts: list[tuple[Numbers, Numbers, Numbers]] = []
        self._labels = 0
        self._effects = 0
        self._tracks: dict[Track, Numbers] = {}
        self._size = 1
        self._arcs = 0
        self._level_of = {level: position for position, level in enumerate(levels)}
        self._reach = _Reach(layers)
        self._active: list[list[int]] = [[] for _ in layers.layers]
        for number, touched in layers.row_layers.items():
            for position in range(touched[0], touched[-1] + 1):
                self._active[position].append(number)
        shared = layers.formulation.variables.any_of
        self._shared = frozenset(key for key in layers.derived if key in shared)

    def labels(self) -> _Labels:
        """All labels, in order of their numbers."""
        if not self._parts:
            none = np.zeros(0, dtype=np.int64)
            return _Labels(none, np.zeros((0, len(self.levels)), dtype=np.int64), none)
        effect, charge, fresh = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        return _Labels(effect, charge, fresh)

    def run(self) -> None:
        """Follow all layers, then forget what leads nowhere, and tell apart only what differs in the end."""
        for position, layer in enumerate(self.layers.layers):
            self._advance(position, layer)
        self._condense()

    def _advance(self, position: int, layer: Layer) -> None:
        grouped: dict[object, list[int]] = {}
        for number, option in enumerate(layer.options):
            grouped.setdefault(option.effect, []).append(number)
        self.effects.append(list(grouped.values()))
        effects = [layer.options[numbers[0]] for numbers in grouped.values()]
        self._arcs += self._size * len(effects)
        if self._arcs > 3 * self.most_arcs or self._size * len(effects) > self.most_arcs:
            raise TooLarge
        tracks = 1 + len(self._tracks) + len(self._active[position])
        work.charge(work.LAYER)
        work.charge(work.TRACK, self._size * len(effects) * tracks)
        move = _Move(self._size, len(effects), len(self.levels))
        move.tracks = {track: values[move.source] for track, values in self._tracks.items()}
        self._add_rows(position, effects, move)
        self._raise_flags(position, effects, move)
        self._settle_rows(position, move)
        self._run_chains(position, effects, move)
        move.drop(self._closed(position))
        self._merge(move)

    def _add_rows(self, position: int, effects: Sequence[Option], move: _Move) -> None:
        for number in self._active[position]:
            adds = [option.rows.get(number, 0) for option in effects]
            here = np.array(adds, dtype=np.int64)[move.effect] if any(adds) else None
            if self.layers.row_layers[number][0] == position:
                move.tracks["row", number] = np.zeros(len(move.source), dtype=np.int64) if here is None else here
            elif here is not None:
                move.tracks["row", number] += here

    def _raise_flags(self, position: int, effects: Sequence[Option], move: _Move) -> None:
        """Derived variables become true, and count in their rows once."""
        here = [key for key, layers in self.layers.derived.items() if position in layers]
        shared = [key for key in here if key in self._shared]
        for key in here:
            layers = self.layers.derived[key]
            if layers[0] == position:
                move.tracks["flag", key] = np.zeros(len(move.source), dtype=np.int64)
            hits = np.array([key in option.hits for option in effects], dtype=np.int64)[move.effect]
            fresh = hits & (1 - move.tracks["flag", key])
            for number, amount in self.layers.derived_rows[key]:
                move.tracks["row", number] += amount * fresh
            move.tracks["flag", key] |= hits
            if key in self._shared:
                move.fresh |= fresh << shared.index(key)
        move.fresh = self._number_fresh(move.fresh, shared) if shared else np.full_like(move.fresh, -1)

    def _number_fresh(self, bits: Numbers, shared: Sequence[int]) -> Numbers:
        if len(shared) > 60:
            raise TooLarge
        found, inverse = np.unique(bits, return_inverse=True)
        numbers = []
        for one in found:
            keys = tuple(key for place, key in enumerate(shared) if one >> place & 1)
            if not keys:
                numbers.append(-1)
                continue
            if keys not in self._fresh_number:
                self._fresh_number[keys] = len(self.fresh)
                self.fresh.append(keys)
            numbers.append(self._fresh_number[keys])
        return np.array(numbers, dtype=np.int64)[inverse.reshape(-1)]

    def _settle_rows(self, position: int, move: _Move) -> None:
        """Charge what can no longer be avoided, and forget what no longer matters."""
        for number in self._active[position]:
            row = self.layers.rows[number]
            least, most = self._reach.after(number, position, move.tracks)
            values = move.tracks["row", number]
            column = None if row.price is None else self._level_of[row.level]
            if row.upper is not None:
                over = np.maximum(values - (row.upper - least), 0)
                move.charge(over, row.price, column)
                values = values - over
            if row.lower is not None:
                under = np.maximum((row.lower - most) - values, 0)
                move.charge(under, row.price, column)
                values = values + under
            enough = values + least >= row.lower if row.lower is not None else np.True_
            safe = enough & (values + most <= row.upper) if row.upper is not None else enough
            still = row.lower - least if row.lower is not None else (row.upper or 0) - most
            move.tracks["row", number] = np.where(safe, still, values)

    def _run_chains(self, position: int, effects: Sequence[Option], move: _Move) -> None:
        for number, chain in self.layers.chains.items():
            begins = ("chain", number) not in self._tracks
            if begins:
                move.tracks["chain", number] = np.zeros(len(move.source), dtype=np.int64)
            values = move.tracks["chain", number]
            known = self._known(chain, position)
            column = None if chain.price is None else self._level_of[chain.level]
            later = self._labels_after(chain, position)
            found, inverse = np.unique(values, return_inverse=True)
            links = [dict(option.links).get(number, ()) for option in effects]
            after = np.zeros((len(found), len(effects)), dtype=np.int64)
            extra = np.zeros((len(found), len(effects)), dtype=np.int64)
            for row, value in enumerate(found):
                for column_of, here in enumerate(links):
                    after[row, column_of], extra[row, column_of] = _run(chain, int(value), known, here, later)
            where = inverse.reshape(-1)
            move.charge(extra[where, move.effect], chain.price, column)
            move.tracks["chain", number] = after[where, move.effect]

    def _known(self, chain: Chain, position: int) -> list[tuple[int, int, int, bool]]:
        """Known links between the last turn of the layer before and the last turn of this one."""
        layers = self.layers.layers
        after = layers[position - 1].turns[-1] if position else -1
        until = layers[position].turns[-1] if position + 1 < len(layers) else 10**9
        return [(one.turn, 0, one.label, one.is_charged) for one in chain.known if after < one.turn <= until]

    def _labels_after(self, chain: Chain, position: int) -> frozenset[int]:
        """Labels that may still come."""
        last = self.layers.layers[position].turns[-1]
        if position + 1 == len(self.layers.layers):
            return frozenset()
        found = {label for turn, label in chain.places.values() if turn > last}
        return frozenset(found | {one.label for one in chain.known if one.turn > last})

    def _closed(self, position: int) -> set[Track]:
        """Tracks that nothing touches any more."""
        last = position + 1 == len(self.layers.layers)
        found: set[Track] = {
            ("row", number) for number in self._active[position] if self.layers.row_layers[number][-1] == position
        }
        found |= {("flag", key) for key, layers in self.layers.derived.items() if layers[-1] == position}
        if last:
            found |= {("chain", number) for number in self.layers.chains}
        return found

    def _merge(self, move: _Move) -> None:
        """Nodes of the next layer: what the arcs leave open, each once."""
        if not move.allowed.any():
            raise ArithmeticError("a person without any schedule cannot be priced")
        kept = np.flatnonzero(move.allowed)
        tracks = {track: values[kept] for track, values in move.tracks.items()}
        first, inverse = distinct(list(tracks.values()), len(kept))
        charges = move.charges[kept]
        effect = move.effect[kept]
        fresh = move.fresh[kept]
        label_first, label = distinct([effect, fresh, *charges.T], len(kept))
        self._parts.append((effect[label_first] + self._effects, charges[label_first], fresh[label_first]))
        order = in_order(inverse)
        starts = np.searchsorted(inverse[order], np.arange(len(first)))
        self.steps.append(
            Steps(
                move.source[kept][order].astype(np.int32),
                (label[order] + self._labels).astype(np.int32),
                starts.astype(np.int32),
            )
        )
        self._labels += len(label_first)
        self._effects += len(self.effects[-1])
        self._tracks = {track: values[first] for track, values in tracks.items()}
        self._size = len(first)

    def _condense(self) -> None:
        """Leave out nodes from which nothing leads to the end; join those from which the same leads on."""
        joined = np.zeros(self._size, dtype=np.int64)
        for position in range(len(self.steps) - 1, -1, -1):
            step = self.steps[position]
            target = np.repeat(joined, np.diff(np.append(step.first, len(step.source))))
            kept = target >= 0
            source, label, target = step.source[kept].astype(np.int64), step.label[kept].astype(np.int64), target[kept]
            before = len(self.steps[position - 1].first) if position else 1
            joined = _alike(source, label, target, before)
            first_of = np.full(before, -1, dtype=np.int64)
            members = np.flatnonzero(joined >= 0)
            first_of[joined[members][::-1]] = members[::-1]
            kept = first_of[joined[source]] == source
            source, label, target = joined[source[kept]], label[kept], target[kept]
            order = in_order(target)
            first = np.searchsorted(target[order], np.arange(int(target.max()) + 1))
            self.steps[position] = Steps(
                source[order].astype(np.int32), label[order].astype(np.int32), first.astype(np.int32)
            )


def _alike(source: Numbers, label: Numbers, target: Numbers, nodes: int) -> Numbers:
    """Number of the kind of each node, -1 where nothing leads on: nodes of a kind have the same labels and targets."""
    order = in_order(label)
    order = order[in_order(source[order])]
    label, target = label[order], target[order]
    degree = np.bincount(source, minlength=nodes)
    begins = np.cumsum(degree) - degree
    found = np.full(nodes, -1, dtype=np.int64)
    kinds = 0
    for size in np.unique(degree):
        members = np.flatnonzero(degree == size)
        if not size:
            continue
        columns = [one[begins[members] + place] for place in range(size) for one in (label, target)]
        first, kind = distinct(columns, len(members))
        found[members] = kind + kinds
        kinds += len(first)
    return found


class _Move:
    """All steps from the nodes of one layer: every node with every effect.

    Attributes
    ----------
    source, effect
        By step.
    tracks
        What the steps leave open.
    charges
        Cost by level; shape (steps, levels).
    allowed
        Whether no hard rule is broken.
    fresh
        Derived variables that become true, as bits, later as a number.
    """

    def __init__(self, nodes: int, effects: int, levels: int) -> None:
        self.source: Numbers = np.repeat(np.arange(nodes, dtype=np.int64), effects)
        self.effect: Numbers = np.tile(np.arange(effects, dtype=np.int64), nodes)
        self.tracks: dict[Track, Numbers] = {}
        self.charges: Numbers = np.zeros((len(self.source), levels), dtype=np.int64)
        self.allowed: Marks = np.ones(len(self.source), dtype=bool)
        self.fresh: Numbers = np.zeros(len(self.source), dtype=np.int64)

    def charge(self, units: Numbers, price: int | None, column: int | None) -> None:
        """Charge some units, or refuse them if they have no price."""
        if price is None or column is None:
            self.allowed &= units == 0
        else:
            self.charges[:, column] += units * price

    def drop(self, tracks: Iterable[Track]) -> None:
        """Forget some tracks."""
        for track in tracks:
            self.tracks.pop(track, None)


class _Reach:
    """How much rows may still change after each layer."""

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self._least: dict[int, list[int]] = {}
        self._most: dict[int, list[int]] = {}
        self._sum_up()
        self._derived: dict[int, list[tuple[int, int]]] = {number: [] for number in layers.rows}
        for key, rows in layers.derived_rows.items():
            for number, amount in rows:
                self._derived[number].append((key, amount))

    def _sum_up(self) -> None:
        """Sums over later layers of the least and most that an option adds, by row and layer from its first one on."""
        ranges = [_ranges(layer.options) for layer in self._layers.layers]
        for number, touched in self._layers.row_layers.items():
            low = high = 0
            least, most = [], []
            for position in range(touched[-1], touched[0] - 1, -1):
                least.append(low)
                most.append(high)
                one, other = ranges[position].get(number, (0, 0))
                low, high = low + one, high + other
            self._least[number], self._most[number] = least[::-1], most[::-1]

    def after(self, number: int, position: int, tracks: Mapping[Track, Numbers]) -> tuple[int | Numbers, int | Numbers]:
        """Least and most that a row may still change after a layer."""
        since = position - self._layers.row_layers[number][0]
        least: int | Numbers = self._least[number][since]
        most: int | Numbers = self._most[number][since]
        for key, amount in self._derived[number]:
            layers = self._layers.derived[key]
            if layers[-1] <= position:
                continue
            open_yet: int | Numbers = 1 if layers[0] > position else 1 - tracks["flag", key]
            if amount > 0:
                most = most + amount * open_yet
            else:
                least = least + amount * open_yet
        return least, most


def _ranges(options: Sequence[Option]) -> dict[int, tuple[int, int]]:
    """Least and most that the options of a layer add to each row."""
    found: dict[int, list[int]] = {}
    for option in options:
        for number, amount in option.rows.items():
            found.setdefault(number, []).append(amount)
    for amounts in found.values():
        if len(amounts) < len(options):
            amounts.append(0)
    return {number: (min(amounts), max(amounts)) for number, amounts in found.items()}


def _run(
    chain: Chain,
    value: int,
    known: Sequence[tuple[int, int, int, bool]],
    links: Sequence[tuple[int, int]],
    later: frozenset[int],
) -> tuple[int, int]:
    """A run in a chain after some known and some held links, and how many of them are charged.

    A run is written as one whole number: label times (`most` + 1) plus length; 0 for none.
    """
    label, length = divmod(value, chain.most + 1)
    extra = 0
    in_time = sorted([*known, *((turn, 1, label_, True) for turn, label_ in links)], key=lambda link: link[:2])
    for _, _, link, is_charged in in_time:
        if link == BREAK:
            label, length = 0, 0
            continue
        length = length + 1 if length and link == label else 1
        label = link
        if length > chain.most:
            extra += is_charged
            length = chain.most if is_charged or chain.most else length
    if not length or label not in later:
        return 0, extra
    return label * (chain.most + 1) + length, extra
