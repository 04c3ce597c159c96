"""The best mixture of ways of walking: a game between the patrol and somebody who watches one checkpoint.

Each way of walking (a price list) gives expected sums of a `Tally`. For a value L of the game, a mixture x is good
enough if ``sum_k x_k (caught_k - v_i(L) reached_k) >= 0`` for every checkpoint i and age, with ``v_i(L) = max(0, 1 - L
/ w_i)``: a linear program. Its dual is the watcher's own mixture of checkpoints and ages; a new way of walking is
priced against it, by what each gap would earn, until nothing is gained.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.linear_solver import linear_solver_pb2, pywraplp

from patrolplan.rounds.lane import Bools, Floats, Lane
from patrolplan.rounds.tally import Tally

_RARE = 0.004
"""Ages that fewer gaps reach, as a share of all at the checkpoint, are too rare to be exploited or measured."""
_SOFTNESS = 0.03
"""Results that are worse by so much count e times less in the softened mixture."""
FREE = 100.0
"""What a row has that asks nothing of a mixture: more than any other could have."""
_ROUNDS = 40
"""Most rounds of the search for the least value."""


@dataclass(frozen=True, eq=False)
class Game:
    """The game over the ways of walking so far.

    Attributes
    ----------
    value
        The watcher's best result, the largest of weight times chance to stay unseen.
    shares
        How often each way of walking is taken.
    against
        Shape (n, ages): the watcher's mixture.
    """

    value: float
    shares: Floats
    against: Floats


def watcher_value(lane: Lane, sums: Tally) -> float:
    """The watcher's best result against walks with such sums; ages that are hardly ever reached do not count."""
    return float(results(lane, sums.reached, sums.caught).max(initial=0.0))


def results(lane: Lane, reached: Floats, caught: Floats) -> Floats:
    """Weight times chance to stay unseen, by checkpoint and age; 0 where it is hardly ever reached."""
    rare = is_rare(reached)
    missed = 1 - caught / np.where(rare, 1.0, reached)
    values: Floats = np.where(rare, 0.0, lane.weight[:, None] * missed)
    return values


def is_rare(reached: Floats) -> Bools:
    """Which ages are hardly ever reached, by checkpoint."""
    rare: Bools = reached <= _RARE * reached[:, :1]
    return rare


def best_mixture(lane: Lane, ways: list[Tally]) -> Game:
    """The mixture that leaves a watcher least."""
    reached = np.stack([one.reached / one.slots for one in ways])
    caught = np.stack([one.caught / one.slots for one in ways])
    values = [results(lane, a, b).max(initial=0.0) for a, b in zip(reached, caught, strict=True)]
    shares = np.zeros(len(ways))
    shares[int(np.argmin(values))] = 1.0
    value, against = float(min(values)), np.zeros(reached.shape[1:])
    program = Program(reached.shape[1] * reached.shape[2])
    scale = max(1e-9, float(reached[:, :, 0].mean()))
    for _ in range(_ROUNDS):
        detection = detections(lane, value)[:, None]
        rows = ((caught - detection * reached) / scale).reshape(len(ways), -1)
        mixed = np.tensordot(shares, reached, 1)
        rows[:, is_rare(mixed).ravel()] = FREE
        tried, dual = program.solve(rows)
        against = dual.reshape(against.shape)
        better = float(results(lane, np.tensordot(tried, reached, 1), np.tensordot(tried, caught, 1)).max(initial=0.0))
        if better >= value - 1e-5:
            break
        value, shares = better, tried
    return Game(value, shares, against)


