"""What walks give a watcher: for each checkpoint and age how often it is reached, and a visit then comes in time.

An age counts only where the whole attack fits into the time that is patrolled, so that neither a gap that a visit ends
nor one that the end of patrols cuts off is preferred. Gaps run on over changes of duty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from patrolplan.rounds.lane import NEVER, Clock, Floats, Ints
from patrolplan.rounds.walks import LONG_AGO, Teams, Visits


@dataclass(eq=False)
class Tally:
    """Sums over walks.

    Attributes
    ----------
    reached
        Shape (n, ages): gaps in which the age was reached with time for an attack.
    caught
        Shape (n, ages): those of them that a visit ended during the attack.
    slots
        Slots of duty.
    """

    reached: Floats
    caught: Floats
    slots: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.reached + other.reached, self.caught + other.caught, self.slots + other.slots)


def tally(clock: Clock, before: Teams, visits: Visits, slots: int) -> Tally:
    """Sums over one duty of several copies of a team; a gap counts where it ends, or where patrols end.

    Parameters
    ----------
    before
        The teams as they began the duty.
    slots
        Length of the duty.
    """
    lane = clock.lane
    ages = max(1, int((lane.promise - lane.attack).max()) + 1)
    copies, size = before.last.shape
    reached, caught = np.zeros((size, ages + 1)), np.zeros((size, ages + 1))
    last = before.last.copy()
    for step in range(visits.stops.shape[1]):
        here = np.flatnonzero(visits.stops[:, step] >= 0)
        stop, slot = visits.stops[here, step], visits.slots[here, step]
        seen = last[here, stop] > LONG_AGO
        begun = last[here, stop]
        _count(clock, reached, caught, stop[seen], begun[seen], slot[seen])
        last[here, stop] = slot
    if int(before.slot[0]) + slots >= clock.shifts.end:
        row, stop = np.nonzero(last > LONG_AGO)
        _count(clock, reached, caught, stop, last[row, stop], np.full(len(row), NEVER))
    return Tally(np.cumsum(reached, axis=1)[:, :ages], np.cumsum(caught, axis=1)[:, :ages], float(slots * copies))


def _count(clock: Clock, reached: Floats, caught: Floats, stop: Ints, begun: Ints, visit: Ints) -> None:
    """Add gaps as differences along the ages; closed hours and the end of patrols cut them off."""
    attack = clock.lane.attack[stop]
    end = clock.until(stop, begun)
    gap = np.where(visit > end, NEVER, visit - begun)
    span_sums(reached, caught, stop, gap, end - begun, attack)


def span_sums(reached: Floats, caught: Floats, rows: Ints, gap: Ints, room: Ints, attack: Ints) -> None:
    """Add gaps to rows as differences along the ages.

    Parameters
    ----------
    gap
        How long each lasts.
    room
        How long after its beginning an attack must be over.
    """
    ages = reached.shape[1] - 1
    until = np.clip(np.minimum(gap, room - attack + 1), 0, ages)
    np.add.at(reached[:, 0], rows, 1.0)
    np.add.at(reached, (rows, until), -1.0)
    since = np.minimum(np.clip(gap - attack, 0, ages), until)
    np.add.at(caught, (rows, since), 1.0)
    np.add.at(caught, (rows, until), -1.0)
