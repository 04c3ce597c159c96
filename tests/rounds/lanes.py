"""Small lanes by hand."""

from __future__ import annotations

import numpy as np

from patrolplan.rounds.lane import SELF, Lane, Shifts


def lane(steps: list[list[int]], promise: int | list[int], attack: int | list[int], weight: float = 1.0) -> Lane:
    """A lane whose teams begin anywhere; visits take no time of their own."""
    size = len(steps)
    inner = np.array(steps, np.int64)
    np.fill_diagonal(inner, SELF if size > 1 else 1)
    table = np.vstack([inner, np.ones((1, size), np.int64)])
    one = np.ones(size, np.int64)
    return Lane(table, 0 * one, np.array(promise) * one, np.array(attack) * one, weight * np.ones(size))


def ring(size: int, near: int, promise: int, attack: int) -> Lane:
    """One slot to checkpoints up to `near` places away on a ring, two slots to the others."""
    apart = [[min((a - b) % size, (b - a) % size) for a in range(size)] for b in range(size)]
    return lane([[1 if one <= near else 2 for one in row] for row in apart], promise, attack)


def shifts(length: int, count: int) -> Shifts:
    """Duties that follow each other."""
    return Shifts(tuple(length * one for one in range(count)), tuple(length * (one + 1) for one in range(count)))
