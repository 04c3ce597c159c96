"""Small cases solved exactly, to hold everything else against."""

from __future__ import annotations

from itertools import pairwise, product

from ortools.linear_solver import pywraplp

from patrolplan.rounds.lane import Ints


def blind_value(neighbours: Ints, attack: int) -> float:
    """The surest detection of a blind intruder by one team: a linear program over walks of `attack` slots.

    A stationary walk is known, as far as windows of m slots go, by the chances of its windows, and any chances will do
    for which the first m - 1 stops are distributed like the last m - 1. The least chance that a window holds a
    checkpoint is maximised.

    Parameters
    ----------
    neighbours
        Shape (n, n): whether one slot leads from a checkpoint to another; staying is not a step unless it says so.
    """
    size = len(neighbours)
    walks = [walk for walk in product(range(size), repeat=attack) if all(neighbours[a, b] for a, b in pairwise(walk))]
    solver = pywraplp.Solver.CreateSolver("GLOP")
    chances = [solver.NumVar(0.0, 1.0, "") for _ in walks]
    least = solver.NumVar(0.0, 1.0, "")
    solver.Add(sum(chances) == 1)
    heads: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for index, walk in enumerate(walks):
        heads.setdefault(walk[:-1], []).append((1, index))
        heads.setdefault(walk[1:], []).append((-1, index))
    for terms in heads.values():
        solver.Add(sum(sign * chances[index] for sign, index in terms) == 0)
    for place in range(size):
        solver.Add(sum(one for one, walk in zip(chances, walks, strict=True) if place in walk) >= least)
    solver.Maximize(least)
    solver.Solve()
    return float(least.solution_value())


def watcher_optimum(steps: Ints, promise: int, attack: int, precision: float = 1e-4) -> float:
    """The surest detection of a watcher by one team with one promise, over all stationary walks.

    A state is where the team is and how long ago each checkpoint was left. The flows between states of a stationary
    walk obey a linear program: what flows into a state flows out, flows times durations sum to one, and for every
    checkpoint and age the flow of gaps that end during an attack is at least v times the flow of gaps that reach the
    age. Bisection over v. The number of states grows like promise to the power of checkpoints.

    Parameters
    ----------
    steps
        Shape (n, n): slots from leaving one checkpoint until leaving another; the diagonal is not used.
    """
    moves = _moves(steps, promise)
    low, high = 0.0, 1.0
    while high - low > precision:
        middle = (low + high) / 2
        if _can_reach(moves, len(steps), promise, attack, middle):
            low = middle
        else:
            high = middle
    return low


State = tuple[int, tuple[int, ...]]
Move = tuple[State, State, int, int]


def _moves(steps: Ints, promise: int) -> list[Move]:
    """All moves between states that keep the promise: from, to, gap that ends, duration."""
    size = len(steps)
    states = [
        (place, ages)
        for place in range(size)
        for ages in product(range(promise + 1), repeat=size)
        if ages[place] == 0 and all(ages[other] > 0 for other in range(size) if other != place)
    ]
    moves = []
    for place, ages in states:
        for stop in range(size):
            leg = int(steps[place, stop])
            later = [age + leg for age in ages]
            if stop == place or max(later) > promise:
                continue
            gap = later[stop]
            later[stop] = 0
            moves.append(((place, ages), (stop, tuple(later)), gap, leg))
    return moves


def _can_reach(moves: list[Move], size: int, promise: int, attack: int, detection: float) -> bool:
    solver = pywraplp.Solver.CreateSolver("GLOP")
    flows = [solver.NumVar(0.0, solver.infinity(), "") for _ in moves]
    balance: dict[State, pywraplp.Constraint] = {}
    total = solver.Constraint(1.0, 1.0)
    rows = {(place, age): solver.Constraint(0.0, solver.infinity()) for place in range(size) for age in range(promise)}
    for flow, (start, end, gap, leg) in zip(flows, moves, strict=True):
        total.SetCoefficient(flow, float(leg))
        if start != end:
            for state, sign in ((start, -1.0), (end, 1.0)):
                if state not in balance:
                    balance[state] = solver.Constraint(0.0, 0.0)
                balance[state].SetCoefficient(flow, sign)
        for age in range(min(gap, promise)):
            rows[end[0], age].SetCoefficient(flow, (1.0 if gap <= age + attack else 0.0) - detection)
    return bool(solver.Solve() == pywraplp.Solver.OPTIMAL)
