"""What somebody may hold on each date: options, gathered by what they do to rules that reach beyond the date.

The rules that reach beyond one date are the *tracks* along which a schedule is followed: rows, derived variables, and
chains. What lies within one date is settled here, once and for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from patrolplan.engine.formulation import Formulation, PersonClass
from patrolplan.model.chains import Chain
from patrolplan.model.person_model import Row

MOST_OPTIONS = 2_000
"""A date with more options than this is cut into its turns."""


class TooLarge(Exception):
    """The schedules of a person are too many to be followed one date after the other."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Slots of one turn that no rule of the person can tell apart, or the standby of a turn.

    Attributes
    ----------
    slots
        Keys, one of which is held; none for standby.
    keys
        What is held besides: the turn, or the standby.
    """

    turn: int
    slots: tuple[int, ...]
    keys: tuple[int, ...]
    is_standby: bool


@dataclass(slots=True)
class Option:
    """Things that may be held together in a layer.

    Attributes
    ----------
    kinds
        Indices of `Layer.kinds`.
    rows
        What they add to the rows that reach beyond the layer.
    hits
        Derived variables that reach beyond the layer and are made true.
    inner
        Derived variables within the layer that are made true and have a price between people.
    links
        By chain: turn and label of each link, in order of time.
    costs
        By level, in sixtieths: what rules within the layer cost.
    """

    kinds: tuple[int, ...]
    rows: dict[int, int]
    hits: frozenset[int]
    inner: frozenset[int]
    links: tuple[tuple[int, tuple[tuple[int, int], ...]], ...]
    costs: dict[int, int]

    @property
    def effect(self) -> object:
        """What later layers can see of the option."""
        return tuple(sorted((row, amount) for row, amount in self.rows.items() if amount)), self.hits, self.links


@dataclass(slots=True)
class Layer:
    """The turns of one date, with what may be held in them."""

    turns: tuple[int, ...]
    kinds: list[Kind] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)


class Layers:
    """All layers of a class of alike people, up to a level.

    Attributes
    ----------
    layers
        In order of time.
    rows
        Rows that reach beyond one layer, by number.
    row_layers
        The layers that such a row touches.
    derived
        Derived variables that reach beyond one layer, with the layers of their parts.
    derived_rows
        The rows that count them, with coefficients.
    chains
        Chains, by number.
    constant
        Cost by level of rows that nothing can change.

    Raises
    ------
    TooLarge
        If a single turn has too many options.
    """

    def __init__(self, formulation: Formulation, one: PersonClass, level: int) -> None:
        self.formulation = formulation
        self.one = one
        self.level = level
        self.constant: dict[int, int] = {}
        self.chains: dict[int, Chain] = {
            number: chain
            for number, chain in enumerate(one.chains)
            if chain.price is None or (chain.price and chain.level <= level)
        }
        self._rows = {
            number: row
            for number, row in enumerate(one.rows)
            if row.price is None or (row.price and row.level <= level)
        }
        self._limits = {
            number: row.upper
            for number, row in self._rows.items()
            if row.price is None and row.upper is not None and min(row.coefficients, default=0) >= 0
        }
        self._parts: dict[int, tuple[int, ...]] = self._derivations()
        self._derived_of: dict[int, list[int]] = defaultdict(list)
        for derived, parts in self._parts.items():
            for part in parts:
                self._derived_of[part].append(derived)
        self.layers: list[Layer] = []
        turns = sorted({*one.slots, *one.standby})
        for _, same in groupby(turns, key=lambda turn: formulation.variables.turns[turn].day):
            self._cut(tuple(same))
        self._spread()

    def _derivations(self) -> dict[int, tuple[int, ...]]:
        """Derived variables, own and shared ones, with the parts that exist."""
        formulation, one = self.formulation, self.one
        shared = formulation.variables.any_of
        people = frozenset(one.people)
        wanted = {
            key: parts
            for key, parts in shared.items()
            if key not in one.given
            and (
                any(not people.isdisjoint(counted) for _, counted, _ in formulation.rows_of.get(key, ()))
                or key in one.rows_of
            )
        }
        wanted.update(one.any_of)
        offered = {key for slots in one.slots.values() for key in slots}
        offered.update(formulation.variables.turn_key(turn) for turn in one.slots)
        offered.update(formulation.variables.standby_key(turn) for turn in one.standby)
        found = {key: tuple(part for part in parts if part in offered) for key, parts in wanted.items()}
        return {key: parts for key, parts in found.items() if parts}

    # -- layers --------------------------------------------------------------------------------------------------

    def _cut(self, turns: tuple[int, ...]) -> None:
        """One layer for some turns, or more if they have too many options together."""
        layer = Layer(turns)
        for turn in turns:
            layer.kinds += self._kinds(turn)
        combinations = []
        for chosen in self._combinations(layer):
            combinations.append(chosen)
            if len(combinations) > MOST_OPTIONS:
                if len(turns) == 1:
                    raise TooLarge
                middle = len(turns) // 2
                self._cut(turns[:middle])
                self._cut(turns[middle:])
                return
        layer.options = [Option(chosen, {}, frozenset(), frozenset(), (), {}) for chosen in combinations]
        self.layers.append(layer)

    def _kinds(self, turn: int) -> Iterator[Kind]:
        variables = self.formulation.variables
        alike: dict[object, list[int]] = {}
        for slot in self.one.slots.get(turn, ()):
            rows = tuple(entry for entry in self.one.rows_of.get(slot, ()) if entry[0] in self._rows)
            labels = tuple((number, chain.places.get(slot)) for number, chain in self.chains.items())
            alike.setdefault((rows, tuple(self._derived_of.get(slot, ())), labels), []).append(slot)
        for slots in alike.values():
            yield Kind(turn, tuple(slots), (variables.turn_key(turn),), False)
        if turn in self.one.standby:
            yield Kind(turn, (), (variables.standby_key(turn),), True)

    def _combinations(self, layer: Layer) -> Iterator[tuple[int, ...]]:
        """Sets of kinds, at most one duty and one standby a turn, that no hard row refuses by itself."""
        places = sorted({(kind.turn, kind.is_standby) for kind in layer.kinds})
        choices = [
            [number for number, kind in enumerate(layer.kinds) if (kind.turn, kind.is_standby) == place]
            for place in places
        ]
        adds = [self._adds(kind) for kind in layer.kinds]
        yield from self._extend((), 0, choices, {}, self._limits, adds)

    def _extend(
        self,
        chosen: tuple[int, ...],
        place: int,
        choices: Sequence[Sequence[int]],
        sums: Mapping[int, int],
        limits: Mapping[int, int],
        adds: Sequence[Mapping[int, int]],
    ) -> Iterator[tuple[int, ...]]:
        yield chosen
        for later in range(len(choices) - 1, place - 1, -1):
            for kind in choices[later]:
                more = adds[kind]
                if all(sums.get(row, 0) + amount <= limits[row] for row, amount in more.items() if row in limits):
                    after = dict(sums)
                    for row, amount in more.items():
                        after[row] = after.get(row, 0) + amount
                    yield from self._extend((*chosen, kind), later + 1, choices, after, limits, adds)

    def _adds(self, kind: Kind) -> dict[int, int]:
        """What one kind adds to rows by itself."""
        total: dict[int, int] = {}
        for key in (*kind.slots[:1], *kind.keys):
            for number, coefficient in self.one.rows_of.get(key, ()):
                if number in self._rows:
                    total[number] = total.get(number, 0) + coefficient
        return total

    # -- tracks --------------------------------------------------------------------------------------------------

    def _spread(self) -> None:
        """Find what reaches beyond one layer, and settle the rest."""
        layer_of = self._layer_of_keys()
        spans = {key: sorted({layer_of[part] for part in parts}) for key, parts in self._parts.items()}
        self.derived = {key: layers for key, layers in spans.items() if len(layers) > 1}
        inner = {key: layers[0] for key, layers in spans.items() if len(layers) == 1}
        layer_of.update(inner)
        touched: dict[int, set[int]] = {}
        for number, row in self._rows.items():
            here: set[int] = set()
            for key in row.keys:
                here.update(self.derived[key] if key in self.derived else [layer_of[key]])
            touched[number] = here
        self.row_layers = {number: sorted(layers) for number, layers in touched.items() if len(layers) > 1}
        self.rows: dict[int, Row] = {number: self._rows[number] for number in self.row_layers}
        self.derived_rows = {
            key: [(number, amount) for number, amount in self.one.rows_of.get(key, ()) if number in self.rows]
            for key in self.derived
        }
        within: dict[int, list[int]] = defaultdict(list)
        for number, layers in touched.items():
            if not layers:
                self._settle(self._rows[number])
            elif len(layers) == 1:
                within[next(iter(layers))].append(number)
        for position, layer in enumerate(self.layers):
            kept = []
            for option in layer.options:
                if self._complete(layer, option, within.get(position, ())):
                    kept.append(option)
            layer.options = kept

    def _layer_of_keys(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for position, layer in enumerate(self.layers):
            for kind in layer.kinds:
                for key in (*kind.slots, *kind.keys):
                    found[key] = position
        return found

    def _settle(self, row: Row) -> None:
        units = row.violation(0)
        if units and row.price is None:
            raise ArithmeticError("a person without any schedule cannot be priced")
        if units and row.price:
            self.constant[row.level] = self.constant.get(row.level, 0) + units * row.price

    def _complete(self, layer: Layer, option: Option, within: Sequence[int]) -> bool:
        """Fill in what an option does; whether rows within the layer allow it."""
        held = [key for number in option.kinds for key in (*layer.kinds[number].slots[:1], *layer.kinds[number].keys)]
        derived = {one for key in held for one in self._derived_of.get(key, ())}
        option.hits = frozenset(key for key in derived if key in self.derived)
        inner = derived - option.hits
        shared = self.formulation.variables.any_of
        option.inner = frozenset(key for key in inner if key in shared)
        sums: dict[int, int] = {}
        for key in (*held, *inner):
            for number, coefficient in self.one.rows_of.get(key, ()):
                if number in self._rows:
                    sums[number] = sums.get(number, 0) + coefficient
        for number in within:
            row = self._rows[number]
            units = row.violation(sums.get(number, 0))
            if units and row.price is None:
                return False
            if units and row.price:
                option.costs[row.level] = option.costs.get(row.level, 0) + units * row.price
        option.rows = {number: amount for number, amount in sums.items() if number in self.rows}
        option.links = self._links(layer, option)
        return True

    def _links(self, layer: Layer, option: Option) -> tuple[tuple[int, tuple[tuple[int, int], ...]], ...]:
        """Turns and labels of an option's duties by chain."""
        found = []
        for number, chain in self.chains.items():
            places = []
            for kind in option.kinds:
                one = layer.kinds[kind]
                for key in (*one.slots[:1], *one.keys):
                    if key in chain.places:
                        places.append(chain.places[key])
            if places:
                found.append((number, tuple(sorted(places))))
        return tuple(found)