class Program:
    """Maximise the least row of a mixture; only the rows that matter are in the program.

    Parameters
    ----------
    rows
        How many rows there are; the number of columns may grow.
    """

    def __init__(self, rows: int) -> None:
        self._active: list[int] = []
        self._known = np.zeros(rows, np.bool_)

    def solve(self, rows: Floats, most: float = 1.0) -> tuple[Floats, Floats]:
        """The mixture, and the weights of the rows; they sum to one.

        Parameters
        ----------
        rows
            Shape (columns, rows).
        most
            Largest share of each column.
        """
        shares = np.full(len(rows), 1.0 / len(rows))
        dual = np.zeros(rows.shape[1])
        least = np.inf
        if self._active:
            shares, dual[self._active], least = _solved(rows[:, self._active], most)
        while True:
            sums = shares @ rows
            worst = [int(one) for one in np.argsort(sums, kind="stable")[:24] if not self._known[one]]
            worst = [one for one in worst if sums[one] < least - 1e-7]
            if not worst:
                return shares, dual
            self._known[worst] = True
            self._active += worst
            shares, duals, least = _solved(rows[:, self._active], most)
            dual = np.zeros(rows.shape[1])
            dual[self._active] = duals


def _solved(rows: Floats, most: float) -> tuple[Floats, Floats, float]:
    count, wide = rows.shape
    model = linear_solver_pb2.MPModelProto(maximize=True)
    for _ in range(count):
        model.variable.add(lower_bound=0.0, upper_bound=most)
    model.variable.add(lower_bound=-np.inf, upper_bound=np.inf, objective_coefficient=1.0)
    columns = list(range(count + 1))
    model.constraint.add(lower_bound=1.0, upper_bound=1.0, var_index=columns[:count], coefficient=[1.0] * count)
    for row in rows.T.tolist():
        model.constraint.add(lower_bound=0.0, upper_bound=np.inf, var_index=columns, coefficient=[*row, -1.0])
    solver = pywraplp.Solver.CreateSolver("CLP")
    solver.LoadModelFromProto(model)
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        even = np.full(count, 1.0 / count)
        return even, np.full(wide, 1.0 / wide), float((even @ rows).min())
    found = np.maximum(0.0, np.array([one.solution_value() for one in solver.variables()[:count]]))
    duals = np.abs(np.array([one.dual_value() for one in solver.constraints()[1:]]))
    return found / max(1e-12, found.sum()), duals / max(1e-12, duals.sum()), float(solver.Objective().Value())


def detections(lane: Lane, value: float) -> Floats:
    """How surely a watcher must be caught at each checkpoint to be left no more than a value."""
    found: Floats = np.maximum(0.0, 1 - value / lane.weight)
    return found


def softened(lane: Lane, ways: list[Tally], shares: Floats) -> Floats:
    """A watcher's mixture that prefers the checkpoints and ages with the best results, but not the very best alone."""
    reached = np.tensordot(shares, np.stack([one.reached / one.slots for one in ways]), 1)
    caught = np.tensordot(shares, np.stack([one.caught / one.slots for one in ways]), 1)
    return softly(lane, reached, caught)


def softly(lane: Lane, reached: Floats, caught: Floats) -> Floats:
    """The same from the sums of a mixture."""
    values = results(lane, reached, caught) / lane.weight.max()
    rare = is_rare(reached)
    weights = np.where(rare, 0.0, np.exp((values - values.max()) / _SOFTNESS) / np.where(rare, 1.0, reached))
    total: Floats = weights / max(1e-300, float(weights.sum()))
    return total


def gains(lane: Lane, value: float, against: Floats) -> Floats:
    """What a visit is worth to the patrol, by checkpoint and the gap that it ends; shape (n, longest promise + 1)."""
    longest = int(lane.promise.max())
    ages = against.shape[1]
    detection = detections(lane, value)
    before = np.concatenate([np.zeros((lane.size, 1)), np.cumsum(against, axis=1)], axis=1)
    gaps = np.arange(longest + 1)
    until = np.minimum(gaps, ages)
    earned = np.empty((lane.size, longest + 1))
    for place in range(lane.size):
        since = np.clip(gaps - int(lane.attack[place]), 0, ages)
        all_before = before[place, until]
        earned[place] = all_before - before[place, np.minimum(since, until)] - detection[place] * all_before
    return earned
