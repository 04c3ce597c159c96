"""Graphs of several people, walked at once.

Over a year a graph without budgets has a few dozen arcs a date, and most of a walk is overhead. Laid side by side, the
graphs of fifty people are walked in little more than the time of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from patrolplan.engine import work
from patrolplan.engine.option_prices import Numbers, first_least, spread
from patrolplan.engine.schedules import ScheduleGraph, Steps

TOGETHER = 1_000_000
"""Arcs of graphs that are laid side by side, at most."""


@dataclass(frozen=True, slots=True)
class Path:
    """The cheapest path of one graph.

    Attributes
    ----------
    cost
        At the prices and weights of the question.
    held
        Slots and standby, in order of time.
    charges
        What the own rules charge by level of the graph, in sixtieths, without what every schedule costs.
    """

    cost: int
    held: Numbers
    charges: Numbers


class Sheaf:
    """Graphs side by side: their layers are counted from the first one of each."""

    def __init__(self, graphs: Sequence[ScheduleGraph]) -> None:
        self.graphs = list(graphs)
        self._lengths = [len(graph.steps) for graph in self.graphs]
        self._layers: list[Steps] = []
        self._arcs = sum(graph.arcs for graph in self.graphs)
        labels = np.cumsum([0, *(graph.labels for graph in self.graphs)])
        self._first_label, self._idle = labels[:-1].tolist(), int(labels[-1])
        nodes = [1] * len(self.graphs)
        for position in range(max(self._lengths, default=0)):
            nodes = self._lay(position, nodes)

    def _lay(self, position: int, nodes: Sequence[int]) -> list[int]:
        """One layer of all graphs, given their nodes before it; the nodes after it. Graphs that have ended stay put."""
        source, label, first, after = [], [], [], []
        node = arc = 0
        for graph, before, base in zip(self.graphs, nodes, self._first_label, strict=True):
            if position < len(graph.steps):
                step = graph.steps[position]
                source.append(step.source + node)
                label.append(step.label + base)
            else:
                step = _STAY
                source.append(step.source + node)
                label.append(step.label + self._idle)
            first.append(step.first + arc)
            node, arc = node + before, arc + len(step.source)
            after.append(len(step.first))
        if len(self.graphs) == 1:
            self._layers.append(self.graphs[0].steps[position])
        else:
            self._layers.append(Steps(np.concatenate(source), np.concatenate(label), np.concatenate(first)))
        return after

    def walk(self, questions: Sequence[tuple[Numbers, Mapping[int, int]]]) -> list[Path]:
        """The cheapest path of each graph; for prices and weights see `ScheduleGraph.cheapest`."""
        work.charge(work.ORDER, len(self.graphs))
        work.charge(work.ARC, self._arcs)
        work.charge(work.PRICED_LAYER, len(self._layers))
        asked = [graph.ask(*question) for graph, question in zip(self.graphs, questions, strict=True)]
        by_label = np.concatenate([*(one.by_label for one in asked), np.zeros(1, dtype=np.int64)])
        best = [np.zeros(len(self.graphs), dtype=np.int64)]
        for layer in self._layers:
            values = best[-1][layer.source]
            values += by_label[layer.label]
            best.append(np.minimum.reduceat(values, layer.first))
        labels = self._trace(best, by_label)
        found = []
        for number, (graph, one) in enumerate(zip(self.graphs, asked, strict=True)):
            mine = labels[: self._lengths[number], number] - self._first_label[number]
            held, charges = graph.spell(mine, one)
            found.append(Path(int(best[-1][number]) + one.constant, held, charges))
        return found

    def _trace(self, best: Sequence[Numbers], by_label: Numbers) -> Numbers:
        """Labels along the cheapest paths; shape (layers, graphs)."""
        found: Numbers = np.zeros((len(self._layers), len(self.graphs)), dtype=np.int64)
        nodes = np.arange(len(self.graphs), dtype=np.int64)
        for position in range(len(self._layers) - 1, -1, -1):
            layer = self._layers[position]
            where, lengths = spread(layer.first, len(layer.source), nodes)
            values = best[position][layer.source[where]] + by_label[layer.label[where]]
            arcs = where[first_least(values, lengths)]
            found[position] = layer.label[arcs]
            nodes = layer.source[arcs].astype(np.int64)
        return found


_STAY = Steps(np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int32))
"""A layer without anything."""


def bound_together(graphs: Iterable[ScheduleGraph]) -> list[Sheaf]:
    """Sheaves of graphs in their order, none with more than `TOGETHER` arcs unless it is a single graph."""
    found: list[list[ScheduleGraph]] = []
    arcs = 0
    for graph in graphs:
        if not found or arcs + graph.arcs > TOGETHER:
            found.append([])
            arcs = 0
        found[-1].append(graph)
        arcs += graph.arcs
    return [Sheaf(graphs) for graphs in found]
