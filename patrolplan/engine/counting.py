"""Chains for CP-SAT: how long a run is after each free turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby

from ortools.sat.python import cp_model

from patrolplan.model.chains import BREAK, Chain

Count = cp_model.IntVar | int
Choice = tuple[int, cp_model.IntVar | None]


def add_chain(
    model: cp_model.CpModel, chain: Chain, free: Mapping[int, cp_model.IntVar], held: Iterable[int]
) -> tuple[list[cp_model.IntVar], int]:
    """Bind the variables of one person's free turns by a chain.

    Parameters
    ----------
    free
        Variables by key; of those of one turn at most one is yes.
    held
        What is held in the other turns.

    Returns
    -------
    tuple
        Yes or no for every duty that may be charged (none if the chain is hard), and how many are charged in any case.

    Notes
    -----
    Runs are only bounded from below, ``length after >= length before + held here - charged - most * held elsewhere``:
    a shorter run never costs more, so the least cost is the chain's own.
    """
    return _Run(model, chain).through(_links(chain, free, held))


def _links(
    chain: Chain, free: Mapping[int, cp_model.IntVar], held: Iterable[int]
) -> list[tuple[tuple[int, int, int], bool, list[Choice]]]:
    """Known duties, held ones and free turns in order of time: whether charged, and labels with their variables."""
    found: list[tuple[tuple[int, int, int], bool, list[Choice]]] = [
        ((one.turn, 0, number), one.is_charged, [(one.label, None)]) for number, one in enumerate(chain.known)
    ]
    found += [
        ((turn, 1, 0), True, [(label, None)])
        for turn, label in (chain.places[key] for key in held if key in chain.places)
    ]
    here = sorted((chain.places[key], key) for key in free if key in chain.places)
    for turn, links in groupby(here, key=lambda one: one[0][0]):
        found.append(((turn, 1, 0), True, [(place[1], free[key]) for place, key in links]))
    return sorted(found, key=lambda one: one[0])


class _Run:
    """Lengths of the runs of all labels while time goes on."""

    def __init__(self, model: cp_model.CpModel, chain: Chain) -> None:
        self.model = model
        self.chain = chain
        self.lengths: dict[int, tuple[Count, int]] = {}
        self.charged: list[cp_model.IntVar] = []
        self.inevitable = 0

    def through(self, links: Iterable[tuple[object, bool, list[Choice]]]) -> tuple[list[cp_model.IntVar], int]:
        for _, is_charged, choices in links:
            label, variable = choices[0]
            if variable is None:
                self._pass_known(label, is_charged)
            else:
                self._pass_free([(label, one) for label, one in choices if one is not None])
        return self.charged, self.inevitable

    def _pass_known(self, label: int, is_charged: bool) -> None:
        before, high = self.lengths.get(label, (0, 0))
        self.lengths = {}
        if label == BREAK:
            return
        most = self.chain.most
        if isinstance(before, int):
            over = before >= most
            if over and is_charged:
                self.inevitable += 1
                if self.chain.price is None:
                    self.model.add_bool_or([])
            self.lengths[label] = (min(most, before + 1), min(most, before + 1))
        elif high < most or is_charged:
            self.lengths[label] = self._grow(before, high, [1], [])
        else:
            self.lengths[label] = (before, high)

    def _pass_free(self, choices: list[tuple[int, cp_model.IntVar]]) -> None:
        by_label: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for label, variable in choices:
            by_label[label].append(variable)
        after: dict[int, tuple[Count, int]] = {}
        for label in {*self.lengths, *by_label} - {BREAK}:
            before, high = self.lengths.get(label, (0, 0))
            others = [one for other, variables in by_label.items() if other != label for one in variables]
            after[label] = self._grow(before, high, by_label.get(label, []), others)
        self.lengths = after

    def _grow(
        self, before: Count, high: int, here: list[cp_model.IntVar] | list[int], elsewhere: list[cp_model.IntVar]
    ) -> tuple[Count, int]:
        """Length of a run after it may have grown by one or come to an end, and the most that it can be."""
        most = self.chain.most
        if not here and not elsewhere:
            return before, high
        reach = min(most, high + 1) if here else high
        length = self.model.new_int_var(0, reach, "")
        grown: list[cp_model.LinearExprT] = [before, *here, *(-most * one for one in elsewhere)]
        if here and high >= most and self.chain.price is not None:
            extra = self.model.new_bool_var("")
            self.charged.append(extra)
            grown.append(-extra)
        self.model.add(length >= cp_model.LinearExpr.sum(grown))
        return length, reach
